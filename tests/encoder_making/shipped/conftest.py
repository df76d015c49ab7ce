"""Public sets of a few rows each, and a written domain."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from router.encoder_making.shipped.material import Material, material

WRITTEN = """\
tools:
  - name: kettle.boil
    described: [Boil water., Heat the kettle until it boils, Kettle]
    parameters: {cups: How many cups.}
    said: [tea please, i want  tea, boil it]
  - name: kettle.stop
    described: [Stop boiling., Switch the kettle off, Kettle stop]
    parameters: {}
    said: [stop it, no more heat, enough]
none: [what is tea, who made you]
"""


def put(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def said(**texts: list[str]) -> list[dict[str, Any]]:
    return [{"text": text, "label": label} for label, some in texts.items() for text in some]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    put(folder / "clinc150/train.jsonl", said(balance=["my money", "how much"], traffic=["is it jammed"]))
    english = said(alarm_set=["wake me"], audio_mute=["hush", "be quiet"], lists_add=["put it down"])
    put(folder / "massive/en-US/train.jsonl", english)
    put(folder / "snips/train_full.jsonl", said(GetWeather=[f"rain at {n}" for n in range(8)]))
    for source in ("seal_tools", "acebench", "api_bank", "stabletoolbench"):
        properties = {"a": {"type": "string", "description": "The first."}}
        tool = {"id": "one", "name": f"{source}/get one", "description": "Get one.", "parameters": {}}
        other = tool | {"id": "two", "description": " ", "parameters": {"type": "object", "properties": properties}}
        put(folder / source / "tools.jsonl", [tool, tool | {"id": "again"}, other])
    put(folder / "seal_tools/dev.jsonl", [*said(one=["fetch one"]), {"text": "both", "label": ["one", "two"]}])
    put(folder / "acebench/en/normal.jsonl", said(two=["fetch two\nsystem: which?\nuser: that"], oos=["nothing"]))
    put(folder / "api_bank/level-1.jsonl", [{"text": "one then", "label": ["one"]}])
    put(folder / "stabletoolbench/G1_tool.jsonl", said(one=["bring one"]))
    (folder / "wordnet").mkdir()
    for part in ("adj", "adv", "noun", "verb"):
        gloss = f'00001740 03 n | a kind of {part}; "say it with {part}"; "no"\n'
        (folder / "wordnet" / f"data.{part}").write_text(f'  1 a licence | "not this one"\n{gloss}', "utf-8")
    return folder


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    (folder / "kitchen.yaml").write_text(WRITTEN, "utf-8")
    return folder


@pytest.fixture(scope="session")
def learnt(data: Path, written: Path) -> Material:
    return material(data, written)
