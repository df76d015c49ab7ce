"""On-device intent router: from an utterance to a tool call, or an honest refusal.

>>> from router import Policy, Router, ToolCall
"""

from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, ToolCall
from router.declarations import Example, Parameter, Tool, ToolSet
from router.errors import (
    BundleError,
    DeclarationError,
    EncoderError,
    EncoderMismatchError,
    MissingExtraError,
    RouterError,
    UnknownEncoderError,
    UnknownToolError,
)
from router.router import Router

__version__ = "0.1.0"

__all__ = [
    "Abstain",
    "AskArgument",
    "BundleError",
    "Candidate",
    "Clarify",
    "Decision",
    "DeclarationError",
    "EncoderError",
    "EncoderMismatchError",
    "Example",
    "MissingExtraError",
    "Parameter",
    "Policy",
    "Router",
    "RouterError",
    "Tool",
    "ToolCall",
    "ToolSet",
    "UnknownEncoderError",
    "UnknownToolError",
]
