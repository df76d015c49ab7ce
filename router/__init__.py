"""On-device intent router: from an utterance to a tool call, or an honest refusal.

>>> from router import Policy, Router, ToolCall
"""

import typing

from router.corrections import OUT_OF_SCOPE, Conflict, Correction, OutOfScope
from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, ToolCall
from router.declarations import Example, Parameter, Tool, ToolSet
from router.errors import (
    ArgumentError,
    BundleError,
    DeclarationError,
    EncoderError,
    EncoderMismatchError,
    FileError,
    GateError,
    HandlerError,
    HandlerTimeoutError,
    LogError,
    MissingExtraError,
    NotRunError,
    OverlayError,
    ReportError,
    RouterError,
    SuiteError,
    UnknownCorrectionError,
    UnknownEncoderError,
    UnknownToolError,
)

if typing.TYPE_CHECKING:
    from router.conversation import Conversation
    from router.decision_log import DecisionLog, read_log
    from router.dispatch import AuditLog, Dispatched, Dispatcher
    from router.overlay import Overlay
    from router.router import Router
    from router.shadow import Shadow

__version__ = "0.1.0"

__all__ = [
    "OUT_OF_SCOPE",
    "Abstain",
    "ArgumentError",
    "AskArgument",
    "AuditLog",
    "BundleError",
    "Candidate",
    "Clarify",
    "Conflict",
    "Conversation",
    "Correction",
    "Decision",
    "DecisionLog",
    "DeclarationError",
    "Dispatched",
    "Dispatcher",
    "EncoderError",
    "EncoderMismatchError",
    "Example",
    "FileError",
    "GateError",
    "HandlerError",
    "HandlerTimeoutError",
    "LogError",
    "MissingExtraError",
    "NotRunError",
    "OutOfScope",
    "Overlay",
    "OverlayError",
    "Parameter",
    "Policy",
    "ReportError",
    "Router",
    "RouterError",
    "Shadow",
    "SuiteError",
    "Tool",
    "ToolCall",
    "ToolSet",
    "UnknownCorrectionError",
    "UnknownEncoderError",
    "UnknownToolError",
    "read_log",
]

if not typing.TYPE_CHECKING:  # or type checkers would take every name for granted
    _LAZY = {
        "AuditLog": "router.dispatch",
        "Conversation": "router.conversation",
        "DecisionLog": "router.decision_log",
        "Dispatched": "router.dispatch",
        "Dispatcher": "router.dispatch",
        "Overlay": "router.overlay",
        "Router": "router.router",
        "Shadow": "router.shadow",
        "read_log": "router.decision_log",
    }

    def __getattr__(name: str) -> typing.Any:
        """Import the router, and numpy, when it is asked for: every pytest imports this package, for its plugin."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        return globals().setdefault(name, getattr(importlib.import_module(_LAZY[name]), name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
