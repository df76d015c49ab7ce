"""The exceptions of this package.

    RouterError
    ├── FileError (ValueError)                files that people write are wrong; carries every problem
    │   ├── DeclarationError                  tool files
    │   ├── SuiteError                        suites for an evaluation
    │   ├── GateError                         gates for an evaluation
    │   └── LogError                          a decision log
    ├── ReportError (ValueError)              a report of an evaluation cannot be read, or not compared
    ├── OverlayError (ValueError)             a file of corrections cannot be read
    ├── UnknownToolError (LookupError)        a tool name that is not declared
    ├── UnknownCorrectionError (LookupError)  an id that is not in a file of corrections
    ├── BundleError (ValueError)              a bundle is missing, altered, truncated or too new
    ├── HandlerError (TypeError)              handlers do not fit the tools they are for; carries every problem
    ├── ArgumentError (ValueError)            a call's arguments are not what its tool declares; carries every problem
    ├── HandlerTimeoutError (TimeoutError)    a handler was not done in time
    ├── NotRunError (RuntimeError)            the result of a handler that did not run is asked for
    ├── EncoderError (RuntimeError)           an encoder cannot be opened or gave nonsense
    │   ├── UnknownEncoderError               no encoder has that name
    │   └── EncoderMismatchError              not the encoder the bundle was built with
    └── MissingExtraError (ImportError)       an optional dependency is not installed

Nothing here is raised for what a person says: every utterance gets a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
from typing import Any


class RouterError(Exception):
    """Catch every error this package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as it is, so that it crosses processes: not by calling the constructor with the message."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[RouterError], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> RouterError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments  # an OSError takes them when it is initialised
    error.__dict__.update(attributes)
    return error


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place of one file."""

    file: str
    """The file as it was given, or a stand-in such as `<string>`."""
    line: int
    """1-based line, 0 where the problem is the file as a whole."""
    path: str
    """Where inside the document, for example `examples[2].arguments`; may be empty."""
    message: str
    """The fact first, then what would be right."""

    def __str__(self) -> str:
        place = f"line {self.line:<4}" if self.line else "file     "
        return f"{place}{self.path}: {self.message}" if self.path else f"{place}{self.message}"


class FileError(RouterError, ValueError):
    """Report everything that is wrong with files that people write, at once.

    `problems` holds them in order of file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self._render())

    def _render(self) -> str:
        parts = []
        for file in dict.fromkeys(problem.file for problem in self.problems):
            own = [problem for problem in self.problems if problem.file == file]
            count = "1 problem" if len(own) == 1 else f"{len(own)} problems"
            parts.append("\n  ".join([f"{file} has {count}", *map(str, own)]))
        return "\n".join(parts)


class DeclarationError(FileError):
    """Report everything that is wrong with a set of tool declarations."""


class SuiteError(FileError):
    """Report everything that is wrong with a suite."""


class GateError(FileError):
    """Report everything that is wrong with a file of gates."""


class LogError(FileError):
    """Report why a decision log cannot be opened, or which of its lines cannot be read."""


class ReportError(RouterError, ValueError):
    """Say which report of an evaluation cannot be used, and why."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class OverlayError(RouterError, ValueError):
    """Say which line of a file of corrections cannot be read, and why."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path} line {line}: {message}")


class UnknownToolError(RouterError, LookupError):
    """Say that no tool has a name, and which name is near."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"no tool is named {name!r}.{did_you_mean(name, known)}")


class UnknownCorrectionError(RouterError, LookupError):
    """Say that a file of corrections has none of an id."""

    def __init__(self, path: Path, id: str) -> None:  # noqa: A002
        self.path = path
        self.id = id
        super().__init__(f"{path}: no correction has the id {id!r}. 'router overlay show' lists them.")


class BundleError(RouterError, ValueError):
    """Say which file of a bundle is wrong, and why."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class HandlerError(RouterError, TypeError):
    """Report everything about handlers that does not fit the tools they are for, at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__(_with_problems("the handlers do not fit the tools", self.problems))


class ArgumentError(RouterError, ValueError):
    """Report everything about the arguments of a call that is not as its tool declares, at once.

    The message quotes arguments, which are what a person said.
    """

    def __init__(self, tool: str, problems: Iterable[str]) -> None:
        self.tool = tool
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__(_with_problems(f"the arguments are not those of {tool!r}", self.problems))


class HandlerTimeoutError(RouterError, TimeoutError):
    """Say which tool's handler was not done in time."""

    def __init__(self, tool: str, seconds: float) -> None:
        self.tool = tool
        self.seconds = seconds
        super().__init__(f"the handler of {tool!r} was not done after {seconds:g} seconds")


class NotRunError(RouterError, RuntimeError):
    """Say why there is no result: no handler ran."""


class EncoderError(RouterError, RuntimeError):
    """Say why an encoder cannot be used."""


class UnknownEncoderError(EncoderError):
    """Say that no encoder has a name, and which name is near."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"no encoder is named {name!r}.{did_you_mean(name, known)} Encoders: {', '.join(known)}.")


class EncoderMismatchError(EncoderError):
    """Say that a bundle needs another encoder than the one given."""

    def __init__(self, wanted: str, given: str) -> None:
        self.wanted = wanted
        self.given = given
        super().__init__(
            f"this bundle was built with encoder {wanted} but {given} was given.\n"
            "Build it again with the encoder you ship, or load it with the one it was built with."
        )


class MissingExtraError(RouterError, ImportError):
    """Say which optional dependency is missing, and the command that installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"{purpose} needs {package!r}. Install it with: pip install 'intent-router[{extra}]'")


def _with_problems(fact: str, problems: Sequence[str]) -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n  ".join([f"{fact}: {count}", *problems])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?` for the nearest known name, or an empty string."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""
