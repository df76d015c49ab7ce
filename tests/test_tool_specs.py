"""The tools that ship are whole, and a person is understood by them."""

from collections import Counter
from datetime import datetime

import pytest

from router import Abstain, Parameter, Router, Tool, ToolCall, ToolSet
from tests.strategies import fold

PLAIN = [
    ("please set an alarm for quarter to five tomorrow", "set_alarm"),
    ("start a timer for eleven minutes", "set_timer"),
    ("phone my brother at work", "make_call"),
    ("shoot a text to karen saying we land at noon", "send_message"),
    ("how do i drive to the nearest hospital", "navigate_to"),
    ("could you switch on the torch please", "set_flashlight"),
    ("turn wifi off", "set_wifi"),
    ("put the phone in airplane mode", "set_airplane_mode"),
    ("make the screen a bit dimmer", "set_brightness"),
    ("turn the sound up to eighty percent", "set_volume"),
    ("skip this song it is boring", "skip_track"),
    ("grab a screenshot of this page", "take_screenshot"),
    ("is it going to snow in oslo this weekend", "get_weather"),
    ("translate good evening into portuguese", "translate_text"),
    ("how many ounces are in two kilograms", "convert_units"),
    ("put oat milk on my shopping list", "add_to_list"),
]

NONSENSE = [
    "do you ever get lonely",
    "i had a strange dream about my grandmother",
    "why did the roman empire fall",
    "recommend a novel for the holidays",
    "mop the bathroom floor on friday",
    "explain how vaccines work",
    "my landlord is being unreasonable",
    "write a haiku about autumn",
    "what should i name my puppy",
    "iron my blue shirt for me",
    "fill out my tax return",
    "lorem ipsum dolor sit amet",
    "are cats smarter than dogs in your view",
]


def test_there_are_tools_enough_and_each_has_examples_and_near_misses(shipped_tools: ToolSet) -> None:
    assert len(shipped_tools) >= 36
    assert {tool.name for tool in shipped_tools if len(tool.examples) < 15} == set()
    assert {tool.name for tool in shipped_tools if not tool.counterexamples} == set()
    assert len(shipped_tools.out_of_scope) >= 300


def test_each_file_is_named_like_its_tool(shipped_tools: ToolSet) -> None:
    for tool in shipped_tools:
        assert tool.source is not None
        assert tool.source.file.endswith(f"{tool.name}.yaml")


def test_every_parameter_is_described_and_typed(shipped_tools: ToolSet) -> None:
    parameters = [(tool.name, parameter) for tool in shipped_tools for parameter in tool.parameter_list]
    assert [(name, p.name) for name, p in parameters if len(p.description.split()) < 3] == []
    assert [(name, p.name) for name, p in parameters if not _is_typed(p)] == []
    open_ended = [tool.name for tool in shipped_tools if tool.parameters.get("additionalProperties") is not False]
    assert [name for name in open_ended if shipped_tools[name].parameters] == []


def _is_typed(parameter: Parameter) -> bool:
    return bool({"type", "enum", "const", "anyOf", "oneOf", "$ref"} & parameter.schema.keys())


def test_tools_with_parameters_show_where_they_are_said(shipped_tools: ToolSet) -> None:
    for tool in shipped_tools:
        required = {parameter.name for parameter in tool.parameter_list if parameter.required}
        assert required <= _shown(tool), tool.name
        if tool.parameter_list:
            assert sum(bool(example.slots or example.arguments) for example in tool.examples) >= 5, tool.name


def _shown(tool: Tool) -> set[str]:
    """The parameters that examples fill, by a slot or by a stated argument."""
    slots = {slot.parameter for example in tool.examples for slot in example.slots}
    return slots.union(*(example.arguments or {} for example in tool.examples))


def test_no_utterance_belongs_to_two_tools_or_to_none_and_one(shipped_tools: ToolSet) -> None:
    said = Counter(
        text for tool in shipped_tools for text in {fold(example.utterance) for example in tool.examples}
    ) + Counter({fold(text) for text in shipped_tools.out_of_scope})
    assert [text for text, count in said.items() if count > 1] == []
    own = {(tool.name, fold(example.utterance)) for tool in shipped_tools for example in tool.examples}
    assert own & {(tool.name, fold(text)) for tool in shipped_tools for text in tool.counterexamples} == set()


def test_the_probes_below_are_no_examples(shipped_tools: ToolSet) -> None:
    known = {fold(example.utterance) for tool in shipped_tools for example in tool.examples}
    known |= {fold(text) for text in shipped_tools.out_of_scope}
    assert known & {fold(text) for text, _ in PLAIN} == set()
    assert known & {fold(text) for text in NONSENSE} == set()


def test_a_plain_wish_calls_the_obvious_tool(shipped_router: Router) -> None:
    """One may fall below the threshold that the policy's promise takes, and one be asked about."""
    decisions = [(shipped_router.route(said, now=datetime(2026, 3, 4, 15)), tool) for said, tool in PLAIN]
    assert [decision.candidates[0].tool for decision, _ in decisions] == [tool for _, tool in PLAIN]
    assert sum(not isinstance(decision, Abstain) for decision, _ in decisions) >= len(PLAIN) - 1
    assert sum(isinstance(decision, ToolCall) for decision, _ in decisions) >= len(PLAIN) - 2


@pytest.mark.parametrize("said", NONSENSE)
def test_what_no_phone_does_is_abstained_on(shipped_router: Router, said: str) -> None:
    decision = shipped_router.route(said)
    assert isinstance(decision, Abstain), decision
    assert decision.reason == "out_of_scope"


def test_no_counterexample_calls_its_own_tool(shipped_router: Router, shipped_tools: ToolSet) -> None:
    pairs = [(tool.name, text) for tool in shipped_tools for text in tool.counterexamples]
    decisions = shipped_router.route_many([text for _, text in pairs])
    stolen = [
        (name, text, round(decision.probability, 2))
        for (name, text), decision in zip(pairs, decisions, strict=True)
        if isinstance(decision, ToolCall) and decision.tool == name
    ]
    assert stolen == []


def test_tools_keep_their_examples_when_a_neighbour_is_taken_out_and_put_back(
    shipped_router: Router, shipped_tools: ToolSet
) -> None:
    grown = shipped_router.without("set_timer").with_tool(shipped_tools["set_timer"])
    own = [example.utterance for example in shipped_tools["set_timer"].examples]
    best = [decision.candidates[0].tool for decision in grown.route_many(own)]
    assert best.count("set_timer") >= 0.95 * len(own)
    others = [example.utterance for tool in shipped_tools for example in tool.examples[:6] if tool.name != "set_timer"]
    before, after = shipped_router.route_many(others), grown.route_many(others)
    moved = [b.utterance for b, a in zip(before, after, strict=True) if b.candidates[0].tool != a.candidates[0].tool]
    assert len(moved) <= 0.02 * len(others)
