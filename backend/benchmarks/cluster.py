"""The embedded PostgreSQL of the benchmarks, with a database for each population, which is made once and kept."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from benchmarks.data import DEVICE, LAST_CREATED, VERSION, load
from src.core.config import REPOSITORY, Settings
from src.database.embedded import RunningServer, start, stop
from src.database.startup import prepare_database

DATA_DIR: Final = REPOSITORY / ".data" / "benchmark"
SECRET: Final = "benchmarks-only-Zq8nV2rT5yKw1sXc7mBf4gHj9pLd3aQe"  # noqa: S105
SETTINGS: Final = {
    "shared_buffers": "1GB",
    "max_connections": "200",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
}
"""All else as PostgreSQL has it, fsync too. Nothing comes by itself in the midst of a measurement: after a checkpoint,
who writes first pays for the others, because each page is logged as a whole once."""


@dataclass(frozen=True)
class Database:
    url: str
    postmaster: int

    @asynccontextmanager
    async def administered(self) -> AsyncIterator[asyncpg.Connection]:
        """As a superuser, whom row-level security shows everything."""
        connection = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def restore(self) -> None:
        """Take away what requests have made, and what they left dead."""
        async with self.administered() as connection:
            await connection.execute("DELETE FROM tasks WHERE created_at > $1", LAST_CREATED)
            await connection.execute("DELETE FROM sessions WHERE device IS DISTINCT FROM $1", DEVICE)
            await connection.execute("DELETE FROM attempt_limits")
            await connection.execute("VACUUM ANALYZE")


@contextmanager
def running_cluster(data_dir: Path) -> Iterator[RunningServer]:
    server = start(data_dir, database="postgres", settings=SETTINGS)
    try:
        yield server
    finally:
        stop(data_dir)


async def database_with(server: RunningServer, tasks_of_users: Sequence[int]) -> Database:
    """The database is named for its rows, and gets its name when it has them all."""
    digest = hashlib.sha256(json.dumps([VERSION, *tasks_of_users]).encode()).hexdigest()[:12]
    name = f"tasks_{sum(tasks_of_users)}_users_{len(tasks_of_users)}_{digest}"
    database = Database(server.url_for(name), server.pid)
    connection = await asyncpg.connect(server.url)
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await connection.execute("DROP DATABASE IF EXISTS unfinished")
            await connection.execute("CREATE DATABASE unfinished")
            await _fill(Database(server.url_for("unfinished"), server.pid), tasks_of_users)
            await connection.execute(f"ALTER DATABASE unfinished RENAME TO {name}")
    finally:
        await connection.close()
    return database


async def _fill(database: Database, tasks_of_users: Sequence[int]) -> None:
    settings = Settings(_env_file=None, environment="test", secret_key=SECRET, database_url=database.url)
    await (await prepare_database(settings)).close()
    async with database.administered() as connection:
        await load(connection, tasks_of_users)
