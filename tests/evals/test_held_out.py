"""What was held out is measured apart from what was learnt from, once, and the table says which is which."""

import json
from pathlib import Path

import pytest

from evals import held_out
from evals.encoder_tables import held_out_table
from tests.evals.test_public_sets import CURTAINS, KETTLE, labelled, put


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CLINC150 with a held-out domain and one that is learnt from, MASSIVE with three scenarios."""
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "data"
    said = labelled(
        traffic=KETTLE, gas=CURTAINS, balance=["my money", "how much have i"], apr=["the rate", "of my card"]
    )
    put(folder / "clinc150/train_5.jsonl", said)
    for split in ("val", "test"):
        put(folder / f"clinc150/{split}.jsonl", said)
    scenes = labelled(alarm_set=KETTLE, alarm_off=CURTAINS, iot_on=["light", "lamp on"], play_it=["a song", "tunes"])
    for split in ("train", "dev", "test"):
        put(folder / f"massive/en-US/{split}.jsonl", scenes)
    return folder


def test_held_out_and_learnt_are_told_apart(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "held_out.json"
    given = [str(data), "--encoders", "hashing", "-o", str(file), "--only", "held-out", "learnt"]
    assert held_out.main(given) == 0
    results = json.loads(file.read_text("utf-8"))["tasks"]
    kinds = [f"{name}/{kind}" for name in ("clinc150", "massive") for kind in ("held-out", "learnt")]
    assert {name.removeprefix("hashing/").rpartition("/")[0] for name in results} == set(kinds)
    assert results["hashing/clinc150/held-out/5-shot"]["accuracy"]["n"] == len(KETTLE) + len(CURTAINS)
    assert results["hashing/clinc150/held-out/5-shot"]["accuracy"]["value"] == 1.0
    assert results["hashing/clinc150/held-out/labels"]["accuracy"]["value"] < 1.0  # "traffic" and "gas" say nothing
    assert results["hashing/massive/learnt/mteb"]["accuracy"]["n"] == 4
    before = file.read_bytes()
    assert held_out.main(given) == 0
    assert file.read_bytes() == before


def test_splits_for_development_are_asked_only_where_that_is_said(data: Path, tmp_path: Path) -> None:
    (data / "clinc150/test.jsonl").unlink()
    file = tmp_path / "held_out.json"
    given = [str(data), "--encoders", "hashing", "-o", str(file), "--only", "clinc150/held-out/5-shot"]
    with pytest.raises(FileNotFoundError, match=r"test\.jsonl"):
        held_out.main(given)
    assert held_out.main([*given, "--validation"]) == 0
    assert json.loads(file.read_text("utf-8"))["scored"] == "development"


def test_the_table_has_intervals_and_marks_what_was_learnt_from() -> None:
    ranged = {"value": 0.8, "low": 0.7, "high": 0.9, "n": 10}
    table = held_out_table(
        {
            "a/banking77/5-shot": {"accuracy": ranged},
            "b/banking77/mteb": {"accuracy": {"value": 0.5, "sd": 0.01, "draws": 10, "n": 3}},
            "b/clinc150/10-shot": {"accuracy": ranged, "auroc": ranged | {"value": 0.75}},
        }
    )
    assert "| BANKING77, 5 examples | 0.800 (0.700 to 0.900) |  |" in table
    assert "| BANKING77, MTEB's protocol |  | 0.500 ± 0.010 |" in table
    assert "| *the same, AUROC of out of scope* |  | 0.750 (0.700 to 0.900) |" in table
