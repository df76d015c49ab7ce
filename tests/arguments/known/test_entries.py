"""What an app gives is checked, and the entry that is wrong is named."""

from typing import Any

import pytest

from router.arguments.known.entries import MAX_VALUES, Entry, Given, entries_of


def test_entries_of_the_same_value_become_one() -> None:
    given: list[Given] = [
        "Mum",
        {"value": "Jo", "aliases": ["Joanna", "Jo"]},
        {"value": "Jo", "aliases": ("Joey",)},
        "Mum",
    ]
    assert entries_of(given) == (Entry("Jo", ("Joanna", "Joey")), Entry("Mum", ()))


def test_what_device_data_may_hold_is_taken() -> None:
    assert [entry.value for entry in entries_of([".", "Mum\u200d ❤️", "  Bob ", "12"])] == [
        "  Bob ",
        ".",
        "12",
        "Mum\u200d ❤️",
    ]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("Mum", "the values are 'Mum'; expected a list of values"),
        ({"value": "Mum"}, "expected a list of values"),
        (["Mum", ""], "value 1 is '', which says nothing"),
        (["Mum", " \t"], "value 1 is .*, which says nothing"),
        (["x" * 10_000], "value 0 is 'xxx.*…, of 10000 characters; at most 200 can be said"),
        ([7], "value 0 is 7, which is no text"),
        ([None], "value 0 is None, which is no text"),
        ([{"aliases": ["Jo"]}], "value 0 has no 'value'"),
        ([{"value": "Jo", "alias": ["J"]}], "value 0 has the unknown key 'alias'. Did you mean 'aliases'"),
        ([{"value": "Jo", "aliases": "J"}], "value 0, 'Jo': the aliases are 'J'; expected a list of texts"),
        ([{"value": "Jo", "aliases": None}], "value 0, 'Jo': the aliases are None"),
        ([{"value": "Jo", "aliases": ["J", ""]}], "value 0, 'Jo': alias 1 is '', which says nothing"),
        ([{"value": 3}], "value 0 is 3, which is no text"),
    ],
)
def test_what_makes_no_sense_is_refused(given: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        entries_of(given)


def test_there_may_be_many_values_but_not_any_number() -> None:
    with pytest.raises(ValueError, match="more than 50000 values"):
        entries_of(str(n) for n in range(MAX_VALUES + 1))
