"""What a declaration leaves out."""

from __future__ import annotations

import pytest

from router.linting import Finding
from router.training.evidence import FEWEST_EXAMPLES
from router.training.thresholds import FEWEST
from tests.linting.conftest import linted, of_rule

ALARM = """\
name: set_alarm
description: Wakes you up at any hour of the day.
parameters:
  type: object
  properties:
    time: {type: string, description: When it rings.}
    label: {type: string, description: What it is called.}
    sound: {type: string}
  required: [time]
examples:
"""


def _found(rule: str, *examples: str, source: str = ALARM) -> list[Finding]:
    return of_rule(linted(source + "\n".join(f"  - {example}" for example in examples)), rule)


def test_a_tool_with_fewer_examples_than_can_be_held_out_is_found() -> None:
    said = [f"wake me at {hour}" for hour in ("six", "seven", "eight", "nine")]
    assert len(said) == FEWEST_EXAMPLES
    assert _found("few-examples", *said) == []
    [few] = _found("few-examples", *said[1:])
    assert (few.severity, few.subject.line) == ("warning", 10)
    assert "has 3 examples, so none is ever held out" in few.message
    [none] = of_rule(linted("{name: set_alarm, description: Wakes you.}"), "few-examples")
    assert "has no examples: its declaration alone" in none.message


def test_a_parameter_that_no_example_says_is_found_and_graver_if_it_is_required() -> None:
    found = _found("unfilled-parameter", "wake me", '"now with {sound: birdsong}"')
    assert [(f.subject.text, f.subject.line, f.severity) for f in found] == [
        ("time", 6, "warning"),
        ("label", 7, "info"),
    ]
    assert "the required parameter 'time'" in found[0].message


@pytest.mark.parametrize("example", ['"at {time: six}"', '{utterance: "at six", arguments: {time: "06:00"}}'])
def test_a_slot_or_a_stated_argument_fills_a_parameter(example: str) -> None:
    assert "time" not in {finding.subject.text for finding in _found("unfilled-parameter", example)}


def test_where_there_are_no_examples_no_parameter_is_reported() -> None:
    assert _found("unfilled-parameter", source=ALARM.replace("examples:\n", "")) == []


@pytest.mark.parametrize(
    ("name", "description", "severity"),
    [
        ("set_alarm", "Sets the alarms.", "warning"),
        ("set_alarm", "Set an alarm that rings.", "info"),
        ("set_alarm", "Wake the user up at a time of day.", None),
        ("set_alarm", "アラーム", "info"),
        ("_", ".", "warning"),
    ],
)
def test_a_description_that_adds_little_to_the_name_is_vague(name: str, description: str, severity: str | None) -> None:
    found = of_rule(linted(f'{{name: {name}, description: "{description}"}}'), "vague-description")
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_a_parameter_without_a_description_is_found() -> None:
    assert [(f.subject.text, f.subject.line) for f in _found("vague-description", "wake me")] == [("sound", 8)]


def test_nearly_the_same_description_is_found_once_with_both_places() -> None:
    source = """\
- name: play_song
  description: Start the music that was asked for on the speaker.
- name: start_band
  description: Start the music that was asked for on the speakers.
- name: get_weather
  description: Tell how warm or wet it will be today or later on.
"""
    [finding] = of_rule(linted(source), "vague-description")
    assert [(mention.tool, mention.line) for mention in finding.mentions] == [("play_song", 2), ("start_band", 4)]
    assert finding.numbers["letters"] > 0.9


@pytest.mark.parametrize(("count", "found"), [(0, 1), (1, 1), (FEWEST - 1, 1), (FEWEST, 0)])
def test_too_few_utterances_to_abstain_on_are_found(count: int, found: int) -> None:
    texts = ", ".join(f"hello {n}" for n in range(count))
    source = f"{{name: wake, description: Rings.}}\n---\nout_of_scope: [{texts}]\n"
    findings = of_rule(linted(source), "few-out-of-scope")
    assert len(findings) == found
    for finding in findings:
        assert finding.numbers == {"out_of_scope": count}
        assert (finding.subject.file, finding.subject.line) == ("tools.yaml", 3 if count else 0)
