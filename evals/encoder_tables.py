"""Tables of what `evals.encoders` measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from evals.markdown import markdown
from evals.public_sets.massive import LOCALES

PUBLISHED = {"mteb/banking77": 0.915, "mteb/massive/en-US": 0.858}
"""EmbeddingGemma 1 in float32 at 768 dimensions, as its makers published it; not measured here."""
PUBLISHED_NAME = "EmbeddingGemma 300M, *published*"
PUBLISHED_LOCALES = "0.626 *of 51*"

HEAD = (
    *("encoder", "dims", "CLINC150", "AUROC", "BANKING77", "MASSIVE en", "everyday"),
    *("files MB", "peak memory MB", "p50 ms", "× shipped"),
)

Results = Mapping[str, Mapping[str, Any]]


def encoders_table(results: Results) -> str:
    """Return what a router on each encoder gets right, and what it costs."""
    rows = []
    for name in encoders(results):
        costs = results.get(f"{name}/costs", {})
        clinc = results.get(f"{name}/clinc150/10-shot", {})
        everyday = costs.get("everyday", {})
        rows.append(
            (
                name,
                str(costs.get("dimensions", "")),
                *(_value(clinc, metric) for metric in ("accuracy", "auroc")),
                *(
                    _value(results.get(f"{name}/{task}/10-shot", {}), "accuracy")
                    for task in ("banking77", "massive/en-US")
                ),
                _value(everyday, "accuracy"),
                *(_number(costs.get(key), 1) for key in ("size", "memory")),
                *(_number(costs.get(key), 2) for key in ("milliseconds", "ratio")),
            )
        )
    return markdown(HEAD, rows)


def mteb_table(results: Results) -> str:
    """Return the accuracies of MTEB's protocol beside those published."""
    rows = [
        (
            name,
            *(_drawn(results.get(f"{name}/{task}", {})) for task in PUBLISHED),
            _mean([results.get(f"{name}/mteb/massive/{locale}", {}) for locale in LOCALES]),
        )
        for name in encoders(results)
    ]
    rows.append((PUBLISHED_NAME, *(f"{value:.3f}" for value in PUBLISHED.values()), PUBLISHED_LOCALES))
    head = ("encoder", "BANKING77", "MASSIVE en", f"MASSIVE, mean of {len(LOCALES)} languages")
    return markdown(head, rows)


def languages_table(results: Results) -> str:
    """Return accuracies by language: tools with English examples, and MTEB's protocol in the language itself."""
    kinds = {"from-english": "tools in English", "mteb": "MTEB"}
    shown = [
        (kind, name)
        for kind in kinds
        for name in encoders(results)
        if all(f"{name}/{kind}/massive/{locale}" in results for locale in LOCALES)
    ]
    rows = [
        (locale, *(_value(results[f"{name}/{kind}/massive/{locale}"], "accuracy") for kind, name in shown))
        for locale in LOCALES
    ]
    means = (_mean([results[f"{name}/{kind}/massive/{locale}"] for locale in LOCALES]) for kind, name in shown)
    return markdown(("MASSIVE", *(f"{name}, {kinds[kind]}" for kind, name in shown)), [*rows, ("mean", *means)])


def by_language_table(results: Results) -> str:
    """Return what `evals.languages` measured, of encoders that were asked all; what was learnt from is marked."""
    columns = [
        (f"{name}, {what}", *_of_languages({at: results[f"{name}/{task}/{at}"] for at in LOCALES}, task))
        for task, what in _BY_LANGUAGE.items()
        for name in encoders(results)
        if all(f"{name}/{task}/{locale}" in results for locale in LOCALES)
    ]
    first = ("MASSIVE", *LOCALES, f"mean without {_ENGLISH}", f"points below {_ENGLISH}")
    head, *rows = zip(first, *columns, strict=True)
    return markdown(head, rows)


def _of_languages(found: Mapping[str, Mapping[str, Any]], task: str) -> Iterator[str]:
    """Yield each language's accuracy, their mean, and how far it is from English where the tools are in English."""
    yield from (_value(each, "accuracy") for each in found.values())
    others = [each for locale, each in found.items() if locale != _ENGLISH]
    yield _mean(others)
    below = found[_ENGLISH]["accuracy"]["value"] - fmean(each["accuracy"]["value"] for each in others)
    yield f"{100 * below:.1f}" if task.endswith("declarations") else ""


_ENGLISH = "en-US"
_BY_LANGUAGE = {
    "held-out/declarations": "declarations, 6 held-out scenarios",
    "held-out/mteb": "MTEB's protocol, 6 held-out scenarios",
    "all/declarations": "*declarations, all intents*",
    "all/mteb": "*MTEB's protocol, all intents*",
}


def held_out_table(results: Results) -> str:
    """Return what `evals.held_out` measured, an encoder beside the other; what was learnt from is marked."""
    names = dict.fromkeys(name.partition("/")[0] for name in results)
    rows = [
        (what, *(_ranged(results.get(f"{name}/{task}", {}), metric) for name in names))
        for task, metric, what in _HELD_OUT
    ]
    return markdown(("first tool right", *names), rows)


def _ranged(found: Mapping[str, Any], metric: str) -> str:
    """Return a value with its interval, or with its standard deviation over draws."""
    if metric not in found:
        return ""
    value = found[metric]
    if "low" in value:
        return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
    return f"{value['value']:.3f}" + (f" ± {value['sd']:.3f}" if "sd" in value else "")


_HELD_OUT = (
    ("banking77/mteb", "accuracy", "BANKING77, MTEB's protocol"),
    ("banking77/5-shot", "accuracy", "BANKING77, 5 examples"),
    ("banking77/10-shot", "accuracy", "BANKING77, 10 examples"),
    ("clinc150/held-out/labels", "accuracy", "CLINC150, 4 held-out domains, words of the label"),
    ("clinc150/held-out/5-shot", "accuracy", "CLINC150, 4 held-out domains, 5 examples"),
    ("sgd/declarations", "accuracy", "Schema-Guided Dialogue, declarations"),
    ("sgd/paraphrased", "accuracy", "Schema-Guided Dialogue, five paraphrases of the declarations, mean"),
    ("massive/held-out/mteb", "accuracy", "MASSIVE en, 6 held-out scenarios, MTEB's protocol"),
    ("clinc150/learnt/labels", "accuracy", "*CLINC150, 6 domains learnt from, words of the label*"),
    ("clinc150/learnt/5-shot", "accuracy", "*CLINC150, 6 domains learnt from, 5 examples*"),
    ("massive/learnt/mteb", "accuracy", "*MASSIVE en, 12 scenarios learnt from, MTEB's protocol*"),
    ("clinc150/10-shot", "accuracy", "*CLINC150, 10 examples, 6 of 10 domains learnt from*"),
    ("clinc150/10-shot", "auroc", "*the same, AUROC of out of scope*"),
)


def encoders(results: Results) -> list[str]:
    """Return their names, the smallest first."""
    names = dict.fromkeys(name.partition("/")[0] for name in results)
    return sorted(names, key=lambda name: results.get(f"{name}/costs", {}).get("size") or 0.0)


def _value(found: Mapping[str, Any], metric: str) -> str:
    return _number(found.get(metric, {}).get("value"), 3)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _drawn(found: Mapping[str, Any]) -> str:
    if not found:
        return ""
    accuracy = found["accuracy"]
    return f"{accuracy['value']:.3f} ± {accuracy.get('sd', 0.0):.3f} (n={accuracy['draws']})"


def _mean(found: Sequence[Mapping[str, Any]]) -> str:
    """Return a mean of all, and the fewest draws that one of them is of; nothing where one is missing."""
    if not all(found):
        return ""
    draws = [each["accuracy"]["draws"] for each in found if "draws" in each["accuracy"]]
    return f"{fmean(each['accuracy']['value'] for each in found):.3f}" + (f" (n={min(draws)})" if draws else "")
