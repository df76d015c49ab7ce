"""Which pieces a language needs: by its script where that is its own, else by its frequent words."""

from __future__ import annotations

from collections.abc import Sequence

from router.encoder_making.vocabulary import Vocabulary
from router.errors import EncoderError, MissingExtraError

SCRIPTS: dict[str, tuple[str, ...]] = {
    "am": ("ETHIOPIC",),
    "el": ("GREEK",),
    "gu": ("GUJARATI",),
    "he": ("HEBREW",),
    "hy": ("ARMENIAN",),
    "ja": ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK", "IDEOGRAPHIC"),
    "ka": ("GEORGIAN",),
    "km": ("KHMER",),
    "kn": ("KANNADA",),
    "ko": ("HANGUL",),
    "lo": ("LAO",),
    "ml": ("MALAYALAM",),
    "my": ("MYANMAR",),
    "or": ("ORIYA",),
    "pa": ("GURMUKHI",),
    "si": ("SINHALA",),
    "ta": ("TAMIL",),
    "te": ("TELUGU",),
    "th": ("THAI",),
    "zh": ("CJK", "IDEOGRAPHIC"),
}
"""Of languages whose script tells them from others, as Unicode begins the names of its letters."""

WORDS = 50_000
"""So many of the most frequent words of a language are looked at."""


def needed(vocabulary: Vocabulary, language: str) -> set[int]:
    """Return the pieces that a language needs.

    The frequent words are those of the package wordfreq (Speer, 2022), as they
    stand and with a capital, at the beginning of a text and within it. Raises
    MissingExtraError without it, EncoderError where it does not know the language.
    """
    if language in SCRIPTS:
        return vocabulary.written_in(SCRIPTS[language])
    words = _frequent(language)
    forms = dict.fromkeys(form for word in words for form in (word, word[:1].upper() + word[1:]))
    placed = [start + form for start in ("", " ", "-") for form in forms]
    return {number for ids in vocabulary.cut(placed) for number in ids}


def _frequent(language: str) -> Sequence[str]:
    try:
        import wordfreq
    except ImportError:
        raise MissingExtraError("wordfreq", "trim", f"which words {language!r} has") from None
    known = sorted({*SCRIPTS, *wordfreq.available_languages()})
    if language not in known:
        raise EncoderError(
            f"nothing is known about the words of {language!r}. Languages: {', '.join(known)}. "
            "Others: give texts in the language."
        )
    words: Sequence[str] = wordfreq.top_n_list(language, WORDS)
    return words
