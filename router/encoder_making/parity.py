"""How near an encoder is to the one it was made from, and whether that is near enough."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from router.declarations import ToolSet
from router.encoder_making.quantize import Precision
from router.encoders.cache import CachedEncoder
from router.encoders.protocol import Encoder
from router.errors import EncoderError
from router.evaluation import Outcome, Suite, run

Progress = Callable[[str, int, int], object]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What may be lost."""

    mean_cosine: float
    """At least this, over the texts."""
    min_cosine: float
    """At least this, of each text."""
    accuracy: float = 0.02
    """So much smaller the share of right decisions may be, where these are compared."""


TOLERANCES: dict[Precision, Tolerance] = {
    "fp32": Tolerance(0.9999, 0.9999),
    "int8": Tolerance(0.995, 0.98),
    "int4": Tolerance(0.95, 0.80),
}
"""In fp32 only the order of sums differs. MiniLM, a small model that bears quantising worse than large ones do, has on
2,000 utterances of CLINC150 a mean of 0.9989 and a minimum of 0.992 in 8 bits, and in 4 bits 0.9705 and 0.873, at which
a nearest-prototype classifier lost nothing and 0.6 points of accuracy. The bounds leave room beyond these figures, and
none for a mistake in the graph, which shows as a cosine far below."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What two routers, trained alike on either encoder, decided about the same cases."""

    cases: int
    original: float
    """The share that the original's decided right."""
    made: float
    """The share that the other's decided right."""
    same: float
    """The share on which both called the same tool, or neither called one."""


@dataclass(frozen=True, slots=True)
class Parity:
    """What was found."""

    texts: int
    mean_cosine: float
    min_cosine: float
    worst: str
    """The text with the smallest cosine."""
    decisions: Decisions | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a card keeps it: without the text, which is somebody's."""
        found = {key: value for key, value in asdict(self).items() if key != "worst" and value is not None}
        return {key: round(value, 6) if isinstance(value, float) else value for key, value in found.items()}

    def check(self, tolerance: Tolerance) -> None:
        """Raise EncoderError if more was lost than is tolerated."""
        problems = []
        if not self.mean_cosine >= tolerance.mean_cosine:
            problems.append(f"the mean cosine is {self.mean_cosine:.5f}; at least {tolerance.mean_cosine} is tolerated")
        if not self.min_cosine >= tolerance.min_cosine:
            where = f"on {self.worst!r:.80}"
            problems.append(f"the smallest cosine is {self.min_cosine:.5f} {where}; at least {tolerance.min_cosine}")
        if self.decisions and self.decisions.made < self.decisions.original - tolerance.accuracy:
            right = (
                f"{self.decisions.made:.3f} of the decisions are right, of the original's {self.decisions.original:.3f}"
            )
            problems.append(f"{right}; {tolerance.accuracy} less is tolerated")
        if problems:
            raise EncoderError("too far from the original, so nothing was written:\n  " + "\n  ".join(problems))


def spread(texts: Sequence[str], count: int) -> Sequence[str]:
    """Return so many texts or a few more from all over them, to be compared.

    >>> spread(["a", "b", "c", "d", "e", "f"], 3)
    ['a', 'c', 'e']
    """
    return texts[:: max(1, len(texts) // count)]


def compare(original: Encoder, made: Encoder, texts: Sequence[str], progress: Progress = lambda *_: None) -> Parity:
    """Encode each text with both, as it stands, and compare the rows."""
    cosines = []
    for done, text in enumerate(texts):
        progress("comparing", done, len(texts))
        first, second = (encoder.encode([text])[0].astype(np.float64) for encoder in (original, made))
        cosines.append(float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second))))
    progress("comparing", len(texts), len(texts))
    worst = int(np.argmin(cosines))
    return Parity(len(texts), float(np.mean(cosines)), cosines[worst], texts[worst])


def compare_decisions(
    original: Encoder, made: Encoder, tools: ToolSet, suite: Suite | None, progress: Progress = lambda *_: None
) -> Decisions:
    """Train a router on each and ask both the suite's cases; without one the tools' own, each held out.

    Needs scikit-learn.
    """
    with tempfile.TemporaryDirectory() as folder:  # a text that is trained on in several folds is encoded once
        cached = (CachedEncoder(encoder, folder) for encoder in (original, made))
        theirs, ours = (_outcomes(encoder, tools, suite, progress) for encoder in cached)
    count = len(theirs)
    return Decisions(
        count,
        sum(outcome.verdict == "right" for outcome in theirs) / count,
        sum(outcome.verdict == "right" for outcome in ours) / count,
        sum(one.called == other.called for one, other in zip(theirs, ours, strict=True)) / count,
    )


def _outcomes(encoder: Encoder, tools: ToolSet, suite: Suite | None, progress: Progress) -> Sequence[Outcome]:
    from router.evaluation.crossval import cross_validate, suite_of
    from router.training import train

    if suite is None:
        return cross_validate(tools, suite_of(tools), encoder, progress=progress)
    return run(train(tools, encoder, None, progress), suite)
