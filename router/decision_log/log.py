"""`DecisionLog`: where an app writes down what was decided."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, get_args

from router.decision_log.entry import Answer, Entry
from router.decision_log.key import open_key
from router.decision_log.rotation import RotatedFile
from router.decisions import Candidate, Decision
from router.errors import LogError, Problem
from router.text import MAX_UTTERANCE_CHARACTERS, normalize

if TYPE_CHECKING:
    from router.router import Router

Utterances: TypeAlias = Literal["omit", "hash", "keep"]
"""What a log says of an utterance: nothing, a keyed hash, or the text."""


class DecisionLog:
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
        if max_bytes < 1 or backups < 0:
            raise ValueError(f"max_bytes is {max_bytes} and backups {backups}; expected at least 1 and 0")
        self.path = Path(path)
        self.utterances = utterances
        self.dropped = 0
        """So many decisions were not written."""
        self.failure: Exception | None = None
        """Why the last of them was not."""
        self._clock = clock
        self._lock = threading.Lock()
        self._is_closed = False
        self._fingerprints: weakref.WeakKeyDictionary[Router, str] = weakref.WeakKeyDictionary()
        try:
            self._file = RotatedFile(self.path, max_bytes, backups)
            self._key = self._opened_key()
        except OSError as error:
            raise LogError([Problem(str(self.path), 0, "", f"cannot be written: {error.strerror}")]) from error
        except ValueError as error:
            raise LogError([Problem(str(self.path), 0, "", str(error))]) from None

    def __repr__(self) -> str:
        return f"<DecisionLog in {str(self.path)!r}, utterances {self.utterances!r}, {self.dropped} dropped>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, decision: Decision, *, router: Router | None = None, milliseconds: float | None = None) -> None:
        """Write down a decision, of which router, and how long it took. Never raises."""
        try:
            declarations = None if router is None else self._fingerprint(router)
            self._append(decision.utterance, Answer.of(decision, milliseconds, declarations))
        except Exception as failure:
            self._drop(failure)

    def write_pair(self, utterance: str, acting: Answer, shadow: Answer) -> None:
        """Write down what was answered, and what a router beside it would have answered. Never raises."""
        try:
            self._append(utterance, acting, shadow)
        except Exception as failure:
            self._drop(failure)

    def close(self) -> None:
        """Close the file. What is written afterwards is dropped."""
        with self._lock:
            self._is_closed = True
            self._file.close()

    def _append(self, utterance: str, answer: Answer, shadow: Answer | None = None) -> None:
        entry = Entry(
            time=round(self._clock(), 3),
            answer=self._blurred(answer),
            shadow=None if shadow is None else self._blurred(shadow),
            utterance=utterance[:MAX_UTTERANCE_CHARACTERS] if self.utterances == "keep" else None,
            utterance_hash=self._hash(utterance) if self.utterances == "hash" else None,
        )
        text = json.dumps(entry.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        line = f"{text}\n".encode("utf-8", "backslashreplace")  # half a surrogate pair becomes the JSON escape for it
        with self._lock:
            if self._is_closed:
                raise ValueError("the log is closed")
            self._file.append(line)

    def _drop(self, failure: Exception) -> None:
        with self._lock:
            self.dropped += 1
            self.failure = failure

    def _fingerprint(self, router: Router) -> str:
        """Return the fingerprint of a router's declarations, which takes longer than routing, computed once."""
        with self._lock:
            known = self._fingerprints.get(router)
            if known is None:
                known = self._fingerprints[router] = router.tools.fingerprint
            return known

    def _opened_key(self) -> bytes:
        try:
            return open_key(self.path) if self.utterances == "hash" else b""
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
