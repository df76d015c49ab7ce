"""Fitting how probable values are."""

from router.arguments.confidence import Confidence
from router.declarations import Tool, ToolSet
from router.encoders import HashingEncoder
from router.training.confidence import fit_confidence

LABELS = (
    "gym",
    "work",
    "swim",
    "yoga",
    "school",
    "tea",
    "lunch",
    "the plumber",
    "the dentist",
    "a walk",
    "piano",
    "mum",
)


def _tool(*utterances: str) -> Tool:
    return Tool.from_dict(
        {
            "name": "remind",
            "description": "Set a reminder.",
            "parameters": {"type": "object", "properties": {"label": {"type": "string"}}},
            "examples": list(utterances),
        }
    )


def test_values_that_are_right_when_they_are_held_out_become_more_probable() -> None:
    tool = _tool(*(f"remind me of {{label: {label}}}" for label in LABELS))
    fitted = fit_confidence(ToolSet((tool,)), HashingEncoder(), 0.45)
    assert fitted.bias > Confidence().bias


def test_examples_that_say_nothing_of_values_teach_nothing() -> None:
    tools = ToolSet((_tool("remind me", "a reminder, please", "I forget things"), Tool("other", "Another.", {})))
    assert fit_confidence(tools, HashingEncoder(), 0.45) == Confidence()


def test_fitting_twice_gives_the_same() -> None:
    tools = ToolSet((_tool(*(f"remind me of {{label: {label}}}" for label in LABELS)),))
    assert fit_confidence(tools, HashingEncoder(), 0.45) == fit_confidence(tools, HashingEncoder(), 0.45)
