"""From a decision to the app's handler: checked, confirmed, timed and audited."""

from router.dispatch.audit import AuditLog, AuditRecord
from router.dispatch.dispatched import Dispatched, Outcome
from router.dispatch.dispatcher import Dispatcher

__all__ = ["AuditLog", "AuditRecord", "Dispatched", "Dispatcher", "Outcome"]
