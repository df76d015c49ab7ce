"""A table of tokens that comes near to what a sentence-transformers model makes of texts."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from router.encoder_making.fitting import Floats, fitted, principal, summed, unit
from router.encoder_making.parity import TOLERANCES, Parity, compare, spread
from router.encoder_making.placing import placed
from router.encoder_making.teacher import Progress, Teacher
from router.encoder_making.vocabulary import Vocabulary
from router.encoders.card import TOKENIZER, Card
from router.encoders.safetensors import write_arrays
from router.encoders.static import MAX_TOKENS, TABLE, StaticEncoder

DIMENSIONS = 256
_SIF = 1e-4
"""As in the paper, and in model2vec."""
_HOLD = 3.0
"""How much a token is held to its place when texts move it."""
_COMPARED = 2000
"""With so many texts or a few more the 8 bits are compared."""


@dataclass(frozen=True, slots=True)
class Distilled:
    """What distilling made."""

    tokens: int
    """How many vectors the table has."""
    dimensions: int
    """The length of a vector."""
    bytes: int
    """The size of the table and the tokenizer."""
    cosine: float | None
    """Of the texts' rows with the model's, from which their mean is taken, before dimensions go. None without texts."""
    parity: Parity
    """How near the table in 8 bits is to itself in 32."""


def distill(
    source: str,
    out: Path,
    *,
    dimensions: int = DIMENSIONS,
    texts: Sequence[str] = (),
    prefix: str = "",
    unrounded: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Distilled:
    """Write a folder for `StaticEncoder` from a sentence-transformers model: a folder, or a name on the hub.

    Each token goes through the model by itself. Its vector is centred, weighted
    by the smooth inverse of its frequency and projected on the principal
    components, as in Model2Vec (Tulkens and van Dongen, 2024). The weighting is
    of Arora et al., 2017; how frequent a token is follows from its place in the
    vocabulary by Zipf's law. Other than there the vector is what the model gives
    at the token's own place, without the marks around it.

    `texts` move the vectors of their tokens so that their sums come nearer to
    the model's rows, centred too, and the components are theirs. They need no labels: some
    thousands of the kind that will be said. `prefix` stands before each token
    and text that the model sees.

    The table is written in 8 bits, and what it makes of the texts, or else of its
    own pieces, is compared with what it makes of them in 32; these are kept in
    the folder `unrounded` if that is given.

    The folder takes its place at the end: whatever stops this, what was there
    stays. Raises MissingExtraError, and EncoderError where the model cannot be
    opened, something else is in the way, or 8 bits lose too much.
    """
    with placed(out) as new, tempfile.TemporaryDirectory() as temporary:
        return _write(new, unrounded or Path(temporary), Teacher(source, prefix), dimensions, texts, progress)


def _write(
    out: Path, unrounded: Path, teacher: Teacher, dimensions: int, texts: Sequence[str], progress: Progress
) -> Distilled:
    whole = Vocabulary(teacher.tokenizer, teacher.name)
    tokenizer, order = whole.reduced(whole.pieces.keys() - whole.reserved())
    vocabulary = Vocabulary(tokenizer, teacher.name)
    vectors = teacher.tokens(order, progress)
    vectors = (vectors - vectors.mean(axis=0)) * _smooth_inverse_frequency(len(order))
    vectors[sorted(vocabulary.marks())] = 0
    rows, cosine = vectors, None
    if texts:
        cut, wanted = vocabulary.cut(texts), teacher.texts(texts, progress)
        wanted = unit(wanted - wanted.mean(axis=0))
        vectors = fitted(vectors, cut, wanted, _HOLD)
        rows = summed(vectors, cut)
        cosine = float((rows * wanted).sum(axis=1).mean())
    vectors = vectors @ principal(rows, dimensions)
    dim = vectors.shape[1]
    card = Card(
        name=f"{teacher.name}-static",
        dim=dim,
        max_tokens=MAX_TOKENS,
        model=TABLE,
        matryoshka_dimensions=(dim, dim // 2) if dim > 1 else (),  # the first components hold the most
    )
    unrounded.mkdir(parents=True, exist_ok=True)
    for folder, arrays in ((unrounded, {"embeddings": vectors}), (out, _quantized(vectors))):
        write_arrays(folder / TABLE, arrays)
        (folder / TOKENIZER).write_text(tokenizer, encoding="utf-8", newline="\n")
        card.write(folder, distilled_from=teacher.name, texts=len(texts))
    compared = spread(texts or list(vocabulary.pieces.values()), _COMPARED)
    parity = compare(StaticEncoder(unrounded), StaticEncoder(out), compared, progress)
    parity.check(TOLERANCES["int8"])
    card.write(out, distilled_from=teacher.name, texts=len(texts), parity=parity.to_dict())
    size = sum((out / name).stat().st_size for name in (TABLE, TOKENIZER))
    return Distilled(len(vectors), dim, size, cosine, parity)


def _smooth_inverse_frequency(count: int) -> Floats:
    """Return the weights [count, 1] of tokens in the order of their frequency."""
    frequency = 1 / np.arange(2, count + 2)[:, None]
    weights: Floats = (_SIF / (_SIF + frequency / frequency.sum())).astype(np.float32)
    return weights


def _quantized(vectors: Floats) -> dict[str, Floats]:
    """Return vectors in 8 bits, each with its scale as its weight."""
    scales = np.abs(vectors).max(axis=1) / np.float32(127)
    whole = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None])
    return {"weights": scales, "embeddings": whole.astype(np.int8)}
