"""Words at one slip are found, and long words at two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.known.spelling import SHORTEST, SHORTEST_TWICE, Spellings, likeness

letters = st.text("abcd", min_size=SHORTEST, max_size=9)


@pytest.mark.parametrize("slip", ["priy", "pirya", "priyaa", "priva", "xpriya"])
def test_one_slip_is_found(slip: str) -> None:
    assert Spellings(["priya", "jan"]).near(slip) == {"priya": 1}


def test_two_slips_are_found_in_long_words_only() -> None:
    assert Spellings(["raghunathan"]).near("ragunathana") == {"raghunathan": 2}
    assert not Spellings(["priya"]).near("pryab")


def test_short_words_and_the_word_itself_are_not_near() -> None:
    assert not Spellings(["jo", "jon", "john"]).near("jon")
    assert not Spellings(["john"]).near("john")


def distance(one: str, other: str) -> int:
    """Count edits by the textbook: optimal string alignment."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        rows.append([i])
        for j, b in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


@given(letters, st.lists(letters, max_size=5))
def test_near_words_are_those_at_one_edit_and_some_long_ones_at_two(word: str, known: list[str]) -> None:
    near = Spellings(known).near(word)
    assert {each for each, edits in near.items() if edits == 1} == {each for each in known if distance(word, each) == 1}
    for each, edits in near.items():
        if edits == 2:
            assert distance(word, each) == 2
            assert min(len(word), len(each)) >= SHORTEST_TWICE


def longest_common(one: str, other: str) -> int:
    """Return the length of the longest common subsequence, by trying all."""
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_common(one[1:], other[1:])
    return max(longest_common(one[1:], other), longest_common(one, other[1:]))


@given(st.text("abcx", min_size=1, max_size=7), st.text("abcx", min_size=1, max_size=7))
def test_likeness_is_the_share_in_common(one: str, other: str) -> None:
    assert likeness(one, other) == 2 * longest_common(one, other) / (len(one) + len(other))
