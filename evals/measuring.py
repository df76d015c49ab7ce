"""What commands that measure task by task share: how they are called, and a file of results that grows."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from router.encoders import Encoder
from router.evaluation.provenance import commit, machine

ROOT = Path(__file__).parent.parent
DATA = "folder with the public sets, see 'python -m evals.public --list'"

Measure = Callable[[], dict[str, Any]]


class Results:
    """Results by task, printed and put into a file as soon as each is there; what is in the file already stays.

    A file holds either splits for reporting or splits for development.
    """

    def __init__(self, file: Path | None, scored: str, only: Sequence[str] = ()) -> None:
        """Read the file. Raises ValueError if it is of the other splits, or another command's."""
        self._file, self._scored, self._only = file, scored, only
        self.tasks = _kept(file, scored) if file else {}

    def wants(self, task: str) -> bool:
        """Whether a task of this name was asked for."""
        return not self._only or any(part in task for part in self._only)

    def add(self, name: str, measure: Measure, made: dict[str, Any]) -> None:
        """Measure a task, whether or not it was measured before."""
        started = time.perf_counter()
        self.tasks[name] = measure() | made
        print(f"\n{name}: {json.dumps(self.tasks[name])} ({time.perf_counter() - started:.0f} s)", flush=True)
        if self._file:
            _write(self._file, self._scored, self.tasks)

    def add_all(self, encoder: Encoder, tasks: Iterable[tuple[str, Measure]]) -> None:
        """Measure what is wanted and was not measured of this very encoder, whose name comes before the task's."""
        made = made_with(encoder=described(encoder))
        for task, measure in tasks:
            name = f"{encoder.name}/{task}"
            if self.wants(task) and self.tasks.get(name, {}).get("encoder") != made["encoder"]:
                self.add(name, measure, made)


def command_line(command: str, description: str | None, *, development: bool = True) -> argparse.ArgumentParser:
    """Return a parser of what all of them take, `development` only where there are splits for it."""
    parser = argparse.ArgumentParser(
        prog=f"python -m evals.{command}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument("--only", nargs="+", default=[], metavar="PART", help="tasks whose names contain one of these")
    parser.set_defaults(validation=False)
    if development:
        parser.add_argument("--validation", action="store_true", help="ask the splits for development")
    return parser


def opened(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Results:
    """Return the results that are added to; leaves with a message if the file is of something else."""
    try:
        return Results(arguments.output, "development" if arguments.validation else "reporting", arguments.only)
    except ValueError as error:
        parser.error(str(error))


def described(encoder: Encoder) -> str:
    """Return what a result says of its encoder."""
    return f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})"


def made_with(**what: Any) -> dict[str, Any]:
    """Return what every result says of how it was made.

    Ask once: the files may be of another commit before the last task is done, and the process is not.
    """
    return what | {"commit": commit(ROOT), "machine": machine()}


def _kept(file: Path, scored: str) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        held = json.loads(file.read_text("utf-8"))
        theirs, results = held["scored"], held["tasks"]
    except (ValueError, LookupError, TypeError):
        raise ValueError(f"{file} was not written by this command. Name another file.") from None
    if theirs != scored:
        raise ValueError(
            f"{file} holds results of splits for {theirs}, and this run is for {scored}. Name another file."
        )
    return dict(results)


def _write(file: Path, scored: str, results: dict[str, Any]) -> None:
    """Write the results, a line for each task."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(results[name])}" for name in sorted(results)]
    text = f'{{\n"scored": {json.dumps(scored)},\n"tasks": {{\n' + ",\n".join(lines) + "\n}\n}\n"
    file.write_text(text, "utf-8")
