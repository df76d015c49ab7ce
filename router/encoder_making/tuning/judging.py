"""Whether a tuned encoder is better than the untouched one, on utterances that neither learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from router.evaluation.catalogue import METRICS, better
from router.evaluation.columns import columns
from router.evaluation.differences import Difference, difference
from router.evaluation.measures import Measurement, measure
from router.evaluation.outcomes import Outcome

DECIDING = ("accuracy", "auroc")
"""A tuned encoder is for telling tools apart, and from what is out of scope."""
SHOWN = (*DECIDING, "decision_accuracy", "false_accept_rate", "wrong_call_rate")
"""The last two are what the limits of a policy are about. `compile` cannot measure them of a tuned encoder, which has
seen all that it could hold out."""
_CHANCE = 0.05
"""So unlikely a difference must be if neither is better."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric with the untouched encoder and with the tuned one, on the same cases."""

    metric: str
    untouched: Measurement
    tuned: Measurement
    difference: Difference

    @property
    def better(self) -> bool:
        """Whether the tuned one is better by more than chance, of as many metrics as decide."""
        return self._gain > 0 and self._p < _CHANCE / len(DECIDING)

    @property
    def worse(self) -> bool:
        """Whether the tuned one is worse by more than chance."""
        return self._gain < 0 and self._p < _CHANCE

    @property
    def _gain(self) -> float:
        return self.difference.difference * (1 if better(self.metric) == "higher" else -1)

    @property
    def _p(self) -> float:
        assert self.difference.p is not None
        return self.difference.p


@dataclass(frozen=True, slots=True)
class Verdict:
    """What decided about a tuned encoder."""

    cases: int
    compared: tuple[Compared, ...]
    """Of `SHOWN`, what could be measured."""

    @property
    def kept(self) -> bool:
        """Whether the tuned one is better at one thing that decides, and worse at none that is shown."""
        return bool(self.better) and not self.worse

    @property
    def better(self) -> tuple[str, ...]:
        """What decides and became better."""
        return tuple(each.metric for each in self.compared if each.metric in DECIDING and each.better)

    @property
    def worse(self) -> tuple[str, ...]:
        """What became worse."""
        return tuple(each.metric for each in self.compared if each.worse)


def judge(untouched: Sequence[Outcome], tuned: Sequence[Outcome]) -> Verdict:
    """Compare what came of the same cases."""
    both = columns([*untouched, *tuned])
    compared = []
    for name in SHOWN:
        if found := difference(METRICS[name], both):
            one, other = (measure(columns(outcomes), METRICS[name]) for outcomes in (untouched, tuned))
            compared.append(Compared(name, one, other, found))
    return Verdict(len(untouched), tuple(compared))
