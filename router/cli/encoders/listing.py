"""Which encoders there are, and which would work here."""

from __future__ import annotations

import argparse


def run(_: argparse.Namespace) -> int:
    """Print one line for each encoder, and below it what it lacks here."""
    from router.encoders import DEFAULT, available_encoders

    rows = [("--encoder", "here", "what it is")]
    for info in available_encoders():
        notes = ("default" if info.spec == DEFAULT else "", "needs --allow-remote" if info.remote else "")
        note = "".join(f" ({each})" for each in notes if each)
        rows.append((info.spec, "ready" if info.ready else "missing", info.summary + note))
        if not info.installed:
            rows.append(("", "", info.install))
        if info.unset:
            rows.append(("", "", f"set {' and '.join(info.unset)} in the environment"))
    first, second = (max(len(row[n]) for row in rows) for n in (0, 1))
    for spec, state, text in rows:
        print(f"{spec:<{first}}  {state:<{second}}  {text}")
    return 0
