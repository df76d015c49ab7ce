"""An encoder's folder without the pieces of words that a product does not need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoder_making.languages import needed
from router.encoder_making.model_rows import keep_rows_of_model
from router.encoder_making.pieces import write_pieces
from router.encoder_making.placing import placed
from router.encoder_making.token_rows import keep_rows
from router.encoder_making.vocabulary import Vocabulary
from router.encoders.card import CARD, MODEL, PIECES, TOKENIZER, size_of
from router.encoders.carded import CardedEncoder
from router.encoders.families import tasks_of
from router.encoders.layout import read_json
from router.encoders.onnx import OnnxEncoder
from router.encoders.protocol import Encoder
from router.encoders.safetensors import open_arrays, write_arrays
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.encoders.static import TABLE, StaticEncoder
from router.errors import EncoderError


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What trimming did."""

    kept: frozenset[int]
    """The numbers that the pieces which are left had before."""
    pieces: int
    """How many there were."""
    bytes_before: int
    """The size of the model and the tokenizer; of one of sentence-transformers, that of its weights in float32."""
    bytes_after: int


def trim(
    source: Path | SentenceTransformerEncoder,
    out: Path,
    *,
    languages: Sequence[str] = (),
    texts: Sequence[str] = (),
    least: int = 1,
) -> Trimmed:
    """Write an encoder again without the pieces that neither these languages nor these texts need.

    Of the texts a piece is needed that stands in them `least` times.

    A text that was cut into pieces that are kept is cut into the same ones, and
    has the same row. Any other text still has a row: where a word's piece is
    gone the word is cut into smaller ones, in the end into bytes or characters.

    Takes the folders of `StaticEncoder` and `OnnxEncoder`, the latter with the
    package onnx, and models of sentence-transformers, of which it makes one again,
    to be trained or exported. The new folder takes its place at the end: whatever
    stops this, what was there stays. Raises EncoderError for any other folder, or
    where something else is in the way; MissingExtraError where a package is missing.
    """
    if isinstance(source, Path) and out.resolve() == source.resolve():
        raise EncoderError(f"{out}: is the folder that is read. Name another.")
    whole = _opened(source) if isinstance(source, Path) else source
    vocabulary = _vocabulary(source)
    tokenizer, order = _chosen(vocabulary, whole, languages, texts, least)
    with placed(out) as new:
        if isinstance(whole, SentenceTransformerEncoder):
            size = keep_rows_of_model(whole, new, order, tokenizer)
        else:
            size = _write(whole, new, order, tokenizer, max(vocabulary.pieces) + 1, languages)
    return Trimmed(frozenset(order), len(vocabulary.pieces), whole.size, size)


def share_changed(source: Path | SentenceTransformerEncoder, kept: frozenset[int], texts: Sequence[str]) -> float:
    """Return the share of the pieces of these texts that are not kept. Texts without pieces have none."""
    pieces = [number for ids in _vocabulary(source).cut(texts) for number in ids]
    return sum(number not in kept for number in pieces) / max(len(pieces), 1)


def _opened(folder: Path) -> StaticEncoder | OnnxEncoder:
    """Open an encoder's folder, with a card or as others lay it out. Raises EncoderError."""
    if not folder.is_dir():
        raise EncoderError(f"{folder}: no such folder")
    static = (folder / TABLE).exists() and "embeddings" in open_arrays(folder / TABLE)
    return StaticEncoder(folder) if static else OnnxEncoder(folder, threads=1)


def _vocabulary(source: Path | SentenceTransformerEncoder) -> Vocabulary:
    if isinstance(source, Path):
        return Vocabulary.read(source)
    return Vocabulary(source.model.tokenizer.backend_tokenizer.to_str(), source.name)


def _chosen(
    vocabulary: Vocabulary, encoder: Encoder, languages: Sequence[str], texts: Sequence[str], least: int
) -> tuple[str, list[int]]:
    """Return the smaller tokenizer, and the numbers here of its pieces in their order."""
    kept = vocabulary.always()
    for language in languages:
        kept |= needed(vocabulary, language)
    own = (encoder.prefixes, *tasks_of(encoder).values())
    prefixes = dict.fromkeys(("", *(prefix for each in own for prefix in (each.utterance, each.declaration))))
    kept.update(number for ids in vocabulary.cut(list(prefixes)) for number in ids)
    for prefix in prefixes:
        counts = Counter(number for ids in vocabulary.cut([prefix + text for text in texts]) for number in ids)
        kept.update(number for number, count in counts.items() if count >= least)
    return vocabulary.reduced(vocabulary.closed(kept))


def _write(
    whole: CardedEncoder, new: Path, order: Sequence[int], tokenizer: str, rows: int, languages: Sequence[str]
) -> int:
    """Write a folder with a card, and return its size without it. The table has at least so many rows now."""
    folder, card = whole.folder, whole.card
    smaller = replace(card, name=f"{card.name}-trimmed", model=TABLE if card.model == TABLE else MODEL)
    if card.model == TABLE:
        _keep_vectors(folder / TABLE, new / TABLE, order)
    else:
        keep_rows(folder / card.model, new / MODEL, order, rows)
    (new / TOKENIZER).write_text(tokenizer, encoding="utf-8", newline="\n")
    if (folder / PIECES).exists():
        write_pieces(tokenizer, new)
    smaller.write(new, trimmed_from=read_json(folder / CARD) or asdict(card), languages=list(languages))
    return size_of(new, smaller)


def _keep_vectors(source: Path, out: Path, order: Sequence[int]) -> None:
    arrays = open_arrays(source)
    smaller: dict[str, NDArray[Any]] = {name: arrays[name][order] for name in ("weights", "mapping") if name in arrays}
    if "mapping" in arrays:
        places, smaller["mapping"] = np.unique(smaller["mapping"], return_inverse=True)
        smaller["embeddings"] = arrays["embeddings"][places]
    else:
        smaller["embeddings"] = arrays["embeddings"][order]
    write_arrays(out, smaller)
