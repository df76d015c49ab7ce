from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from sentence_transformers import SentenceTransformer

from router.encoder_making.tuning.fit import checkpoints_of, fit
from router.encoder_making.tuning.loss import TuningLoss
from router.encoder_making.tuning.texts import batches, texts_of
from router.encoders import Prefixes
from tests.encoder_making.conftest import write_tiny_bert
from tests.encoder_making.tuning.tasks import by_words

STEPS = 10
ROOT = Path(__file__).parents[3]


def tune_to(out: Path, model: SentenceTransformer, die_at: int = -1) -> list[int]:
    """Tune a copy of a model, and return the steps that were reported."""
    reported: list[int] = []

    def progress(done: int, _: int) -> None:
        reported.append(done)
        if done == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    texts = texts_of(by_words(8), Prefixes())
    teacher = model.encode(list(texts.texts), show_progress_bar=False, normalize_embeddings=True)
    fit(
        model,
        texts.texts,
        [*batches(texts, teacher, STEPS, 5)],
        lambda tuned: TuningLoss(tuned, texts, teacher),
        out,
        learning_rate=1e-3,
        seed=5,
        progress=progress,
    )
    return reported


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert")


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was tuned without a break."""
    out = tmp_path_factory.mktemp("whole") / "tuned"
    model = _open(folder)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    assert tune_to(out, model) == list(range(STEPS + 1))
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    return out


def test_tuning_moves_weights_but_not_the_table_of_tokens(folder: Path, whole: Path) -> None:
    before, after = (_open(each).state_dict() for each in (folder, whole))
    moved = {name for name, weight in after.items() if not torch.equal(weight, before[name])}
    assert not any("word_embeddings" in name for name in moved)
    assert any("attention" in name for name in moved)


def test_what_is_tuned_holds_no_utterance_and_leaves_no_checkpoint(whole: Path) -> None:
    assert not checkpoints_of(whole).exists()
    said = by_words(8)["even"].examples[0].utterance.encode()
    files = [file for file in whole.rglob("*") if file.is_file()]
    assert files
    assert not any(said in file.read_bytes() for file in files)


def test_a_run_that_was_killed_goes_on_from_its_checkpoint_to_the_same_weights(
    folder: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tuned"
    code = (
        "import torch; torch.set_num_threads(1)\n"
        "from pathlib import Path; from sentence_transformers import SentenceTransformer\n"
        "from tests.encoder_making.tuning.conftest import little_background\n"
        "from tests.encoder_making.tuning.test_fit import tune_to, STEPS\n"
        "little_background(setattr)\n"
        f"tune_to(Path({str(out)!r}), SentenceTransformer({str(folder)!r}, device='cpu'), die_at=STEPS - 3)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not out.exists()
    (checkpoints_of(out) / f"checkpoint-{STEPS - 1}").mkdir()  # as if it had been killed while it wrote one
    assert tune_to(out, _open(folder)) == [6, 7, 8, 9, 10]
    before, after = (_open(each).state_dict() for each in (whole, out))
    assert all(torch.equal(weight, before[name]) for name, weight in after.items())


def _open(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu")
