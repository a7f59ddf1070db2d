"""A user's tags."""

from typing import Any
from uuid import UUID

from sqlalchemy import Executable, text

from src.core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from src.core.security import Cursors, InvalidCursor, Position, Principal
from src.database.failures import IntegrityError, violated_constraint
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.encoding import build
from src.schemas.tag import TagCreate, TagPage, TagPublic, TagQuery, TagUpdate
from src.services.preconditions import Precondition
from src.services.retried_creates import IdInUse, content_hash


class NameTaken(Conflict):
    """Another of your tags has this name; case does not count."""

    code = "name_taken"
    title = "There is a tag with this name"


_COLUMNS = """
    tags.id, tags.name, tags.color,
    (SELECT count(*) FROM task_tags JOIN tasks ON tasks.user_id = task_tags.user_id AND tasks.id = task_tags.task_id
     WHERE task_tags.user_id = tags.user_id AND task_tags.tag_id = tags.id AND NOT tasks.is_completed
       AND tasks.deleted_at IS NULL) AS task_count,
    tags.version, tags.created_at, tags.updated_at
"""
_READ = text(f"SELECT {_COLUMNS}, content_hash FROM tags WHERE user_id = :owner_id AND id = :tag_id")  # noqa: S608
_FIRST_PAGE = f"SELECT {_COLUMNS}, name_key FROM tags WHERE user_id = :owner_id"  # noqa: S608
_LIST = text(f"{_FIRST_PAGE} ORDER BY name_key LIMIT :limit")
_LIST_AFTER = text(f"{_FIRST_PAGE} AND name_key > :after ORDER BY name_key LIMIT :limit")
_COUNT = text("SELECT count(*) FROM tags WHERE user_id = :owner_id")
_CREATE = text(f"""
    INSERT INTO tags (user_id, id, name, name_key, color, content_hash)
    VALUES (:owner_id, :tag_id, :name, :name_key, :color, :content_hash)
    ON CONFLICT (user_id, id) DO NOTHING RETURNING {_COLUMNS}
""")  # noqa: S608
_LOCK = text("SELECT version, name, color FROM tags WHERE user_id = :owner_id AND id = :tag_id FOR NO KEY UPDATE")
_UPDATE = text(f"""
    UPDATE tags SET name = :name, name_key = :name_key, color = :color, version = version + 1, updated_at = now()
    WHERE user_id = :owner_id AND id = :tag_id RETURNING {_COLUMNS}
""")  # noqa: S608
_TOUCH = text("""
    WITH carriers AS (
        SELECT tasks.id FROM task_tags
        JOIN tasks ON tasks.user_id = task_tags.user_id AND tasks.id = task_tags.task_id
        WHERE task_tags.user_id = :owner_id AND task_tags.tag_id = :tag_id AND tasks.updated_at <> now()
        ORDER BY tasks.id FOR NO KEY UPDATE OF tasks
    ), templates AS (
        SELECT series.id FROM recurring_task_tags AS template
        JOIN recurring_tasks AS series ON series.user_id = template.user_id AND series.id = template.recurring_task_id
        WHERE template.user_id = :owner_id AND template.tag_id = :tag_id AND series.updated_at <> now()
          AND (SELECT count(*) FROM carriers) >= 0 -- so that tasks are locked before their series
        ORDER BY series.id FOR NO KEY UPDATE OF series
    ), series AS (
        UPDATE recurring_tasks SET version = version + 1, updated_at = now() FROM templates
        WHERE recurring_tasks.user_id = :owner_id AND recurring_tasks.id = templates.id
    )
    UPDATE tasks SET version = version + 1, updated_at = now() FROM carriers
    WHERE tasks.user_id = :owner_id AND tasks.id = carriers.id
""")
"""Gives what carries a tag a new version, unless this transaction has done so already.

Who attaches a tag holds a task, and waits for the tag if it is locked as for a deletion or a new name. So it is not
locked like that before its tasks are; and what was attached in between is touched by running this once more.
"""
_DELETE = text("DELETE FROM tags WHERE user_id = :owner_id AND id = :tag_id RETURNING id")
_LOCK_BOTH = text("""
    SELECT id, version FROM tags WHERE user_id = :owner_id AND id = ANY (CAST(:both AS uuid[])) ORDER BY id
    FOR NO KEY UPDATE
""")
_LOCK_WHOLLY = text("SELECT id FROM tags WHERE user_id = :owner_id AND id = :tag_id FOR UPDATE")
_TAKE_OVER = text("""
    WITH series AS (
        INSERT INTO recurring_task_tags (user_id, recurring_task_id, tag_id)
        SELECT user_id, recurring_task_id, CAST(:into AS uuid) FROM recurring_task_tags
        WHERE user_id = :owner_id AND tag_id = :tag_id
        ON CONFLICT DO NOTHING
    )
    INSERT INTO task_tags (user_id, task_id, tag_id)
    SELECT user_id, task_id, CAST(:into AS uuid) FROM task_tags WHERE user_id = :owner_id AND tag_id = :tag_id
    ON CONFLICT DO NOTHING
""")


class TagService:
    def __init__(self, session: DatabaseSession, owner: Principal, cursors: Cursors) -> None:
        self._session = session
        self._owner = owner
        self._cursors = cursors

    async def create(self, new: TagCreate) -> tuple[TagPublic, bool]:
        """The tag, and whether this request made it. Raises NameTaken or IdInUse."""
        wanted_hash = content_hash(new)
        values = {"name": new.name, "name_key": identity_key(new.name), "color": new.color}
        tag_id = new.id or new_id()
        row = await self._write(_CREATE, tag_id=tag_id, content_hash=wanted_hash, **values)
        if row is not None:
            return _public(row), True
        stored = await self._one(tag_id)
        if stored.content_hash != wanted_hash:
            raise IdInUse
        return _public(stored[:-1]), False

    async def read(self, tag_id: UUID) -> TagPublic:
        """Raises NotFound."""
        return _public((await self._one(tag_id))[:-1])

    async def list_page(self, query: TagQuery) -> TagPage:
        """By name. Raises Invalid for a cursor that is not one of this list."""
        scope = f"tags {self._owner.id}".encode()
        bound: dict[str, object] = {"owner_id": self._owner.id, "limit": query.limit + 1}
        if query.cursor is not None:
            bound["after"] = self._after(query.cursor, scope)
        statement = _LIST if query.cursor is None else _LIST_AFTER
        rows = await fetch_all(self._session, statement, **bound)
        page = [_public(row[:-1]) for row in rows[: query.limit]]
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        cursor = self._cursors.write(Position(last.name_key, last.id), scope=scope) if last is not None else None
        total = {"total": await self._count()} if query.include_total else {}
        return build(TagPage, page, cursor, **total)

    async def update(self, tag_id: UUID, changes: TagUpdate, precondition: Precondition) -> TagPublic:
        """What carries the tag shows the change, so it gets a new version too. Raises NotFound, NameTaken, …"""
        current = await self._first(_LOCK, tag_id=tag_id)
        if current is None:
            raise NotFound
        precondition.check(current.version)
        stored = {"name": current.name, "color": current.color}
        values = {**stored, **changes.model_dump(exclude_unset=True)}
        if values == stored:
            return await self.read(tag_id)
        await self._first(_TOUCH, tag_id=tag_id)
        row = await self._write(_UPDATE, tag_id=tag_id, name_key=identity_key(values["name"]), **values)
        assert row is not None
        await self._first(_TOUCH, tag_id=tag_id)
        return _public(row)

    async def delete(self, tag_id: UUID, precondition: Precondition) -> None:
        """Tasks and series stay, without it. Raises NotFound or PreconditionFailed."""
        current = await self._first(_LOCK, tag_id=tag_id)
        if current is None:
            raise NotFound
        precondition.check(current.version)
        await self._first(_TOUCH, tag_id=tag_id)
        await self._first(_DELETE, tag_id=tag_id)

    async def merge(self, tag_id: UUID, into: UUID, precondition: Precondition) -> TagPublic:
        """What carries the one gets the other, and the one is gone. Raises NotFound, Invalid or PreconditionFailed."""
        if tag_id == into:
            raise Invalid.field("/into", "same_tag", "must be another tag")
        found = await fetch_all(self._session, _LOCK_BOTH, owner_id=self._owner.id, both=[tag_id, into])
        versions = {row.id: row.version for row in found}
        if tag_id not in versions:
            raise NotFound
        if into not in versions:
            raise Invalid.field("/into", "unknown_tag", "must be one of your tags")
        if not precondition.admits(versions[tag_id]):
            raise PreconditionFailed
        await self._first(_TOUCH, tag_id=tag_id)
        await self._first(_LOCK_WHOLLY, tag_id=tag_id)
        await self._first(_TOUCH, tag_id=tag_id)
        await self._first(_TAKE_OVER, tag_id=tag_id, into=into)
        await self._first(_DELETE, tag_id=tag_id)
        return await self.read(into)

    def _after(self, cursor: str, scope: bytes) -> object:
        try:
            return self._cursors.read(cursor, scope=scope).value
        except InvalidCursor:
            raise Invalid.field("query/cursor", "invalid_cursor", "is not a cursor of this list") from None

    async def _first(self, statement: Executable, **parameters: object) -> Row | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _one(self, tag_id: UUID) -> Row:
        row = await self._first(_READ, tag_id=tag_id)
        if row is None:
            raise NotFound
        return row

    async def _write(self, statement: Executable, **parameters: object) -> Row | None:
        try:
            return await self._first(statement, **parameters)
        except IntegrityError as error:
            if violated_constraint(error) == "uq_tags_user_id_name_key":
                raise NameTaken from None
            raise

    async def _count(self) -> int:
        row = await self._first(_COUNT)
        assert row is not None
        return int(row[0])


def _public(row: Row | tuple[Any, ...]) -> TagPublic:
    return build(TagPublic, *row)
