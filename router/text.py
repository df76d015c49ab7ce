"""The normalisation that every runtime must repeat, character for character."""

from __future__ import annotations

import unicodedata

MAX_UTTERANCE_CHARACTERS = 2000
"""Of a longer text only this much is looked at, and a router declines it. Two minutes of fast speech fit."""


def normalize(utterance: str) -> str:
    r"""Return the form of an utterance that is encoded and matched.

    Unicode NFKC; every run of white space and control characters becomes one
    space; format characters, surrogates, private and unassigned code points go;
    the ends are stripped. At most `MAX_UTTERANCE_CHARACTERS` characters are read,
    and at most so many returned ("…" becomes three). What has this form already
    is returned as it is.

    >>> normalize("  Wake me\tat\u00a0７ ")
    'Wake me at 7'
    """
    composed = unicodedata.normalize("NFKC", utterance[:MAX_UTTERANCE_CHARACTERS])
    if not composed.isprintable():
        kept = "".join(_REPLACED.get(unicodedata.category(c), c) for c in composed)
        composed = unicodedata.normalize("NFKC", kept)  # what stood apart may compose now
    return " ".join(composed.split())[:MAX_UTTERANCE_CHARACTERS].rstrip()


_REPLACED = {"Cc": " ", "Cf": "", "Cs": "", "Co": "", "Cn": ""}
