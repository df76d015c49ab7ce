"""The reference of suites, gates and metrics says what the code does."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

import router.evaluation
from router.cli import main
from router.evaluation.cases import Card
from router.evaluation.catalogue import METRICS, TOOL_METRICS, Metric, tool_metric
from router.evaluation.rows import KEYS
from router.evaluation.suite_files import SUFFIXES

FOLDER = Path(router.evaluation.__file__).parent
REFERENCE = FOLDER / "README.md"
MARKED = re.compile(r"(?<=<!-- metrics:begin -->\n).*?(?=<!-- metrics:end -->)", re.DOTALL)


def interval(metric: Metric) -> str:
    if not metric.has_interval:
        return "none"
    return "Wilson" if metric.counted else "order statistics" if metric.quantile else "resampling"


def table() -> str:
    metrics = [*METRICS.values(), *(tool_metric(name, 0) for name in TOOL_METRICS)]
    rows = [(each.name, each.better, each.unit, interval(each), each.about) for each in metrics]
    rows.append(("memory", "lower", "MB", "none", "peak resident memory of a process that only routes, from a bundle"))
    lines = ["| metric | better | unit | interval | what it is |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {' | '.join(rest)} |" for name, *rest in rows), ""])


def test_its_table_of_metrics_is_that_of_the_catalogue(request: pytest.FixtureRequest) -> None:
    text = REFERENCE.read_text("utf-8")
    if request.config.getoption("--update-golden"):
        text = MARKED.sub(lambda _: table(), text)
        REFERENCE.write_text(text, "utf-8")
    found = MARKED.search(text)
    assert found
    assert found[0] == table()


def test_every_key_of_a_case_a_card_and_a_gate_is_explained() -> None:
    text = REFERENCE.read_text("utf-8")
    gate = json.loads((FOLDER / "gates.schema.json").read_text("utf-8"))["$defs"]["gate"]["properties"]
    missing = [key for key in (*KEYS, *gate, *SUFFIXES) if f"`{key}`" not in text]
    missing += [field.name for field in fields(Card) if f"{field.name}: " not in text]
    assert missing == []


@pytest.mark.parametrize("command", ["eval", "crossval"])
def test_help_says_where_it_is(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "router/evaluation/README.md" in " ".join(capsys.readouterr().out.split())
