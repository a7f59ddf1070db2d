"""Logins that are no superusers, and a server that nothing has been done to."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg
import pytest

from src.database.embedded import RunningServer, start, stop
from tests.startup.processes import open_folder


@pytest.fixture(scope="module")
def untouched_server() -> Iterator[RunningServer]:
    """A cluster that has never seen this service: it has none of the roles."""
    with open_folder() as folder:
        try:
            yield start(folder / "cluster", settings={"fsync": "off", "full_page_writes": "off"})
        finally:
            stop(folder / "cluster", mode="immediate")


@dataclass
class Logins:
    """Makes ordinary logins: no superuser, no BYPASSRLS, no CREATEROLE."""

    database: str
    names: list[str] = field(default_factory=list)

    async def add(self, *statements: str) -> str:
        """The database's URL for a new login. In each statement `{login}` stands for its name."""
        name, password = f"login_{secrets.token_hex(6)}", secrets.token_hex(12)
        self.names.append(name)
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
            for statement in statements:
                await connection.execute(statement.format(login=name))
        finally:
            await connection.close()
        parts = urlsplit(self.database)
        return parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}").geturl()

    async def remove(self) -> None:
        connection = await asyncpg.connect(self.database)
        try:
            for name in self.names:
                await connection.execute(f"DROP OWNED BY {name} CASCADE")
                await connection.execute(f"DROP ROLE {name}")
        finally:
            await connection.close()


@pytest.fixture
def logins(empty_database: str) -> Iterator[Logins]:
    """Logins of the empty database."""
    made = Logins(empty_database)
    yield made
    asyncio.run(made.remove())


@pytest.fixture
async def administrator(empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to this test's empty database."""
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
async def superuser(own_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to this test's own database."""
    connection = await asyncpg.connect(own_database)
    yield connection
    await connection.close()
