from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.evaluation.rendering.layout import NARROWEST, cells, cut, table, wrapped
from router.evaluation.wording import harmless
from tests.evaluation.rendering.hostile import texts

lines = texts.map(harmless)


@given(lines, st.integers(1, 30))
def test_what_is_cut_fits_and_is_the_beginning(text: str, width: int) -> None:
    short = cut(text, width)
    assert cells(short) <= width
    assert text.startswith(short.removesuffix("…"))
    assert (short == text) == (cells(text) <= width)


@given(lines, st.integers(NARROWEST, 120), st.sampled_from(["", "  ", "    "]))
def test_wrapped_lines_fit_and_lose_nothing_but_space(text: str, width: int, indent: str) -> None:
    made = [*wrapped(text, width, indent, indent + "  ")]
    assert all(cells(line) <= width for line in made)
    assert "".join(made).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole_where_a_line_can_hold_them() -> None:
    assert [*wrapped("wake me " * 20, 72)][1] == "  " + "wake me " * 8 + "wake"


def test_columns_line_up_where_characters_are_wide() -> None:
    made = [*table([["正午", "1.000", "x"], ["noon", "0.5", "y"], ["cafe\u0301", "0.25", ""]], 80, numbers=[1])]
    assert made == ["  正午  1.000  x", "  noon    0.5  y", "  cafe\u0301   0.25"]


def test_the_first_column_gives_way() -> None:
    made = [*table([["n" * 100, "1.000"]], 72, indent="    ")]
    assert made == ["    " + "n" * 60 + "…  1.000"]
    assert len(made[0]) == 72
