"""What an utterance does with a request beside making it: refuse it, take it back, leave something out, add another.

An encoder hardly hears the difference between "call anyone" and "don't call
anyone". The words that make it are few, so they are data: `languages/*.json`.
"""

from router.phrasing.phrasing import Phrasing
from router.phrasing.reading import Reading

__all__ = ["Phrasing", "Reading"]
