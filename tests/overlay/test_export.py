"""What was learnt comes back as declarations that can be pasted and checked."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from router import OUT_OF_SCOPE
from router.declarations import loads
from router.overlay import Entry
from router.overlay.export import as_yaml, exported
from router.text import normalize
from tests.strategies import utterances


def _entry(utterance: str, tool: Any, instead_of: str | None = None, undone: bool = False) -> Entry:
    return Entry(utterance, "", utterance, tool, "", instead_of, "", undone)


def test_an_export_has_examples_counterexamples_and_what_is_out_of_scope() -> None:
    entries = [
        _entry("ring my brother", "call"),
        _entry("Ring my sister", "alarm"),
        _entry("ring my sister", "call", "ring"),
        _entry("ring a ring o' roses", OUT_OF_SCOPE, "call"),
        _entry("sing", OUT_OF_SCOPE),
        _entry("taken back", "call", undone=True),
        _entry("with {braces}", "call"),
        _entry("so " * 300, "call"),
    ]
    assert exported(entries) == {
        "": {"out_of_scope": ["sing"]},
        "call": {"examples": ["ring my brother", "ring my sister"], "counterexamples": ["ring a ring o' roses"]},
        "ring": {"counterexamples": ["ring my sister"]},
    }
    assert as_yaml(exported(entries)) == (
        '# for the file of call\nexamples:\n  - "ring my brother"\n  - "ring my sister"\n'
        'counterexamples:\n  - "ring a ring o\' roses"\n---\n'
        '# for the file of ring\ncounterexamples:\n  - "ring my sister"\n---\n'
        'out_of_scope:\n  - "sing"'
    )
    assert as_yaml(exported([])) == ""


@given(st.lists(utterances.map(normalize).filter(bool), min_size=1, max_size=4, unique_by=str.casefold))
def test_whatever_was_said_is_yaml_that_declares_it(said: list[str]) -> None:
    half = len(said) // 2
    export = exported(
        [*(_entry(text, "call") for text in said[:half]), *(_entry(t, OUT_OF_SCOPE) for t in said[half:])]
    )
    *of_tools, outside = as_yaml(export).split("\n---\n")
    declared = [f"name: call\ndescription: Call.\n{of_tools[0]}"] if of_tools else []
    tools = loads("\n---\n".join([*declared, outside]))
    assert sorted(tools.out_of_scope) == sorted(said[half:])
    assert [example.utterance for tool in tools for example in tool.examples] == said[:half]
    assert all(yaml.safe_load_all(as_yaml(export)))
