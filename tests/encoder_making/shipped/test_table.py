"""The whole recipe, on a model with random weights and sets of a few rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from router.encoder_making.shipped import table
from router.encoder_making.shipped.material import Material
from router.encoders.card import CARD
from router.encoders.static import StaticEncoder
from tests.encoder_making.conftest import write_tiny_bert


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert")


def test_a_table_is_made_of_the_texts_that_its_model_learnt_from(
    model: Path, learnt: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table, "material", lambda _: learnt)
    out = tmp_path / "made"
    assert table.main([str(tmp_path), str(model), str(out)]) == 0
    card = json.loads((out / CARD).read_text("utf-8"))
    general = {*learnt.general}
    assert card["name"] == "en-static"
    assert card["texts"] == len({*learnt.texts()} - general) + len(range(0, len(general), 3))
    assert card["recipe"] == "python -m router.encoder_making.shipped.table"
    assert card["parity"] == json.loads(capsys.readouterr().out)
    made, unrounded = StaticEncoder(out), StaticEncoder(tmp_path / "made.making")
    said = ["tea please"]
    assert made.encode(said)[0] @ unrounded.encode(said)[0] == pytest.approx(1, abs=1e-3)
