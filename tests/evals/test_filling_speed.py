"""What speed is measured on: calls of the tools' own examples, with contacts known."""

from __future__ import annotations

import pytest

from evals import filling_speed
from router import Router

CALL = {
    "name": "phone",
    "description": "Phone somebody.",
    "parameters": {
        "type": "object",
        "properties": {"who": {"type": "string", "x-known": "contact", "description": "Whom to phone."}},
    },
    "examples": ["phone {who: anna}", "ring {who: my sister} up"],
}


def test_filling_is_measured_on_all_tools_and_on_those_that_take_contacts(
    everyday_router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling_speed, "ROUNDS", 2)
    monkeypatch.setattr(filling_speed, "CONTACTS", 50)
    found = {one.what: one for one in filling_speed.measure_filling(everyday_router.with_tool(CALL))}
    middle, end, contact = found["fill, p50"], found["fill, p95"], found["fill a contact, p50"]
    assert 0 < middle.figure <= end.figure
    assert contact.samples == 2 * len(CALL["examples"]) < middle.samples
    assert found["fill, p50, against encoding"].figure == pytest.approx(middle.ours / (middle.reference or 0))
    assert (middle.goal, end.goal) == (0.6, 1.5)
    assert "fill a contact, p50" not in {one.what for one in filling_speed.measure_filling(everyday_router)}
