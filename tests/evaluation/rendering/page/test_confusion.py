from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.evaluation.outcomes import Outcome
from router.evaluation.rendering.page import confusion as module
from router.evaluation.rendering.page.confusion import Confusion, Label, confusion
from tests.evaluation.made_up import outcome
from tests.strategies import outcomes


def numbers(table: Confusion) -> list[list[object]]:
    """The table as it is read: a row's name, its cases, and a number for each column, 0 for an empty cell."""
    return [[row.label.name, row.count, *(cell.count if cell else 0 for cell in row.cells)] for row in table.rows]


def test_what_was_decided_right_is_one_column_and_mistakes_have_one_for_each_tool() -> None:
    table = confusion(
        [
            outcome("a", ["set_alarm"], "set_alarm"),
            outcome("b", ["set_alarm"], "flip_coin"),
            outcome("c", ["set_alarm"], ""),
            outcome("d", ["play_music"], "play_music or set_alarm"),
            outcome("e", ["flip_coin"], "flip_coin?"),
            outcome("f", [], ""),
            outcome("g", [], "flip_coin"),
            outcome("h", ["play_music", "set_alarm"], "play_music or set_alarm"),
            outcome("i", ["play_music", "set_alarm"], "set_alarm"),
        ],
        100,
    )
    assert [column.name for column in table.columns] == ["right", "abstained", "asked", "flip_coin", "set_alarm"]
    assert numbers(table) == [
        ["set_alarm", 3, 1, 1, 0, 1, 0],
        ["play_music", 1, 0, 0, 1, 0, 0],
        ["1 tool without a mistake", 1, 1, 0, 0, 0, 0],
        ["between several", 2, 1, 0, 0, 0, 1],
        ["out of scope", 2, 1, 0, 0, 1, 0],
    ]


@given(st.lists(outcomes(), max_size=30))
def test_every_case_is_counted_once_whatever_shares_a_row_or_a_column(found: list[Outcome]) -> None:
    table = confusion(found, 1000)
    assert sum(row.count for row in table.rows) == len(found)
    assert all(row.count == sum(cell.count for cell in row.cells if cell) for row in table.rows)
    assert Counter(id(each) for cell in table.cells for each in cell.listed) == Counter(map(id, found))
    for cell in table.cells:
        assert (cell.column.kind == "right") == all(each.verdict == "right" for each in cell.listed)


def test_tools_beyond_the_most_share_a_row_and_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    monkeypatch.setattr(module, "MOST_COLUMNS", 2)
    wrong = {"flip_coin": 3, "get_weather": 2, "play_music": 1}
    did = ("flip_coin or set_alarm", "send_message", "set_alarm")
    table = confusion(
        [outcome(f"{tool} {n}", [tool], did[n]) for tool, mistakes in wrong.items() for n in range(mistakes)]
        + [outcome("heads", [], "play_music")],
        100,
    )
    assert [row.label.name for row in table.rows] == ["flip_coin", "2 more tools", "out of scope"]
    assert [column.name for column in table.columns] == ["asked", "send_message", "2 more tools"]
    assert numbers(table)[1] == ["2 more tools", 3, 2, 1, 0]


def test_as_many_tools_as_there_may_be_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    table = confusion([outcome("a", ["set_alarm"], ""), outcome("b", ["flip_coin"], "")], 100)
    assert [row.label for row in table.rows] == [Label("tool", "flip_coin"), Label("tool", "set_alarm")]


def test_where_there_is_no_room_mistakes_are_listed_before_what_is_right() -> None:
    found = [outcome(f"right {n}", ["set_alarm"], "set_alarm") for n in range(5)]
    found += [outcome(f"wrong {n}", ["set_alarm"], "", in_scope=n / 10) for n in range(3)]
    listed = {cell.column.kind: [each.case.utterance for each in cell.listed] for cell in confusion(found, 4).cells}
    assert listed == {"right": ["right 0"], "abstained": ["wrong 0", "wrong 1", "wrong 2"]}


def test_a_cell_lists_no_more_than_it_may() -> None:
    found = [outcome(f"wrong {n}", ["set_alarm"], "") for n in range(module.MOST_LISTED + 1)]
    (cell,) = confusion(found, 1000).cells
    assert (cell.count, len(cell.listed)) == (module.MOST_LISTED + 1, module.MOST_LISTED)


@pytest.mark.parametrize(("wrong", "heat"), [(1, 1), (2, 2), (5, 3), (9, 5), (10, 5)])
def test_the_shade_is_the_share_of_the_row_in_fifths(wrong: int, heat: int) -> None:
    found = [outcome(str(n), ["set_alarm"], "" if n < wrong else "set_alarm") for n in range(10)]
    assert next(cell.heat for cell in confusion(found, 0).cells if cell.column.kind == "abstained") == heat
