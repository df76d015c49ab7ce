"""Tables of what `evals.promises` measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown

SETS = {"clinc150": "CLINC150", "own": "`tool_specs/`"}
ERRORS = {
    "passed": "for no tool, let in",
    "accepted": "for no tool, called one",
    "wrong": "calls to a wrong tool",
    "wrong_harmless": "calls to a wrong tool, harmless ones",
}
"""What a limit is of. The first is what the threshold is set to; only what is let in can call."""
DECLARED = {"nothing": "nothing", "far": "100 for no intent of CLINC150", "near": "50 for siblings, five a domain"}
NEAR = {
    "auroc": "AUROC",
    "fpr_at_95_tpr": "FPR at 95 % TPR",
    "false_accept_rate": "false accepts",
    "coverage": "coverage",
    "wrong_call_rate": "wrong calls",
}


def limits_table(parts: Mapping[str, Any]) -> str:
    """Return how often each limit was exceeded, of each set and confidence."""
    rows = []
    for name, title in SETS.items():
        for confidence, found in parts[name]["at"].items():
            for error in ("passed", "accepted", "wrong"):
                each = found[error]
                rows.append(
                    (
                        title,
                        ERRORS[error],
                        f"{each['limit']:g}",
                        confidence,
                        f"{each['promised']} of {found['splits']}",
                        _with_interval(each["exceeded"]),
                        f"{each['exact']:.3f}" if "exact" in each else "",
                        f"{each['beyond_noise']['value']:.3f}",
                        f"{each['mean']:.4f}",
                        f"{each['sd']:.4f}",
                        f"{each['noise']:.4f}",
                        f"{found['coverage']:.3f}",
                    )
                )
    head = ("set", "errors", "limit", "confidence", "promised in", "over the limit", "of an exact promise")
    return markdown((*head, "beyond noise", "mean share", "sd", "of it noise", "coverage"), rows)


def everyday_table(part: Mapping[str, Any]) -> str:
    """Return what was promised and what came of it on another distribution."""
    rows = [
        (
            ERRORS[error],
            f"{found[error]['limit']:g}",
            confidence,
            _with_interval(found[error]),
            verdict(found[error]),
            str(found[error]["n"]),
            f"{found['coverage']:.3f}",
        )
        for confidence, found in part["at"].items()
        for error in ("accepted", "wrong", "wrong_harmless")
    ]
    return markdown(("errors", "limit", "confidence", "share", "the limit is", "n", "coverage"), rows)


def verdict(found: Mapping[str, Any]) -> str:
    """Say what the interval says of the limit."""
    if not found["promised"]:
        return "not promised"
    if found["high"] <= found["limit"]:
        return "kept"
    return "exceeded" if found["low"] > found["limit"] else "cannot tell"


def near_table(part: Mapping[str, Any]) -> str:
    """Return what declaring some utterances out of scope does for their like."""
    rows = [
        (DECLARED[name], *(f"{found[metric]['mean']:.3f} ± {found[metric]['sd']:.3f}" for metric in NEAR))
        for name, found in part["declared"].items()
    ]
    return markdown(("declared out of scope", *NEAR.values()), rows)


def curve_table(part: Mapping[str, Any]) -> str:
    """Return coverage, and beside it the bound that the threshold has, by limit and confidence."""
    rows = [
        (
            f"{each['max_false_accept']:g}",
            f"{each['confidence']:g}",
            "yes" if each["promised"] else "no",
            f"{each['passed']} of {each['outside']}",
            _bound(each["bound"]),
            "yes" if each["wrong_promised"] else "no",
            _bound(each["wrong_bound"]),
            "" if each["called"] is None else f"{each['called']:.3f}",
        )
        for each in part["rows"]
    ]
    head = (
        "max_false_accept",
        "confidence",
        "promised",
        "let in",
        "at most",
        "max_wrong_call 0.02 promised",
        "at most",
    )
    return markdown((*head, "coverage"), rows)


def _with_interval(found: Mapping[str, float]) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
