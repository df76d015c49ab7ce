"""There is one public namespace, and what is in it is meant to be."""

import dataclasses
import importlib
import inspect
import tomllib
import types
from pathlib import Path
from typing import get_args

import pytest

import router
from router import errors

MODULES = [
    "router",
    "router.encoders",
    "router.scoring",
    "router.bundle",
    "router.conversation",
    "router.declarations",
    "router.dispatch",
    "router.overlay",
]


@pytest.mark.parametrize("name", MODULES)
def test_what_is_listed_is_there_sorted_and_nothing_else_is(name: str) -> None:
    module = importlib.import_module(name)
    assert all(hasattr(module, public) for public in module.__all__)
    assert list(module.__all__) == sorted(module.__all__, key=lambda public: (not public.isupper(), public))
    own = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_") and not isinstance(value, types.ModuleType) and key != "annotations"
    }
    assert own == set(module.__all__)


def test_the_public_names_are_these() -> None:
    decisions = {"Abstain", "AskArgument", "Candidate", "Clarify", "Decision", "Policy", "ToolCall"}
    corrections = {"OUT_OF_SCOPE", "Conflict", "Correction", "OutOfScope", "Overlay"}
    declarations = {"Example", "Parameter", "Tool", "ToolSet"}
    assert set(router.__all__) - decisions - declarations - corrections == {
        "ArgumentError",
        "AuditLog",
        "BundleError",
        "Conversation",
        "DecisionLog",
        "DeclarationError",
        "Dispatched",
        "Dispatcher",
        "EncoderError",
        "EncoderMismatchError",
        "FileError",
        "GateError",
        "HandlerError",
        "HandlerTimeoutError",
        "LogError",
        "MissingExtraError",
        "NotRunError",
        "OverlayError",
        "ReportError",
        "Router",
        "RouterError",
        "Shadow",
        "SuiteError",
        "UnknownCorrectionError",
        "UnknownEncoderError",
        "UnknownToolError",
        "read_log",
    }
    assert decisions | declarations | corrections <= set(router.__all__)


def test_every_error_that_may_be_raised_can_be_caught_from_the_public_namespace() -> None:
    raised = {c.__name__ for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.RouterError)}
    assert raised <= set(router.__all__)


def test_a_decision_is_one_of_four() -> None:
    assert {kind.__name__ for kind in get_args(router.Decision)} == {"ToolCall", "AskArgument", "Clarify", "Abstain"}


def test_everything_public_says_what_it_is() -> None:
    public = [getattr(router, name) for name in router.__all__ if inspect.isclass(getattr(router, name))]
    for thing in public:
        assert thing.__doc__, thing
        assert not thing.__doc__.startswith(f"{thing.__name__}("), f"{thing} has the docstring that dataclass made up"
    for kind in (
        router.AuditLog,
        router.Conversation,
        router.DecisionLog,
        router.Dispatched,
        router.Dispatcher,
        router.Overlay,
        router.Router,
        router.Shadow,
    ):
        for name, method in inspect.getmembers(kind, inspect.isroutine):
            assert name.startswith("_") or method.__doc__, name


def test_values_are_frozen() -> None:
    for name in router.__all__:
        thing = getattr(router, name)
        if dataclasses.is_dataclass(thing):
            assert thing.__dataclass_params__.frozen, name  # type: ignore[union-attr]


def test_the_version_is_the_one_that_is_packaged() -> None:
    project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text(encoding="utf-8"))
    assert router.__version__ == project["project"]["version"]
