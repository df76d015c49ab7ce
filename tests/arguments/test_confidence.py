"""How probable a value is that was found."""

import numpy as np
import pytest

from router.arguments.confidence import Confidence, evidence
from router.arguments.filler import Filled, Value
from router.arguments.holes import holes
from router.declarations import Tool

LABEL = holes(Tool("t", "T.", {"type": "object", "properties": {"label": {"type": "string"}}}))[0]
TEXT = "wake me at six, call it gym"


def _value(words: str, probability: float) -> Value:
    start = TEXT.index(words) if words else 0
    return Value(LABEL, words, words, (start, start + len(words)), probability, "said")


def test_the_default_changes_nothing() -> None:
    filled = Filled((_value("gym", 0.3), _value("", 0.6)))
    assert Confidence().applied(filled, TEXT) is filled


def test_a_fitted_one_maps_log_odds_and_keeps_their_order() -> None:
    filled = Filled((_value("gym", 0.2), _value("six", 0.5), _value("wake", 0.9)))
    found = [value.probability for value in Confidence(log_odds=0.5, bias=1.0).applied(filled, TEXT).values]
    odds = 0.5 * np.log(0.2 / 0.8) + 1.0
    assert found[0] == pytest.approx(1 / (1 + np.exp(-odds)))
    assert found == sorted(found)
    assert all(0 < each < 1 for each in found)


def test_certainty_and_impossibility_stay_finite() -> None:
    filled = Filled((_value("gym", 0.0), _value("six", 1.0)))
    assert np.isfinite(evidence(filled, TEXT)).all()


def test_evidence_counts_the_words_of_a_value_and_those_that_are_left_over() -> None:
    filled = Filled((_value("call it gym", 0.5), _value("", 0.5)))
    assert evidence(filled, TEXT) == pytest.approx(
        np.array([[0.0, 0.0, np.log(3), 4 / 7, 1.0], [0.0, 1.0, 0.0, 4 / 7, 1.0]])
    )


def test_a_text_without_words_has_evidence_too() -> None:
    assert evidence(Filled((Value(LABEL, "🎉", "🎉", (0, 1), 0.5, "said"),)), "🎉").shape == (1, 5)
    assert evidence(Filled(), "").shape == (0, 5)
