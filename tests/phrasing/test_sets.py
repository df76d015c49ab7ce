"""Two sets of utterances are read as their labels say: one that the word lists were made by, one that is reported."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router import Router, ToolSet
from router.phrasing import Phrasing, Reading
from router.phrasing.declared import openings
from router.phrasing.lexicon import lexicon
from router.phrasing.segmentation import pieces
from router.phrasing.tokens import tokenize
from router.text import normalize


def rows(name: str) -> list[dict[str, Any]]:
    text = Path(__file__).with_name(f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def is_read_rightly(row: dict[str, Any], phrasing: Phrasing, tools: ToolSet) -> bool:
    """Whether the reading, or where it might be cut, is as labelled; what the tools' scores add is not looked at."""
    text = normalize(row["utterance"])
    reading, tokens = replace(phrasing.read(text), otherwise=None), tokenize(text)
    match row["kind"]:
        case "negated":
            return bool(reading.negated_verb) and not reading.is_contrast
        case "contrast":
            return reading == Reading(row["request"], reading.negated_verb, is_contrast=True)
        case "cancelled":
            return reading.is_cancelled
        case "excluded":
            return reading.excluded == tuple(row["excluded"])
        case "compound":
            cut = pieces(tokens, lexicon(), openings(tools, lexicon()))
            return [tokens.between(*piece) for piece in cut] == list(row["parts"])
        case kind:
            assert kind == "ordinary"
            return reading == Reading(text) or reading.is_weak


def report(name: str, tools: ToolSet) -> str:
    """Return how many utterances of each kind are read rightly, and which are not."""
    phrasing, right, said, missed = Phrasing(tools), Counter[str](), Counter[str](), []
    for row in rows(name):
        is_right = is_read_rightly(row, phrasing, tools)
        said[row["kind"]] += 1
        right[row["kind"]] += is_right
        if not is_right:
            missed.append(f"{row['kind']}: {row['utterance']}")
    shares = [f"{kind:<10}{right[kind]:>3} of {said[kind]}" for kind in said]
    return "\n".join([*shares, "", *missed, ""])


@pytest.mark.parametrize("name", ["development", "held_out"])
def test_the_sets_are_read_as_reported(name: str, shipped_tools: ToolSet, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", report(name, shipped_tools))


def test_no_utterance_is_in_both_sets() -> None:
    said = [{normalize(row["utterance"]).casefold() for row in rows(name)} for name in ("development", "held_out")]
    assert said[0] & said[1] == set()


def test_what_only_looks_like_it_keeps_one_decision(shipped_router: Router) -> None:
    for row in rows("development"):
        if row["kind"] == "ordinary":
            (decision,) = shipped_router.route_all(row["utterance"])
            assert decision == shipped_router.route(row["utterance"])
            assert getattr(decision, "reason", "") not in {"negated", "cancelled"}, row
            assert not getattr(decision, "excluded", ()), row


def test_nothing_is_done_about_what_is_refused_or_taken_back(shipped_router: Router) -> None:
    for row in rows("development"):
        if row["kind"] in {"negated", "cancelled"}:
            (decision,) = shipped_router.route_all(row["utterance"])
            assert decision.kind == "abstain", row
