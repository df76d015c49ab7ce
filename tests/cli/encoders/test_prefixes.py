from __future__ import annotations

from pathlib import Path

import pytest

from router import Router
from router.cli import main
from router.encoders import HashingEncoder, Prefixes, registry


@pytest.fixture(autouse=True)
def told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the hashing encoder prefixes, and rows that may be cut."""
    monkeypatch.setattr(HashingEncoder, "tasks", {"classification": Prefixes("c: ", "c: ")}, raising=False)
    monkeypatch.setattr(HashingEncoder, "matryoshka_dimensions", (64,), raising=False)


def test_each_is_measured_and_what_the_encoder_has_stays(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encoders", "prefixes", str(specs), "--encoder", "hashing"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["prefixes", "right", "first"]
    assert [line.split()[0] for line in lines[1:3]] == ["none", "classification"]
    assert lines[2].endswith("'c: ', 'c: '")
    assert lines[-1].startswith("Leave 'none', which the encoder has")


def test_what_is_chosen_is_in_the_bundle_and_opened_again(
    specs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = str(tmp_path / "b")
    chosen = ["--encoder", "hashing", "--dimensions", "64", "--prefixes", "classification"]
    assert main(["compile", str(specs), "-o", bundle, "--no-cache", *chosen]) == 0
    assert "hashing@64 (64 dims, " in capsys.readouterr().out
    router = Router.load(bundle, "hashing")
    assert (router.encoder.dim, router.encoder.prefixes) == (64, Prefixes("c: ", "c: "))
    assert main(["route", "--bundle", bundle, "--encoder", "hashing", "wake", "me"]) == 0


def test_an_option_that_the_encoder_has_not_is_explained(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", str(specs), "--encoder", "hashing", "--dimensions", "65"]) == 2
    assert "was trained for 256, 64 dimensions, not for 65" in capsys.readouterr().err


def test_texts_are_sent_elsewhere_only_with_leave(
    specs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def open_http(kind: str, argument: str, allow_remote: bool) -> HashingEncoder:
        opened.append((kind, argument, allow_remote))
        return HashingEncoder()

    monkeypatch.setattr(registry, "_http", open_http)
    monkeypatch.setattr(
        registry,
        "_BACKENDS",
        tuple(
            registry._Backend(each.form, each.summary, lambda *given: open_http("gemini", *given), remote=True)
            if each.form.startswith("gemini")
            else each
            for each in registry._BACKENDS
        ),
    )
    asked = ["compile", str(specs), "--no-cache", "--encoder", "gemini:m"]
    assert main(asked) == 2
    assert "--allow-remote on the command line" in capsys.readouterr().err
    assert main([*asked, "--allow-remote"]) == 0
    assert opened == [("gemini", "m", True)]
