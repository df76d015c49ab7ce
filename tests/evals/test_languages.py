"""Languages are asked by English declarations and by their own examples, held-out intents apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import languages
from evals.encoder_tables import by_language_table
from evals.public_sets.massive import LOCALES
from tests.evals.test_public_sets import CURTAINS, KETTLE, labelled, put

GERMAN = {"alarm_set": ["wasser kochen", "setz wasser auf"], "iot_on": ["licht an", "mach licht"]}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MASSIVE in two languages, with a held-out scenario of two intents and one that is learnt from."""
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("evals.languages.massive.LOCALES", ("en-US", "de-DE"))
    folder = tmp_path / "data"
    english = labelled(alarm_set=KETTLE, alarm_off=CURTAINS, iot_on=["light", "lamp on"])
    german = labelled(alarm_off=["vorhang zu", "zieh den vorhang zu"], **GERMAN)
    for locale, said in (("en-US", english), ("de-DE", german)):
        for split in ("train", "dev", "test"):
            put(folder / f"massive/{locale}/{split}.jsonl", said)
    return folder


def measured(data: Path, *more: str) -> dict[str, Any]:
    file = data / "languages.json"
    assert languages.main([str(data), "--encoders", "hashing", "-o", str(file), *more]) == 0
    results: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return results


def test_held_out_intents_are_asked_apart_and_nothing_is_measured_twice(data: Path) -> None:
    results = measured(data)["tasks"]
    counts = {
        f"hashing/{intents}/{task}/{locale}": count
        for intents, count in (("held-out", 4), ("all", 6))
        for task in ("declarations", "mteb")
        for locale in ("en-US", "de-DE")
    }
    assert {name: each["accuracy"]["n"] for name, each in results.items()} == counts
    assert results["hashing/all/mteb/de-DE"]["accuracy"]["value"] == 1.0  # its own examples are what is asked
    before = (data / "languages.json").read_bytes()
    measured(data)
    assert (data / "languages.json").read_bytes() == before


def test_a_router_knows_the_words_of_english_labels_and_no_example(data: Path) -> None:
    put(data / "massive/en-US/test.jsonl", labelled(alarm_set=["alarm set"], alarm_off=["alarm off"], iot_on=KETTLE))
    put(data / "massive/de-DE/test.jsonl", labelled(alarm_set=CURTAINS, alarm_off=["alarm set"]))
    results = measured(data, "--only", "declarations")["tasks"]
    values = {name.removeprefix("hashing/"): each["accuracy"]["value"] for name, each in results.items()}
    assert values["held-out/declarations/en-US"] == 1.0
    assert values["all/declarations/en-US"] < 1.0  # an example of alarm_set is nothing to it
    assert values["held-out/declarations/de-DE"] < 1.0


def test_splits_for_development_are_asked_only_where_that_is_said(data: Path) -> None:
    (data / "massive/de-DE/test.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"de-DE.test\.jsonl"):
        measured(data, "--only", "all")
    (data / "languages.json").unlink()
    assert measured(data, "--only", "all", "--validation")["scored"] == "development"


def test_the_table_says_how_far_languages_are_from_english_and_marks_what_was_learnt_from() -> None:
    def results(name: str, english: float, other: float) -> dict[str, Any]:
        return {
            f"{name}/{locale}": {"accuracy": {"value": english if locale == "en-US" else other, "n": 9}}
            for locale in LOCALES
        }

    found = results("a/held-out/declarations", 0.7, 0.625) | results("b/held-out/declarations", 0.7, 0.2)
    found |= results("a/all/mteb", 0.8, 0.6) | {"b/all/mteb/en-US": {"accuracy": {"value": 0.5}}}
    head, _, first, *_, mean, below = by_language_table(found).splitlines()
    assert head == (
        "| MASSIVE | a, declarations, 6 held-out scenarios | b, declarations, 6 held-out scenarios "
        "| a, *MTEB's protocol, all intents* |"
    )
    assert first == "| en-US | 0.700 | 0.700 | 0.800 |"
    assert mean == "| mean without en-US | 0.625 | 0.200 | 0.600 |"
    assert below == "| points below en-US | 7.5 | 50.0 |  |"
