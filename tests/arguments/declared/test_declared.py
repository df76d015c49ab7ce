from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from router import Example, Tool
from router.arguments import Moment, Taught
from router.arguments.declared import Options
from router.arguments.declared.corpora import is_same
from router.arguments.declared.scorer import WEIGHED, shipped_weights
from router.arguments.filler import Filled, Filler
from router.arguments.holes import Hole
from router.arguments.reading import Readings
from router.arguments.teaching import teach
from router.arguments.validity import allows
from router.arguments.words import split_words
from router.encoders import HashingEncoder, TokenVectors, encode_utterance_tokens
from router.text import normalize
from tests.strategies import utterances

NO_TOKENS = TokenVectors(np.zeros(384, np.float32), np.zeros((0, 0), np.float32), np.zeros((0, 2), np.intp))


SPANS = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda ends: (min(ends), max(ends)))


def tool(name: str, description: str, required: str = "", **parameters: Any) -> Tool:
    """Return a tool without examples; a parameter is its type and its description, or its schema."""
    properties = {
        key: value if isinstance(value, dict) else dict(zip(("type", "description"), value, strict=True))
        for key, value in parameters.items()
    }
    named = required.split() if required else list(properties)
    return Tool(name, description, {"type": "object", "properties": properties, "required": named})


def fill(asked: Tool, text: str, barred: tuple[tuple[int, int], ...] = ()) -> Filled:
    text = normalize(text)
    return Filler(asked, Taught(), {}).fill(
        text, NO_TOKENS, np.zeros(896, np.float32), Readings(text, Moment()), barred
    )


def arguments(asked: Tool, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in fill(asked, text).values:
        if value.hole.is_list:
            found.setdefault(value.hole.name, []).append(value.value)
        else:
            found[value.hole.name] = value.value
    return found


TRIANGLE = tool(
    "triangle_area",
    "Compute the area of a triangle.",
    "base height",
    base=("number", "The base of the triangle."),
    height=("number", "The height of the triangle."),
    unit=("string", "The unit of measure."),
)
TABLE = tool(
    "book_table",
    "Book a table at a restaurant.",
    restaurant=("string", "Name of the restaurant."),
    city=("string", "The city where it is."),
    people=("integer", "How many people come."),
)
FLIGHT = tool(
    "search_flights",
    "Search for flights.",
    "origin destination",
    origin=("string", "City of departure."),
    destination=("string", "City of arrival."),
    date=("string", "Date of the flight, format DD/MM/YYYY."),
    direct_only=("boolean", "Whether to show direct flights only."),
)
MEAN = tool("mean", "The mean of numbers.", numbers={"type": "array", "items": {"type": "number"}})
RIVER = tool("river_length", "Length of a river.", river=("string", "Name of the river."))
PRICE = tool(
    "get_price",
    "Price of a product.",
    "product",
    product=("string", "The product."),
    include_tax=("boolean", "Include tax in the price."),
)

CALLS = [
    (TRIANGLE, "Find the area of a triangle with base 10 and height 5", {"base": 10, "height": 5}),
    (TRIANGLE, "the height of my triangle is 7.5 and its base is 3. Its area?", {"base": 3, "height": 7.5}),
    (TABLE, "Book a table for 5 people at Luigi's in Rome", {"restaurant": "Luigi", "city": "Rome", "people": 5}),
    (
        FLIGHT,
        "find direct flights from San Francisco to New York on March 5, 2025",
        {"origin": "San Francisco", "destination": "New York", "date": "05/03/2025", "direct_only": True},
    ),
    (MEAN, "what is the mean of 4, 8, 15 and 16.5?", {"numbers": [4, 8, 15, 16.5]}),
    (MEAN, "compute the mean of [1,2,3,4]", {"numbers": [1, 2, 3, 4]}),
    (RIVER, "How long is the Amazon river?", {"river": "Amazon"}),
    (PRICE, "the price of the 'Blue Lamp' without tax", {"product": "Blue Lamp", "include_tax": False}),
]


@pytest.mark.parametrize(("asked", "said", "wanted"), CALLS)
def test_arguments_are_found_that_no_example_marks(asked: Tool, said: str, wanted: dict[str, Any]) -> None:
    assert arguments(asked, said) == wanted


def test_each_value_has_its_place_and_its_probability() -> None:
    said = "Book a table for 5 people at Luigi's in Rome"
    for value in fill(TABLE, said).values:
        assert said[slice(*value.span)] == value.words
        assert 0.5 < value.probability <= 1.0


def test_a_date_that_cannot_be_resolved_is_asked_for() -> None:
    filled = fill(FLIGHT, "flights from Oslo to Rome tomorrow")
    assert "date" not in {value.hole.name for value in filled.values}


def test_no_value_has_a_barred_word() -> None:
    said = "Book a table for 5 people at Luigi's in Rome"
    start = said.index("Rome")
    assert all(value.value != "Rome" for value in fill(TABLE, said, ((start, start + 4),)).values)


def test_an_optional_value_that_no_example_marks_must_be_plainer() -> None:
    examples = tuple(
        Example.parse(f"price of {{product: {name}}}") for name in ("a lamp", "two chairs", "paint", "tea")
    )
    taught = Tool("get_price", PRICE.description, PRICE.parameters, examples)
    assert Filler(taught, Taught(), {})._declared.options(*_asked(taught, "price of tea with tax")).scores.max() < (
        Filler(PRICE, Taught(), {})._declared.options(*_asked(PRICE, "price of tea with tax")).scores.max()
    )


def test_examples_decide_what_they_mark_and_declarations_the_rest() -> None:
    encoder = HashingEncoder()
    marks = ("price of {product: %s}", "what does {product: %s} cost", "how much is {product: %s}")
    said = [mark % name for mark in marks for name in ("a lamp", "two chairs", "red paint")]
    schema = {**PRICE.parameters, "required": ["product", "city"]}
    schema["properties"] = {**schema["properties"], "city": {"type": "string", "description": "The city of the shop."}}
    asked = Tool("get_price", PRICE.description, schema, tuple(map(Example.parse, said)))
    text = "how much is red paint in the city of Paris"
    [tokens] = encode_utterance_tokens(encoder, [text])
    filler = Filler(asked, teach(asked, encoder, 0.0), {})
    found = filler.fill(text, tokens, tokens.row, Readings(text, Moment()), ())
    assert {value.hole.name: value.value for value in found.values}["city"] == "Paris"
    assert [hole.name for hole in filler._tagged] == ["product"]


def _asked(asked: Tool, text: str) -> tuple[Any, Any, Any]:
    words, readings = split_words(text), Readings(text, Moment())
    filler = Filler(asked, Taught(), {})
    return words, readings, filler.readable(filler.holes, words, readings)


@settings(max_examples=200, deadline=None)
@given(utterances, st.sampled_from([TRIANGLE, TABLE, FLIGHT, MEAN, PRICE]))
def test_every_value_is_allowed_and_no_two_share_a_word(said: str, asked: Tool) -> None:
    values = fill(asked, said).values
    for value in values:
        assert allows(value.hole.schema, value.value)
    places = sorted({value.span for value in values})
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_choices_may_be_lists() -> None:
    days = {"enum": [["mon", "tue"], "weekend"], "description": "The days."}
    assert arguments(tool("plan", "Plan the days.", days=days), "plan the weekend") == {"days": "weekend"}


def test_a_long_text_is_read_in_bounded_time() -> None:
    for said in ("a " * 1000, "A, b and " * 250, '"' * 2000, "1,2," * 500, "x/" * 1000):
        fill(FLIGHT, said)
        fill(MEAN, said)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted).map(tuple), max_size=5, unique=True).map(
        sorted
    ),
    st.lists(st.booleans(), min_size=1, max_size=2),
    st.data(),
)
def test_the_best_values_are_those_of_all_ways_to_choose(
    spans: list[tuple[int, int]], are_lists: list[bool], data: st.DataObject
) -> None:
    size = (len(spans), len(are_lists))
    scores = data.draw(arrays.arrays(np.float32, size, elements=st.floats(-4, 4, width=16)), label="scores")
    holes = [Hole((str(p),), "text", {}, {} if is_list else None, True, "") for p, is_list in enumerate(are_lists)]
    options = Options(split_words("a b c d e f"), holes, [None] * len(holes), _pairs(spans), scores)
    best = 0.0
    for filled in product([None, *range(len(holes))], repeat=len(spans)):
        chosen = [(s, p) for s, p in enumerate(filled) if p is not None]
        apart = all(spans[one][1] < spans[other][0] for (one, _), (other, _) in pairwise(chosen))
        once = [p for _, p in chosen if not are_lists[p]]
        if apart and len(set(once)) == len(once):
            best = max(best, sum(float(scores[each]) for each in chosen))
    assert sum(float(scores[each]) for each in options.segments()) == pytest.approx(best)


def _pairs(spans: list[tuple[int, int]]) -> Any:
    return np.array(spans, np.intp).reshape(-1, 2)


def test_the_shipped_weights_are_all_of_known_features() -> None:
    for name, (rows, columns) in WEIGHED.items():
        assert shipped_weights()[name].shape == (len(rows), len(columns))
        assert np.abs(shipped_weights()[name]).max() > 0.0


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [("New York", "new-york", True), (5, "5.0", True), (True, 1, False), ([1, 2], [2, 1], False), ("a", "b", False)],
)
def test_values_are_compared_without_case_and_marks(found: Any, wanted: Any, same: bool) -> None:
    assert is_same(found, wanted) is same
