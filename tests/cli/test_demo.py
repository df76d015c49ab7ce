from __future__ import annotations

from pathlib import Path

import pytest

from evals.demo import UTTERANCES, main
from router.declarations import load
from router.text import normalize

TOOLS = load(Path(__file__).parents[2] / "tool_specs")


def test_the_router_was_told_none_of_the_demos_utterances() -> None:
    told = [example.utterance for tool in TOOLS for example in tool.examples]
    told += [text for tool in TOOLS for text in tool.counterexamples]
    told += TOOLS.out_of_scope
    known = {normalize(text).casefold() for text in told}
    assert not [text for text in UTTERANCES if normalize(text).casefold() in known]


def test_the_demo_shows_every_utterance(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(str(bundle))
    out = capsys.readouterr().out
    assert all(text in out for text in UTTERANCES)
    assert out.count(" ms\n") == len(UTTERANCES)
