"""Utterances that name contacts, apps, rooms and playlists, marked by hand: `[shawn](Sean Gallagher)`."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SPLITS = ("development", "test")


@dataclass(frozen=True)
class Case:
    """One utterance."""

    kind: str
    """Of which values: contact, app, room or playlist."""
    text: str
    start: int
    end: int
    """Where the value is named; both 0 if nowhere."""
    values: tuple[str, ...]
    """What is meant; several if the words alone do not tell."""
    tag: str


@dataclass(frozen=True)
class Suite:
    """Cases, and the values that are known when they are said."""

    split: str
    values: Mapping[str, list[Any]]
    cases: tuple[Case, ...]

    def known(self, kind: str, contacts: int) -> list[Any]:
        """Return the values of a kind; contacts are filled up with made-up names to a number."""
        own = self.values[kind]
        return own if kind != "contact" else own + made_up(contacts - len(own), self)


def load(split: str) -> Suite:
    """Read one half."""
    data = json.loads((FOLDER / f"{split}.json").read_text("utf-8"))
    return Suite(split, data["values"], tuple(_case(*row) for row in data["cases"]))


def made_up(number: int, suite: Suite, seed: int = 0) -> list[str]:
    """Return names that are made of none of the words that the cases say, so that what a case means stays as marked."""
    said = {word for case in suite.cases for word in case.text[case.start : case.end].lower().split()}
    lists = json.loads((FOLDER / "names.json").read_text("utf-8"))
    first, last = ([name for name in lists[which] if name.lower() not in said] for which in ("first", "last"))
    pairs = sorted({f"{one} {other}" for one in first for other in last})
    return random.Random(seed).sample(pairs, max(number, 0))


def _case(kind: str, marked: str, tag: str) -> Case:
    match = _MARK.search(marked)
    if match is None:
        return Case(kind, marked, 0, 0, (), tag)
    text = marked[: match.start()] + match["words"] + marked[match.end() :]
    return Case(kind, text, match.start(), match.start() + len(match["words"]), tuple(match["values"].split("|")), tag)


_MARK = re.compile(r"\[(?P<words>[^]]+)\]\((?P<values>(?:[^()]|\([^()]*\))+)\)")
