"""How likely it is that words mean a value, by what the words are and how they match.

The figures were chosen by hand on the development half of `evals/known`, so that
of the matches that have a probability about that share is right. `python -m
evals.known` says how far they hold.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worth:
    """How much a match of each kind is worth, in [0, 1]."""

    whole: float = 0.97
    """All words of a value or alias."""
    everyday: float = 0.6
    """All of it, but it is one word that has another use: "rose"."""
    figure: float = 0.3
    """All of it, but it is a single letter or figure."""
    function: float = 0.25
    """All of it, but it is made of words of grammar: "will"."""
    part: float = 0.88
    """Some of its words."""
    weak_part: float = 0.4
    """Some of its words, all of which have other uses: the "rock" of "90s Rock Anthems"."""
    takes_parts: bool = True
    everyday_sound: float = 0.5
    """What a word of everyday life is worth that sounds just like a name: "kneel" for Neil."""
    shortest_known: int = 2
    """Known words of fewer letters are found only as they are written."""


IN_AN_UTTERANCE = Worth()
"""For names that a device knows. Whether "will" is a contact in "will you text mum", the text alone does not say."""
DECLARED = Worth(everyday=0.9, figure=0.5, function=0.5, takes_parts=False, shortest_known=4)
"""For the values that a schema lists, which are few and mostly words of everyday life."""
PHRASE = Worth(everyday=0.97, figure=0.97, function=0.97, weak_part=0.6, everyday_sound=0.75)
"""For a phrase that is known to be a value."""

SAME_SOUND = 0.85
LIKE_SOUND = 0.75
"""The share of sounds in common from which on words of the same consonants sound alike."""
VOWELS_COUNT = 5.0
"""How much it counts that vowels differ, over the number of consonants that agree."""
WRITTEN_TOGETHER = 0.93
POSSESSIVE = 0.9
"""A name with an s that no apostrophe sets apart: "mums"."""
ONE_SLIP = {4: 0.54, 5: 0.68, 6: 0.78, 7: 0.85}
"""By the letters of the longer word; from seven on they are the same."""
TWO_SLIPS = 0.72
DOUBTS_SHARED = 0.6
"""What is left of a word's doubt where another word of the name was said too."""
OTHERS_SHARE = 0.15
"""The share of a match's probability that goes to values that its words fit less well."""
EQUAL = 0.93
"""Values at least this share as likely as the best are as likely."""
