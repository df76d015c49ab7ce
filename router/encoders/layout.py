"""A folder without `encoder.json`: laid out as on the Hugging Face hub, where models are told by names and settings.

config.json  tokenizer.json  [tokenizer_config.json]  [config_sentence_transformers.json]  [1_Pooling/config.json]
onnx/model.onnx, onnx/model_q4.onnx ...               each with its onnx/*.onnx_data beside it
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from router.encoders.card import CARD, MODEL, Card, fingerprint_of
from router.encoders.families import family_of, first_of, known_dimensions, known_tasks
from router.errors import EncoderError

PREFERRED = (
    "onnx/model_q4.onnx",
    "onnx/model_no_gather_q4.onnx",
    "onnx/model.onnx",
    MODEL,
    "onnx/model_quantized.onnx",
    "onnx/model_int8.onnx",
)
"""Which model is taken where several are: 4 bits first, for their memory. 8 bits come last, because most such files
were quantised for other machines and are slower than float32. Those in float16 must be named."""
SETTINGS = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "modules.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
)
"""What is read beside the model."""
_MOST_TOKENS = Card.max_tokens
_POOLED = "sentence_embedding"
_HIDDEN = ("last_hidden_state", "token_embeddings")


def find(path: Path) -> tuple[Path, str | None]:
    """Return the folder that holds everything, and the name of the model in it where no card says it."""
    if path.is_file():
        for folder in (path.parent, path.parent.parent):
            name = path.relative_to(folder).as_posix()
            if (folder / CARD).exists() and read_json(folder / CARD).get("model", MODEL) == name:
                return folder, None
        folder = path.parent.parent if path.parent.name == "onnx" else path.parent
        return folder, path.relative_to(folder).as_posix()
    if (path / CARD).exists():
        return path, None
    if not (path / "config.json").exists():
        return path, None
    return path, chosen([name for name in PREFERRED if (path / name).exists()])


def chosen(names: Collection[str]) -> str | None:
    """Return the model that is taken where none is named."""
    there = set(names)
    return next((name for name in PREFERRED if name in there), None)


def describe(folder: Path, model: str, outputs: Mapping[str, Any]) -> Card:
    """Return the card that the folder would have. `outputs` are those of the graph, by name, with their shapes.

    Raises EncoderError.
    """
    config = read_json(folder / "config.json")
    name = _name(folder)
    family = family_of(name, config)
    if family and not family.float16 and Path(model).stem.endswith(("fp16", "f16")):
        raise EncoderError(f"{folder / model}: this model cannot be computed in float16. Take another of its files.")
    output, pooling = _output(folder, model, outputs)
    dim = next(reversed(outputs[output].shape), None)
    if not isinstance(dim, int):
        dim = config.get("hidden_size")
    if not isinstance(dim, int):
        raise EncoderError(f"{folder / model}: says not how long its rows are, and neither does config.json")
    stated = read_json(folder / "config_sentence_transformers.json")
    tasks = known_tasks(stated.get("prompts"), family)
    card = Card(
        name=name,
        dim=dim,
        max_tokens=stated_tokens(config),
        output=output,
        hidden_output=next((hidden for hidden in _HIDDEN if _is_float32(outputs.get(hidden))), ""),
        prefixes=first_of(tasks),
        model=model,
        pooling=pooling,
        normalize=True,
        matryoshka_dimensions=stated_dimensions(stated) or known_dimensions(family, dim),
    )
    return replace(card, fingerprint=fingerprint_of(folder, card))


def check_marks(folder: Path, tokenizer: Any) -> None:
    """Raise EncoderError unless the tokenizer puts the marks around a text that its settings ask for."""
    stated = read_json(folder / "tokenizer_config.json")
    added = tokenizer.encode("").tokens
    for setting, mark, place in (("add_bos_token", "bos_token", 0), ("add_eos_token", "eos_token", -1)):
        token = stated.get(mark)
        token = token.get("content") if isinstance(token, dict) else token
        if stated.get(setting) is True and token not in added[place:][:1]:
            raise EncoderError(
                f"{folder}: tokenizer_config.json says {setting!r}, but the post-processor of tokenizer.json does not "
                f"add {token!r}. Rows would not be those of the model."
            )


def stated_tokens(config: Mapping[str, Any]) -> int:
    """Return where texts are cut: where `config.json` says that positions end, if that is sooner than elsewhere."""
    of_text = config.get("text_config")
    stated = (of_text if isinstance(of_text, dict) else {}).get("max_position_embeddings")
    stated = config.get("max_position_embeddings") if stated is None else stated
    return min(stated, _MOST_TOKENS) if type(stated) is int and stated > 0 else _MOST_TOKENS


def stated_dimensions(stated: Mapping[str, Any]) -> tuple[int, ...]:
    """Return at which lengths rows may be cut, as `config_sentence_transformers.json` states it."""
    found = stated.get("matryoshka_dimensions")
    if not isinstance(found, list) or not found:
        found = [stated.get("truncate_dim")]
    return tuple(length for length in found if type(length) is int and length > 0)


def read_json(file: Path) -> dict[str, Any]:
    """Return a JSON object, empty where there is no such file. Raises EncoderError."""
    if not file.exists():
        return {}
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(f"{file}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise EncoderError(f"{file}: expected an object, not {data!r:.40}")
    return data


def _name(folder: Path) -> str:
    """Return the name of a folder; of one in the cache of the hub, what the hub calls the model."""
    path = folder.resolve()
    if path.parent.name == "snapshots" and path.parent.parent.name.startswith("models--"):
        return path.parent.parent.name.removeprefix("models--").replace("--", "/")
    return path.name


def _output(folder: Path, model: str, outputs: Mapping[str, Any]) -> tuple[str, str]:
    """Return which output is the row, or holds the tokens that it is made of, and how it is made of them."""
    if _is_float32(outputs.get(_POOLED)):
        return _POOLED, ""
    hidden = next((name for name in _HIDDEN if _is_float32(outputs.get(name))), None)
    pooling = _pooling(read_json(folder / "1_Pooling" / "config.json"))
    dense = (folder / "2_Dense").exists() or "Dense" in str(read_list(folder / "modules.json"))
    if hidden is None or pooling is None or dense:
        raise EncoderError(
            f"{folder / model}: gives no {_POOLED!r} of float32, and what makes a row of its outputs is not known. "
            "'router encoders export' makes a folder of the sentence-transformers model that does."
        )
    return hidden, pooling


def _pooling(config: Mapping[str, Any]) -> str | None:
    modes = {key for key, value in config.items() if key.startswith("pooling_mode_") and value is True}
    stated = config.get("pooling_mode")
    if modes == {"pooling_mode_mean_tokens"} or stated == "mean":
        return "mean"
    return "cls" if modes == {"pooling_mode_cls_token"} or stated == "cls" else None


def read_list(file: Path) -> list[Any]:
    """Return a JSON list, empty where there is none."""
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return data if isinstance(data, list) else []


def _is_float32(output: Any) -> bool:
    return output is not None and output.type == "tensor(float)"
