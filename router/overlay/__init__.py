"""What one person taught a router, in a file of their own."""

from router.overlay.entry import Entry
from router.overlay.overlay import Overlay

__all__ = ["Entry", "Overlay"]
