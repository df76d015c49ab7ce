import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from router.encoders import Prefixes, adapted, load_encoder
from router.encoders.card import CARD, MODEL, TOKENIZER
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError
from tests.encoders.conftest import write_tiny_encoder
from tests.encoders.gemma import tiny_gemma_tokenizer

TEXTS = ["wake me", "play jazz", ""]


def write_hub_folder(
    folder: Path, files: tuple[str, ...] = ("model.onnx",), *, hidden: bool = True, pooled: bool = True, **config: Any
) -> Path:
    """Write the tiny encoder as models lie on the hub: several files of one graph, and no card."""
    tiny = write_tiny_encoder(folder.with_name(f"{folder.name}-tiny"))
    (folder / "onnx").mkdir(parents=True)
    model = onnx.load(tiny / MODEL)
    graph = model.graph
    for node in graph.node:
        node.output[:] = ["last_hidden_state" if name == "looked_up" else name for name in node.output]
        node.input[:] = ["last_hidden_state" if name == "looked_up" else name for name in node.input]
    given = {output.name: output for output in graph.output}
    given["looked_up"].name = "last_hidden_state"
    kept = [given["looked_up"]] * hidden + [given["sentence_embedding"]] * pooled
    del graph.output[:]
    graph.output.extend(kept)
    for name in files:
        onnx.save(model, folder / "onnx" / name)
    shutil.copy(tiny / TOKENIZER, folder / TOKENIZER)
    (folder / "config.json").write_text(json.dumps({"hidden_size": 8, **config}), "utf-8")
    return folder


def _write(folder: Path, name: str, data: Any) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(data), "utf-8")


def test_the_pooled_output_is_the_row_and_the_other_holds_the_tokens(tmp_path: Path) -> None:
    encoder = load_encoder(f"onnx:{write_hub_folder(tmp_path / 'hub')}")
    own = OnnxEncoder(tmp_path / "hub-tiny")
    np.testing.assert_allclose(encoder.encode(TEXTS), own.encode(TEXTS), atol=1e-6)
    assert (encoder.name, encoder.dim) == ("hub", 8)
    assert encoder.encode_tokens(["a b"])[0].vectors.shape == (2, 8)  # type: ignore[attr-defined]


def test_four_bits_are_preferred_and_a_path_picks_another(tmp_path: Path) -> None:
    names = ("model.onnx", "model_fp16.onnx", "model_quantized.onnx", "model_q4.onnx", "model_q4f16.onnx")
    folder = write_hub_folder(tmp_path / "hub", names)
    chosen = []
    for taken in ("model_q4.onnx", "model.onnx", "model_quantized.onnx"):
        encoder = OnnxEncoder(folder)
        assert encoder._file == folder / "onnx" / taken
        assert encoder.fingerprint == OnnxEncoder(folder / "onnx" / taken).fingerprint
        chosen.append(encoder)
        (folder / "onnx" / taken).unlink()
    with pytest.raises(EncoderError, match=r"holds model.onnx, tokenizer.json and encoder.json"):
        OnnxEncoder(folder)
    assert OnnxEncoder(folder / "onnx" / "model_fp16.onnx").dim == 8


def test_embeddinggemma_is_known_by_its_name_and_refused_in_float16(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "embeddinggemma-300m-ONNX", ("model_q4.onnx", "model_q4f16.onnx"))
    assert OnnxEncoder(folder).prefixes == Prefixes("task: classification | query: ", "task: classification | query: ")
    with pytest.raises(EncoderError, match=r"model_q4f16.onnx: this model cannot be computed in float16"):
        OnnxEncoder(folder / "onnx" / "model_q4f16.onnx")


@pytest.mark.parametrize("config", [{"pooling_mode_mean_tokens": True}, {"pooling_mode": "mean"}])
def test_tokens_are_pooled_as_the_folder_says_where_the_graph_does_not(tmp_path: Path, config: Any) -> None:
    folder = write_hub_folder(tmp_path / "hub", pooled=False)
    _write(folder, "1_Pooling/config.json", config)
    expected = OnnxEncoder(tmp_path / "hub-tiny").encode(TEXTS)
    np.testing.assert_allclose(OnnxEncoder(folder).encode(TEXTS), expected, atol=1e-6)


def test_the_first_token_may_be_the_row(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub", pooled=False)
    _write(folder, "1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    rows = OnnxEncoder(folder).encode(["a", "b"])  # the tiny encoder's [CLS] knows nothing of what follows
    assert np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("more", [{}, {"2_Dense/config.json": {}, "1_Pooling/config.json": {"pooling_mode": "mean"}}])
def test_what_makes_a_row_must_be_known(tmp_path: Path, more: dict[str, Any]) -> None:
    folder = write_hub_folder(tmp_path / "hub", pooled=False)
    for name, data in more.items():
        _write(folder, name, data)
    with pytest.raises(EncoderError, match=r"gives no 'sentence_embedding'.*'router encoders export'"):
        OnnxEncoder(folder)


def test_rows_that_are_not_unit_are_made_so(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub", pooled=False)
    model = onnx.load(folder / "onnx" / MODEL)
    model.graph.output.append(helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["batch", 8]))
    for node in model.graph.node:
        node.output[:] = ["unused" if name == "sentence_embedding" else name for name in node.output]
        node.output[:] = ["sentence_embedding" if name == "mean" else name for name in node.output]
        node.input[:] = ["sentence_embedding" if name == "mean" else name for name in node.input]
    model.graph.output[-1].name = "sentence_embedding"
    onnx.save(model, folder / "onnx" / MODEL)
    expected = OnnxEncoder(tmp_path / "hub-tiny").encode(TEXTS)
    np.testing.assert_allclose(OnnxEncoder(folder).encode(TEXTS), expected, atol=1e-6)


def test_images_video_and_sound_are_given_as_none(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "embeddinggemma-2")
    model = onnx.load(folder / "onnx" / MODEL)
    graph = model.graph
    for kind in ("image", "video", "audio"):
        name = f"{kind}_features"
        graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [f"{kind}s", 512]))
        graph.node.append(helper.make_node("ReduceSum", [name], [f"{kind}_sum"], keepdims=0))
    graph.node.append(helper.make_node("Sum", ["sentence_embedding", "image_sum", "video_sum", "audio_sum"], ["all"]))
    for output in graph.output:
        output.name = "all" if output.name == "sentence_embedding" else output.name
    for node in graph.node:
        node.output[:] = ["plain" if name == "sentence_embedding" else name for name in node.output]
        node.input[:] = ["plain" if name == "sentence_embedding" else name for name in node.input]
        node.output[:] = ["sentence_embedding" if name == "all" else name for name in node.output]
    for output in graph.output:
        output.name = "sentence_embedding" if output.name == "all" else output.name
    onnx.save(model, folder / "onnx" / MODEL)
    expected = OnnxEncoder(tmp_path / "embeddinggemma-2-tiny").encode(TEXTS)
    np.testing.assert_allclose(OnnxEncoder(folder).encode(TEXTS), expected, atol=1e-6)


def test_weights_outside_the_model_count_for_the_fingerprint(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub")
    before = OnnxEncoder(folder).fingerprint
    (folder / "onnx" / "model.onnx_data").write_bytes(b"weights")
    assert OnnxEncoder(folder).fingerprint != before


def test_rows_are_cut_where_the_folder_declares_it(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub")
    _write(folder, "config_sentence_transformers.json", {"truncate_dim": 4, "prompts": {"query": "q: "}})
    encoder = OnnxEncoder(folder)
    assert adapted(encoder, dimensions=4).dim == 4
    assert encoder.prefixes == Prefixes("q: ", "")


def test_texts_are_cut_where_the_model_has_no_more_places(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub", max_position_embeddings=6)
    assert np.array_equal(*OnnxEncoder(folder).encode(["a b c d", "a b c d e f"]))


def test_marks_that_the_settings_ask_for_must_come_from_the_tokenizer(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub")
    settings = {"add_bos_token": True, "add_eos_token": True, "bos_token": "[CLS]", "eos_token": {"content": "[SEP]"}}
    _write(folder, "tokenizer_config.json", settings)
    OnnxEncoder(folder)
    _write(folder, "tokenizer_config.json", settings | {"eos_token": "<eos>"})
    with pytest.raises(EncoderError, match=r"says 'add_eos_token'.* does not add '<eos>'"):
        OnnxEncoder(folder)


def test_gemmas_tokenizer_marks_both_ends_and_reads_typed_marks_as_text(tmp_path: Path) -> None:
    from router.encoders.layout import check_marks
    from router.encoders.tokenizer import open_tokenizer

    tiny_gemma_tokenizer().save(str(tmp_path / TOKENIZER))
    settings = {"add_bos_token": True, "add_eos_token": True, "bos_token": "<bos>", "eos_token": "<eos>"}
    _write(tmp_path, "tokenizer_config.json", settings)
    tokenizer = open_tokenizer(tmp_path / TOKENIZER, 64)
    check_marks(tmp_path, tokenizer)
    found = tokenizer.encode("wake <eos>")
    assert (found.tokens[0], found.tokens[-1]) == ("<bos>", "<eos>")
    assert "<eos>" not in found.tokens[1:-1]


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("config.json", {"hidden_size": 8, "max_position_embeddings": None}),
        ("config.json", {"hidden_size": 8, "max_position_embeddings": "512"}),
        ("config.json", {"hidden_size": 8, "max_position_embeddings": -1}),
        ("config.json", {"hidden_size": 8, "text_config": None}),
        ("config.json", {"hidden_size": 8, "text_config": {"max_position_embeddings": None}}),
        ("config_sentence_transformers.json", {"prompts": None}),
        ("config_sentence_transformers.json", {"prompts": ["query: "]}),
        ("config_sentence_transformers.json", {"prompts": {"query": 5}}),
        ("config_sentence_transformers.json", {"matryoshka_dimensions": 4}),
    ],
)
def test_a_setting_that_is_no_setting_says_nothing(tmp_path: Path, file: str, settings: dict[str, Any]) -> None:
    folder = write_hub_folder(tmp_path / "hub")
    plain = OnnxEncoder(folder)
    _write(folder, file, settings)
    encoder = OnnxEncoder(folder)
    assert (encoder.prefixes, encoder.matryoshka_dimensions) == (Prefixes(), ())
    assert np.array_equal(encoder.encode(TEXTS), plain.encode(TEXTS))


def test_a_file_of_settings_that_is_broken_is_named(tmp_path: Path) -> None:
    folder = write_hub_folder(tmp_path / "hub")
    (folder / "config.json").write_text("[]", "utf-8")
    with pytest.raises(EncoderError, match=r"config.json: expected an object"):
        OnnxEncoder(folder)


def test_a_card_goes_before_all_that(tmp_path: Path) -> None:
    folder = write_tiny_encoder(tmp_path / "tiny")
    (folder / "config.json").write_text("{}", "utf-8")
    assert OnnxEncoder(folder).name == "tiny"
    (folder / CARD).unlink()
    assert OnnxEncoder(folder)._card.normalize


@pytest.mark.parametrize("name", ["tiny", "onnx"])
def test_the_file_that_a_card_is_about_is_used_as_it_says(tmp_path: Path, name: str) -> None:
    folder = write_tiny_encoder(tmp_path / name, prefixes=Prefixes("say: ", ""))
    by_folder, by_file = OnnxEncoder(folder), OnnxEncoder(folder / MODEL)
    assert by_file.prefixes == Prefixes("say: ", "")
    assert by_file.fingerprint == by_folder.fingerprint
