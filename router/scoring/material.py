"""A set of tools as numbers: every text that was declared, embedded and sketched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.declarations import Tool, ToolSet
from router.encoders.protocol import Encoder, encode_declarations, encode_utterances
from router.scoring.channels import Channels, Floats
from router.scoring.lexical import sketches
from router.scoring.wording import wordings
from router.text import normalize

MAX_PROTOTYPES = 8
"""A tool with more examples keeps so many of them as prototypes, those that stand best for all."""


@dataclass(frozen=True)
class Texts:
    """Some texts, embedded and sketched."""

    embeddings: Floats
    """[n, D], unit rows."""
    sketches: Floats
    """[n, 512], unit rows."""

    def __len__(self) -> int:
        return len(self.embeddings)

    def rows(self, lexical_weight: float) -> Floats:
        """Return [embedding, lexical_weight * sketch] for each text."""
        return np.concatenate([self.embeddings, np.float32(lexical_weight) * self.sketches], axis=1)

    def __getitem__(self, which: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Texts:
        return Texts(self.embeddings[which], self.sketches[which])


@dataclass(frozen=True)
class Material:
    """A set of tools as numbers: what was declared, exemplified and ruled out."""

    declarations: Texts
    """[K], each as if it were one utterance: the weighted sum of its wordings."""
    examples: Texts
    owners: NDArray[np.int32]
    """[N], the tool of each example; sorted."""
    positions: NDArray[np.int32]
    """[N], which of its tool's examples each is."""
    counterexamples: Texts
    counter_owners: NDArray[np.int32]
    out_of_scope: Texts
    """As declared."""
    background: Texts
    """For no tool either, and nobody declared it."""


def embed_tools(
    tools: ToolSet | Sequence[Tool], out_of_scope: Sequence[str], encoder: Encoder, background: Sequence[str] = ()
) -> Material:
    """Embed all that is declared, in one call of the encoder."""
    worded = [(index, weight, normalize(text)) for index, tool in enumerate(tools) for weight, text in wordings(tool)]
    of_tool, weights, declared = zip(*worded, strict=True) if worded else ((), (), ())
    said = [
        [normalize(example.utterance) for tool in tools for example in tool.examples],
        [normalize(text) for tool in tools for text in tool.counterexamples],
        [normalize(text) for text in out_of_scope],
        [normalize(text) for text in background],
    ]
    weighing = np.zeros((len(tools), len(worded)), np.float32)
    weighing[of_tool, np.arange(len(worded))] = weights
    embedded, sketched = weighing @ encode_declarations(encoder, declared), weighing @ sketches(declared)
    encoded = encode_utterances(encoder, [text for part in said for text in part])
    parts = np.split(encoded, np.cumsum([len(part) for part in said])[:-1])
    examples, counterexamples, none, others = (
        Texts(part, sketches(texts)) for part, texts in zip(parts, said, strict=True)
    )
    return Material(
        declarations=Texts(unit(embedded), unit(sketched)),
        examples=examples,
        owners=_owners([len(tool.examples) for tool in tools]),
        positions=np.concatenate([[], *(np.arange(len(tool.examples)) for tool in tools)]).astype(np.int32),
        counterexamples=counterexamples,
        counter_owners=_owners([len(tool.counterexamples) for tool in tools]),
        out_of_scope=none,
        background=others,
    )


def gather_channels(material: Material, head_weights: Floats, head_biases: Floats) -> Channels:
    """Return the channels of these tools with the given head."""
    count = len(material.declarations)
    kept = _prototypes(material)
    owners = np.concatenate([np.arange(count, dtype=np.int32), material.owners[kept]])
    order = np.argsort(owners, kind="stable")
    return Channels(
        head_weights=head_weights,
        head_biases=head_biases,
        declaration_sketches=material.declarations.sketches,
        prototypes=np.concatenate([material.declarations.embeddings, material.examples.embeddings[kept]])[order],
        owners=owners[order],
        examples=np.concatenate([np.full(count, -1, np.int32), material.positions[kept]])[order],
    )


def _prototypes(material: Material) -> NDArray[np.intp]:
    """Choose the examples that are prototypes."""
    ranges = np.split(np.arange(len(material.owners)), np.flatnonzero(np.diff(material.owners)) + 1)
    return np.concatenate([own[exemplars(material.examples.embeddings[own], MAX_PROTOTYPES)] for own in ranges])


def exemplars(embeddings: Floats, count: int) -> NDArray[np.intp]:
    """Choose at most `count` rows that every row is near to one of; sorted.

    Greedy facility location (Nemhauser, Wolsey and Fisher, 1978): each choice
    adds the most to the sum, over all rows, of the similarity to the nearest
    chosen one. Of more than 1,000 rows, 1,000 are looked at.
    """
    looked_at = np.linspace(0, len(embeddings) - 1, min(len(embeddings), 1000)).round().astype(np.intp)
    if len(looked_at) <= count:
        return looked_at
    similarities = embeddings[looked_at] @ embeddings[looked_at].T
    reached = np.full(len(looked_at), -1.0, np.float32)
    chosen: list[np.intp] = []
    for _ in range(count):
        chosen.append(np.maximum(similarities, reached).sum(axis=1).argmax())
        reached = np.maximum(reached, similarities[chosen[-1]])
    return looked_at[np.unique(chosen)]


def unit(rows: Floats) -> Floats:
    """Return the rows at length 1; a zero row stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = rows / np.maximum(lengths, np.float32(1e-12))
    return scaled


def _owners(counts: list[int]) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)
