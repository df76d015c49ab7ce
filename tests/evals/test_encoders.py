"""Encoders are measured by one protocol each, once, and the tables say what is there and what was only published."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import encoder_tables, encoders
from evals.public_sets.massive import LOCALES
from router.encoders import HashingEncoder
from tests.evals.test_public_sets import CURTAINS, KETTLE, labelled, put


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """BANKING77 and two languages of MASSIVE, small."""
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("evals.encoders.massive.LOCALES", ("en-US", "de-DE"))
    folder = tmp_path / "data"
    said = labelled(boil_water=KETTLE, close_curtains=CURTAINS)
    for part in ("banking77/train_10", "banking77/train", "massive/en-US/train", "massive/de-DE/train"):
        put(folder / f"{part}.jsonl", said)
    for part in ("banking77", "massive/en-US", "massive/de-DE"):
        put(folder / part / "test.jsonl", labelled(boil_water=["boil the water"], close_curtains=["the curtains"]))
    return folder


def test_a_probe_is_the_mean_over_draws_on_the_whole_test(data: Path) -> None:
    found = encoders.probed_split(data / "banking77", HashingEncoder(), 3)["accuracy"]
    assert found == {"value": 1.0, "sd": 0.0, "draws": 3, "n": 2}


def test_a_run_writes_every_task_and_measures_none_twice(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "encoders.json"
    given = [str(data), "--encoders", "hashing", "-o", str(file), "--draws", "2", "--only", "mteb", "english", "bank"]
    assert encoders.main(given) == 0
    results = json.loads(file.read_text("utf-8"))["tasks"]
    assert sorted(results) == [
        "hashing/banking77/10-shot",
        "hashing/from-english/massive/de-DE",
        "hashing/from-english/massive/en-US",
        "hashing/mteb/banking77",
        "hashing/mteb/massive/de-DE",
        "hashing/mteb/massive/en-US",
    ]
    assert all(0 <= each["accuracy"]["value"] <= 1 for each in results.values())
    assert results["hashing/mteb/banking77"]["encoder"].startswith("hashing (256 dims, ")
    monkeypatch.setattr(encoders, "measured", lambda *_: pytest.fail("measured again"))
    monkeypatch.setattr(encoders, "probed_split", lambda *_: pytest.fail("measured again"))
    assert encoders.main(given) == 0


def accuracy(value: float, **more: Any) -> dict[str, Any]:
    return {"accuracy": {"value": value, "n": 10} | more}


def test_published_figures_are_marked_and_a_mean_needs_every_language() -> None:
    results = {"minilm/mteb/banking77": accuracy(0.8, sd=0.01, draws=10)}
    results |= {f"minilm/mteb/massive/{locale}": accuracy(0.6, sd=0.01, draws=3) for locale in LOCALES}
    results |= {"partly/mteb/massive/en-US": accuracy(0.5, sd=0.01, draws=3)}
    lines = encoder_tables.mteb_table(results).splitlines()
    assert lines[2] == "| minilm | 0.800 ± 0.010 (n=10) | 0.600 ± 0.010 (n=3) | 0.600 (n=3) |"
    assert lines[3] == "| partly |  | 0.500 ± 0.010 (n=3) |  |"
    assert "*published*" in lines[-1]


def test_languages_are_shown_of_encoders_that_were_asked_all() -> None:
    results = {f"minilm/from-english/massive/{locale}": accuracy(0.3) for locale in LOCALES}
    results |= {"partly/from-english/massive/en-US": accuracy(0.5)}
    table = encoder_tables.languages_table(results)
    assert "partly" not in table
    assert table.splitlines()[-1] == "| mean | 0.300 |"


def test_what_was_not_measured_of_an_encoder_is_left_empty() -> None:
    line = encoder_tables.encoders_table({"minilm/clinc150/10-shot": accuracy(0.9)}).splitlines()[-1]
    assert line == "| minilm |  | 0.900 |  |  |  |  |  |  |  |  |"
