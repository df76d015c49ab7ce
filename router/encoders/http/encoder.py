"""Unit rows from what a server answers."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from router.encoders.http.server import AnswerError, Server
from router.encoders.http.wire import Wire
from router.encoders.protocol import Prefixes
from router.errors import EncoderError

_MAX_CHARACTERS = 4_000
"""A text is cut here; where that is still too long for the model, its half is tried."""


class HttpEncoder:
    """Encode by asking a server.

    A server on this machine is asked for one text at a time, and by one thread
    at a time: llama.cpp computes what comes together in one batch, and a row
    then differs by up to 1e-4 from that of the text alone. Asked so, and by
    nobody else at the time, it gives the same bits. A server elsewhere gets
    many texts in one request, and its rows are as near to equal, in another
    company or on another day, as it makes them. What is cached stays the same.

    A text without anything to see is not sent, because some servers refuse it.
    Rows are normalised here. What looks like a mark of the model, such as
    `[SEP]`, is text for llama.cpp; elsewhere that is the server's affair.

    The fingerprint covers the model's name, its prefixes, the length of a row
    and what the server tells besides: Ollama the digest of the model,
    llama.cpp its sizes, the others nothing. Of those, a model that changes
    under its name goes unnoticed.

    Raises EncoderError if the server is not there, has no such model, or
    answers anything but one finite row that is not zero for each text.
    """

    def __init__(self, wire: Wire, server: Server) -> None:
        self._server = server
        self._wire = wire.identify(server)
        self._batch = 1 if server.is_here else wire.batch
        self._lock = threading.Lock() if self._batch == 1 else contextlib.nullcontext()
        self.dim = len(self._ask(["how long is a row?"])[0])
        told = {"name": self.name, "identity": self._wire.identity, "dim": self.dim, "prefixes": asdict(self.prefixes)}
        self.fingerprint = hashlib.sha256(json.dumps(told, sort_keys=True).encode("ascii")).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"<HttpEncoder {self.name!r}, {self.dim} dims, {self.fingerprint}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self.name} cannot be pickled, because its key would be in it. Open it where it is used.")

    @property
    def name(self) -> str:
        """The kind of server and the model, without where it is."""
        return self._wire.name

    @property
    def prefixes(self) -> Prefixes:
        """What the model's family was trained to see; the servers add nothing themselves."""
        return self._wire.prefixes

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.zeros((len(utterances), self.dim), np.float32)
        rows[:, 0] = 1  # of texts that are not sent
        sent = [place for place, utterance in enumerate(utterances) if utterance.strip()]
        for start in range(0, len(sent), self._batch):
            places = sent[start : start + self._batch]
            found = self._ask([utterances[place][:_MAX_CHARACTERS] for place in places])
            for place, row in zip(places, found, strict=True):
                if len(row) != self.dim:
                    raise EncoderError(f"{self.name}: gave a row of {len(row)} numbers; its rows have {self.dim}")
                rows[place] = row
        return rows

    def _ask(self, texts: Sequence[str]) -> list[NDArray[np.float64]]:
        """Return a unit row for each text, each of any length."""
        try:
            with self._lock:
                answer = self._wire.embed(self._server, texts)
        except AnswerError as error:
            if error.status not in _TOO_LONG_STATUS or not _TOO_LONG.search(str(error)):
                raise
            if len(texts) > 1:
                return [row for text in texts for row in self._ask([text])]
            if len(texts[0]) < 2:
                raise
            return self._ask([texts[0][: len(texts[0]) // 2]])
        if len(answer) != len(texts):
            raise EncoderError(f"{self.name}: gave {len(answer)} rows for {len(texts)} texts")
        return [self._unit(row) for row in answer]

    def _unit(self, given: Any) -> NDArray[np.float64]:
        """Return `[any]`."""
        try:
            row = np.array(given, np.float64)
        except (TypeError, ValueError, OverflowError):
            row = np.empty(0)
        if row.ndim != 1 or not len(row):
            raise EncoderError(f"{self.name}: gave {given!r:.60} in place of a list of numbers")
        largest = np.abs(row).max()
        if not 0 < largest < np.inf:
            what = "zeros only" if largest == 0 else "numbers that are not finite"
            raise EncoderError(f"{self.name}: gave a row of {what}")
        row /= largest  # so that no square is out of range
        row /= np.linalg.norm(row)
        return row


_TOO_LONG_STATUS = {400, 413, 422, 500}
_TOO_LONG = re.compile(
    r"too (large|long)|larger than|exceed|maximum (context|input|sequence)|input length", re.IGNORECASE
)
