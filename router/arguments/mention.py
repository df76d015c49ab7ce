"""What is found in an utterance: words, and what they may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["number", "ordinal", "measure", "time", "date", "date-time", "duration", "days", "interval"]
"""What a mention is, whether or not its value is known."""

Format: TypeAlias = Literal[
    "integer",
    "number",
    "measure",
    "unit",
    "time",
    "date",
    "date-time",
    "duration",
    "days",
    "interval",
    "part",
    "other half",
]
"""What a value is written as.

| format | value |
|---|---|
| integer, number | a JSON number |
| measure | `{"value": 6, "unit": "kilometer"}`; units as the CLDR has them, currencies in ISO 4217 |
| unit | the unit alone |
| time | "06:30", or "06:30:15" where seconds were said |
| date | "2026-03-04" |
| date-time | "2026-03-04T06:30:00", with the offset of `now` if it has one |
| duration | ISO 8601 in the fewest parts: "PT1H30M", never "PT90M"; hours are not made into days |
| days | days of the week, from Monday: `["mon", "tue"]` |
| interval | the times it is between: `["14:00", "15:30"]` |
| part | of the day: "morning", "afternoon", "evening" or "night" |
| other half | a time in the other half of the day, where nothing says which half: "18:30" of a 06:30 |
"""


@dataclass(frozen=True, slots=True)
class Mention:
    """Some words of an utterance, and what they mean in each format that can hold it."""

    start: int
    end: int
    """They are `text[start:end]`."""
    kind: Kind
    certainty: float
    """How surely they mean this, in [0, 1]. It ranks mentions, and is no probability."""
    values: Mapping[Format, Any]

    def as_format(self, name: Format) -> Any:
        """Return the value in a format, None where it has none or is not known.

        "Tomorrow" is a date whose value is not known where `now` is not.
        """
        return self.values.get(name)
