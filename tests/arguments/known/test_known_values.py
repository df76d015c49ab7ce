"""Known values are found in what is said, with how sure that is."""

import random
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.known import KnownValues, Match, Unknown
from router.arguments.known.words import words_of
from router.text import normalize

CONTACTS: list[str | dict[str, Any]] = [
    "Mum",
    {"value": "Johanna Meyer", "aliases": ["Jo", "Jo from work"]},
    "Sean Gallagher",
    "Anna Schneider",
    "Anna Vogel",
    "José Ramírez",
    "Dr Lee",
    "Will Turner",
    "May Lindqvist",
    "Rose",
    "Angus McDonald",
    "Dad ❤️",
    "妈妈",
    "Duran Duran",
    "The The",
    "Bedroom 2",
]
known = KnownValues.of(CONTACTS)


def only(text: str) -> Match:
    [match] = known.find(text)
    return match


@pytest.mark.parametrize(
    ("text", "words", "value", "how"),
    [
        ("call mum", "mum", "Mum", "exact"),
        ("call mum's mobile", "mum", "Mum", "exact"),
        ("call mums mobile", "mums", "Mum", "spelling"),
        ("text jo", "jo", "Johanna Meyer", "alias"),
        ("text jo at work", "jo at work", "Johanna Meyer", "alias"),
        ("call meyer", "meyer", "Johanna Meyer", "partial"),
        ("call meyer johanna", "meyer johanna", "Johanna Meyer", "exact"),
        ("call shawn", "shawn", "Sean Gallagher", "sound"),
        ("ruf johanna maier an", "johanna maier", "Johanna Meyer", "sound"),
        ("call jose ramirez", "jose ramirez", "José Ramírez", "exact"),
        ("call doctor lee", "doctor lee", "Dr Lee", "exact"),
        ("call mc donald", "mc donald", "Angus McDonald", "spelling"),
        ("call gallager", "gallager", "Sean Gallagher", "spelling"),
        ("call dad", "dad", "Dad ❤️", "exact"),
        ("给妈妈打电话", "妈妈", "妈妈", "exact"),
        ("play duran duran", "duran duran", "Duran Duran", "exact"),
        ("lights in bedroom two", "bedroom two", "Bedroom 2", "exact"),
    ],
)
def test_a_value_is_found(text: str, words: str, value: str, how: str) -> None:
    match = only(text)
    assert (text[match.start : match.end], match.value, match.how) == (words, value, how)
    assert match.known >= 0.5
    assert not match.is_ambiguous


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "mumbling is no crime",
        "annabel called",
        "e-mum",
        "bob@mum.io",
        "turn on the sauna",
        "call ingrid",
        "set a timer for 2 minutes",
        "the weather",
    ],
)
def test_nothing_is_found_where_nothing_is_named(text: str) -> None:
    assert known.find(text) == ()


def test_values_that_fit_equally_are_equally_likely() -> None:
    match = only("call anna")
    assert match.is_ambiguous
    assert match.equals == ("Anna Schneider", "Anna Vogel")
    assert match.probability == match.rivals[0].probability == match.known / 2


def test_a_full_name_tells_which_one_is_meant() -> None:
    match = only("call anna vogel")
    assert match.equals == ("Anna Vogel",)
    assert match.probability > 0.9


def test_a_name_that_fits_in_full_has_part_names_for_rivals() -> None:
    match = KnownValues.of(["Jo", "Jo Brown"]).find("call jo")[0]
    assert (match.value, match.how, match.is_ambiguous) == ("Jo", "exact", False)
    assert [(rival.value, rival.how) for rival in match.rivals] == [("Jo Brown", "partial")]


def test_words_with_other_uses_are_less_likely() -> None:
    grammar, everyday, name = (only(f"text {word}").known for word in ("will", "rose", "anna"))
    assert grammar < 0.5 < everyday < name


def test_a_name_that_is_one_word_of_grammar_is_hardly_found() -> None:
    [match] = KnownValues.of(["Will"]).find("will you text me")
    assert (match.how, match.known) == ("exact", 0.25)


def test_names_of_nothing_but_grammar_are_found_in_full_only() -> None:
    assert only("play the the").value == "The The"
    assert only("play the the").known < 0.5
    assert known.find("play the song") == ()


def test_several_values_are_found_in_their_order() -> None:
    assert [match.value for match in known.find("text mum and sean gallagher, not anna vogel")] == [
        "Mum",
        "Sean Gallagher",
        "Anna Vogel",
    ]


def test_of_many_rivals_the_first_are_kept_and_all_are_counted() -> None:
    match = KnownValues.of([f"Maria {chr(65 + n)}ova" for n in range(26)] + ["Maria Zuz"]).find("call maria")[0]
    assert len(match.rivals) == 20
    assert match.known == pytest.approx(27 * match.probability)


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        ("will", "Will Turner"),
        ("my mum", "Mum"),
        ("mr turner", "Will Turner"),
        ("joanna mayer", "Johanna Meyer"),
        ("rose", "Rose"),
    ],
)
def test_a_phrase_that_ought_to_be_a_value_is_looked_up(phrase: str, value: str) -> None:
    match = known.lookup(phrase)
    assert isinstance(match, Match)
    assert match.value == value


@pytest.mark.parametrize("phrase", ["anna", "the anna"])
def test_a_phrase_may_be_ambiguous(phrase: str) -> None:
    match = known.lookup(phrase)
    assert isinstance(match, Match)
    assert match.equals == ("Anna Schneider", "Anna Vogel")


@pytest.mark.parametrize(
    ("phrase", "nearest"),
    [
        ("sauna", ()),
        ("meyer and smith", ("Johanna Meyer",)),
        ("anna schulz", ("Anna Schneider", "Anna Vogel")),
        ("", ()),
        ("?", ()),
    ],
)
def test_an_unknown_phrase_is_said_to_be_unknown(phrase: str, nearest: tuple[str, ...]) -> None:
    assert known.lookup(phrase) == Unknown(phrase, nearest)


def test_a_phrase_of_an_everyday_word_may_sound_like_a_name() -> None:
    index = KnownValues.of(["Neil Abbott"])
    assert index.find("call kneel")[0].known < 0.5
    assert isinstance(index.lookup("kneel"), Match)


def test_how_sure_a_look_up_must_be_is_the_callers_choice() -> None:
    assert isinstance(known.lookup("shawn", least=0.9), Unknown)
    assert isinstance(known.lookup("shawn", least=0.6), Match)


def test_words_of_a_name_may_be_written_together_or_apart() -> None:
    index = KnownValues.of(["Face Book", "YouTube", "Noah Le Blanc"])
    assert [(match.value, match.how) for match in index.find("open facebook and you tube")] == [
        ("Face Book", "spelling"),
        ("YouTube", "spelling"),
    ]
    assert index.find("call leblanc")[0].value == "Noah Le Blanc"


def test_people_are_not_listed_where_an_index_is_shown() -> None:
    assert repr(KnownValues.of(["Mum", "Jo"])) == "<KnownValues: 2 values>"


@given(st.text(max_size=60))
def test_a_text_that_is_not_normalised_does_no_harm(text: str) -> None:
    assert all(0 <= match.start < match.end <= len(text) for match in known.find(text))
    assert isinstance(known.lookup(text), Match | Unknown)


def test_no_values_are_found_in_nothing() -> None:
    nothing = KnownValues.of([])
    assert (nothing.find("call mum"), nothing.lookup("mum"), len(nothing), nothing.values) == (
        (),
        Unknown("mum"),
        0,
        (),
    )


texts = st.text(max_size=40) | st.sampled_from(["Anna Vogel", "O'Neil-Smith", "The The", "Jo", "Mum ❤️", "R2-D2", "7"])
values = texts.filter(normalize)


def says(text: str) -> bool:
    """Whether a text has a word."""
    return bool(words_of(normalize(text)))


@given(values.filter(says), st.lists(values, max_size=4))
def test_each_value_is_found_by_its_own_words(value: str, others: list[str]) -> None:
    text = normalize(f"call {normalize(value)} now")
    start = len("call ")
    matches = KnownValues.of([value, *others]).find(text)
    words = [word for word in words_of(text) if start <= word.start and word.end <= len(text) - len(" now")]
    named = [each for each in matches if each.start <= words[0].start and words[-1].end <= each.end]
    assert named
    if not others:
        assert value in named[0].equals


@given(st.lists(values, max_size=5), st.text(max_size=200))
def test_any_text_gives_matches_inside_it(given_values: list[str], text: str) -> None:
    text = normalize(text)
    index = KnownValues.of(given_values)
    matches = index.find(text)
    for match in matches:
        assert 0 <= match.start < match.end <= len(text)
        assert 0 < match.probability <= match.known <= 1
        assert sum(rival.probability for rival in match.rivals) + match.probability <= match.known + 1e-9
        assert {match.value, *(rival.value for rival in match.rivals)} <= set(given_values)
    assert all((one.start, -one.end) < (other.start, -other.end) for one, other in pairwise(matches))
    assert isinstance(index.lookup(text), Match | Unknown)


@given(st.lists(values, max_size=6), st.text(max_size=60), st.randoms())
def test_the_order_of_values_changes_nothing(given_values: list[str], text: str, chance: random.Random) -> None:
    text = normalize(" ".join([*given_values[:2], text]))
    shuffled = chance.sample(given_values, len(given_values))
    one, other = KnownValues.of(given_values), KnownValues.of(shuffled)
    assert one.find(text) == other.find(text)
    assert one.lookup(text) == other.lookup(text)


@pytest.mark.parametrize("text", ["smith " * 330, "jo " * 660, "call maria schmidt and john smyth " * 60, "a-" * 1000])
def test_no_text_takes_long_however_many_bear_a_name(text: str) -> None:
    names = [f"{one}{other} Smith" for one in ("Mari", "Joh", "Al") for other in map(str, range(500))]
    index = KnownValues.of([*names, *("jo " * n for n in range(1, 60))])
    started = time.perf_counter()
    index.find(text)
    index.lookup(text)
    assert time.perf_counter() - started < 2
