"""A log of decisions: JSON lines in files of bounded size, without what people said unless that is asked for."""

from router.decision_log.entry import Answer, Entry
from router.decision_log.log import DecisionLog, Utterances
from router.decision_log.reading import read_log

__all__ = ["Answer", "DecisionLog", "Entry", "Utterances", "read_log"]
