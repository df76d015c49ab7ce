"""Another encoder, used otherwise: its rows cut, or other words put before its texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.families import dimensions_of, tasks_of
from router.encoders.protocol import Encoder, Prefixes, TokenVectors, can_give_tokens
from router.encoders.unit import unit_or_first
from router.errors import EncoderError, did_you_mean


def adapted(encoder: Encoder, *, dimensions: int | None = None, prefixes: str | None = None) -> Encoder:
    """Return an encoder with its rows cut to `dimensions`, and with the prefixes for the task that `prefixes` names.

    Rows are cut only where they were trained for it, as is known of the model or
    declared with it: of any other encoder a part of a row is not what it means.
    Raises EncoderError.
    """
    if dimensions is not None and dimensions != encoder.dim:
        _check_dimensions(encoder, dimensions)
    else:
        dimensions = None
    chosen = encoder.prefixes if prefixes is None else _prefixes(encoder, prefixes)
    if dimensions is None and chosen == encoder.prefixes:
        return encoder
    return AdaptedEncoder(encoder, dimensions=dimensions, prefixes=None if prefixes is None else chosen)


class AdaptedEncoder:
    """Encode with another encoder, cut its rows to their first `dimensions` and make them unit again.

    Kusupati et al. 2022, "Matryoshka Representation Learning". Tokens keep their
    vectors. `prefixes` stand in place of those of the encoder. Either may be left
    out. `adapted` makes one where the encoder was trained for it.
    """

    def __init__(self, encoder: Encoder, *, dimensions: int | None = None, prefixes: Prefixes | None = None) -> None:
        if dimensions is not None and not 0 < dimensions <= encoder.dim:
            raise ValueError(f"dimensions is {dimensions}; expected 1 to {encoder.dim}")
        self.encoder = encoder
        self.dimensions = dimensions
        self._prefixes = prefixes
        self.dim = encoder.dim if dimensions is None else dimensions
        self.name = encoder.name if dimensions is None else f"{encoder.name}@{dimensions}"
        self.prefixes = encoder.prefixes if prefixes is None else prefixes
        decides = f"{encoder.fingerprint} {self.dim} {self.prefixes.utterance!a} {self.prefixes.declaration!a}"
        self.fingerprint = hashlib.sha256(decides.encode("ascii")).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"<AdaptedEncoder of {self.encoder!r}, {self.dim} dims, {self.fingerprint}>"

    @property
    def tasks(self) -> dict[str, Prefixes]:
        """What may be put before texts of the encoder that is adapted."""
        return tasks_of(self.encoder)

    @property
    def matryoshka_dimensions(self) -> tuple[int, ...]:
        """At which lengths its rows may be cut further."""
        return dimensions_of(self.encoder)

    @property
    def settings(self) -> dict[str, Any]:
        """What makes this of the encoder, as a JSON object that `AdaptedEncoder.restore` reads."""
        prefixes = None if self._prefixes is None else asdict(self._prefixes)
        return {"dimensions": self.dimensions, "prefixes": prefixes}

    @classmethod
    def restore(cls, encoder: Encoder, settings: dict[str, Any]) -> AdaptedEncoder:
        """Adapt an encoder as `settings` says. Raises ValueError or TypeError if these cannot be."""
        dimensions, prefixes = settings["dimensions"], settings["prefixes"]
        return cls(encoder, dimensions=dimensions, prefixes=None if prefixes is None else Prefixes(**prefixes))

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = self.encoder.encode(utterances)
        return rows if self.dimensions is None else np.array([*map(self._cut, rows)], np.float32).reshape(-1, self.dim)

    @property
    def gives_tokens(self) -> bool:
        """Whether the encoder that is adapted does."""
        return can_give_tokens(self.encoder)

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens."""
        assert can_give_tokens(self.encoder)
        found = self.encoder.encode_tokens(utterances)
        if self.dimensions is None:
            return found
        return [TokenVectors(self._cut(each.row), each.vectors, each.spans) for each in found]

    def _cut(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        return unit_or_first(row[: self.dimensions], self.name)


def _check_dimensions(encoder: Encoder, dimensions: int) -> None:
    allowed = dimensions_of(encoder)
    if dimensions in allowed:
        return
    if allowed:
        lengths = ", ".join(map(str, (encoder.dim, *allowed)))
        raise EncoderError(f"encoder {encoder.name!r} was trained for {lengths} dimensions, not for {dimensions}.")
    if not 0 < dimensions < encoder.dim:
        raise EncoderError(
            f"encoder {encoder.name!r} gives {encoder.dim} dimensions, which cannot become {dimensions}."
        )
    raise EncoderError(
        f"encoder {encoder.name!r} gives {encoder.dim} dimensions, and nothing says that {dimensions} of them can "
        "stand alone: models are trained for that (Matryoshka) or not. Leave 'dimensions' out; or, if its makers say "
        f'that it was, declare it: "matryoshka_dimensions": [{dimensions}] in its encoder.json, or in the '
        "config_sentence_transformers.json of a sentence-transformers model."
    )


def _prefixes(encoder: Encoder, task: str) -> Prefixes:
    tasks = tasks_of(encoder)
    if task not in tasks:
        raise EncoderError(
            f"encoder {encoder.name!r} has no prefixes for {task!r}.{did_you_mean(task, tasks)} "
            f"It has some for: {', '.join(tasks)}."
        )
    return tasks[task]
