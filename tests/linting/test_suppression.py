"""An author's word counts, and only where it says something."""

from __future__ import annotations

import pytest

from router.linting import Findings
from tests.linting.conftest import linted, of_rule

TOOLS = """\
- name: make_call
  description: Rings somebody up by phone for you.
  parameters: {{type: object, properties: {{who: {{type: string, description: The person.}}}}}}
  examples:
    - call mum!
    - ring my boss
  lint:
    - {}
- name: send_message
  description: Writes somebody a text.
  examples:
    - call mum
    - ring, my boss
"""


def _linted(note: str) -> Findings:
    return linted(TOOLS.format(note))


@pytest.mark.parametrize(
    ("note", "suppressed"),
    [
        ("{ignore: near-duplicate, reason: so be it}", ["call mum!", "ring my boss"]),
        ("{ignore: near-duplicate, reason: so be it, about: Call  MUM!}", ["call mum!"]),
        ("{ignore: near-duplicate, reason: so be it, about: 'ring, my boss'}", ["ring my boss"]),
        ("{ignore: near-duplicate, reason: so be it, about: send_message}", ["call mum!", "ring my boss"]),
        ("{ignore: unfilled-parameter, reason: so be it, about: who}", ["who"]),
    ],
)
def test_a_finding_is_suppressed_by_its_rule_and_what_it_mentions(note: str, suppressed: list[str]) -> None:
    before, after = linted(TOOLS.format("{ignore: stolen-example, reason: x}")), _linted(note)
    assert [each.finding.subject.text for each in after.suppressed] == suppressed
    assert {each.reason for each in after.suppressed} == {"so be it"}
    assert of_rule(after, "unused-suppression") == []
    others = [f for f in before.found if f.rule != "unused-suppression"]
    assert {*after.found, *(each.finding for each in after.suppressed)} == set(others)


def test_the_other_tool_of_a_pair_may_suppress_it_too() -> None:
    source = linted(
        TOOLS.format("{ignore: stolen-example, reason: x}") + "  lint: [{ignore: near-duplicate, reason: mine}]\n"
    )
    assert [each.reason for each in source.suppressed] == ["mine", "mine"]


def test_a_suppression_without_effect_is_found() -> None:
    [finding] = of_rule(_linted("{ignore: vague-description, reason: x}"), "unused-suppression")
    assert (finding.severity, finding.subject.tool, finding.subject.line) == ("warning", "make_call", 8)
    assert finding.message == "'make_call' has no vague-description to ignore"


def test_a_misspelt_subject_is_met_with_a_near_one() -> None:
    [finding] = of_rule(_linted("{ignore: near-duplicate, reason: x, about: ring my bos}"), "unused-suppression")
    assert finding.message.endswith("that mentions 'ring my bos'. Did you mean 'ring my boss'?")


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("near-duplicat", " Did you mean 'near-duplicate'?"),
        ("unused-suppression", ""),
        ("few-out-of-scope", ""),
    ],
)
def test_a_rule_that_cannot_be_ignored_is_an_error(rule: str, hint: str) -> None:
    [finding] = of_rule(_linted(f"{{ignore: {rule}, reason: x}}"), "unknown-rule")
    assert finding.severity == "error"
    assert finding.message == f"{rule!r} is no rule that a tool can ignore.{hint}"
