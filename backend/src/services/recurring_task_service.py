"""A user's recurring tasks: series, each with the rule by which it makes tasks."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Executable

from src.core.errors import Conflict, Invalid, NotFound
from src.core.security import Cursors, InvalidCursor, Position, Principal
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.priorities import PRIORITY_IDS
from src.domain.recurrence import Mode, Schedule, describe, occurrences, projected
from src.models import new_id
from src.schemas.base import Input
from src.schemas.encoding import build
from src.schemas.page import PageQuery
from src.schemas.recurring_task import (
    MAX_OCCURRENCES,
    InstancePage,
    InstancePublic,
    InstanceQuery,
    OccurrenceList,
    OccurrenceQuery,
    PreviewPublic,
    RecurringTaskCreate,
    RecurringTaskPage,
    RecurringTaskPreview,
    RecurringTaskPublic,
    RecurringTaskQuery,
)
from src.services.occurrences import open_missing, schedule_of, settle, today_in
from src.services.preconditions import Precondition
from src.services.recurring_task_rows import public_occurrences, public_series, read_rule
from src.services.recurring_task_statements import (
    COUNT,
    COUNT_INSTANCES,
    CREATE,
    DELETE,
    LIST,
    LIST_INSTANCES,
    LOCK,
    LOCK_INSTANCE,
    LOCK_TASKS,
    READ,
    READ_INSTANCE,
    RELEASE_TASKS,
    SET_TAGS,
    TRASH_TASK,
)
from src.services.retried_creates import IdInUse, content_hash
from src.services.task_statements import TRASH_KEEPS
from src.services.task_trees import trash_parts
from src.services.time_zones import own_zone

PREVIEWED: Final = 10
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_LAST_ID: Final = UUID(int=2**128 - 1)


class AlreadyCompleted(Conflict):
    """The instance is done, so it cannot be skipped. Reopen its task first, or leave it."""

    code = "already_completed"
    title = "The instance is completed"


class RecurringTaskService:
    def __init__(self, session: DatabaseSession, owner: Principal, cursors: Cursors) -> None:
        self._session = session
        self._owner = owner
        self._cursors = cursors

    async def create(
        self, new: RecurringTaskCreate, *, made_from: Input | None = None
    ) -> tuple[RecurringTaskPublic, bool]:
        """The series with its first instances, and whether this request made it. Raises Invalid or IdInUse."""
        series_id, wanted_hash = new.id or new_id(), content_hash(made_from or new)
        values = await self._completed_values(new)
        if await self._first(CREATE, series_id=series_id, content_hash=wanted_hash, **values) is None:
            stored = await self._one(series_id)
            if stored.content_hash != wanted_hash:
                raise IdInUse
            return public_series(stored), False
        if new.tags:
            row = await self._first(SET_TAGS, series_id=series_id, tag_ids=list(new.tags))
            if row is None or row.found != len(new.tags):
                raise Invalid.field("/tags", "unknown_tag", "must be ids of your tags")
        await open_missing(self._session, self._owner.id, [series_id])
        return await self.read(series_id), True

    async def read(self, series_id: UUID) -> RecurringTaskPublic:
        """Raises NotFound."""
        return public_series(await self._one(series_id))

    async def list_page(self, query: RecurringTaskQuery) -> RecurringTaskPage:
        """The newest first. Raises Invalid for a cursor that is not one of this list."""
        scope = f"recurring-tasks {self._owner.id} {query.is_active}".encode()
        after = self._after(query, scope)
        wanted = [True, False] if query.is_active is None else [query.is_active]
        rows = await self._all(
            LIST,
            wanted=wanted,
            after_value=datetime.fromisoformat(str(after.value)) if after else _LATEST,
            after_id=after.id if after else _LAST_ID,
            limit=query.limit + 1,
        )
        page = [public_series(row) for row in rows[: query.limit]]
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        cursor = self._cursors.write(Position(last.created_at.isoformat(), last.id), scope=scope) if last else None
        total = {"total": await self._count(COUNT, wanted=wanted)} if query.include_total else {}
        return build(RecurringTaskPage, page, cursor, **total)

    async def delete(self, series_id: UUID, precondition: Precondition) -> None:
        """With its history. Open tasks go to the trash, completed ones stay. Raises NotFound or PreconditionFailed."""
        await self._all(LOCK_TASKS, series_id=series_id, only_open=False)
        precondition.check((await self._locked(series_id)).version)
        tasks = await self._all(RELEASE_TASKS, series_id=series_id)
        parts = await trash_parts(self._session, self._owner.id, *(task.id for task in tasks if not task.is_completed))
        await self._first(DELETE, series_id=series_id)
        await settle(self._session, self._owner.id, parts)

    async def skip(self, series_id: UUID, day: date, precondition: Precondition) -> RecurringTaskPublic:
        """Closes an open instance without its being done: its task goes to the trash, and the next one is made.

        Raises NotFound, AlreadyCompleted or PreconditionFailed. Skipping twice is skipping once.
        """
        await self._first(LOCK_INSTANCE, series_id=series_id, day=day)
        precondition.check((await self._locked(series_id)).version)
        instance = await self._first(READ_INSTANCE, series_id=series_id, day=day)
        if instance is None:
            raise NotFound
        if instance.status == "completed":
            raise AlreadyCompleted
        if instance.status == "open":
            await self._first(TRASH_TASK, task_id=instance.id)
            parts = [] if instance.id is None else await trash_parts(self._session, self._owner.id, instance.id)
            await settle(self._session, self._owner.id, [instance, *parts])
        return await self.read(series_id)

    async def list_instances(self, series_id: UUID, query: InstanceQuery) -> InstancePage:
        """The latest date first. Raises NotFound, or Invalid for a cursor that is not one of this list."""
        scope = f"instances {self._owner.id} {series_id} {query.status}".encode()
        after = self._after(query, scope)
        wanted = {
            "series_id": series_id,
            "wanted": [query.status] if query.status else ["open", "completed", "skipped"],
        }
        rows = await self._all(
            LIST_INSTANCES,
            **wanted,
            after=date.fromisoformat(str(after.value)) if after else date.max,
            trash_keeps=TRASH_KEEPS,
            limit=query.limit + 1,
        )
        if not rows:
            await self._one(series_id)
        page = [build(InstancePublic, *row) for row in rows[: query.limit]]
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        position = Position(last.occurrence_date.isoformat(), series_id) if last else None
        cursor = self._cursors.write(position, scope=scope) if position else None
        total = {"total": await self._count(COUNT_INSTANCES, **wanted)} if query.include_total else {}
        return build(InstancePage, page, cursor, **total)

    async def list_occurrences(self, series_id: UUID, query: OccurrenceQuery) -> OccurrenceList:
        """The days by the rule; where they depend on completions, as if each were done on its day. Raises NotFound."""
        row = await self._one(series_id)
        found = await asyncio.to_thread(lambda: list(islice(_days(row, query), MAX_OCCURRENCES + 1)))
        days = found[:MAX_OCCURRENCES]
        following = days[-1] if len(found) > len(days) else None
        return build(OccurrenceList, public_occurrences(days, row.due_time, row.timezone), following)

    async def preview(self, preview: RecurringTaskPreview) -> PreviewPublic:
        """What a rule means. Raises Invalid. Nothing is stored."""
        zone = preview.timezone or await own_zone(self._session, self._owner.id)
        today = today_in(zone)
        start = preview.start_date or today
        rule = read_rule(preview.rrule, zone=zone, start=start)
        after = date.fromordinal(today.toordinal() - 1)
        days = list(islice(occurrences(rule, start, after=after), PREVIEWED))
        return build(PreviewPublic, str(rule), describe(rule), public_occurrences(days, preview.due_time, zone))

    async def _completed_values(self, new: RecurringTaskCreate) -> dict[str, Any]:
        """What the client writes, with all that follows from it."""
        zone = new.timezone or await own_zone(self._session, self._owner.id)
        start = new.start_date or today_in(zone)
        rule = read_rule(new.rrule, zone=zone, start=start)
        written = new.model_dump(exclude={"id", "tags", "priority"})
        priority_id = PRIORITY_IDS[new.priority] if new.priority else None
        return {**written, "priority_id": priority_id, "rrule": str(rule), "start_date": start, "timezone": zone}

    def _after(self, query: PageQuery, scope: bytes) -> Position | None:
        try:
            return self._cursors.read(query.cursor, scope=scope) if query.cursor else None
        except InvalidCursor:
            raise Invalid.field("query/cursor", "invalid_cursor", "is not a cursor of this list") from None

    async def _first(self, statement: Executable, **parameters: object) -> Row | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _all(self, statement: Executable, **parameters: object) -> list[Row]:
        return list(await fetch_all(self._session, statement, owner_id=self._owner.id, **parameters))

    async def _one(self, series_id: UUID) -> Row:
        return _found(await self._first(READ, series_id=series_id))

    async def _locked(self, series_id: UUID) -> Row:
        return _found(await self._first(LOCK, series_id=series_id))

    async def _count(self, statement: Executable, **parameters: object) -> int:
        return int(_found(await self._first(statement, **parameters))[0])


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _days(row: Row, query: OccurrenceQuery) -> Iterator[date]:
    schedule = schedule_of(row)
    if schedule.mode is Mode.SCHEDULE:
        return occurrences(schedule.rule, schedule.start, after=query.after, before=query.before)
    days = islice(_projected(schedule, row), MAX_OCCURRENCES)
    return (d for d in days if (query.after is None or d > query.after) and (query.before is None or d < query.before))


def _projected(schedule: Schedule, row: Row) -> Iterator[date]:
    count = schedule.rule.count
    left = None if count is None else max(count - row.completed_count - row.skipped_count, 0)
    return projected(schedule, next_day=row.next_date, left=left)
