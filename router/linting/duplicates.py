"""Examples that say nearly what must not call their tool."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from router.linting.finding import Finding, Mention
from router.linting.inspection import Inspection
from router.text import normalize

NEAR_COSINE = 0.92
NEAR_LETTERS = 0.75
"""Two utterances are nearly the same where their embeddings and the sketches of their letters are both so similar.

With the shipped encoder "wake me at six" and "wake me up at six" are (0.98 and 0.83); "turn the radio off" and "turn
on the radio" are not (0.87 and 0.83), nor "call mum" and "call mom"."""

_ROWS = 512
"""So many examples at a time are compared with everything."""


def near_duplicates(inspection: Inspection) -> Iterator[Finding]:
    """Yield examples that are nearly an example of another tool, a counterexample of theirs, or out of scope.

    Of several, the nearest comes first: `lint` keeps the first that nobody suppresses.
    """
    others = (*inspection.examples, *inspection.counterexamples, *inspection.out_of_scope)
    same = dict(_same_letters(inspection, others))
    near = dict(_near(inspection))
    for example, subject in enumerate(inspection.examples):
        for index in same.get(example, ()):
            other = others[index]
            yield Finding(
                "near-duplicate",
                "error",
                subject,
                f"{subject} differs only in marks from {_described(index, other, inspection)}",
                _advice(subject, other),
                (other,),
            )
        for index, cosine, letters in near.get(example, ()):
            if index in same.get(example, ()):
                continue
            other = others[index]
            yield Finding(
                "near-duplicate",
                "warning",
                subject,
                f"{subject} is nearly {_described(index, other, inspection)} "
                f"(cosine {cosine:.2f}, letters {letters:.2f})",
                _advice(subject, other),
                (other,),
                {"cosine": cosine, "letters": letters},
            )


def _same_letters(inspection: Inspection, others: tuple[Mention, ...]) -> Iterator[tuple[int, list[int]]]:
    """Yield (example, all that it must not be) with the same letters and digits."""
    by_letters = defaultdict(list)
    for index, other in enumerate(others):
        by_letters[_letters(other.text)].append(index)
    by_letters.pop("", None)
    for group in by_letters.values():
        for one in group:
            if one < len(inspection.examples):
                rivals = [other for other in group if _are_rivals(one, other, inspection)]
                if rivals:
                    yield one, rivals


def _letters(text: str) -> str:
    """Leave out case, punctuation and spaces, but not between digits, nor a number's minus, nor `#`, as in C#.

    Emoji, currencies, `+` and the vowel signs of many scripts are no punctuation.

    >>> _letters("What's up? 7:30!"), _letters("set it to -5"), _letters("covid-19")
    ('whatsup7:30', 'setitto-5', 'covid19')
    """
    said = normalize(text).casefold()
    kept, end = [], 0
    for are_marks, group in groupby(said, _is_mark):
        run = "".join(group)
        before, end = said[end - 1 : end], end + len(run)
        after = said[end : end + 1]
        if not are_marks or (before.isdigit() and after.isdigit()):
            kept.append(run)
        elif run[-1] == "-" and after.isdigit() and (run != "-" or not before):
            kept.append("-")
    return "".join(kept)


def _is_mark(character: str) -> bool:
    return character != "#" and unicodedata.category(character)[0] in "PZ"


def _near(inspection: Inspection) -> Iterator[tuple[int, list[tuple[int, float, float]]]]:
    """Yield (example, all of (what it must not be, cosine, similarity of letters)), the nearest first."""
    material = inspection.material
    parts = (material.examples, material.counterexamples, material.out_of_scope)
    embeddings = np.concatenate([part.embeddings for part in parts])
    sketches = np.concatenate([part.sketches for part in parts])
    for start in range(0, len(material.examples), _ROWS):
        cosines = embeddings[start : start + _ROWS][: len(material.examples) - start] @ embeddings.T
        found: defaultdict[int, list[tuple[int, float, float]]] = defaultdict(list)
        for row, other in zip(*(cosines >= NEAR_COSINE).nonzero(), strict=True):
            example, cosine = int(start + row), float(cosines[row, other])
            letters = float(np.vecdot(sketches[example], sketches[other]))
            if letters >= NEAR_LETTERS and _are_rivals(example, int(other), inspection):
                found[example].append((int(other), cosine, letters))
        yield from ((example, sorted(rivals, key=lambda rival: -rival[1])) for example, rivals in found.items())


def _are_rivals(example: int, other: int, inspection: Inspection) -> bool:
    """Whether the two must not be the same; of two examples, whether `other` is the later one."""
    material = inspection.material
    other -= len(material.examples)
    if other < 0:
        other += len(material.examples)
        return other > example and bool(material.owners[other] != material.owners[example])
    if other < len(material.counterexamples):
        return bool(material.counter_owners[other] == material.owners[example])
    return True


def _described(index: int, other: Mention, inspection: Inspection) -> str:
    if not other.tool:
        return f"{other}, which is out of scope"
    if index < len(inspection.examples):
        return f"{other}, an example of {other.tool!r}"
    return f"{other}, a counterexample of the same tool"


def _advice(subject: Mention, other: Mention) -> str:
    if subject.tool == other.tool or not other.tool:
        return f"Keep the one that is true: should people who say this get {subject.tool!r}?"
    return "Keep it in the tool that it should call, or say in both what tells them apart."
