"""Everything that is declared knows its line, where it was read from text."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from router.declarations import Location, Tool, ToolSet, loads
from router.declarations.location import nearest_line
from tests.strategies import names

SOURCE = """\
- {name: early, description: Comes first.}
- name: set_alarm
  description: >-
    Wake up.
  parameters:
    type: object
    properties:
      time: {type: string}
  examples:
    - now
    - utterance: "at {time: six}"
      arguments: {time: "06:00"}
  counterexamples: [later]
  lint:
    - ignore: few-examples
      reason: they come later
---
out_of_scope:
  - hello
  - good bye
  - hello
"""

steps = st.lists(names | st.integers(0, 3), max_size=4).map(tuple)


def test_what_is_inside_a_tool_has_its_own_line() -> None:
    source = loads(SOURCE, "tools.yaml")["set_alarm"].source
    assert source is not None
    lines = {
        "": source.at().line,
        "description": source.at("description").line,
        "parameter": source.at("parameters", "properties", "time").line,
        "first example": source.at("examples", 0).line,
        "arguments": source.at("examples", 1).at("arguments", "time").line,
        "counterexample": source.at("counterexamples", 0).line,
        "suppression": source.at("lint", 0).line,
        "what is not there": source.at("examples", 7).line,
    }
    assert list(lines.values()) == [2, 3, 8, 10, 12, 13, 15, 9]
    assert {source.at("examples", n).file for n in range(2)} == {"tools.yaml"}


def test_out_of_scope_utterances_have_the_line_of_their_first_mention() -> None:
    tools = loads(SOURCE, "tools.yaml")
    assert {text: place.line for text, place in tools.out_of_scope_sources.items()} == {"hello": 19, "good bye": 20}
    grown = tools.without("early").with_tool(Tool("late", "Comes last."))
    assert grown.out_of_scope_sources == tools.out_of_scope_sources
    assert ToolSet(tools.tools, tools.out_of_scope) == tools


def test_lines_are_not_stored() -> None:
    again = ToolSet.from_dict(loads(SOURCE).to_dict())
    assert [tool.source for tool in again] == [None, None]
    assert again.out_of_scope_sources == {}


def test_lines_take_no_part_in_equality() -> None:
    assert Location("a", 1, ("examples",), {(): 1}) == Location("a", 1)
    assert hash(Location("a", 1, lines={(): 1})) == hash(Location("a", 1))
    assert repr(Location("a", 1, lines={(): 1})) == "Location(file='a', line=1)"


@given(st.dictionaries(steps, st.integers(1, 99)), steps)
def test_the_line_is_that_of_the_nearest_thing_around(
    lines: dict[tuple[str | int, ...], int], path: tuple[str | int, ...]
) -> None:
    around = [known for known in lines if path[: len(known)] == known]
    assert nearest_line(lines, path) == (lines[max(around, key=len)] if around else 0)


def test_each_example_that_ships_stands_on_its_line(shipped_tools: ToolSet) -> None:
    for tool in shipped_tools:
        assert tool.source is not None
        written = Path(tool.source.file).read_text("utf-8").splitlines()
        for n, text in enumerate(tool.counterexamples):
            assert first_word(text) in written[tool.source.at("counterexamples", n).line - 1]
        for n, example in enumerate(tool.examples):
            assert first_word(example.utterance) in written[tool.source.at("examples", n).line - 1]


def first_word(text: str) -> str:
    return re.split(r"\W+", text.lstrip("'"))[0]
