"""Write a large tokenizer as arrays that a device maps into memory: see `router.encoders.pieces`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from router.encoders.card import PIECES
from router.encoders.pieces import SPACE
from router.encoders.safetensors import write_arrays

WORTH_IT = 65_536
"""From so many pieces on the file is written: fewer take `tokenizers` less than 50 MB."""


def write_pieces(tokenizer: str, folder: Path) -> bool:
    """Write the arrays of a `tokenizer.json`, if it is large and of Gemma's kind; return whether that was so."""
    data = json.loads(tokenizer)
    vocabulary: dict[str, int] = data["model"].get("vocab", {})
    if len(vocabulary) < WORTH_IT or not is_of_gemmas_kind(data):
        return False
    model = data["model"]
    pairs = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    keys = np.array([vocabulary[one] << 32 | vocabulary[other] for one, other in pairs], np.int64)
    order = np.argsort(keys, kind="stable")
    joined = np.array([vocabulary[one + other] for one, other in pairs], np.int32)
    characters = sorted((ord(piece), number) for piece, number in vocabulary.items() if len(piece) == 1)
    before, after = _marks(data)
    added = [token for token in data["added_tokens"] if not token["special"]]
    text = "".join(token["content"] for token in added)
    write_arrays(
        folder / PIECES,
        {
            "pairs": keys[order],
            "ranks": order.astype(np.int32),
            "joined": joined[order],
            "characters": np.array([code for code, _ in characters], np.int32),
            "character_ids": np.array([number for _, number in characters], np.int32),
            "bytes": np.array([vocabulary[f"<0x{byte:02X}>"] for byte in range(256)], np.int32),
            "before": np.array(before, np.int32),
            "after": np.array(after, np.int32),
            "added": np.array([*map(ord, text)], np.int32),
            "added_lengths": np.array([len(token["content"]) for token in added], np.int32),
            "added_ids": np.array([token["id"] for token in added], np.int32),
        },
    )
    return True


def is_of_gemmas_kind(data: dict[str, Any]) -> bool:
    """Whether the arrays can say all that a `tokenizer.json` says."""
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
