"""What pytest collects: a suite, and in it an item for each case and each gate."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from router.errors import RouterError
from router.evaluation import Case, Outcome
from router.evaluation.catalogue import MEMORY
from router.evaluation.gates import Gate
from router.evaluation.wording import escaped, harmless, offenders, quoted, sentence, short, slice_name
from router.explanation import Explanation
from router.pytest_plugin.evaluation import Asked, Evaluation
from router.router import DEFAULT_LANGUAGE

LONGEST_NAME = 60
"""So many characters of an utterance name its test."""


class SuiteFile(pytest.File):
    """A suite."""

    def __init__(self, *, evaluation: Evaluation, **more: Any) -> None:
        super().__init__(**more)
        self._evaluation = evaluation

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each case, then for each gate. Raises CollectError with all that is wrong in the files."""
        try:
            asked = self._evaluation.suite(self.path)
        except RouterError as error:
            raise self.CollectError(str(error)) from None
        cases, gates = asked.suite.cases, asked.gates
        names = _unique([*(case_name(case) for case in cases), *map(gate_name, gates)])
        for number, case in enumerate(cases):
            yield CaseItem.from_parent(self, name=next(names), asked=asked, number=number, case=case)
        for number, gate in enumerate(gates):
            yield GateItem.from_parent(self, name=next(names), asked=asked, number=number, gate=gate)


class _AskedItem(pytest.Item):
    """A line of a suite or of its gates."""

    def __init__(self, *, asked: Asked, number: int, **more: Any) -> None:
        super().__init__(**more)
        self.asked = asked
        self.number = number
        """Its place among the cases, or among the gates."""

    @property
    def headline(self) -> str:
        """What stands above a failure. It is not how the id ends: pytest would take dots in it for those of Python."""
        return f"{self.asked.suite.name}: {self.name}"

    def setup(self) -> None:
        """Fail or skip where there is no router."""
        self.asked.evaluation.make_ready()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Point to the line that was judged, and not to the one that says so."""
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)  # pytest would write a traceback that nobody reads, which takes long
        shown = super().repr_failure(excinfo, style)
        crash = getattr(shown, "reprcrash", None)
        if isinstance(excinfo.value, pytest.fail.Exception) and crash:
            file, line, _ = self.reportinfo()
            crash.path, crash.lineno = str(file), (line or 0) + 1
        return shown


class CaseItem(_AskedItem):
    """A case."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.extra_keyword_matches.update(case.tags, case.tools or {case.intent})

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the case."""
        return self.path, self.case.line - 1 if self.case.line else None, self.headline

    def runtest(self) -> None:
        """Ask. A decision that is not right, or has other arguments, fails, or is expected to where gates judge."""
        outcome = self.asked.outcome(self.number)
        self.user_properties += _properties(outcome)
        is_right = outcome.verdict == "right"
        if is_right and outcome.has_right_arguments:
            return
        what = short(outcome) if is_right else sentence(outcome)
        if self.asked.is_judged:
            pytest.xfail(f"judged by the gates: {what}")
        if is_right:
            pytest.fail(f"wrong arguments: {what}", pytrace=False)
        explanation = self.asked.evaluation.router.explain(
            self.case.utterance, now=self.case.now, language=self.case.language or DEFAULT_LANGUAGE
        )
        pytest.fail("\n".join([f"{sentence(outcome)}.", *_evidence(outcome, explanation)]), pytrace=False)


class GateItem(_AskedItem):
    """A gate, applied to the suite."""

    def __init__(self, *, gate: Gate, **more: Any) -> None:
        super().__init__(**more)
        self.gate = gate

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the gate."""
        return self.config.invocation_params.dir / self.gate.file, self.gate.line - 1, self.headline

    def runtest(self) -> None:
        """Ask what was not asked yet, and judge."""
        if self.gate.metric == MEMORY:
            pytest.skip("pytest's own memory would be measured; 'router eval' judges this gate")
        result = self.asked.judged[self.number]
        self.user_properties.append(("measured", result.message))
        if not result.passed:
            heading, cases = offenders(self.gate.metric, result.offenders)
            named = f"{heading}: {'; '.join(cases)}." if cases else ""
            lines = [f"gate failed: {harmless(result.message)}.", named, f"Reason: {escaped(self.gate.reason)}"]
            pytest.fail("\n".join(filter(None, lines)), pytrace=False)


def case_name(case: Case) -> str:
    """Return what a case is called: its utterance, in characters that pytest can put into an id and the environment."""
    encoding = sys.getfilesystemencoding()
    said = escaped(case.utterance).strip() or "(nothing)"
    said = said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 1]}…"
    return _apart(said).encode(encoding, "backslashreplace").decode(encoding)


def gate_name(gate: Gate) -> str:
    """Return what a gate is called, in one line."""
    limits = ("floor", "ceiling", "no_worse_than_baseline_by")
    limit = next(f"{name} {value}" for name in limits if (value := getattr(gate, name)) is not None)
    return _apart(" ".join(filter(None, ["gate", gate.metric, slice_name(gate.slice), limit])))


def _apart(name: str) -> str:
    """Return a name without `::`, which ends a name in an id."""
    return re.sub(":(?=:)", ": ", name)


def _unique(names: Iterable[str]) -> Iterator[str]:
    """Yield names, numbered where the same came before."""
    taken: set[str] = set()
    times: Counter[str] = Counter()
    for name in names:
        unique = name
        while unique in taken:
            times[name] += 1
            unique = f"{name} ({times[name] + 1})"
        taken.add(unique)
        yield unique


def _properties(outcome: Outcome) -> Iterator[tuple[str, object]]:
    """Yield what JUnit XML says of a case besides its result."""
    decision = outcome.decision
    yield "intent", outcome.case.intent
    yield "verdict", outcome.verdict
    yield "decision", f"{decision.kind} {outcome.called}".rstrip()
    yield "in_scope", f"{decision.in_scope:.6f}"
    for candidate in decision.candidates:
        yield f"probability {candidate.tool}", f"{candidate.probability:.6f}"


def _evidence(outcome: Outcome, explanation: Explanation) -> Iterator[str]:
    """Yield what a decision rests on: the candidates, and the nearest examples of those it was about."""
    decision = outcome.decision
    about = {
        *outcome.case.tools,
        *(each.tool for each in decision.candidates[: 3 if decision.kind == "clarify" else 1]),
    }
    likely = ", ".join(f"{escaped(each.tool)} {each.probability:.2f}" for each in decision.candidates[:3])
    yield f"  in scope {decision.in_scope:.2f}; candidates: {likely or 'none'}"
    if explanation.ruled_out:
        yield f"  a counterexample of {', '.join(map(escaped, explanation.ruled_out))}, word for word"
    for each in explanation.candidates:
        if each.tool in about:
            near = (
                f"{'its description' if similar.is_declaration else quoted(similar.text)} ({similar.similarity:.2f})"
                for similar in each.nearest
            )
            yield f"  nearest of {escaped(each.tool)}: {', '.join(near)}"
