"""Tables of what `evals.public` measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from evals.markdown import markdown
from evals.public_sets import SETS

GOALS = {
    "clinc150/5-shot": 0.89,
    "clinc150/10-shot": 0.925,
    "clinc150/full": 0.962,
    "banking77/5-shot": 0.82,
    "banking77/10-shot": 0.86,
    "banking77/full": 0.935,
    "sgd/declarations": 0.80,
}

TITLES = {
    "clinc150": "CLINC150",
    "banking77": "BANKING77",
    "massive": "MASSIVE",
    "snips": "SNIPS",
    "sgd": "Schema-Guided Dialogue",
    "bfcl_v4": "BFCL v4",
}

SHOWN = {
    "macro_f1": "macro F1",
    "coverage": "coverage",
    "selective_accuracy": "selective accuracy",
    "calibration_error": "calibration error",
    "auroc": "out-of-scope AUROC",
    "fpr_at_95_tpr": "FPR at 95 % TPR",
    "false_accept_rate": "false accepts",
}
"""What is shown beside accuracy, and how it is headed."""


def public_table(results: Mapping[str, Any]) -> str:
    """Return the figures that most people look for."""
    rows = []
    for name, result in sorted(results.items(), key=lambda item: _order(item[0])):
        found = result["metrics"]
        rows.append(
            (
                _title(name),
                *_accuracy(name, found["accuracy"]),
                _value(found, "calibration_error"),
                _value(found, "auroc"),
                str(found["accuracy"]["n"]),
            )
        )
    head = ("set", "accuracy", "95 % interval", "goal", "calibration error", "out-of-scope AUROC", "n")
    return markdown(head, rows)


def full_table(results: Mapping[str, Any]) -> str:
    """Return all that is kept of tasks with one draw."""
    rows = []
    for name, result in sorted(results.items(), key=lambda item: _order(item[0])):
        found = result["metrics"]
        rows.append(
            (
                _title(name),
                *_accuracy(name, found["accuracy"]),
                *(_value(found, metric) for metric in SHOWN),
                str(found["accuracy"]["n"]),
                str(found["false_accept_rate"]["n"]) if "false_accept_rate" in found else "",
                str(result["left_out"] or ""),
            )
        )
    head = ("set", "accuracy", "95 % interval", "goal", *SHOWN.values(), "n", "n out of scope", "left out")
    return markdown(head, rows)


def operating_table(results: Mapping[str, Any]) -> str:
    """Return the accuracy in scope at several shares of out-of-scope utterances refused."""
    measured = {name: each["operating_points"] for name, each in results.items() if "operating_points" in each}
    recalls = list(dict.fromkeys(recall for points in measured.values() for recall in points))
    rows = [
        (_title(name), *(f"{measured[name][recall]:.3f}" for recall in recalls))
        for name in sorted(measured, key=_order)
    ]
    return markdown(("accuracy in scope, where of out of scope is refused", *recalls), rows)


def draws_table(results: Mapping[str, Any]) -> str:
    """Return means over draws, each with the standard deviation."""
    shown = {"accuracy": "accuracy"} | SHOWN
    rows = []
    for name, result in sorted(results.items(), key=lambda item: _order(item[0])):
        found = result["metrics"]
        cells = (f"{found[m]['value']:.3f} ± {found[m]['sd']:.3f}" if m in found else "" for m in shown)
        rows.append((_title(name), *cells, str(found["accuracy"]["n"])))
    return markdown(("set", *shown.values(), "n"), rows)


def sets_table() -> str:
    """Return where each set is from."""
    rows = [
        (TITLES[each.NAME], each.CARD.source, each.CARD.licence, each.CARD.description, each.CARD.how_made)
        for each in SETS
    ]
    return markdown(("set", "source", "licence", "what is asked", "how it was made"), rows)


def kind(name: str) -> Literal["set", "language", "draws"]:
    """Return which table a task belongs in."""
    if name.endswith("/mteb"):
        return "draws"
    return "language" if name.startswith("massive/") else "set"


def _accuracy(name: str, measured: Mapping[str, float]) -> tuple[str, str, str]:
    goal = GOALS.get(name)
    interval = f"{measured['low']:.3f} to {measured['high']:.3f}"
    return f"{measured['value']:.4f}", interval, f"{goal:.3f}" if goal else ""


def _value(found: Mapping[str, Any], metric: str) -> str:
    return f"{found[metric]['value']:.3f}" if metric in found else ""


def _order(name: str) -> tuple[str, int, str]:
    family, _, task = name.rpartition("/")
    sizes = ["5-shot", "10-shot", "full"]
    return family, sizes.index(task) if task in sizes else 9, task


def _title(name: str) -> str:
    family, _, task = name.partition("/")
    if family == "sgd":
        paraphrase = task.partition(".v")[2]
        return f"{TITLES[family]} (dev), declarations only" + (f", paraphrase {paraphrase}" if paraphrase else "")
    locale, _, protocol = task.rpartition("/")
    shots = {"mteb": "8-shot, 10 draws", "declarations": "declarations only"}.get(protocol, protocol)
    return ", ".join(filter(None, (TITLES[family], locale, shots)))
