from __future__ import annotations

import re
import sys

import pytest

from router.cli.progress import counter, stages


def look_like_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard error, as captured, claim to be a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)


def use_both() -> None:
    with stages() as show:
        for stage, total in (("embedding", 2), ("embedding", 3), ("cross-validating", 2)):
            for done in range(total + 1):
                show(stage, done, total)
    with counter("utterances") as progress:
        progress(128)
        progress(72)


def test_a_terminal_sees_one_bar_for_each_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look_like_a_terminal(monkeypatch)
    use_both()
    shown = capsys.readouterr().err
    assert re.findall(r"([\w-]+): +0%\|[^|]*\| (0/\d+)", shown) == [
        ("embedding", "0/2"),
        ("embedding", "0/3"),
        ("cross-validating", "0/2"),
    ]
    assert "0 utterances" in shown


def test_a_file_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    use_both()
    assert capsys.readouterr().err == ""


def test_nothing_is_shown_where_tqdm_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look_like_a_terminal(monkeypatch)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    use_both()
    assert capsys.readouterr().err == ""
