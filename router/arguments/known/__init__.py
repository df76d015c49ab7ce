"""Values that are known before anything is said: a device's contacts, apps and rooms, and what a schema lists."""

from router.arguments.known.entries import Given
from router.arguments.known.known_values import KnownValues
from router.arguments.known.matches import How, Match, Rival, Unknown

__all__ = ["Given", "How", "KnownValues", "Match", "Rival", "Unknown"]
