"""One line of text becomes a task or a series."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from src.core import clock
from src.core.errors import Invalid
from src.core.security import Principal
from src.database.statements import DatabaseSession, fetch_all, fetch_first
from src.domain.quick_add import QuickAdd, QuickAddError, parse_quick_add
from src.domain.recurrence import describe, parse_rule
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.encoding import build
from src.schemas.quick_add import QuickAddCreate, QuickAddPublic, QuickAddSpan, QuickAddUnderstood
from src.schemas.recurring_task import RecurringTaskCreate
from src.schemas.tag import DEFAULT_COLOR, TagCreate
from src.schemas.task import TaskCreate, TaskPublic
from src.services.recurring_task_service import RecurringTaskService
from src.services.retried_creates import content_hash
from src.services.task_service import TaskService
from src.services.time_zones import own_zone

_MAKE_TAGS: Final = text("""
    INSERT INTO tags (user_id, id, name, name_key, color, content_hash)
    SELECT :owner_id, id, name, name_key, :color, content_hash
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:keys AS text[]), CAST(:hashes AS bytea[]))
         AS new (id, name, name_key, content_hash)
    ON CONFLICT (user_id, name_key) DO NOTHING
""")
_FIND_TAGS: Final = text("""
    SELECT id FROM tags WHERE user_id = :owner_id AND name_key = ANY (CAST(:keys AS text[]))
""")
_FIRST_OF_SERIES: Final = text("""
    SELECT id FROM tasks
    WHERE user_id = :owner_id AND recurring_task_id = :series_id AND NOT is_completed AND deleted_at IS NULL
    ORDER BY occurrence_date LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Added:
    """What was understood and made. ``is_new`` is False for a dry run, and where the same id had made it before."""

    answer: QuickAddPublic
    is_new: bool
    place: str | None = None
    """Its path below the API's base."""


class QuickAddService:
    def __init__(
        self, session: DatabaseSession, owner: Principal, *, tasks: TaskService, series: RecurringTaskService
    ) -> None:
        self._session = session
        self._owner = owner
        self._tasks = tasks
        self._series = series

    async def add(self, new: QuickAddCreate) -> Added:
        """Raises Invalid for a text that makes no task, and IdInUse."""
        zone = new.timezone or await own_zone(self._session, self._owner.id)
        line = _parsed(new.text, zone)
        understood = _understood(line, zone)
        if new.dry_run:
            return Added(build(QuickAddPublic, understood, None, None), is_new=False)
        tags = await self._tag_ids(line.tags)
        if line.rrule is None:
            stored = await self._tasks.create(_task(new, line, zone, tags), made_from=new)
            answer = build(QuickAddPublic, understood, stored.task, None)
            return Added(answer, stored.is_new, f"tasks/{stored.task.id}")
        series, is_new = await self._series.create(_series(new, line, zone, tags), made_from=new)
        answer = build(QuickAddPublic, understood, await self._first_of(series.id), series)
        return Added(answer, is_new, f"recurring-tasks/{series.id}")

    async def _tag_ids(self, names: tuple[str, ...]) -> tuple[UUID, ...]:
        """Of the tags with these names, which are made where there are none."""
        if not names:
            return ()
        keys = [identity_key(name) for name in names]
        await fetch_first(
            self._session,
            _MAKE_TAGS,
            owner_id=self._owner.id,
            ids=[new_id() for _ in names],
            names=list(names),
            keys=keys,
            color=DEFAULT_COLOR,
            hashes=[content_hash(TagCreate(name=name)) for name in names],
        )
        rows = await fetch_all(self._session, _FIND_TAGS, owner_id=self._owner.id, keys=keys)
        return tuple(row.id for row in rows)

    async def _first_of(self, series_id: UUID) -> TaskPublic | None:
        row = await fetch_first(self._session, _FIRST_OF_SERIES, owner_id=self._owner.id, series_id=series_id)
        return await self._tasks.read(row.id) if row is not None else None


def _parsed(line: str, zone: str) -> QuickAdd:
    now = clock.now().astimezone(ZoneInfo(zone))
    try:
        return parse_quick_add(line, today=now.date(), now=now.time(), zone=ZoneInfo(zone))
    except QuickAddError as error:
        raise Invalid.field("/text", error.code, str(error)) from None


def _understood(line: QuickAdd, zone: str) -> QuickAddUnderstood:
    spans = [
        build(QuickAddSpan, span.start, span.end, span.utf16_start, span.utf16_end, span.kind, span.value)
        for span in line.spans
    ]
    in_words = line.rrule and describe(parse_rule(line.rrule, zone=zone))
    return build(
        QuickAddUnderstood,
        line.title,
        line.due_date,
        line.due_time,
        zone,
        line.priority,
        list(line.tags),
        line.rrule,
        in_words,
        line.mode,
        spans,
    )


def _task(new: QuickAddCreate, line: QuickAdd, zone: str, tags: tuple[UUID, ...]) -> TaskCreate:
    return TaskCreate(
        id=new.id,
        title=line.title,
        priority=line.priority,
        due_date=line.due_date,
        due_time=line.due_time,
        timezone=zone if line.due_time else None,
        tags=tags,
    )


def _series(new: QuickAddCreate, line: QuickAdd, zone: str, tags: tuple[UUID, ...]) -> RecurringTaskCreate:
    return RecurringTaskCreate(
        id=new.id,
        title=line.title,
        priority=line.priority,
        rrule=line.rrule or "",
        start_date=line.due_date,
        due_time=line.due_time,
        timezone=zone,
        mode=line.mode or "schedule",
        tags=tags,
    )
