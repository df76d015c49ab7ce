"""What a run of pytest asks: the router, the suites, and what judges them; each read once, when it is first needed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from router.declarations import load
from router.encoders import DEFAULT, load_encoder
from router.encoders.cache import CachedEncoder
from router.errors import Problem, RouterError, SuiteError
from router.evaluation import Outcome, Report, Suite, SuiteResult, load_suite, read_report
from router.evaluation.catalogue import MEMORY
from router.evaluation.gates import Gate, load_gates
from router.evaluation.judging import GateResult, check_baseline, judge
from router.evaluation.measures import Measurement
from router.evaluation.provenance import provenance_of
from router.evaluation.runner import asked
from router.evaluation.suite_files import unknown_tool
from router.router import Router

if TYPE_CHECKING:
    from router.pytest_plugin import Settings


class Evaluation:
    """A router and the suites that it is asked, as the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked: dict[Path, Asked] = {}
        self._failed = False

    def suite(self, file: Path) -> Asked:
        """Return a suite with its gates; whether there are the tools that it names is not known yet.

        Raises SuiteError, GateError and ReportError.
        """
        if file not in self._asked:
            suite = load_suite(_short(file))
            gates = tuple(gate for gate in self._gates if gate.is_about(suite.name, suite.cases))
            check_baseline(gates, {suite.name: suite.cases}, self.baseline)
            self._asked[file] = Asked(self, suite, gates)
        return self._asked[file]

    @cached_property
    def _gates(self) -> tuple[Gate, ...]:
        return load_gates(_short(self._settings.gates)) if self._settings.gates else ()

    @cached_property
    def baseline(self) -> Report | None:
        """What gates compare with. Raises ReportError."""
        return read_report(_short(self._settings.baseline)) if self._settings.baseline else None

    @cached_property
    def router(self) -> Router:
        """The router, ready. Raises RouterError if it cannot be opened, and for what suites and gates name in vain."""
        router = self._opened()
        if self._settings.gates:
            suites = [self.suite(file).suite for file in self._settings.suites]
            load_gates(_short(self._settings.gates), {each.name: each.cases for each in suites}, router.tools.names)
        problems = [
            Problem(asked.suite.file, case.line, "intent", unknown_tool(tool, router.tools))
            for asked in self._asked.values()
            for case in asked.suite.cases
            for tool in case.tools
            if tool not in router.tools
        ]
        if problems:
            raise SuiteError(problems)
        router.route("hello")  # the first decision also warms up
        return router

    def _opened(self) -> Router:
        settings = self._settings
        if settings.bundle and not settings.bundle.exists():
            raise RouterError(f"router_bundle: {settings.bundle} does not exist. 'router compile' writes it.")
        if settings.bundle:
            return Router.load(_short(settings.bundle), settings.encoder)
        from router.training import train

        return train(load(*map(_short, settings.specs)), CachedEncoder(load_encoder(settings.encoder or DEFAULT)))

    def make_ready(self) -> None:
        """Open the router. If that fails, one test says why and the others are skipped."""
        if self._failed:
            pytest.skip("there is no router to ask, see the first error")
        self._failed = True
        try:
            _ = self.router
        except RouterError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        self._failed = False


class Asked:
    """A suite, and what has come of it so far."""

    def __init__(self, evaluation: Evaluation, suite: Suite, gates: tuple[Gate, ...]) -> None:
        self.evaluation = evaluation
        self.suite = suite
        self.gates = gates
        """Those that are about it."""
        self._outcomes: dict[int, Outcome] = {}

    @property
    def is_judged(self) -> bool:
        """Whether a gate judges it here: one of memory does not. If none does, every case must be right."""
        return any(gate.metric != MEMORY for gate in self.gates)

    def outcome(self, number: int) -> Outcome:
        """Return what came of a case, which is asked once."""
        if number not in self._outcomes:
            self._outcomes[number] = asked(self.evaluation.router, self.suite.cases[number])
        return self._outcomes[number]

    @cached_property
    def judged(self) -> tuple[GateResult, ...]:
        """What each gate makes of all the cases, those included that no test has asked."""
        router = self.evaluation.router
        suite = self.suite
        outcomes = tuple(self.outcome(number) for number in range(len(suite.cases)))
        only = (Measurement(MEMORY, why_not="pytest's own would be measured"),)  # gates have the others measured
        result = SuiteResult(suite.name, suite.file, suite.card, suite.fingerprint, outcomes, only)
        report = Report(provenance_of(router), (result,), {tool.name: tool.source for tool in router.tools})
        return judge(self.gates, report, self.evaluation.baseline)


def _short(path: Path) -> Path:
    """Return a path as people type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
