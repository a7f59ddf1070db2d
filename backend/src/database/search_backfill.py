"""What search finds tasks by, for tasks that are older than search.

Only this code can make it, not SQL, and it may take long. So the migration leaves a note on the table, and the next
start does it while others go on reading and writing: an account at a time, and again from where it was broken off.
"""

from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.database.roles import APP_ROLE, SYSTEM_ROLE
from src.domain.search import search_document

NOTE: Final = "to be filled with the tasks that are older than it"
BATCH: Final = 1_000

_NOTE_ON_TABLE = text("SELECT obj_description('task_search'::regclass, 'pg_class')")
_BECOME = text("SELECT set_config('role', :role, true), set_config('app.user_id', :user_id, true)")
_USERS = text("SELECT id FROM users ORDER BY id")
_UNINDEXED = text("""
    SELECT id, title, description FROM tasks
    WHERE id > :last AND NOT EXISTS (
        SELECT FROM task_search AS found WHERE (found.user_id, found.task_id) = (tasks.user_id, tasks.id)
    )
    ORDER BY id LIMIT :batch FOR KEY SHARE
""")
_INDEX = text("""
    INSERT INTO task_search (user_id, task_id, document)
    SELECT :owner_id, id, CAST(document AS tsvector)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:documents AS text[])) AS new (id, document)
    ON CONFLICT DO NOTHING
""")

log = structlog.get_logger()


async def backfill_search(engine: AsyncEngine) -> None:
    """Does what a migration has left to be done; otherwise one query."""
    async with engine.begin() as connection:
        if await connection.scalar(_NOTE_ON_TABLE) != NOTE:
            return
        await connection.execute(_BECOME, {"role": SYSTEM_ROLE, "user_id": ""})
        users = (await connection.scalars(_USERS)).all()
    for user_id in users:
        async with engine.begin() as connection:
            await connection.execute(_BECOME, {"role": APP_ROLE, "user_id": str(user_id)})
            await _index_tasks_of(user_id, connection)
    async with engine.begin() as connection:
        await connection.execute(text("COMMENT ON TABLE task_search IS NULL"))
    if users:
        log.info("search filled with older tasks", accounts=len(users))


async def _index_tasks_of(user_id: UUID, connection: AsyncConnection) -> None:
    last = UUID(int=0)
    while tasks := (await connection.execute(_UNINDEXED, {"last": last, "batch": BATCH})).all():
        last = tasks[-1].id
        documents = [search_document(user_id, task.title, task.description) for task in tasks]
        await connection.execute(
            _INDEX, {"owner_id": user_id, "ids": [task.id for task in tasks], "documents": documents}
        )
