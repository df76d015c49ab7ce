"""A declaration is put into words that a person might say, whatever its author wrote."""

import pytest
from hypothesis import given

from router import Tool
from router.scoring.wording import in_words, wordings
from tests.strategies import names, tools

ALARM = Tool(
    "alarmKit.setAlarm_v2",
    "Set an alarm.",
    {
        "type": "object",
        "properties": {
            "alarmTime": {"type": "string", "description": "When it rings."},
            "sound": {"type": "string", "description": "What it plays.", "enum": ["soft_bells", "RadarPing", "7"]},
            "volume": {"type": "integer", "enum": [1, 2]},
            "anything": True,
        },
    },
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("setAlarm", "set alarm"),
        ("SetAlarm", "set alarm"),
        ("set_alarm", "set alarm"),
        ("alarms.set-one", "alarms set one"),
        ("getHTTPAlarms", "get http alarms"),
        ("GPS", "gps"),
        ("iOS17Alarm", "i os17 alarm"),
        ("__init__", "init"),
        ("_", ""),
        ("x", "x"),
    ],
)
def test_an_identifier_is_split_into_words(name: str, words: str) -> None:
    assert in_words(name) == words


@given(names)
def test_a_name_in_words_loses_no_letter(name: str) -> None:
    assert in_words(name).replace(" ", "") == "".join(c for c in name.lower() if c not in "_.-")
    assert in_words(in_words(name)) == in_words(name)


def test_a_declaration_names_its_parameters_describes_them_and_lists_values_that_can_be_said() -> None:
    texts = [text for _, text in wordings(ALARM)]
    assert any(text.startswith("alarm kit set alarm v2: set an alarm") for text in texts)
    assert any("gives alarm time, sound, volume, anything" in text for text in texts)
    assert "When it rings" in texts
    assert any("soft bells, radar ping" in text for text in texts)
    assert not any("7" in text or "1" in text for text in texts)


@pytest.mark.parametrize("name", ["_", "__", "_.-", "A", "aB.cD-eF"])
@pytest.mark.parametrize("description", [".", "...", "S", "Set.\nThen set again."])
def test_odd_names_and_descriptions_are_worded_too(name: str, description: str) -> None:
    assert all(isinstance(text, str) and weight > 0 for weight, text in wordings(Tool(name, description)))


@given(tools)
def test_wordings_weigh_the_same_together_however_many_there_are(tool: Tool) -> None:
    expected = sum(weight for weight, _ in wordings(Tool("a", "B.")))
    assert sum(weight for weight, _ in wordings(tool)) == pytest.approx(expected)


def test_parameters_without_descriptions_count_like_none() -> None:
    bare = Tool("a", "B.", {"type": "object", "properties": {"c": {"description": " "}}})
    assert [weight for weight, _ in wordings(bare)] == [weight for weight, _ in wordings(Tool("a", "B."))]
