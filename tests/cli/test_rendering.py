from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router.cli.rendering import as_table, in_a_line, legend
from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, Similar, ToolCall
from router.explanation import CandidateEvidence, Explanation
from tests.strategies import policy_with

EVIDENCE: dict[str, Any] = {
    "utterance": "play some jazz",
    "in_scope": 0.9,
    "candidates": (Candidate("play_media", 0.75), Candidate("pause_media", 0.2), Candidate("set_volume", 0.001)),
}
DECISIONS: dict[Decision, str] = {
    ToolCall("play_media", **EVIDENCE): "call play_media 0.68",
    ToolCall("play_media", {"what": "jazz"}, confirm=True, **EVIDENCE): (
        'call play_media {"what": "jazz"} 0.68, once confirmed'
    ),
    AskArgument("play_media", "what", "Which music?", **EVIDENCE): "ask for 'what' of play_media 0.68: Which music?",
    Clarify("Which 'jazz'?", choices=(ToolCall("play_media", **EVIDENCE),), parameter="what", **EVIDENCE): (
        "clarify 'what' of play_media 0.68: Which 'jazz'?"
    ),
    Clarify(**EVIDENCE): "clarify play_media 0.75 or pause_media 0.20 or set_volume 0.00",
    Abstain("out_of_scope", **EVIDENCE): "abstain out_of_scope (in scope 0.90)",
    Abstain("empty", utterance="", in_scope=0.0): "abstain empty",
}


@pytest.mark.parametrize("decision", DECISIONS, ids=DECISIONS.values())
def test_every_decision_fits_in_a_line(decision: Decision) -> None:
    assert in_a_line(decision) == DECISIONS[decision]


@pytest.mark.parametrize("width", [50, 80])
def test_an_explanation_reads_as_it_was_reviewed(width: int, golden: Callable[[str, str], None]) -> None:
    channels = {"head": 6.25, "declaration": 1.5, "nearest": 0.5, "mean": 0.004, "counter": -0.25}
    description = "Play music, a song, an album, an artist, a playlist, a podcast or a radio station."
    explanation = Explanation(
        Clarify(**EVIDENCE),
        (
            CandidateEvidence(
                "play_media",
                0.75,
                channels,
                (
                    Similar("play_media", "put on some jazz", 0.84, False),
                    Similar("play_media", description, 0.41, True),
                ),
            ),
            CandidateEvidence(
                "pause_media", 0.2, {"head": 4.0}, (Similar("pause_media", "kill the music", 0.45, False),)
            ),
            CandidateEvidence("set_volume", 0.001, {"head": 0.0}, (Similar("set_volume", "louder", 0.1, False),)),
        ),
        {"none": 2.5, "head": 0.75, "bias": -1.0},
    )
    policy = policy_with(0.7, 0.8)
    golden(f"explanation_{width}.txt", f"{as_table(explanation, policy, width)}\n\n{legend(width)}\n")


def test_what_was_not_scored_has_no_evidence_to_show() -> None:
    nothing = Explanation(Abstain("empty", utterance=" ", in_scope=0.0), (), {})
    assert as_table(nothing, Policy(), 80) == "  abstain empty"
