"""An application of the test's own, on a database of its own, by way of a proxy that can fail."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest
from fastapi import FastAPI

from src.main import create_app
from tests.conftest import settings_for
from tests.factories import Api
from tests.faults.proxy import Proxy


@dataclass
class Service:
    """The application, a user of it, the proxy before its database and a superuser's way around that."""

    app: FastAPI
    ana: Api
    proxy: Proxy
    superuser: asyncpg.Connection

    async def stored(self) -> list[str]:
        """The titles of all the tasks that are really there."""
        return [row["title"] for row in await self.superuser.fetch("SELECT title FROM tasks ORDER BY title")]

    async def transactions(self) -> int:
        """How many connections of the service are in one, or still work."""
        return int(
            await self.superuser.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        )

    async def waiting(self) -> int:
        """How many of them wait for a lock."""
        await self.superuser.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one state for ever
        return int(
            await self.superuser.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )


Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture
def serve(own_database: str) -> Serve:
    """Starts a service with changed settings."""

    @asynccontextmanager
    async def started(**settings: object) -> AsyncIterator[Service]:
        async with Proxy.to(own_database) as proxy:
            superuser = await asyncpg.connect(own_database)
            app = create_app(settings_for(proxy.url(own_database), **settings))
            try:
                async with app.router.lifespan_context(app), Api.of(app) as ana:
                    await ana.register_and_log_in()
                    yield Service(app, ana, proxy, superuser)
            finally:
                await superuser.close()

    return started


@pytest.fixture
async def service(serve: Serve) -> AsyncIterator[Service]:
    async with serve() as started:
        yield started
