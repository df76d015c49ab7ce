"""What is found in utterances that name nobody: everyday requests that have nothing to do with people or titles."""

from __future__ import annotations

import json

from evals.known.judging import ACTS, Finder
from evals.known.suite import FOLDER
from router.arguments.known.words import words_of

NAMING = frozenset(
    {
        *("make_call", "send_message", "send_email", "add_contact", "find_contact", "read_messages", "create_event"),
        *("create_reminder", "create_note", "add_to_list", "query_calendar", "find_phone", "read_notifications"),
        *("navigate_to", "find_places", "play_media", "queue_media"),
    }
)
"""Tools whose utterances name people, places or titles."""


def let_in(find: Finder, split: str) -> tuple[dict[str, tuple[str, tuple[str, ...]]], int]:
    """Return the utterances in which something is found that was not said in so many words, and how many were asked.

    Each with the words and what they were taken for. The utterances are those of
    the everyday suites of the same half. What is found by a known value's own word
    is left out: some of them do say "my mum".
    """
    suite = FOLDER.parent / "suites" / ("everyday.jsonl" if split == "test" else "development.jsonl")
    rows = [json.loads(line) for line in suite.read_text("utf-8").splitlines()]
    texts = [row["utterance"] for row in rows if isinstance(row["intent"], str) and row["intent"] not in NAMING]
    wrong = {}
    for text in texts:
        for each in find(text):
            said = {word.folded for word in words_of(text[each.start : each.end])}
            own = {word.folded for value in each.values for word in words_of(value)}
            if each.probability >= ACTS and not said <= own:
                wrong[text] = (text[each.start : each.end], each.values[:2])
    return wrong, len(texts)
