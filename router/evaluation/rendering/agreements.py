"""How two routers agree: for a terminal, for a pull request, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from router.evaluation.agreement import PERCENTILES, Agreement, Disagreement, chosen_tools
from router.evaluation.rendering import markup
from router.evaluation.rendering.layout import table, wrapped
from router.evaluation.wording import INTERVAL, counted, escaped, quoted

MOST = 10
"""So many pairs and utterances are shown."""
SIDES = ("acting", "shadow")

NOT_KEPT = "The log does not keep utterances. DecisionLog(path, utterances='keep') does, where people may be quoted."


def agreement_as_text(found: Agreement, width: int) -> str:
    """Lay out an agreement in lines of `width` cells, 72 at least."""
    return "\n".join(_text(found, width))


def agreement_as_markdown(found: Agreement) -> str:
    """Write an agreement as GitHub reads it."""
    return "\n".join(_markdown(found)).rstrip()


def agreement_as_json(found: Agreement) -> dict[str, Any]:
    """Return an agreement as JSON values; `tools` are empty for no tool, and several for a question."""
    return {
        "decisions": found.decisions,
        "paired": found.paired,
        "compared": found.compared,
        "utterances": found.utterances,
        "agreed": found.agreed,
        "share": None if found.share is None else round(found.share, 6),
        "interval": found.interval and [round(end, 6) for end in found.interval],
        "pairs": [
            {"acting": [*pair.acting], "shadow": [*pair.shadow], "times": times} for pair, times in found.pairs.items()
        ],
        "disagreements": [
            {
                "utterance": each.utterance,
                "acting": [*each.pair.acting],
                "shadow": [*each.pair.shadow],
                "times": each.times,
                "confidence": None if each.confidence is None else round(each.confidence, 6),
            }
            for each in found.disagreements
        ],
        "errors": {side: dict(errors) for side, errors in found.errors.items()},
        "milliseconds": {
            side: {f"p{percent}": round(time, 3) for percent, time in times.items()}
            for side, times in found.milliseconds.items()
        },
    }


def _text(found: Agreement, width: int) -> Iterator[str]:
    yield from wrapped(_headline(found), width)
    if found.pairs:
        yield ""
        yield "where they differed, the most frequent first"
        rows = [(escaped(acting), escaped(shadow), times) for acting, shadow, times in _pairs(found)]
        yield from table([("acting", "shadow", "times"), *rows], width, numbers=[2])
        yield from _more(len(found.pairs), "pair")
    kept = _quotable(found)
    if kept:
        yield ""
        yield "about what, the most frequent first, then the surest"
        for each in kept[:MOST]:
            yield from wrapped(f"{quoted(each.utterance or '')}: {escaped(_differed(each))}", width, "  ", "    ")
        yield from _more(len(kept), "utterance")
    elif found.pairs:
        yield ""
        yield from wrapped(NOT_KEPT, width, indent="")
    times, errors = _times(found), _errors(found)
    if times:
        yield ""
        yield "milliseconds"
        yield from table([("", *_PERCENTS), *times], width, numbers=range(1, 4))
    if errors:
        yield ""
        yield "errors"
        yield from table([(escaped(what), side, times) for side, what, times in errors], width, numbers=[2])


def _markdown(found: Agreement) -> Iterator[str]:
    yield "### Shadow mode"
    yield ""
    yield f"{_headline(found)}."
    yield ""
    rows = [(markup.code(acting), markup.code(shadow), times) for acting, shadow, times in _pairs(found)]
    yield from markup.table(("acting", "shadow", "times"), rows, [2])
    yield from _more(len(found.pairs), "pair")
    kept = _quotable(found)
    if kept:
        items = [f"{markup.code(each.utterance or '')}: {markup.code(_differed(each))}" for each in kept[:MOST]]
        yield from markup.details("About what they differed", markup.bullets(items, len(kept)))
    elif found.pairs:
        yield NOT_KEPT
        yield ""
    yield from markup.table(("milliseconds", *_PERCENTS), _times(found), range(1, 4))
    errors = [(markup.code(what), side, times) for side, what, times in _errors(found)]
    yield from markup.table(("error", "of", "times"), errors, [2])


_PERCENTS = tuple(f"p{percent}" for percent in PERCENTILES)


def _headline(found: Agreement) -> str:
    """Say how often they agreed, and of how many."""
    of = f"n={found.compared:,}"
    if found.utterances is not None:
        of += f", {counted(found.utterances, 'different utterance')}"
    if found.share is None or found.interval is None:
        return "nothing could be compared: every time one of them failed"
    low, high = found.interval
    return f"agreement {found.share:.3f} ({INTERVAL} {low:.3f} to {high:.3f}, {of})"


def _pairs(found: Agreement) -> list[tuple[str, str, str]]:
    first = islice(found.pairs.items(), MOST)
    return [(chosen_tools(pair.acting), chosen_tools(pair.shadow), f"{times:,}") for pair, times in first]


def _quotable(found: Agreement) -> Sequence[Disagreement]:
    return [each for each in found.disagreements if each.utterance is not None]


def _differed(each: Disagreement) -> str:
    """Say what each chose, how often, and how sure the surer was."""
    known = [counted(each.times, "time")] if each.times > 1 else []
    known += [] if each.confidence is None else [f"{each.confidence:.2f}"]
    beside = f" ({', '.join(known)})" if known else ""
    return f"acting {chosen_tools(each.pair.acting)}, shadow {chosen_tools(each.pair.shadow)}{beside}"


def _times(found: Agreement) -> list[tuple[str, ...]]:
    return [(side, *(f"{time:.3f}" for time in times.values())) for side, times in found.milliseconds.items() if times]


def _errors(found: Agreement) -> list[tuple[str, str, str]]:
    return [(side, what, f"{times:,}") for side in SIDES for what, times in found.errors[side].items()]


def _more(n: int, what: str) -> Iterator[str]:
    if n > MOST:
        yield f"  and {counted(n - MOST, f'more {what}')}"
