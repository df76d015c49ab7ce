"""Tune an encoder on tools, and keep it only if utterances that it did not see say so."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import router
from router.declarations import ToolSet
from router.encoder_making.export import check_exportable, export
from router.encoder_making.parity import Parity
from router.encoder_making.quantize import Precision
from router.encoder_making.tuning.judging import Verdict, judge
from router.encoder_making.tuning.texts import EXAMPLES_TOGETHER, batches, texts_of
from router.encoder_making.tuning.work import Work
from router.encoders import Encoder
from router.encoders.cache import CachedEncoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.errors import EncoderError, MissingExtraError
from router.evaluation.crossval import Fold, folds_of, suite_of
from router.evaluation.outcomes import Outcome
from router.evaluation.runner import asked
from router.training import require_scikit_learn, train

Progress = Callable[[str, int, int], object]

FOLDS = 3
LEARNING_RATE = 5e-5
PASSES = 3
"""By default every example is seen about so many times."""
_FEWEST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Tuning:
    """What came of tuning."""

    verdict: Verdict
    steps: int
    parity: Parity | None
    """How near the exported folder came to the tuned model; None where the untouched one is kept."""
    model: Path | None
    """The tuned model as sentence-transformers has it; None where the untouched one is kept."""


def tune(
    tools: ToolSet,
    encoder: SentenceTransformerEncoder,
    out: Path,
    *,
    precision: Precision = "fp32",
    folds: int = FOLDS,
    steps: int | None = None,
    learning_rate: float = LEARNING_RATE,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Tuning:
    """Tune an encoder on what these tools declare, and export it to the folder `out` if it is better for it.

    First the tools' utterances are held out, fold by fold: tuned without them, a
    router is trained without them on the untouched encoder and on the tuned one,
    and both decide about them. If the tuned one is better by more than chance, the
    encoder is tuned again on everything, for as many steps, and exported as
    `export` does; if not, nothing is written to `out`. The number of steps is no
    choice between figures, so that the folds are measured, not fitted to.

    What is done is kept in `work_folder(out)`, and a run with the same arguments
    goes on from there. The same arguments give the same encoder on the same
    machine. The network is never used. Raises MissingExtraError, EncoderError,
    SuiteError if no tool has an example.
    """
    _require_packages()
    check_exportable(encoder, out)
    suite = suite_of(tools)
    if sum(bool(tool.examples) for tool in tools) < 2:
        raise EncoderError("tuning tells tools apart by their examples, and fewer than two tools have any")
    steps = steps or _steps(tools)
    work = Work.begin(
        work_folder(out),
        {
            "package": router.__version__,
            "declarations": tools.fingerprint,
            "encoder": encoder.fingerprint,
            "folds": folds,
            "steps": steps,
            "learning_rate": learning_rate,
            "seed": seed,
        },
    )
    tuner = _Tuner(encoder, work, steps, learning_rate, seed, progress)
    outcomes: tuple[list[Outcome], list[Outcome]] = [], []
    dealt = list(folds_of(tools, suite, folds))
    for number, fold in enumerate(dealt):
        for known, new in zip(outcomes, tuner.compare(number, len(dealt), fold), strict=True):
            known.extend(new)
    verdict = judge(*outcomes)
    if not verdict.kept:
        return Tuning(verdict, steps, None, None)
    model = tuner.tuned(tools, f"{encoder.name.removeprefix('st:').rpartition('/')[2]}-tuned", "tuning")
    texts = [example.utterance for tool in tools for example in tool.examples]
    parity = export(SentenceTransformerEncoder(str(model)), out, precision, texts, progress=progress)
    return Tuning(verdict, steps, parity, model)


def work_folder(out: Path) -> Path:
    """Return where tuning keeps what it has done."""
    return out.with_name(f"{out.name}.tuning")


@dataclass(frozen=True, slots=True)
class _Tuner:
    encoder: SentenceTransformerEncoder
    work: Work
    steps: int
    learning_rate: float
    seed: int
    progress: Progress

    def compare(self, number: int, folds: int, fold: Fold) -> tuple[Sequence[Outcome], Sequence[Outcome]]:
        """Return what came of a fold's cases with the untouched encoder and with the tuned one."""
        if known := self.work.read(number, fold.cases):
            return known
        name = f"fold-{number}"
        model = self.tuned(fold.tools, name, f"tuning {number + 1}/{folds}")
        cache = self.work.folder / "cache"
        untouched, tuned = (
            self._decided(fold, CachedEncoder(encoder, folder, progress=self._embedding))
            for encoder, folder in ((self.encoder, None), (SentenceTransformerEncoder(str(model)), cache))
        )
        self.work.write(number, untouched, tuned)
        shutil.rmtree(model)
        shutil.rmtree(cache, ignore_errors=True)
        return untouched, tuned

    def tuned(self, tools: ToolSet, name: str, stage: str) -> Path:
        """Return the folder of the encoder tuned on these tools, made unless it is there."""
        from router.encoder_making.tuning.fit import fit
        from router.encoder_making.tuning.loss import TuningLoss

        folder = self.work.folder / name
        if not folder.exists():
            texts = texts_of(tools, self.encoder.prefixes)
            rows = CachedEncoder(self.encoder, progress=self._embedding).encode(texts.texts)
            fit(
                self.encoder.model,
                texts.texts,
                [*batches(texts, rows, self.steps, self.seed)],
                lambda model: TuningLoss(model, texts, rows),
                folder,
                learning_rate=self.learning_rate,
                seed=self.seed,
                progress=lambda done, total: self.progress(stage, done, total),
            )
        return folder

    def _embedding(self, done: int, total: int) -> None:
        self.progress("embedding", done, total)

    def _decided(self, fold: Fold, encoder: Encoder) -> Sequence[Outcome]:
        trained = train(fold.tools, encoder, None, self.progress)
        return [asked(trained, case) for case in fold.cases]


def _steps(tools: ToolSet) -> int:
    examples = sum(len(tool.examples) for tool in tools)
    return max(_FEWEST_STEPS, round(PASSES * examples / EXAMPLES_TOGETHER))


def _require_packages() -> None:
    require_scikit_learn("comparing encoders")
    for package in ("datasets", "accelerate"):
        if not importlib.util.find_spec(package):
            raise MissingExtraError(package, "tune", "tuning an encoder")
