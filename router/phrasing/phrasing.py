"""Reads what is said to an assistant that has certain tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from router.decisions import Abstain, Clarify, Decision, ToolCall
from router.declarations import ToolSet
from router.phrasing.declared import declared_texts, openings
from router.phrasing.lexicon import lexicon
from router.phrasing.reading import Reading, after, read
from router.phrasing.refusal import refused_later
from router.phrasing.segmentation import best, pieces, runs
from router.phrasing.tokens import tokenize
from router.text import normalize


class Phrasing:
    """Reads utterances, and decides by how they are meant.

    Authors have the last word: what they declare as an example or a
    counterexample is never read as anything but what it says, and a tool whose
    own examples negate ("don't wake me tomorrow") is reached by negations.
    """

    def __init__(self, tools: ToolSet) -> None:
        self._tools = tools

    def read(self, text: str) -> Reading:
        """Return how a normalised text is meant."""
        reading = self._read(text)
        return Reading(text) if reading != Reading(text) and text.casefold() in self._declared else reading

    def applied(self, reading: Reading, decision: Decision) -> Decision:
        """Return the decision about an utterance, given the one about its request."""
        if isinstance(decision, ToolCall) and reading.excluded:
            return replace(decision, excluded=reading.excluded, confirm=True)
        if isinstance(decision, Clarify) and reading.excluded:
            without = (replace(each, excluded=reading.excluded, confirm=True) for each in decision.choices)
            return replace(decision, choices=tuple(without))
        if reading.is_cancelled and not self._has_example(decision, lambda own: own.is_cancelled):
            return _refused("cancelled", decision)
        if reading.negated_verb and self._is_refused(reading, decision):
            return _refused("negated", decision)
        return decision

    def segmented(self, text: str, decide_all: Callable[[list[str]], Sequence[Decision]]) -> tuple[Decision, ...]:
        """Return the decisions about a normalised text's requests, in their order; none if it is one request.

        `decide_all` decides about texts each by itself: the parts that this one
        may be cut into, at most 21.
        """
        tokens, reading = tokenize(text), self.read(text)
        if reading.is_contrast and not reading.negated_verb:
            return self.segmented(reading.request, decide_all)
        smallest = pieces(tokens, lexicon(), self._openings)
        if len(smallest) < 2 or text.casefold() in self._declared or reading.is_cancelled:
            return ()
        joints = enumerate(pairwise(smallest), start=1)
        ends = [n for n, (left, right) in joints if any(map(tokens.is_sentence, range(left[1], right[0] + 1)))]
        sentences = [*ends, len(smallest)]
        spans = runs(sentences)
        texts = [tokens.between(smallest[start][0], smallest[end - 1][1]) for start, end in spans]
        return best(dict(zip(spans, decide_all(texts), strict=True)), sentences)

    def _read(self, text: str) -> Reading:
        tokens = tokenize(text)
        if lexicon().cues.isdisjoint(tokens.words):
            return Reading(text)
        reading = read(tokens, lexicon(), self._openings)
        if reading != Reading(text, excluded=reading.excluded):
            return reading
        return refused_later(reading, tokens, lexicon(), self._openings)

    def _is_refused(self, reading: Reading, decision: Decision) -> bool:
        """Whether nothing is to be done, where the utterance negates a verb."""
        if isinstance(decision, Abstain) and decision.reason == "out_of_scope":
            return reading.is_contrast
        if reading.is_contrast or not decision.candidates:
            return isinstance(decision, Abstain)
        verb, meant = reading.negated_verb, [self._tools[decision.candidates[0].tool]]
        if reading.is_weak and (isinstance(decision, Clarify) or verb not in openings(meant, lexicon())):
            return False
        stems = (opening for opening in self._openings if len(opening) >= _SHORTEST_STEM)
        is_known = lexicon().is_verb(verb) or any(map(verb.startswith, stems))
        return not self._has_example(
            decision, lambda own: bool(own.negated_verb) and (own.negated_verb == verb or not is_known)
        )

    def _has_example(self, decision: Decision, has: Callable[[Reading], bool]) -> bool:
        """Whether an example of the likeliest tool is read like this."""
        examples = self._tools[decision.candidates[0].tool].examples if decision.candidates else ()
        return any(has(self._read(normalize(example.utterance))) for example in examples)

    def opens_request(self, text: str) -> bool:
        """Say whether a normalised text begins as requests to these tools do: "set", "remind me"."""
        words = tokenize(text).words
        start = after(lexicon().openers, words, 0)
        return len(words) > start + 1 and words[start] in self._openings

    @cached_property
    def _openings(self) -> frozenset[str]:
        return openings(self._tools, lexicon())

    @cached_property
    def _declared(self) -> frozenset[str]:
        return declared_texts(self._tools)


def _refused(reason: Literal["negated", "cancelled"], decision: Decision) -> Abstain:
    return Abstain(reason, utterance=decision.utterance, in_scope=decision.in_scope, candidates=decision.candidates)


_SHORTEST_STEM = 3
"""An opening of so many letters is recognised in its longer forms: "set" in "setting"."""
