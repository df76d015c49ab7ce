"""Decisions and explanations, as text for people and as JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from router.corrections import OutOfScope
from router.decisions import Abstain, AskArgument, Clarify, Decision, Policy, ToolCall
from router.explanation import CandidateEvidence, Explanation, Learnt
from router.text import normalize


def in_a_line(decision: Decision) -> str:
    """Say what was decided, and with what probability."""
    match decision:
        case ToolCall(tool, arguments):
            given = f" {json.dumps(dict(arguments), ensure_ascii=False)}" if arguments else ""
            what = f"{tool}{given} {decision.probability:.2f}{', once confirmed' if decision.confirm else ''}"
        case AskArgument(tool, parameter, question):
            what = f"for {parameter!r} of {tool} {decision.probability:.2f}: {question}"
        case Clarify(question=question, tool=str(tool)):
            what = f"{decision.parameter!r} of {tool} {decision.probability:.2f}: {question}"
        case Clarify(candidates):
            what = " or ".join(f"{other.tool} {other.probability:.2f}" for other in candidates)
        case Abstain("empty" | "too_long" as reason):
            what = reason
        case Abstain(reason):
            what = f"{reason} (in scope {decision.in_scope:.2f})"
    return f"{decision.kind} {what}"


def evidence_as_json(explanation: Explanation) -> dict[str, Any]:
    """Return what an explanation adds to its decision, as JSON values."""
    evidence = [
        {
            "tool": candidate.tool,
            "contributions": _rounded(dict(candidate.contributions)),
            "nearest": [_rounded(asdict(similar)) for similar in candidate.nearest],
        }
        for candidate in explanation.candidates
    ]
    return {
        "gate": _rounded(dict(explanation.gate)),
        "evidence": evidence,
        "ruled_out": list(explanation.ruled_out),
        "learnt": _learnt_as_json(explanation.learnt),
    }


def _learnt_as_json(learnt: Learnt | None) -> dict[str, Any] | None:
    if learnt is None:
        return None
    tool = None if isinstance(learnt.correction.tool, OutOfScope) else learnt.correction.tool
    return {"utterance": learnt.correction.utterance, "tool": tool, "similarity": round(learnt.similarity, 6)}


def as_table(explanation: Explanation, policy: Policy, width: int) -> str:
    """Lay out a decision and what it rests on, in lines of at most `width` characters."""
    decision = explanation.decision
    lines = [*_wrapped(normalize(decision.utterance), width), *_wrapped(in_a_line(decision), width, "  ")]
    if explanation.ruled_out:
        said = f"{', '.join(explanation.ruled_out)}: this is a counterexample, word for word"
        lines += _wrapped(said, width, "  ruled out ")
    if learnt := explanation.learnt:
        meant = "no tool" if isinstance(learnt.correction.tool, OutOfScope) else learnt.correction.tool
        said = f"{learnt.similarity:.2f}  {learnt.correction.utterance}: for {meant}"
        lines += _wrapped(said, width, "  learnt".ljust(_LABEL), " " * _LABEL)
    if explanation.gate and explanation.candidates:
        likely = [each for n, each in enumerate(explanation.candidates) if n < 2 or each.probability >= _LEAST]
        column = max(len("in scope"), *(len(candidate.tool) for candidate in likely))
        normal = policy.thresholds["normal"]
        lines += ["", f"  {'in scope':<{column}}  {decision.in_scope:.2f}, threshold {normal.in_scope:.2f}"]
        lines += _evidence(explanation.gate, width)
        for n, candidate in enumerate(likely):
            threshold = f", threshold {normal.call:.2f}" if n == 0 else ""
            lines += ["", f"  {candidate.tool:<{column}}  {candidate.probability:.2f}{threshold}"]
            lines += _evidence(candidate.contributions, width)
            lines += _similar(candidate, width)
    return "\n".join(lines)


def legend(width: int) -> str:
    """Say what the numbers of `as_table` are."""
    return "\n".join(
        _wrapped(
            "Evidence is in logits: for 'in scope' it adds up to the logit of its probability, for a tool it is "
            "what each channel gives it more than it gives the mean of all tools. Similarities are cosines.",
            width,
        )
    )


_LEAST = 0.01
"""Candidates after the second one are laid out from this probability on."""
_LABEL = 14
"""Where the text after a label begins."""


def _evidence(contributions: Mapping[str, float], width: int) -> Iterator[str]:
    """Yield contributions, the weightiest first, without those that round to nothing."""
    ordered = sorted(contributions.items(), key=lambda item: -abs(item[1]))
    parts = [f"{name}\N{NO-BREAK SPACE}{value:+.2f}" for name, value in ordered if abs(value) >= 0.005]
    text = "  ".join(parts) or "next to nothing"
    for line in _wrapped(text, width, "    evidence".ljust(_LABEL), " " * _LABEL):
        yield line.replace("\N{NO-BREAK SPACE}", " ")


def _similar(candidate: CandidateEvidence, width: int) -> Iterator[str]:
    """Yield the prototypes that a tool's nearest similarities come from, each in a line."""
    for n, similar in enumerate(candidate.nearest):
        start = f"{'    similar' if n == 0 else '':<{_LABEL}}{similar.similarity:.2f}  "
        text = f"its description: {similar.text}" if similar.is_declaration else similar.text
        yield start + textwrap.shorten(text, max(width - len(start), 20), placeholder=" …")


def _wrapped(text: str, width: int, start: str = "", indent: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=start,
        subsequent_indent=start if indent is None else indent,
        break_on_hyphens=False,
    )


def _rounded(value: Any) -> Any:
    """Round the probabilities and contributions in a value to what they are worth."""
    if isinstance(value, float):
        return round(value, 6)
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
