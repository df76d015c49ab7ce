"""Logistic regression of scikit-learn, on words and letters or on embeddings."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_union
from sklearn.preprocessing import FunctionTransformer

from evals.peers.protocol import ENCODER, MINILM, NONE, Answer, likeliest

INVERSE_PENALTIES = {"C": [1, 10, 100]}
"""One is chosen in cross-validation on the examples."""


class Linear:
    """Features, and a logistic regression on them.

    It always calls its likeliest label, unless examples for no label were given
    and their class is likelier.
    """

    def __init__(self, features: Callable[[], Any]) -> None:
        self._open = features

    def fit(self, texts: Sequence[str], labels: Sequence[str], none: Sequence[str]) -> None:
        """Fit features, penalty and weights."""
        self._features = self._open()
        rows = self._features.fit_transform([*texts, *none])
        classes = [*labels, *[NONE] * len(none)]
        folds = max(2, min(5, *Counter(classes).values()))
        search = GridSearchCV(LogisticRegression(max_iter=1000), INVERSE_PENALTIES, cv=folds)
        self._model = search.fit(rows, classes).best_estimator_
        self._classes = self._model.classes_.tolist()

    def decide(self, text: str) -> Answer:
        """Classify; the confidence is the probability of the likeliest label."""
        probabilities = self._model.predict_proba(self._features.transform([text]))[0].tolist()
        return likeliest(probabilities, self._classes)


def tfidf() -> Linear:
    """Words and pairs of words, and runs of two to four letters."""
    return Linear(
        lambda: make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        )
    )


def small_embeddings() -> Linear:
    """Embeddings of the encoder that all are given, in 8 bits."""

    def features() -> Any:
        from router.encoders import load_encoder

        return FunctionTransformer(load_encoder(ENCODER).encode)

    return Linear(features)


def published_embeddings() -> Linear:
    """Embeddings of the published float32 weights."""

    def features() -> Any:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(os.environ[MINILM], device="cpu")
        return FunctionTransformer(lambda texts: model.encode(texts, show_progress_bar=False))

    return Linear(features)
