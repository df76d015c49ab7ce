"""The router: from an utterance to a decision."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from router.arguments import Arguments, Heard, Moment, hear
from router.corrections import OUT_OF_SCOPE, Conflict, Correction, Declared, OutOfScope
from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, ToolCall, decide
from router.declarations import Tool, ToolSet
from router.encoders import DEFAULT, Encoder, encode_utterances
from router.errors import UnknownToolError
from router.explanation import Explanation, explained, most_similar
from router.held_out import HeldOut
from router.learning import checked, memory_of
from router.phrasing import Phrasing, Reading
from router.scoring import Scorer, Scores
from router.scoring.channels import Floats
from router.scoring.lexical import sketches
from router.scoring.material import Texts
from router.scoring.memory import Memory
from router.scoring.scorer import GATE_FEATURES
from router.text import MAX_UTTERANCE_CHARACTERS, normalize

if TYPE_CHECKING:
    from router.arguments.known import Given

MOST_CANDIDATES = 5
"""A decision carries at most so many candidates."""
DEFAULT_LANGUAGE = "en"


class Router:
    """Decides which tool an utterance calls, if any.

    A router is complete and immutable: train one (`from_specs`, `train`) or load
    one (`load`). It may be used from many threads at once. `with_tool`, `without`
    and `learn` return another router and leave this one as it is.
    """

    def __init__(
        self,
        tools: ToolSet,
        encoder: Encoder,
        scorer: Scorer,
        policy: Policy,
        held_out: HeldOut | None = None,
        corrections: Mapping[Correction, Floats] = MappingProxyType({}),
        arguments: Arguments | None = None,
    ) -> None:
        self.tools = tools
        self.encoder = encoder
        self.scorer = scorer
        self.policy = policy
        self.held_out = held_out
        """How it did on held-out utterances when it was trained; None once a tool was added or removed. `learn`
        keeps it: its figures and promises say nothing of what corrections change."""
        self.corrections: Mapping[Correction, Floats] = MappingProxyType(
            dict(sorted(corrections.items(), key=lambda item: item[0].key))
        )
        """What it has learnt, in alphabetical order, each with its row [F]. See `learn`."""
        self.arguments = arguments or Arguments(tools)
        """Fills calls."""

    def __repr__(self) -> str:
        return f"<Router of {len(self.tools)} tools on {self.encoder.name!r}>"

    @classmethod
    def from_specs(
        cls, *paths: str | os.PathLike[str], encoder: str | Encoder = DEFAULT, policy: Policy | None = None
    ) -> Router:
        """Train a router from tool files and folders.

        Raises DeclarationError if they are wrong, EncoderError, and
        MissingExtraError without scikit-learn.
        """
        from router.declarations import load
        from router.training import train

        return train(load(*paths), encoder, policy or Policy())

    @classmethod
    def load(cls, bundle: str | os.PathLike[str], encoder: str | Encoder | None = None) -> Router:
        """Load a bundle that `save` wrote, with the encoder it names or the one given.

        Raises BundleError if a file is missing or altered, EncoderMismatchError if
        the encoder is not the one it was built with, MissingExtraError if that ships
        in a package that is not installed, and EncoderError if it does not ship and
        none is given.
        """
        from router.bundle import load

        return load(bundle, encoder)

    def save(self, bundle: str | os.PathLike[str]) -> None:
        """Write a bundle: a folder of plain files, the same bytes for the same router.

        It holds what was learnt as well, in the words of the person who said it.
        """
        from router.bundle import save

        save(self, bundle)

    def route(
        self,
        utterance: str,
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
    ) -> Decision:
        """Decide what to do about an utterance.

        `available` names the tools that can be called right now, all by default;
        an utterance for another tool is abstained on. `now`, aware or naive, is
        when it is said: without it "tomorrow" is no date. `language` (BCP 47) is
        how numbers and times are said. Never raises for what a person says;
        raises UnknownToolError for an available tool that is not declared.
        """
        mask = self._mask(available)
        text, refusal = self._heard(utterance)
        if refusal is not None:
            return refusal
        decision, heard, *_ = self._decided(utterance, text, mask)
        return self._filled(decision, heard, Moment(now, language))

    def answer(
        self,
        asked: AskArgument | Clarify | ToolCall,
        utterance: str,
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
    ) -> Decision:
        """Go on with a question, "the second", "at eight", or change a call: "no, make that eight".

        It is what a `Conversation` hears in which this was asked. What answers
        nothing gets the question again, and what is a request of its own is decided
        as `route` does. Never raises for what a person says.
        """
        from router.conversation import Conversation

        conversation = Conversation(self, asked=asked)
        return conversation.hear(utterance, available=available, now=now, language=language)

    def with_values(self, **lists: Iterable[Given]) -> Router:
        """Return a router that knows values which only the device does: contacts, apps, rooms.

        Each list is of texts or `{"value": ..., "aliases": [...]}`, and is for the
        parameters of its name and those whose schema says `x-known` with its name.
        These take no other values then. Raises ValueError for an entry that cannot
        be said.
        """
        from router.arguments.known import KnownValues  # it takes time to import

        known = {name: KnownValues.of(values) for name, values in lists.items()}
        arguments = replace(self.arguments, known={**self.arguments.known, **known})
        return self._having(arguments=arguments)

    def fill(
        self, utterance: str, tool: str, *, now: datetime | None = None, language: str = DEFAULT_LANGUAGE
    ) -> ToolCall | AskArgument | Clarify:
        """Return the call of a tool that is known to be meant, or ask for what is missing or unclear.

        Raises UnknownToolError.
        """
        text, refusal = self._heard(utterance)
        heard = self._hear("" if refusal else self._read(text).request)
        call = ToolCall(self.tools[tool].name, utterance=utterance, in_scope=1.0, candidates=(Candidate(tool, 1.0),))
        return self.arguments.fill(call, heard, Moment(now, language))

    def route_all(
        self,
        utterance: str,
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
    ) -> tuple[Decision, ...]:
        """Decide about each request of an utterance, in their order: "turn off the lights and wake me at six".

        Each decision's `utterance` is its part of the text. What is one request
        has the decision that `route` gives it. `available` and errors are those
        of `route`.
        """
        mask = self._mask(available)
        requests: dict[str, Heard] = {}

        def decided(texts: list[str]) -> list[Decision]:
            decisions = []
            for part in texts:
                decision, requests[part], *_ = self._decided(part, part, mask)
                decisions.append(decision)
            return decisions

        text, refusal = self._heard(utterance)
        is_one = refusal is not None or text.casefold() in self._learnt
        several = () if is_one else self.phrasing.segmented(text, decided)
        moment = Moment(now, language)
        filled = tuple(self._filled(decision, requests[decision.utterance], moment) for decision in several)
        return filled or (self.route(utterance, available=available, now=now, language=language),)

    def route_many(
        self,
        utterances: Iterable[str],
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
        threads: int | None = None,
        progress: Callable[[int], object] = lambda _: None,
    ) -> list[Decision]:
        """Decide about each utterance exactly as `route` does, on several threads.

        `threads` is at most four by default. `progress` is called with 1 after each.
        """
        from concurrent.futures import ThreadPoolExecutor  # it imports much, and `route` needs none of it

        available = available if available is None or isinstance(available, str) else frozenset(available)

        def decided(utterance: str) -> Decision:
            decision = self.route(utterance, available=available, now=now, language=language)
            progress(1)
            return decision

        with ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1)) as pool:
            return list(pool.map(decided, utterances))

    def explain(
        self,
        utterance: str,
        *,
        available: Collection[str] | None = None,
        now: datetime | None = None,
        language: str = DEFAULT_LANGUAGE,
    ) -> Explanation:
        """Decide as `route` does and say what the decision rests on."""
        mask = self._mask(available)
        text, refusal = self._heard(utterance)
        if refusal is not None:
            return Explanation(refusal, (), {})
        decision, heard, reading, scores = self._decided(utterance, text, mask)
        decision = self._filled(decision, heard, Moment(now, language))
        key = reading.request.casefold()
        indices = () if key in self._learnt else self._ruled_out.get(key, ())
        ruled_out = tuple(self.tools.names[index] for index in indices)
        return explained(decision, ruled_out, self.tools, self.scorer, scores, [*self.corrections])

    def with_tool(self, tool: Tool | Mapping[str, Any]) -> Router:
        """Return a router that knows one more tool, or another version of one it knows.

        Takes milliseconds and no scikit-learn: the other tools keep their heads,
        the fusion, the gate and the thresholds stay. Train again when many have
        changed. Raises DeclarationError if a mapping is not a valid declaration.
        """
        if not isinstance(tool, Tool):
            tool = Tool.from_dict(tool)
        if tool.name in self.tools:
            return self.without(tool.name).with_tool(tool)._having(self.corrections)
        from router.arguments.teaching import teach
        from router.scoring.growth import with_tool
        from router.scoring.material import embed_tools

        tools = self.tools.with_tool(tool)
        material = embed_tools([tool], (), self.encoder)
        channels = with_tool(self.scorer, self.tools, tools.names.index(tool.name), material)
        scorer = replace(self.scorer, channels=channels)
        arguments = self.arguments.with_tool(tools, tool, teach(tool, self.encoder, self.scorer.lexical_weight))
        return Router(tools, self.encoder, scorer, self.policy, corrections=self.corrections, arguments=arguments)

    def without(self, name: str) -> Router:
        """Return a router that does not know the tool of that name, nor what it has learnt for it.

        Raises UnknownToolError.
        """
        from router.scoring.growth import without_tool

        tools = self.tools.without(name)
        channels = without_tool(self.scorer.channels, self.tools.names.index(name))
        kept = {correction: row for correction, row in self.corrections.items() if correction.tool != name}
        scorer, arguments = replace(self.scorer, channels=channels), self.arguments.without(tools)
        return Router(tools, self.encoder, scorer, self.policy, corrections=kept, arguments=arguments)

    def learn(self, utterance: str, tool: str | OutOfScope) -> Router:
        """Return a router that has learnt that an utterance is for a tool, or is `OUT_OF_SCOPE`.

        It routes that text, upper or lower case, to the tool: as the first
        candidate, and called unless the tool is irreversible or asks for a
        confirmation. `OUT_OF_SCOPE` makes it abstain. What is very like it
        profits, unless it is more like an example of another tool that is a
        prototype; all else is decided as before, to the last bit, by the same
        thresholds. Later corrections of a text replace earlier ones; apart from
        that their order changes nothing. Takes little longer than one encoding,
        and no scikit-learn.

        If the text is declared otherwise, word for word, `conflicts` says so and
        only that very text is learnt. Raises UnknownToolError, and ValueError
        for a text that is never scored: an empty one, or one that is too long.
        """
        return self.learn_many([(utterance, tool)])

    def learn_many(self, corrections: Iterable[tuple[str, str | OutOfScope]]) -> Router:
        """Return a router that has learnt them all, as `learn` does one after the other, but encoded together."""
        learnt = checked(corrections, self.tools)
        kept = {correction: row for correction, row in self.corrections.items() if correction.key not in learnt}
        new = dict(zip(learnt.values(), self._rows([each.utterance for each in learnt.values()]), strict=True))
        return self._having(kept | new)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What was learnt and is declared otherwise, word for word."""
        return tuple(conflict for correction in self.corrections for conflict in self._declared.conflicts(correction))

    def _having(
        self, corrections: Mapping[Correction, Floats] | None = None, arguments: Arguments | None = None
    ) -> Router:
        """Return this router with these corrections, or arguments, and no others."""
        router = Router(
            self.tools,
            self.encoder,
            self.scorer,
            self.policy,
            self.held_out,
            self.corrections if corrections is None else corrections,
            arguments or self.arguments,
        )
        # What is read from all declarations stays as it is.
        router.phrasing, router._declared, router._ruled_out = self.phrasing, self._declared, self._ruled_out
        return router

    def _heard(self, utterance: str) -> tuple[str, Abstain | None]:
        """Return the normalised text, and a refusal if there is nothing to score."""
        text = normalize(utterance)
        if not text:
            return text, Abstain("empty", utterance=utterance, in_scope=0.0)
        if len(utterance) > MAX_UTTERANCE_CHARACTERS:
            return text, Abstain("too_long", utterance=utterance, in_scope=0.0)
        if not self.tools:
            return text, Abstain("out_of_scope", utterance=utterance, in_scope=0.0)
        return text, None

    def _rows(self, texts: list[str]) -> Floats:
        return Texts(encode_utterances(self.encoder, texts), sketches(texts)).rows(self.scorer.lexical_weight)

    def _mask(self, available: Collection[str] | None) -> NDArray[np.float64] | None:
        """Return 1 for each tool that is available, else 0; None if all are."""
        if available is None:
            return None
        if isinstance(available, str):
            raise TypeError(f"available is {available!r}; expected a collection of names, such as [{available!r}]")
        names = frozenset(available)
        for name in names:
            if name not in self.tools:
                raise UnknownToolError(name, self.tools.names)
        return np.array([name in names for name in self.tools.names], np.float64)

    def _hear(self, text: str) -> Heard:
        return hear(self.encoder, text, self.scorer.lexical_weight)

    def _decided(
        self, utterance: str, text: str, mask: NDArray[np.float64] | None
    ) -> tuple[Decision, Heard, Reading, Scores]:
        """Decide about an utterance, given its normalised text, and return what that rests on; nothing is filled."""
        reading = self._read(text)
        heard = self._hear(reading.request)
        scores = self._score(reading, heard.row[None])
        return self._decide(utterance, reading, scores, mask), heard, reading, scores

    def _filled(self, decision: Decision, heard: Heard, moment: Moment) -> Decision:
        return self.arguments.fill(decision, heard, moment) if isinstance(decision, ToolCall | Clarify) else decision

    def _read(self, text: str) -> Reading:
        return Reading(text) if text.casefold() in self._learnt else self.phrasing.read(text)

    def _score(self, reading: Reading, row: Floats) -> Scores:
        """Score one utterance [1, F]."""
        scores = self.scorer.score(row)
        if not self.corrections:
            return scores
        return self._memory.recall(self.scorer, row, scores, self._learnt.get(reading.request.casefold()))

    @cached_property
    def phrasing(self) -> Phrasing:
        """Reads how what is said to these tools is meant."""
        return Phrasing(self.tools)

    @cached_property
    def _declared(self) -> Declared:
        return Declared(self.tools)

    @cached_property
    def _learnt(self) -> dict[str, int]:
        """Which correction an utterance is, word for word."""
        return {correction.key: index for index, correction in enumerate(self.corrections)}

    @cached_property
    def _memory(self) -> Memory:
        return memory_of(self.corrections, self.tools, self.scorer, self.policy, self._declared)

    @cached_property
    def _ruled_out(self) -> dict[str, list[int]]:
        """The tools that an utterance must not call, because it is a counterexample of theirs word for word."""
        ruled_out = defaultdict(list)
        for index, tool in enumerate(self.tools):
            for text in tool.counterexamples:
                ruled_out[normalize(text).casefold()].append(index)
        return dict(ruled_out)

    def _not_for(self, key: str) -> list[int]:
        """The tools that an utterance must not call; what was learnt goes before what is declared."""
        if key not in self._learnt:
            return self._ruled_out.get(key, [])
        taught = [*self.corrections][self._learnt[key]].tool
        return [*range(len(self.tools))] if taught is OUT_OF_SCOPE else []

    def _decide(self, utterance: str, reading: Reading, scores: Scores, mask: NDArray[np.float64] | None) -> Decision:
        probabilities, in_scope, share = scores.probabilities[0], float(scores.in_scope[0]), 1.0
        ruled_out = self._not_for(reading.request.casefold())
        if ruled_out:
            # Bayes' rule: whatever made these tools likely speaks for "none" or for the others.
            probabilities = probabilities.copy()
            probabilities[ruled_out] = 0.0
            left = max(float(probabilities.sum()), 1e-300)
            in_scope = min(in_scope, 1.0 - 1e-6)
            in_scope *= left / (in_scope * left + 1.0 - in_scope)
            probabilities /= left
        if mask is not None:
            share = float(probabilities @ mask)
            # Where something else was meant, the candidates say what.
            probabilities = np.where(mask > 0, probabilities, -1.0) if share >= 0.5 else probabilities
        ranking = np.argsort(-probabilities, kind="stable")[:MOST_CANDIDATES]
        ranked = zip(ranking.tolist(), probabilities[ranking].tolist(), strict=True)
        kept = [(self.tools.tools[n], likely) for n, likely in ranked if likely >= 0.0 and n not in ruled_out]
        decision = decide(
            utterance,
            tuple(Candidate(tool.name, likely) for tool, likely in kept),
            in_scope,
            self.policy,
            self.tools,
            available_share=share,
            nearest=most_similar(self.tools, self.scorer.channels, scores.similarities[0]),
            features=dict(zip(GATE_FEATURES, scores.gate_features[0].tolist(), strict=True)),
        )
        applied = self.phrasing.applied(reading, decision)
        if reading.otherwise is None or isinstance(applied, Abstain):
            return applied
        scores = self._score(reading.otherwise, self._rows([reading.otherwise.request]))
        otherwise = self._decide(utterance, reading.otherwise, scores, mask)
        is_same = [each.tool for each in otherwise.candidates[:1]] == [applied.candidates[0].tool]
        return applied if is_same else otherwise
