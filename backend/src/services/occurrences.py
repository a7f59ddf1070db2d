"""What a series does when its tasks change: it closes their instances, opens them again, and makes those that follow.

Everything happens in the transaction of the change, so there is always a next instance, and never two for one day.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from src.core import clock
from src.core.metrics import metrics
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.due_dates import due_instant
from src.domain.ordering import title_key
from src.domain.recurrence import History, Missed, Mode, Schedule, missing_dates, parse_rule
from src.domain.search import search_document
from src.models import new_id
from src.services.occurrence_statements import OPEN, SETTLE, STATES
from src.services.retried_creates import MADE_HERE


class ChangedTask(Protocol):
    """What has to be known of a task that may be an instance: as a row has it, or a named tuple."""

    @property
    def id(self) -> UUID: ...
    @property
    def recurring_task_id(self) -> UUID | None: ...
    @property
    def occurrence_date(self) -> date: ...  # None only where recurring_task_id is
    @property
    def position(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NewInstance:
    """An instance to be made, with the task whose position its own task takes over."""

    state: Row
    day: date
    replaces: ChangedTask | None = None


async def settle(session: DatabaseSession, owner_id: UUID, tasks: Iterable[ChangedTask]) -> bool:
    """To be called once tasks were completed, reopened, deleted or restored, with their rows as the change left them.

    The rows need ``id``, ``recurring_task_id``, ``occurrence_date`` and ``position``; those of no series are passed
    over, and no statement is run for them. True if any was an instance: its row may have changed once more.
    """
    changed = [task for task in tasks if task.recurring_task_id is not None]
    if changed:
        await fetch_first(
            session,
            SETTLE,
            owner_id=owner_id,
            series_ids=[task.recurring_task_id for task in changed],
            days=[task.occurrence_date for task in changed],
            closed_at=clock.now(),
        )
        series_ids = {task.recurring_task_id for task in changed if task.recurring_task_id is not None}
        await open_missing(session, owner_id, series_ids, changed=changed)
    return bool(changed)


async def open_missing(
    session: DatabaseSession,
    owner_id: UUID,
    series_ids: Collection[UUID],
    *,
    changed: Sequence[ChangedTask] = (),
) -> None:
    """Makes the instances that series need by now. The caller holds their rows.

    ``changed`` are tasks of which those that were closed hand on their place in the order by hand.
    """
    states = await read_states(session, owner_id, series_ids)
    new = [each for state in states for each in _missing(state, changed)]
    await make_instances(session, owner_id, new)


async def make_instances(session: DatabaseSession, owner_id: UUID, new: Sequence[NewInstance]) -> None:
    """With their tasks. The caller holds the rows of their series. No statement is run for none."""
    if not new:
        return
    metrics().instances_made(len(new))
    series = {each.state.id: each.state for each in new}
    await fetch_first(
        session,
        OPEN,
        owner_id=owner_id,
        content_hash=MADE_HERE,
        series_ids=[each.state.id for each in new],
        days=[each.day for each in new],
        task_ids=[new_id() for _ in new],
        due_ats=[due_at(each.day, each.state.due_time, each.state.timezone) for each in new],
        positions=[each.replaces.position if each.replaces is not None else None for each in new],
        replaced_ids=[each.replaces.id for each in new if each.replaces is not None],
        titled_ids=list(series),
        title_keys=[title_key(state.title) for state in series.values()],
        documents=[search_document(owner_id, state.title, state.description) for state in series.values()],
    )


async def read_states(session: DatabaseSession, owner_id: UUID, series_ids: Collection[UUID]) -> Sequence[Row]:
    return await fetch_all(session, STATES, owner_id=owner_id, series_ids=list(series_ids))


def schedule_of(state: Row) -> Schedule:
    """Of a row of `STATES`, or of any other that holds what was stored of a series."""
    return Schedule(
        rule=parse_rule(state.rrule), start=state.start_date, mode=Mode(state.mode), missed=Missed(state.missed)
    )


def history_of(state: Row, open_days: Collection[date]) -> History:
    """``open_days``: those of the open instances that count."""
    counts_from = None
    if state.latest_closed_at is not None:
        counts_from = local_day(state.latest_closed_at, state.timezone)
        if state.latest_status == "skipped":
            counts_from = max(counts_from, state.latest_day)
    return History(
        open_days=open_days,
        newest_closed=state.newest_closed,
        count=state.instances - len(state.open_days or ()) + len(open_days),
        counts_from=counts_from,
        taken=set(state.taken or ()) - set(state.open_days or ()) | set(open_days),
    )


def local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def today_in(zone: str) -> date:
    return local_day(clock.now(), zone)


def due_at(day: date | None, due_time: time | None, zone: str | None) -> datetime | None:
    return due_instant(day, due_time, zone) if day and due_time is not None and zone else None


def _missing(state: Row, changed: Sequence[ChangedTask]) -> Iterator[NewInstance]:
    if not state.is_active:
        return
    open_days = state.open_days or ()
    days = missing_dates(schedule_of(state), history_of(state, open_days), today=today_in(state.timezone))
    closed = (t for t in changed if t.recurring_task_id == state.id and t.occurrence_date not in open_days)
    replaced = max(closed, key=lambda task: task.occurrence_date, default=None)
    for day in days:
        yield NewInstance(state, day, replaced)
        replaced = None
