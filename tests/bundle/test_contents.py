"""What is loaded routes as what was saved; what is whole but wrong is a BundleError and nothing else."""

import copy
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from router import BundleError, EncoderError, EncoderMismatchError, MissingExtraError, Router, ToolSet
from router.bundle.folder import MANIFEST, Folder, read_folder, write_folder
from router.encoders import HashingEncoder, load_encoder
from router.encoders.protocol import Prefixes
from router.encoders.shipped import Shipped, open_shipped
from router.training import train
from tests.strategies import json_values, tool_sets, utterances

ENCODER = HashingEncoder(32)
SAID = ["wake me at ten", "play some rock", "text my wife", "hello there", "", "🔦"]


class _Strange:
    """An encoder that does not ship."""

    name, dim, fingerprint, prefixes = "strange", 4, "0123456789ab", Prefixes()

    def encode(self, utterances: Any) -> NDArray[np.float32]:
        return np.full((len(utterances), 4), 0.5, np.float32)


@pytest.fixture(scope="module")
def folder(everyday_router: Router, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path = tmp_path_factory.mktemp("whole") / "bundle"
    everyday_router.save(path)
    return read_folder(path)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place to write to many times, and not for good."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield tmp_path_factory.mktemp("scratch") / "bundle"


def _write(path: Path, folder: Folder, **changed: Any) -> None:
    """Write a bundle again, signed, with other documents, arrays or encoder."""
    write_folder(
        path,
        changed.get("documents", folder.documents),
        changed.get("arrays", folder.arrays),
        {"encoder": changed.get("encoder", folder.manifest["encoder"]), "declarations": ""},
    )


@settings(max_examples=15)
@given(tool_sets, st.lists(utterances, min_size=1, max_size=5))
def test_what_is_loaded_routes_as_what_was_saved(scratch: Path, tools: ToolSet, said: list[str]) -> None:
    router = train(tools, ENCODER)
    said += [example.utterance for tool in tools for example in tool.examples]
    router.save(scratch)
    loaded = Router.load(scratch, ENCODER)
    assert loaded.tools == tools
    assert loaded.policy == router.policy
    assert [loaded.route(text) for text in said] == [router.route(text) for text in said]
    assert [loaded.explain(text) for text in said] == [router.explain(text) for text in said]


def test_saving_loading_and_saving_again_gives_the_same_bytes(everyday_router: Router, tmp_path: Path) -> None:
    everyday_router.save(tmp_path / "one")
    everyday_router.save(tmp_path / "two")
    Router.load(tmp_path / "one").save(tmp_path / "three")
    one, two, three = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two", "three")
    )
    assert one == two == three


def test_a_loaded_router_grows_like_the_one_that_was_saved(everyday_router: Router, tmp_path: Path) -> None:
    everyday_router.save(tmp_path / "bundle")
    loaded = Router.load(tmp_path / "bundle")
    timer = {"name": "set_timer", "description": "Set a timer.", "examples": ["set a timer", "ten minute timer"]}
    assert loaded.with_tool(timer).route_many(SAID) == everyday_router.with_tool(timer).route_many(SAID)
    assert loaded.without("play_music").route_many(SAID) == everyday_router.without("play_music").route_many(SAID)


def test_only_plain_files_are_written_and_none_is_a_pickle(everyday_router: Router, tmp_path: Path) -> None:
    everyday_router.save(tmp_path / "bundle")
    for file in (tmp_path / "bundle").iterdir():
        assert file.suffix in {".json", ".npy"}
        if file.suffix == ".npy":
            assert np.load(file, allow_pickle=False).dtype.kind in "fi"
        else:
            assert file.read_bytes().decode().startswith("{\n")


def test_the_encoder_is_named_and_opened_by_its_name(everyday_router: Router, folder: Folder, tmp_path: Path) -> None:
    everyday_router.save(tmp_path / "bundle")
    expected = {"name": "hashing", "dim": 256, "id": HashingEncoder().fingerprint, "spec": "hashing"}
    assert folder.manifest["encoder"] == expected
    assert folder.manifest["declarations"] == everyday_router.tools.fingerprint
    for encoder in (None, "hashing", HashingEncoder()):
        assert Router.load(tmp_path / "bundle", encoder).route_many(SAID) == everyday_router.route_many(SAID)


@pytest.mark.parametrize("name", ["minilm", "en-static"])
def test_a_bundle_on_an_encoder_that_ships_opens_that_one(name: str, everyday: ToolSet, tmp_path: Path) -> None:
    train(everyday, name).save(tmp_path / "bundle")
    assert Router.load(tmp_path / "bundle").encoder is load_encoder(name)


def test_a_bundle_that_names_no_spec_opens_what_shipped_by_that_name(
    everyday: ToolSet, folder: Folder, scratch: Path, tmp_path: Path
) -> None:
    train(everyday, "minilm").save(tmp_path / "bundle")
    for whole, spec in ((folder, "hashing"), (read_folder(tmp_path / "bundle"), "minilm")):
        older = {key: value for key, value in whole.manifest["encoder"].items() if key != "spec"}
        _write(scratch, whole, encoder=older)
        assert Router.load(scratch).encoder.fingerprint == load_encoder(spec).fingerprint


def test_a_bundle_on_an_encoder_that_is_not_installed_says_how_to_get_it(
    folder: Folder, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Shipped("gone", "", "gone")
    monkeypatch.setattr("router.bundle.contents.SHIPPED_SPECS", ("gone",))
    monkeypatch.setattr("router.bundle.contents.load_encoder", lambda _: open_shipped(gone))
    _write(scratch, folder, encoder={**folder.manifest["encoder"], "spec": "gone"})
    with pytest.raises(MissingExtraError, match=r"encoder 'gone' needs .*pip install 'intent-router\[gone\]'"):
        Router.load(scratch)


@pytest.mark.parametrize("spec", ["onnx:.", "st:x", "http://127.0.0.1", "fr", "", None, 7, ["en"], {}])
def test_nothing_is_opened_because_a_bundle_says_so_but_what_ships(folder: Folder, scratch: Path, spec: Any) -> None:
    _write(scratch, folder, encoder={**folder.manifest["encoder"], "spec": spec})
    with pytest.raises(EncoderError, match=r"which does not ship\. Pass `encoder=`"):
        Router.load(scratch)
    assert Router.load(scratch, HashingEncoder()).encoder.name == "hashing"


def test_a_bundle_on_other_weights_of_an_encoder_that_ships_is_refused(folder: Folder, scratch: Path) -> None:
    _write(scratch, folder, encoder={**folder.manifest["encoder"], "id": "0123456789ab"})
    with pytest.raises(EncoderMismatchError, match=r"'hashing' \(256 dims, 0123456789ab\) but 'hashing' \(256 dims"):
        Router.load(scratch)


def test_another_encoder_is_refused_and_both_are_named(everyday_router: Router, tmp_path: Path) -> None:
    everyday_router.save(tmp_path / "bundle")
    with pytest.raises(EncoderMismatchError, match=r"'hashing' \(256 dims, \w+\) but 'hashing' \(32 dims, \w+\)"):
        Router.load(tmp_path / "bundle", ENCODER)
    with pytest.raises(EncoderMismatchError, match=r"built with encoder 'hashing'.* but 'minilm-l6-int8' \(384 dims"):
        Router.load(tmp_path / "bundle", "minilm")


def test_an_encoder_that_does_not_ship_has_to_be_given(everyday: ToolSet, tmp_path: Path) -> None:
    train(everyday, _Strange()).save(tmp_path / "bundle")
    with pytest.raises(EncoderError, match=r"needs encoder 'strange' \(4 dims, 0123456789ab\), which does not ship"):
        Router.load(tmp_path / "bundle")
    assert len(Router.load(tmp_path / "bundle", _Strange()).tools) == len(everyday)


@pytest.mark.parametrize(("version", "hint"), [(1, "Compile it again"), (3, "needs a newer intent-router")])
def test_an_older_and_a_newer_format_are_told_apart(
    everyday_router: Router, tmp_path: Path, version: int, hint: str
) -> None:
    everyday_router.save(tmp_path / "bundle")
    manifest = tmp_path / "bundle" / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"format_version": 2', f'"format_version": {version}'), encoding="utf-8")
    with pytest.raises(BundleError, match=f"has format version {version}; this one reads 2.*{hint}"):
        Router.load(tmp_path / "bundle")


def test_a_missing_bundle_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="nowhere: no such folder"):
        Router.load(tmp_path / "nowhere")


odd_values: st.SearchStrategy[Any] = json_values | st.sampled_from(
    [10**400, -1, "", "6", [], {}, None, True, [[]], {"name": "a"}]
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside a document."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[key], (*path, key))


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy in which one place holds another value."""
    if not path:
        return value
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return document


@settings(max_examples=80)
@given(st.data())
def test_documents_of_a_wrong_shape_give_a_bundle_error_or_a_router_that_routes(
    folder: Folder, scratch: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(folder.documents)))
    path = data.draw(st.sampled_from(sorted(_places(folder.documents[name]), key=repr)))
    document = _changed(folder.documents[name], path, data.draw(odd_values))
    _write(scratch, folder, documents={**folder.documents, name: document})
    try:
        router = Router.load(scratch)
    except BundleError:
        return
    router.route_many(SAID, threads=1)
    for text in SAID:
        router.explain(text)


@pytest.mark.parametrize("name", ["tools", "policy", "scorer", "arguments"])
def test_a_document_that_is_missing_is_said(folder: Folder, scratch: Path, name: str) -> None:
    _write(scratch, folder, documents={key: value for key, value in folder.documents.items() if key != name})
    with pytest.raises(BundleError, match=rf"is whole, but not a router that this version can read: .*{name}"):
        Router.load(scratch)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("policy", ("confidence",)),
        ("policy", ("thresholds", "normal")),
        ("policy", ("thresholds", "harmless", "call")),
        ("scorer", ("lexical_weight",)),
        ("scorer", ("fusion", "head")),
        ("scorer", ("gate", "bias")),
        ("scorer", ("gate",)),
        ("tools", ("tools", 0, "name")),
        ("tools", ("tools", 0)),
    ],
)
@pytest.mark.parametrize("value", ["0.5", None, {}, True, 10**400])
def test_a_value_of_another_kind_is_refused(
    folder: Folder, scratch: Path, document: str, path: tuple[Any, ...], value: Any
) -> None:
    changed = _changed(folder.documents[document], path, value)
    _write(scratch, folder, documents={**folder.documents, document: changed})
    with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
        Router.load(scratch)


@pytest.mark.parametrize("document", ["policy", "scorer"])
def test_a_weight_more_or_less_is_refused(folder: Folder, scratch: Path, document: str) -> None:
    for place in (("gate",), ("fusion",)) if document == "scorer" else (("thresholds",),):
        whole = folder.documents[document]
        part = whole[place[0]]
        for name in part:
            less = {key: value for key, value in part.items() if key != name}
            for wrong in (less, {**part, "extra": part[name]}):
                changed = _changed(whole, place, wrong)
                _write(scratch, folder, documents={**folder.documents, document: changed})
                with pytest.raises(BundleError, match="expected"):
                    Router.load(scratch)


ARRAY_NAMES = [
    "argument_weights",
    "head_weights",
    "head_biases",
    "declaration_sketches",
    "prototypes",
    "owners",
    "examples",
]


@pytest.mark.parametrize("name", ARRAY_NAMES)
def test_arrays_that_do_not_fit_together_are_refused(folder: Folder, scratch: Path, name: str) -> None:
    array = folder.arrays[name]
    assert sorted(folder.arrays) == sorted(ARRAY_NAMES)
    wrong: dict[str, NDArray[Any]] = {
        "a row more": np.concatenate([array, array[:1]]),
        "a row less": array[1:],
        "one dimension": array.reshape(-1) if array.ndim > 1 else array[:, None],
        "of 64 bits": array.astype(np.float64 if array.dtype.kind == "f" else np.int64),
        "other kind": array.astype(np.int32 if array.dtype.kind == "f" else np.float32),
    }
    if array.dtype.kind == "f":
        wrong["not a number"] = np.where(np.arange(array.size).reshape(array.shape) == 3, math.nan, array).astype(
            array.dtype
        )
    else:
        wrong["too large"] = np.maximum(array, 99)
        wrong["negative"] = np.minimum(array, -2)
    for changed in wrong.values():
        _write(scratch, folder, arrays={**folder.arrays, name: changed})
        with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
            Router.load(scratch)
    _write(scratch, folder, arrays={key: value for key, value in folder.arrays.items() if key != name})
    with pytest.raises(BundleError, match=name):
        Router.load(scratch)


def test_owners_out_of_order_are_refused(folder: Folder, scratch: Path) -> None:
    _write(scratch, folder, arrays={**folder.arrays, "owners": np.ascontiguousarray(folder.arrays["owners"][::-1])})
    with pytest.raises(BundleError, match="the arrays are not those of 5 tools"):
        Router.load(scratch)


@pytest.mark.parametrize(
    "encoder",
    [
        None,
        "hashing",
        [],
        {},
        {"name": "hashing"},
        {"name": [], "dim": 256, "id": ""},
        {"name": "hashing", "dim": "256", "id": ""},
        {"name": "hashing", "dim": 256},
        {"name": "hashing", "dim": -512, "id": ""},
        {"name": "hashing", "dim": 256.0, "id": ""},
    ],
)
def test_an_encoder_that_is_described_otherwise_is_refused(folder: Folder, scratch: Path, encoder: Any) -> None:
    _write(scratch, folder, encoder=encoder)
    with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
        Router.load(scratch)


def test_a_bundle_that_holds_something_else_is_refused(scratch: Path) -> None:
    write_folder(scratch, {"shopping": ["milk"]}, {})
    with pytest.raises(BundleError, match="is whole, but not a router that this version can read"):
        Router.load(scratch)
