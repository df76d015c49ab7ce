"""The number words and units of a language. They are data: `languages/*.json`, and `units/*.json` from the CLDR."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

from router.arguments.numerals.phrases import Phrases
from router.arguments.numerals.tokens import fold
from router.errors import did_you_mean
from router.phrasing.templates import expanded

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
"""The languages that ship. No file has been checked by a native speaker yet."""


@dataclass(frozen=True)
class Lexicon:
    """What a language's files say."""

    pieces: dict[str, tuple[str, float]]
    """How each word takes part in a number, and its value.

    u 1 to 9, t 10 to 19, T 20 to 90, H times a hundred, C several hundred, M times a
    thousand or more, D times a dozen, z zero, & joins, f a fraction within a word, o an ordinal.
    """
    joins: frozenset[str]
    """After what "and" may stand."""
    articles: frozenset[str]
    """Words for one that are indefinite articles."""
    weak: frozenset[str]
    """Ordinals that mean something else as well: "second"."""
    minus: frozenset[str]
    points: frozenset[str]
    """Words between a number and its decimals."""
    ordinal_marks: frozenset[str]
    """What makes figures an ordinal: "th"."""
    groups: Phrases[float]
    """Phrases that are numbers: "a dozen"."""
    fractions: Phrases[float]
    halves: Phrases[float]
    """What is added to a number before it: "and a half"."""
    units: Phrases[tuple[str, ...]]
    """Each with what it may mean, the likeliest first."""
    symbols: Phrases[tuple[str, ...]]
    """Units that stand before the number: "€"."""
    compounds: bool
    """Whether words are written together: "fünfundzwanzig"."""
    compound_ordinals: tuple[str, ...]
    """Endings that make such a word an ordinal, as regular expressions."""
    inverted: bool
    """Whether the ones come before the tens."""
    vigesimal: bool
    """Whether it goes on from sixty and from four twenties to nineteen."""
    bare_thousands: bool
    """Whether a thousand needs no "one"."""
    spaced_groups: bool
    """Whether a space parts thousands."""
    decimal: str
    """What stands before decimals: "." or ","."""
    openings: frozenset[str]
    """Words that a number may begin with, compounds aside."""

    def value_of_figures(self, figures: str) -> int | float | None:
        """Return what figures mean; None if they are too many, or parted as no number is.

        >>> lexicon("en").value_of_figures("1,200.50"), lexicon("de").value_of_figures("1.200")
        (1200.5, 1200)
        """
        if len(figures.replace(",", "").replace(".", "")) > _MOST_FIGURES:
            return None
        if figures.isdigit():
            return int(figures)
        other = "," if self.decimal == "." else "."
        if re.fullmatch(rf"[0-9]{{1,3}}(\{other}[0-9]{{3}})+(\{self.decimal}[0-9]+)?", figures):
            whole = figures.replace(other, "").replace(self.decimal, ".")
            return float(whole) if "." in whole else int(whole)
        if re.fullmatch(r"[0-9]+[.,][0-9]+", figures):
            return float(figures.replace(",", "."))
        return None


def language_of(tag: str) -> str:
    """Return the language of a BCP 47 tag. Raises ValueError for one that does not ship."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    if language not in LANGUAGES:
        raise ValueError(
            f"numbers and times are not known in {tag!r}.{did_you_mean(tag, LANGUAGES)} "
            f"Languages: {', '.join(LANGUAGES)}."
        )
    return language


@cache
def lexicon(language: str) -> Lexicon:
    """Read a language's files."""
    data = _read("languages", language)
    everywhere = _read("languages", "mul")
    pieces: dict[str, tuple[str, float]] = {}
    for kind, key in _PIECES.items():
        pieces.update({fold(word): (kind, value) for word, value in data.get(key, {}).items()})
    pieces.update({fold(word): ("z", 0) for word in data["zero"]})
    pieces.update({fold(word): ("&", 0) for word in data["joiners"]})
    groups, fractions, halves = (Phrases(data.get(key, {}).items()) for key in ("groups", "fractions", "halves"))
    sets = {
        key: frozenset(map(fold, data.get(key, ()))) for key in ("articles", "weak", "minus", "points", "ordinal_marks")
    }
    starts = {word for word, (kind, _) in pieces.items() if kind not in "&f"}
    return Lexicon(
        pieces=pieces,
        joins=frozenset(data["joins"]),
        groups=groups,
        fractions=fractions,
        halves=halves,
        units=Phrases(_units(_expanded(data["units"]), everywhere["units"], _read("units", language))),
        symbols=Phrases((word, tuple(units)) for word, units in everywhere["symbols"].items()),
        compounds=data.get("compounds", False),
        compound_ordinals=tuple(data.get("compound_ordinals", ())),
        inverted=data.get("inverted", False),
        vigesimal=data.get("vigesimal", False),
        bare_thousands=data.get("bare_thousands", False),
        spaced_groups=data.get("spaced_groups", False),
        decimal=data["decimal"],
        openings=frozenset(
            chain(starts, sets["articles"], sets["minus"], groups.root, fractions.root, data.get("leading_points", ()))
        ),
        **sets,
    )


def _expanded(units: dict[str, list[str]]) -> dict[str, list[str]]:
    return {unit: [" ".join(words) for each in names for words in expanded(each)] for unit, names in units.items()}


def _units(*sources: dict[str, list[str]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Return the units by what they are called; sources that come first have the likelier meanings."""
    meanings: dict[str, list[str]] = {}
    for source in sources:
        for unit, names in source.items():
            for name in names:
                name = re.sub(r"[()\[\]|]", " ", name).strip()
                if name and unit not in meanings.setdefault(fold(name), []):
                    meanings[fold(name)].append(unit)
    return ((name, tuple(units)) for name, units in meanings.items() if name)


def _read(folder: str, name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(folder, f"{name}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


_PIECES = {
    "u": "ones", "t": "teens", "T": "tens", "H": "hundred", "C": "hundreds", "M": "thousands", "D": "dozens",
    "f": "inner_fractions", "o": "ordinals",
}  # fmt: skip
_MOST_FIGURES = 15
