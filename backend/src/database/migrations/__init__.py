"""Brings the schema to the revision that this code needs, safely with any number of workers starting at once."""

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.database.roles import ensure_roles

LOCK = 0x746F646F
LOCK_TIMEOUT = "60s"
DDL_LOCK_TIMEOUT = "5s"

log = structlog.get_logger()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def head_revision() -> str:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def older_revisions() -> list[str]:
    """Those before the head."""
    _, *older = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [script.revision for script in older]


def is_known(revision: str) -> bool:
    """Whether this code has the migration; a newer version may have gone further."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


async def current_revision(connection: AsyncConnection) -> str | None:
    return await connection.run_sync(_current)


async def migrate(engine: AsyncEngine) -> str:
    """Upgrade to the newest revision in one transaction, under a lock; nothing to do takes one query.

    Must run on the direct host: a pooler may end the transaction's server connection early.
    """
    head = head_revision()
    async with engine.begin() as connection:
        await ensure_roles(connection)
        if await current_revision(connection) == head:
            return head
    async with engine.begin() as connection:
        await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.execute(text(f"SET LOCAL lock_timeout = '{DDL_LOCK_TIMEOUT}'"))
        return await connection.run_sync(_upgrade, head)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, head: str) -> str:
    current = _current(connection)  # another worker may have done it while this one waited for the lock
    if current == head:
        return head
    if current is not None and not is_known(current):
        log.warning("the database was migrated by a newer version", revision=current, known=head)
        return current
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    log.info("database migrated", before=current, revision=head)
    return head
