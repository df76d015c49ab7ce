from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from router.encoder_making.shipped.material import Material
from router.encoder_making.shipped.multilingual.translations import Sources, translations
from router.errors import EncoderError
from router.text import normalize


def test_requests_are_paired_by_their_id_and_english_says_itself(sources: Sources) -> None:
    assert set(sources["massive"]) == {
        ("hush", "hush"),
        ("put it down", "put it down"),
        ("ruhe", "hush"),
        ("schreib es auf", "put it down"),
        ("stille", "hush"),
        ("skriv det", "put it down"),
    }


def test_what_is_held_out_in_english_is_held_out_in_every_language(sources: Sources) -> None:
    seen = {text for pairs in sources.values() for pair in pairs for text in pair}
    assert "ruhe" in seen
    assert not seen & {"wake me", "weck mich"}


def test_signs_are_paired_by_what_is_read_aloud_first(sources: Sources) -> None:
    assert set(sources["cldr"]) == {
        ("hot beverage", "hot beverage"),
        ("cat", "cat"),
        ("Katze", "cat"),
        ("Heißgetränk", "hot beverage"),
        ("katt", "cat"),
    }


def test_sentences_are_paired_by_where_they_stand_if_they_are_prose_and_translated(sources: Sources) -> None:
    assert set(sources["home_assistant"]) == {
        ("Kaffeemaschine", "Coffee machine"),
        ("Richte sie ein", "Set it up"),
        ("Brüht eine Tasse Kaffee", "Brews a cup of coffee"),
    }


def test_all_that_the_english_encoder_learns_says_itself(sources: Sources, english: Material) -> None:
    assert set(sources["english"]) == {(text, text) for text in english.texts()}


def test_every_pair_is_there_once_as_the_router_sees_it(sources: Sources) -> None:
    for pairs in sources.values():
        assert pairs
        assert list(pairs) == sorted(set(pairs))
        assert all(text and text == normalize(text) for pair in pairs for text in pair)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("massive", "massive"),
        ("massive/en-US/train.jsonl", "massive/en-US/train.jsonl"),
        ("cldr/annotations/en/annotations.json", "cldr/annotations/en/annotations.json"),
        ("cldr/annotations/no", "cldr/annotations/no/annotations.json"),
        ("home_assistant/components/x/translations/en.json", "home_assistant/components"),
    ],
)
def test_what_is_missing_is_named(everywhere: Path, english: Material, tmp_path: Path, name: str, named: str) -> None:
    copy = shutil.copytree(everywhere, tmp_path / "data")
    missing = copy / name
    shutil.rmtree(missing) if missing.is_dir() else missing.unlink()
    with pytest.raises(EncoderError, match=f"{re.escape(str(copy / named))}: .*says where the data is"):
        translations(copy, english)


def test_a_file_that_is_no_json_is_named(everywhere: Path, english: Material, tmp_path: Path) -> None:
    copy = shutil.copytree(everywhere, tmp_path / "data")
    file = copy / "home_assistant/components/x/translations/de.json"
    file.write_text('{"title": ', "utf-8")
    with pytest.raises(EncoderError, match=f"{re.escape(str(file))}: is no JSON"):
        translations(copy, english)


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("massive/de-DE/train.jsonl", '{"text": "ruhe", "label": "audio_mute"}', "line 1 has no id, text and label"),
        ("cldr/annotations/de/annotations.json", '{"annotations": {}}', "has no annotations as CLDR lays them out"),
        ("cldr/annotations/de/annotations.json", "[]", "has no annotations as CLDR lays them out"),
    ],
)
def test_a_file_of_another_form_is_named(
    everywhere: Path, english: Material, tmp_path: Path, name: str, content: str, fact: str
) -> None:
    copy = shutil.copytree(everywhere, tmp_path / "data")
    (copy / name).write_text(content, "utf-8")
    with pytest.raises(EncoderError, match=f"{re.escape(str(copy / name))}: {fact}"):
        translations(copy, english)


def test_a_source_of_which_nothing_is_left_is_named(everywhere: Path, english: Material, tmp_path: Path) -> None:
    copy = shutil.copytree(everywhere, tmp_path / "data")
    (copy / "home_assistant/components/x/translations/de.json").unlink()
    fact = "there is nothing to learn from in 'home_assistant'. "
    with pytest.raises(EncoderError, match=f"^{re.escape(f'{copy}: {fact}')}.*says where the data is"):
        translations(copy, english)
