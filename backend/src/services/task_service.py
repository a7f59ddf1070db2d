"""A user's tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, Row, func
from sqlmodel.ext.asyncio.session import AsyncSession

from src.core import clock
from src.core.errors import Conflict, Invalid, NotFound, Unauthorized
from src.core.security import Cursors, InvalidCursor, Principal
from src.database.statements import fetch_all, fetch_first
from src.domain.due_dates import due_instant
from src.domain.ordering import title_key
from src.domain.priorities import PRIORITIES, PRIORITY_IDS
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.encoding import build
from src.schemas.priority import PriorityPublic
from src.schemas.tag import TagOfTask
from src.schemas.task import TaskCreate, TaskPage, TaskPublic, TaskQuery, TaskUpdate
from src.services.preconditions import Precondition
from src.services.retried_creates import IdInUse, content_hash
from src.services.task_statements import (
    DELETE,
    EMPTY_TRASH,
    LOCK,
    PRIORITY_AT,
    READ,
    READ_WITH_HASH,
    READ_ZONE,
    REMOVE,
    RESTORE,
    SET_COMPLETED,
    SET_TAGS,
    TAGS_AT,
    TOGGLE,
    count_statement,
    create_statement,
    list_statement,
    order_of,
    update_statement,
)

_PRIORITIES = {p.id: build(PriorityPublic, p.id, p.name, p.level, p.color) for p in PRIORITIES}
_PRIORITY_NAMES = {number: name for name, number in PRIORITY_IDS.items()}


class InTrash(Conflict):
    """A task in the trash does not change. Restore it first: ``POST /tasks/{id}/restore``."""

    code = "in_trash"
    title = "The task is in the trash"


@dataclass(frozen=True, slots=True)
class Stored:
    """A task, and whether this request made it or found it made."""

    task: TaskPublic
    is_new: bool


class TaskService:
    def __init__(self, session: AsyncSession, owner: Principal, cursors: Cursors) -> None:
        self._session = session
        self._owner = owner
        self._cursors = cursors

    async def create(self, new: TaskCreate) -> Stored:
        """With an ``id`` that was used before: the stored task if it was made from the same content, else IdInUse."""
        values = await self._completed_values(new.model_dump(exclude={"id", "tags"}))
        if new.is_completed:
            values["completed_at"] = func.now()
        values |= {"user_id": self._owner.id, "id": new.id or new_id(), "content_hash": content_hash(new)}
        row = await fetch_first(self._session, create_statement(values))
        if row is None and (stored := await self._made_before(values["id"], values["content_hash"])) is not None:
            return Stored(stored, is_new=False)
        if row is None:  # the id is that of a task which should have left the trash by now
            await self._first(EMPTY_TRASH)
            row = await fetch_first(self._session, create_statement(values))
        if row is None:
            raise IdInUse
        tags = await self._set_tags(row.id, new.tags) if new.tags else None
        return Stored(_public(row, tags), is_new=True)

    async def read(self, task_id: UUID) -> TaskPublic:
        """Raises NotFound."""
        return _public(await self._one(READ, task_id))

    async def list_page(self, query: TaskQuery) -> TaskPage:
        """Raises Invalid for a cursor of another user, filter or order."""
        order = order_of(query.sort)
        scope = self._scope(query)
        try:
            after = self._cursors.read(query.cursor, scope=scope) if query.cursor else None
            bound = order.bound(after) if after else {}
        except InvalidCursor:
            raise Invalid.field("query/cursor", "invalid_cursor", "is not a cursor of this list") from None
        filters = {"owner_id": self._owner.id, **_filter_values(query), **await self._due_values(query)}
        statement = list_statement(
            query.sort,
            frozenset(filters),
            is_after=after is not None,
            is_after_null=after is not None and after.value is None,
        )
        rows = await fetch_all(self._session, statement, **filters, **bound, limit=query.limit + 1)
        page = [_public(row[:-1]) for row in rows[: query.limit]]
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        cursor = self._cursors.write(order.position(last.sorted_by, last.id), scope=scope) if last is not None else None
        total = {"total": await self._count(filters)} if query.include_total else {}
        return build(TaskPage, page, cursor, **total)

    async def update(self, task_id: UUID, changes: TaskUpdate, precondition: Precondition) -> TaskPublic:
        """Raises NotFound, PreconditionFailed, InTrash or Invalid. What changes nothing leaves the version as it is."""
        current = await self._one(LOCK, task_id)
        precondition.check(current.version)
        _refuse_in_trash(current)
        wanted = changes.model_dump(exclude_unset=True, exclude={"tags"})
        values = await self._completed_values({**_input_values(current), **wanted})
        changed = {name: value for name, value in values.items() if value != getattr(current, name, value)}
        is_retagged = "tags" in changes.model_fields_set and set(changes.tags) != set(_tag_ids(current.tags))
        if not changed and not is_retagged:
            return _public(current)
        if "title" in changed:
            changed["title_key"] = values["title_key"]
        if "is_completed" in changed:
            changed["completed_at"] = func.now() if values["is_completed"] else None
        row = await self._one(update_statement(changed), task_id)
        return _public(row, await self._set_tags(task_id, changes.tags) if is_retagged else row.tags)

    async def delete(self, task_id: UUID, precondition: Precondition, *, permanent: bool = False) -> None:
        """Into the trash, where it may lie already, or for good. Raises NotFound or PreconditionFailed."""
        statement = REMOVE if permanent else DELETE
        if await self._first(statement, task_id=task_id, **_admitted(precondition)) is None:
            current = await self._one(READ, task_id)
            precondition.check(current.version)
            if current.deleted_at is None:
                raise NotFound  # made anew since the statement looked

    async def restore(self, task_id: UUID, precondition: Precondition) -> TaskPublic:
        """Out of the trash, if it is there. Raises NotFound or PreconditionFailed."""
        current = await self._one(LOCK, task_id)
        precondition.check(current.version)
        if current.deleted_at is None:
            return _public(current)
        return _public(await self._one(RESTORE, task_id))

    async def complete(self, task_id: UUID, is_completed: bool | None, precondition: Precondition) -> TaskPublic:
        """Sets the state, or toggles it where ``is_completed`` is None. Raises as `update` does."""
        wanted = {} if is_completed is None else {"wanted": is_completed}
        statement = TOGGLE if is_completed is None else SET_COMPLETED
        row = await self._first(statement, task_id=task_id, **_admitted(precondition), **wanted)
        if row is None:
            row = await self._one(READ, task_id)
            precondition.check(row.version)
            _refuse_in_trash(row)
        return _public(row)

    async def _first(self, statement: Executable, **parameters: object) -> Row[Any] | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _one(self, statement: Executable, task_id: UUID) -> Row[Any]:
        row = await self._first(statement, task_id=task_id)
        if row is None:
            raise NotFound
        return row

    async def _made_before(self, task_id: UUID, wanted_hash: bytes) -> TaskPublic | None:
        row = await self._first(READ_WITH_HASH, task_id=task_id)
        if row is None:
            return None
        if row.content_hash != wanted_hash:
            raise IdInUse
        return _public(row[:-1])

    async def _completed_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the client writes, with all that follows from it."""
        if values["due_time"] is not None and values["due_date"] is None:
            raise Invalid.field("/due_time", "due_time_without_date", "needs a due_date: set one, or clear both")
        if values["due_time"] is not None and values["timezone"] is None:
            values["timezone"] = await self._own_zone()
        due_at = values["due_time"] and due_instant(values["due_date"], values["due_time"], values["timezone"])
        priority = values.pop("priority")
        return {
            **values,
            "title_key": title_key(values["title"]),
            "due_at": due_at,
            "priority_id": PRIORITY_IDS[priority] if priority else None,
        }

    async def _set_tags(self, task_id: UUID, tag_ids: Sequence[UUID]) -> str:
        row = await self._first(SET_TAGS, task_id=task_id, tag_ids=list(tag_ids))
        assert row is not None
        if row.found != len(tag_ids):
            raise Invalid.field("/tags", "unknown_tag", "must be ids of your tags")
        return str(row.tags or "")

    async def _due_values(self, query: TaskQuery) -> dict[str, object]:
        if query.due is None or query.due == "none":
            return {"due_none": True} if query.due else {}
        now = clock.now()
        today = now.astimezone(ZoneInfo(await self._own_zone())).date()
        if query.due == "overdue":
            return {"overdue_at": now, "overdue_on": today}
        return {f"due_{query.due}": today}

    async def _own_zone(self) -> str:
        row = await self._first(READ_ZONE)
        if row is None:
            raise Unauthorized  # the account was deleted since the transaction was opened
        return str(row.timezone)

    async def _count(self, filters: Mapping[str, object]) -> int:
        row = await fetch_first(self._session, count_statement(frozenset(filters)), **filters)
        assert row is not None
        return int(row[0])

    def _scope(self, query: TaskQuery) -> bytes:
        shape = query.model_dump_json(exclude={"cursor", "limit", "include_total"})
        return f"tasks {self._owner.id} {shape}".encode()


def _filter_values(query: TaskQuery) -> dict[str, object]:
    values: dict[str, object] = {
        "trash" if query.trash else "kept": True,
        "completed": query.completed,
        "priorities": sorted(PRIORITY_IDS[name] for name in query.priority) or None,
        "tag_keys": [identity_key(tag) for tag in dict.fromkeys(query.tag)] or None,
        "tags_needed": (len(set(map(identity_key, query.tag))) if query.tag_match == "all" else 1)
        if query.tag
        else None,
        "due_before": query.due_before,
        "due_after": query.due_after,
    }
    return {name: value for name, value in values.items() if value is not None}


def _refuse_in_trash(row: Row[Any]) -> None:
    if row.deleted_at is not None:
        raise InTrash


def _admitted(precondition: Precondition) -> dict[str, object]:
    return {"versions": None if precondition.versions is None else sorted(precondition.versions)}


def _input_values(row: Row[Any]) -> dict[str, Any]:
    names = ("title", "description", "is_completed", "due_date", "due_time", "timezone")
    return {**{name: getattr(row, name) for name in names}, "priority": _PRIORITY_NAMES.get(row.priority_id)}


def _public(row: Row[Any] | tuple[Any, ...], tags: str | None = None) -> TaskPublic:
    """``tags`` instead of those in the row, which the statement that changed them does not show."""
    values = list(row)
    values[PRIORITY_AT] = _PRIORITIES.get(values[PRIORITY_AT])
    values[TAGS_AT] = _tags(tags if tags is not None else values[TAGS_AT])
    return build(TaskPublic, *values)


def _tags(lines: str | None) -> list[TagOfTask]:
    """Each line: 36 characters of the id, 7 of the colour, and the name."""
    return [build(TagOfTask, UUID(line[:36]), line[43:], line[36:43]) for line in lines.split("\n")] if lines else []


def _tag_ids(lines: str | None) -> list[UUID]:
    return [UUID(line[:36]) for line in lines.split("\n")] if lines else []
