"""Brings the schema to the revision that this code needs, safely with any number of workers starting at once."""

import asyncio
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.database.failures import Failure, classify
from src.database.roles import ensure_roles

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"
BASE = "base"
"""Alembic's word for a database in which nothing was migrated yet."""
LOCK = 0x746F646F
LOCK_TIMEOUT = "60s"
DDL_LOCK_TIMEOUT = "700ms"
"""Everybody else waits behind whoever waits for a table. Also, after a second PostgreSQL looks for deadlocks, and might
then end the transaction of a request rather than this one."""
PATIENCE = 30.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 1.0

OPENING: Final = (
    f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'",
    f"SELECT pg_advisory_xact_lock({LOCK})",
    f"SET LOCAL lock_timeout = '{DDL_LOCK_TIMEOUT}'",
)
"""What the transaction of each revision begins with."""

_IS_THERE = text("""
    SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'alembic_version' AND pg_table_is_visible(oid))
""")

log = structlog.get_logger()


def revisions() -> list[str]:
    """All that this code has, the oldest first: what the names of their files begin with."""
    return sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def head_revision() -> str:
    return revisions()[-1]


def pending_revisions(current: str | None) -> list[str]:
    """What a database still needs that is at ``current``; nothing where a newer version has migrated it."""
    known = revisions()
    if current is None:
        return known
    return known[known.index(current) + 1 :] if current in known else []


async def current_revision(connection: AsyncConnection) -> str | None:
    """The database's; None where nothing was migrated yet."""
    # Not to_regclass: it may remember that the table was not there, while another process made it.
    if not await connection.scalar(_IS_THERE):
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


async def migrate(engine: AsyncEngine, *, patience: float = PATIENCE) -> str | None:
    """Upgrade to the newest revision, and return the one that the database then has.

    Each revision has a transaction of its own, so that no lock is held for longer than it needs it. Where a table
    stays in use for ``patience`` seconds, what the server says of that is raised; the revisions before stay.

    Must run on the direct host: a pooler may end the transaction's server connection early.
    """
    async with engine.begin() as connection:
        await ensure_roles(connection)
        current = await current_revision(connection)
    while pending_revisions(current):
        current = await _upgrade_when_free(engine, patience)
    if current not in revisions():
        log.warning("the database was migrated by a newer version", revision=current, known=head_revision())
    return current


async def _upgrade_when_free(engine: AsyncEngine, patience: float) -> str | None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return await _upgrade_by_one(engine)
        except DBAPIError as error:
            if classify(error) is not Failure.COLLISION or time.monotonic() > deadline:
                raise
        log.warning("a table is in use, so the migration tries again")
        await asyncio.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311  # spreads load, guards nothing


async def _upgrade_by_one(engine: AsyncEngine) -> str | None:
    """To the next revision, from wherever the database is by now. Returns the one that it then has."""
    async with engine.begin() as connection:
        for statement in OPENING:
            await connection.execute(text(statement))
        before = await current_revision(connection)  # another worker may have gone further while this one waited
        following = pending_revisions(before)
        if not following:
            return before
        await connection.run_sync(_upgrade, following[0])
    if following[0] == head_revision():
        log.info("database migrated", before=before, revision=following[0])
    return following[0]


def alembic_config(connection: Connection | None = None, output: TextIO | None = None) -> "Config":
    """Alembic is loaded where there is something to migrate: it is a tenth of what a start would load."""
    from alembic.config import Config

    config = Config(output_buffer=output)
    config.set_main_option("script_location", str(VERSIONS.parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), revision)
