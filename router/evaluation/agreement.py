"""How often two routers said the same, from the log that `Shadow` writes, and where they did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from router.decision_log import Answer, Entry
from router.metrics.intervals import Interval, wilson
from router.text import normalize

PERCENTILES = (50, 95, 99)
"""Of the times that each took."""
TAG = "shadow"
"""Of the cases that come from disagreements."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the one chose and what the other did, as tools in a case of a suite."""

    acting: tuple[str, ...]
    shadow: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An utterance on which they differed, always in the same way."""

    pair: Pair
    utterance: str | None
    """As it was said first; None if the log does not keep utterances."""
    times: int
    confidence: float | None
    """The greatest probability in [0, 1] that one of them gave what it chose; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a log says of two routers."""

    decisions: int
    """Entries, also those of one router alone."""
    paired: int
    """Entries of two routers."""
    compared: int
    """Entries in which both answered without an error."""
    agreed: int
    """Entries in which both chose the same tool, or neither chose one, or both asked about the same tools."""
    utterances: int | None
    """So many different ones were compared; None if the log omits them."""
    interval: Interval | None
    """Wilson's 95 % interval of the share that agreed, as if each entry were independent of the others."""
    pairs: Mapping[Pair, int]
    """Disagreements, the most frequent first."""
    disagreements: tuple[Disagreement, ...]
    """The most frequent first, of these the surest; empty if the log omits utterances."""
    errors: Mapping[str, Mapping[str, int]]
    """Of `acting` and of `shadow`: how often each error occurred."""
    milliseconds: Mapping[str, Mapping[int, float]]
    """Of `acting` and of `shadow`: percentiles of the time."""

    @property
    def share(self) -> float | None:
        """The share of those compared that agreed, in [0, 1]; None if none were compared."""
        return self.agreed / self.compared if self.compared else None


def agreement(entries: Iterable[Entry]) -> Agreement:
    """Compare what two routers answered."""
    listed = [*entries]
    both = [(entry, entry.answer, entry.shadow) for entry in listed if entry.shadow is not None]
    fine = [(entry, acting, shadow) for entry, acting, shadow in both if not acting.error and not shadow.error]
    chosen = [(entry, Pair(acting.tools, shadow.tools)) for entry, acting, shadow in fine]
    differing = [(entry, pair) for entry, pair in chosen if pair.acting != pair.shadow]
    agreed = len(fine) - len(differing)
    sides = {"acting": [acting for _, acting, _ in both], "shadow": [shadow for _, _, shadow in both]}
    said = {_said(entry) for entry, _, _ in fine}
    return Agreement(
        decisions=len(listed),
        paired=len(both),
        compared=len(fine),
        agreed=agreed,
        utterances=None if None in said else len(said),
        interval=wilson(agreed, len(fine)),
        pairs=dict(Counter(pair for _, pair in differing).most_common()),
        disagreements=tuple(sorted(_grouped(differing), key=lambda d: (-d.times, -(d.confidence or 0.0)))),
        errors={side: dict(Counter(a.error for a in of if a.error).most_common()) for side, of in sides.items()},
        milliseconds={side: _percentiles(of) for side, of in sides.items()},
    )


def unlabelled_rows(disagreements: Iterable[Disagreement]) -> Iterator[dict[str, Any]]:
    """Yield a row of a suite for each utterance that is known, without an intent: somebody has to say what is right.

    Until then `load_suite` refuses it. The note says what the routers chose.
    """
    noted: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for each in disagreements:
        if each.utterance is None:
            continue
        key = normalize(each.utterance).casefold()
        first.setdefault(key, each.utterance)
        times = f", {each.times} times" if each.times > 1 else ""
        chosen = f"acting: {chosen_tools(each.pair.acting)}; shadow: {chosen_tools(each.pair.shadow)}{times}"
        noted.setdefault(key, []).append(chosen)
    for key, utterance in first.items():
        clean = utterance.encode("utf-8", "ignore").decode()  # no half of a surrogate pair
        yield {"utterance": clean, "intent": None, "tags": [TAG], "note": ". ".join(noted[key])}


def chosen_tools(tools: Sequence[str]) -> str:
    """Say what was chosen, in a few words.

    >>> chosen_tools(()), chosen_tools(("set_alarm",)), chosen_tools(("set_alarm", "set_timer"))
    ('no tool', 'set_alarm', 'asks: set_alarm or set_timer')
    """
    if not tools:
        return "no tool"
    return tools[0] if len(tools) == 1 else f"asks: {' or '.join(tools)}"


def _grouped(differing: Iterable[tuple[Entry, Pair]]) -> Iterator[Disagreement]:
    """Yield each utterance once for each way in which they differed about it."""
    groups: dict[tuple[str, Pair], list[Entry]] = {}
    for entry, pair in differing:
        said = _said(entry)
        if said is not None:
            groups.setdefault((said, pair), []).append(entry)
    for (_, pair), entries in groups.items():
        answers = [answer for entry in entries for answer in (entry.answer, entry.shadow) if answer]
        known = [answer.confidence for answer in answers if answer.confidence is not None]
        words = next((entry.utterance for entry in entries if entry.utterance is not None), None)
        yield Disagreement(pair, words, len(entries), max(known, default=None))


def _said(entry: Entry) -> str | None:
    """Return what is the same for the same utterance, None if nothing is known of it."""
    if entry.utterance is None:
        return entry.utterance_hash
    return f"said {normalize(entry.utterance).casefold()}"


def _percentiles(answers: Iterable[Answer]) -> dict[int, float]:
    times = [answer.milliseconds for answer in answers if answer.milliseconds is not None]
    return dict(zip(PERCENTILES, np.percentile(times, PERCENTILES).tolist(), strict=True)) if times else {}
