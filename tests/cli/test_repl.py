from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from router.cli import main


def typed(*lines: str) -> Callable[[str], str]:
    """Stand in for `input`: give the lines, then the end."""
    left: Iterator[str] = iter(lines)

    def answer(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return answer


def test_a_conversation_decides_explains_and_ends(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (":explain", "wake me at half past six", "", ":explain", ":tols", ":tools", ":help", ":quit", "unheard")
    monkeypatch.setattr("builtins.input", typed(*lines))
    assert main(["repl", "--bundle", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert "nothing was said yet" in out
    assert " ms)" in out
    assert "1.00  wake me at half past six" in out
    assert "Did you mean ':tools'?" in out
    assert "set_alarm   Set an alarm that rings at a time of day." in out
    assert "Similarities are cosines." in out
    assert "unheard" not in out


def test_what_is_asked_can_be_answered(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", typed("play some jazz", "yes", ":explain", "play some jazz", "never mind"))
    assert main(["repl", "--bundle", str(bundle)]) == 0
    asked, confirmed, *explained, again, cancelled = capsys.readouterr().out.splitlines()[1:]
    assert asked.startswith("call play_media")
    assert "once confirmed" in asked
    assert confirmed.startswith("call play_media")
    assert "once confirmed" not in confirmed
    assert explained[0] == "play some jazz"
    assert again.startswith("call play_media")
    assert cancelled.startswith("abstain cancelled")


def test_a_conversation_ends_with_the_input(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", typed("play some jazz"))
    assert main(["repl", "--bundle", str(bundle)]) == 0
