"""What a bundle holds: a router's declarations, policy and arrays. The encoder is named, not copied."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.arguments import Arguments
from router.arguments.confidence import Confidence
from router.bundle.arguments import from_document, to_document
from router.bundle.folder import Folder, read_folder, write_folder
from router.corrections import OUT_OF_SCOPE, Correction, OutOfScope
from router.decisions import Policy, Thresholds
from router.declarations import ToolSet
from router.encoders import AdaptedEncoder, Encoder, encode_utterance_tokens, load_encoder
from router.encoders.shipped import SHIPPED_SPECS, shipped_as
from router.errors import BundleError, EncoderError, EncoderMismatchError, RouterError
from router.held_out import HeldOut, Promise
from router.router import Router
from router.scoring import Scorer
from router.scoring.channels import CHANNELS, Channels, Floats
from router.scoring.lexical import SKETCH_DIM
from router.scoring.scorer import GATE_FEATURES
from router.text import normalize

_LEARNT_ROWS = "learnt_rows"
"""The array that is there where something was learnt."""
_ARGUMENT_WEIGHTS = "argument_weights"
_BEFORE_SPECS = {"minilm-l6-int8": "minilm", "hashing": "hashing"}
"""What opens the encoders that shipped when a bundle did not say that, by their names."""


def save(router: Router, path: str | os.PathLike[str]) -> None:
    """Write a router as a bundle. See `router.bundle.folder.write_folder` for what is guaranteed."""
    scorer = router.scorer
    arguments, argument_weights = to_document(router.arguments)
    learnt = [
        {"utterance": each.utterance, "tool": None if isinstance(each.tool, OutOfScope) else each.tool}
        for each in router.corrections
    ]
    write_folder(
        path,
        documents={
            "tools": router.tools.to_dict(),
            "policy": asdict(router.policy),
            "held_out": asdict(router.held_out) if router.held_out else None,
            "scorer": {
                "lexical_weight": scorer.lexical_weight,
                "inverse_penalty": scorer.inverse_penalty,
                "fusion": dict(zip(CHANNELS, map(float, scorer.fusion), strict=True)),
                "gate": dict(zip(GATE_FEATURES, map(float, scorer.gate), strict=True)),
            },
            "arguments": arguments,
            "confidence": asdict(router.arguments.confidence),
            **({"learnt": learnt} if learnt else {}),
        },
        arrays={field.name: getattr(scorer.channels, field.name) for field in fields(Channels)}
        | {_ARGUMENT_WEIGHTS: argument_weights}
        | ({_LEARNT_ROWS: np.stack([*router.corrections.values()])} if learnt else {}),
        manifest={"encoder": _named(router.encoder), "declarations": router.tools.fingerprint},
    )


def load(path: str | os.PathLike[str], encoder: str | Encoder | None = None) -> Router:
    """Read a bundle and open its encoder, or use the one given, with rows cut and prefixes chosen as it was built.

    Raises BundleError if the bundle is not whole, EncoderMismatchError if the
    encoder is not the one it was built with, MissingExtraError if that ships in a
    package that is not installed, EncoderError if it does not ship and none is
    given.
    """
    folder = read_folder(path)
    try:
        named = _encoder(folder.manifest["encoder"])
        tools = ToolSet.from_dict(folder.documents["tools"])
        policy = _policy(folder.documents["policy"])
        scorer = _scorer(folder, tools, named["dim"])
        held_out = _held_out(folder.documents["held_out"])
        corrections = _corrections(folder, tools, named["dim"])
        taught = from_document(
            folder.documents["arguments"], folder.arrays[_ARGUMENT_WEIGHTS], tools, named["dim"] + SKETCH_DIM
        )
        arguments = replace(taught, confidence=_confidence(folder.documents["confidence"]))
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RouterError) as error:
        raise BundleError(Path(path), f"is whole, but not a router that this version can read: {error!r}") from error
    opened = _as_built(load_encoder(encoder if encoder is not None else _spec(named)), named)
    if opened.fingerprint != named["id"]:
        raise EncoderMismatchError(
            _described(named), _described({"name": opened.name, "dim": opened.dim, "id": opened.fingerprint})
        )
    _check_tokens(opened, arguments)
    return Router(tools, opened, scorer, policy, held_out, corrections, arguments)


def _policy(document: Mapping[str, Any]) -> Policy:
    limits = {name: value for name, value in document.items() if name != "thresholds"}
    names = [field.name for field in fields(Thresholds)]
    thresholds = {risk: Thresholds(**_numbers(pair, names)) for risk, pair in document["thresholds"].items()}
    return Policy(**_numbers(limits, ("max_false_accept", "max_wrong_call", "confidence")), thresholds=thresholds)


def _confidence(document: Mapping[str, Any]) -> Confidence:
    return Confidence(**_numbers(document, [field.name for field in fields(Confidence)]))


def _held_out(document: Mapping[str, Any] | None) -> HeldOut | None:
    if document is None:
        return None
    promises = tuple(Promise(**promise) for promise in document["promises"])
    return HeldOut(**{**document, "promises": promises})


def _corrections(folder: Folder, tools: ToolSet, dim: int) -> dict[Correction, Floats]:
    documents = folder.documents.get("learnt", [])
    rows = folder.arrays.get(_LEARNT_ROWS, np.zeros((0, dim + SKETCH_DIM), np.float32))
    shape = (len(documents), dim + SKETCH_DIM)
    if rows.shape != shape or rows.dtype != np.float32 or not np.isfinite(rows).all():
        raise ValueError(f"{_LEARNT_ROWS} is {rows.dtype} {rows.shape}; expected finite float32 {shape}")
    corrections = {}
    for document, row in zip(documents, rows, strict=True):
        text, tool = document["utterance"], document["tool"]
        if normalize(text) != text or not text or not (tool is None or tool in tools):
            raise ValueError(f"{text!r:.80} cannot have been learnt for {tool!r:.80}")
        corrections[Correction(text, OUT_OF_SCOPE if tool is None else tool)] = row
    if len({correction.key for correction in corrections}) < len(documents):
        raise ValueError("an utterance was learnt twice")
    return corrections


def _encoder(named: Mapping[str, Any]) -> Mapping[str, Any]:
    kinds = {"name": str, "dim": int, "id": str}
    if any(type(named[key]) is not kind for key, kind in kinds.items()):
        raise ValueError(f"the encoder is {named!r:.80}")
    return named


def _as_built(encoder: Encoder, named: Mapping[str, Any]) -> Encoder:
    """Return the encoder adapted as it was for the bundle, unless it is so already or cannot be."""
    if encoder.fingerprint == named["id"] or "adapted" not in named:
        return encoder
    try:
        return AdaptedEncoder.restore(encoder, named["adapted"])
    except (LookupError, TypeError, ValueError):
        return encoder


def _check_tokens(encoder: Encoder, arguments: Arguments) -> None:
    """Raise EncoderError unless the encoder gives the vectors of words that the arguments were taught with."""
    taught = {len(each.tagger.vector_weights) - 1 for each in arguments.taught.values() if each.tagger}
    if taught and taught != {given := encode_utterance_tokens(encoder, ["a"])[0].vectors.shape[1]}:
        dims = ", ".join(map(str, sorted(taught)))
        raise EncoderError(
            f"the arguments in this bundle were taught with vectors of words of {dims} dims; "
            f"encoder {encoder.name!r} gives {given}. Load it with the one it was built with."
        )


def _scorer(folder: Folder, tools: ToolSet, dim: int) -> Scorer:
    document = folder.documents["scorer"]
    own = {name: array for name, array in folder.arrays.items() if name not in (_LEARNT_ROWS, _ARGUMENT_WEIGHTS)}
    channels = Channels(**own)
    _check(channels, tools, dim)
    scalars = ("lexical_weight", "inverse_penalty")
    return Scorer(
        channels,
        **_numbers({name: document[name] for name in scalars}, scalars),
        fusion=_weights(document["fusion"], CHANNELS),
        gate=_weights(document["gate"], GATE_FEATURES),
    )


def _weights(document: Mapping[str, Any], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([*_numbers(document, names).values()], np.float64)


def _numbers(document: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    """Return the finite numbers of these names. Raises ValueError for anything else."""
    if sorted(document) != sorted(names):
        raise ValueError(f"holds {sorted(document)}; expected {sorted(names)}")
    numbers = {name: document[name] for name in names}
    if any(type(number) not in (int, float) or not math.isfinite(number) for number in numbers.values()):
        raise ValueError(f"holds {numbers!r:.80}; expected finite numbers")
    return numbers


def _check(channels: Channels, tools: ToolSet, dim: int) -> None:
    """Raise ValueError unless the arrays fit together and belong to these tools."""
    width = dim + SKETCH_DIM
    heads = len(channels.head_weights)
    prototypes = len(channels.owners)
    expected = {
        "head_weights": (heads, width),
        "head_biases": (heads,),
        "declaration_sketches": (len(tools), SKETCH_DIM),
        "prototypes": (prototypes, dim),
        "owners": (prototypes,),
        "examples": (prototypes,),
    }
    for name, shape in expected.items():
        array, dtype = getattr(channels, name), np.int32 if name in _INDICES else np.float32
        if array.shape != shape or array.dtype != dtype:
            raise ValueError(f"{name} is {array.dtype} {array.shape}; expected {np.dtype(dtype)} {shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds a number that is not finite")
    owners = channels.owners.tolist()
    if (
        heads not in (len(tools), len(tools) + 1)
        or sorted(set(owners)) != [*range(len(tools))]
        or owners != sorted(owners)
        or any(
            not -1 <= example < len(tools.tools[owner].examples)
            for owner, example in zip(owners, channels.examples.tolist(), strict=True)
        )
    ):
        raise ValueError(f"the arrays are not those of {len(tools)} tools")


_INDICES = {"owners", "examples"}


def _named(encoder: Encoder) -> dict[str, Any]:
    """Return what the manifest says of an encoder: what it is, and what opens it anywhere if it ships."""
    named = {"name": encoder.name, "dim": encoder.dim, "id": encoder.fingerprint}
    if (spec := shipped_as(encoder)) is not None:
        named["spec"] = spec
    if isinstance(encoder, AdaptedEncoder):
        named["adapted"] = encoder.settings
    return named


def _spec(named: Mapping[str, Any]) -> str:
    """Return what opens the encoder that the bundle names, if it ships: no other is opened because a file says so."""
    spec = named.get("spec", _BEFORE_SPECS.get(named["name"]))
    if spec not in SHIPPED_SPECS:
        raise EncoderError(f"this bundle needs encoder {_described(named)}, which does not ship. Pass `encoder=`.")
    return str(spec)


def _described(encoder: Mapping[str, Any]) -> str:
    return f"{encoder['name']!r} ({encoder['dim']} dims, {encoder['id']})"
