"""Counts of a user's tasks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, DateTime, bindparam, func, not_, select
from sqlalchemy.dialects.postgresql import array

from src.core import clock
from src.core.security import Principal
from src.database.statements import DatabaseSession, fetch_first
from src.domain.due_dates import day_begins
from src.domain.priorities import PRIORITY_IDS
from src.models import Task, columns_of
from src.schemas.encoding import build
from src.schemas.task_stats import CompletedOnDay, OpenByPriority, TaskStats, TaskStatsQuery
from src.services.task_lists import FILTERS
from src.services.task_statements import OWNER_ID
from src.services.time_zones import own_zone

_task = columns_of(Task)
_is_open = not_(_task.is_completed)
_by_priority = [
    func.count().filter(_is_open, _task.priority_id == number).label(name) for name, number in PRIORITY_IDS.items()
]
_edges = bindparam("edges", type_=ARRAY(DateTime(timezone=True)))
_day = func.width_bucket(_task.completed_at, _edges).label("day")
COUNT_COMPLETED: Final = (
    select(_day, func.count().label("completed"))
    .where(
        _task.user_id == OWNER_ID,
        FILTERS["kept"],
        _task.completed_at >= bindparam("first", type_=_task.completed_at.type),
        _task.completed_at < bindparam("last", type_=_task.completed_at.type),
    )
    .group_by(_day)
)
"""``edges`` are the beginnings of the days, made here: the server may not know every zone that Python knows."""

_completed = COUNT_COMPLETED.subquery("completed")
_per_day = select(func.array_agg(array([_completed.c.day, _completed.c.completed])))
_COUNT: Final = select(
    func.count().filter(_is_open).label("open"),
    func.count().filter(FILTERS["due_today"]).label("due_today"),
    func.count().filter(FILTERS["overdue_at"]).label("overdue"),
    func.count().filter(_task.is_completed).label("completed_total"),
    *_by_priority,
    func.count().filter(_is_open, _task.priority_id.is_(None)).label("none"),
    _per_day.scalar_subquery().label("per_day"),
).where(_task.user_id == OWNER_ID, FILTERS["kept"])


class TaskStatsService:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._session = session
        self._owner = owner

    async def read(self, query: TaskStatsQuery) -> TaskStats:
        zone, now = await own_zone(self._session, self._owner.id), clock.now()
        today = now.astimezone(ZoneInfo(zone)).date()
        days = [today - timedelta(days=back) for back in reversed(range(query.days))]
        edges = [day_begins(day, zone) for day in [*days, today + timedelta(days=1)]]
        counts = await self._count(now, today, edges)
        done = dict(counts["per_day"] or ())
        by_priority = build(OpenByPriority, **{name: counts[name] for name in OpenByPriority.model_fields})
        return build(
            TaskStats,
            open_by_priority=by_priority,
            completed_per_day=[build(CompletedOnDay, day, done.get(number, 0)) for number, day in enumerate(days, 1)],
            **{name: counts[name] for name in ("open", "due_today", "overdue", "completed_total")},
        )

    async def _count(self, now: datetime, today: date, edges: Sequence[datetime]) -> dict[str, Any]:
        of_days = {"edges": edges, "first": edges[0], "last": edges[-1]}
        of_now = {"due_today": today, "overdue_at": now, "overdue_on": today}
        row = await fetch_first(self._session, _COUNT, owner_id=self._owner.id, **of_now, **of_days)
        assert row is not None
        return dict(row)
