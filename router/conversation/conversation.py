"""A conversation with one person: questions are answered, and anything else is routed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeGuard

from router.conversation.question import Offered, Question, offered_tool
from router.conversation.reading import Choice, Reading, read
from router.conversation.refusal import after_no, begins_with_no, forbids
from router.conversation.vocabulary import LANGUAGES, vocabularies
from router.decisions import Abstain, AskArgument, Clarify, Decision, Reason, ToolCall
from router.router import DEFAULT_LANGUAGE, Router
from router.text import MAX_UTTERANCE_CHARACTERS, normalize


class Conversation:
    """Routes what one person says, and understands the reply to what was asked.

    A `Clarify`, an `AskArgument`, and a `ToolCall` that is to be confirmed, stay
    pending until they are answered, refused, replaced by another request or
    `timeout` seconds old. A reply decides the utterance that was asked about:
    what comes of "yes", "the second one" or "never mind" carries that utterance,
    not the reply. Whatever is not made of reply words alone is taken for the
    value that was asked for, or for another one of the call that is pending:
    "no, make that eight"; or else it is routed as if nothing had been asked.

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
    def pending(self) -> Clarify | ToolCall | AskArgument | None:
        """The decision that waits for an answer."""
        question = self._open_question()
        return question.decision if question else None

    def forget(self) -> None:
        """Drop what is pending, as if nothing had been asked."""
        self._question = None

    def hear(
        self,
        utterance: str,
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
    ) -> Decision:
        """Decide about an utterance, or, if it is a reply, about what was asked.

        A reply that answers nothing, such as "both", gets the question again. A
        request that the router abstains on leaves the question open, unless it
        says no: "don't call her" cancels what was asked about, and of "no, call
        dad" the rest is routed. `available`, `now` and `language` are those of
        `Router.route`. Never raises for what a person says.
        """
        route = partial(self._router.route, available=available, now=now, language=language)
        answer = partial(self._router.answer, now=now, language=language)
        question = self._open_question()
        reading = self._reading(utterance, question, route) if question else None
        if question is None:
            return self._taken(route(utterance), question, utterance)
        asked = question.decision
        if reading is None:
            request = after_no(utterance, self._vocabularies)
            return self._taken(answer(asked, request) if _takes_values(asked) else route(request), question, utterance)
        match reading:
            case "yes" if isinstance(asked, AskArgument):
                return self._ask(question)
            case "again":
                return self._ask(question)
            case "no":
                return self._refused("cancelled", question)
            case "yes":
                name, confirm = question.confirmed, False
            case Choice(position):
                name = question.choices[position].name
                if isinstance(asked, AskArgument):
                    return self._taken(answer(asked, name), question, utterance)
                confirm = self._router.tools[name].confirm == "always"
        if available is not None and name not in available:
            return self._refused("unavailable_tool", question)
        call = self._call(name, asked, confirm, now, language)
        if isinstance(call, AskArgument):
            return self._taken(call, question, utterance)
        if confirm:
            return self._ask(Question(call, question.choices))
        self.forget()
        return call

    def _open_question(self) -> Question | None:
        if self._question is not None and self._clock() - self._asked_at > self._timeout:
            self.forget()
        return self._question

    def _ask(self, question: Question) -> Clarify | ToolCall | AskArgument:
        self._question, self._asked_at = question, self._clock()
        return question.decision

    def _refused(self, reason: Reason, question: Question) -> Abstain:
        self.forget()
        asked = question.decision
        return Abstain(reason, utterance=asked.utterance, in_scope=asked.in_scope, candidates=asked.candidates)

    def _reading(self, utterance: str, question: Question, route: Callable[[str], Decision]) -> Reading:
        """Read a reply; where only a description has its word, the router must find it likeliest too."""
        reading = read(utterance, question, self._vocabularies)
        if not (isinstance(reading, Choice) and reading.described):
            return reading
        names = [choice.name for choice in question.choices]
        routed = route(utterance)
        if isinstance(routed, ToolCall | AskArgument) and routed.tool not in names:
            return None
        likeliest = next((each.tool for each in routed.candidates if each.tool in names), None)
        return reading if likeliest == names[reading.position] else "again"

    def _taken(self, decision: Decision, question: Question | None, utterance: str) -> Decision:
        """Take a decision's question in the place of what was pending, unless it comes to nothing."""
        tools = self._router.tools
        match decision:
            case ToolCall(tool) | AskArgument(tool) if _offers(question, tool) and forbids(
                utterance, self._vocabularies
            ):
                return self._refused("cancelled", question)
            case Abstain(reason) if question:
                if reason in {"negated", "cancelled"} or self._is_negated(utterance):
                    return self._refused("cancelled", question)
                if begins_with_no(utterance, self._vocabularies):
                    self.forget()
                return decision
            case Abstain():
                return decision
            case Clarify(candidates):
                return self._ask(Question(decision, tuple(offered_tool(tools[each.tool]) for each in candidates)))
            case ToolCall(tool, confirm=True):
                return self._ask(Question(decision, (offered_tool(tools[tool]),)))
            case AskArgument(choices=choices):
                return self._ask(Question(decision, tuple(Offered(value, value) for value in choices)))
        self.forget()
        return decision

    def _call(
        self, name: str, asked: Clarify | ToolCall | AskArgument, confirm: bool, now: datetime | None, language: str
    ) -> ToolCall | AskArgument:
        """Return the call that a reply made of what was asked; its candidate comes first."""
        if isinstance(asked, ToolCall) and asked.tool == name:
            return replace(asked, confirm=confirm)
        candidates = sorted(asked.candidates, key=lambda candidate: candidate.tool != name)
        filled = self._router.fill(asked.utterance, name, now=now, language=language)
        return replace(filled, in_scope=asked.in_scope, candidates=tuple(candidates), confirm=confirm)

    def _is_negated(self, utterance: str) -> bool:
        """Whether an utterance says what not to do, for whichever tool or none."""
        return len(utterance) <= MAX_UTTERANCE_CHARACTERS and bool(
            self._router.phrasing.read(normalize(utterance)).negated_verb
        )


def _takes_values(asked: Clarify | ToolCall | AskArgument) -> TypeGuard[ToolCall | AskArgument]:
    return not isinstance(asked, Clarify)


def _offers(question: Question | None, tool: str) -> TypeGuard[Question]:
    """Whether a tool is what was asked about, or one of the choices."""
    if question is None:
        return False
    about = {question.decision.tool} if _takes_values(question.decision) else set()
    return tool in about | {choice.name for choice in question.choices}
