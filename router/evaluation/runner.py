"""Run suites: each case is routed once, alone, and what was decided is kept as it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from router.decisions import Decision
from router.errors import Problem, SuiteError
from router.evaluation.cases import Case, Suite
from router.evaluation.outcomes import Outcome, outcome_from_dict
from router.evaluation.provenance import router_fingerprint
from router.router import Router

_FLUSH_EVERY = 64
"""So many decisions, at most, are lost by a crash; none by Ctrl-C."""


@dataclass(frozen=True)
class Partial:
    """Where an unfinished run keeps its outcomes, so that the next one goes on.

    A JSON line for each, after one that says what they are of: what was decided
    by another router or of another suite is not used.
    """

    file: Path

    def read(self, key: str, cases: Sequence[Case]) -> list[Outcome]:
        """Return the outcomes of the first cases that the file holds; none where it is of something else."""
        found: list[Outcome] = []
        try:
            with self.file.open(encoding="utf-8") as lines:
                if json.loads(next(lines, "null")) != {"of": key}:
                    return found
                for case, line in zip(cases, lines, strict=False):
                    found.append(outcome_from_dict(json.loads(line), case))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            pass  # what stands before a line that a crash cut short is good
        return found

    @contextmanager
    def writer(self, key: str, known: Sequence[Outcome]) -> Iterator[Callable[[Outcome], None]]:
        """Give a function that keeps an outcome. The file stays when all is done."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        whole = self.file.with_name(f".{self.file.name}.new")
        lines = [{"of": key}, *(each.to_dict() for each in known)]
        whole.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        whole.replace(self.file)
        with self.file.open("a", encoding="utf-8") as stream:
            written = 0

            def keep(outcome: Outcome) -> None:
                nonlocal written
                stream.write(json.dumps(outcome.to_dict()) + "\n")
                written += 1
                if written % _FLUSH_EVERY == 0:
                    stream.flush()

            yield keep


def run(
    router: Router,
    suite: Suite,
    partial: Path | None = None,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> tuple[Outcome, ...]:
    """Route each case of a suite, one after the other, and return what came of it.

    With `partial`, what is decided is also written there; a run of the same router
    and suite that finds such a file goes on where it ends. The file is for whoever
    asked for it to delete, once the outcomes are safe. `progress` is called with how many cases are decided, and how
    many there are. Raises SuiteError for a suite without a case.
    """
    if not suite.cases:
        raise SuiteError([Problem(suite.file or suite.name, 0, "", "this suite holds no case")])
    if partial is None:
        return tuple(_decided(router, suite.cases, progress, 0))
    kept = Partial(partial)
    key = f"{router_fingerprint(router)} {suite.fingerprint}"
    outcomes = kept.read(key, suite.cases)
    with kept.writer(key, outcomes) as keep:
        for outcome in _decided(router, suite.cases, progress, len(outcomes)):
            keep(outcome)
            outcomes.append(outcome)
    return tuple(outcomes)


def _decided(
    router: Router, cases: Sequence[Case], progress: Callable[[int, int], object], done: int
) -> Iterator[Outcome]:
    router.route("hello")  # the first decision also warms up
    for number, case in enumerate(cases[done:], start=done + 1):
        yield decide(router, case)
        progress(number, len(cases))


def decide(router: Router, case: Case) -> Outcome:
    """Route a case and return what came of it."""
    start = perf_counter()
    decision = router.route(case.utterance)
    return recorded(case, decision, (perf_counter() - start) * 1000)


def recorded(case: Case, decision: Decision, milliseconds: float) -> Outcome:
    """Return an outcome as a report will keep it, so that what is measured now and from the report is the same."""
    return outcome_from_dict(Outcome(case, decision, milliseconds).to_dict(), case)
