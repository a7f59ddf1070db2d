"""What Neon suspends and wakes as one: PostgreSQL, and PgBouncer beside it."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from src.database.embedded import RunningServer, start, stop
from tests.faults.pooler import Pooler, free_port

LOGIN, PASSWORD, DATABASE = "neondb_owner", "npg_t3stOnly7Qx", "neondb"


@dataclass
class Compute:
    folder: Path
    pooler: Pooler
    server: RunningServer | None = None

    @classmethod
    def of(cls, folder: Path) -> "Compute":
        (folder / "pooler").mkdir()
        return cls(folder, Pooler(folder / "pooler", free_port(), {LOGIN: PASSWORD}))

    def start(self) -> None:
        self.server = start(self.folder / "cluster", database=DATABASE)
        self.pooler.start(self.server.port)

    def suspend(self) -> None:
        """Neon does so only when nothing runs, so no transaction is in the way."""
        self.pooler.stop_between_transactions()
        stop(self.folder / "cluster", mode="fast")
        self.server = None

    def restart(self) -> None:
        """In the midst of transactions: every backend is terminated (57P01)."""
        self.pooler.kill()
        stop(self.folder / "cluster", mode="fast")
        self.start()

    def end(self) -> None:
        self.pooler.kill()
        stop(self.folder / "cluster", mode="immediate")

    def port(self, *, is_pooled: bool) -> int:
        if self.server is None:
            raise ConnectionRefusedError
        return self.pooler.port if is_pooled else self.server.port

    async def connect(self) -> asyncpg.Connection:
        """As superuser, past everything."""
        assert self.server
        return await asyncpg.connect(self.server.url)

    async def make_owner(self) -> None:
        """The login that Neon's console makes: no superuser, but past row-level security."""
        superuser = await self.connect()
        await superuser.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}' CREATEDB CREATEROLE BYPASSRLS")
        await superuser.execute(f"ALTER DATABASE {DATABASE} OWNER TO {LOGIN}")
        await superuser.close()
