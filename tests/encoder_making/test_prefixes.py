from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.declarations import Example, Tool, ToolSet
from router.encoder_making.prefixes import Choice, Tried, choose_prefixes
from router.encoders import AdaptedEncoder, HashingEncoder, Prefixes

_SAID = {
    "set_alarm": ["wake me at six", "alarm at nine", "get me up early", "ring at noon", "alarm for tea", "wake us"],
    "play_media": ["play some jazz", "put on a song", "hear music", "play the radio", "some blues", "play it again"],
    "turn_on": ["light the lamp", "lamp on", "more light here", "lights on now", "make it bright", "lamp in the hall"],
}
TOOLS = ToolSet(
    tuple(Tool(name, f"It is {name}.", examples=tuple(Example(text) for text in said)) for name, said in _SAID.items()),
    ("who won last night", "how old are you", "what is love", "tell me why", "is it true", "no idea"),
)


class _Deaf(HashingEncoder):
    """Hears nothing unless it is asked for its task."""

    tasks = {"classification": Prefixes("c: ", "c: ")}  # noqa: RUF012

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        return super().encode([text if text.startswith("c: ") else "" for text in utterances])


def _choice(own: int, other: int, n: int = 40) -> Choice:
    """Choose between prefixes that are right about the first so many utterances."""
    tried = tuple(
        Tried(task, Prefixes(), right / n, None, np.arange(n) < right)
        for task, right in (("own", own), ("none", other))
    )
    return Choice.between(tried)


def test_prefixes_that_are_better_by_more_than_chance_are_taken() -> None:
    assert _choice(20, 30).taken.task == "none"


def test_a_difference_that_may_be_chance_changes_nothing() -> None:
    choice = _choice(28, 30)
    assert (choice.best.task, choice.taken.task) == ("none", "own")
    assert choice.p == 0.5


def test_the_same_utterances_are_judged_with_each() -> None:
    choice = choose_prefixes(TOOLS, _Deaf())
    assert [each.task for each in choice.tried] == ["none", "classification"]
    assert {len(each.right) for each in choice.tried} == {18}
    for each in choice.tried:
        assert each.accuracy == each.right.mean()
        assert each.auroc is not None
        assert 0 <= each.auroc <= 1
    assert choice.tried[0].right.tolist() != choice.tried[1].right.tolist()


def test_prefixes_of_no_task_are_called_the_encoders_own() -> None:
    choice = choose_prefixes(TOOLS, AdaptedEncoder(_Deaf(), prefixes=Prefixes("say: ", "")))
    assert [each.task for each in choice.tried] == ["own", "classification", "none"]
    assert choice.tried[0].prefixes == Prefixes("say: ", "")


def test_an_encoder_to_which_prefixes_are_nothing_keeps_what_it_has() -> None:
    choice = choose_prefixes(TOOLS, HashingEncoder())
    assert [each.task for each in choice.tried] == ["none"]
    assert choice.taken is choice.tried[0]
    assert choice.p == 1.0


def test_progress_names_what_is_tried() -> None:
    seen: list[tuple[str, int, int]] = []
    choose_prefixes(TOOLS, _Deaf(), lambda *given: seen.append(given))
    assert {stage for stage, _, _ in seen} == {"none", "classification"}
    assert seen[-1][1] == seen[-1][2]
