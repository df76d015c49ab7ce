"""What became of a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar, cast

from router.decisions import Abstain, AskArgument, Clarify, Decision, ToolCall
from router.errors import NotRunError

Outcome: TypeAlias = Literal[
    "done",
    "dry_run",
    "no_call",
    "not_handled",
    "needs_confirmation",
    "declined",
    "invalid",
    "failed",
    "timed_out",
]
"""What became of a decision.

| outcome | |
|---|---|
| done | the handler ran; `value` is what it returned |
| dry_run | the handler would have run now |
| no_call | the decision calls nothing: it abstains or asks |
| not_handled | the tool is one that this dispatcher was told to leave alone |
| needs_confirmation | the person must be asked first, and there was no hook to ask |
| declined | the person was asked and did not agree |
| invalid | the arguments are not what the tool declares; `error` says all that is wrong |
| failed | the handler, or the hook that asks, raised `error` |
| timed_out | the handler was not done in time; one that is not asynchronous goes on, and may still finish |
"""

Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Dispatched(Generic[Result]):
    """What became of a decision, and of the handler if it ran."""

    decision: Decision
    outcome: Outcome
    value: Result | None = field(default=None, hash=False)
    """What the handler returned."""
    error: Exception | None = None
    """What was raised, with its traceback; for `invalid` and `timed_out`, what `result` raises."""
    milliseconds: float
    """How long it all took, the person's answer included."""
    audit_error: Exception | None = None
    """What the audit sink raised: it hides nothing that was done."""

    @property
    def reason(self) -> str:
        """Why there is no result, in a few words; empty if there is one. It quotes no arguments."""
        match self.decision:
            case ToolCall(tool):
                return _REASONS[self.outcome].format(tool=repr(tool), error=type(self.error).__name__)
            case AskArgument(tool, parameter):
                return f"{tool!r} needs {parameter!r} first"
            case Abstain(reason):
                return f"the router abstained: {reason}"
            case Clarify(tool=None):
                return "it is not clear which tool was meant"
            case Clarify(tool=tool, parameter=parameter):
                return f"it is not clear which {parameter!r} of {tool!r} was meant"

    def result(self) -> Result:
        """Return what the handler returned.

        Raises what the handler raised, with its traceback; ArgumentError and
        HandlerTimeoutError; and NotRunError where no handler was meant to run.
        """
        if self.error is not None:
            raise self.error
        if self.outcome != "done":
            raise NotRunError(f"no handler ran: {self.reason}")
        return cast("Result", self.value)


_REASONS: dict[Outcome, str] = {
    "done": "",
    "dry_run": "this is a dry run of {tool}",
    "not_handled": "nothing here handles {tool}",
    "needs_confirmation": "{tool} must be confirmed first",
    "declined": "the person did not confirm {tool}",
    "invalid": "the arguments are not those of {tool}",
    "failed": "{tool} raised {error}",
    "timed_out": "{tool} was not done in time",
}
