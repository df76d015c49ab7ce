"""One line of a word list stands for several phrases."""

import pytest

from router.phrasing.templates import expanded


def test_brackets_make_alternatives_and_options() -> None:
    assert expanded("(a|b c) d [e]") == [
        ("a", "d", "e"),
        ("a", "d"),
        ("b", "c", "d", "e"),
        ("b", "c", "d"),
    ]


@pytest.mark.parametrize("broken", ["", "(a", "a)", "[a (b)]", "a | b", "()"])
def test_what_is_no_template_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="is no template"):
        expanded(broken)
