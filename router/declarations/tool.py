"""A tool that an assistant can call, as its author declared it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from router.declarations.example import Example
from router.declarations.location import Location
from router.declarations.wording import hint, listed, shown
from router.errors import DeclarationError, Problem

Confirm: TypeAlias = Literal["never", "always"] | float | None
"""Whether the app must ask the person before it acts: if the probability that this was meant is below a number; None
if the tool's risk decides it."""

Risk: TypeAlias = Literal["normal", "harmless", "irreversible"]
"""What a wrong call does: something that is soon undone; next to nothing; something that cannot be undone."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared hole of a tool, which an argument fills."""

    name: str
    schema: Mapping[str, Any] = field(hash=False)
    """The JSON Schema of its values, as declared."""
    description: str
    """Empty where the schema has none."""
    required: bool


@dataclass(frozen=True, slots=True)
class Suppression:
    """A note of the author's to `router lint`: this finding is as it should be, and why."""

    ignore: str
    """Id of a rule; only `router lint` knows which there are."""
    reason: str
    about: str = ""
    """An utterance, or the name of a tool or parameter: only findings that mention it. Empty: all of this tool's."""

    def to_json(self) -> dict[str, str]:
        """Return the form that a declaration has."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Tool:
    """A function declaration: what it does, what it takes, and how people ask for it.

    The constructor takes typed values and holds to the rules that the rest of
    the package relies on; `Tool.from_dict` checks everything that the file
    loader checks. Both raise DeclarationError. A tool may be shared between
    threads: nothing in this package changes the mappings it holds, and neither
    should you.
    """

    name: str
    """Letters, digits, `_`, `.` and `-`; what function-calling interfaces accept."""
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """JSON Schema (draft 2020-12) of the arguments, an object; empty if there are none."""
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[str, ...] = ()
    """Near misses that must not call this tool."""
    confirm: Confirm = None
    risk: Risk = "normal"
    languages: tuple[str, ...] = ()
    """BCP 47 tags of the languages that the examples are in."""
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Whatever its author wants to keep beside it; nothing here reads it."""
    lint: tuple[Suppression, ...] = field(default=(), compare=False)
    """For `router lint` only. Takes no part in equality, and a `ToolSet` neither stores nor digests it."""
    source: Location | None = field(default=None, compare=False, repr=False)
    """Where it was read from. Takes no part in equality."""

    def __post_init__(self) -> None:
        for name in ("examples", "counterexamples", "languages", "lint"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if faults := list(self._faults()):
            raise DeclarationError(Problem("<tool>", 0, path, message) for path, message in faults)

    @property
    def parameter_list(self) -> tuple[Parameter, ...]:
        """The parameters in the order they are declared."""
        required = self.parameters.get("required", ())
        return tuple(
            Parameter(name, schema, schema.get("description", ""), name in required)
            for name, schema in ((name, _as_mapping(schema)) for name, schema in self._properties.items())
        )

    @classmethod
    def from_dict(cls, declaration: Mapping[str, Any]) -> Tool:
        """Check a declaration as the file loader does and return its tool.

        Examples may be marked text, mappings or `Example` values. Raises
        DeclarationError with every problem.

        >>> Tool.from_dict({"name": "get_time", "description": "Tell the time.", "exampels": []})
        Traceback (most recent call last):
        router.errors.DeclarationError: <dict> has 1 problem
          file     unknown key 'exampels'. Did you mean 'examples'?
        """
        from router.declarations.validation import validated_tool  # imports jsonschema, which a phone never needs

        examples = declaration.get("examples")
        if isinstance(examples, list | tuple):
            plain_examples = [item.to_json() if isinstance(item, Example) else item for item in examples]
            declaration = {**declaration, "examples": plain_examples}
        return validated_tool(declaration)

    def to_dict(self) -> dict[str, Any]:
        """Return the declaration as plain JSON values of its own, without what equals the default."""
        declaration: dict[str, Any] = {"name": self.name, "description": self.description}
        optional: dict[str, Any] = {
            "parameters": copy.deepcopy(dict(self.parameters)),
            "examples": [example.to_json() for example in self.examples],
            "counterexamples": list(self.counterexamples),
            "confirm": {"below": self.confirm} if isinstance(self.confirm, float) else self.confirm,
            "risk": self.risk if self.risk != "normal" else None,
            "languages": list(self.languages),
            "metadata": copy.deepcopy(dict(self.metadata)),
            "lint": [suppression.to_json() for suppression in self.lint],
        }
        return declaration | {key: value for key, value in optional.items() if value}

    @property
    def _properties(self) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.parameters.get("properties", {})
        return properties

    def _faults(self) -> Iterable[tuple[str, str]]:
        """Say what breaks the rules that the rest of the package relies on, as (path, message)."""
        if not NAME.fullmatch(self.name):
            yield "name", f"{self.name!r} does not match {NAME.pattern}"
        if not self.description.strip():
            yield "description", "the description is empty"
        if not (self.confirm in ("never", "always", None) or _is_probability(self.confirm)):
            yield "confirm", f"{self.confirm!r} is not one of 'never', 'always' or a probability between 0 and 1."
        if self.risk not in get_args(Risk):
            yield "risk", f"{self.risk!r} is not one of {listed(get_args(Risk))}."
        if self.parameters and self.parameters.get("type") != "object":
            yield "parameters", "the type must be 'object'"
        for n, text in enumerate(self.counterexamples):
            if not isinstance(text, str):
                yield f"counterexamples[{n}]", f"{text!r:.80} is not text"
        for n, example in enumerate(self.examples):
            if not isinstance(example, Example):
                yield f"examples[{n}]", f"{example!r} is not an Example. Tool.from_dict takes other forms."
                continue
            for slot in example.slots:
                if slot_schema(slot.parameter, self.parameters) is None:
                    yield f"examples[{n}]", unknown_parameter(slot.parameter, self.name, self._properties)


def tool_from_json(declaration: Mapping[str, Any], source: Location | None = None) -> Tool:
    """Return the tool of a declaration that has been checked before."""
    confirm = declaration.get("confirm")
    typed = {
        "confirm": float(confirm["below"]) if isinstance(confirm, Mapping) else confirm,
        "examples": tuple(map(Example.from_json, declaration.get("examples", ()))),
        "lint": tuple(Suppression(**suppression) for suppression in declaration.get("lint", ())),
    }
    return Tool(**{**declaration, **typed}, source=source)


def slot_schema(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | bool | None:
    """Return the schema of what a slot names: a parameter, or by a path with dots a part of one. None if there is none.

    >>> place = {"type": "object", "properties": {"city": {"type": "string"}}}
    >>> slot_schema("place.city", {"properties": {"place": place}})
    {'type': 'string'}
    """
    declared = parameters.get("properties")
    if not isinstance(declared, Mapping):
        return None
    if name in declared:
        schema: Mapping[str, Any] | bool = declared[name]
        return schema
    outer, _, part = name.partition(".")
    inner = declared.get(outer)
    return slot_schema(part, inner) if part and isinstance(inner, Mapping) else None


def unknown_parameter(name: str, tool: str, parameters: Iterable[str]) -> str:
    """Say that a slot names no parameter, and which there are."""
    known = list(parameters)
    right = f"Parameters: {listed(known)}." if known else "It has none."
    return f"{{{name}}} names no parameter of {shown(tool)}.{hint(name, known)} {right}"


def _is_probability(value: object) -> bool:
    return isinstance(value, float) and 0.0 <= value <= 1.0


def _as_mapping(schema: Mapping[str, Any] | bool) -> Mapping[str, Any]:
    """JSON Schema's `true` and `false` in their longer form."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    return schema


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
"""What a tool may be called."""
