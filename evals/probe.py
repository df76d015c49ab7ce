"""MTEB's classification protocol: a logistic regression on the embeddings of a few examples.

As `AbsTaskClassification` of MTEB does it (Muennighoff et al., 2023). The draws
are not its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.public_sets.rows import MTEB_DRAWS, MTEB_EXAMPLES, Row, drawn
from router.encoders import Encoder, encode_utterances


def probed(training: Sequence[Row], asked: Sequence[Row], encoder: Encoder, draws: int = MTEB_DRAWS) -> dict[str, Any]:
    """Fit to each draw of the first rows, and return the mean of the accuracies on all of the others."""
    rows = _encoded(encoder, asked)
    found = []
    for seed in range(draws):
        some = drawn(training, MTEB_EXAMPLES, seed)
        said = fitted(_encoded(encoder, some), [row["label"] for row in some], seed).predict(rows)
        found.append(fmean(one == row["label"] for one, row in zip(said, asked, strict=True)))
    spread = {"sd": round(stdev(found), 4)} if draws > 1 else {}
    return {"accuracy": {"value": round(fmean(found), 4), **spread, "draws": draws, "n": len(asked)}}


def fitted(rows: NDArray[np.float32], labels: Sequence[str], seed: int) -> Any:
    """Return the classifier that MTEB fits."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops there on purpose
        return LogisticRegression(random_state=seed, max_iter=100).fit(rows, labels)


def _encoded(encoder: Encoder, rows: Iterable[Row]) -> NDArray[np.float32]:
    return encode_utterances(encoder, [row["text"] for row in rows])
