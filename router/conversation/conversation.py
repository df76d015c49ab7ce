"""A conversation with one person: questions are answered, and anything else is routed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from router.arguments import Moment
from router.arguments.answering import as_question, is_led
from router.conversation.question import Question
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
    "no, make that eight"; or else it is routed as if nothing had been asked. So
    can a call be changed that was just made; what comes of it carries that call's
    utterance and takes its place.

    `asked` is what was asked before the conversation began. A conversation
    belongs to one person and is used from one thread at a time; any number of
    them share a router. Raises ValueError for languages that do not ship and for
    a timeout that is not positive.
    """

    def __init__(
        self,
        router: Router,
        *,
        timeout: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        languages: Collection[str] = LANGUAGES,
        asked: Clarify | ToolCall | AskArgument | None = None,
    ) -> None:
        if not timeout > 0:
            raise ValueError(f"timeout is {timeout!r}; expected seconds, more than 0")
        self._router = router
        self._timeout = timeout
        self._clock = clock
        self._vocabularies = vocabularies(languages)
        self._question = Question.of(asked, router.tools) if asked else None
        self._made: ToolCall | None = None
        self._since = clock()

    def __repr__(self) -> str:
        return f"<Conversation with {self._router!r}, pending: {self.pending.kind if self.pending else 'nothing'}>"

    @property
    def pending(self) -> Clarify | ToolCall | AskArgument | None:
        """The decision that waits for an answer."""
        question = self._open_question()
        return question.decision if question else None

    def forget(self) -> None:
        """Drop what is pending, as if nothing had been asked."""
        self._question = self._made = None

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
        question, moment = self._open_question(), Moment(now, language)
        if question is None:
            return self._taken(self._changed(utterance, moment) or route(utterance), question, utterance, available)
        asked = question.decision
        match self._reading(utterance, question, route, moment):
            case "yes" if isinstance(asked, ToolCall):
                return self._settled(replace(asked, confirm=False), available, made=asked)
            case "yes" | "again":
                return self._ask(question)
            case "no":
                return self._refused("cancelled", asked)
            case Choice(position):
                chosen = self._chosen(question, position)
                return self._settled(chosen, available, question.to_confirm(position, chosen))
        request = after_no(utterance, self._vocabularies)
        return self._taken(self._said(asked, request, moment, route), question, utterance, available)

    def _open_question(self) -> Question | None:
        if self._clock() - self._since > self._timeout:
            self.forget()
        return self._question

    def _ask(self, question: Question) -> Clarify | ToolCall | AskArgument:
        self._question, self._made, self._since = question, None, self._clock()
        return question.decision

    def _refused(self, reason: Reason, asked: Decision) -> Abstain:
        self.forget()
        return Abstain(reason, utterance=asked.utterance, in_scope=asked.in_scope, candidates=asked.candidates)

    def _reading(self, utterance: str, question: Question, route: Callable[[str], Decision], moment: Moment) -> Reading:
        """Read a reply; where only a description has its word, the router must find it likeliest too.

        What answers nothing by its words may be the value: "Jo" is a name, and a yes in some places.
        """
        reading = read(utterance, question, self._vocabularies)
        if reading in ("yes", "again") and (about := as_question(question.decision)) is not None:
            is_value = self._router.arguments.is_plain_answer(about, normalize(utterance), moment)
            return None if is_value else reading
        if not (isinstance(reading, Choice) and reading.described):
            return reading
        names = [choice.name for choice in question.choices]
        routed = route(utterance)
        if isinstance(routed, ToolCall | AskArgument) and routed.tool not in names:
            return None
        likeliest = next((each.tool for each in routed.candidates if each.tool in names), None)
        return reading if likeliest == names[reading.position] else "again"

    def _chosen(self, question: Question, position: int) -> ToolCall | AskArgument | Clarify:
        if question.clarify is not None:
            return question.clarify.choices[position]
        assert isinstance(question.decision, AskArgument), "only values and the choices of a question can be chosen"
        return self._router.arguments.choose(question.decision, position)

    def _said(
        self, asked: Clarify | ToolCall | AskArgument, said: str, moment: Moment, route: Callable[[str], Decision]
    ) -> Decision:
        """Decide about what is no mere reply: a value, or a request of its own."""
        text, arguments = normalize(said), self._router.arguments
        if len(said) > MAX_UTTERANCE_CHARACTERS or self._router.phrasing.read(text).is_cancelled:
            return route(said)
        if isinstance(asked, ToolCall):
            return arguments.change(asked, text, moment) or route(said)
        about = as_question(asked)
        if about is None or not text:
            return route(said)
        answer = arguments.answer(about, text, moment)
        if arguments.is_plain_answer(about, text, moment):
            return answer
        is_answer = isinstance(answer, Clarify) or any(each.parameter == about.parameter for each in answer.found)
        if is_answer and not self._router.phrasing.opens_request(text):
            return answer
        routed = route(said)
        if isinstance(routed, Abstain):
            return answer if is_answer or about is asked else routed
        return answer if is_answer and routed.candidates[0].tool == about.tool else routed

    def _changed(self, utterance: str, moment: Moment) -> Decision | None:
        """Return the call that was just made as it is corrected; None for anything that is no correction."""
        if self._made is None or len(utterance) > MAX_UTTERANCE_CHARACTERS:
            return None
        text = normalize(after_no(utterance, self._vocabularies))
        goes_on = is_led(text) or begins_with_no(utterance, self._vocabularies)
        return self._router.arguments.change(self._made, text, moment) if goes_on else None

    def _taken(
        self, decision: Decision, question: Question | None, utterance: str, available: Collection[str] | None
    ) -> Decision:
        """Take a decision's question in the place of what was pending, unless it comes to nothing."""
        if not isinstance(decision, Abstain):
            if question and _offers(question, decision.tool) and forbids(utterance, self._vocabularies):
                return self._refused("cancelled", question.decision)
            return self._settled(decision, available)
        if question:
            if decision.reason in {"negated", "cancelled"} or self._is_negated(utterance):
                return self._refused("cancelled", question.decision)
            if begins_with_no(utterance, self._vocabularies):
                self.forget()
        return decision

    def _settled(
        self,
        decision: Clarify | ToolCall | AskArgument,
        available: Collection[str] | None,
        question: Question | None = None,
        made: ToolCall | None = None,
    ) -> Decision:
        """Ask what a decision asks, as `question` if it is given, or take its call as `made`."""
        if available is not None and decision.tool not in {None, *available}:
            return self._refused("unavailable_tool", decision)
        if not isinstance(decision, ToolCall) or decision.confirm:
            return self._ask(question or Question.of(decision, self._router.tools))
        self._question, self._made, self._since = None, made or decision, self._clock()
        return decision

    def _is_negated(self, utterance: str) -> bool:
        """Whether an utterance says what not to do, for whichever tool or none."""
        return len(utterance) <= MAX_UTTERANCE_CHARACTERS and bool(
            self._router.phrasing.read(normalize(utterance)).negated_verb
        )


def _offers(question: Question, tool: str | None) -> bool:
    """Whether a tool is what was asked about, or one of the choices."""
    return tool in {question.decision.tool, *(choice.name for choice in question.choices)} - {None}
