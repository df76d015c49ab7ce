"""What ships as being for no tool is varied, and gives way to tools."""

import numpy as np

from router.declarations import Example, Tool, ToolSet
from router.encoders import HashingEncoder
from router.text import normalize
from router.training import train
from router.training.background import NEAREST, background, with_background

ENCODER = HashingEncoder()


def _tools(*examples: str) -> ToolSet:
    return ToolSet((Tool("bake", "Bake bread.", examples=tuple(map(Example, examples))),))


def test_no_utterance_comes_twice_and_none_is_a_comment() -> None:
    texts = [normalize(text).casefold() for text in background()]
    assert len(texts) == len(set(texts)) == 600
    assert not any(text.startswith("#") for text in texts)


def test_what_is_near_to_a_tool_is_left_out() -> None:
    own = background()[::60]
    material = with_background(_tools(*own), ENCODER)
    assert 0 < len(material.background) <= len(background()) - len(own)
    assert (material.background.embeddings @ material.examples.embeddings.T).max() < NEAREST


def test_a_tool_that_is_hardly_more_than_its_declaration_is_not_drowned() -> None:
    assert len(with_background(_tools("bake it", "a loaf please", "bread"), ENCODER).background) == 0
    assert len(with_background(ToolSet(()), ENCODER).background) == 0


def test_what_is_declared_out_of_scope_is_not_background() -> None:
    tools = ToolSet(_tools("bake it", "a loaf please", "bread", "bake two loaves").tools, ("hello there",))
    material = with_background(tools, ENCODER)
    assert len(material.out_of_scope) == 1
    assert len(material.background) > 100


def test_the_background_lowers_what_is_far_from_every_tool() -> None:
    tools = _tools("bake it", "a loaf please", "bake some bread", "bake two loaves")
    router = train(tools, ENCODER)
    said = ["why did the roman empire fall", "who won the match"]
    assert max(decision.in_scope for decision in router.route_many(said)) < 0.5
    assert router.route("bake some bread now").in_scope > 0.5
    assert np.isfinite(router.scorer.gate).all()
