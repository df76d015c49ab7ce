"""Dates, times, durations and numbers in what people say."""

from router.arguments.mention import Format, Kind, Mention
from router.arguments.temporal.reading import mentions

__all__ = ["Format", "Kind", "Mention", "mentions"]
