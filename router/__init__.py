"""On-device intent router: from an utterance to a tool call, or an honest refusal.

>>> from router import Policy, Router, ToolCall
"""

import typing

from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, ToolCall
from router.declarations import Example, Parameter, Tool, ToolSet
from router.errors import (
    BundleError,
    DeclarationError,
    EncoderError,
    EncoderMismatchError,
    FileError,
    GateError,
    MissingExtraError,
    ReportError,
    RouterError,
    SuiteError,
    UnknownEncoderError,
    UnknownToolError,
)

if typing.TYPE_CHECKING:
    from router.conversation import Conversation
    from router.router import Router

__version__ = "0.1.0"

__all__ = [
    "Abstain",
    "AskArgument",
    "BundleError",
    "Candidate",
    "Clarify",
    "Conversation",
    "Decision",
    "DeclarationError",
    "EncoderError",
    "EncoderMismatchError",
    "Example",
    "FileError",
    "GateError",
    "MissingExtraError",
    "Parameter",
    "Policy",
    "ReportError",
    "Router",
    "RouterError",
    "SuiteError",
    "Tool",
    "ToolCall",
    "ToolSet",
    "UnknownEncoderError",
    "UnknownToolError",
]

if not typing.TYPE_CHECKING:  # or type checkers would take every name for granted

    def __getattr__(name: str) -> typing.Any:
        """Import the router, and numpy, when it is asked for: every pytest imports this package, for its plugin."""
        if name not in ("Conversation", "Router"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from router.conversation import Conversation
        from router.router import Router

        return globals().setdefault(name, {"Conversation": Conversation, "Router": Router}[name])

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
