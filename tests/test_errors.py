"""Errors carry their parts, inherit what a caller would expect, and say the fact first."""

import inspect
import pickle
import re
from pathlib import Path

import pytest

from router import errors
from router.errors import (
    ArgumentError,
    BundleError,
    DeclarationError,
    EncoderError,
    EncoderMismatchError,
    FileError,
    GateError,
    HandlerError,
    HandlerTimeoutError,
    LogError,
    MissingExtraError,
    NotRunError,
    OverlayError,
    Problem,
    ReportError,
    RouterError,
    SuiteError,
    UnknownCorrectionError,
    UnknownEncoderError,
    UnknownToolError,
    did_you_mean,
)

TREE = {
    FileError: (RouterError, ValueError),
    DeclarationError: (FileError,),
    SuiteError: (FileError,),
    GateError: (FileError,),
    LogError: (FileError,),
    ReportError: (RouterError, ValueError),
    OverlayError: (RouterError, ValueError),
    UnknownToolError: (RouterError, LookupError),
    UnknownCorrectionError: (RouterError, LookupError),
    BundleError: (RouterError, ValueError),
    HandlerError: (RouterError, TypeError),
    ArgumentError: (RouterError, ValueError),
    HandlerTimeoutError: (RouterError, TimeoutError),
    NotRunError: (RouterError, RuntimeError),
    EncoderError: (RouterError, RuntimeError),
    UnknownEncoderError: (EncoderError,),
    EncoderMismatchError: (EncoderError,),
    MissingExtraError: (RouterError, ImportError),
}


def test_the_tree_is_the_one_that_the_docstring_draws() -> None:
    own = {
        c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, RouterError) and c is not RouterError
    }
    assert own == TREE.keys()
    drawn = re.findall(r"^    (│   )?[├└]── (\w+)(?: \((\w+)\))? {2,}\S", errors.__doc__ or "", re.MULTILINE)
    assert {getattr(errors, name) for _, name, _ in drawn} == own
    parent = RouterError
    for inner, name, builtin in drawn:
        error = getattr(errors, name)
        assert error.__bases__ == TREE[error]
        if inner:
            assert TREE[error] == (parent,)
        else:
            parent = error
            assert [base.__name__ for base in TREE[error]] == ["RouterError", builtin]


@pytest.mark.parametrize("kind", [DeclarationError, SuiteError, GateError])
def test_problems_are_sorted_counted_and_told_once(kind: type[FileError]) -> None:
    problems = [
        Problem("b.yaml", 0, "", "is empty"),
        Problem("a.yaml", 9, "examples[0]", "is no text"),
        Problem("a.yaml", 6, "", "unknown key"),
        Problem("a.yaml", 6, "", "unknown key"),
    ]
    error = kind(problems)
    assert [problem.line for problem in error.problems] == [6, 9, 0]
    assert str(error) == (
        "a.yaml has 2 problems\n  line 6   unknown key\n  line 9   examples[0]: is no text\n"
        "b.yaml has 1 problem\n  file     is empty"
    )


def test_each_error_carries_its_parts() -> None:
    unknown = UnknownToolError("set_alrm", ["set_alarm", "play"])
    assert (unknown.name, unknown.known) == ("set_alrm", ("set_alarm", "play"))
    assert str(unknown) == "no tool is named 'set_alrm'. Did you mean 'set_alarm'?"
    encoder = UnknownEncoderError("minilmm", ["minilm", "hashing"])
    assert (encoder.name, encoder.known) == ("minilmm", ("minilm", "hashing"))
    assert str(encoder) == "no encoder is named 'minilmm'. Did you mean 'minilm'? Encoders: minilm, hashing."
    mismatch = EncoderMismatchError("'a' (3 dims, 9f3c2a)", "'b' (2 dims, 01b7e4)")
    assert (mismatch.wanted, mismatch.given) == ("'a' (3 dims, 9f3c2a)", "'b' (2 dims, 01b7e4)")
    assert str(mismatch).startswith("this bundle was built with encoder 'a' (3 dims, 9f3c2a) but 'b' (2 dims, 01b7e4)")
    report = ReportError("report.json", "is not JSON")
    assert (report.path, str(report)) == ("report.json", "report.json: is not JSON")
    bundle = BundleError(Path("x/tools.json"), "is missing")
    assert (bundle.path, str(bundle)) == (Path("x/tools.json"), f"{Path('x/tools.json')}: is missing")
    handlers = HandlerError(["set_alarm: has no handler", "get_time: print cannot take 'zone'"])
    assert handlers.problems == ("set_alarm: has no handler", "get_time: print cannot take 'zone'")
    assert str(handlers) == (
        "the handlers do not fit the tools: 2 problems\n"
        "  set_alarm: has no handler\n  get_time: print cannot take 'zone'"
    )
    arguments = ArgumentError("set_alarm", ["time: 7 is not text"])
    assert (arguments.tool, arguments.problems) == ("set_alarm", ("time: 7 is not text",))
    assert str(arguments) == "the arguments are not those of 'set_alarm': 1 problem\n  time: 7 is not text"
    late = HandlerTimeoutError("set_alarm", 2.5)
    assert (late.tool, late.seconds) == ("set_alarm", 2.5)
    assert str(late) == "the handler of 'set_alarm' was not done after 2.5 seconds"
    extra = MissingExtraError("torch", "st", "that encoder")
    assert (extra.package, extra.extra) == ("torch", "st")
    assert str(extra) == "that encoder needs 'torch'. Install it with: pip install 'intent-router[st]'"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("colour", " Did you mean 'color'?"), ("color", " Did you mean 'color'?"), ("qwrtz", ""), ("", "")],
)
def test_only_a_near_name_is_suggested(name: str, hint: str) -> None:
    assert did_you_mean(name, ["color", "size"]) == hint


def test_problems_are_values_that_travel_between_processes() -> None:
    problem = Problem("a.yaml", 6, "name", "is empty")
    assert pickle.loads(pickle.dumps(problem)) == problem


@pytest.mark.parametrize(
    "error",
    [
        DeclarationError([Problem("a.yaml", 6, "name", "is empty")]),
        SuiteError([Problem("a.jsonl", 6, "intent", "is empty")]),
        GateError([Problem("a.yaml", 6, "gates[0].metric", "is empty")]),
        ReportError("report.json", "is not JSON"),
        UnknownToolError("set_alrm", ["set_alarm"]),
        BundleError(Path("x"), "is missing"),
        UnknownEncoderError("minilmm", ["minilm"]),
        EncoderMismatchError("'a'", "'b'"),
        MissingExtraError("torch", "st", "that encoder"),
        HandlerError(["set_alarm: has no handler"]),
        ArgumentError("set_alarm", ["time: 7 is not text"]),
        HandlerTimeoutError("set_alarm", 2.5),
        NotRunError("no handler ran"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_travel_between_processes(error: RouterError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
