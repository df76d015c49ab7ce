"""Bundles: the folder that a device loads.

`folder` writes and verifies plain files, `contents` knows what a router puts in them.
"""

from router.bundle.contents import load, save

__all__ = ["load", "save"]
