"""What a later part of an utterance refuses or takes back: "turn on the lights, don't set an alarm"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from router.phrasing.lexicon import Lexicon
from router.phrasing.reading import Reading, after, ends_of_cancellation, is_dictated, joint_at, negated_verb, read
from router.phrasing.segmentation import begins_request, pieces
from router.phrasing.tokens import Tokens, tokenize


def refused_later(plain: Reading, tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> Reading:
    """Read an utterance that is `plain` but for what a later part of it may refuse or take back.

    The one request that is left is what it asks for. If none or several are
    left, the refusal stands for all of it, and a tool is reached only if its own
    examples refuse as well.
    """
    words = tokens.words
    ends, looked_at, looked_for = ends_of_cancellation(words, lexicon), {len(words)}, 0
    for index in range(1, len(words)):
        joint = joint_at(words, index, lexicon)
        if not joint and not tokens.is_clause(index):
            continue
        follows = index + joint
        if (end := ends[follows]) is not None and end not in looked_at:
            looked_at.add(end)
            begins = _request_after(tokens, end, lexicon, openings)
            if begins is not None and not _is_quoted(tokens, index, lexicon):
                return Reading(tokens.between(begins, len(words)), is_contrast=True)
        if follows < looked_for:
            continue
        looked_for = after(lexicon.openers, words, follows)
        verb = negated_verb(words, follows, len(words), lexicon)
        if verb is not None:
            left, right = tokenize(tokens.between(0, index)), tokenize(tokens.between(follows, len(words)))
            refused = Reading(tokens.text, words[verb])
            if _is_one_request(left, lexicon, openings) and not _asks(right, lexicon, openings):
                refused = replace(read(left, lexicon, openings), negated_verb=words[verb], is_contrast=True)
            return replace(plain, otherwise=refused) if _is_quoted(tokens, index, lexicon) else refused
    return plain


def _is_quoted(tokens: Tokens, index: int, lexicon: Lexicon) -> bool:
    """Whether what begins at this word belongs to a text that is dictated or searched for."""
    if tokens.is_sentence(index) or lexicon.strong_joints.length_at(tokens.words, index):
        return False
    return is_dictated(tokens.words, after(lexicon.openers, tokens.words, 0), index, lexicon)


def _is_one_request(tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> bool:
    return begins_request(tokens.words, 0, lexicon, openings) and len(pieces(tokens, lexicon, openings)) == 1


def _asks(tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> bool:
    """Whether something that begins with a refusal asks for something else as well."""
    return len(pieces(tokens, lexicon, openings)) > 1 or read(tokens, lexicon, openings).is_contrast


def _request_after(tokens: Tokens, end: int, lexicon: Lexicon, openings: Collection[str]) -> int | None:
    """Return where a request begins behind what takes back all before it: "set a timer, never mind, play jazz"."""
    words = tokens.words
    joint = joint_at(words, end, lexicon)
    rest = after(lexicon.openers, words, end + joint)
    is_apart = joint > 0 or tokens.is_clause(end) or joint_at(words, end - 1, lexicon) > 0
    return rest if is_apart and rest < len(words) and words[rest] in openings else None
