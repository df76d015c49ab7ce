"""Numbers in figures and words, composed as each language composes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from router.arguments.numerals.composition import Piece, State, may_join, pushed
from router.arguments.numerals.lexicon import Lexicon
from router.arguments.numerals.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that was found."""

    end: int
    """The token after its last."""
    value: int | float
    is_ordinal: bool = False
    is_figures: bool = False
    """Whether it is written in figures."""
    is_article: bool = False
    """Whether the word is the indefinite article as well: "une", "ein"."""
    certainty: float = 0.9


class Numerals:
    """Finds the numbers of one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._pieces = lexicon.pieces
        self._endings = re.compile("|".join(lexicon.compound_ordinals) or r"(?!)")
        self._longest = max(map(len, lexicon.pieces))
        self._read = lru_cache(4096)(self._read_word)
        self._rest = lru_cache(1024)(self._parted)

    def at(self, tokens: Tokens, index: int) -> tuple[Numeral, ...]:
        """Return what a number that begins at this token may be, the longest first."""
        kind = tokens.kinds[index]
        if kind == "word":
            return self._spelled(tokens, index)
        if kind == "figures":
            return self._in_figures(tokens, index)
        if kind == "dmy" and (part := _fraction(tokens.words[index])):
            return (Numeral(index + 1, part, is_figures=True, certainty=0.45),)
        if (
            kind == "hyphen"
            and index + 1 < len(tokens)
            and tokens.touches(index + 1)
            and self._may_be_sign(tokens, index)
        ):
            return tuple(_negated(found) for found in self.at(tokens, index + 1) if not found.is_ordinal)
        return ()

    def may_begin(self, word: str) -> bool:
        """Whether a number may begin with this word."""
        return word in self.lexicon.openings or (self.lexicon.compounds and bool(self._read(word)))

    def _spelled(self, tokens: Tokens, index: int) -> tuple[Numeral, ...]:
        words, lexicon = tokens.words, self.lexicon
        if not self.may_begin(words[index]):
            return ()
        found: list[Numeral] = []
        is_sign = words[index] in lexicon.minus and index + 1 < len(words) and words[index + 1] not in lexicon.minus
        if is_sign and self._may_be_sign(tokens, index):
            found += [_negated(one) for one in self.at(tokens, index + 1) if not one.is_ordinal and one.value > 0]
        for end, value in lexicon.groups.matches(words, index):
            found.append(Numeral(end, _plain(value), certainty=0.7))
        for end, value in lexicon.fractions.matches(words, index):
            found.append(Numeral(end, value, certainty=0.5))
        cardinal = self._cardinal(tokens, index)
        if cardinal is not None:
            found.append(cardinal)
            found += self._continued(tokens, cardinal)
        elif words[index] in lexicon.points:
            found += self._decimals(tokens, index, 0)
        found.sort(key=lambda one: -one.end)
        return tuple(found)

    def _in_figures(self, tokens: Tokens, index: int) -> tuple[Numeral, ...]:
        value = self.lexicon.value_of_figures(tokens.words[index])
        if value is None:
            return ()
        plain = Numeral(index + 1, value, is_figures=True)
        end = index + 1
        if end < len(tokens):
            word = tokens.words[end]
            if tokens.kinds[end] == "dmy" and isinstance(value, int) and (part := _fraction(word)):
                return (Numeral(end + 1, value + part, is_figures=True), plain)
            if word == "k" and tokens.touches(end) and value < 10**12:
                return (Numeral(end + 1, _plain(value * 1000), is_figures=True), plain)
            if isinstance(value, int) and word in self.lexicon.ordinal_marks and tokens.touches(end):
                return (Numeral(end + 1, value, is_ordinal=True, is_figures=True, certainty=0.8),)
            if self.lexicon.spaced_groups and isinstance(value, int) and value < 1000:
                while end < len(tokens) and tokens.kinds[end] == "figures" and len(tokens.words[end]) == 3:
                    value, end = value * 1000 + int(tokens.words[end]), end + 1
                if end > index + 1 and value < 10**15:
                    return (Numeral(end, value, is_figures=True), plain)
                value = plain.value
            for kind, factor in self._read(word) or ():
                if kind in "MHD" and (kind != "H" or tokens.words[index].isdigit()) and value < 10**12:
                    return (Numeral(end + 1, _plain(value * factor), is_figures=True), plain)
        return (*sorted(self._continued(tokens, plain), key=lambda one: -one.end), plain)

    def _cardinal(self, tokens: Tokens, index: int) -> Numeral | None:
        """Read as many words as make one number, an ordinal if its last word is one."""
        words, lexicon = tokens.words, self.lexicon
        state, end, half, is_ordinal = State(), index, 0.0, False
        first = index
        if words[index] in lexicon.articles and words[index] not in self._pieces:
            if index + 1 >= len(words) or not any(kind in "HMD" for kind, _ in self._read(words[index + 1]) or ()):
                return None
            state, first = State(group=1, last="u"), index + 1
        at = first
        while at < len(words):
            pieces = self._read(words[at])
            if (pieces and pieces[0][0] == "&") or (words[at] == "," and state.last == "M"):
                is_comma, pieces = words[at] == ",", self._read(words[at + 1]) if at + 1 < len(words) else None
                if not pieces or pieces[0][0] in "&M" or not (is_comma or may_join(lexicon, state, pieces[0])):
                    break
                at += 1
            if not pieces or not (taken := pushed(lexicon, state, pieces, at > first)):
                break
            state, half, is_ordinal = taken
            at += 1
            end = at
            if is_ordinal and at < len(words) and state.value >= 10 and state.value % 10 == 0:
                more = self._read(words[at])
                if more and more[0][0] == "o" and more[0][1] < 10:
                    state, end = State(total=state.value + int(more[0][1])), at + 1
            if half or is_ordinal:
                break
        if end == index or (end == first and first > index):
            return None
        value = state.value
        is_article = end == index + 1 and words[index] in lexicon.articles
        if half:
            return Numeral(end, value + half)
        if is_ordinal:
            certainty = 0.4 if words[end - 1] in lexicon.weak and end == index + 1 else 0.8
            return Numeral(end, value, is_ordinal=True, certainty=certainty)
        return Numeral(end, value, is_article=is_article, certainty=0.3 if is_article else 0.85)

    def _continued(self, tokens: Tokens, number: Numeral) -> list[Numeral]:
        """Return a cardinal with the half, or the decimals, that follow it."""
        if number.is_ordinal or number.end >= len(tokens):
            return []
        found = [
            Numeral(end, number.value + fraction, is_figures=number.is_figures)
            for end, fraction in self.lexicon.halves.matches(tokens.words, number.end)
            if isinstance(number.value, int)
        ]
        if tokens.words[number.end] in self.lexicon.points and not number.is_figures and isinstance(number.value, int):
            found += self._decimals(tokens, number.end, number.value)
        return found

    def _decimals(self, tokens: Tokens, point: int, whole: int) -> list[Numeral]:
        figures, at = "", point + 1
        while at < len(tokens) and len(figures) < 12 and (part := self._cardinal(tokens, at)) and not part.is_ordinal:
            if not 0 <= part.value < 1000 or isinstance(part.value, float):
                break
            figures, at = figures + str(part.value), part.end
        return [Numeral(at, float(f"{whole}.{figures}"))] if figures else []

    def _may_be_sign(self, tokens: Tokens, index: int) -> bool:
        """Whether nothing comes before from which is taken away: "7 minus 5" has no negative number."""
        return index == 0 or (
            tokens.kinds[index - 1] not in {"figures", "clock", "hm", "dmy"}
            and not (tokens.touches(index) and tokens.kinds[index - 1] == "word")
            and not self._read(tokens.words[index - 1])
        )

    def _read_word(self, word: str) -> tuple[Piece, ...] | None:
        """Return what a word is made of, None if it is no part of a number."""
        if word in self._pieces:
            return (self._pieces[word],)
        if not self.lexicon.compounds or len(word) > _LONGEST_WORD:
            return None
        pieces = self._parted(word, 0)
        return pieces if pieces and pieces[0][0] not in "&fe" else None

    def _parted(self, word: str, at: int) -> tuple[Piece, ...] | None:
        """Part the rest of a word into its pieces, the longest first; None if there is no way to."""
        if at == len(word):
            return ()
        for end in range(min(len(word), at + self._longest), at + 1, -1):
            piece = self._pieces.get(word[at:end])
            if piece is not None and (rest := self._rest(word, end)) is not None:
                return (piece, *rest)
        return (("e", 0.0),) if at and self._endings.fullmatch(word, at) else None


def _negated(number: Numeral) -> Numeral:
    return Numeral(number.end, -number.value, False, number.is_figures, False, number.certainty)


def _fraction(written: str) -> float | None:
    """Return the value of "1/2"; None for what is rather a date, or no proper fraction."""
    above, _, below = written.partition("/")
    is_proper = len(above) == 1 and below in ("2", "3", "4", "5", "8") and 0 < int(above) < int(below)
    return round(int(above) / int(below), 6) if is_proper else None


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


_LONGEST_WORD = 64
