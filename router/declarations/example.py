"""What a person may say, and which of its words fill which parameter."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from router.errors import DeclarationError, Problem
from router.text import normalize

MAX_EXAMPLE_CHARACTERS = 500
"""A longer utterance is nothing a person says to a phone."""


class Slot(NamedTuple):
    """The words of an utterance that fill a parameter: its characters `[start, end)`."""

    parameter: str
    """Its name, or by a path with dots a part of it: `address.city`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance that should call a tool.

    Raises DeclarationError if the utterance is empty, longer than
    `MAX_EXAMPLE_CHARACTERS` or holds braces, or if the slots overlap, are out of
    order or out of range, or have white space at their ends.
    """

    utterance: str
    """Plain text, without marks."""
    slots: tuple[Slot, ...] = ()
    """In order of their place."""
    arguments: Mapping[str, Any] | None = field(default=None, hash=False)
    """The typed arguments of the call as far as they are stated. None: nothing is stated. Do not change it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", tuple(self.slots))
        if fault := self._fault():
            raise DeclarationError([Problem("<example>", 0, "", fault)])

    @classmethod
    def parse(cls, marked: str, arguments: Mapping[str, Any] | None = None) -> Example:
        """Read an utterance with slot marks, `{parameter: the words as said}`.

        Raises DeclarationError if a mark is broken.

        >>> Example.parse("wake me at {time: half past six}").slots
        (Slot(parameter='time', start=11, end=24),)
        """
        utterance, slots = _split(marked)
        return cls(utterance, slots, arguments)

    def marked(self) -> str:
        """Return the utterance with its slots marked; `Example.parse` reads it back.

        >>> Example("call mum", (Slot("person", 5, 8),)).marked()
        'call {person: mum}'
        """
        parts = []
        end = 0
        for slot in self.slots:
            parts += [self.utterance[end : slot.start], f"{{{slot.parameter}: {self.words(slot)}}}"]
            end = slot.end
        return "".join([*parts, self.utterance[end:]])

    def words(self, slot: Slot) -> str:
        """Return the words that a slot covers."""
        return self.utterance[slot.start : slot.end]

    @classmethod
    def from_json(cls, data: str | Mapping[str, Any]) -> Example:
        """Read the form that a declaration has: marked text, or a mapping with `utterance` and `arguments`.

        Trusts that the form has been checked: a bundle holds thousands, and a
        device should not check them again each time it starts.
        """
        marked, arguments = (data, None) if isinstance(data, str) else (data["utterance"], data.get("arguments"))
        example = object.__new__(cls)
        utterance, slots = _split(marked)
        object.__setattr__(example, "utterance", utterance)
        object.__setattr__(example, "slots", slots)
        object.__setattr__(example, "arguments", arguments)
        return example

    def to_json(self) -> str | dict[str, Any]:
        """Return the form that `from_json` reads, the shorter one where it says everything."""
        if self.arguments is None:
            return self.marked()
        return {"utterance": self.marked(), "arguments": copy.deepcopy(dict(self.arguments))}

    def _fault(self) -> str | None:
        """Say what is wrong, if anything is."""
        if brace := _BRACE.search(self.utterance):
            return f"{brace[0]!r} belongs to no slot mark. A mark is {{parameter: words}}, and marks do not nest."
        if len(self.utterance) > MAX_EXAMPLE_CHARACTERS:
            return f"the utterance has {len(self.utterance)} characters, more than {MAX_EXAMPLE_CHARACTERS}"
        if not normalize(self.utterance):
            return "the utterance is empty"
        end = 0
        for slot in self.slots:
            if not _NAME.fullmatch(slot.parameter):
                return f"{slot.parameter!r} cannot name a parameter in a slot mark"
            if not end <= slot.start <= slot.end <= len(self.utterance):
                return f"the slot of {slot.parameter!r} overlaps another or lies outside the utterance"
            if not normalize(self.words(slot)):
                return f"the slot mark of {slot.parameter!r} holds no words"
            if self.words(slot) != self.words(slot).strip():
                return f"the slot of {slot.parameter!r} begins or ends with white space"
            end = slot.end
        return None


def _split(marked: str) -> tuple[str, tuple[Slot, ...]]:
    """Return the utterance without its marks, and where they were."""
    if "{" not in marked:
        return marked, ()
    utterance = ""
    slots = []
    end = 0
    for mark in _MARK.finditer(marked):
        parameter, words = mark.groups()
        utterance += marked[end : mark.start()]
        start = len(utterance)
        utterance += words.strip()
        slots.append(Slot(parameter.strip(), start, len(utterance)))
        end = mark.end()
    return utterance + marked[end:], tuple(slots)


_MARK = re.compile(r"\{(?P<parameter>[^{}:]*):(?P<words>[^{}]*)\}")
_BRACE = re.compile(r"[{}]")
_NAME = re.compile(r"[^{}:\s](?:[^{}:]*[^{}:\s])?")
