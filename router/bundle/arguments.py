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


def from_document(document: Mapping[str, Any], weights: NDArray[np.float16], tools: ToolSet, width: int) -> Arguments:
    """Return what `to_document` took apart; `width` is that of an utterance's row.

    Raises LookupError, TypeError, AttributeError, ValueError or RouterError for anything else.
    """
    if weights.dtype != np.float16 or weights.ndim != 1 or not np.isfinite(weights).all():
        raise ValueError(f"the weights of arguments are {weights.dtype} {weights.shape}; expected finite float16")
    rest = _Rest(weights.astype(np.float32))
    if not all(is_shaped(tool.parameters) for tool in tools):
        raise ValueError("the parameters of a tool are no JSON Schema")
    taught = {name: _taught(tools[name], words, rest, width) for name, words in sorted(document.items())}
    if rest.left:
        raise ValueError(f"the arguments are not those of {len(tools)} tools")
    return Arguments(tools, taught)


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
        "implied": {name: list(implied.values) for name, implied in taught.implied.items()},
        "phrases": {name: dict(phrases) for name, phrases in taught.phrases.items()},
    }


def _arrays(taught: Taught) -> Iterator[Floats]:
    if taught.tagger:
        yield from (taught.tagger.vector_weights, taught.tagger.feature_weights, taught.tagger.transitions)
    for _, implied in sorted(taught.implied.items()):  # a document is read in this order
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
        if size > self.left:
            raise ValueError(f"an array of shape {shape} is cut short")
        taken, self._weights = self._weights[:size], self._weights[size:]
        return taken.reshape(shape)


def _taught(tool: Tool, words: Mapping[str, Any], rest: _Rest, width: int) -> Taught:
    taught = Taught(
        _tagger(words["tagger"], rest) if words["tagger"] else None,
        {name: _implied(tuple(values), rest, width) for name, values in sorted(words["implied"].items())},
        {name: dict(_texts(phrases)) for name, phrases in words["phrases"].items()},
    )
    declared = {hole.parameter for hole in holes(tool)}
    tagged = taught.tagger.parameters if taught.tagger else ()
    if not declared >= {*tagged, *taught.implied, *taught.phrases} or len(set(tagged)) < len(tagged):
        raise ValueError(f"the arguments of {tool.name!r} are not those that it declares")
    return taught


def _tagger(words: Mapping[str, Any], rest: _Rest) -> Tagger:
    parameters, features = tuple(_texts(words["parameters"])), tuple(_texts(words["features"]))
    labels, dimensions = 1 + 2 * len(parameters), words["dimensions"]
    if dimensions < 0:
        raise ValueError(f"the vectors of words have {dimensions} dimensions")
    vectors = rest.take(dimensions + 1, labels)
    return Tagger(parameters, vectors, features, rest.take(len(features), labels), rest.take(labels + 1, labels))


def _implied(values: tuple[Any, ...], rest: _Rest, width: int) -> Implied:
    return Implied(values, rest.take(len(values) + 1, width), rest.take(len(values) + 1))


def _texts(found: Any) -> Any:
    """Return what holds texts, or has them as keys. Raises ValueError."""
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"{found!r:.80} does not hold texts")
    return found
