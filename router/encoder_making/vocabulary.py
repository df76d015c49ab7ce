"""A tokenizer's pieces, and the same tokenizer with fewer of them.

A text all of whose pieces are kept is cut into the same pieces as before:

- WordPiece takes the longest piece that fits; it is still there, and nothing longer is new.
- Unigram takes the path of the highest score; it is still there, and no path is new. What an unknown character costs
  depends on the lowest score of all, so a piece with that score is kept.
- BPE joins the pair of the lowest rank until none is left. What is joined on the way to a piece is kept with it, and no
  pair is new.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from router.encoders.card import TOKENIZER
from router.errors import EncoderError

_KINDS = ("BPE", "Unigram", "WordLevel", "WordPiece")
_RESERVED = re.compile(r"[\[<]unused_?\d+[\]>]")
_BYTE = re.compile("<0x[0-9A-F]{2}>")


class Vocabulary:
    """The pieces of a `tokenizer.json`, given as text; `file` is where it is from.

    Raises EncoderError for what is none, or none that can be made smaller.
    """

    def __init__(self, text: str, file: str | Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._data: dict[str, Any] = json.loads(text)
            self._tokenizer = Tokenizer.from_str(text)
        except Exception as error:  # tokenizers raises no narrower one
            raise EncoderError(f"{file}: not a tokenizer: {error}") from error
        self._model = self._data["model"]
        self._kind = self._model.get("type")
        if self._kind not in _KINDS:
            raise EncoderError(f"{file}: has a model of the kind {self._kind!r}; expected one of {', '.join(_KINDS)}")
        marked = self._model.get("end_of_word_suffix") or self._model.get("continuing_subword_prefix")
        if self._kind == "BPE" and marked:
            raise EncoderError(f"{file}: marks where a word begins or ends in its pairs, which cannot be made smaller")
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        numbers = self._tokenizer.get_vocab()
        self.pieces: dict[int, str] = {numbers[piece]: piece for piece in sorted(numbers, key=numbers.__getitem__)}
        """By number, in ascending order."""

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        """Return that of an encoder's folder."""
        file = folder / TOKENIZER
        try:
            return cls(file.read_text("utf-8"), file)
        except (OSError, UnicodeDecodeError) as error:
            raise EncoderError(f"{file}: {error}") from error

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the pieces of each text, without the marks at its ends."""
        return [each.ids for each in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def marks(self) -> set[int]:
        """Return the pieces that stand for nothing that is said, what is unknown among them."""
        unknown = self._model.get("unk_id") if self._kind == "Unigram" else self._model.get("unk_token")
        added = {token["id"] for token in self._data["added_tokens"] if token["special"]}
        return added | {number for number, piece in self.pieces.items() if unknown in (number, piece)}

    def reserved(self) -> set[int]:
        """Return the pieces that nobody has given a meaning, such as `[unused7]`."""
        return {number for number, piece in self.pieces.items() if _RESERVED.fullmatch(piece)}

    def always(self) -> set[int]:
        """Return what a text of any language may need: marks, bytes or else characters, and pieces without a letter.

        Bytes that are no whole character are no letter.
        """
        kept = self.marks() | {token["id"] for token in self._data["added_tokens"]}
        kept = (kept - self.reserved()) | set(_around(self._data.get("post_processor")))
        bytewise = self._model.get("byte_fallback")
        for number, piece in self.pieces.items():
            whole = not bytewise and len(self._bare(piece)) == 1
            if whole or _BYTE.fullmatch(piece) or not any(map(str.isalpha, self._spelled(number))):
                kept.add(number)
        if self._kind == "Unigram":
            scores = [score for _, score in self._model["vocab"]]
            kept.add(scores.index(min(scores)))
        return kept

    def written_in(self, scripts: Iterable[str]) -> set[int]:
        """Return the pieces all of whose letters are of these scripts, as Unicode begins their names: 'HANGUL'."""
        wanted = set(scripts)
        spelled = {number: self._spelled(number) for number in self.pieces}
        found = {number: {_script(letter) for letter in text if letter.isalpha()} for number, text in spelled.items()}
        return {number for number, scripts in found.items() if scripts and scripts <= wanted}

    def closed(self, kept: Iterable[int]) -> set[int]:
        """Return these pieces and all that is joined on the way to them."""
        closed = set(kept)
        if self._kind != "BPE":
            return closed
        numbers = {piece: number for number, piece in self.pieces.items()}
        ranks = {pair: rank for rank, pair in enumerate(_pairs(self._model["merges"]))}
        for number in list(closed):
            parts = list(self.pieces[number])
            closed.update(numbers[part] for part in parts if part in numbers)
            while len(parts) > 1:
                pairs = enumerate(itertools.pairwise(parts))
                rank, at = min((ranks.get(pair, len(ranks)), place) for place, pair in pairs)
                if rank == len(ranks):
                    break
                parts[at : at + 2] = [parts[at] + parts[at + 1]]
                closed.add(numbers[parts[at]])
        return closed

    def reduced(self, kept: Iterable[int]) -> tuple[str, list[int]]:
        """Return a `tokenizer.json` with these pieces only, and their numbers here in the order of their new ones."""
        order = sorted(kept)
        new = {number: place for place, number in enumerate(order)}
        names = {self.pieces[number] for number in order}
        data = copy.deepcopy(self._data)
        model, vocabulary = data["model"], data["model"]["vocab"]
        if self._kind == "Unigram":
            model["vocab"] = [entry for number, entry in enumerate(vocabulary) if number in new]
            model["unk_id"] = new.get(model.get("unk_id"))
        else:
            model["vocab"] = {piece: new[number] for piece, number in vocabulary.items() if number in new}
        if self._kind == "BPE":
            pairs = zip(model["merges"], _pairs(model["merges"]), strict=True)
            model["merges"] = [entry for entry, (a, b) in pairs if {a, b, a + b} <= names]
        data["added_tokens"] = [token for token in data["added_tokens"] if token["id"] in new]
        for token in data["added_tokens"]:
            token["id"] = new[token["id"]]
        _renumber(data.get("post_processor"), new)
        data["padding"] = data["truncation"] = None
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")), order

    def _spelled(self, number: int) -> str:
        text: str = self._tokenizer.decode([number], skip_special_tokens=False)
        return text

    def _bare(self, piece: str) -> str:
        """Return a piece without what says that it begins or continues a word."""
        return piece.removeprefix(self._model.get("continuing_subword_prefix") or "▁") or piece


def _pairs(merges: Iterable[str | Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield what is joined, by rank; a pair is written as a list or, in older files, with a space between."""
    for merge in merges:
        first, second = merge.split(" ") if isinstance(merge, str) else merge
        yield first, second


def _around(processor: Any) -> Iterator[int]:
    """Yield the pieces that a post-processor puts around a text."""
    for part in (processor or {}).get("processors", [processor] if processor else []):
        for token in part.get("special_tokens", {}).values():
            yield from token["ids"]
        yield from (part[end][1] for end in ("cls", "sep") if end in part)


def _renumber(processor: Any, new: dict[int, int]) -> None:
    for part in (processor or {}).get("processors", [processor] if processor else []):
        for token in part.get("special_tokens", {}).values():
            token["ids"] = [new[number] for number in token["ids"]]
        for end in ("cls", "sep"):
            if end in part:
                part[end][1] = new[part[end][1]]


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
