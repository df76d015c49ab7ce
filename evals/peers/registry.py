"""The peers, and what each needs to be measured."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from evals.peers.protocol import MINILM, Peer


@dataclass(frozen=True)
class Entry:
    """One row of the comparison."""

    name: str
    title: str
    factory: str
    """`module:function`, in this package; what it returns is a `Peer`."""
    packages: tuple[str, ...]
    """Distributions without which it is skipped."""
    imports: tuple[str, ...]
    """Modules that routing needs; importing them is timed."""
    learns_none: bool = True
    """Whether it has a use for examples for no label."""
    weights: bool = False
    """Whether it needs the published float32 weights."""

    def make(self) -> Peer:
        """Import and return it, not fitted."""
        module, _, function = self.factory.partition(":")
        return cast("Peer", getattr(importlib.import_module(f"evals.peers.{module}"), function)())

    def missing(self) -> str | None:
        """Say what it lacks here, if anything."""
        absent = [package for package in self.packages if not _version(package)]
        if absent:
            return f"not installed: {', '.join(absent)}"
        if self.weights and not os.environ.get(MINILM):
            return f"{MINILM} does not name the folder with the published weights"
        return None

    def versions(self) -> dict[str, str]:
        """Return the versions of its packages."""
        return dict(self._found())

    def _found(self) -> Iterator[tuple[str, str]]:
        for package in self.packages:
            if found := _version(package):
                yield package, found


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


_OURS = ("router", "onnxruntime", "tokenizers")
_SIMILAR = ("semantic_router", "router.encoders", "onnxruntime", "tokenizers")
_HEAD = ("sklearn.linear_model",)

OURS_AS_IT_SHIPS = "ours/en"
"""Ours once more, with an encoder that the others do not have."""

PEERS = (
    Entry("ours", "this router", "ours:Ours", ("scikit-learn",), _OURS),
    Entry(OURS_AS_IT_SHIPS, "this router, with `en`", "ours:as_it_ships", ("scikit-learn",), _OURS),
    Entry(
        "semantic-router/mean",
        "semantic-router, default (mean), no threshold",
        "semantic_router:mean",
        ("semantic-router",),
        _SIMILAR,
        learns_none=False,
    ),
    Entry(
        "semantic-router/max",
        "semantic-router, max, no threshold",
        "semantic_router:nearest",
        ("semantic-router",),
        _SIMILAR,
        learns_none=False,
    ),
    Entry(
        "semantic-router/mean-calibrated",
        "semantic-router, default (mean), calibrated",
        "semantic_router:mean_calibrated",
        ("semantic-router",),
        _SIMILAR,
    ),
    Entry(
        "semantic-router/max-calibrated",
        "semantic-router, max, calibrated",
        "semantic_router:nearest_calibrated",
        ("semantic-router",),
        _SIMILAR,
    ),
    Entry(
        "semantic-router/hybrid-calibrated",
        "semantic-router, sum with its TF-IDF, calibrated",
        "semantic_router:hybrid_calibrated",
        ("semantic-router",),
        _SIMILAR,
    ),
    Entry(
        "tfidf",
        "TF-IDF of words and letters, logistic regression",
        "linear:tfidf",
        ("scikit-learn",),
        (*_HEAD, "sklearn.feature_extraction.text"),
    ),
    Entry(
        "embeddings",
        "all-MiniLM-L6-v2 in 8 bits, logistic regression",
        "linear:small_embeddings",
        ("scikit-learn",),
        (*_HEAD, "router.encoders", "onnxruntime", "tokenizers"),
    ),
    Entry(
        "embeddings/fp32",
        "all-MiniLM-L6-v2 in float32, logistic regression",
        "linear:published_embeddings",
        ("scikit-learn", "sentence-transformers", "torch"),
        (*_HEAD, "sentence_transformers"),
        weights=True,
    ),
    Entry(
        "setfit",
        "SetFit on all-MiniLM-L6-v2 in float32",
        "setfit:SetFit",
        ("setfit", "torch", "sentence-transformers"),
        ("setfit",),
        weights=True,
    ),
    Entry(
        "microresolve",
        "MicroResolve",
        "microresolve:Words",
        ("microresolve",),
        ("microresolve",),
        learns_none=False,
    ),
    Entry(
        "padatious",
        "Padatious",
        "padatious:Networks",
        ("padatious",),
        ("padatious",),
        learns_none=False,
    ),
)

NOT_COMPARED = {
    "hassil": "It matches sentences against templates and refuses what no template spells out. Examples are not "
    "templates: of utterances that nobody has written down yet it recognises none. Templates for these labels would "
    "have to be written by hand, and would measure their author.",
}
"""Named so that nobody wonders."""
