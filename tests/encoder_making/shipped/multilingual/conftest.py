"""Beside the public sets of a few rows each: the same in other languages."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from router.encoder_making.shipped.material import Material, material
from router.encoder_making.shipped.multilingual.translations import Sources, translations
from tests.encoder_making.shipped.conftest import put

MASSIVE = {
    "en-US": {"4": ("wake me", "alarm_set"), "7": ("hush", "audio_mute"), "9": ("put it  down", "lists_add")},
    "de-DE": {"9": ("schreib es auf", "lists_add"), "4": ("weck mich", "alarm_set"), "7": ("ruhe", "audio_mute")},
    "nb-NO": {"7": ("stille", "audio_mute"), "8": ("slå på", "audio_mute"), "9": ("skriv det", "lists_add")},
}
"""By language and id. Alarms are held out."""
CLDR: Mapping[str, Mapping[str, Any]] = {
    "en": {"☕": {"default": ["drink"], "tts": ["hot beverage"]}, "🐈": {"tts": ["cat"]}, "🫥": {"default": ["face"]}},
    "de": {"🐈": {"tts": ["Katze", "Kater"]}, "☕": {"tts": ["Heißgetränk"]}, "🫥": {"tts": ["Gesicht"]}},
    "no": {"☕": {"default": ["kaffe"]}, "🐈": {"tts": ["katt"]}, "🐕": {"tts": ["hund"]}},
}
SHOWN: Mapping[str, Any] = {
    "title": "Coffee machine",
    "config": {
        "step": {"user": {"title": "Set it up", "description": "See https://example.org for more"}},
        "error": {"unknown": "[%key:common::error%]", "none": "{n} %", "long": "a very " * 40 + "long story"},
    },
    "services": {"brew": {"name": "Brew", "description": "Brews a cup of coffee", "example": ["no text"]}},
}
SHOWN_IN_GERMAN: Mapping[str, Any] = {
    "config": {
        "error": {"unknown": "Unbekannt", "none": "{n} Prozent", "long": "Eine lange Geschichte"},
        "step": {"user": {"description": "Siehe https://example.org", "title": "Richte sie ein"}},
    },
    "services": {"brew": {"name": "Brew", "description": "Brüht eine Tasse Kaffee", "gone": "Gibt es nicht mehr"}},
    "title": "Kaffeemaschine",
}


def _put_json(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), "utf-8")


@pytest.fixture(scope="session")
def everywhere(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(data, tmp_path_factory.mktemp("everywhere") / "data")
    for language, rows in MASSIVE.items():
        said = [{"id": number, "text": text, "label": label} for number, (text, label) in rows.items()]
        put(folder / "massive" / language / "train.jsonl", said)
    for language, signs in CLDR.items():
        file = folder / "cldr" / "annotations" / language / "annotations.json"
        _put_json(file, {"annotations": {"identity": {"language": language}, "annotations": signs}})
    shown = folder / "home_assistant" / "components" / "x" / "translations"
    _put_json(shown / "en.json", SHOWN)
    _put_json(shown / "de.json", SHOWN_IN_GERMAN)
    _put_json(shown / "sensor.de.json", {"title": "Zustand"})
    return folder


@pytest.fixture(scope="session")
def english(everywhere: Path, written: Path) -> Material:
    return material(everywhere, written)


@pytest.fixture(scope="session")
def sources(everywhere: Path, english: Material) -> Sources:
    return translations(everywhere, english)
