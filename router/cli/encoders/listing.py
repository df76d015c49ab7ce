"""Which encoders there are, and which would work here."""

from __future__ import annotations

import argparse


def run(_: argparse.Namespace) -> int:
    """Print one line for each encoder."""
    from router.encoders import DEFAULT, available_encoders

    rows = [("--encoder", "here", "what it is")]
    for info in available_encoders():
        default = " (default)" if info.spec == DEFAULT else ""
        rows.append((info.spec, "ready" if info.ready else "missing", info.summary + default))
        if not info.ready:
            rows.append(("", "", info.install))
    first, second = (max(len(row[n]) for row in rows) for n in (0, 1))
    for spec, state, text in rows:
        print(f"{spec:<{first}}  {state:<{second}}  {text}")
    return 0
