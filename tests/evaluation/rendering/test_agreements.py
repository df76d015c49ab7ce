"""An agreement is written shortly, and whatever people said does nothing where it is shown."""

import json

import pytest

from router.decision_log import Answer, Entry
from router.evaluation.agreement import Agreement, agreement
from router.evaluation.rendering.agreements import (
    MOST,
    agreement_as_json,
    agreement_as_markdown,
    agreement_as_text,
)
from tests.evaluation.rendering.hostile import TEXTS


def _differing(*said: str) -> Agreement:
    return agreement(
        Entry(time=0.0, answer=Answer.of(f"tool_{n}"), shadow=Answer.of(None), utterance=text)
        for n, text in enumerate(said)
    )


def test_long_lists_are_cut_and_say_so() -> None:
    found = _differing(*(f"utterance {n}" for n in range(MOST + 3)))
    text = agreement_as_text(found, 80)
    assert text.count("\n  and 3 more ") == 2
    assert f"'utterance {MOST - 1}'" in text
    assert f"'utterance {MOST}'" not in text
    markdown = agreement_as_markdown(found)
    assert "and 3 more pairs\n" in markdown
    assert "- and 3 more\n" in markdown
    assert len(agreement_as_json(found)["disagreements"]) == MOST + 3, "programs get all"


@pytest.mark.parametrize("said", TEXTS)
def test_what_people_said_is_only_ever_quoted(said: str) -> None:
    found = _differing(said)
    for line in agreement_as_text(found, 80).split("\n"):
        assert all(character.isprintable() or character in "\u200c\u200d" for character in line)
    bullets = [line for line in agreement_as_markdown(found).split("\n") if line.startswith("- ")]
    assert len(bullets) == 1
    assert bullets[0].startswith("- `")
    assert json.loads(json.dumps(agreement_as_json(found)))["disagreements"][0]["utterance"] == said
