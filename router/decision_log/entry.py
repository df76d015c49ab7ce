"""One line of a decision log, as values and as JSON."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from router.decisions import Abstain, Candidate, Decision, Kind, Reason
from router.declarations.tool import NAME
from router.declarations.wording import shown
from router.text import normalize


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one router made of an utterance, without anything that was said."""

    decision: Kind | None
    """None if there was an error."""
    tool: str | None = None
    reason: str | None = None
    """Why it abstained, if it did and says so."""
    in_scope: float | None = None
    candidates: tuple[Candidate, ...] = ()
    milliseconds: float | None = None
    declarations: str | None = None
    """The fingerprint of the tools it chose from; None for a function."""
    error: str | None = None
    """`raised ValueError`, `returned int`: never the error's message, which may quote the utterance."""

    @property
    def tools(self) -> tuple[str, ...]:
        """As in a case of a suite. None: it did nothing. One: it chose that tool. More: it asked which was meant."""
        if self.decision == "clarify" and self.tool is None:
            return tuple(sorted(candidate.tool for candidate in self.candidates))
        return () if self.tool is None else (self.tool,)

    @property
    def confidence(self) -> float | None:
        """Probability in [0, 1] of what was chosen; None for a question, and where nothing is known."""
        if self.in_scope is None:
            return None
        if self.decision == "abstain":
            return 1.0 - self.in_scope
        if self.tool is None or not self.candidates:
            return None
        return self.in_scope * self.candidates[0].probability

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values: always the same keys, null where it has no such thing."""
        candidates = [{"tool": each.tool, "probability": each.probability} for each in self.candidates]
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"candidates": candidates}

    @classmethod
    def of(cls, value: object, milliseconds: float | None = None, declarations: str | None = None) -> Answer:
        """Return what was answered: a decision, a tool's name, or None for no tool."""
        timed: dict[str, Any] = {"milliseconds": _rounded(milliseconds), "declarations": declarations}
        if isinstance(value, get_args(Decision)):
            decided: Decision = value
            return cls(
                decision=decided.kind,
                tool=None if isinstance(decided, Abstain) else decided.tool,
                reason=decided.reason if isinstance(decided, Abstain) else None,
                in_scope=decided.in_scope,
                candidates=decided.candidates,
                **timed,
            )
        if value is None:
            return cls(decision="abstain", **timed)
        if isinstance(value, str) and NAME.fullmatch(value):
            return cls(decision="call", tool=value, **timed)
        return cls(decision=None, error=_NO_NAME if isinstance(value, str) else f"returned {_kind(value)}", **timed)

    @classmethod
    def of_function(
        cls, value: object, said: str, declared: Container[str] = (), milliseconds: float | None = None
    ) -> Answer:
        """Return what a function answered to what was said, unless a word of it may be something that was said.

        A tool's name is one that is `declared`, or looks like one and is not
        `said`, upper or lower case. Never raises for a value.
        """

        def is_name(name: str) -> bool:
            return name in declared or bool(NAME.fullmatch(name) and _folded(name) != _folded(said))

        try:
            answer = cls.of(value, milliseconds)
            named = [name for name in (answer.tool, *(each.tool for each in answer.candidates)) if name is not None]
            if all(map(is_name, named)) and answer.reason in (None, *get_args(Reason)):
                return answer
            error = _NO_NAME
        except Exception:
            error = f"returned {_kind(value)}"
        return cls(decision=None, error=error, milliseconds=_rounded(milliseconds))

    @classmethod
    def failed(cls, error: BaseException, milliseconds: float | None = None, declarations: str | None = None) -> Answer:
        """Return what is known of a router or a function that raised an error."""
        what = f"raised {type(error).__name__}"
        return cls(decision=None, error=what, milliseconds=_rounded(milliseconds), declarations=declarations)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A decision that was logged, and, from `Shadow`, what the router beside it would have done."""

    time: float
    """Seconds since 1970, to the millisecond."""
    answer: Answer
    shadow: Answer | None = None
    utterance: str | None = None
    """What was said, at most 2,000 characters of it, if the log keeps utterances."""
    utterance_hash: str | None = None
    """The same for the same utterance in one log, if the log hashes them: 32 hexadecimal digits."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values: the answer's fields beside the entry's own, which are left out where they say nothing."""
        said = {"utterance": self.utterance, "utterance_hash": self.utterance_hash}
        row = {"time": self.time, **{key: value for key, value in said.items() if value is not None}}
        row |= self.answer.to_dict()
        return row if self.shadow is None else row | {"shadow": self.shadow.to_dict()}


def entry_from_dict(data: Mapping[str, Any]) -> Entry:
    """Return the entry that `to_dict` wrote. Raises ValueError, which says what is wrong, for anything else."""
    shadow = data.get("shadow")
    if not isinstance(shadow, dict | None):
        raise ValueError(f"'shadow' is {shown(shadow)}, and no object")
    time = _number(data, "time")
    if time is None:
        raise ValueError("'time' is missing")
    return Entry(
        time=time,
        answer=_answer(data),
        shadow=None if shadow is None else _answer(shadow),
        utterance=_text(data, "utterance"),
        utterance_hash=_text(data, "utterance_hash"),
    )


def _answer(data: Mapping[str, Any]) -> Answer:
    decision: Any = _text(data, "decision")
    error = _text(data, "error")
    if decision not in (get_args(Kind) if error is None else (None,)):
        raise ValueError(f"'decision' is {shown(decision)}; expected one of {', '.join(get_args(Kind))}")
    candidates = data.get("candidates")
    if not isinstance(candidates, list) or not all(map(_is_candidate, candidates)):
        raise ValueError("'candidates' is no list of tools with probabilities")
    return Answer(
        decision=decision,
        tool=_text(data, "tool"),
        reason=_text(data, "reason"),
        in_scope=_number(data, "in_scope"),
        candidates=tuple(Candidate(each["tool"], each["probability"]) for each in candidates),
        milliseconds=_number(data, "milliseconds"),
        declarations=_text(data, "declarations"),
        error=error,
    )


def _kind(value: object) -> str:
    return type(value).__name__


def _folded(text: str) -> str:
    return normalize(text).casefold()


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)


def _is_candidate(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("tool"), str)
        and isinstance(value.get("probability"), int | float)
    )


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f"{key!r} is {shown(value)}, and not text")
    return value


def _number(data: Mapping[str, Any], key: str) -> float | None:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise ValueError(f"{key!r} is {shown(value)}, and no number")
    return value


_NO_NAME = "returned a text that is no tool's name"
