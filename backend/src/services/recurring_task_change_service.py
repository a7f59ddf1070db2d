"""Changing a series: all of it, or from a day on. Its open tasks follow; its completed ones stay as they were."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Executable

from src.core.errors import Invalid, NotFound
from src.core.security import Principal
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.recurrence import Mode, Rearrangement, Split, missing_dates, rearranged
from src.models import new_id
from src.schemas.recurring_task import RecurringTaskPublic, RecurringTaskUpdate
from src.services.occurrences import (
    NewInstance,
    history_of,
    make_instances,
    open_missing,
    read_states,
    schedule_of,
    settle,
    today_in,
)
from src.services.preconditions import Precondition
from src.services.recurring_task_change_statements import COUNT_BEFORE, DROP, HAND_OVER, OPEN_TASKS, RETAG, REWRITE
from src.services.recurring_task_changes import FIELDS, Change, change_of, parted, rewritten
from src.services.recurring_task_rows import public_series
from src.services.recurring_task_statements import CREATE, LOCK, LOCK_TASKS, READ, SET_TAGS, UPDATE
from src.services.retried_creates import MADE_HERE
from src.services.task_rows import tag_ids_of
from src.services.task_trees import trash_parts


class RecurringTaskChangeService:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._session = session
        self._owner = owner

    async def update(
        self, series_id: UUID, changes: RecurringTaskUpdate, precondition: Precondition
    ) -> RecurringTaskPublic:
        """Raises NotFound, PreconditionFailed or Invalid. What changes nothing leaves the version as it is."""
        await self._all(LOCK_TASKS, series_id=series_id, only_open=True)
        current = await self._locked(series_id, precondition)
        change = change_of(current, changes)
        if change.is_empty:
            return public_series(current)
        await self._write(current, change)
        return public_series(await self._one(series_id))

    async def update_from(
        self, series_id: UUID, day: date | None, changes: RecurringTaskUpdate, precondition: Precondition
    ) -> tuple[RecurringTaskPublic, bool]:
        """Ends the series before ``day``, today when None. Another one, which has the changes, goes on from it.

        The other one, and True; or the series itself, changed, where nothing of it comes before. Raises as `update`.
        """
        await self._all(LOCK_TASKS, series_id=series_id, only_open=False)
        current = await self._locked(series_id, precondition)
        day = day or today_in(current.timezone)
        early = await self._early_days(current, day)
        parts = await self._parted(current, day, early)
        change = _change_of_tail(current, changes, day, parts)
        if change.is_empty:
            return public_series(current), False
        if parts.head is None:
            await self._write(current, change)
            return public_series(await self._one(series_id)), False
        following = new_id()
        await self._go_on(current, change, following)
        end = {**{name: getattr(current, name) for name in FIELDS}, "rrule": str(parts.head)}
        await self._first(UPDATE, series_id=series_id, **end)
        await self._first(HAND_OVER, series_id=series_id, new_id=following, day=day, days=early)
        await self._follow(following, change, is_handed_over=True)
        await open_missing(self._session, self._owner.id, [series_id])
        return public_series(await self._one(following)), True

    async def _write(self, current: Row, change: Change) -> None:
        await self._first(UPDATE, series_id=current.id, **change.values)
        if change.tags is not None:
            await self._set_tags(current.id, change.tags)
        await self._follow(current.id, change)

    async def _go_on(self, current: Row, change: Change, following: UUID) -> None:
        await self._first(CREATE, series_id=following, content_hash=MADE_HERE, **change.values)
        if change.tags is not None:
            await self._set_tags(following, change.tags)
        else:
            await self._first(SET_TAGS, series_id=following, tag_ids=tag_ids_of(current.tags))

    async def _follow(self, series_id: UUID, change: Change, *, is_handed_over: bool = False) -> None:
        """Brings the open tasks in line with their series, and opens what it calls for by now."""
        tasks = await self._all(OPEN_TASKS, series_id=series_id)
        (state,) = await read_states(self._session, self._owner.id, [series_id])
        plan = _plan(state, tasks, change)
        await self._drop(series_id, plan)
        await self._rewrite(series_id, tasks, change, plan, step=0 if is_handed_over else 1)
        if change.tags is not None and tasks:
            await self._first(RETAG, series_id=series_id, task_ids=[task.id for task in tasks])
        if state.is_active:
            new = [NewInstance(state, day) for day in plan.missing]
            await make_instances(self._session, self._owner.id, new)

    async def _drop(self, series_id: UUID, plan: Rearrangement) -> None:
        if plan.dropped:
            gone = await self._all(DROP, series_id=series_id, days=list(plan.dropped))
            parts = await trash_parts(self._session, self._owner.id, *(task.id for task in gone))
            await settle(self._session, self._owner.id, parts)

    async def _rewrite(
        self, series_id: UUID, tasks: Sequence[Row], change: Change, plan: Rearrangement, *, step: int
    ) -> None:
        rows = []
        for task in tasks:
            day = plan.moved.get(task.occurrence_date, task.occurrence_date)
            row = rewritten(task, change, day, self._owner.id)
            if row is not None and task.occurrence_date not in plan.dropped:
                rows.append(row)
        if rows:
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            await self._first(REWRITE, series_id=series_id, step=step, **columns)

    async def _early_days(self, current: Row, day: date) -> list[date]:
        """Open instances before that day which go along all the same: those that can only be done from it on."""
        if current.mode == Mode.SCHEDULE or day > today_in(current.timezone):
            return []
        tasks = await self._all(OPEN_TASKS, series_id=current.id)
        return [task.occurrence_date for task in tasks if task.occurrence_date < day]

    async def _parted(self, current: Row, day: date, early: Sequence[date]) -> Split:
        counted = await self._first(COUNT_BEFORE, series_id=current.id, day=day, days=list(early))
        count = 0 if counted is None else counted[0]
        return parted(schedule_of(current), day, open_days=early, count_before=count)

    async def _set_tags(self, series_id: UUID, tag_ids: Sequence[UUID]) -> None:
        row = await self._first(SET_TAGS, series_id=series_id, tag_ids=list(tag_ids))
        if row is None or row.found != len(tag_ids):
            raise Invalid.field("/tags", "unknown_tag", "must be ids of your tags")

    async def _locked(self, series_id: UUID, precondition: Precondition) -> Row:
        locked = await self._first(LOCK, series_id=series_id)
        if locked is None:
            raise NotFound
        precondition.check(locked.version)
        return await self._one(series_id)

    async def _one(self, series_id: UUID) -> Row:
        row = await self._first(READ, series_id=series_id)
        if row is None:
            raise NotFound
        return row

    async def _first(self, statement: Executable, **parameters: object) -> Row | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _all(self, statement: Executable, **parameters: object) -> Sequence[Row]:
        return await fetch_all(self._session, statement, owner_id=self._owner.id, **parameters)


def _change_of_tail(current: Row, changes: RecurringTaskUpdate, day: date, parts: Split) -> Change:
    """Of what goes on from that day; of the whole series where nothing comes before."""
    if parts.head is None:
        return change_of(current, changes)
    wanted = changes.model_fields_set
    if parts.tail is None and "rrule" not in wanted:
        raise Invalid.field("query/from", "after_the_end", "must not be after the end of the series")
    if "start_date" in wanted and changes.start_date < day:
        raise Invalid.field("/start_date", "before_the_split", "must not be before the day from which it holds")
    if "rrule" in wanted and "start_date" not in wanted:
        changes = changes.model_copy(update={"start_date": day})
    tail: Mapping[str, object] = {"rrule": str(parts.tail), "start_date": parts.tail_start} if parts.tail else {}
    return change_of(current, changes, **tail)


def _plan(state: Row, tasks: Sequence[Row], change: Change) -> Rearrangement:
    schedule, today = schedule_of(state), today_in(state.timezone)
    history = history_of(state, [task.occurrence_date for task in tasks])
    if change.is_rescheduled:
        return rearranged(schedule, history, today=today, is_resumed=change.is_resumed)
    missing = missing_dates(schedule, history, today=today, is_resumed=change.is_resumed)
    return Rearrangement(moved={}, dropped=(), missing=missing)
