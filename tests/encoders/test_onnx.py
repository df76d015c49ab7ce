import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from router.encoders import load_encoder
from router.encoders.card import CARD, MODEL, TOKENIZER
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError
from tests.encoders.conftest import write_tiny_encoder


def _edit_card(folder: Path, **changes: Any) -> None:
    data = json.loads((folder / CARD).read_text(encoding="utf-8")) | changes
    data = {key: value for key, value in data.items() if value is not None}
    (folder / CARD).write_text(json.dumps(data), encoding="utf-8")


def test_it_opens_by_name(tiny_folder: Path) -> None:
    encoder = load_encoder(f"onnx:{tiny_folder}")
    assert (encoder.name, encoder.dim) == ("tiny", 8)


def test_the_card_states_name_size_and_prefixes(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny")
    _edit_card(folder, prefixes={"utterance": "query: "})
    encoder = OnnxEncoder(folder)
    assert encoder.prefixes.utterance == "query: "
    assert encoder.prefixes.declaration == ""
    assert "'tiny', 8 dims" in repr(encoder)


@pytest.mark.parametrize("text", ["[SEP]", "[CLS] wake me", "wake [UNK] me", "wake me [SEP] [PAD] [PAD]"])
def test_what_looks_like_a_mark_is_text(tiny_folder: Path, text: str) -> None:
    encoder = OnnxEncoder(tiny_folder)
    spelled = text.replace("[", "[ ").replace("]", " ]").replace("SEP", "sep")
    assert np.array_equal(encoder.encode([text]), encoder.encode([spelled]))


@pytest.mark.parametrize("text", ["wake me [SEP]", "[MASK]", "the [PAD] [PAD] lights"])
def test_the_shipped_encoder_reads_marks_as_text(text: str) -> None:
    encoder = load_encoder()
    spelled = text.replace("[", "[ ").replace("]", " ]").lower()
    assert np.array_equal(encoder.encode([text]), encoder.encode([spelled]))
    without = text.replace("[SEP]", "").replace("[MASK]", "").replace("[PAD]", "")
    assert not np.array_equal(encoder.encode([text]), encoder.encode([without]))


def test_what_follows_the_last_token_that_fits_is_not_read(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", max_tokens=6))
    assert np.array_equal(encoder.encode(["a b c d"]), encoder.encode(["a b c d e f"]))
    assert not np.array_equal(encoder.encode(["a b c d"]), encoder.encode(["a b c"]))


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_change_no_bit(tiny_folder: Path, threads: int) -> None:
    texts = [f"wake me at {n}" for n in range(200)]
    expected = OnnxEncoder(tiny_folder, threads=1).encode(texts)
    assert np.array_equal(OnnxEncoder(tiny_folder, threads=threads).encode(texts), expected)


@pytest.mark.parametrize("threads", [1, 8])
def test_many_texts_have_the_tokens_that_each_has_alone(tmp_path: Path, threads: int) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up"), threads=threads)
    texts = [f"wake me at {n}" for n in range(40)]
    for text, found in zip(texts, encoder.encode_tokens(texts), strict=True):
        (alone,) = encoder.encode_tokens([text])
        assert np.array_equal(found.row, alone.row)
        assert np.array_equal(found.vectors, alone.vectors)
        assert np.array_equal(found.spans, alone.spans)


def test_the_fingerprint_is_computed_where_the_card_states_none(tiny_folder: Path) -> None:
    stated = OnnxEncoder(tiny_folder).fingerprint
    _edit_card(tiny_folder, fingerprint=None)
    assert OnnxEncoder(tiny_folder).fingerprint == stated


@pytest.mark.parametrize(
    "changed", [{"max_tokens": 9}, {"prefixes": {"utterance": "query: "}}, {"hidden_output": "looked_up"}]
)
def test_the_fingerprint_covers_how_the_files_are_used(tiny_folder: Path, changed: dict[str, Any]) -> None:
    stated = OnnxEncoder(tiny_folder).fingerprint
    _edit_card(tiny_folder, fingerprint=None, **changed)
    assert OnnxEncoder(tiny_folder).fingerprint != stated


def test_weights_beside_a_model_of_any_name_are_part_of_the_fingerprint(tiny_folder: Path) -> None:
    (tiny_folder / MODEL).rename(tiny_folder / "model[1].onnx")
    _edit_card(tiny_folder, model="model[1].onnx", files=None, fingerprint=None)
    before = OnnxEncoder(tiny_folder).fingerprint
    (tiny_folder / "model[1].onnx_data").write_bytes(b"weights")
    assert OnnxEncoder(tiny_folder).fingerprint != before


@pytest.mark.parametrize("name", [CARD, MODEL, TOKENIZER])
def test_a_missing_file_is_named(tiny_folder: Path, name: str) -> None:
    (tiny_folder / name).unlink()
    with pytest.raises(EncoderError, match=rf"{name}: No such file.*holds model.onnx, tokenizer.json and encoder.json"):
        OnnxEncoder(tiny_folder)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_truncated_file_is_named(tiny_folder: Path, name: str) -> None:
    file = tiny_folder / name
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(EncoderError, match=rf"{name}: has \d+ bytes, but encoder.json says \d+"):
        OnnxEncoder(tiny_folder)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_broken_file_is_named(tiny_folder: Path, name: str) -> None:
    file = tiny_folder / name
    file.write_bytes(b"?" * file.stat().st_size)
    with pytest.raises(EncoderError, match=rf"{name}: not a (model|tokenizer)"):
        OnnxEncoder(tiny_folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "encoder.json: not JSON"),
        (b"\xff", "encoder.json: not JSON"),
        (b"[" * 100_000, "encoder.json: not JSON"),
        (b"[]", r"encoder.json: expected an object, not \[\]"),
        (b'{"dim": 8}', "'name' is missing; expected a string"),
        (b'{"name": "x"}', "'dim' is missing; expected an integer"),
        (b'{"name": "x", "dim": "8"}', "'dim' is '8'; expected an integer"),
        (b'{"name": "x", "dim": true}', "'dim' is True; expected an integer"),
        (b'{"name": "x", "dim": 0}', "'dim' is 0; expected at least 1"),
        (b'{"name": "x", "dim": 8, "max_tokens": 2}', "'max_tokens' is 2; expected at least 3"),
        (
            b'{"name": "x", "dim": 8, "model": "../tiny/model.onnx"}',
            "'../tiny/model.onnx' names no file in this folder",
        ),
        (b'{"name": "x", "dim": 8, "model": "/etc/passwd"}', "'/etc/passwd' names no file in this folder"),
        (rb'{"name": "x", "dim": 8, "model": "C:\\model.onnx"}', "names no file in this folder"),
        (b'{"name": "x", "dim": 8, "model": "."}', r"'\.' names no file in this folder"),
        (rb'{"name": "x", "dim": 8, "files": {"\u0000": 1}}', "names no file in this folder"),
        (b'{"name": "x", "dim": 8, "prefixes": []}', r"'prefixes' is \[\]; expected an object"),
        (b'{"name": "x", "dim": 8, "prefixes": {"utterance": 1}}', "'utterance' is 1; expected a string"),
    ],
)
def test_a_card_that_is_wrong_says_where(tiny_folder: Path, content: bytes, message: str) -> None:
    (tiny_folder / CARD).write_bytes(content)
    with pytest.raises(EncoderError, match=message):
        OnnxEncoder(tiny_folder)


def test_dimensions_other_than_stated_are_refused(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny", dim=9)
    with pytest.raises(EncoderError, match=r"'sentence_embedding' is .* encoder.json says 9 dimensions"):
        OnnxEncoder(folder)


def test_an_output_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny", output="pooled")
    with pytest.raises(EncoderError, match="has no output 'pooled', but 'sentence_embedding', 'mean', 'looked_up'"):
        OnnxEncoder(folder)


def test_tokens_are_those_of_the_text_without_the_marks_at_its_ends(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up"))
    assert encoder.gives_tokens
    found = encoder.encode_tokens(["Ab c"])[0]
    assert found.spans.tolist() == [[0, 1], [1, 2], [3, 4]]
    assert found.vectors.shape == (3, 8)
    again = encoder.encode_tokens(["c c"])[0].vectors
    assert np.array_equal(again, found.vectors[[2, 2]])
    assert encoder.encode_tokens([""])[0].vectors.shape == (0, 8)


@pytest.mark.parametrize("text", ["[SEP]", "[CLS] a [PAD]", "[UNK]"])
def test_what_looks_like_a_mark_has_tokens_like_any_text(tmp_path: Path, text: str) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up"))
    spans = encoder.encode_tokens([text])[0].spans
    assert "".join(text[start:end] for start, end in spans) == text.replace(" ", "")
    assert len(spans) == len(text.replace(" ", ""))


def test_what_is_cut_off_has_no_tokens(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up", max_tokens=6))
    whole, cut = encoder.encode_tokens(["a b c d"])[0], encoder.encode_tokens(["a b c d e f"])[0]
    assert cut.spans.tolist() == whole.spans.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert np.array_equal(cut.vectors, whole.vectors)


def test_places_are_counted_in_characters_of_every_plane(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up"))
    assert encoder.encode_tokens(["🔦 ä a"])[0].spans.tolist() == [[0, 1], [2, 3], [4, 5]]


def test_an_encoder_whose_card_names_no_tokens_gives_none(tiny_folder: Path) -> None:
    assert not OnnxEncoder(tiny_folder).gives_tokens


def test_tokens_that_the_graph_does_not_have_are_refused_at_once(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny", hidden_output="tokens")
    with pytest.raises(EncoderError, match=r"has no output 'tokens' of float32, which encoder.json says holds the tok"):
        OnnxEncoder(folder)


def test_tokens_of_another_type_are_refused_at_once(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny", hidden_output="ones")
    model = onnx.load(folder / MODEL)
    model.graph.output.append(onnx.helper.make_tensor_value_info("ones", onnx.TensorProto.INT64, [1, "tokens"]))
    onnx.save(model, folder / MODEL)
    _edit_card(folder, files=None)
    with pytest.raises(EncoderError, match="has no output 'ones' of float32"):
        OnnxEncoder(folder)


def test_an_output_that_is_none_of_tokens_is_refused(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="mean"))
    with pytest.raises(EncoderError, match=r"output 'mean' has the shape \(1, 8\); expected \(1, 4, any\)"):
        encoder.encode_tokens(["a b"])[0]


def test_a_card_says_where_tokens_are_in_a_text(tiny_folder: Path) -> None:
    _edit_card(tiny_folder, hidden_output=3)
    with pytest.raises(EncoderError, match="'hidden_output' is 3; expected a string"):
        OnnxEncoder(tiny_folder)


def test_an_input_that_nothing_can_fill_is_refused(tiny_folder: Path) -> None:
    model = onnx.load(tiny_folder / MODEL)
    for node in model.graph.node:
        node.input[:] = ["pixels" if name == "token_type_ids" else name for name in node.input]
    model.graph.input[2].name = "pixels"
    onnx.save(model, tiny_folder / MODEL)
    _edit_card(tiny_folder, files=None)
    with pytest.raises(EncoderError, match=r"has the inputs .*'pixels'.*; expected 'input_ids' and at most"):
        OnnxEncoder(tiny_folder)


@pytest.mark.parametrize(("scale", "length"), [(np.nan, "nan"), (0.0, "(nan|0.0)")])
def test_a_row_that_is_no_unit_vector_is_refused(tmp_path: Path, scale: float, length: str) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", scale=scale))
    with pytest.raises(EncoderError, match=f"gave a row of squared length {length} on 'wake me'"):
        encoder.encode(["wake me"])


def test_a_row_that_is_not_normalised_is_refused(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", output="mean", scale=10))
    with pytest.raises(EncoderError, match="gave a row of squared length"):
        encoder.encode(["wake me"])


def test_a_row_for_each_token_is_refused(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", output="looked_up"))
    with pytest.raises(EncoderError, match=r"gave an array of shape \(1, 8, 8\); expected \(1, 8\)"):
        encoder.encode(["wake me"])


def test_what_the_runtime_says_while_it_runs_is_an_encoder_error(tiny_folder: Path) -> None:
    data = json.loads((tiny_folder / TOKENIZER).read_text(encoding="utf-8"))
    data["model"]["vocab"]["w"] = 5000  # beyond the table
    (tiny_folder / TOKENIZER).write_text(json.dumps(data), encoding="utf-8")
    _edit_card(tiny_folder, files=None)
    with pytest.raises(EncoderError, match="tiny: failed on 'wake me'"):
        OnnxEncoder(tiny_folder).encode(["wake me"])


def test_what_is_no_unicode_is_an_encoder_error(tiny_folder: Path) -> None:
    with pytest.raises(EncoderError, match=r"tiny: failed on 'wake \\ud800'"):
        OnnxEncoder(tiny_folder).encode(["wake \ud800"])


def test_it_works_from_wherever_the_folder_is_copied(tiny_folder: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(tiny_folder, tmp_path / "ordner mit ümlaut")
    assert np.array_equal(OnnxEncoder(copied).encode(["wake me"]), OnnxEncoder(tiny_folder).encode(["wake me"]))


def test_without_onnx_runtime_the_error_says_what_installs_it(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r"needs ONNX Runtime\. Install it with: pip install onnxruntime"):
        OnnxEncoder(tiny_folder)
