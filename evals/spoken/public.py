"""Times and dates in two public sets, which this project's authors did not write.

Schema-Guided Dialogue has the value that was meant (it was said on the 1st of March 2019);
MASSIVE has the words alone, in many languages, and marks other words than we do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from router.arguments.temporal import Mention, mentions

SAID = datetime(2019, 3, 1)
_VALUES: dict[Literal["time", "date"], str] = {"time": r"[0-9]{2}:[0-9]{2}", "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}"}
_SLOT = re.compile(r"\[(\w+) : ([^\]]+)\]")
_TIMES = frozenset({"time", "date", "timeofday", "general_frequency"})


def table(data: Path, split: str) -> str:
    """Lay out what is found, for the sets in a folder."""
    lines = ["| set | slot | n | value right | words found |", "|---|---|---:|---:|---:|"]
    if (path := data / "sgd" / f"{split}.jsonl").is_file():
        rows = list(_lines(path))
        for kind in _VALUES:
            right = [
                _is_right(row["text"], row["arg_spans"][name], kind, value) for row, name, value in _slots(rows, kind)
            ]
            lines.append(f"| sgd, {split} | {kind} | {len(right)} | {_share(right)} | |")
    for locale in sorted(path.name for path in (data / "massive").glob("*-*") if path.name[:2] in _LANGUAGES):
        if not (data / "massive" / locale / f"{split}.jsonl").is_file():
            continue
        texts = [_marked(row["annot_utt"]) for row in _lines(data / "massive" / locale / f"{split}.jsonl")]
        found = [(slots, list(_sure(text, locale))) for text, slots in texts]
        for kind in _VALUES:
            hits = [
                any(_touch(one, span) for one in sure) for slots, sure in found for name, span in slots if name == kind
            ]
            lines.append(f"| massive {locale}, {split} | {kind} | {len(hits)} | | {_share(hits)} |")
        quiet = [not sure for slots, sure in found if not slots]
        lines.append(f"| massive {locale}, {split} | none, and none found | {len(quiet)} | | {_share(quiet)} |")
    return "\n".join(lines)


def _slots(rows: list[dict[str, Any]], kind: Literal["time", "date"]) -> Iterator[tuple[dict[str, Any], str, str]]:
    for row in rows:
        for name, value in row["args"].items():
            if name in row["arg_spans"] and isinstance(value, str) and re.fullmatch(_VALUES[kind], value):
                yield row, name, value


def _is_right(text: str, words: str, kind: Literal["time", "date"], value: str) -> bool:
    """Whether the surest mention about the words has the value."""
    start = text.find(words)
    near = [
        one
        for one in mentions(text, "en-US", SAID)
        if one.as_format(kind) is not None and _touch(one, (start, start + len(words)))
    ]
    best = max(near, key=lambda one: (one.certainty, one.end - one.start), default=None)
    return best is not None and best.as_format(kind) == value


def _marked(annotated: str) -> tuple[str, list[tuple[str, tuple[int, int]]]]:
    """Return an utterance without the marks of its slots, and where those about time are."""
    text, slots, last = "", [], 0
    for found in _SLOT.finditer(annotated):
        text += annotated[last : found.start()]
        if found[1] in _TIMES:
            slots.append((found[1], (len(text), len(text) + len(found[2]))))
        text, last = text + found[2], found.end()
    return text + annotated[last:], slots


def _sure(text: str, locale: str) -> Iterator[Mention]:
    for one in mentions(text, locale, SAID):
        if one.certainty >= 0.5 and one.kind not in ("number", "ordinal", "measure"):
            yield one


def _touch(one: Mention, span: tuple[int, int]) -> bool:
    return one.start < span[1] and span[0] < one.end


def _share(right: list[bool]) -> str:
    return f"{sum(right) / len(right):.3f}" if right else ""


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text("utf-8").splitlines())


_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
