"""Write a large tokenizer as arrays that a device maps into memory: see `router.encoders.pieces` and `unigram`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import PIECES
from router.encoders.mapped import SPACE
from router.encoders.safetensors import write_arrays
from router.encoders.unigram import hash_on
from router.errors import EncoderError

WORTH_IT = 65_536
"""From so many pieces on the file is written: fewer take `tokenizers` less than 50 MB."""


def write_pieces(tokenizer: str, folder: Path) -> bool:
    """Write the arrays of a `tokenizer.json`, if it is large and of a kind that they can say; return whether it was."""
    data = json.loads(tokenizer)
    if len(data["model"].get("vocab", ())) < WORTH_IT:
        return False
    for is_of_kind, arrays in ((is_of_gemmas_kind, _pairs), (is_of_unigram_kind, _hashes)):
        if is_of_kind(data):
            before, after = _marks(data)
            marks = {"before": np.array(before, np.int32), "after": np.array(after, np.int32)}
            write_arrays(folder / PIECES, arrays(data) | marks)
            return True
    return False


def _pairs(data: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Return what `router.encoders.pieces` reads."""
    model = data["model"]
    vocabulary: dict[str, int] = model["vocab"]
    pairs = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    keys = np.array([vocabulary[one] << 32 | vocabulary[other] for one, other in pairs], np.int64)
    order = np.argsort(keys, kind="stable")
    joined = np.array([vocabulary[one + other] for one, other in pairs], np.int32)
    characters = sorted((ord(piece), number) for piece, number in vocabulary.items() if len(piece) == 1)
    added = [token for token in data["added_tokens"] if not token["special"]]
    text = "".join(token["content"] for token in added)
    return {
        "pairs": keys[order],
        "ranks": order.astype(np.int32),
        "joined": joined[order],
        "characters": np.array([code for code, _ in characters], np.int32),
        "character_ids": np.array([number for _, number in characters], np.int32),
        "bytes": np.array([vocabulary[f"<0x{byte:02X}>"] for byte in range(256)], np.int32),
        "added": np.array([*map(ord, text)], np.int32),
        "added_lengths": np.array([len(token["content"]) for token in added], np.int32),
        "added_ids": np.array([token["id"] for token in added], np.int32),
    }


def _hashes(data: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Return what `router.encoders.unigram` reads. Raises EncoderError where two pieces have one hash."""
    pieces = [piece for piece, _ in data["model"]["vocab"]]
    longest = max(map(len, pieces))
    codes = np.zeros((len(pieces), longest), np.uint32)
    for row, piece in zip(codes, pieces, strict=True):
        row[: len(piece)] = [*map(ord, piece)]
    lengths = np.array([*map(len, pieces)])
    hashes = np.zeros(len(pieces), np.int64)
    for at in range(longest):
        going = lengths > at
        hashes[going] = hash_on(hashes[going], codes[going, at])
    order = np.argsort(hashes)
    scores = np.array([score for _, score in data["model"]["vocab"]], np.float64)
    if (np.diff(hashes[order]) == 0).any():
        raise EncoderError("two pieces of the tokenizer have the same hash, which was never seen: please report it")
    return {
        "hashes": hashes[order],
        "ids": order.astype(np.int32),
        "scores": scores[order],
        "lowest": scores.min(keepdims=True),
        "unknown": np.array([data["model"]["unk_id"]], np.int32),
        "longest": np.array([longest], np.int32),
    }


def is_of_unigram_kind(data: dict[str, Any]) -> bool:
    """Whether `router.encoders.unigram` can say all that a `tokenizer.json` says."""
    model, split = data["model"], data["pre_tokenizer"] or {}
    white = {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}
    return (
        model["type"] == "Unigram"
        and model["unk_id"] is not None
        and not model.get("byte_fallback")
        and all(piece for piece, _ in model["vocab"])
        and data["normalizer"] == {"type": "Sequence", "normalizers": [{"type": "NFKC"}, white]}
        and split == {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": True}
        and (data["post_processor"] or {}).get("type") == "TemplateProcessing"
        and all(token["special"] for token in data["added_tokens"])
    )


def is_of_gemmas_kind(data: dict[str, Any]) -> bool:
    """Whether `router.encoders.pieces` can say all that a `tokenizer.json` says."""
    model, normalizer, split = data["model"], data["normalizer"], data["pre_tokenizer"]
    vocabulary = model.get("vocab", {})
    return (
        model["type"] == "BPE"
        and model["byte_fallback"]
        and not any(model.get(key) for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix"))
        and not model.get("ignore_merges")
        and all(f"<0x{byte:02X}>" in vocabulary for byte in range(256))
        and normalizer == {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
        # No space is left to split at when a text is split.
        and (split is None or (split["type"], split.get("pattern")) == ("Split", {"String": " "}))
        and (data["post_processor"] or {}).get("type") == "TemplateProcessing"
        and not any(
            token["single_word"] or token["lstrip"] or token["rstrip"] or token["normalized"]
            for token in data["added_tokens"]
            if not token["special"]
        )
    )


def _marks(data: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Return the tokens before and after a text."""
    processor = data["post_processor"]
    before: list[int] = []
    after: list[int] = []
    side = before
    for part in processor["single"]:
        if "Sequence" in part:
            side = after
        else:
            side += processor["special_tokens"][part["SpecialToken"]["id"]]["ids"]
    return before, after
