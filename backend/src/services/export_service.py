"""Exports, written piece by piece while they are sent.

All of an export is read in one transaction that sees one moment of the database (REPEATABLE READ), a few hundred rows
at a time: its memory does not grow with the account. Where that fails midway, the document stays unfinished: JSON
without its closing brace, iCalendar without END:VCALENDAR, and for all a connection that ends before the body does.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import TextClause, text

from src.core import clock
from src.core.errors import Unauthorized, Unavailable
from src.core.security import Principal
from src.core.security_events import record
from src.database.session import Database
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.portability import CALENDAR_END, CALENDAR_START, Calendar, Repeating, TaskRecord, rest_of_rule, task_csv
from src.schemas.encoding import build, encode
from src.schemas.export import (
    ExportedInstance,
    ExportedSeries,
    ExportedTag,
    ExportedTask,
    ExportedUser,
    ExportFormat,
    export_start,
)
from src.services.admission import Admission
from src.services.task_rows import PRIORITY_NAMES
from src.services.task_statements import TRASH_KEEPS

BATCH: Final = 200
AT_ONCE: Final = 6
AT_ONCE_OF_USER: Final = 2
LONGEST: Final = 600.0

_TAG_IDS = """ARRAY(SELECT tag_id FROM task_tags AS link
    WHERE link.user_id = tasks.user_id AND link.task_id = tasks.id ORDER BY tag_id)"""
_TAG_NAMES = """ARRAY(SELECT tags.name FROM task_tags AS link
    JOIN tags ON tags.user_id = link.user_id AND tags.id = link.tag_id
    WHERE link.user_id = tasks.user_id AND link.task_id = tasks.id ORDER BY tags.name_key)"""


def _tasks(tags: str, *, series: str = "", join: str = "") -> TextClause:
    return text(f"""
        SELECT tasks.id, tasks.title, tasks.description, is_completed, completed_at, tasks.priority_id,
               due_date, tasks.due_time, tasks.timezone, {tags} AS tags, parent_id, position, tasks.recurring_task_id,
               tasks.occurrence_date, deleted_at, tasks.created_at, tasks.updated_at {series}
        FROM tasks {join}
        WHERE tasks.user_id = :owner_id AND (position, tasks.id) > (CAST(:after AS text), CAST(:after_id AS uuid))
          AND (deleted_at IS NULL OR (CAST(:with_trash AS boolean) AND deleted_at >= :expired_at))
        ORDER BY position, tasks.id LIMIT {BATCH}
    """)  # noqa: S608  # made of constants


_USER = text("""
    SELECT id, email, timezone, created_at, updated_at, username, first_name, last_name FROM users WHERE id = :owner_id
""")
_TAGS = text(f"""
    SELECT id, name, color, created_at, updated_at FROM tags
    WHERE user_id = :owner_id AND id > CAST(:after_id AS uuid) ORDER BY id LIMIT {BATCH}
""")  # noqa: S608  # made of constants
_SERIES = text(f"""
    SELECT id, title, rrule, start_date, timezone, description, priority_id, due_time, mode, missed, is_active,
           ARRAY(SELECT tag_id FROM recurring_task_tags AS link
                 WHERE link.user_id = recurring_tasks.user_id AND link.recurring_task_id = recurring_tasks.id
                 ORDER BY tag_id) AS tags, created_at, updated_at
    FROM recurring_tasks
    WHERE user_id = :owner_id AND id > CAST(:after_id AS uuid) ORDER BY id LIMIT {BATCH}
""")  # noqa: S608  # made of constants
_INSTANCES = text(f"""
    SELECT recurring_task_id, occurrence_date, status, closed_at FROM task_instances
    WHERE user_id = :owner_id AND (recurring_task_id, occurrence_date) > (CAST(:after_id AS uuid), CAST(:after AS date))
    ORDER BY recurring_task_id, occurrence_date LIMIT {BATCH}
""")  # noqa: S608  # made of constants
_TASKS = _tasks(_TAG_IDS)
_NAMED_TASKS = _tasks(_TAG_NAMES)
_REPEATING_TASKS = _tasks(
    _TAG_NAMES,
    series=", series.rrule, series.start_date, series.mode",
    join="""
        LEFT JOIN recurring_tasks AS series ON series.user_id = tasks.user_id AND series.id = tasks.recurring_task_id
          AND series.is_active AND NOT tasks.is_completed AND NOT EXISTS (
            SELECT 1 FROM task_instances AS later
            WHERE later.user_id = tasks.user_id AND later.recurring_task_id = tasks.recurring_task_id
              AND later.occurrence_date > tasks.occurrence_date AND later.status = 'open')
    """,
)
_NOBODY: Final = UUID(int=0)  # before every id that is one


@dataclass(frozen=True, slots=True)
class _Order:
    """What a batch comes after: at first, and then by its last row."""

    first: Mapping[str, object]
    after: Callable[[Row], Mapping[str, object]]


_BY_ID = _Order({"after_id": _NOBODY}, lambda row: {"after_id": row.id})
_BY_POSITION = _Order({"after_id": _NOBODY, "after": ""}, lambda row: {"after_id": row.id, "after": row.position})
_BY_OCCURRENCE = _Order(
    {"after_id": _NOBODY, "after": date.min},
    lambda row: {"after_id": row.recurring_task_id, "after": row.occurrence_date},
)


class ExportService:
    """Given the database, not a session: an export outlives the handler of its request."""

    def __init__(self, database: Database, admission: Admission) -> None:
        self._database = database
        self._admission = admission

    async def account(self, owner: Principal) -> AsyncGenerator[bytes, None]:
        """The whole account. Raises Unauthorized or Unavailable before there is anything to send."""
        pieces = await _begun(self._pieces(owner, lambda export: export.document(is_whole=True)))
        record("account exported", user=owner.id, session=owner.session_id)
        return pieces

    async def tasks(self, owner: Principal, kind: ExportFormat) -> AsyncGenerator[bytes, None]:
        """The tasks outside the trash, in the order by hand. Raises as `account` does."""
        write: dict[ExportFormat, Callable[[_Export], AsyncGenerator[bytes, None]]] = {
            "json": lambda export: export.document(is_whole=False),
            "csv": _Export.csv,
            "ics": _Export.icalendar,
        }
        pieces = await _begun(self._pieces(owner, write[kind]))
        record("tasks exported", user=owner.id, session=owner.session_id)
        return pieces

    async def _pieces(
        self, owner: Principal, write: Callable[["_Export"], AsyncGenerator[bytes, None]]
    ) -> AsyncGenerator[bytes, None]:
        deadline = asyncio.get_running_loop().time() + LONGEST
        with self._admission.admit(owner.id):
            async with (
                self._database.as_reader(owner) as session,
                aclosing(write(_Export(session, owner.id))) as pieces,
            ):
                first = await anext(pieces)
                yield b""
                yield first
                async for piece in pieces:
                    if asyncio.get_running_loop().time() > deadline:
                        raise Unavailable("The export was not taken in time")
                    yield piece


async def _begun(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Goes as far as there is something to send, so that what goes wrong by then is answered as an error."""
    await anext(pieces)
    return pieces


class _Export:
    def __init__(self, session: DatabaseSession, owner_id: UUID) -> None:
        self._session = session
        self._owner_id = owner_id
        self._now = clock.now()

    async def document(self, *, is_whole: bool) -> AsyncGenerator[bytes, None]:
        start = export_start(self._now)
        if is_whole:
            user = await fetch_first(self._session, _USER, owner_id=self._owner_id)
            if user is None:
                raise Unauthorized  # deleted since the transaction was opened
            start["user"] = build(ExportedUser, *user)
        yield encode(start)[:-1]
        sections = (
            ("tags", ExportedTag, self._batches(_TAGS, _BY_ID)),
            ("recurring_tasks", ExportedSeries, self._batches(_SERIES, _BY_ID)),
            ("task_instances", ExportedInstance, self._batches(_INSTANCES, _BY_OCCURRENCE)),
            ("tasks", ExportedTask, self._batches(_TASKS, _BY_POSITION, with_trash=is_whole)),
        )
        for name, model, batches in sections:
            yield b',"%b":[' % name.encode()
            separator = b""
            async for rows in batches:
                yield separator + b",".join(encode(build(model, *_values(model, row))) for row in rows)
                separator = b","
            yield b"]"
        yield b"}"

    async def csv(self) -> AsyncGenerator[bytes, None]:
        yield task_csv.header().encode()
        async for rows in self._batches(_NAMED_TASKS, _BY_POSITION, with_trash=False):
            yield task_csv.rows(map(_record, rows), _names).encode()

    async def icalendar(self) -> AsyncGenerator[bytes, None]:
        calendar = Calendar(self._now)
        yield CALENDAR_START.encode()
        async for rows in self._batches(_REPEATING_TASKS, _BY_POSITION, with_trash=False):
            yield "".join(_todo(calendar, row) for row in rows).encode()
        yield CALENDAR_END.encode()

    async def _batches(
        self, statement: TextClause, order: _Order, *, with_trash: bool | None = None
    ) -> AsyncGenerator[Sequence[Row], None]:
        bound: dict[str, object] = {"owner_id": self._owner_id}
        if with_trash is not None:
            bound |= {"with_trash": with_trash, "expired_at": self._now - TRASH_KEEPS}
        after = order.first
        while rows := await fetch_all(self._session, statement, **bound, **after):
            yield rows
            after = order.after(rows[-1])


def _values(model: type[BaseModel], row: Row) -> Iterable[object]:
    values = list(row)
    if "priority" in model.model_fields:
        place = list(model.model_fields).index("priority")
        values[place] = PRIORITY_NAMES.get(values[place])
    return values


def _record(row: Row) -> TaskRecord:
    values = {name: value for name, value in row.items() if name in TaskRecord.__slots__}
    return TaskRecord(place=0, **values, priority=PRIORITY_NAMES.get(row.priority_id))


def _names(task: TaskRecord) -> Iterable[str]:
    return map(str, task.tags)


def _todo(calendar: Calendar, row: Row) -> str:
    return calendar.todo(_record(row), row.tags, _repeating(row))


def _repeating(row: Row) -> Repeating | None:
    if row.rrule is None:
        return None
    rest = rest_of_rule(row.rrule, row.start_date, row.occurrence_date)
    return Repeating(rest, row.mode) if rest is not None else None
