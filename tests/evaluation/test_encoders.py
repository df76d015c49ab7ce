"""What encoders cost and buy is measured row by row, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from router import ToolSet
from router.encoders import AdaptedEncoder, HashingEncoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.errors import SuiteError
from router.evaluation import asking, encoders
from router.evaluation.encoders import Row, compare, size_of
from tests.encoder_making.small_encoders import write_static
from tests.encoders.conftest import write_tiny_encoder

CASES = [
    {"utterance": "wake me at six", "intent": "set_alarm"},
    {"utterance": "play something", "intent": "play_music"},
    {"utterance": "who won the match", "intent": "out_of_scope"},
]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("suites") / "few.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return file


@pytest.fixture(scope="module")
def rows(
    everyday: ToolSet, suite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Row], list[tuple[str, int, int]]]:
    """A tiny encoder that may be cut, one that is not there, one without dimensions; and what was told meanwhile."""
    folder = tmp_path_factory.mktemp("encoders")
    write_tiny_encoder(folder / "tiny", matryoshka_dimensions=[4])
    told: list[tuple[str, int, int]] = []
    named = [f"onnx:{folder / 'tiny'}", "onnx:nowhere", "hashing"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUTER_CACHE_DIR", str(folder / "cache"))
        measured = compare(
            everyday, [suite], named, [8, 4, 2], reference="hashing", progress=lambda *stage: told.append(stage)
        )
        return [*measured], told


Rows = tuple[list[Row], list[tuple[str, int, int]]]


def test_each_encoder_has_a_row_for_each_length_that_it_allows_or_one_for_its_own(rows: Rows) -> None:
    assert [(row.encoder.partition(":")[0], row.dimensions) for row in rows[0]] == [
        ("onnx", 8),
        ("onnx", 4),
        ("onnx", None),
        ("hashing", 256),
    ]


def test_one_that_cannot_be_opened_says_why_and_the_others_go_on(rows: Rows) -> None:
    assert [bool(row.problem) for row in rows[0]] == [False, False, True, False]
    assert "nowhere" in rows[0][2].problem
    assert rows[0][2].suites == ()


def test_a_row_says_what_it_buys_and_what_it_costs(rows: Rows) -> None:
    for row in rows[0]:
        if row.problem:
            continue
        (found,) = row.suites
        assert (found.name, found.overall("accuracy").n, found.overall("auroc").n) == ("few", 2, 3)
        assert row.bundle_size
        assert row.bundle_size > 0
        assert row.milliseconds
        assert row.ratio == pytest.approx(row.milliseconds / (row.reference_milliseconds or 0))
        assert row.memory is None or 10 < row.memory < 2000
    files, tiny = Path(rows[0][0].encoder.removeprefix("onnx:")), rows[0][0].size
    assert tiny == sum((files / name).stat().st_size for name in ("model.onnx", "tokenizer.json")) / 1e6
    assert rows[0][3].size == 0


def test_a_row_as_json_has_the_figures_and_no_utterance(rows: Rows) -> None:
    text = json.dumps([row.to_dict() for row in rows[0]], allow_nan=False)
    assert "wake me" not in text
    accuracy = json.loads(text)[3]["suites"]["few"]["accuracy"]
    assert 0 <= accuracy["value"] <= 1


def test_training_and_deciding_are_told_as_they_go(rows: Rows) -> None:
    stages = {stage for stage, done, total in rows[1] if done == total}
    assert "hashing: deciding" in stages
    assert any("embedding" in stage for stage in stages)


def test_a_suite_that_cannot_be_asked_is_reported_before_anything_is_measured(
    everyday: ToolSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"utterance": "fly", "intent": "fly_away"}\n')
    monkeypatch.setattr(encoders, "load_encoder", lambda *_: pytest.fail("an encoder was opened"))
    with pytest.raises(SuiteError, match="fly_away"):
        compare(everyday, [file, tmp_path / "absent.jsonl"], ["hashing"])


def test_a_process_that_fails_is_a_row_with_its_last_words(
    everyday: ToolSet, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask: Callable[..., None] = encoders._ask
    monkeypatch.setattr(encoders, "_ask", lambda job, progress: ask(job | {"encoder": "onnx:gone"}, progress))
    (row,) = compare(everyday, [suite], ["hashing"], reference="hashing")
    assert "gone" in row.problem
    assert "Traceback" not in row.problem


def test_whoever_interrupts_ends_the_process_too(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def start(command: list[str], **settings: object) -> subprocess.Popen[str]:
        waits = [command[0], "-c", "import time; print('1 2', flush=True); time.sleep(60)"]
        started.append(popen(waits, **settings))  # type: ignore[call-overload]
        return started[0]

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt("stop")

    monkeypatch.setattr("router.evaluation.encoders.subprocess.Popen", start)
    with pytest.raises(KeyboardInterrupt, match="stop"):
        encoders._ask({}, interrupt)
    assert started[0].returncode not in (None, 0)


def test_the_peak_memory_of_a_process_is_not_that_of_the_one_that_started_it() -> None:
    code = "from router.evaluation.provenance import peak_memory; print(peak_memory())"
    large = f"import subprocess, sys; b = b'1' * 400_000_000; subprocess.run([sys.executable, '-c', {code!r}])"
    said = subprocess.run([sys.executable, "-c", large], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "None" or float(said) < 300


def test_a_size_is_that_of_the_encoder_that_is_cached_or_cut_and_none_of_a_servers(tmp_path: Path) -> None:
    static = load_encoder(f"static:{write_static(tmp_path / 'static')}")
    files = sum((tmp_path / "static" / name).stat().st_size for name in ("model.safetensors", "tokenizer.json"))
    assert size_of(AdaptedEncoder(CachedEncoder(static, tmp_path), dimensions=2)) == files / 1e6

    class Server(HashingEncoder):
        size = None  # type: ignore[assignment]

    assert size_of(Server()) is None


def test_a_turn_of_each_router_is_all_utterances() -> None:
    class Told:
        def __init__(self, name: str) -> None:
            self.name = name

        def route(self, utterance: str) -> None:
            order.append(self.name + utterance)

    order: list[str] = []
    found = asking.in_turns([Told("a"), Told("b")], ["1", "2"])  # type: ignore[list-item]
    assert len(found) == 2
    assert order[:12] == ["b1", "b1", "b2", "a1", "a1", "a2", "a1", "a1", "a2", "b1", "b1", "b2"]


def test_of_each_utterance_the_least_time_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([30.0, 10.0, 20.0, 40.0])  # turn by turn
    now = 0.0

    class Timed:
        def route(self, utterance: str) -> None:
            nonlocal now
            if utterance:
                now += next(times, 90.0) / 1000

    monkeypatch.setattr(asking, "perf_counter", lambda: now)
    monkeypatch.setattr(asking, "TURNS", 2)
    assert asking.in_turns([Timed()], ["", "a", "b"]) == pytest.approx([10.0])  # type: ignore[list-item]
