"""The logistic head: multinomial logistic regression, kept as plain arrays."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from router.scoring.channels import Channels, Floats
from router.scoring.material import Material, Texts, gather_channels


def fit_head(rows: Floats, classes: NDArray[np.int32], count: int, inverse_penalty: float) -> tuple[Floats, Floats]:
    """Fit `count` classes and return weights [count, F] and biases [count].

    Classes without a row get zeros, as do all when there is only one.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((count, rows.shape[1]), np.float32)
    biases = np.zeros(count, np.float32)
    present = np.unique(classes)
    if len(present) < 2:
        return weights, biases
    model = LogisticRegression(C=inverse_penalty, max_iter=500, tol=1e-5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)  # declarations alone
        model.fit(rows, classes)
    if len(present) == 2:  # one row of logits stands for both classes
        weights[present], biases[present] = [-model.coef_[0] / 2, model.coef_[0] / 2], [-0.5, 0.5] * model.intercept_
    else:
        weights[present], biases[present] = model.coef_, model.intercept_
    return weights, biases


def build_channels(
    material: Material, lexical_weight: float, inverse_penalty: float, none_of_these: Texts | None = None
) -> Channels:
    """Fit the head on all of the material and gather its vectors.

    `none_of_these` are for no tool, beside what is out of scope anyway.
    """
    count = len(material.declarations)
    parts = [material.declarations, material.examples, material.out_of_scope, material.background]
    owners = [np.arange(count, dtype=np.int32), material.owners]
    if none_of_these is not None:
        parts.append(none_of_these)
    outside = sum(map(len, parts[2:]))
    rows = np.concatenate([part.rows(lexical_weight) for part in parts])
    classes = np.concatenate([*owners, np.full(outside, count, np.int32)])
    weights, biases = fit_head(rows, classes, count + bool(outside), inverse_penalty)
    return gather_channels(material, weights, biases)
