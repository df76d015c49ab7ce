"""A conversation with one person: questions are answered, and anything else is routed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property
from typing import TypeGuard

from router.conversation.question import Question
from router.conversation.reading import Choice, Reading, read
from router.conversation.refusal import after_no, begins_with_no, forbids
from router.conversation.vocabulary import LANGUAGES, vocabularies
from router.decisions import Abstain, Clarify, Decision, Reason, ToolCall
from router.declarations import Tool
from router.phrasing import Phrasing
from router.router import Router
from router.text import MAX_UTTERANCE_CHARACTERS, normalize


class Conversation:
    """Routes what one person says, and understands the reply to what was asked.

    A `Clarify`, and a `ToolCall` that is to be confirmed, stay pending until
    they are answered, refused, replaced by another request or `timeout` seconds
    old. A reply decides the utterance that was asked about: what comes of "yes",
    "the second one" or "never mind" carries that utterance, not the reply.
    Whatever is not made of reply words alone is routed as if nothing had been
    asked.

    A conversation belongs to one person and is used from one thread at a time;
    any number of them share a router. Raises ValueError for languages that do
    not ship and for a timeout that is not positive.
    """

    def __init__(
        self,
        router: Router,
        *,
        timeout: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        languages: Collection[str] = LANGUAGES,
    ) -> None:
        if not timeout > 0:
            raise ValueError(f"timeout is {timeout!r}; expected seconds, more than 0")
        self._router = router
        self._timeout = timeout
        self._clock = clock
        self._vocabularies = vocabularies(languages)
        self._question: Question | None = None
        self._asked_at = 0.0

    def __repr__(self) -> str:
        return f"<Conversation with {self._router!r}, pending: {self.pending.kind if self.pending else 'nothing'}>"

    @property
    def pending(self) -> Clarify | ToolCall | None:
        """The decision that waits for an answer."""
        question = self._open_question()
        return question.decision if question else None

    def forget(self) -> None:
        """Drop what is pending, as if nothing had been asked."""
        self._question = None

    def hear(self, utterance: str, *, available: Collection[str] | None = None) -> Decision:
        """Decide about an utterance, or, if it is a reply, about what was asked.

        A reply that answers nothing, such as "both", gets the question again. A
        request that the router abstains on leaves the question open, unless it
        says no: "don't call her" cancels what was asked about, and of "no, call
        dad" the rest is routed. `available` is that of `Router.route`. Never
        raises for what a person says.
        """
        question = self._open_question()
        reading = self._reading(utterance, question, available) if question else None
        if question is None or reading is None:
            return self._routed(utterance, available, question)
        match reading:
            case "again":
                return self._ask(question)
            case "no":
                return self._refused("cancelled", question)
            case "yes":
                tool, confirm = question.confirmed, False
            case Choice(position):
                tool = question.choices[position]
                confirm = tool.confirm == "always"
        if available is not None and tool.name not in available:
            return self._refused("unavailable_tool", question)
        call = _call(tool, question.decision, confirm=confirm)
        if confirm:
            return self._ask(Question(call, question.choices))
        self.forget()
        return call

    def _open_question(self) -> Question | None:
        if self._question is not None and self._clock() - self._asked_at > self._timeout:
            self.forget()
        return self._question

    def _ask(self, question: Question) -> Clarify | ToolCall:
        self._question, self._asked_at = question, self._clock()
        return question.decision

    def _refused(self, reason: Reason, question: Question) -> Abstain:
        self.forget()
        asked = question.decision
        return Abstain(reason, utterance=asked.utterance, in_scope=asked.in_scope, candidates=asked.candidates)

    def _reading(self, utterance: str, question: Question, available: Collection[str] | None) -> Reading:
        """Read a reply; where only a description has its word, the router must find it likeliest too."""
        reading = read(utterance, question, self._vocabularies)
        if not (isinstance(reading, Choice) and reading.described):
            return reading
        names = [tool.name for tool in question.choices]
        routed = self._router.route(utterance, available=available)
        if isinstance(routed, ToolCall) and routed.tool not in names:
            return None
        likeliest = next((each.tool for each in routed.candidates if each.tool in names), None)
        return reading if likeliest == names[reading.position] else "again"

    def _routed(self, utterance: str, available: Collection[str] | None, question: Question | None) -> Decision:
        """Route a fresh request: what it comes to takes the place of what was pending, unless that is nothing."""
        request = after_no(utterance, self._vocabularies) if question else utterance
        match self._router.route(request, available=available):
            case ToolCall(tool) if _offers(question, tool) and forbids(utterance, self._vocabularies):
                return self._refused("cancelled", question)
            case Abstain(reason) as decision if question:
                if reason in {"negated", "cancelled"} or self._is_negated(utterance):
                    return self._refused("cancelled", question)
                if begins_with_no(utterance, self._vocabularies):
                    self.forget()
                return decision
            case Abstain() as decision:
                return decision
            case Clarify(candidates) as decision:
                return self._ask(Question(decision, tuple(self._router.tools[each.tool] for each in candidates)))
            case ToolCall(tool, confirm=True) as decision:
                return self._ask(Question(decision, (self._router.tools[tool],)))
            case decision:
                self.forget()
                return decision

    def _is_negated(self, utterance: str) -> bool:
        """Whether an utterance says what not to do, for whichever tool or none."""
        return len(utterance) <= MAX_UTTERANCE_CHARACTERS and bool(
            self._phrasing.read(normalize(utterance)).negated_verb
        )

    @cached_property
    def _phrasing(self) -> Phrasing:
        return Phrasing(self._router.tools)


def _offers(question: Question | None, tool: str) -> TypeGuard[Question]:
    return question is not None and any(choice.name == tool for choice in question.choices)


def _call(tool: Tool, asked: Clarify | ToolCall, *, confirm: bool) -> ToolCall:
    """Return the call that a reply made of what was asked; its candidate comes first."""
    if isinstance(asked, ToolCall) and asked.tool == tool.name:
        return replace(asked, confirm=confirm)
    candidates = sorted(asked.candidates, key=lambda candidate: candidate.tool != tool.name)
    return ToolCall(
        tool.name,
        utterance=asked.utterance,
        in_scope=asked.in_scope,
        candidates=tuple(candidates),
        confirm=confirm,
    )
