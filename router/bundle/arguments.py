"""What a bundle holds of arguments: the words in a document, all weights in one array, in the order of the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.arguments import Arguments, Taught
from router.arguments.holes import holes
from router.arguments.implied import Implied
from router.arguments.tagger import Tagger
from router.arguments.validity import is_shaped
from router.declarations import Tool, ToolSet

Floats = NDArray[np.float32]


def to_document(arguments: Arguments) -> tuple[dict[str, Any], NDArray[np.float16]]:
    """Return the document and the weights, which are half floats already."""
    document = {name: _words(taught) for name, taught in sorted(arguments.taught.items()) if taught != Taught()}
    weights = [each.ravel() for name in document for each in _arrays(arguments.taught[name])]
    return document, np.concatenate([np.zeros(0, np.float32), *weights]).astype(np.float16)


def from_document(document: Mapping[str, Any], weights: NDArray[np.float16], tools: ToolSet) -> Arguments:
    """Return what `to_document` took apart. Raises LookupError, TypeError or ValueError for anything else."""
    if weights.dtype != np.float16 or weights.ndim != 1 or not np.isfinite(weights).all():
        raise ValueError(f"the weights of arguments are {weights.dtype} {weights.shape}; expected finite float16")
    rest = _Rest(weights.astype(np.float32))
    taught = {name: _taught(words, rest) for name, words in document.items()}
    if not all(is_shaped(tool.parameters) for tool in tools):
        raise ValueError("the parameters of a tool are no JSON Schema")
    if rest.left or not all(name in tools and _is_of(each, tools[name]) for name, each in taught.items()):
        raise ValueError(f"the arguments are not those of {len(tools)} tools")
    return Arguments(tools, taught)


def _is_of(taught: Taught, tool: Tool) -> bool:
    parameters = {hole.parameter for hole in holes(tool)}
    return parameters.issuperset(
        [*taught.implied, *taught.phrases, *(taught.tagger.parameters if taught.tagger else ())]
    )


def _words(taught: Taught) -> dict[str, Any]:
    tagger = taught.tagger
    return {
        "tagger": {
            "parameters": list(tagger.parameters),
            "dimensions": len(tagger.vector_weights) - 1,
            "features": list(tagger.features),
        }
        if tagger
        else None,
        "implied": {
            name: {"values": list(implied.values), "width": implied.weights.shape[1]}
            for name, implied in sorted(taught.implied.items())
        },
        "phrases": {name: dict(phrases) for name, phrases in taught.phrases.items()},
    }


def _arrays(taught: Taught) -> Iterator[Floats]:
    if taught.tagger:
        yield from (taught.tagger.vector_weights, taught.tagger.feature_weights, taught.tagger.transitions)
    for _, implied in sorted(taught.implied.items()):
        yield from (implied.weights, implied.biases)


class _Rest:
    """Weights that are yet to be taken."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    @property
    def left(self) -> int:
        return len(self._weights)

    def take(self, *shape: int) -> Floats:
        size = int(np.prod(shape))
        if min(shape) < 0 or size > self.left:
            raise ValueError(f"an array of shape {shape} is cut short")
        taken, self._weights = self._weights[:size], self._weights[size:]
        return taken.reshape(shape)


def _taught(words: Mapping[str, Any], rest: _Rest) -> Taught:
    return Taught(
        _tagger(words["tagger"], rest) if words["tagger"] else None,
        {name: _implied(own, rest) for name, own in words["implied"].items()},
        {name: dict(phrases) for name, phrases in words["phrases"].items()},
    )


def _tagger(words: Mapping[str, Any], rest: _Rest) -> Tagger:
    parameters, features = tuple(words["parameters"]), tuple(words["features"])
    if not all(isinstance(each, str) for each in (*parameters, *features)):
        raise TypeError("a parameter or a feature is no text")
    labels = 1 + 2 * len(parameters)
    vectors = rest.take(words["dimensions"] + 1, labels)
    return Tagger(parameters, vectors, features, rest.take(len(features), labels), rest.take(labels + 1, labels))


def _implied(words: Mapping[str, Any], rest: _Rest) -> Implied:
    count = len(words["values"]) + 1
    return Implied(tuple(words["values"]), rest.take(count, words["width"]), rest.take(count))
