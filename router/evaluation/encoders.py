"""What encoders cost and buy: a router on each, of the same tools, asked the same suites.

    rows = [*compare(tools, ["everyday.jsonl"], ["minilm", "st:google/embeddinggemma-300m"], [768, 256])]

Each router is trained here and asked in a process of its own (`asking`), so that
the memory it takes is its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeAlias

from router.declarations import ToolSet
from router.encoders import DEFAULT, AdaptedEncoder, Encoder, adapted, load_encoder
from router.encoders.cache import CachedEncoder
from router.encoders.families import dimensions_of
from router.errors import EncoderError, FileError, Problem, RouterError, SuiteError
from router.evaluation.report import SuiteResult, read_report
from router.evaluation.suite_files import load_suite

METRICS = ("accuracy", "coverage", "auroc")
"""What an encoder buys."""

Progress: TypeAlias = Callable[[str, int, int], object]
"""Is told a stage's name, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Row:
    """An encoder at one length of its rows."""

    encoder: str
    """As it was asked for."""
    dimensions: int | None = None
    problem: str = ""
    """Why it could not be measured; empty if it was."""
    suites: tuple[SuiteResult, ...] = field(default=(), repr=False)
    size: float | None = None
    """Of the encoder's files, in MB; None where a server has them."""
    bundle_size: float | None = None
    """Of the bundle, which a device needs beside them, in MB."""
    memory: float | None = None
    """Peak resident memory of a process that only routes, in MB; that of a server is not seen."""
    milliseconds: float | None = None
    """The median time of a decision on one thread; of each utterance the least of several turns."""
    reference_milliseconds: float | None = None
    """The same of the router on the reference encoder, timed in turns with it."""

    @property
    def ratio(self) -> float | None:
        """How many times as long as the reference it takes."""
        if self.milliseconds is None or not self.reference_milliseconds:
            return None
        return self.milliseconds / self.reference_milliseconds

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON, without what was decided about each case."""
        costs = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "suites"}
        found = {suite.name: {name: suite.overall(name).to_dict() for name in METRICS} for suite in self.suites}
        return {key: _rounded(value) for key, value in costs.items()} | {"ratio": _rounded(self.ratio), "suites": found}


def compare(
    tools: ToolSet,
    suites: Sequence[str | os.PathLike[str]],
    encoders: Sequence[str],
    dimensions: Sequence[int] = (),
    *,
    allow_remote: bool = False,
    reference: str = DEFAULT,
    progress: Progress = lambda *_: None,
) -> Iterator[Row]:
    """Measure a router of the tools on each encoder, at each of the lengths that it allows.

    An encoder that allows none of the lengths is measured at its own, and so are
    all if no length is given. One that cannot be measured is a row that says why.
    Embeddings are cached. Raises SuiteError, before anything is measured, if a
    suite cannot be read or asked; MissingExtraError without scikit-learn.
    """
    from router.training import require_scikit_learn

    require_scikit_learn("comparing encoders")
    _check(suites, tools)
    job = _Job(tools, tuple(os.fspath(suite) for suite in suites), allow_remote, reference, progress)
    return _rows(job, dict.fromkeys(encoders), dict.fromkeys(dimensions))


@dataclass(frozen=True)
class _Job:
    """What all rows have in common."""

    tools: ToolSet
    suites: tuple[str, ...]
    allow_remote: bool
    reference: str
    progress: Progress

    def compile(self, encoder: Encoder, bundle: Path, name: str) -> None:
        """Train a router and write its bundle."""
        from router.training import train

        train(self.tools, encoder, None, lambda stage, *done: self.stage(f"{name}: {stage}")(*done)).save(bundle)

    def stage(self, name: str) -> Callable[[int, int], None]:
        """Return what tells how much of a stage is done."""

        def show(done: int, total: int) -> None:
            self.progress(name, done, total)

        return show


def _rows(job: _Job, encoders: dict[str, None], dimensions: dict[int, None]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        reference = load_encoder(job.reference)
        job.compile(CachedEncoder(reference), folder / "reference.bundle", job.reference)
        for spec in encoders:
            try:
                encoder = load_encoder(spec, allow_remote=job.allow_remote)
                cached = CachedEncoder(encoder, progress=job.stage(f"{spec}: embedding"))
            except (RouterError, OSError) as error:
                yield Row(spec, problem=str(error))
                continue
            allowed = {encoder.dim, *dimensions_of(encoder)}
            for length in [each for each in dimensions if each in allowed] or [encoder.dim]:
                try:
                    yield _row(job, spec, adapted(cached, dimensions=length), folder)
                except (RouterError, OSError) as error:
                    yield Row(spec, length, problem=str(error))


def _row(job: _Job, spec: str, encoder: Encoder, folder: Path) -> Row:
    bundle, report = folder / "its.bundle", folder / "report.json"
    job.compile(encoder, bundle, spec)
    asked = {
        "bundle": str(bundle),
        "encoder": spec,
        "dimensions": encoder.dim,
        "allow_remote": job.allow_remote,
        "suites": job.suites,
        "reference": {"bundle": str(folder / "reference.bundle"), "encoder": job.reference},
        "report": str(report),
    }
    _ask(asked, job.stage(f"{spec}: deciding"))
    found = json.loads(report.read_text("utf-8"))["costs"]
    return Row(
        spec,
        encoder.dim,
        suites=read_report(report).suites,
        size=size_of(encoder),
        bundle_size=sum(file.stat().st_size for file in bundle.iterdir()) / 1e6,
        **found,
    )


def size_of(encoder: Encoder) -> float | None:
    """Return what an encoder's files take, in MB; None where another process has them."""
    if isinstance(encoder, AdaptedEncoder | CachedEncoder):
        return size_of(encoder.encoder)
    size: int | None = getattr(encoder, "size", None)
    return None if size is None else size / 1e6


def _ask(asked: dict[str, Any], progress: Callable[[int, int], object]) -> None:
    """Run `asking` in a process of its own. Raises EncoderError with its last words if it fails."""
    command = [sys.executable, "-m", "router.evaluation.asking", json.dumps(asked)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words,
        subprocess.Popen(  # noqa: S603 (this interpreter, this package)
            command, stdout=subprocess.PIPE, stderr=words, env=os.environ | one_thread, encoding="utf-8"
        ) as process,
    ):
        assert process.stdout
        try:
            for line in process.stdout:
                if told := _PROGRESS.fullmatch(line):
                    progress(int(told[1]), int(told[2]))
        except BaseException:
            process.kill()
            raise
        if process.wait():
            words.seek(0)
            last = [line.strip() for line in words if line.strip()][-1:]
            raise EncoderError(last[0] if last else f"the process that routed with it ended with {process.returncode}")


_PROGRESS = re.compile(r"(\d+) (\d+)\n")


def _check(suites: Sequence[str | os.PathLike[str]], tools: ToolSet) -> None:
    problems: list[Problem] = []
    for suite in suites:
        try:
            load_suite(suite, tools)
        except FileError as error:
            problems += error.problems
    if problems:
        raise SuiteError(problems)


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
