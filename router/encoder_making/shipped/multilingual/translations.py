"""What is learnt from: texts of many languages, each with what it says in English.

| source | what | licence |
|---|---|---|
| massive | `train` of every language, without every third scenario: requests | CC BY 4.0 |
| cldr | short names of emoji and signs, in the same languages: single words and short phrases | Unicode-3.0 |
| home_assistant | what Home Assistant's integrations show, and how they declare their actions | Apache-2.0 |
| english | all that `en` learnt from, see `router.encoder_making.shipped.material`; each says itself | as there |

A folder for each, beside those of `en`.

- massive: `*/train.jsonl`, as `python -m evals.public --list` lays it out, with the `id` of each row; rows of one `id`
  say the same.
- cldr, the npm package cldr-annotations-full, version 48.2.0: its folder `annotations`.
- home_assistant, the PyPI package homeassistant, version 2024.12.5: the folder `homeassistant/components` of its wheel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from router.encoder_making.shipped.held_out import MASSIVE_HELD_OUT, massive_scenario
from router.encoder_making.shipped.material import WHERE, Material, found_files, rows_of_file, text_of
from router.errors import EncoderError
from router.text import normalize

ENGLISH = "en-US"
_CLDR_OF = {"fil-PH": "fil", "nb-NO": "no", "tl-PH": "fil", "zh-TW": "zh-Hant"}
"""What CLDR calls languages that are not called by the first part of MASSIVE's names."""
_LONGEST = 200
_NO_PROSE = re.compile(r"\[%key|https?://|\n\n|<[a-z]")


class Translation(NamedTuple):
    """A text, and what it says in English."""

    text: str
    english: str


Sources: TypeAlias = Mapping[str, Sequence[Translation]]


def translations(data: Path, english: Material) -> Sources:
    """Read the sets in a folder, laid out as above. Raises EncoderError naming what is missing or of another form."""
    languages = [file.parent.name for file in found_files(data / "massive", "*/train.jsonl")]
    found = {
        "massive": _distinct(_massive(data / "massive", languages)),
        "cldr": _distinct(_cldr(data / "cldr" / "annotations", languages)),
        "home_assistant": _distinct(_home_assistant(data / "home_assistant" / "components")),
        "english": _distinct((text, text) for text in english.texts()),
    }
    if empty := [name for name, pairs in found.items() if not pairs]:
        raise EncoderError(f"{data}: there is nothing to learn from in {', '.join(map(repr, empty))}. {WHERE}")
    return found


def _distinct(pairs: Iterable[tuple[str, str]]) -> tuple[Translation, ...]:
    """Return texts as the router sees them, each pair once, in an order of their own."""
    found = {Translation(normalize(text), normalize(english)) for text, english in pairs}
    return tuple(sorted(each for each in found if each.text and each.english))


def _massive(folder: Path, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    english = {
        number: text
        for number, text, label in _requests(folder / ENGLISH / "train.jsonl")
        if massive_scenario(label) not in MASSIVE_HELD_OUT
    }
    for language in languages:
        for number, text, _ in _requests(folder / language / "train.jsonl"):
            if number in english:
                yield text, english[number]


def _requests(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the id, the text and the label of each row."""
    for line, row in enumerate(rows_of_file(file), start=1):
        try:
            yield row["id"], row["text"], row["label"]
        except (KeyError, TypeError) as error:
            raise EncoderError(f"{file}: line {line} has no id, text and label") from error


def _cldr(folder: Path, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    english = _short_names(folder / "en")
    for language in languages:
        named = _short_names(folder / _CLDR_OF.get(language, language.partition("-")[0]))
        yield from ((name, english[sign]) for sign, name in named.items() if sign in english)


def _short_names(folder: Path) -> dict[str, str]:
    """Return what each sign is called: the first of what is read aloud."""
    file = folder / "annotations.json"
    signs = _json(file)
    try:
        return {sign: said["tts"][0] for sign, said in signs["annotations"]["annotations"].items() if said.get("tts")}
    except (KeyError, TypeError, AttributeError) as error:
        raise EncoderError(f"{file}: has no annotations as CLDR lays them out") from error


def _home_assistant(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each English sentence with what stands in its place in other languages."""
    for file in found_files(folder, "*/translations/en.json"):
        english = {
            at: text
            for at, text in _leaves(_json(file))
            if len(text) <= _LONGEST and re.search("[A-Za-z]{3}", text) and not _NO_PROSE.search(text)
        }
        for other in sorted(set(file.parent.glob("*.json")) - {file}):
            if "." not in other.stem:  # the states of sensors
                yield from (
                    (text, english[at]) for at, text in _leaves(_json(other)) if at in english and text != english[at]
                )


def _leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the texts within, each with where it stands."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*at, key))


def _json(file: Path) -> Any:
    try:
        return json.loads(text_of(file))
    except ValueError as error:
        raise EncoderError(f"{file}: is no JSON: {error}") from error
