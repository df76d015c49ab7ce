"""A run that learnt something, and the little that it needs to be quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import router.encoder_making.tuning.texts as texts
import router.training.background as background
from router.encoder_making.tuning import Tuning, tune
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from tests.encoder_making.tuning.tasks import by_pairs


@pytest.fixture(scope="package", autouse=True)
def _quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Little of the background that ships, and a cache that goes away."""
    with pytest.MonkeyPatch.context() as patch:
        little_background(patch.setattr)
        patch.setenv("ROUTER_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def little_background(setattr_: Callable[[object, str, object], object]) -> None:
    """Leave out most of the background that ships."""
    few = background.background()[:20]
    for module in (background, texts):
        setattr_(module, "background", lambda: few)


@pytest.fixture(scope="package")
def learnt(
    tiny_bert: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Tuning, list[tuple[str, int, int]]]:
    """Where a model was exported that was tuned on what words alone do not tell, what came of it, and its progress."""
    out = tmp_path_factory.mktemp("learnt") / "out"
    steps: list[tuple[str, int, int]] = []
    tuning = tune(
        by_pairs(),
        tiny_bert,
        out,
        folds=2,
        steps=150,
        learning_rate=1e-3,
        progress=lambda *step: steps.append(step),
    )
    return out, tuning, steps
