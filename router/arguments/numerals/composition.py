"""How the words of a number add up."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from router.arguments.numerals.lexicon import Lexicon

Piece: TypeAlias = tuple[str, float]
"""How a word takes part in a number, see `Lexicon.pieces`, and its value."""


class State(NamedTuple):
    """What some words of a number have come to."""

    total: int = 0
    """Of the thousands and more."""
    group: int = 0
    """Of what is less than a thousand."""
    last: str = ""
    """How the last word took part; "i" after the tens of "five and twenty"."""
    multiplier: int = 10**15
    """What the next thousands must be less than."""

    @property
    def value(self) -> int:
        """The number so far."""
        return self.total + self.group


def pushed(
    lexicon: Lexicon, state: State, pieces: tuple[Piece, ...], is_later: bool
) -> tuple[State, float, bool] | None:
    """Return the number with one more word, the fraction that the word adds, and whether it is an ordinal.

    None if the word does not fit. `is_later` says that words of the number came before.
    """
    half, is_ordinal = 0.0, False
    for position, (kind, value) in enumerate(pieces):
        if kind == "&":
            continue
        if kind == "f":
            half = value
            continue
        if kind == "o":
            is_ordinal, kind = True, _kind_of_ordinal(value)
            is_open = state.last in ("T", "H", "C", "M") or (lexicon.vigesimal and state.last == "t")
            if is_later and position == 0 and not is_open:
                return None
        if kind == "e":
            is_ordinal = True
            continue
        inverted = lexicon.inverted and kind == "T" and state.last == "u"
        if inverted and 0 < state.group % 100 < 10:
            state = state._replace(group=state.group + int(value), last="i")
            continue
        if (following := _push(lexicon, state, kind, int(value))) is None:
            return None
        state = following
    return state, half, is_ordinal


def _push(lexicon: Lexicon, state: State, kind: str, value: int) -> State | None:
    total, group, last, multiplier = state
    if kind == "z":
        return State(0, 0, "z", 0) if last == "" else None
    if lexicon.vigesimal and kind == "T" and value == 20 and last == "u" and group % 100 == 4:
        return State(total, group + 76, "T", multiplier)
    if lexicon.vigesimal and kind == "u" and last == "t" and group % 10 == 0 and value >= 7:
        return State(total, group + value, "u", multiplier)
    if kind == "u" and last in ("", "T", "H", "C", "M"):
        return State(total, group + value, "u", multiplier)
    if kind == "t" and (last in ("", "H", "C", "M") or (last == "T" and _is_vigesimal(lexicon, state, (kind, value)))):
        return State(total, group + value, "t", multiplier)
    if kind == "T" and last in ("", "H", "C", "M"):
        return State(total, group + value, "T", multiplier)
    if kind == "H" and last in ("", "u", "t", "T", "i", "M") and group < 100:
        return State(total, (group or 1) * 100, "H", multiplier)
    if kind == "C" and last in ("", "M"):
        return State(total, group + value, "C", multiplier)
    if kind == "D" and last in ("u", "t") and not total:
        return State(0, group * value, "D", 0)
    if kind == "M" and value < multiplier and (group or (last in ("", "M") and lexicon.bare_thousands)):
        return State(total + (group or 1) * value, 0, "M", value)
    return None


def may_join(lexicon: Lexicon, state: State, piece: Piece) -> bool:
    """Whether an "and" may stand between a number and what follows: "vingt et un", "a hundred and five"."""
    if state.last not in lexicon.joins or piece[0] in "&HDMz":
        return False
    if state.last == "T":
        return piece[0] in "uo" or _is_vigesimal(lexicon, state, piece)
    return state.last != "u" or piece[0] == "T"


def _is_vigesimal(lexicon: Lexicon, state: State, piece: Piece) -> bool:
    """Whether a number goes on like "quatre-vingt-douze", four twenties and twelve."""
    return lexicon.vigesimal and state.group % 100 in (60, 80) and piece[0] == "t"


def _kind_of_ordinal(value: float) -> str:
    if value == 100:
        return "H"
    if value >= 1000:
        return "M"
    return "u" if value < 10 else "T" if value >= 20 and value % 10 == 0 else "t"
