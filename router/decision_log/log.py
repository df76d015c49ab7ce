"""`DecisionLog`: where an app writes down what was decided."""

from __future__ import annotations

import hashlib
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from router.decision_log.entry import Answer, Entry
from router.decision_log.key import open_key
from router.decision_log.line_log import LineLog
from router.decisions import Candidate, Decision
from router.text import MAX_UTTERANCE_CHARACTERS, normalize

if TYPE_CHECKING:
    from router.router import Router

Utterances: TypeAlias = Literal["omit", "hash", "keep"]
"""What a log says of an utterance: nothing, a keyed hash, or the text."""


class DecisionLog(LineLog):
    """Write down each decision as a line of JSON.

    What people say stays out of it: the text, arguments, exclusions and questions
    are not written. `utterances="hash"` adds a hash, the same for the same words,
    so that they can be counted; its random key is kept beside the log in
    `PATH.key`, and who has not that file cannot try words against the hash.
    `utterances="keep"` adds the text, at most 2,000 characters of it. Unless it is
    kept, probabilities have two decimals and candidates below 0.005 are left out:
    with more, who has the bundle could tell which utterance gives just these.

    A file that would pass `max_bytes` becomes `PATH.1`, that one `PATH.2`, and the
    last of `backups` goes, so there are at most `max_bytes * (backups + 1)` bytes.
    Only their owner can read the files that it makes; the mode of one that is
    there already stays as it is. One that is deleted or moved meanwhile is begun
    anew. Many threads may write; let only one process at a time have the log
    open. If it is killed, at most the line it was writing is lost.

    To open a log raises LogError if it cannot be written there. To write never
    raises: what cannot be written is counted in `dropped`.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        utterances: Utterances = "omit",
        *,
        max_bytes: int = 1 << 20,
        backups: int = 3,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if utterances not in get_args(Utterances):
            raise ValueError(f"utterances is {utterances!r}; expected one of {', '.join(get_args(Utterances))}")
        self.utterances = utterances
        self._clock = clock
        self._fingerprints: weakref.WeakKeyDictionary[Router, str] = weakref.WeakKeyDictionary()
        super().__init__(path, max_bytes, backups)

    def __repr__(self) -> str:
        return f"<DecisionLog in {str(self.path)!r}, utterances {self.utterances!r}, {self.dropped} dropped>"

    def write(self, decision: Decision, *, router: Router | None = None, milliseconds: float | None = None) -> None:
        """Write down a decision, of which router, and how long it took. Never raises."""

        def row() -> Mapping[str, Any]:
            declarations = None if router is None else self._fingerprint(router)
            return self._entry(decision.utterance, Answer.of(decision, milliseconds, declarations)).to_dict()

        self._write(row)

    def write_pair(self, utterance: str, acting: Answer, shadow: Answer) -> None:
        """Write down what was answered, and what a router beside it would have answered. Never raises."""
        self._write(lambda: self._entry(utterance, acting, shadow).to_dict())

    def _entry(self, utterance: str, answer: Answer, shadow: Answer | None = None) -> Entry:
        return Entry(
            time=round(self._clock(), 3),
            answer=self._blurred(answer),
            shadow=None if shadow is None else self._blurred(shadow),
            utterance=utterance[:MAX_UTTERANCE_CHARACTERS] if self.utterances == "keep" else None,
            utterance_hash=self._hash(utterance) if self.utterances == "hash" else None,
        )

    def _fingerprint(self, router: Router) -> str:
        """Return the fingerprint of a router's declarations, which takes longer than routing, computed once."""
        with self._lock:
            known = self._fingerprints.get(router)
            if known is None:
                known = self._fingerprints[router] = router.tools.fingerprint
            return known

    def _open_more(self) -> None:
        try:
            self._key = open_key(self.path) if self.utterances == "hash" else b""
        except BaseException:
            self._file.close()
            raise

    def _blurred(self, answer: Answer) -> Answer:
        """Return an answer with as many decimals as the log may say."""
        digits = 6 if self.utterances == "keep" else 2
        likely = [Candidate(each.tool, round(each.probability, digits)) for each in answer.candidates]
        return replace(
            answer,
            in_scope=None if answer.in_scope is None else round(answer.in_scope, digits),
            candidates=tuple(each for each in likely if each.probability or self.utterances == "keep"),
        )

    def _hash(self, utterance: str) -> str:
        same = normalize(utterance).casefold().encode()
        return hashlib.blake2b(same, key=self._key, digest_size=16).hexdigest()
