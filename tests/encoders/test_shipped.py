"""Every encoder that ships: whole, as near to what it was made from as its card says, small, and found where it is."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import router.encoders
from router.encoders import AdaptedEncoder, Encoder, HashingEncoder, Prefixes, load_encoder
from router.encoders.card import CARD, Card, fingerprint_of, size_of
from router.encoders.onnx import OnnxEncoder
from router.encoders.registry import DEFAULT
from router.encoders.shipped import SHIPPED, Shipped, open_shipped, shipped_as
from router.encoders.static import TABLE, StaticEncoder
from router.errors import MissingExtraError
from tests.encoders.conftest import write_tiny_encoder
from tests.encoders.samples import cosines_to_original

ENCODERS = Path(router.encoders.__file__).parent
IN_TREE = {each.name: ENCODERS / each.module for each in SHIPPED if (ENCODERS / each.module / CARD).exists()}
"""The folders that have their files, for the others wait for theirs."""
LARGEST = {"en": 24e6, "minilm": 24e6, "multilingual": 60e6, "en-static": 8e6}
"""Bytes of model and tokenizer."""
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=IN_TREE)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(name: str) -> Path:
    return IN_TREE[name]


@pytest.fixture
def card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return card


def _opened(folder: Path) -> Encoder:
    return StaticEncoder(folder) if (folder / TABLE).exists() else OnnxEncoder(folder)


def _project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_default_is_in_this_package_and_every_folder_with_a_card_is_listed() -> None:
    assert {each.name for each in SHIPPED if not each.extra} == {DEFAULT}
    assert DEFAULT in IN_TREE
    assert {file.parent for file in ENCODERS.glob(f"*/{CARD}")} == set(IN_TREE.values())


def test_it_is_opened_once_and_from_its_folder(name: str, folder: Path) -> None:
    encoder = load_encoder(name)
    assert encoder is load_encoder(name)
    assert getattr(encoder, "folder", None) == folder


@pytest.mark.parametrize("shipped", [each for each in SHIPPED if each.name in IN_TREE], ids=lambda each: each.name)
def test_only_a_table_is_encoded_without_onnx_runtime(shipped: Shipped) -> None:
    program = f"from router.encoders import load_encoder; load_encoder({shipped.name!r}).encode(['wake me'])"
    program += "\nimport sys; print('onnxruntime' not in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(shipped.table)


def test_the_card_is_that_of_the_files(folder: Path) -> None:
    card = Card.read(folder)
    assert card.fingerprint == fingerprint_of(folder, card)


def test_the_files_are_small_enough_for_a_phone(name: str, folder: Path) -> None:
    assert size_of(folder, Card.read(folder)) <= LARGEST[name]


def test_the_card_says_how_near_it_is_to_what_it_was_made_from(card: dict[str, Any]) -> None:
    parity = card["parity"]
    assert parity["texts"] >= 2000
    assert parity["mean_cosine"] >= 0.995
    assert parity["min_cosine"] >= 0.98


def test_a_sample_is_as_near_to_what_it_was_made_from_as_the_card_says(name: str, card: dict[str, Any]) -> None:
    cosines = cosines_to_original(name, load_encoder(name))
    assert cosines.mean() >= card["parity"]["mean_cosine"] - 0.002
    assert cosines.min() >= card["parity"]["min_cosine"] - 0.01


def test_the_card_names_the_recipe_and_where_its_weights_came_from(card: dict[str, Any]) -> None:
    command = re.match(r"python -m ([\w.]+)", card["recipe"])
    assert command, card["recipe"]
    assert importlib.util.find_spec(command[1])
    assert card["source"]


@pytest.mark.parametrize("document", ["LICENSE", "NOTICE", "MODEL_CARD.md"])
def test_licence_attribution_and_model_card_ship_with_the_files(folder: Path, document: str) -> None:
    assert (folder / document).read_text(encoding="utf-8").strip()


def test_a_model_card_says_what_one_should(name: str, folder: Path) -> None:
    text = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert text.startswith(f"# The encoder `{name}`\n")
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == [
        "What it is for",
        "How it was made",
        "Training data and licences",
        "What was held out",
        "Results",
        "Languages",
        "Limits and biases",
        "Size and speed",
    ]


@pytest.mark.parametrize("shipped", [each for each in SHIPPED if each.extra], ids=lambda each: each.name)
def test_a_package_of_data_holds_what_its_folder_holds(shipped: Shipped) -> None:
    folder = ENCODERS / shipped.module
    if not folder.exists():
        pytest.skip("this is not a checkout")
    ours, theirs = _project(ROOT), _project(folder)
    assert theirs["project"]["name"] == f"intent-router-{shipped.name}"
    assert theirs["project"]["version"] == ours["project"]["version"]
    extra = ours["project"]["optional-dependencies"][shipped.extra]
    assert extra == [f"intent-router-{shipped.name}=={ours['project']['version']}"]
    packed = theirs["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert packed == {file: f"intent_router_{shipped.module}/{file}" for file in packed}
    assert set(packed) >= {"__init__.py", "encoder.json", "LICENSE", "NOTICE", "MODEL_CARD.md"}
    if shipped.name in IN_TREE:
        assert set(packed) >= set(json.loads((folder / CARD).read_text(encoding="utf-8"))["files"])


def test_an_encoder_whose_package_is_installed_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tiny_encoder(tmp_path / "intent_router_else_where")
    elsewhere = Shipped("else-where", "", "else-where")
    with pytest.raises(MissingExtraError, match=r"^encoder 'else-where' needs 'intent-router-else-where'.*\[else-wh"):
        open_shipped(elsewhere)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert elsewhere.folder == folder
    assert open_shipped(elsewhere).name == "tiny"


def test_what_opens_an_encoder_anywhere_is_known_of_those_that_ship(name: str, tmp_path: Path) -> None:
    encoder = load_encoder(name)
    assert shipped_as(encoder) == name
    assert shipped_as(AdaptedEncoder(encoder, prefixes=Prefixes("say: "))) == name
    assert shipped_as(_opened(IN_TREE[name])) == name
    assert shipped_as(HashingEncoder()) == "hashing"
    assert shipped_as(HashingEncoder(32)) is None
    assert shipped_as(OnnxEncoder(write_tiny_encoder(tmp_path / name))) is None
