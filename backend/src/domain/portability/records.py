"""What is exported and imported, in no format: records, and where in a file each one stood."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final, Literal
from uuid import UUID, uuid5

from src.domain.portability.report import Place, Report
from src.domain.priorities import PriorityName
from src.domain.text import identity_key

MAX_ITEMS: Final = 20_000
MAX_TAGS_OF_TASK: Final = 50
NOT_UTF8: Final = ("not_utf8", "The file must be text in UTF-8")
POSITION: Final = re.compile(r"[0-9a-f]{14}[0-9A-Za-z]{0,185}[1-9A-Za-z]", re.ASCII)
"""The form of a place in the order by hand: see `src.domain.ordering`."""

TagRef = UUID | str
"""A tag by its id, or by the key that its name is compared by."""

SeriesMode = Literal["schedule", "after_completion"]
InstanceStatus = Literal["open", "completed", "skipped"]
MissedPolicy = Literal["skip", "keep"]

_NAMESPACE = UUID("7f0c6f2e-6d0b-5c39-9a64-0f4a2f6f6d1a")


class Unreadable(ValueError):
    """Nothing of the file can be read. ``place`` is where that showed."""

    def __init__(self, place: Place, code: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.code = code


@dataclass(slots=True, kw_only=True)
class TagRecord:
    """``id`` is None where the file knows tags by name only. Names are compared by ``key``."""

    place: Place
    name: str
    key: str
    id: UUID | None = None
    color: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class TaskRecord:
    """``position`` is None where the file has no order by hand; the order of the file counts then."""

    place: Place
    id: UUID
    title: str
    description: str | None = None
    is_completed: bool = False
    completed_at: datetime | None = None
    priority: PriorityName | None = None
    due_date: date | None = None
    due_time: time | None = None
    timezone: str | None = None
    tags: tuple[TagRef, ...] = ()
    parent_id: UUID | None = None
    position: str | None = None
    recurring_task_id: UUID | None = None
    occurrence_date: date | None = None
    deleted_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class SeriesRecord:
    place: Place
    id: UUID
    title: str
    rrule: str
    start_date: date
    timezone: str
    description: str | None = None
    priority: PriorityName | None = None
    due_time: time | None = None
    tags: tuple[TagRef, ...] = ()
    mode: SeriesMode = "schedule"
    missed: MissedPolicy = "skip"
    is_active: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class InstanceRecord:
    """What became of one occurrence of a series."""

    place: Place
    recurring_task_id: UUID
    occurrence_date: date
    status: InstanceStatus = "open"
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a file is read. ``zone`` is that of times without one; ``today`` is the day there."""

    zone: str
    now: datetime
    today: date


@dataclass(slots=True)
class Bundle:
    """What a file holds.

    ``is_lenient``: it is of another program, so what does not fit is left out with a warning rather than refused. Each
    series is that of one task then.
    """

    report: Report = field(default_factory=Report)
    tags: dict[TagRef, TagRecord] = field(default_factory=dict)
    tasks: list[TaskRecord] = field(default_factory=list)
    series: list[SeriesRecord] = field(default_factory=list)
    instances: list[InstanceRecord] = field(default_factory=list)
    is_lenient: bool = True

    def tag(self, name: str, place: Place) -> TagRef:
        """The tag of this name, which is clean."""
        ref = identity_key(name)
        self.tags.setdefault(ref, TagRecord(place=place, name=name, key=ref))
        return ref


class FileIds:
    """Ids for what has none: the same for the same place in the same file, so that a second import adds nothing."""

    def __init__(self, body: bytes) -> None:
        self._digest = hashlib.sha256(body).hexdigest()

    def at(self, line: int) -> UUID:
        return uuid5(_NAMESPACE, f"{self._digest} {line}")


def id_of(uid: str) -> UUID:
    """The id that an item of another program always gets: its own where that is a UUID."""
    try:
        return UUID(uid) if len(uid) == 36 else uuid5(_NAMESPACE, uid)
    except ValueError:
        return uuid5(_NAMESPACE, uid)


def series_id_of(task_id: UUID) -> UUID:
    """The id of the series of which a repeating task is the open instance."""
    return uuid5(_NAMESPACE, f"series of {task_id}")
