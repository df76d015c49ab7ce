"""`encoder.json`: what a folder with an encoder says about itself."""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from router.encoders.protocol import Prefixes
from router.errors import EncoderError

CARD = "encoder.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
PIECES = "tokenizer.safetensors"
"""A large tokenizer once more, to be mapped into memory, see `router.encoders.pieces`."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Card:
    """What `encoder.json` says, as far as it is used. Its other keys are for people.

    Only `name` and `dim` must be stated there.
    """

    name: str
    """What people call the encoder."""
    dim: int
    """The length of a row."""
    max_tokens: int = 256
    """A text is cut here; the marks at its ends count."""
    output: str = "sentence_embedding"
    """The output of the graph that is the unit row: float32 `[1, dim]`."""
    hidden_output: str = ""
    """The output that holds the tokens in their context: float32 `[1, tokens, any]`. Empty if there is none."""
    prefixes: Prefixes = field(default_factory=Prefixes)
    """What the encoder was trained to see before a text."""
    model: str = MODEL
    """The file that holds the weights. Those that it keeps outside, as large ONNX models do, lie beside it."""
    pooling: str = ""
    """`mean` or `cls` where `output` is a row for each token, [1, tokens, dim], of which the row is to be made."""
    normalize: bool = False
    """Whether what the graph gives is still to be made a unit row."""
    matryoshka_dimensions: tuple[int, ...] = ()
    """At which lengths a row may be cut, because the encoder was trained for it."""
    fingerprint: str = ""
    """As `fingerprint_of` gives it. Where it is not stated it is computed on opening, which takes time."""

    @classmethod
    def read(cls, folder: Path) -> Card:
        """Read a folder's card and compare the sizes it states with the files'.

        Contents are not hashed, because that would cost a device its start-up
        time. Raises EncoderError.
        """
        file = folder / CARD
        try:
            data = json.loads(file.read_bytes())
        except OSError as error:
            raise EncoderError(
                f"{file}: {error.strerror}. A folder with an encoder holds {MODEL}, {TOKENIZER} and {CARD}."
            ) from error
        except (ValueError, RecursionError) as error:
            raise EncoderError(f"{file}: not JSON: {error}") from error
        if not isinstance(data, dict):
            raise EncoderError(f"{file}: expected an object, not {data!r:.40}")
        prefixes = _read(file, data, "prefixes", dict, {})
        card = cls(
            name=_read(file, data, "name", str),
            dim=_read(file, data, "dim", int),
            max_tokens=_read(file, data, "max_tokens", int, cls.max_tokens),
            output=_read(file, data, "output", str, cls.output),
            hidden_output=_read(file, data, "hidden_output", str, ""),
            prefixes=Prefixes(
                utterance=_read(file, prefixes, "utterance", str, ""),
                declaration=_read(file, prefixes, "declaration", str, ""),
            ),
            model=_inside(file, _read(file, data, "model", str, cls.model)),
            pooling=_read_choice(file, data, "pooling", POOLINGS),
            normalize=_read_flag(file, data, "normalize"),
            matryoshka_dimensions=_read_dimensions(file, data, "matryoshka_dimensions"),
            fingerprint=_read(file, data, "fingerprint", str, ""),
        )
        _check_sizes(folder, card, _read(file, data, "files", dict, {}))
        return card if card.fingerprint else replace(card, fingerprint=fingerprint_of(folder, card))

    def write(self, folder: Path, **notes: Any) -> None:
        """Write the card of a folder that holds its model and tokenizer, with their sizes and fingerprint."""
        data = asdict(self) | {
            "fingerprint": fingerprint_of(folder, self),
            "files": {name: (folder / name).stat().st_size for name in _files(folder, self)},
        }
        text = json.dumps(data | notes, indent=2, ensure_ascii=False)
        (folder / CARD).write_text(text + "\n", encoding="utf-8", newline="\n")


def fingerprint_of(folder: Path, card: Card) -> str:
    """Return 12 hexadecimal digits of all that decides the rows and the tokens: the files, and how they are used."""
    digest = hashlib.sha256()
    for name in _files(folder, card):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    given = asdict(card).items()
    settings = {key: value for key, value in given if key in _DECIDING or (key in _DECIDING_IF_SAID and value)}
    digest.update(json.dumps(settings, sort_keys=True).encode("ascii"))
    return digest.hexdigest()[:12]


def size_of(folder: Path, card: Card) -> int:
    """Return how many bytes the model, its weights and the tokenizer take."""
    return sum((folder / name).stat().st_size for name in _files(folder, card))


def _files(folder: Path, card: Card) -> list[str]:
    """Return the names of the model, of the weights that it keeps outside, and of the tokenizer's files."""
    model = folder / card.model
    tokenizer = [name for name in (TOKENIZER, PIECES) if name == TOKENIZER or (folder / name).exists()]
    outside = [file for mark in ("_data", ".data") for file in model.parent.glob(f"{glob.escape(model.name)}{mark}*")]
    return [card.model, *sorted(file.relative_to(folder).as_posix() for file in outside), *tokenizer]


def _check_sizes(folder: Path, card: Card, sizes: Mapping[str, Any]) -> None:
    for name in dict.fromkeys((card.model, TOKENIZER, *sizes)):
        file = folder / _inside(folder / CARD, name)
        try:
            size = file.stat().st_size
        except OSError as error:
            listed = f"{card.model}, {TOKENIZER} and {CARD}"
            raise EncoderError(f"{file}: {error.strerror}. A folder with an encoder holds {listed}.") from error
        if size != sizes.get(name, size):
            raise EncoderError(
                f"{file}: has {size} bytes, but {CARD} says {sizes[name]!r}. It was altered, or copied in part."
            )


def _read(file: Path, source: Mapping[str, Any], key: str, kind: type[_T], default: _T | None = None) -> _T:
    """Return a value of the kind that is expected. Raises EncoderError."""
    value = source.get(key, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        stated = f"is {value!r:.40}" if key in source else "is missing"
        raise EncoderError(f"{file}: {key!r} {stated}; expected {_KINDS[kind]}")
    if isinstance(value, int) and value < _LEAST.get(key, 0):
        raise EncoderError(f"{file}: {key!r} is {value}; expected at least {_LEAST[key]}")
    return value


def _inside(file: Path, name: str) -> str:
    """Return the name of a file in the card's folder. Raises EncoderError if it leads elsewhere."""
    path = PureWindowsPath(name)  # which knows what every system takes for a way out
    if path.anchor or not path.parts or ".." in path.parts or "\0" in name:
        raise EncoderError(f"{file}: {name!r:.40} names no file in this folder")
    return name


def _read_choice(file: Path, source: Mapping[str, Any], key: str, choices: Sequence[str]) -> str:
    value = _read(file, source, key, str, "")
    if value and value not in choices:
        raise EncoderError(f"{file}: {key!r} is {value!r:.40}; expected one of {', '.join(map(repr, choices))}")
    return value


def _read_flag(file: Path, source: Mapping[str, Any], key: str) -> bool:
    value = source.get(key, False)
    if not isinstance(value, bool):
        raise EncoderError(f"{file}: {key!r} is {value!r:.40}; expected true or false")
    return value


def _read_dimensions(file: Path, source: Mapping[str, Any], key: str) -> tuple[int, ...]:
    value = source.get(key, [])
    if not isinstance(value, list) or any(type(length) is not int or length < 1 for length in value):
        raise EncoderError(f"{file}: {key!r} is {value!r:.40}; expected a list of lengths")
    return tuple(value)


POOLINGS = ("mean", "cls")
_DECIDING = {"max_tokens", "output", "hidden_output", "prefixes"}
_DECIDING_IF_SAID = {"pooling", "normalize"}
_KINDS = {str: "a string", int: "an integer", dict: "an object"}
_LEAST = {"dim": 1, "max_tokens": 3}
