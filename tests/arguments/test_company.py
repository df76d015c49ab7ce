"""What examples have beside each other decides what may be beside each other in a call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from router import Router, ToolCall
from router.arguments import Moment
from router.arguments.company import _at_most, apart, joined, joiners
from router.arguments.filler import Filled, Filler
from router.arguments.holes import holes
from router.arguments.reading import Readings
from router.arguments.teaching import teach
from router.arguments.words import split_words
from router.declarations import Tool
from router.encoders import HashingEncoder, encode_utterance_tokens
from router.scoring.lexical import sketches

ENCODER = HashingEncoder(64)
VOLUME = {"level": {"type": "integer"}, "direction": {"enum": ["up", "down"]}, "stream": {"enum": ["media", "call"]}}
ITEMS = {"items": {"type": "array", "items": {"type": "string"}}, "title": {"type": "string"}}


def _tool(properties: dict[str, Any], said: Sequence[Any]) -> Tool:
    declared = {"type": "object", "properties": properties}
    return Tool.from_dict({"name": "t", "description": "T.", "parameters": declared, "examples": list(said)})


def _filled(tool: Tool, text: str) -> Filled:
    (tokens,) = encode_utterance_tokens(ENCODER, [text])
    row = np.concatenate([tokens.row, np.float32(0.5) * sketches([text])[0]])
    return Filler(tool, teach(tool, ENCODER, 0.5), {}).fill(text, tokens, row, Readings(text, Moment()), [])


def _louder(words: str) -> dict[str, Any]:
    return {"utterance": words, "arguments": {"direction": "up"}}


LEVELS = ["set it to {level: 40}", "volume {level: 70}", "make it {level: 55}", "sound at {level: 20}", "{level: 10}"]
LOUDER = [_louder(f"{verb} the volume a bit") for verb in ("raise", "lift", "boost", "increase", "pump")]
BOTH = [
    {"utterance": f"raise the volume to {level}", "arguments": {"level": level, "direction": "up"}}
    for level in (45, 65, 85, 95)
]


def test_what_is_implied_is_left_out_beside_what_examples_never_have_it_beside() -> None:
    said = "raise the volume to 80"
    separate = {value.hole.name: value.value for value in _filled(_tool(VOLUME, [*LEVELS, *LOUDER]), said).values}
    assert separate == {"level": 80}
    together = _filled(_tool(VOLUME, [*LEVELS, *LOUDER, *BOTH]), said)
    assert {value.hole.name: value.value for value in together.values} == {"level": 80, "direction": "up"}
    alone = _filled(_tool(VOLUME, [*LEVELS, *LOUDER]), "raise the volume now")
    assert {value.hole.name: value.value for value in alone.values} == {"direction": "up"}


def test_few_examples_do_not_keep_parameters_apart() -> None:
    assert apart(_tool(VOLUME, [*LEVELS[:2], *LOUDER[:2]])) == frozenset()
    assert {hole.name for pair in apart(_tool(VOLUME, [*LEVELS, *LOUDER])) for hole in pair} == {"level", "direction"}
    assert apart(_tool(VOLUME, [*LEVELS, *LOUDER, *BOTH])) == frozenset()
    assert apart(_tool({}, [])) == frozenset()


@given(st.integers(0, 5), st.integers(0, 60), st.floats(0, 1))
def test_the_probability_is_that_of_the_binomial_distribution(count: int, draws: int, share: float) -> None:
    assert _at_most(count, draws, share) == pytest.approx(binom.cdf(count, draws, share), abs=1e-9)


@pytest.mark.parametrize(
    ("said", "joining"),
    [
        (["add {items: two bags of rice}", "add {items: eggs} and {items: ham}"], {"bags", "of"}),
        (["add {items: two bags of rice}"], set()),
        (["add {items: salt and pepper}", "add {items: eggs} and {items: ham}"], set()),
        (["{items: Check-in of Tom's bag}, {items: milk}"], {"in", "of", "tom"}),
        (["put {items: bits and bobs of it}, also {items: milk} as well as {items: tea}"], {"and", "bobs", "of"}),
    ],
)
def test_what_joins_is_inside_a_value_and_never_between_two(said: list[str], joining: set[str]) -> None:
    tool = _tool(ITEMS, said)
    assert joiners(tool, holes(tool)[0]) == joining


def test_of_one_value_all_that_is_inside_joins() -> None:
    tool = _tool(ITEMS, ["note {title: the price of eggs}"])
    assert joiners(tool, holes(tool)[1]) == {"price", "of"}


@pytest.mark.parametrize(
    ("text", "segments", "expected"),
    [
        ("2 kg of flour", [(0, 0, 1), (0, 3, 3)], [(0, 0, 3)]),
        ("2 kg OF the flour of joy", [(0, 0, 1), (0, 4, 4), (0, 6, 6)], [(0, 0, 6)]),
        ("2 kg of flour", [(0, 0, 1), (1, 3, 3)], [(0, 0, 1), (1, 3, 3)]),
        ("2 kg flour", [(0, 0, 1), (0, 2, 2)], [(0, 0, 1), (0, 2, 2)]),
        ("kg of of of flour", [(0, 0, 0), (0, 4, 4)], [(0, 0, 0), (0, 4, 4)]),
        ("kg of and flour", [(0, 0, 0), (0, 3, 3)], [(0, 0, 0), (0, 3, 3)]),
        ("nothing", [], []),
    ],
)
def test_values_that_only_joining_words_divide_are_one(
    text: str, segments: list[tuple[int, int, int]], expected: list[tuple[int, int, int]]
) -> None:
    assert joined(split_words(text), segments, [{"of", "the"}, set()]) == expected


@pytest.mark.parametrize(
    ("said", "tool", "expected"),
    [
        (
            "add 2 kg of flour to the shopping list",
            "add_to_list",
            {"items": ["2 kg of flour"], "list_name": "shopping"},
        ),
        ("turn the sound up to eighty percent", "set_volume", {"level": 80}),
        (
            "wake me at 6 on weekdays, called swim",
            "set_alarm",
            {"time": "06:00", "days": ["mon", "tue", "wed", "thu", "fri"], "label": "swim"},
        ),
    ],
)
def test_the_shipped_tools_keep_together_what_belongs_together(
    shipped_router: Router, said: str, tool: str, expected: dict[str, Any]
) -> None:
    decision = shipped_router.fill(said, tool)
    assert isinstance(decision, ToolCall)
    assert dict(decision.arguments) == expected


@pytest.mark.parametrize(
    ("said", "language", "level"),
    [
        ("pon el volumen al treinta por ciento", "es", 30),
        ("metti il volume al trenta per cento", "it", 30),
        ("põe o volume a trinta por cento", "pt", 30),
    ],
)
def test_a_number_that_is_a_word_of_a_unit_is_no_value(
    shipped_router: Router, said: str, language: str, level: int
) -> None:
    decision = shipped_router.fill(said, "set_volume", language=language)
    assert isinstance(decision, ToolCall)
    numbers = {value for value in decision.arguments.values() if isinstance(value, int)}
    assert numbers == {level}
