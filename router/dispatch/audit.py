"""What was done with each decision, for those who must be able to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from os import PathLike
from typing import Any, Literal, TypeAlias, get_args

from router.decision_log.line_log import LineLog
from router.decisions import Abstain, Decision, Kind, ToolCall
from router.declarations.wording import listed
from router.dispatch.dispatched import Outcome
from router.dispatch.handler import json_copy
from router.text import MAX_UTTERANCE_CHARACTERS

Personal: TypeAlias = Literal["arguments", "utterance"]
"""What a record holds only if that is asked for."""

_PERSONAL: tuple[Personal, ...] = get_args(Personal)


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """One dispatch, without what the person said unless that was asked for."""

    time: float
    """Seconds since 1970 when it was over, to the millisecond."""
    decision: Kind
    tool: str | None
    """None where the decision is for no tool, or for one of several."""
    outcome: Outcome | Literal["interrupted"]
    """`interrupted`: KeyboardInterrupt, a cancelled task and the like ended it, and the handler may have acted."""
    error: str | None = None
    """The type of what was raised: never its message, which may quote what was said."""
    late: bool = False
    """A handler is done or has failed now whose `timed_out` was recorded before."""
    milliseconds: float
    declarations: str
    """The fingerprint of the dispatcher's tools."""
    arguments: Mapping[str, Any] | None = field(default=None, hash=False)
    """None if they are not kept, or are no JSON values."""
    utterance: str | None = None
    """At most 2,000 characters of it."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values: always the same keys, except what a person said, which is left out where it is None."""
        return {name: value for name, value in asdict(self).items() if value is not None or name not in _PERSONAL}


@dataclass(frozen=True, slots=True)
class Audit:
    """What a dispatcher records, and where."""

    sink: Callable[[AuditRecord], object] | None
    keeps: frozenset[Personal]
    declarations: str
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        if unknown := sorted(self.keeps - set(_PERSONAL)):
            raise ValueError(f"audit_keeps has {listed(unknown)}; expected some of {listed(_PERSONAL)}")

    def record(
        self,
        decision: Decision,
        outcome: Outcome | Literal["interrupted"],
        milliseconds: float,
        error: BaseException | None,
        *,
        late: bool = False,
    ) -> Exception | None:
        """Hand a record to the sink, and return what that raised."""
        if self.sink is None:
            return None
        try:
            self.sink(
                AuditRecord(
                    time=round(self.clock(), 3),
                    decision=decision.kind,
                    tool=None if isinstance(decision, Abstain) else decision.tool,
                    outcome=outcome,
                    error=None if error is None else type(error).__name__,
                    late=late,
                    milliseconds=milliseconds,
                    declarations=self.declarations,
                    arguments=_plain_arguments(decision) if "arguments" in self.keeps else None,
                    utterance=decision.utterance[:MAX_UTTERANCE_CHARACTERS] if "utterance" in self.keeps else None,
                )
            )
        except Exception as failure:
            return failure
        return None


def _plain_arguments(decision: Decision) -> dict[str, Any] | None:
    try:
        return json_copy(decision.arguments) if isinstance(decision, ToolCall) else None
    except (TypeError, ValueError, RecursionError):
        return None


class AuditLog(LineLog):
    """Write audit records as lines of JSON; give it to a `Dispatcher` as `audit`.

    Files rotate as those of a `DecisionLog`: at most `max_bytes * (backups + 1)`
    bytes, each file for its owner's eyes. It needs a file of its own, open in one
    process at a time. To open it raises LogError; to write never raises, what
    cannot be written is counted in `dropped`.
    """

    def __init__(self, path: str | PathLike[str], *, max_bytes: int = 1 << 20, backups: int = 3) -> None:
        super().__init__(path, max_bytes, backups)

    def __repr__(self) -> str:
        return f"<AuditLog in {str(self.path)!r}, {self.dropped} dropped>"

    def __call__(self, record: AuditRecord) -> None:
        """Write down a record. Never raises."""
        self._write(record.to_dict)
