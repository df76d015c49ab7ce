from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from router import ToolSet
from router.encoder_making.tuning import Tuning, run, texts, tune, work_folder
from router.encoders import load_encoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.errors import EncoderError, MissingExtraError
from tests.encoder_making.conftest import write_tiny_bert
from tests.encoder_making.tuning.tasks import by_pairs, by_words

Learnt = tuple[Path, Tuning, list[tuple[str, int, int]]]


def test_what_learns_what_the_untouched_encoder_cannot_tell_is_kept_and_exported(learnt: Learnt) -> None:
    out, tuning, _ = learnt
    accuracy = next(each for each in tuning.verdict.compared if each.metric == "accuracy")
    assert tuning.verdict.kept
    assert accuracy.untouched.n == 120
    assert accuracy.difference.difference > 0.1
    assert tuning.parity is not None
    assert tuning.parity.min_cosine > 0.9999
    encoder = load_encoder(f"onnx:{out}")
    assert encoder.name == "tiny-bert-tuned-fp32"
    assert tuning.model is not None
    original = load_encoder(f"st:{tuning.model}")
    np.testing.assert_allclose(encoder.encode(["a b c"]), original.encode(["a b c"]), atol=1e-4)


def test_what_was_tuned_is_tuned_on_all_and_another_precision_costs_no_more_tuning(
    learnt: Learnt, tiny_bert: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    out, tuning, steps = learnt
    assert list(dict.fromkeys(stage for stage, *_ in steps if stage.startswith("tuning"))) == [
        "tuning 1/2",
        "tuning 2/2",
        "tuning",
    ]
    again: list[str] = []
    found = tune(
        by_pairs(),
        tiny_bert,
        out,
        precision="int8",
        folds=2,
        steps=150,
        learning_rate=1e-3,
        progress=lambda stage, *_: again.append(stage),
    )
    assert found.verdict == tuning.verdict
    assert not [stage for stage in again if stage.startswith("tuning")]
    assert load_encoder(f"onnx:{out}").name == "tiny-bert-tuned-int8"


def test_where_tuning_does_not_help_nothing_is_written(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    tuning = tune(by_words(), tiny_bert, tmp_path / "out", folds=2, steps=3)
    assert not tuning.verdict.kept
    assert tuning.parity is None
    assert tuning.model is None
    assert [each.name for each in tmp_path.iterdir()] == ["out.tuning"]
    assert {each.name for each in work_folder(tmp_path / "out").iterdir()} == {
        "plan.json",
        "fold-0.json",
        "fold-1.json",
    }


def test_folds_that_are_done_are_not_done_again(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    stages: list[str] = []

    def stop_at(stop: str) -> Any:
        def progress(stage: str, *_: int) -> None:
            stages.append(stage)
            if stage == stop:
                raise KeyboardInterrupt

        return progress

    tools, out = by_words(8), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        tune(tools, tiny_bert, out, folds=2, steps=2, progress=stop_at("tuning 2/2"))
    assert "tuning 1/2" in stages
    stages.clear()
    with pytest.raises(KeyboardInterrupt):
        tune(tools, tiny_bert, out, folds=2, steps=2, progress=stop_at("tuning 2/2"))
    assert "tuning 1/2" not in stages
    with pytest.raises(KeyboardInterrupt):  # another plan begins anew
        tune(tools, tiny_bert, out, folds=2, steps=2, seed=1, progress=stop_at("tuning 1/2"))
    assert not (work_folder(out) / "fold-0.json").exists()


def test_no_fold_is_tuned_on_what_it_is_asked(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[set[str]] = []

    def texts_of(tools: ToolSet, *more: Any) -> Any:
        learnt.append({example.utterance for tool in tools for example in tool.examples} | set(tools.out_of_scope))
        return original(tools, *more)

    original = texts.texts_of
    monkeypatch.setattr(run, "texts_of", texts_of)
    tools = by_words(6)
    tune(tools, tiny_bert, tmp_path / "out", folds=3, steps=1)
    folds = [json.loads((work_folder(tmp_path / "out") / f"fold-{n}.json").read_text("utf-8")) for n in range(3)]
    everything = {example.utterance for tool in tools for example in tool.examples} | set(tools.out_of_scope)
    for fold, seen in zip(folds, learnt, strict=True):
        asked = {row["utterance"] for row in fold["tuned"]}
        assert asked | seen == everything
        assert not asked & seen


def test_what_cannot_be_exported_or_learnt_from_is_refused_before_anything_is_done(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(EncoderError, match="fewer than two tools have any"):
        tune(ToolSet(by_words(6).tools[:1]), tiny_bert, out)
    out.mkdir()
    (out / "thesis.tex").touch()
    with pytest.raises(EncoderError, match=r"'thesis\.tex' is in the way"):
        tune(by_words(6), tiny_bert, out)
    assert not work_folder(out).exists()


def test_a_folder_that_tuning_did_not_make_is_left_alone(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    work_folder(tmp_path / "out").mkdir()
    with pytest.raises(EncoderError, match=r"out\.tuning: is in the way"):
        tune(by_words(6), tiny_bert, tmp_path / "out")


def test_a_missing_package_is_named_with_its_extra(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "accelerate" else found(name))
    with pytest.raises(MissingExtraError, match=r"needs 'accelerate'.*intent-router\[tune\]"):
        tune(by_words(6), tiny_bert, tmp_path / "out")


def test_what_stands_before_texts_is_known_of_the_tuned_model_too(tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "multilingual-e5-small")))
    assert encoder.prefixes.utterance == "query: "
    tuned = write_tiny_bert(tmp_path / "multilingual-e5-small-tuned")
    assert SentenceTransformerEncoder(str(tuned)).prefixes == encoder.prefixes
