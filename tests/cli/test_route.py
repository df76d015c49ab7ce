from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import router
from router import Router
from router.cli import main

Route = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def route(bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Route:
    """Run `router route` on the bundle with something on standard input: its exit code, lines and errors."""

    def run(*argv: str, given: bytes = b"") -> tuple[int, list[str], str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        code = main(["route", "--bundle", str(bundle), *argv])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err

    return run


def test_words_are_one_utterance(route: Route) -> None:
    code, [line], _ = route("wake", "me", "at", "half", "past", "six")
    assert code == 0
    assert line.startswith("call set_alarm ")


def test_a_tool_that_asks_for_it_is_called_once_confirmed(route: Route) -> None:
    _, [line], _ = route("play some jazz")
    assert line.endswith(", once confirmed")


def test_json_says_what_the_router_says(route: Route, bundle: Path) -> None:
    _, [line], _ = route("--json", "wake me at half past six")
    decision = Router.load(bundle).route("wake me at half past six")
    answer = json.loads(line)
    assert answer["decision"] == "call"
    assert (answer["tool"], answer["arguments"], answer["reason"]) == ("set_alarm", {"time": "half past six"}, None)
    assert answer["in_scope"] == pytest.approx(decision.in_scope, abs=1e-6)
    assert answer["probability"] == pytest.approx(decision.probability, abs=1e-6)
    assert [candidate["tool"] for candidate in answer["candidates"]] == [c.tool for c in decision.candidates]


def test_every_line_is_answered_in_order_blank_ones_too(route: Route) -> None:
    code, lines, _ = route(given="wake me at noon\n\nspiel Jazz über Nacht".encode())
    assert code == 0
    assert [line[44:].strip() for line in lines] == ["wake me at noon", "", "spiel Jazz über Nacht"]
    assert lines[1] == "abstain empty"


def test_a_long_input_is_answered_in_order(route: Route) -> None:
    texts = [f"wake me at {n}" for n in range(300)]
    _, lines, _ = route("--json", given="\n".join(texts).encode())
    assert [json.loads(line)["utterance"] for line in lines] == texts


def test_no_input_gives_no_output(route: Route) -> None:
    assert route(given=b"") == (0, [], "")


def test_other_keys_are_passed_through_and_none_is_lost(route: Route) -> None:
    row = {"id": 7, "text": "play some jazz", "tool": "expected", "given": 1}
    _, [line], _ = route("--json", given=json.dumps(row).encode())
    answer = json.loads(line)
    assert (answer["id"], answer["text"], answer["utterance"]) == (7, "play some jazz", "play some jazz")
    assert answer["tool"] != "expected"
    assert answer["given"] == {"tool": "expected", "given": 1}


def test_malformed_lines_are_reported_and_the_rest_is_answered(route: Route) -> None:
    given = b'{"text": "play some jazz"}\n\n{"text": \n[]\n{"utterance": 5}\n{"x": NaN}\n{}\n{"text": "set an alarm"}'
    code, lines, errors = route("--json", given=given)
    assert code == 1
    assert [json.loads(line)["tool"] for line in lines] == ["play_media", "set_alarm"]
    assert errors.splitlines() == [
        "line 3 is not JSON: Expecting value at column 9",
        "line 4 is no JSON object",
        "line 5 'utterance' is 5, and not text",
        "line 6 is not JSON: NaN is no number",
        "line 7 has neither the key 'utterance' nor 'text'",
    ]


def test_bytes_that_are_no_text_and_lone_surrogates_are_answered(route: Route) -> None:
    code, [line], _ = route("--json", given=b"wake me \xff at noon")
    assert code == 0
    assert json.loads(line)["utterance"] == "wake me \N{REPLACEMENT CHARACTER} at noon"
    code, [line], _ = route("--json", given=b'{"text": "wake \\ud800 me"}')
    assert code == 0
    assert json.loads(line)["utterance"] == "wake \ud800 me"


def test_what_a_line_would_do_to_the_terminal_is_not_printed(route: Route) -> None:
    _, [line], _ = route(given=b"set an alarm\x1b[2J")
    assert "\x1b" not in line


def test_only_what_is_available_is_called(route: Route) -> None:
    _, [line], _ = route("--available", "play_media", "wake me at half past six")
    assert line.startswith("abstain unavailable_tool")
    code, lines, errors = route("--available", "play_media, set_alram")
    assert (code, lines) == (2, [])
    assert "no tool is named 'set_alram'. Did you mean 'set_alarm'?" in errors


@pytest.mark.parametrize("width", [40, 60, 80])
def test_an_explanation_keeps_to_the_terminal(width: int, route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    _, lines, _ = route("--explain", "please wake me at half past six tomorrow and play some jazz for me then")
    assert max(map(len, lines)) <= width


def test_json_explains_too(route: Route) -> None:
    _, [line], _ = route("--json", "--explain", "play some jazz")
    answer: dict[str, Any] = json.loads(line)
    assert answer["evidence"][0]["nearest"][0]["text"] == "play some jazz"
    assert set(answer["evidence"][0]["contributions"]) == {"head", "nearest"}
    assert "bias" in answer["gate"]


def test_tool_files_can_be_routed_without_a_bundle(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [argument for name in ("set_alarm", "play_media") for argument in ("--specs", str(specs / f"{name}.yaml"))]
    assert main(["route", *files, "--encoder", "hashing", "play some jazz"]) == 0
    assert "play_media" in capsys.readouterr().out


def test_what_people_say_is_kept_nowhere(specs: Path) -> None:
    def cached() -> dict[Path, bytes]:
        return {file: file.read_bytes() for file in Path(os.environ["ROUTER_CACHE_DIR"]).iterdir()}

    argv = ["route", "--specs", str(specs), "--encoder", "hashing"]
    assert main([*argv, "play some jazz"]) == 0
    before = cached()
    assert main([*argv, "my secret is safe"]) == 0
    assert cached() == before


def test_a_bundle_is_found_by_the_variable_and_by_its_usual_name(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["route", "play some jazz"]) == 2
    assert "no bundle is named, and there is no assistant.bundle" in capsys.readouterr().err
    monkeypatch.setenv("ROUTER_BUNDLE", str(bundle))
    assert main(["route", "play some jazz"]) == 0
    monkeypatch.delenv("ROUTER_BUNDLE")
    Path("assistant.bundle").symlink_to(bundle)
    assert main(["route", "play some jazz"]) == 0


def test_a_missing_bundle_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", "--bundle", "nowhere", "hello"]) == 2
    assert capsys.readouterr().err == "router route: nowhere: no such folder\n"


def test_a_reader_that_leaves_early_is_no_error(bundle: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "router", "route", "--bundle", str(bundle)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(router.__file__).parents[1])},
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(b"play some jazz\n" * 300, timeout=30)
    assert process.returncode == 141
    assert errors == b""
