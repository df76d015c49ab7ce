"""How good a router is, on utterances that you chose, and whether a change made it worse.

`cases`, `rows` and `suite_files` say what is asked; `runner` asks it; `outcomes`
and `columns` are what came of it; `catalogue` and `measures` what is measured;
`report` keeps all that, `changes` compares two reports, `gates` judges one.
`rendering` writes reports for people and for other programs, and `crossval`
makes a suite of the declarations' own examples.
"""

from router.evaluation.cases import OUT_OF_SCOPE, Card, Case, Suite
from router.evaluation.outcomes import Outcome
from router.evaluation.report import Report, SuiteResult, read_report, suite_result, write_report
from router.evaluation.runner import run
from router.evaluation.suite_files import load_suite

__all__ = [
    "OUT_OF_SCOPE",
    "Card",
    "Case",
    "Outcome",
    "Report",
    "Suite",
    "SuiteResult",
    "load_suite",
    "read_report",
    "run",
    "suite_result",
    "write_report",
]
