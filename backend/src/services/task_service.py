"""A user's tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Executable

from src.core.errors import Invalid, NotFound
from src.core.security import Principal
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.ordering import MAX_POSITION_LENGTH, position_between
from src.domain.search import search_document
from src.models import new_id
from src.schemas.base import Input
from src.schemas.task import TaskCreate, TaskMove, TaskPublic, TaskUpdate
from src.services.occurrences import settle
from src.services.preconditions import Precondition
from src.services.retried_creates import IdInUse, content_hash
from src.services.task_rows import public_task
from src.services.task_rules import (
    changed_values,
    completed_values,
    is_retagged,
    needs_own_zone,
    refuse_in_trash,
    require_tags,
    updated_values,
)
from src.services.task_statements import (
    CREATE,
    DELETE,
    EMPTY_TRASH,
    LOCK,
    MOVE,
    NEIGHBOURS,
    READ,
    READ_WITH_HASH,
    REMOVE,
    RETAG,
    SET_COMPLETED,
    SET_TAGS,
    SPREAD,
    TOGGLE,
    new_values,
    update_statement,
)
from src.services.task_trees import lock_trees, require_parent, restore_tree, trash_parts
from src.services.time_zones import own_zone


@dataclass(frozen=True, slots=True)
class Stored:
    """A task, and whether this request made it or found it made."""

    task: TaskPublic
    is_new: bool


class TaskService:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._session = session
        self._owner = owner

    async def create(self, new: TaskCreate, *, made_from: Input | None = None) -> Stored:
        """With an ``id`` that was used before: the stored task if it was made from the same content, else IdInUse."""
        values = await self._completed_values(new.model_dump(exclude={"id", "tags"}))
        values |= {"user_id": self._owner.id, "id": new.id or new_id(), "content_hash": content_hash(made_from or new)}
        if new.parent_id is not None and (stored := await self._require_parent_of_new(values)) is not None:
            return Stored(stored, is_new=False)
        row = await self._insert(values)
        if row is None and (stored := await self._made_before(values["id"], values["content_hash"])) is not None:
            return Stored(stored, is_new=False)
        if row is None:  # the id is that of a task which should have left the trash by now
            await self._first(EMPTY_TRASH)
            row = await self._insert(values)
        if row is None:
            raise IdInUse
        tags = (await self._set_tags(row.id, new.tags)).tags if new.tags else None
        return Stored(public_task(row, tags), is_new=True)

    async def read(self, task_id: UUID) -> TaskPublic:
        """Raises NotFound."""
        return public_task(await self._one(READ, task_id))

    async def update(self, task_id: UUID, changes: TaskUpdate, precondition: Precondition) -> TaskPublic:
        """Raises NotFound, PreconditionFailed, InTrash or Invalid. What changes nothing leaves the version as it is."""
        if changes.parent_id is not None:
            await lock_trees(self._session, self._owner.id)
        current = await self._one(LOCK, task_id)
        precondition.check(current.version)
        stored = dict(current)
        refuse_in_trash(stored)
        values = await self._completed_values(updated_values(stored, changes))
        changed = changed_values(stored, values)
        gets_tags = is_retagged(stored, changes)
        if not changed and not gets_tags:
            return public_task(current)
        if changed.get("parent_id") is not None:
            await require_parent(self._session, self._owner.id, changed["parent_id"], task_id=task_id)
        if not changed:
            told = await self._set_tags(task_id, changes.tags, RETAG)
            return public_task(
                {**current, "version": told.version, "updated_at": told.updated_at}.values(), told.tags or ""
            )
        row = await self._write(current, changed)
        tags = (await self._set_tags(task_id, changes.tags)).tags or "" if gets_tags else row.tags
        if "is_completed" in changed and await self._settle(row):
            return await self.read(task_id)
        return public_task(row, tags)

    async def delete(self, task_id: UUID, precondition: Precondition, *, permanent: bool = False) -> None:
        """Into the trash, where it may lie already, or for good. Raises NotFound or PreconditionFailed."""
        statement = REMOVE if permanent else DELETE
        owned = {"owner_id": self._owner.id, "task_id": task_id}
        gone = await fetch_all(self._session, statement, **owned, **_admitted(precondition))
        if not gone:
            current = await self._one(READ, task_id)
            precondition.check(current.version)
            if current.deleted_at is None:
                raise NotFound  # made anew since the statement looked
        else:
            parts = [] if permanent else await trash_parts(self._session, self._owner.id, task_id)
            await self._settle(*gone, *parts)

    async def restore(self, task_id: UUID, precondition: Precondition) -> TaskPublic:
        """Out of the trash, if it is there, with the parts that went there with it.

        Where the task that it is a part of is still in the trash, it is part of none afterwards. Raises NotFound or
        PreconditionFailed.
        """
        current = await self._one(LOCK, task_id)
        precondition.check(current.version)
        if current.deleted_at is None:
            return public_task(current)
        restored = await restore_tree(self._session, self._owner.id, current)
        if await self._settle(*restored):
            return await self.read(task_id)
        itself = next(row for row in restored if row.id == task_id)
        return public_task({**current, **itself}.values())

    async def move(self, task_id: UUID, move: TaskMove, precondition: Precondition) -> TaskPublic:
        """Next to another task in the order by hand. Raises NotFound, PreconditionFailed, InTrash or Invalid."""
        gap = await self._gap(task_id, move, precondition)
        position = _position_in(gap)
        if position is None:
            await self._first(SPREAD)
            gap = await self._gap(task_id, move, Precondition())
            position = _position_in(gap)
        assert position is not None
        row = await self._first(MOVE, task_id=task_id, version=gap.version, new_position=position)
        if row is None:  # somebody else changed it since it was looked at: it is held, and looked at again
            await self._one(LOCK, task_id)
            return await self.move(task_id, move, precondition)
        return public_task(row)

    async def complete(self, task_id: UUID, is_completed: bool | None, precondition: Precondition) -> TaskPublic:
        """Sets the state, or toggles it where ``is_completed`` is None. Raises as `update` does."""
        wanted = {} if is_completed is None else {"wanted": is_completed}
        statement = TOGGLE if is_completed is None else SET_COMPLETED
        row = await self._first(statement, task_id=task_id, **_admitted(precondition), **wanted)
        if row is None:
            row = await self._one(READ, task_id)
            precondition.check(row.version)
            refuse_in_trash(row)
        elif await self._settle(row):
            return await self.read(task_id)
        return public_task(row)

    async def _first(self, statement: Executable, **parameters: object) -> Row | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _settle(self, *tasks: Row) -> bool:
        return await settle(self._session, self._owner.id, tasks)

    async def _one(self, statement: Executable, task_id: UUID, **parameters: object) -> Row:
        row = await self._first(statement, task_id=task_id, **parameters)
        if row is None:
            raise NotFound
        return row

    async def _made_before(self, task_id: UUID, wanted_hash: bytes) -> TaskPublic | None:
        row = await self._first(READ_WITH_HASH, task_id=task_id)
        if row is None:
            return None
        if row.content_hash != wanted_hash:
            raise IdInUse
        return public_task(row[:-1])

    async def _insert(self, values: Mapping[str, Any]) -> Row | None:
        document = search_document(self._owner.id, values["title"], values["description"])
        return await fetch_first(self._session, CREATE, **new_values(values), document=document)

    async def _write(self, task: Row, changed: Mapping[str, Any]) -> Row:
        values = new_values(changed)
        if not changed.keys().isdisjoint({"title", "description"}):
            texts = {name: changed.get(name, task[name]) for name in ("title", "description")}
            values["document"] = search_document(self._owner.id, **texts)
        return await self._one(update_statement(frozenset(changed)), task.id, **values)

    async def _require_parent_of_new(self, values: Mapping[str, Any]) -> TaskPublic | None:
        """The task, if it was made before: its parent may be gone since."""
        await lock_trees(self._session, self._owner.id)
        try:
            await require_parent(self._session, self._owner.id, values["parent_id"], task_id=values["id"])
        except Invalid:
            if (stored := await self._made_before(values["id"], values["content_hash"])) is None:
                raise
            return stored
        return None

    async def _gap(self, task_id: UUID, move: TaskMove, precondition: Precondition) -> Row:
        """Where it is to come: a row of `NEIGHBOURS`."""
        ((side, target_id),) = move.model_dump(exclude_unset=True).items()
        gap = await self._one(NEIGHBOURS[side], task_id, target_id=target_id)
        precondition.check(gap.version)
        refuse_in_trash(gap)
        if gap.target_id is None or target_id == task_id:
            raise Invalid.field(f"/{side}", "unknown_task", "must be the id of another task of yours outside the trash")
        return gap

    async def _completed_values(self, values: dict[str, Any]) -> dict[str, Any]:
        zone = await own_zone(self._session, self._owner.id) if needs_own_zone(values) else None
        return completed_values(values, own_zone=zone)

    async def _set_tags(self, task_id: UUID, tag_ids: Sequence[UUID], statement: Executable = SET_TAGS) -> Row:
        row = await self._one(statement, task_id, tag_ids=list(tag_ids))
        require_tags(tag_ids, found=row.found)
        return row


def _position_in(gap: Row) -> str | None:
    """None where there is no room left."""
    if gap.before is not None and gap.before == gap.after:
        return None
    position = position_between(gap.before, gap.after, now_us=gap.now_us)
    return position if len(position) <= MAX_POSITION_LENGTH else None


def _admitted(precondition: Precondition) -> dict[str, object]:
    return {"versions": None if precondition.versions is None else sorted(precondition.versions)}
