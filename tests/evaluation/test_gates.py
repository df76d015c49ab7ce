"""A file of gates gives the gates, or says everything that is wrong with it and where."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations.document import MAX_BYTES
from router.errors import GateError
from router.evaluation import Case
from router.evaluation.catalogue import METRICS, TOOL_METRICS, better
from router.evaluation.gates import Gate, load_gates
from router.evaluation.measures import Slice
from tests.strategies import damaged, yaml_like

SUITES: Mapping[str, Sequence[Case]] = {
    "everyday": (Case("1", "wake me", ("set_alarm",), tags=("asr",), language="en"), Case("2", "hello", ())),
    "spoken": (Case("3", "weck mich", ("set_alarm",), tags=("loud",), language="de"),),
}
TOOLS = ("play_music", "set_alarm")

GATES = """\
gates:
  - metric: false_accept_rate
    suite: everyday
    ceiling: 0.04
    rule: interval
    reason: >
      Nobody forgives a phone
      that acts on small talk.
  - {metric: recall, slice: {tool: set_alarm}, floor: 0.9, reason: Alarms wake people.}
  - {metric: accuracy, no_worse_than_baseline_by: 0, significant_at: 0.05, reason: "No change for the worse."}
  - {metric: memory, ceiling: 100, reason: It is a small phone.}
"""


def loaded(folder: Path, content: str | bytes, *, check: bool = False) -> tuple[Gate, ...]:
    file = folder / "gates.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_gates(file, SUITES, TOOLS) if check else load_gates(file)


def problems(folder: Path, content: str | bytes, *, check: bool = True) -> list[str]:
    """What is wrong with a file, each as `LINE PATH: MESSAGE`."""
    with pytest.raises(GateError, match=re.escape(str(folder))) as raised:
        loaded(folder, content, check=check)
    return [f"{p.line} {p.path}: {p.message}" if p.path else f"{p.line} {p.message}" for p in raised.value.problems]


def one(folder: Path, gate: str) -> list[str]:
    """What is wrong with one gate on line 2, without its own path."""
    return [
        problem.removeprefix("2 ").removeprefix("gates[0]").removeprefix(".").removeprefix(": ")
        for problem in problems(folder, f"gates:\n  - {{{gate}}}\n")
    ]


def test_gates_are_read_as_they_are_written(tmp_path: Path) -> None:
    file = str(tmp_path / "gates.yaml")
    assert loaded(tmp_path, GATES, check=True) == (
        Gate(
            "false_accept_rate",
            "Nobody forgives a phone that acts on small talk.",
            "everyday",
            ceiling=0.04,
            rule="interval",
            file=file,
            line=2,
        ),
        Gate("recall", "Alarms wake people.", slice=Slice(tool="set_alarm"), floor=0.9, file=file, line=9),
        Gate(
            "accuracy",
            "No change for the worse.",
            no_worse_than_baseline_by=0,
            significant_at=0.05,
            file=file,
            line=10,
        ),
        Gate("memory", "It is a small phone.", ceiling=100, file=file, line=11),
    )


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    gates = loaded(tmp_path, GATES)
    assert loaded(tmp_path, codecs.BOM_UTF8 + GATES.encode().replace(b"\n", b"\r\n")) == gates


WRONG = [
    ("gates: []", ["1 gates: this list has fewer than 1 items"]),
    ("{}", ["1 'gates' is missing"]),
    ("- metric: accuracy", ["1 this list is not a mapping"]),
    ("", ["0 expected one YAML document, and there are 0"]),
    ("# nothing yet\n", ["0 expected one YAML document, and there are 0"]),
    (f"{GATES}---\n{GATES}", ["0 expected one YAML document, and there are 2"]),
    ("gates: accuracy", ["1 gates: 'accuracy' is not a list"]),
    (f"{GATES}limits: 7\n", ["12 unknown key 'limits'. Known: 'gates'."]),
    ("gates:\n  - accuracy\n", ["2 gates[0]: 'accuracy' is not a mapping"]),
    ("gates:\n  - {metric: a\n", ["3 not YAML: did not find expected ',' or '}' while parsing a flow mapping that"]),
    ("gates:\n\t- a\n", ["2 a tab indents this line. Indent with spaces."]),
    (b"gates: \xe4", ["1 byte 0xe4 is not UTF-8. Save the file as UTF-8."]),
]


@pytest.mark.parametrize(("content", "expected"), WRONG, ids=[str(content[:30]) for content, _ in WRONG])
def test_what_is_no_list_of_gates_says_so(tmp_path: Path, content: str | bytes, expected: list[str]) -> None:
    found = problems(tmp_path, content)
    assert len(found) == len(expected)
    assert all(problem.startswith(start) for problem, start in zip(found, expected, strict=True)), found


GATE = "metric: accuracy, floor: 0.9, reason: why"
SCHEMA = [
    ("floor: 0.9, reason: why", "'metric' is missing"),
    ("metric: accuracy, floor: 0.9", "'reason' is missing"),
    ("metric: 7, floor: 0.9, reason: why", "metric: 7 is not text. Put it in double quotes."),
    ("metric: accuracy, floor: 0.9, reason: ' '", "reason: ' ' is no reason"),
    ("metric: accuracy, floor: 0.9, reason: ", "reason: this is empty; it must be text"),
    (f"{GATE}, suit: everyday", "unknown key 'suit'. Did you mean 'suite'?"),
    (f"{GATE}, suite: 7", "suite: 7 is not text. Put it in double quotes."),
    (f"{GATE}, suite: ''", "suite: '' has fewer than 1 characters"),
    (f"{GATE}, slice: asr", "slice: 'asr' is not a mapping"),
    (f"{GATE}, slice: {{}}", "slice: {} should be non-empty"),
    (f"{GATE}, slice: {{tags: asr}}", "slice: unknown key 'tags'. Did you mean 'tag'?"),
    (f"{GATE}, slice: {{tag: [asr]}}", "slice.tag: this list is not text"),
    (f"{GATE}, slice: {{tag: ''}}", "slice.tag: '' has fewer than 1 characters"),
    (f"{GATE}, slice: {{tool: ''}}", "slice.tool: '' has fewer than 1 characters"),
    (f"{GATE}, slice: {{language: ''}}", "slice.language: '' has fewer than 1 characters"),
    ("metric: accuracy, floor: high, reason: why", "floor: 'high' is not a number"),
    ("metric: accuracy, ceiling: .9, reason: why", "ceiling: '.9' is not a number"),
    ("metric: accuracy, floor: nan, reason: why", "floor: 'nan' is not a number"),
    ("metric: accuracy, floor: null, reason: why", "floor: this is empty; it must be a number"),
    (f"{GATE}, rule: intervals", "rule: 'intervals' is not one of 'point', 'interval'. Did you mean 'interval'?"),
    (
        "metric: accuracy, no_worse_than_baseline_by: -0.1, reason: why",
        "no_worse_than_baseline_by: -0.1 is less than 0",
    ),
    ("metric: accuracy, no_worse_than_baseline_by: 0, significant_at: 0, reason: why", "significant_at: 0 is not more"),
    (
        "metric: accuracy, no_worse_than_baseline_by: 0, significant_at: 2, reason: why",
        "significant_at: 2 is more than",
    ),
    (f"{GATE}, significant_at: 0.05", "'significant_at' needs 'no_worse_than_baseline_by' beside it"),
]


@pytest.mark.parametrize(("gate", "message"), SCHEMA)
def test_a_gate_that_the_schema_refuses_says_what_would_be_right(tmp_path: Path, gate: str, message: str) -> None:
    [problem] = one(tmp_path, gate)
    assert problem.startswith(message)


MISUSES = [
    (
        "metric: acuracy, floor: 1, reason: why",
        "metric: no metric is named 'acuracy'. Did you mean 'accuracy'? Metrics:",
    ),
    ("metric: accuracy, reason: why", "a gate has one limit: floor, ceiling or no_worse_than_baseline_by"),
    ("metric: accuracy, floor: 0, ceiling: 1, reason: why", "a gate has one limit: floor, ceiling or"),
    (f"{GATE}, no_worse_than_baseline_by: 0", "a gate has one limit: floor, ceiling or"),
    ("metric: f1, floor: 1, reason: why", "metric: f1 is about one tool: name it, slice: {tool: NAME}"),
    ("metric: recall, slice: {tag: asr}, floor: 1, reason: why", "metric: recall is about one tool: name it"),
    ("metric: memory, slice: {tag: asr}, ceiling: 9, reason: why", "metric: memory is one number of a whole run: it"),
    ("metric: memory, rule: interval, ceiling: 9, reason: why", "metric: memory is one number of a whole run: it has"),
    ("metric: accuracy, floor: 90, reason: why", "floor: accuracy lies between 0 and 1, and 90 does not"),
    ("metric: accuracy, no_worse_than_baseline_by: 0, rule: interval, reason: why", "rule: a comparison with the"),
    (
        "metric: memory, no_worse_than_baseline_by: 9, significant_at: 0.1, reason: why",
        "significant_at: memory is one number of a whole run: no test can compare two of them",
    ),
    (
        f"{GATE}, suite: everday",
        "suite: no suite is named 'everday'. Did you mean 'everyday'? Suites: everyday, spoken.",
    ),
    (f"{GATE}, slice: {{tool: play_music}}", "slice: no suite has a case of this slice: tool 'play_music'"),
    (
        f"{GATE}, slice: {{tag: asr, language: de}}",
        "slice: no suite has a case of this slice: tag 'asr', language 'de'",
    ),
    (
        "metric: false_accept_rate, floor: 0, reason: why",
        "floor: false_accept_rate is better the lower it is: give it a",
    ),
    ("metric: memory, floor: 9, reason: why", "floor: memory is better the lower it is: give it a ceiling"),
    ("metric: coverage, ceiling: 0.9, reason: why", "ceiling: coverage is better the higher it is: give it a floor"),
    (
        "metric: f1, slice: {tool: set_alarm}, ceiling: 0.9, reason: why",
        "ceiling: f1 is better the higher it is: give it a floor",
    ),
    (
        "metric: calibration_error, ceiling: 0.1, rule: interval, reason: why",
        "rule: calibration_error has no interval: few cases make it too large. Write rule: point, or leave it out.",
    ),
    (f"{GATE}, slice: {{tag: ars}}", "slice: no case has a tag named 'ars'. Did you mean 'asr'?"),
    (f"{GATE}, suite: spoken, slice: {{tag: asr}}", "slice: no case has a tag named 'asr'."),
    (f"{GATE}, slice: {{language: fr}}", "slice: no case has a language named 'fr'."),
    (f"{GATE}, slice: {{tool: set_alrm}}", "slice: no tool is named 'set_alrm'. Did you mean 'set_alarm'?"),
]


@pytest.mark.parametrize(("gate", "message"), MISUSES)
def test_a_gate_that_could_not_be_judged_says_what_would_be_right(tmp_path: Path, gate: str, message: str) -> None:
    [problem] = one(tmp_path, gate)
    assert problem.startswith(message)


def test_everything_that_is_wrong_is_said_at_once_each_with_its_line(tmp_path: Path) -> None:
    content = """\
gates:
  - metric: acuracy
    floor: 0.9
    ceiling: 1
    suite: everday
    reason: why
  - metric: accuracy
    floor: 0.9
    slice:
      tag: ars
      tool: set_alrm
      language: fr
    reason: why
"""
    found = problems(tmp_path, content)
    assert [int(problem.split()[0]) for problem in found] == [2, 2, 5, 9, 9, 9]


def test_what_a_gate_names_is_only_checked_where_it_is_known(tmp_path: Path) -> None:
    content = (
        "gates:\n  - {metric: accuracy, floor: 1, suite: other, slice: {tag: b, tool: c, language: d}, reason: why}"
    )
    assert loaded(tmp_path, content)[0].slice == Slice("b", "c", "d")


@pytest.mark.parametrize("metric", [*METRICS, "memory", *TOOL_METRICS])
def test_every_metric_may_have_a_gate(tmp_path: Path, metric: str) -> None:
    part = ", slice: {tool: set_alarm}" if metric in TOOL_METRICS else ""
    for limit in ("floor: 0.5" if better(metric) == "higher" else "ceiling: 0.5", "no_worse_than_baseline_by: 0.5"):
        [gate] = loaded(tmp_path, f"gates:\n  - {{metric: {metric}, {limit}{part}, reason: why}}\n", check=True)
        assert gate.metric == metric


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(GateError, match=r"missing\.yaml has 1 problem\n  file     cannot be read: No such file"):
        load_gates(tmp_path / "missing.yaml")
    with pytest.raises(GateError, match="cannot be read: Is a directory"):
        load_gates(tmp_path)


def test_a_file_may_have_a_mebibyte_and_no_more(tmp_path: Path) -> None:
    longest = GATES + "#" * (MAX_BYTES - len(GATES))
    assert len(loaded(tmp_path, longest)) == 4
    assert problems(tmp_path, f"{longest}#") == ["0 larger than 1048576 bytes. Split it into several files."]


@given(st.binary(max_size=200) | yaml_like.map(str.encode) | damaged(st.just(GATES.encode())))
def test_any_bytes_give_gates_or_a_gate_error(folder: Path, content: bytes) -> None:
    try:
        gates: Sequence[Any] = loaded(folder, content, check=True)
    except GateError as error:
        gates = error.problems
    assert gates
