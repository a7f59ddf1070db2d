"""Tasks that repeat, from programs that have no series: the task becomes the open instance of one."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from src.domain.portability.records import (
    Bundle,
    InstanceRecord,
    Reader,
    SeriesMode,
    SeriesRecord,
    TaskRecord,
    series_id_of,
)
from src.domain.recurrence import InvalidRule, Rule, first_occurrence, parse_rule, require_firing

_UNSUPPORTED: Final = "its rule of repetition is not supported, so it is imported as a single task"


@dataclass(frozen=True, slots=True)
class Repetition:
    """``start`` is the due day where none is given."""

    rrule: str
    start: date | None = None
    mode: SeriesMode = "schedule"


def make_repeating(task: TaskRecord, repetition: Repetition, bundle: Bundle, reader: Reader) -> None:
    """Adds the series of ``task`` to the bundle, or a warning if the rule is not one of ours.

    A task that is done stays a single one. The instance falls on the first day of the rule from its start on.
    """
    if task.is_completed:
        bundle.report.warning(task.place, "completed_repetition", "it is done, so its repetition is left out")
        return
    zone = task.timezone or reader.zone
    try:
        rule, first = _rule_and_first_day(repetition.rrule, zone, repetition.start or task.due_date or reader.today)
    except InvalidRule as fault:
        bundle.report.warning(task.place, "unsupported_rule", f"{_UNSUPPORTED}: {fault}")
        return
    if task.due_date is None or task.due_date < first:
        if task.due_date is not None:
            bundle.report.warning(task.place, "due_date_moved", "due: moved to the first day of the rule")
        task.due_date = first
    task.occurrence_date, task.timezone, task.recurring_task_id = first, zone, series_id_of(task.id)
    bundle.instances.append(
        InstanceRecord(place=task.place, recurring_task_id=task.recurring_task_id, occurrence_date=first)
    )
    bundle.series.append(_series_of(task, rule, first, repetition.mode))


@lru_cache(maxsize=4096)  # the rules of a file are few
def _rule_and_first_day(rrule: str, zone: str, start: date) -> tuple[Rule, date]:
    """Raises InvalidRule."""
    rule = parse_rule(rrule.strip(), zone=zone)
    require_firing(rule, start)
    first = first_occurrence(rule, start)
    assert first is not None
    return rule, first


def _series_of(task: TaskRecord, rule: Rule, first: date, mode: SeriesMode) -> SeriesRecord:
    assert task.timezone is not None
    return SeriesRecord(
        place=task.place,
        id=series_id_of(task.id),
        title=task.title,
        description=task.description,
        priority=task.priority,
        tags=task.tags,
        rrule=str(rule),
        start_date=first,
        due_time=task.due_time,
        timezone=task.timezone,
        mode=mode,
    )
