"""Tools overlap as far as their examples lie nearest to the other's."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from router.declarations import Example, Tool, ToolSet
from router.encoders import HashingEncoder
from router.linting import Finding, overlap
from router.linting.inspection import Inspection, inspect
from router.linting.overlap import overlapping_tools

ROOMS = ["kitchen", "bedroom", "garage", "attic", "cellar", "hallway"]


def _tool(name: str, description: str, *examples: str) -> Tool:
    return Tool(name, description, examples=tuple(map(Example, examples)))


def _found(*tools: Tool) -> list[Finding]:
    return list(overlapping_tools(inspect(ToolSet(tools), HashingEncoder())))


def test_two_tools_with_the_same_examples_overlap_wholly_and_lose_what_is_left_out() -> None:
    [finding] = _found(
        _tool("lamp", "Light up.", *(f"light in the {room}{' please' * (n % 2)}" for n, room in enumerate(ROOMS))),
        _tool(
            "torch", "Be a torch.", *(f"light in the {room}{' please' * (n % 2 == 0)}" for n, room in enumerate(ROOMS))
        ),
        _tool("music", "Play a song.", "play jazz", "put on a record", "i want to hear mozart", "sing to me"),
    )
    assert finding.severity == "warning"
    assert finding.numbers["overlap"] == 1.0
    assert finding.numbers["lost"] > 0.5
    assert [mention.tool for mention in finding.mentions] == ["lamp", "torch", "lamp", "torch"]
    assert "6 of 6 examples and 6 of 6" in finding.message


def test_an_overlap_that_costs_nothing_is_only_worth_knowing() -> None:
    [finding] = _found(
        _tool("door_open", "Open a door.", *(f"i would like the door of the {room} opened" for room in ROOMS)),
        _tool("door_close", "Lock up.", *(f"i would like the door of the {room} locked" for room in ROOMS)),
    )
    assert finding.severity == "info"
    assert finding.numbers["overlap"] == 1.0
    assert finding.numbers["lost"] < overlap.LOST


def test_tools_that_share_no_words_do_not_overlap(everyday_inspection: Inspection) -> None:
    assert list(overlapping_tools(everyday_inspection)) == []


def test_the_overlap_is_the_mean_share_of_nearest_neighbours(
    shipped_tools: ToolSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("set_alarm", "cancel_alarm", "set_timer", "cancel_timer", "set_volume")
    few = ToolSet(tuple(shipped_tools[name] for name in names))
    inspection = inspect(few, HashingEncoder())
    for name, value in (("OVERLAP", 0.0), ("FEWEST_CROSSING", 1), ("_ROWS", 7)):
        monkeypatch.setattr(overlap, name, value)
    found = {(f.subject.tool, f.others[0].tool): f.numbers["overlap"] for f in overlapping_tools(inspection)}
    material = inspection.material
    rows = np.concatenate([material.examples.embeddings, material.declarations.embeddings])
    owners = [*material.owners.tolist(), *range(len(few))]
    shares = np.zeros((len(few), len(few)))
    for row in range(len(material.examples)):
        cosines = {other: float(rows[row] @ rows[other]) for other in range(len(rows)) if other != row}
        neighbour = max(cosines, key=lambda other: cosines[other])
        shares[owners[row], owners[neighbour]] += 1 / owners[: len(material.examples)].count(owners[row])
    expected = {
        (few.names[a], few.names[b]): (shares[a, b] + shares[b, a]) / 2
        for a, b in combinations(range(len(few)), 2)
        if shares[a, b] + shares[b, a] > 0
    }
    assert found == pytest.approx(expected)
    assert len(found) > 1


ALIKE = ("Play the song that you ask for.", "Play the songs that you ask for.")


def test_declarations_in_nearly_the_same_words_are_found_where_no_examples_tell_them_apart() -> None:
    [finding] = _found(*(_tool(name, text) for name, text in zip(("play_a", "play_b"), ALIKE, strict=True)))
    assert finding.severity == "warning"
    assert finding.numbers["cosine"] >= overlap.ALIKE_DECLARATIONS
    assert finding.others[0].tool == "play_b"


def test_declarations_may_be_alike_where_examples_tell_them_apart() -> None:
    jazz = ("play jazz", "some jazz", "jazz music", "more jazz please")
    news = ("read the news", "what happened today", "headlines", "today's news")
    assert _found(_tool("play_a", ALIKE[0], *jazz), _tool("play_b", ALIKE[1], *news)) == []


def test_one_or_two_examples_nearer_to_another_tool_are_chance() -> None:
    alike = _found(
        _tool("lamp", "Brighten up.", "some light please", "brighten up", "brighten up now"),
        _tool("torch", "Be a torch.", "some light", "be a torch"),
    )
    assert alike == []
