"""Public sets with slots become tools and questions, and what is found is counted right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.arguments import sets
from evals.arguments.filling import measured
from evals.arguments.table import arguments_table
from router.encoders import HashingEncoder

PLAY = [
    {"text": f"play {song} by {artist}", "label": "PlayMusic", "args": {"song": song, "artist": artist}}
    for song, artist in (
        ("hurt", "cash"),
        ("creep", "radiohead"),
        ("toxic", "spears"),
        ("hello", "adele"),
        ("one", "u2"),
    )
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "snips").mkdir()
    for split in ("train_full", "validate"):
        lines = "".join(json.dumps(row) + "\n" for row in PLAY)
        (tmp_path / "snips" / f"{split}.jsonl").write_text(lines)
    (tmp_path / "massive" / "en-US").mkdir(parents=True)
    row = {"text": "wake me at nine am", "label": "alarm_set", "annot_utt": "wake me at [time : nine am]"}
    for split in ("train", "dev"):
        (tmp_path / "massive" / "en-US" / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    return tmp_path


def test_arguments_are_marked_where_their_words_are(data: Path) -> None:
    [tool] = sets.snips(data, "validate", None).tools
    assert tool.examples[0].marked() == "play {song: hurt} by {artist: cash}"
    assert len(sets.snips(data, "validate", 2).tools[0].examples) == 2


def test_annotated_utterances_are_marked_as_they_are(data: Path) -> None:
    slots = sets.massive(data, "en-US", "dev")
    assert slots.tools[0].examples[0].marked() == "wake me at {time: nine am}"
    assert slots.asked[0].spans == {("time", "nine am")}


def test_for_development_what_is_asked_is_not_taught(data: Path) -> None:
    slots = sets.snips(data, "train", None)
    taught = {example.utterance for tool in slots.tools for example in tool.examples}
    assert len(slots.asked) == 1
    assert taught.isdisjoint(asked.utterance for asked in slots.asked)


def test_what_was_taught_is_found_and_counted(data: Path) -> None:
    found = measured(sets.snips(data, "validate", None), HashingEncoder(), "en")
    assert (found["n"], found["slots"], found["examples"]) == (5, 10, 5)
    assert found["slot_f1"] == found["frames"]["value"] == 1.0
    wrong = sets.Slots(
        sets.snips(data, "validate", None).tools, (sets.Asked("play hurt by cash", "PlayMusic", frozenset()),), 0
    )
    assert measured(wrong, HashingEncoder(), "en")["slot_f1"] == 0.0


def test_the_table_names_the_goal_of_each_set(data: Path) -> None:
    found = measured(sets.snips(data, "validate", None), HashingEncoder(), "en")
    table = arguments_table({"massive/en-US": found, "snips/full": found})
    assert [line.split(" | ")[0:3] for line in table.splitlines()[2:]] == [
        ["| snips/full", "1.000", "0.88"],
        ["| massive/en-US", "1.000", "0.70"],
    ]
