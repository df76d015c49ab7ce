from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import router
from router import Router
from router.cli import main

HASHING = ("--encoder", "hashing")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_a_bundle_is_written_and_described(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", str(specs), *HASHING]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("assistant.bundle: ")
    assert "2, with 6 examples" in captured.out
    assert "hashing (256 dims, " in captured.out
    assert "not at most 5% false accepts: 2 out-of-scope utterances are too few; 59 would do" in captured.out
    assert captured.err == "", "a progress bar is for terminals"
    assert Router.load("assistant.bundle").tools.names == ("play_media", "set_alarm")


def test_the_limits_reach_the_policy(specs: Path) -> None:
    limits = ("--max-false-accept", "0.01", "--max-wrong-call", "0.5", "--confidence", "0.8")
    assert main(["compile", str(specs), "-o", "b", *HASHING, *limits]) == 0
    policy = Router.load("b").policy
    assert (policy.max_false_accept, policy.max_wrong_call, policy.confidence) == (0.01, 0.5, 0.8)


@pytest.mark.parametrize("confidence", ["0", "1", "95"])
def test_a_confidence_that_cannot_be_had_is_refused(
    confidence: str, specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["compile", str(specs), *HASHING, "--confidence", confidence])
    assert "argument --confidence: " in capsys.readouterr().err


def test_what_is_promised_is_said_with_what_it_rests_on_and_costs(capsys: pytest.CaptureFixture[str]) -> None:
    examples = "".join(f"- wake me at {n}\n- ring at {n} sharp\n" for n in range(40))
    others = "".join(f"- play song {n}\n- put on album {n}\n" for n in range(40))
    Path("a.yaml").write_text(f"name: wake\ndescription: Set an alarm.\nrisk: irreversible\nexamples:\n{examples}")
    Path("b.yaml").write_text(f"name: play\ndescription: Play music.\nexamples:\n{others}")
    said = "".join(f"- {word} {n}\n" for n in range(30) for word in ("the moon has craters", "bread rises slowly"))
    Path("none.yaml").write_text(f"out_of_scope:\n{said}")
    assert main(["compile", "a.yaml", "b.yaml", "none.yaml", *HASHING]) == 0
    out = capsys.readouterr().out
    assert "  promises      at most 5% false accepts, 95% sure (0 of 60 out-of-scope utterances: at most 4.9%)" in out
    assert "not at most 2% wrong calls: 80 calls are too few; 149 would do, and these can promise 3.7% at best" in out
    assert "not at most 0.5% wrong calls of irreversible tools: " in out
    assert "80 calls are too few; 598 would do, and these can promise 3.7% at best" in out
    assert "harmless" not in out, "there is no such tool"
    assert "this costs 0.0 points of calls against limits that are kept on average only" in out


def test_the_cache_changes_nothing_but_is_kept_unless_declined(specs: Path) -> None:
    cache = Path(os.environ["ROUTER_CACHE_DIR"])
    assert main(["compile", str(specs), "-o", "without", *HASHING, "--no-cache"]) == 0
    assert not cache.exists()
    for name in ("cold", "warm"):
        assert main(["compile", str(specs), "-o", name, *HASHING]) == 0
    assert any(cache.iterdir())
    assert contents(Path("without")) == contents(Path("cold")) == contents(Path("warm"))


@pytest.mark.parametrize("moment", ["router.training.head.fit_head", "os.fsync"])
def test_ctrl_c_leaves_nothing_half_written(moment: str, specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moment, interrupted)
    assert main(["compile", str(specs), *HASHING]) == 130
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("moment", ["router.training.head.fit_head", "os.fsync"])
def test_ctrl_c_leaves_the_old_bundle(moment: str, specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["compile", str(specs), *HASHING]) == 0
    before = contents(Path("assistant.bundle"))
    monkeypatch.setattr(moment, interrupted)
    assert main(["compile", str(specs), *HASHING]) == 130
    assert [file.name for file in Path().iterdir()] == ["assistant.bundle"]
    assert contents(Path("assistant.bundle")) == before


def test_a_signal_ends_the_process_with_130_and_no_traceback(bundle: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "router", "repl", "--bundle", str(bundle)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(router.__file__).parents[1])},
        # A shell starts what runs in the background with this signal ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    process.stdout.readline()  # it greets, so it is up
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_wrong_declarations_exit_with_2_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools.yaml").write_text("name: a b")
    assert main(["compile", "tools.yaml", *HASHING]) == 2
    assert "router compile: tools.yaml has 2 problems" in capsys.readouterr().err


def test_an_unknown_encoder_exits_with_2(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", str(specs), "--encoder", "hashin"]) == 2
    assert "Did you mean 'hashing'?" in capsys.readouterr().err


def test_what_is_in_the_way_is_not_overwritten(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("thesis").mkdir()
    Path("thesis/final.txt").write_text("years of work")
    assert main(["compile", str(specs), "-o", "thesis", *HASHING]) == 2
    assert "is in the way" in capsys.readouterr().err
    assert Path("thesis/final.txt").read_text() == "years of work"
