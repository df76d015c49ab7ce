import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations import Location, Suppression, Tool, ToolSet
from router.errors import DeclarationError, UnknownToolError
from tests.strategies import tool_sets, tools

A, B, C = (Tool(name, "Does something.") for name in "abc")


@given(tool_sets, st.randoms())
def test_the_order_of_declaration_changes_nothing(tool_set: ToolSet, chance: random.Random) -> None:
    shuffled_tools, shuffled_texts = list(tool_set.tools), list(tool_set.out_of_scope)
    chance.shuffle(shuffled_tools)
    chance.shuffle(shuffled_texts)
    shuffled = ToolSet(tuple(shuffled_tools), tuple(shuffled_texts))
    assert shuffled == tool_set
    assert shuffled.fingerprint == tool_set.fingerprint


@given(tool_sets)
def test_a_tool_set_survives_a_round_trip_through_json(tool_set: ToolSet) -> None:
    again = ToolSet.from_dict(json.loads(json.dumps(tool_set.to_dict())))
    assert again == tool_set
    assert again.fingerprint == tool_set.fingerprint
    assert re.fullmatch("[0-9a-f]{12}", again.fingerprint)


@given(tool_sets, tools)
def test_adding_and_removing_a_tool_makes_new_sets(tool_set: ToolSet, tool: Tool) -> None:
    names = tool_set.names
    larger = tool_set.with_tool(tool)
    assert larger[tool.name] == tool
    assert set(larger.names) == {*names, tool.name}
    assert set(larger.without(tool.name).names) == {*names} - {tool.name}
    assert tool_set.names == names


def test_a_tool_set_reads_like_a_collection() -> None:
    tool_set = ToolSet((C, A, B), ("z", "y", "z"))
    assert list(tool_set) == [A, B, C]
    assert len(tool_set) == 3
    assert "a" in tool_set
    assert "d" not in tool_set
    assert tool_set.out_of_scope == ("y", "z")
    assert repr(tool_set) == "<ToolSet of 3 tools and 2 out-of-scope utterances>"


def test_any_change_changes_the_fingerprint() -> None:
    tool_set = ToolSet((A, B))
    changed = [ToolSet((A,)), ToolSet((A, C)), ToolSet((A, B), ("x",)), ToolSet((A, Tool("b", "Does more.")))]
    assert len({tool_set.fingerprint, *(other.fingerprint for other in changed)}) == 5


def test_a_note_to_the_linter_is_neither_stored_nor_digested() -> None:
    noted = Tool("a", "Does something.", lint=(Suppression("few-examples", "they come later"),))
    assert ToolSet((noted,)).to_dict() == ToolSet((A,)).to_dict()
    assert ToolSet((noted,)).fingerprint == ToolSet((A,)).fingerprint
    assert noted.to_dict() != A.to_dict()


def test_an_unknown_name_is_met_with_a_near_one() -> None:
    tool_set = ToolSet((Tool("set_alarm", "Set an alarm."),))
    with pytest.raises(UnknownToolError, match=r"no tool is named 'set_alrm'\. Did you mean 'set_alarm'\?"):
        tool_set["set_alrm"]
    with pytest.raises(UnknownToolError, match="no tool is named 'x'"):
        tool_set.without("x")


def test_two_tools_of_one_name_are_reported_with_both_places() -> None:
    first = Tool("a", "Does something.", source=Location("one.yaml", 1))
    second = Tool("a", "Does another thing.", source=Location("two.yaml", 7))
    with pytest.raises(DeclarationError, match=r"(?s)two\.yaml.*line 7 .*'a' is already the name of one\.yaml line 1"):
        ToolSet((first, second))


def test_neither_importing_nor_trusting_needs_yaml_or_jsonschema() -> None:
    program = (
        "import sys; from router.declarations import ToolSet;"
        "ToolSet.from_dict({'tools': [{'name': 'a', 'description': 'b', 'examples': ['c {d: e}'],"
        " 'parameters': {'type': 'object', 'properties': {'d': {}}}}], 'out_of_scope': []});"
        "print({'yaml', 'jsonschema', 'referencing'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert answer.stdout.strip() == "set()"
