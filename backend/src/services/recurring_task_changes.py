"""What a change of a series means for its fields, and for those of its open tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from src.database.statements import Row
from src.domain.ordering import title_key
from src.domain.priorities import PRIORITY_IDS
from src.domain.recurrence import Mode, Schedule, Split, split
from src.domain.search import search_document
from src.schemas.recurring_task import RecurringTaskUpdate
from src.services.occurrences import due_at
from src.services.recurring_task_rows import read_rule
from src.services.task_rows import tag_ids_of

FIELDS: Final = (
    "title", "description", "priority_id", "rrule", "start_date", "due_time", "timezone", "mode", "missed", "is_active",
)  # fmt: skip
_WRITTEN: Final = ("title", "description", "priority_id", "due_date", "due_time", "timezone", "due_at")


@dataclass(frozen=True, slots=True)
class Change:
    """What a series is to be: all its fields, the names of those that change, and its tags where they do."""

    values: Mapping[str, Any]
    changed: frozenset[str]
    tags: Sequence[UUID] | None

    @property
    def is_empty(self) -> bool:
        return not self.changed and self.tags is None

    @property
    def is_rescheduled(self) -> bool:
        return not self.changed.isdisjoint({"rrule", "start_date", "mode"})

    @property
    def is_resumed(self) -> bool:
        return "is_active" in self.changed and bool(self.values["is_active"])


def change_of(stored: Row, changes: RecurringTaskUpdate, **differently: object) -> Change:
    """``differently``: fields that do not begin with what is stored. Raises Invalid."""
    base = {**{name: getattr(stored, name) for name in FIELDS}, **differently}
    wanted = changes.model_dump(exclude_unset=True, exclude={"tags"})
    if "priority" in wanted:
        priority = wanted.pop("priority")
        wanted["priority_id"] = PRIORITY_IDS[priority] if priority else None
    values = {**base, **wanted}
    if not wanted.keys().isdisjoint({"rrule", "start_date"}):
        pointer = "/rrule" if "rrule" in wanted else "/start_date"
        rule = read_rule(values["rrule"], zone=values["timezone"], start=values["start_date"], pointer=pointer)
        values["rrule"] = str(rule)
    is_retagged = "tags" in changes.model_fields_set and set(changes.tags) != set(tag_ids_of(stored.tags))
    changed = frozenset(name for name in FIELDS if values[name] != base[name])
    return Change(values, changed, changes.tags if is_retagged else None)


def parted(schedule: Schedule, at: date, *, open_days: Sequence[date], count_before: int) -> Split:
    """As `split` does it for a schedule. A series that counts from completion ends with what it has before that day:
    ``count_before`` instances. ``open_days`` are those that go along.
    """
    rule = schedule.rule
    if schedule.mode is Mode.SCHEDULE:
        return split(rule, schedule.start, at)
    head, tail, left = replace(rule, until=at - timedelta(days=1)), rule, None
    if rule.count is not None:
        left = rule.count - count_before
        head, tail = replace(rule, count=count_before), replace(rule, count=left)
    start = min([at, *open_days])
    return Split(head if count_before else None, tail if left is None or left > 0 else None, start)


def rewritten(task: Row, change: Change, day: date, owner_id: UUID) -> dict[str, Any] | None:
    """An open task as it is once its series has changed, and stands for ``day``; None where it stays as it is."""
    now = {name: change.values[name] if name in change.changed else getattr(task, name) for name in _WRITTEN[:3]}
    now["due_date"] = day if day != task.occurrence_date else task.due_date
    now |= _time_of(task, change, now["due_date"])
    now["due_at"] = due_at(now["due_date"], now["due_time"], now["timezone"])
    is_same = all(now[name] == getattr(task, name) for name in _WRITTEN) and day == task.occurrence_date
    if is_same and change.tags is None:
        return None
    is_reindexed = (now["title"], now["description"]) != (task.title, task.description)
    document = search_document(owner_id, now["title"], now["description"]) if is_reindexed else None
    keys = {"id": task.id, "was_on": task.occurrence_date, "occurrence_date": day}
    return {**now, **keys, "title_key": title_key(now["title"]), "document": document}


def _time_of(task: Row, change: Change, due_date: date | None) -> dict[str, Any]:
    """A time that a person has set on this one task stays, unless the time of the series changes."""
    due_time, zone = task.due_time, task.timezone
    if "due_time" in change.changed:
        due_time = change.values["due_time"] if due_date is not None else None
        zone = change.values["timezone"] if due_time is not None else None
    elif "timezone" in change.changed and due_time is not None:
        zone = change.values["timezone"]
    return {"due_time": due_time, "timezone": zone}
