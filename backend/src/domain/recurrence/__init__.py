"""Recurrence rules: a part of RFC 5545's RRULE, read strictly, expanded in bounded work, told in words.

Days are wall-clock days; the instant of each comes from `due_dates.due_instant`, so no series drifts over DST.
"""

from src.domain.recurrence.history import History, Mode, Rearrangement, Schedule, missing_dates, projected, rearranged
from src.domain.recurrence.occurrences import first_occurrence, next_occurrence, occurrences
from src.domain.recurrence.parsing import parse_rule, require_firing
from src.domain.recurrence.rule import (
    MAX_COUNT,
    MAX_INTERVAL,
    MAX_RULE_LENGTH,
    ByDay,
    Frequency,
    InvalidRule,
    Rule,
)
from src.domain.recurrence.series import MAX_MISSED, Missed, Split, after_completion, open_dates, split
from src.domain.recurrence.wording import describe

__all__ = [
    "MAX_COUNT",
    "MAX_INTERVAL",
    "MAX_MISSED",
    "MAX_RULE_LENGTH",
    "ByDay",
    "Frequency",
    "History",
    "InvalidRule",
    "Missed",
    "Mode",
    "Rearrangement",
    "Rule",
    "Schedule",
    "Split",
    "after_completion",
    "describe",
    "first_occurrence",
    "missing_dates",
    "next_occurrence",
    "occurrences",
    "open_dates",
    "parse_rule",
    "projected",
    "rearranged",
    "require_firing",
    "split",
]
