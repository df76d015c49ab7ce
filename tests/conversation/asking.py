"""Conversations in which something has just been asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from router import Candidate, Clarify, Conversation, Decision, Router, ToolCall

PENDING: dict[str, tuple[str, ...]] = {
    "alarm_or_timer": ("set_alarm", "set_timer"),
    "brightness_or_lights": ("set_brightness", "control_lights"),
    "three": ("create_reminder", "set_alarm", "create_event"),
    "cancel_which": ("cancel_alarm", "cancel_timer"),
    "set_or_cancel": ("set_alarm", "cancel_alarm"),
    "call_or_message": ("make_call", "send_message"),
    "send": ("send_message",),
    "chosen_call": ("make_call", "send_message"),
}
"""The tools asked about; one alone is to be confirmed. Of those in `chosen_call` the first was chosen before."""


class Asking(Router):
    """A router that asks `decision` about the utterance "?", and routes any other as it was trained to."""

    decision: Decision

    def route(self, utterance: str, *, available: Collection[str] | None = None, **moment: Any) -> Decision:
        return self.decision if utterance == "?" else super().route(utterance, available=available, **moment)


def asked(router: Router, pending: str, **options: Any) -> Conversation:
    """Return a conversation with one of the questions above pending."""
    conversation = Conversation(asking(router, *PENDING[pending]), **options)
    conversation.hear("?")
    if pending == "chosen_call":
        conversation.hear("1")
    return conversation


def asking(router: Router, *tools: str) -> Asking:
    """Return a router whose "?" is for these tools."""
    made = Asking(router.tools, router.encoder, router.scorer, router.policy, arguments=router.arguments)
    candidates = tuple(Candidate(tool, 0.6 / (n + 1)) for n, tool in enumerate(tools))
    if len(tools) == 1:
        made.decision = ToolCall(*tools, utterance="?", in_scope=0.9, candidates=candidates, confirm=True)
    else:
        evidence: dict[str, Any] = {"utterance": "?", "in_scope": 0.9}
        choices = tuple(
            ToolCall(
                tool,
                confirm=router.tools[tool].confirm == "always",
                candidates=tuple(sorted(candidates, key=lambda each: each.tool != tool)),
                **evidence,
            )
            for tool in tools
        )
        made.decision = Clarify(choices=choices, candidates=candidates, **evidence)
    return made
