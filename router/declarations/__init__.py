"""Tools as their authors declare them: YAML in, an immutable `ToolSet` out.

Importing this package is cheap; PyYAML and jsonschema are imported when
something is loaded or checked.
"""

from router.declarations.example import Example, Slot
from router.declarations.loader import load, loads
from router.declarations.location import Location
from router.declarations.tool import Confirm, Parameter, Risk, Suppression, Tool
from router.declarations.toolset import ToolSet

__all__ = [
    "Confirm",
    "Example",
    "Location",
    "Parameter",
    "Risk",
    "Slot",
    "Suppression",
    "Tool",
    "ToolSet",
    "load",
    "loads",
]
