"""A transaction-mode pooler between the service and its database, which may be full, gone, or not known of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from fastapi import FastAPI

from src.core.errors import StartupError
from src.database.startup import target_of
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import Api, problem, task_data
from tests.faults.pooler import PGBOUNCER, Pooler, needs, pooler_before, through_port
from tests.startup.processes import eventually

pytestmark = needs(PGBOUNCER, "pgbouncer")


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[tuple[FastAPI, Api]]:
    app = create_app(settings_for(url))
    async with app.router.lifespan_context(app), Api.of(app) as ana:
        await ana.register_and_log_in()
        yield app, ana


async def connection_through(pooler: Pooler, url: str) -> asyncpg.Connection:
    return await asyncpg.connect(through_port(url, pooler.port, is_told=False), statement_cache_size=0)


async def all_refused(ana: Api) -> None:
    answers = await asyncio.gather(ana.get("/tasks"), ana.post("/tasks", task_data()), ana.log_in())
    for answer in answers:
        problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0


class TestFull:
    async def test_without_a_free_server_connection_requests_are_refused_and_later_served(
        self, own_database: str
    ) -> None:
        with pooler_before(own_database, default_pool_size="1", query_wait_timeout="1") as pooler:
            async with serving(through_port(own_database, pooler.port)) as (_, ana):
                holder = await connection_through(pooler, own_database)
                await holder.execute("BEGIN")
                async with asyncio.timeout(20):
                    answers = await asyncio.gather(ana.get("/tasks"), ana.post("/tasks", task_data()))
                for answer in answers:
                    problem(answer, 503, "unavailable")
                await holder.execute("ROLLBACK")
                await eventually(lambda: is_served(ana))
                assert (await ana.get("/tasks")).json()["items"] == []
                await holder.close()

    async def test_without_room_for_a_client_requests_are_refused_and_later_served(self, own_database: str) -> None:
        with pooler_before(own_database, max_client_conn="3") as pooler:
            async with serving(through_port(own_database, pooler.port)) as (app, ana):
                await app.state.context.database.engine.dispose()
                others = [await connection_through(pooler, own_database) for _ in range(3)]
                await all_refused(ana)
                for other in others:
                    await other.close()
                await eventually(lambda: is_served(ana))


class TestGone:
    async def test_requests_are_refused_until_it_is_back(self, own_database: str) -> None:
        with pooler_before(own_database) as pooler:
            async with serving(through_port(own_database, pooler.port)) as (_, ana):
                pooler.kill()
                await asyncio.sleep(0.2)  # the service has heard of it
                await all_refused(ana)
                pooler.start(urlsplit(own_database).port or 0)
                assert (await ana.post("/tasks", task_data())).status_code == 201


class TestNotKnownOf:
    """Where the URL does not tell of it, the driver prepares statements, and finds them nowhere or twice."""

    async def test_the_service_fails(self, own_database: str) -> None:
        with pooler_before(own_database) as pooler:
            assert not await works(through_port(own_database, pooler.port, is_told=False))
            assert await works(through_port(own_database, pooler.port))

    async def test_the_applications_of_the_tests_know_of_theirs(
        self, worker_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TODO_TEST_POOLER_PORT", "6432")
        target = target_of(settings_for(worker_database))
        assert (target.port, target.pooled) == (6432, True)


async def works(url: str) -> bool:
    """Whether many requests at once, again and again, are all answered well."""
    try:
        async with serving(url) as (_, ana):
            for _ in range(5):
                answers = await asyncio.gather(*(ana.post("/tasks", task_data()) for _ in range(8)))
                if {answer.status_code for answer in answers} != {201}:
                    return False
    except (StartupError, AssertionError):
        return False
    return True


async def is_served(ana: Api) -> bool:
    return (await ana.get("/tasks")).status_code == 200
