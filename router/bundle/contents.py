"""What a bundle holds: a router's declarations, policy and arrays. The encoder is named, not copied."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.bundle.folder import Folder, read_folder, write_folder
from router.declarations import ToolSet
from router.decisions import Policy
from router.encoders import Encoder, load_encoder
from router.errors import BundleError, EncoderError, EncoderMismatchError, RouterError
from router.router import Router
from router.scoring import Scorer
from router.scoring.channels import CHANNELS, Channels
from router.scoring.lexical import SKETCH_DIM
from router.scoring.scorer import GATE_FEATURES

_SHIPPED = {"minilm-l6-int8": "minilm", "hashing": "hashing"}
"""What opens the encoders that ship, by their names; others are given to `load`."""


def save(router: Router, path: str | os.PathLike[str]) -> None:
    """Write a router as a bundle. See `router.bundle.folder.write_folder` for what is guaranteed."""
    scorer = router.scorer
    write_folder(
        path,
        documents={
            "tools": router.tools.to_dict(),
            "policy": asdict(router.policy),
            "scorer": {
                "lexical_weight": scorer.lexical_weight,
                "inverse_penalty": scorer.inverse_penalty,
                "fusion": dict(zip(CHANNELS, map(float, scorer.fusion), strict=True)),
                "gate": dict(zip(GATE_FEATURES, map(float, scorer.gate), strict=True)),
            },
        },
        arrays={field.name: getattr(scorer.channels, field.name) for field in fields(Channels)},
        manifest={
            "encoder": {"name": router.encoder.name, "dim": router.encoder.dim, "id": router.encoder.fingerprint},
            "declarations": router.tools.fingerprint,
        },
    )


def load(path: str | os.PathLike[str], encoder: str | Encoder | None = None) -> Router:
    """Read a bundle and open its encoder, or use the one given.

    Raises BundleError if the bundle is not whole, EncoderMismatchError if the
    encoder is not the one it was built with, EncoderError if it needs one that
    does not ship and none is given.
    """
    folder = read_folder(path)
    try:
        named = folder.manifest["encoder"]
        tools = ToolSet.from_dict(folder.documents["tools"])
        policy = Policy(**folder.documents["policy"])
        scorer = _scorer(folder, len(tools), named["dim"])
    except (LookupError, TypeError, ValueError, AttributeError, RouterError) as error:
        raise BundleError(Path(path), f"is whole, but not a router that this version can read: {error!r}") from error
    opened = load_encoder(encoder if encoder is not None else _shipped(named))
    if opened.fingerprint != named["id"]:
        raise EncoderMismatchError(
            _described(named), _described({"name": opened.name, "dim": opened.dim, "id": opened.fingerprint})
        )
    return Router(tools, opened, scorer, policy)


def _scorer(folder: Folder, tools: int, dim: int) -> Scorer:
    document = folder.documents["scorer"]
    channels = Channels(**folder.arrays)
    _check(channels, tools, dim)
    return Scorer(
        channels,
        float(document["lexical_weight"]),
        float(document["inverse_penalty"]),
        _weights(document["fusion"], CHANNELS),
        _weights(document["gate"], GATE_FEATURES),
    )


def _weights(document: Mapping[str, Any], names: tuple[str, ...]) -> NDArray[np.float64]:
    if sorted(document) != sorted(names):
        raise ValueError(f"weights of {sorted(document)}; expected {sorted(names)}")
    return np.array([document[name] for name in names], np.float64)


def _check(channels: Channels, tools: int, dim: int) -> None:
    """Raise ValueError unless the arrays fit together."""
    width = dim + SKETCH_DIM
    heads = len(channels.head_weights)
    prototypes, counterexamples = len(channels.owners), len(channels.counter_owners)
    expected = {
        "head_weights": (heads, width),
        "head_biases": (heads,),
        "declarations": (tools, width),
        "prototypes": (prototypes, dim),
        "owners": (prototypes,),
        "examples": (prototypes,),
        "counterexamples": (counterexamples, dim),
        "counter_owners": (counterexamples,),
    }
    for name, shape in expected.items():
        if getattr(channels, name).shape != shape:
            raise ValueError(f"{name} has shape {getattr(channels, name).shape}; expected {shape}")
    if heads not in (tools, tools + 1) or set(channels.owners.tolist()) != set(range(tools)):
        raise ValueError(f"the arrays are not those of {tools} tools")


def _shipped(named: Mapping[str, Any]) -> str:
    """Return what opens the encoder that the bundle names, if it ships."""
    if named["name"] not in _SHIPPED:
        raise EncoderError(f"this bundle needs encoder {_described(named)}, which does not ship. Pass `encoder=`.")
    return _SHIPPED[named["name"]]


def _described(encoder: Mapping[str, Any]) -> str:
    return f"{encoder['name']!r} ({encoder['dim']} dims, {encoder['id']})"
