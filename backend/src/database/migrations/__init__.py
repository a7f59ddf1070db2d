"""Brings the schema to the revision that this code needs, safely with any number of workers starting at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.database.roles import ensure_roles

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"
LOCK = 0x746F646F
LOCK_TIMEOUT = "60s"
DDL_LOCK_TIMEOUT = "5s"

_IS_THERE = text("""
    SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'alembic_version' AND pg_table_is_visible(oid))
""")

log = structlog.get_logger()


def revisions() -> list[str]:
    """All that this code has, the oldest first: what the names of their files begin with."""
    return sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def head_revision() -> str:
    return revisions()[-1]


async def current_revision(connection: AsyncConnection) -> str | None:
    """The database's; None where nothing was migrated yet."""
    # Not to_regclass: it may remember that the table was not there, while another process made it.
    if not await connection.scalar(_IS_THERE):
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


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
        current = await current_revision(connection)  # another worker may have done it while this one waited
        if current == head:
            return head
        if current is not None and current not in revisions():
            log.warning("the database was migrated by a newer version", revision=current, known=head)
            return current
        await connection.run_sync(_upgrade)
        log.info("database migrated", before=current, revision=head)
        return head


def alembic_config(connection: Connection) -> "Config":
    """Alembic is loaded where there is something to migrate: it is a tenth of what a start would load."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
