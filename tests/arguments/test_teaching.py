"""What the examples of a tool mark is what its filler learns, word for word."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import ToolSet
from router.arguments import Taught
from router.arguments.holes import holes
from router.arguments.implied import fit_implied
from router.arguments.teaching import _LEFT_OUT, _UNKNOWN, _marked, _phrases, _value, teach
from router.arguments.words import split_words
from router.declarations import Example, Tool
from router.encoders import HashingEncoder, encode_utterance_tokens
from router.scoring.lexical import sketches
from router.text import normalize
from tests.strategies import examples, tools

ENCODER = HashingEncoder(32)
WEIGHT = 0.5


def _tool(properties: dict[str, Any], said: Sequence[Any]) -> Tool:
    declared = {"type": "object", "properties": properties}
    return Tool.from_dict({"name": "t", "description": "T.", "parameters": declared, "examples": list(said)})


def _marked_words(example: Example, parameters: list[str]) -> list[tuple[str, str]]:
    """Return what a sentence marks: parameter and words."""
    tool = Tool("t", "T.", {"type": "object", "properties": {name: {"type": "string"} for name in parameters}})
    text = normalize(example.utterance)
    found = _marked(example, {hole.parameter: hole for hole in holes(tool)}, dict.fromkeys(parameters))
    return [(name, text[start:end]) for name, (start, end) in found if split_words(text).covering(start, end)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("call {who: anna} at {when: half past six}", [("who", "anna"), ("when", "half past six")]),
        ("  call\t\t{who: anna}", [("who", "anna")]),
        ("ｃａｌｌ　{who: Ａｎｎａ　Ｍａｒｉａ}", [("who", "Anna Maria")]),
        ("please  call   {who: my\tbig  boss}  now", [("who", "my big boss")]),
        ("½ {who: ﬁona} ½ {when: ½}", [("who", "fiona"), ("when", "1⁄2")]),
        ("\u200bcall\u200b {who: an\u200bna}", [("who", "anna")]),
        ("{who: anna}", [("who", "anna")]),
        ("cafe\u0301 {who: Zoe\u0308}", [("who", "Zoë")]),
        ("call {who: anna}, {who: bob}!", [("who", "anna"), ("who", "bob")]),
        ("({who: anna})", [("who", "anna")]),
        ("{who: anna}'s number, {who: denny’s}", [("who", "anna"), ("who", "denny’s")]),
        ("call {other: anna} {who: bob}", [("who", "bob")]),
        ("明日{when: 六時}に起こして", [("when", "六時")]),
    ],
)
def test_slots_land_on_the_words_that_normalising_leaves(marked: str, expected: list[tuple[str, str]]) -> None:
    assert _marked_words(Example.parse(marked), ["who", "when"]) == expected


@pytest.mark.parametrize(
    "marked", ["call {who: ann}a", "pre{who: set}", "{when: 7}pm", "e{who: \u0301x}", "{who: e}\u0301 b"]
)
def test_a_slot_that_cuts_a_word_teaches_nothing(marked: str) -> None:
    assert _marked_words(Example.parse(marked), ["who", "when"]) == []


@given(examples(st.lists(st.sampled_from(["who", "when"]), max_size=3)))
def test_only_the_words_of_slots_are_marked(example: Example) -> None:
    words = [normalize(example.words(slot)) for slot in example.slots]
    found = [said for _, said in _marked_words(example, ["who", "when"])]
    rest = iter(words)
    assert all(said in rest for said in found)  # in this order, some left out


def test_what_is_marked_is_learnt() -> None:
    said = [f"call {{who: {name}}}" for name in ("anna", "bob", "my boss", "eve", "uncle joe", "dr who")]
    taught = teach(_tool({"why": {}, "who": {"type": "string"}}, [*said, "call"]), ENCODER, WEIGHT)
    assert taught.tagger is not None
    assert taught.tagger.parameters == ("who",)
    words = split_words("call zacharias")
    vectors = words.vectors(encode_utterance_tokens(ENCODER, [words.text])[0])
    assert taught.tagger.lattice(words, vectors).best(np.zeros((1, 2, 2))) == [(0, 1, 1)]


SWITCH = {"state": {"type": "string", "enum": ["on", "off"]}}
DAYS = {"type": "array", "items": {"enum": ["mon", "tue"]}}


def test_a_value_is_implied_by_the_rows_that_the_scorer_has() -> None:
    said = [{"utterance": f"{word} lights", "arguments": {"state": "off"}} for word in ("kill", "douse", "no more")]
    said += [{"utterance": f"{word} it up", "arguments": {"state": "on"}} for word in ("light", "brighten", "fire")]
    tool = _tool(SWITCH, [*said, "what about the lamps", "which lamps are there"])
    taught = teach(tool, ENCODER, WEIGHT)
    assert taught.tagger is None
    implied = taught.implied["state"]
    assert implied.values == ("off", "on")
    for text, expected in (("kill lights", 0), ("fire it up", 1), ("which lamps are there", 2)):
        row = np.concatenate([ENCODER.encode([text])[0], np.float32(WEIGHT) * sketches([text])[0]])
        assert implied.probabilities(row).argmax() == expected
    texts = [example.utterance for example in tool.examples]
    rows = np.concatenate([ENCODER.encode(texts), np.float32(WEIGHT) * sketches(texts)], axis=1)
    again = fit_implied(rows, ["off"] * 3 + ["on"] * 3 + [None] * 2, None)
    assert again is not None
    np.testing.assert_allclose(implied.weights, again.weights, atol=1e-3)


@pytest.mark.parametrize(
    ("schema", "example", "expected"),
    [
        (SWITCH["state"], "lights {x: off}", "off"),
        (SWITCH["state"], "lights {x: ＯＦＦ}", "off"),
        (SWITCH["state"], "lights", _LEFT_OUT),
        (SWITCH["state"], "lights {x: away}", _UNKNOWN),
        (SWITCH["state"], ("lights {x: away}", {"x": "off"}), "off"),
        (SWITCH["state"], ("lights {x: on}", {"x": "off"}), "off"),
        (SWITCH["state"], ("lights", {}), _LEFT_OUT),
        ({"type": "boolean"}, "lights {x: loudly}", _UNKNOWN),
        ({"type": "boolean"}, ("lights {x: loudly}", {"x": False}), False),
        ({"enum": ["a", None]}, ("lights", {"x": None}), _LEFT_OUT),
        (DAYS, "on {x: Mon} and {x: tue}", ["mon", "tue"]),
        (DAYS, "on {x: mon} and {x: funday}", _UNKNOWN),
        (DAYS, ("workdays", {"x": ["mon", "tue"]}), ["mon", "tue"]),
        ({"type": "integer", "enum": [1, 2]}, "level {x: 2}", 2),
    ],
)
def test_an_example_has_a_value_or_leaves_it_out_or_does_not_tell(schema: Any, example: Any, expected: Any) -> None:
    said = example if isinstance(example, str) else {"utterance": example[0], "arguments": example[1]}
    tool = _tool({"x": schema}, [said])
    found = _value(tool.examples[0], holes(tool)[0])
    assert found is expected or found == expected


def test_an_example_that_does_not_tell_is_not_taken_for_one_that_leaves_it_out() -> None:
    known = [{"utterance": "dim them", "arguments": {"state": "off"}}, "which lamps are there"]
    with_it, without = (teach(_tool(SWITCH, said), ENCODER, WEIGHT) for said in ([*known, "{state: dusky} now"], known))
    assert np.array_equal(with_it.implied["state"].weights, without.implied["state"].weights)


@pytest.mark.parametrize(
    ("schema", "said", "expected"),
    [
        (SWITCH["state"], [("lights {x: Away}", {"x": "off"})], {"away": "off"}),
        (SWITCH["state"], [("{x: ｂｅ  gone} lights", {"x": "off"})], {"be gone": "off"}),
        (SWITCH["state"], [("{x: hi}", {"x": "on"}), ("{x: bye}", {"x": "off"})], {"hi": "on", "bye": "off"}),
        (SWITCH["state"], [("lights {x: away}", {}), ("lights", {"x": "on"}), ("lights {x: on}", None)], {}),
        (DAYS, [("{x: m} {x: t}", {"x": ["mon", "tue"]})], {"m": "mon", "t": "tue"}),
        (DAYS, [("{x: workdays}", {"x": ["mon", "tue"]})], {}),
        ({"type": "string"}, [("{x: words}", {"x": "value"})], {}),
    ],
)
def test_phrases_are_words_that_stand_for_a_choice(schema: Any, said: list[Any], expected: dict[str, Any]) -> None:
    rows = [{"utterance": text, "arguments": arguments} if arguments is not None else text for text, arguments in said]
    tool = _tool({"x": schema}, rows)
    assert _phrases(tool, holes(tool)[0]) == expected
    assert teach(tool, ENCODER, WEIGHT).phrases == ({"x": expected} if expected else {})


def test_parts_of_an_object_have_no_phrases_and_nothing_implied() -> None:
    place = {"type": "object", "properties": {"kind": {"enum": ["bar", "shop"]}, "open": {"type": "boolean"}}}
    arguments = {"place": {"kind": "bar", "open": True}}
    taught = teach(
        _tool({"place": place}, [{"utterance": "find {place: a pub}", "arguments": arguments}]), ENCODER, WEIGHT
    )
    assert (taught.phrases, taught.implied) == ({}, {})
    assert taught.tagger is not None
    assert taught.tagger.parameters == ("place",)


@pytest.mark.parametrize(
    "tool",
    [Tool("t", "T."), _tool({}, ["say it"]), _tool({"x": {}}, []), _tool({"x": {"const": 1}}, ["say it"])],
    ids=["no parameters", "no properties", "no examples", "no holes"],
)
def test_where_there_is_nothing_to_learn_nothing_is_taught(tool: Tool) -> None:
    assert teach(tool, ENCODER, WEIGHT) == Taught()


@given(tools)
def test_any_tool_teaches_without_error(tool: Tool) -> None:
    taught = teach(tool, ENCODER, WEIGHT)
    names = {parameter.name for parameter in tool.parameter_list}
    assert names >= {*taught.implied, *taught.phrases, *(taught.tagger.parameters if taught.tagger else ())}


def test_every_slot_of_the_shipped_tools_is_whole_words(shipped_tools: ToolSet) -> None:
    cut = []
    for tool in shipped_tools:
        parameters = [parameter.name for parameter in tool.parameter_list]
        for example in tool.examples:
            if len(_marked_words(example, parameters)) < len(example.slots):
                cut.append(example.marked())
    assert cut == []


def test_every_shipped_tool_teaches_what_its_examples_mark(shipped_tools: ToolSet) -> None:
    encoder = HashingEncoder(8)
    for tool in shipped_tools:
        taught = teach(tool, encoder, WEIGHT)
        marked = {slot.parameter for example in tool.examples for slot in example.slots}
        assert {*(taught.tagger.parameters if taught.tagger else ())} >= marked
        assert all(implied.values for implied in taught.implied.values())
