"""A suite of the declarations' own utterances, each decided by a router that was trained without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from router.decisions import Policy
from router.declarations import Tool, ToolSet
from router.encoders import Encoder
from router.errors import Problem, SuiteError
from router.evaluation.cases import Card, Case, Suite, default_id
from router.evaluation.outcomes import Outcome
from router.evaluation.runner import asked
from router.text import normalize

NAME = "crossval"
"""What the suite is called."""


def suite_of(tools: ToolSet) -> Suite:
    """Return every example and out-of-scope utterance as a case. Raises SuiteError if there is none."""
    cases = tuple(_cases(tools))
    if not cases:
        raise SuiteError([Problem("<tools>", 0, "", "no tool has an example, and nothing is out of scope")])
    return Suite(NAME, cases, _CARD)


def cross_validate(
    tools: ToolSet,
    suite: Suite,
    encoder: Encoder,
    policy: Policy | None = None,
    folds: int = 5,
    progress: Callable[[str, int, int], object] = lambda *_: None,
) -> tuple[Outcome, ...]:
    """Decide about each case of the tools' own suite with a router that has not seen it.

    Everything is trained anew for each fold, thresholds too, so that nothing
    flatters, and what is held out is no tool's counterexample meanwhile. The examples
    of each tool are dealt over the folds, of which there are as many as cases at most;
    a tool's only example is decided from its declaration alone. Needs scikit-learn.
    Raises ValueError for fewer than two folds.
    """
    from router.training import train

    dealt = folds_of(tools, suite, folds)
    outcomes: dict[str, Outcome] = {}
    for fold in dealt:
        router = train(fold.tools, encoder, policy, progress)
        for case in fold.cases:
            outcomes[case.id] = asked(router, case)
            progress(f"{len(dealt)} folds", len(outcomes), len(suite.cases))
    return tuple(outcomes[case.id] for case in suite.cases)


@dataclass(frozen=True, slots=True)
class Fold:
    """Some cases, and the tools as if these had never been said."""

    cases: tuple[Case, ...]
    tools: ToolSet


def folds_of(tools: ToolSet, suite: Suite, folds: int) -> list[Fold]:
    """Deal the cases of the tools' own suite, at most as many folds as cases. Raises ValueError for fewer than two."""
    if folds < 2:
        raise ValueError(f"folds is {folds!r}; expected 2 or more")
    folds = min(folds, len(suite.cases))
    return [Fold(held_out, _without(tools, held_out)) for held_out in (suite.cases[n::folds] for n in range(folds))]


_CARD = Card(
    description="The declarations' own examples and out-of-scope utterances, each held out in turn.",
    how_made="By 'router crossval'. Their authors wrote them to be learnt from: people who never read them say more.",
)


def _cases(tools: ToolSet) -> Iterator[Case]:
    """Yield a case for each utterance; the examples of a tool follow one another, so that folds share them out."""
    for tool in tools:
        language = tool.languages[0] if len(tool.languages) == 1 else ""
        for example in tool.examples:
            yield Case(
                _id(tool.name, example.utterance), example.utterance, (tool.name,), example.arguments, (), language
            )
    for utterance in tools.out_of_scope:
        yield Case(_id("", utterance), utterance, ())


def _id(tool: str, utterance: str) -> str:
    return default_id(f"{tool}\n{utterance}")


def _without(tools: ToolSet, cases: Sequence[Case]) -> ToolSet:
    """Return the tools as if these had never been said."""
    held_out = {case.id for case in cases}
    texts = {_folded(case.utterance) for case in cases}

    def remaining(tool: Tool) -> Tool:
        kept = (example for example in tool.examples if _id(tool.name, example.utterance) not in held_out)
        others = (text for text in tool.counterexamples if _folded(text) not in texts)
        return replace(tool, examples=tuple(kept), counterexamples=tuple(others))

    return ToolSet(
        tuple(map(remaining, tools)), tuple(text for text in tools.out_of_scope if _id("", text) not in held_out)
    )


def _folded(text: str) -> str:
    return normalize(text).casefold()
