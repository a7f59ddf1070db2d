"""A service of several processes, its PostgreSQL that writes through to the disk, and between them a relay."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from src.database.embedded import RunningServer, start, status, stop
from tests.faults.proxy import Proxy
from tests.startup.processes import Process, Program, copied_program

POSTGRES = {"max_connections": "200", "jit": "off"}
SERVICE = {"WORKERS": "2", "LOG_LEVEL": "warning", "DATABASE_STATEMENT_TIMEOUT": "2"}

COMMIT_AT_ONCE = """\
                await _commit(session.driver)
            elif isinstance(error, Exception) and (answer := as_app_error(error)) is not None:
                raise answer from error
        finally:
            try:
                if session.in_transaction():
                    await session.close()
            finally:
                await self._database.give_back(self._connection, session.driver)
"""
COMMIT_AFTER_THE_ANSWER = """\
                session.info["is_done"] = True
            elif isinstance(error, Exception) and (answer := as_app_error(error)) is not None:
                raise answer from error
        finally:
            try:
                if session.in_transaction():
                    await session.close()
            finally:
                if "is_done" in session.info:
                    _later.add(asyncio.create_task(_commit_late(self._database, self._connection, session.driver)))
                else:
                    await self._database.give_back(self._connection, session.driver)
"""
LATE = """

_later = set()


async def _commit_late(database, connection, driver):
    try:
        await asyncio.sleep(LATE)
        await _commit(driver)
    finally:
        await database.give_back(connection, driver)
"""


MIGRATION = """\
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    for statement in {statements}:
        op.execute(statement)
"""
CHANGES = (
    "ALTER TABLE tasks ADD COLUMN trial text DEFAULT md5(random()::text)",  # which rewrites every row
    "CREATE INDEX trial ON tasks (user_id, trial)",
    "SELECT pg_sleep(0.3)",
    "ALTER TABLE tasks DROP COLUMN trial",
)


@dataclass(frozen=True)
class Sabotage:
    """What takes a safety away, to show that this is noticed.

    Args:
        postgres: settings of the server.
        late: seconds from the answer to the COMMIT, which otherwise comes first.
        has_ids: creates carry an id of the client's own.
        statement: what else a migration does, or whoever makes room on a full disk.
    """

    postgres: Mapping[str, str] = field(default_factory=dict)
    late: float = 0.0
    has_ids: bool = True
    statement: str = "SELECT 1"


@dataclass
class Stage:
    cluster: Path
    program: Program
    sabotage: Sabotage
    database: RunningServer
    relay: Proxy
    service: Process
    url: str = ""

    @property
    def postgres(self) -> Mapping[str, str]:
        return {**POSTGRES, **self.sabotage.postgres}

    async def connect(self) -> asyncpg.Connection:
        """As superuser, around the relay."""
        return await asyncpg.connect(self.database.url)

    def workers(self) -> list[int]:
        """Their process ids; the supervisor itself, where there is none."""
        return [pid for pid in children(self.service.pid) if "spawn_main" in title(pid)] or [self.service.pid]

    async def has_all_workers_but(self, gone: int) -> bool:
        return len(set(self.workers()) - {gone}) == int(SERVICE["WORKERS"])

    async def start_service(self) -> None:
        url = self.relay.url(self.database.url)
        self.service = self.program.start("serve", **SERVICE, DATABASE_URL=url)
        self.url = await asyncio.to_thread(
            lambda: self.service.url
        )  # a coroutine must not wait so: the relay runs here
        await self.service.serving()

    async def migrate(self) -> None:
        """To a new version, while the service goes on with the one before."""
        folder = self.program.backend / "src/database/migrations/versions"
        before = max(file.name for file in folder.glob("[0-9]*.py")).partition("_")[0]
        revision = str(max(int(before), 9000) + 1)
        text = MIGRATION.format(revision=revision, before=before, statements=(*CHANGES, self.sabotage.statement))
        (folder / f"{revision}_trial.py").write_text(text)
        migrating = self.program.start_anew("migrate", DATABASE_URL=self.database.url)
        assert await asyncio.to_thread(migrating.wait) == 0, migrating.output

    async def kill_service(self) -> None:
        await kill_with_children(self.service.pid)

    async def kill_database(self) -> None:
        """All of its processes at one stroke, as when the machine under it is gone; what the disk has stays."""
        await kill_with_children(self.database.pid)

    async def start_database(self) -> None:
        self.database = await asyncio.to_thread(start, self.cluster, settings=self.postgres)
        self.relay.server_port = self.database.port

    async def checkpoint(self) -> None:
        """What is there by now is on the disk, however the server is set: a sabotage shall lose writes, no tables."""
        connection = await self.connect()
        await connection.execute("CHECKPOINT")
        await connection.close()

    async def revive(self) -> None:
        """Brings back what a fault has left down."""
        if await asyncio.to_thread(status, self.cluster) is None:
            await self.start_database()
        if self.service.status_of() is not None:
            await self.start_service()
        await self.service.serving()

    async def is_idle(self) -> bool:
        """No transaction is open any more: what the last writes have come to is decided."""
        with suppress(OSError, asyncpg.PostgresError):
            connection = await self.connect()
            try:
                return not await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            finally:
                await connection.close()
        return False


@asynccontextmanager
async def stage(folder: Path, sabotage: Sabotage) -> AsyncIterator[Stage]:
    """In a folder that PostgreSQL's account can reach."""
    cluster = folder / "cluster"
    with copied_program() as program:
        if sabotage.late:
            make_hasty(program, sabotage.late)
        try:
            database = await asyncio.to_thread(start, cluster, settings={**POSTGRES, **sabotage.postgres})
            async with Proxy.to(database.url) as relay:
                nobody = Process(folder, lambda: 0, 0)
                built = Stage(cluster, program, sabotage, database, relay, nobody)
                await built.start_service()
                yield built
                program.end_all()
        finally:
            await asyncio.to_thread(stop, cluster, mode="immediate")


def make_hasty(program: Program, late: float) -> None:
    file = program.backend / "src/database/session.py"
    text = file.read_text()
    assert text.count(COMMIT_AT_ONCE) == 1
    file.write_text(text.replace(COMMIT_AT_ONCE, COMMIT_AFTER_THE_ANSWER) + LATE.replace("LATE", str(late)))


def children(pid: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [each for child in own for each in (child, *children(child))]
    return []


def has_ended(pid: int) -> bool:
    """Whether all that it had open is closed; its parent need not have asked how it ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    return True


def title(pid: int) -> str:
    """What a process calls itself."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


async def kill_with_children(pid: int) -> None:
    """Until they are gone, and what they listened on is free."""
    pids = [pid, *children(pid)]
    for each in pids:
        kill(each)
    while not all(map(has_ended, pids)):
        await asyncio.sleep(0.01)
