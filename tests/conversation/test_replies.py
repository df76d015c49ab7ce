"""What people say when they were asked something, and what must come of it: `replies.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from router import AskArgument, Clarify, Conversation, Decision, Router, ToolCall
from tests.conversation.asking import asked

ROWS = [json.loads(line) for line in Path(__file__).with_name("replies.jsonl").read_text(encoding="utf-8").splitlines()]


def outcome(conversation: Conversation, before: Decision | None, decision: Decision) -> str:
    """Say in two words what a reply came to."""
    asked_about = before.utterance if before else ""
    match decision:
        case Clarify() | ToolCall() if decision is before:
            return "again"
        case ToolCall(tool, utterance=said) | AskArgument(tool, utterance=said) if said == asked_about:
            assert (conversation.pending is decision) == (decision.confirm or decision.kind == "ask")
            return f"confirm {tool}" if decision.confirm else f"call {tool}"
        case other if other.utterance == asked_about:
            assert conversation.pending is None
            return str(getattr(other, "reason", "asked"))
        case _:
            return "fresh"


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['pending']}: {row['reply']}" for row in ROWS])
def test_a_reply_comes_to_what_the_person_meant(shipped_router: Router, row: dict[str, str]) -> None:
    conversation = asked(shipped_router, row["pending"])
    before = conversation.pending
    decision = conversation.hear(row["reply"])
    assert outcome(conversation, before, decision) == row["outcome"], decision
    if row["outcome"] == "fresh":
        assert decision == shipped_router.route(row["reply"])
