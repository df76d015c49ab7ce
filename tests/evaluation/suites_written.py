"""The same suite in each kind of file, and what becomes of a file when it is read."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from router import ToolSet
from router.errors import SuiteError
from router.evaluation import Suite, load_suite
from tests.strategies import as_yaml

ROWS: list[dict[str, Any]] = [
    {"utterance": "wake me at six", "intent": "set_alarm", "arguments": {"time": "six"}, "tags": ["asr"]},
    {"utterance": "who wrote hamlet", "intent": "out_of_scope", "language": "en", "note": "From a walk."},
    {
        "utterance": "seven o'clock, jazz",
        "intent": ["set_alarm", "play_music"],
        "cluster": "seven",
        "now": "2026-11-23T15:00",
    },
]
COLUMNS = ("id", "utterance", "intent", "arguments", "tags", "language", "now", "cluster")


def as_json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = dict(row) | {key: "|".join(row[key]) for key in ("tags", "intent") if isinstance(row.get(key), list)}
        cells |= {"arguments": json.dumps(row["arguments"])} if "arguments" in row else {}
        writer.writerow([cells.get(column, "") for column in columns])
    return written.getvalue().encode()


def as_yaml_suite(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return as_yaml({"cases": list(rows)})


WRITERS = {"everyday.jsonl": as_json_lines, "everyday.yaml": as_yaml_suite, "everyday.csv": as_csv}


def loaded(folder: Path, content: bytes | str, name: str = "everyday.jsonl", tools: ToolSet | None = None) -> Suite:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_suite(file, tools)


def problems(
    folder: Path, content: bytes | str, name: str = "everyday.jsonl", tools: ToolSet | None = None
) -> list[str]:
    """What is wrong with a file, each as `LINE PATH: MESSAGE`."""
    with pytest.raises(SuiteError, match=re.escape(str(folder))) as raised:
        loaded(folder, content, name, tools)
    return [f"{p.line} {p.path}: {p.message}" if p.path else f"{p.line} {p.message}" for p in raised.value.problems]


def survives(folder: Path, name: str, content: bytes) -> None:
    """Any file gives a suite that can be written and read again, or the one error, with a problem in it."""
    try:
        cases = loaded(folder, content, name).cases
    except SuiteError as error:
        cases, explanation = (), str(error)
    else:
        explanation = ""
    assert "problem" in explanation or loaded(folder, as_json_lines([case.to_dict() for case in cases])).cases == cases
