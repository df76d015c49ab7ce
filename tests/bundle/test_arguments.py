"""What was taught about arguments comes back to the last bit; anything else is an error before it is used."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from router import BundleError, EncoderError, Router, ToolSet
from router.arguments import Taught
from router.bundle.arguments import from_document, to_document
from router.bundle.folder import Folder, read_folder, write_folder
from router.declarations import loads
from router.encoders import HashingEncoder, TokenVectors
from router.scoring.lexical import SKETCH_DIM
from router.training import train

ENCODER = HashingEncoder(16)
WIDTH = 16 + SKETCH_DIM
SAID = ["dim the lights in the hall", "lights out now", "call zoe", "ring my brother at noon", "hello"]

# The parameters are in no order of the alphabet, and as many of one kind as could be mixed up.
TOOLS = """
- name: lights
  description: Switch the lights.
  parameters:
    type: object
    properties:
      state: {type: string, enum: ["on", "off"]}
      dimmed: {type: boolean}
      colour: {type: string, enum: [red, blue]}
      room: {type: string}
    required: [state]
  examples:
    - {utterance: "lights {state: out}", arguments: {state: "off"}}
    - {utterance: "make it bright in the {room: kitchen}", arguments: {state: "on", room: kitchen}}
    - {utterance: "dim the lights in the {room: hall}", arguments: {dimmed: true, room: hall}}
    - {utterance: "no mood light", arguments: {dimmed: false}}
    - {utterance: "a {colour: sky} light in the {room: attic}", arguments: {colour: blue, room: attic}}
    - {utterance: "rose light", arguments: {colour: red}}
- name: call
  description: Call somebody.
  parameters: {type: object, properties: {who: {type: string}, at: {type: string}}, required: [who]}
  examples: ["call {who: anna}", "ring {who: my sister} at {at: six}", "phone {who: bob}", "give {who: eve} a ring"]
- name: coin
  description: Flip a coin.
  examples: [flip a coin, heads or tails]
"""


@pytest.fixture(scope="module")
def tools() -> ToolSet:
    return loads(TOOLS)


@pytest.fixture(scope="module")
def router(tools: ToolSet) -> Router:
    return train(tools, ENCODER)


@pytest.fixture(scope="module")
def folder(router: Router, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path = tmp_path_factory.mktemp("whole") / "bundle"
    router.save(path)
    return read_folder(path)


def _arrays(taught: Taught) -> dict[str, NDArray[Any]]:
    tagger = taught.tagger
    found = {} if tagger is None else {name: getattr(tagger, name) for name in _TAGGER_ARRAYS}
    for name, implied in taught.implied.items():
        found |= {f"{name} weights": implied.weights, f"{name} biases": implied.biases}
    return found


_TAGGER_ARRAYS = ("vector_weights", "feature_weights", "transitions")


def test_everything_comes_back_to_the_last_bit(router: Router, tools: ToolSet, folder: Folder) -> None:
    loaded = from_document(folder.documents["arguments"], folder.arrays["argument_weights"], tools, WIDTH)
    assert loaded.taught.keys() == {"lights", "call"}
    for name, taught in loaded.taught.items():
        before = router.arguments.taught[name]
        assert (taught.tagger is None) == (before.tagger is None)
        if taught.tagger and before.tagger:
            assert taught.tagger.parameters == before.tagger.parameters
            assert taught.tagger.features == before.tagger.features
        assert {name: each.values for name, each in taught.implied.items()} == {
            name: each.values for name, each in before.implied.items()
        }
        assert taught.phrases == before.phrases
        arrays, expected = _arrays(taught), _arrays(before)
        assert arrays.keys() == expected.keys()
        for key, array in arrays.items():
            assert array.dtype == np.float32
            assert np.array_equal(array, expected[key]), key
    assert set(loaded.taught["lights"].implied) == {"state", "dimmed", "colour"}
    assert loaded.taught["lights"].phrases == {"state": {"out": "off"}, "colour": {"sky": "blue"}}


def test_a_loaded_router_fills_as_the_one_that_was_saved(router: Router, tmp_path: Path) -> None:
    router.save(tmp_path / "bundle")
    loaded = Router.load(tmp_path / "bundle", ENCODER)
    assert loaded.route_many(SAID) == router.route_many(SAID)
    assert [loaded.route(text) for text in SAID] == [router.route(text) for text in SAID]
    loaded.save(tmp_path / "again")
    for file in (tmp_path / "bundle").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_a_router_that_has_grown_comes_back_too(router: Router, tmp_path: Path) -> None:
    alarm = {
        "name": "alarm",
        "description": "Set an alarm.",
        "parameters": {"type": "object", "properties": {"time": {"type": "string"}}},
        "examples": ["wake me at {time: six}", "alarm at {time: noon}"],
    }
    grown = router.with_tool(alarm).without("call")
    grown.save(tmp_path / "bundle")
    loaded = Router.load(tmp_path / "bundle", ENCODER)
    assert loaded.arguments.taught.keys() == {"alarm", "lights"}
    assert loaded.route_many([*SAID, "wake me at ten"]) == grown.route_many([*SAID, "wake me at ten"])


def test_what_was_taught_nothing_takes_no_place(tools: ToolSet) -> None:
    document, weights = to_document(train(tools.without("lights").without("call"), ENCODER).arguments)
    assert document == {}
    assert weights.shape == (0,)
    assert from_document(document, weights, tools, WIDTH).taught == {}


def test_weights_are_one_array_of_half_floats(folder: Folder) -> None:
    weights = folder.arrays["argument_weights"]
    assert weights.dtype == np.float16
    assert weights.ndim == 1
    assert json.dumps(folder.documents["arguments"]).count("0.") == 0


_ALTERED_WEIGHTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "one more": lambda weights: np.append(weights, weights[:1]),
    "one less": lambda weights: weights[1:],
    "none": lambda weights: weights[:0],
    "single floats": lambda weights: weights.astype(np.float32),
    "integers": lambda weights: weights.astype(np.int16),
    "a table": lambda weights: weights[None],
    "not a number": lambda weights: np.where(np.arange(len(weights)) == 7, np.float16(np.nan), weights),
    "infinity": lambda weights: np.where(np.arange(len(weights)) == 7, np.float16(np.inf), weights),
}


@pytest.mark.parametrize("altered", _ALTERED_WEIGHTS)
def test_altered_weights_are_a_bundle_error(folder: Folder, tmp_path: Path, altered: str) -> None:
    weights = _ALTERED_WEIGHTS[altered](folder.arrays["argument_weights"])
    _write(tmp_path / "bundle", folder, folder.documents["arguments"], weights)
    with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
        Router.load(tmp_path / "bundle", ENCODER)


def _write(path: Path, folder: Folder, document: Any, weights: NDArray[Any] | None = None) -> None:
    given = folder.arrays["argument_weights"] if weights is None else weights
    write_folder(
        path,
        {**folder.documents, "arguments": document},
        {**folder.arrays, "argument_weights": given},
        {"encoder": folder.manifest["encoder"], "declarations": ""},
    )


def _rename(key: str, name: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["lights"][key] = {new if each == name else each: v for each, v in document["lights"][key].items()}

    return change


def _put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


_ALTERED_DOCUMENTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a tool that is not there": lambda document: document.update(window=document.pop("lights")),
    "a tool less": lambda document: document.pop("lights"),
    "another tool's": lambda document: document.update(call=document["lights"], lights=document["call"]),
    "no tagger": _put("lights", "tagger", value=None),
    "tagger is a list": _put("lights", "tagger", value=[1]),
    "a parameter that is not there": _put("lights", "tagger", "parameters", 0, value="window"),
    "a parameter twice": _put("lights", "tagger", "parameters", value=["room", "room", "state"]),
    "a parameter that is no text": _put("lights", "tagger", "parameters", 0, value=["room"]),
    "parameters are a text": _put("lights", "tagger", "parameters", value="abc"),
    "a feature that is no text": _put("lights", "tagger", "features", 0, value=["w=a"]),
    "features are a text": lambda d: d["lights"]["tagger"].update(
        features="x" * len(d["lights"]["tagger"]["features"])
    ),
    "no dimensions": _put("lights", "tagger", "dimensions", value=None),
    "dimensions are a text": _put("lights", "tagger", "dimensions", value="0"),
    "dimensions are broken": _put("lights", "tagger", "dimensions", value=0.5),
    "dimensions are huge": _put("lights", "tagger", "dimensions", value=10**400),
    "a value more": _put("lights", "implied", "state", value=["on", "off", "off"]),
    "implied is a list": _put("lights", "implied", value=["state"]),
    "values are a number": _put("lights", "implied", "state", value=2),
    "implied for what is not there": _rename("implied", "colour", "hue"),
    "phrases for what is not there": _rename("phrases", "colour", "hue"),
    "phrases are a number": _put("lights", "phrases", "colour", value=1),
    "phrases are a text": _put("lights", "phrases", "colour", value="sky"),
    "phrases are pairs": _put("lights", "phrases", "colour", value=[[1, "blue"]]),
    "a part less": lambda document: document["lights"].pop("phrases"),
}


@pytest.mark.parametrize("altered", _ALTERED_DOCUMENTS)
def test_altered_documents_are_a_bundle_error(folder: Folder, tmp_path: Path, altered: str) -> None:
    document = json.loads(json.dumps(folder.documents["arguments"]))
    _ALTERED_DOCUMENTS[altered](document)
    _write(tmp_path / "bundle", folder, document)
    with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
        Router.load(tmp_path / "bundle", ENCODER)


def test_fewer_dimensions_than_none_are_refused_though_the_weights_fit(tools: ToolSet, folder: Folder) -> None:
    document = json.loads(json.dumps(folder.documents["arguments"]))
    document["call"]["tagger"]["dimensions"] = -1
    labels = 1 + 2 * len(document["call"]["tagger"]["parameters"])
    with pytest.raises(ValueError, match="the vectors of words have -1 dimensions"):
        from_document(document, folder.arrays["argument_weights"][labels:], tools, WIDTH)


@pytest.mark.parametrize("width", [WIDTH - 1, WIDTH + 1])
def test_rows_of_another_width_are_refused(tools: ToolSet, folder: Folder, width: int) -> None:
    with pytest.raises(ValueError, match=r"is cut short|are not those of 3 tools"):
        from_document(folder.documents["arguments"], folder.arrays["argument_weights"], tools, width)


class _WithTokens(HashingEncoder):
    """Says it is the encoder that the bundle was built with, and gives tokens besides."""

    gives_tokens = True

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        rows = zip(self.encode(utterances), utterances, strict=True)
        return [TokenVectors(row, np.ones((1, 3), np.float32), np.array([[0, len(text)]])) for row, text in rows]


def test_an_encoder_that_gives_other_vectors_of_words_is_refused(
    router: Router, tools: ToolSet, tmp_path: Path
) -> None:
    router.save(tmp_path / "without")
    with pytest.raises(EncoderError, match="taught with vectors of words of 0 dims; encoder 'hashing' gives 3"):
        Router.load(tmp_path / "without", _WithTokens(16))
    train(tools, _WithTokens(16)).save(tmp_path / "with")
    with pytest.raises(EncoderError, match="taught with vectors of words of 3 dims; encoder 'hashing' gives 0"):
        Router.load(tmp_path / "with", ENCODER)
    assert Router.load(tmp_path / "with", _WithTokens(16)).route("call zoe")
