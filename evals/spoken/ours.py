"""What the router's own grammars claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from evals.spoken.suite import Claim, Row
from router.arguments.temporal import Format, mentions

_KINDS = {"date": {"date", "date-time"}, "date-time": {"date-time", "time"}, "time": {"time", "date-time"}}


def find(row: Row, wanted: str) -> Iterable[Claim]:
    """Claim what the mentions say; a value that depends on an unknown now is None."""
    for one in mentions(row.text, row.language, row.now):
        value: Any = next((one.as_format(name) for name in get_args(Format) if name == wanted), None)
        if wanted in ("integer", "number") and one.kind not in ("number", "ordinal"):
            continue
        if value is None and not (row.now is None and one.kind in _KINDS.get(wanted, ())):
            continue
        if value is not None and wanted == "measure":
            value = f"{value['value']} {value['unit']}"
        elif value is not None and wanted == "interval":
            value = "/".join(value)
        certainty = one.certainty if one.kind == wanted or one.kind == "ordinal" else one.certainty * 0.9
        yield Claim(one.start, one.end, certainty, value)
