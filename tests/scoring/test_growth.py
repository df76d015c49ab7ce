"""A tool that is added wins its own examples, leaves the others theirs, and goes without a trace."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from router import Example, Router, Tool, ToolSet
from router.encoders import HashingEncoder
from router.scoring.channels import Channels
from router.scoring.growth import _fit_row, without_tool
from router.training import train
from tests.strategies import tools

TIMER = Tool(
    "set_timer",
    "Set a timer that counts down.",
    examples=tuple(
        map(Example, ["set a timer for ten minutes", "ten minute timer", "start a countdown", "time my eggs", "timer"])
    ),
    counterexamples=("set an alarm for ten",),
)
SAID = ["wake me at ten", "play jazz", "text mum", "will it rain", "flip a coin", "set a timer", "hello", "order sushi"]


def _best(router: Router, utterance: str) -> str:
    return router.route(utterance).candidates[0].tool


@settings(max_examples=30)
@given(tools)
def test_a_tool_that_comes_and_goes_leaves_every_decision_as_it_was(everyday_router: Router, tool: Tool) -> None:
    again = everyday_router.with_tool(tool).without(tool.name)
    assert [again.route(text) for text in SAID] == [everyday_router.route(text) for text in SAID]
    assert again.tools == everyday_router.tools


@pytest.mark.parametrize("name", ["aaa", "play_musical", "zzz"])
def test_a_new_tool_wins_its_own_examples_wherever_its_name_sorts(everyday_router: Router, name: str) -> None:
    tool = Tool(name, TIMER.description, examples=TIMER.examples, counterexamples=TIMER.counterexamples)
    grown = everyday_router.with_tool(tool)
    assert [_best(grown, example.utterance) for example in tool.examples] == [name] * len(tool.examples)
    assert name not in everyday_router.tools


def test_the_other_tools_keep_their_own_examples(everyday_router: Router, everyday: ToolSet) -> None:
    grown = everyday_router.with_tool(TIMER)
    kept = [_best(grown, example.utterance) == tool.name for tool in everyday for example in tool.examples]
    assert all(kept)


def test_a_tool_without_example_is_found_by_its_declaration(everyday_router: Router) -> None:
    grown = everyday_router.with_tool(Tool("toast_bread", "Toast some bread in the toaster."))
    assert _best(grown, "toast some bread") == "toast_bread"
    assert grown.explain("toast some bread").candidates[0].nearest[0].is_declaration


def test_a_tool_that_is_known_is_replaced(everyday_router: Router, everyday: ToolSet) -> None:
    coin = Tool("flip_coin", "Flip a coin.", examples=(Example("heads or tails"), Example("toss it")))
    replaced = everyday_router.with_tool(coin)
    assert replaced.tools == everyday.with_tool(coin)
    assert _best(replaced, "heads or tails") == "flip_coin"
    again = everyday_router.without("flip_coin").with_tool(coin)
    assert [replaced.route(text) for text in SAID] == [again.route(text) for text in SAID]


def test_a_router_can_be_emptied_and_filled_again(everyday_router: Router) -> None:
    router = everyday_router
    for name in everyday_router.tools.names:
        router = router.without(name)
    assert router.route("wake me at ten").candidates == ()
    grown = router.with_tool(TIMER)
    assert _best(grown, "start a countdown") == "set_timer"


def test_a_tool_can_be_added_to_a_router_that_never_had_any() -> None:
    router = train(ToolSet(), HashingEncoder()).with_tool(TIMER).with_tool(Tool("play", "Play music."))
    assert [_best(router, text) for text in ("timer", "play some music")] == ["set_timer", "play"]


def _logistic(
    rows: NDArray[np.float64],
    offsets: NDArray[np.float64],
    own: int,
    counts: NDArray[np.float64],
    inverse_penalty: float,
) -> float:
    """The least penalised loss, found by an optimiser of the primal that knows nothing of the dual."""
    signs = np.where(np.arange(len(rows)) < own, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        likelihood = counts @ np.logaddexp(0.0, -signs * (rows @ weights + offsets))
        return float(likelihood + weights @ weights / (2 * inverse_penalty))

    return float(minimize(loss, np.zeros(rows.shape[1]), method="BFGS").fun)


@settings(max_examples=40)
@given(
    st.integers(0, 2**32), st.integers(1, 5), st.integers(0, 8), st.integers(0, 4), st.sampled_from([0.3, 10.0, 30.0])
)
@example(50465, 3, 1, 3, 30.0)
def test_the_new_row_of_the_head_is_the_optimum(
    seed: int, own: int, rivals: int, heads: int, inverse_penalty: float
) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(own + rivals, 6)).astype(np.float32)
    channels = _only_heads(chance.normal(size=(heads, 6)).astype(np.float32), chance.normal(size=heads))
    weights, bias = _fit_row(channels, rows[:own], rows[own:], inverse_penalty)

    others = rows.astype(np.float64) @ channels.head_weights.T + channels.head_biases
    offsets = -np.logaddexp.reduce(others, axis=1) if heads else np.zeros(len(rows))
    logits = rows.astype(np.float64) @ weights + offsets
    targets = np.arange(len(rows)) < own
    counts = np.where(targets, 1.0, own)  # there are no prototypes that say how many stand for a tool
    loss = counts @ np.logaddexp(0.0, np.where(targets, -logits, logits))
    loss += weights.astype(np.float64) @ weights / (2 * inverse_penalty)
    assert bias == 0.0, "the mean of no tools' biases"
    assert loss == pytest.approx(_logistic(rows.astype(np.float64), offsets, own, counts, inverse_penalty), abs=5e-3)
    surplus = counts * (1 / (1 + np.exp(-logits)) - targets)
    assert np.abs(rows.T @ surplus + weights / inverse_penalty).max() < 0.1


def _only_heads(weights: NDArray[np.float32], biases: NDArray[np.float64]) -> Channels:
    none, indices = np.zeros((0, 6), np.float32), np.zeros(0, np.int32)
    return Channels(weights, biases.astype(np.float32), none, none, indices, indices)


def test_what_is_taken_away_takes_its_rows_along(everyday_router: Router) -> None:
    before = everyday_router.scorer.channels
    after = without_tool(before, 2)
    assert after.tools == before.tools - 1
    assert len(after.head_weights) == len(before.head_weights) - 1
    assert sorted(set(after.owners.tolist())) == list(range(after.tools))
    assert len(after.owners) == len(before.owners) - (before.owners == 2).sum()
    assert np.array_equal(after.prototypes[after.owners == 2], before.prototypes[before.owners == 3])
