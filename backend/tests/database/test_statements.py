"""Statements that go straight to the driver, and the queue for connections before them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import INTERVAL

from src.core.errors import Unavailable
from src.database import statements
from src.database.session import Database
from src.database.startup import prepare_database
from src.database.statements import fetch_all, fetch_first
from src.models import Task, columns_of
from tests.conftest import settings_for
from tests.factories import Api

ECHO = text("SELECT CAST(:number AS integer) AS number, CAST(:word AS text) AS word, :number + 1 AS next")
EVERY_ROUTE_OF_TASKS = ("/tasks", "/tasks?completed=false&tag=a&sort=-due_date", "/tasks?q=word", "/tasks?due=today")


class TestFetch:
    async def test_columns_are_found_by_index_name_and_attribute(self, database: Database) -> None:
        async with database.as_system() as session:
            row = await fetch_first(session, ECHO, number=41, word="☃")
        assert row is not None
        assert (row[0], row["word"], row.next, row[:2]) == (41, "☃", 42, (41, "☃"))
        assert dict(row) == {"number": 41, "word": "☃", "next": 42}
        with pytest.raises(AttributeError):
            _ = row.previous

    async def test_values_that_stand_in_the_statement_are_bound_with_it(self, database: Database) -> None:
        statement = select((bindparam("days", type_=INTERVAL) + timedelta(days=30)).label("sum"))
        async with database.as_system() as session:
            assert [tuple(row) for row in await fetch_all(session, statement, days=timedelta(1))] == [(timedelta(31),)]

    async def test_no_row_is_none(self, database: Database) -> None:
        async with database.as_system() as session:
            assert await fetch_first(session, text("SELECT 1 WHERE false")) is None
            assert await fetch_first(session, text("SET LOCAL jit = off")) is None

    async def test_a_missing_value_is_a_fault_of_ours(self, database: Database) -> None:
        async with database.as_system() as session:
            with pytest.raises(KeyError, match="word"):
                await fetch_first(session, ECHO, number=1)

    async def test_what_has_another_text_each_time_is_refused(self, database: Database) -> None:
        ids = columns_of(Task).id
        async with database.as_system() as session:
            with pytest.raises(AssertionError, match="= ANY"):
                await fetch_all(session, select(ids).where(ids.in_(bindparam("ids", expanding=True))), ids=[])

    async def test_what_python_would_have_to_add_is_refused(self, database: Database) -> None:
        async with database.as_system() as session:
            with pytest.raises(AssertionError, match="default"):
                await fetch_all(
                    session, insert(Task).values({name: bindparam(f"new_{name}") for name in ("user_id", "id")})
                )


class TestCompiledOnce:
    async def test_a_request_with_other_values_compiles_nothing(self, ana: Api) -> None:
        async def one_of_each(word: str) -> None:
            task = await ana.create_task(title=word, description=word)
            at = f"/tasks/{task['id']}"
            await ana.patch(at, {"title": f"{word}!", "priority": "high"})
            await ana.patch(f"{at}/complete", {"is_completed": True})
            await ana.patch(f"{at}/complete")
            for address in EVERY_ROUTE_OF_TASKS:
                assert (await ana.get(address.replace("word", word))).status_code == 200
            await ana.patch("/users/me", {"first_name": word})
            await ana.delete(at)

        await one_of_each("first")
        compiled = len(statements._queries)
        await one_of_each("second")
        assert len(statements._queries) == compiled


class TestQueue:
    @pytest.fixture
    async def single(self, worker_database: str) -> AsyncIterator[Database]:
        opened = await prepare_database(settings_for(worker_database, database_pool_size=1, database_pool_timeout=0.2))
        yield opened
        await opened.close()

    async def test_those_who_wait_are_not_overtaken(self, single: Database) -> None:
        order: list[str] = []

        async def again_and_again() -> None:
            for _ in range(20):
                async with single.as_system():
                    order.append("greedy")

        async def once() -> None:
            async with single.as_system():
                order.append("patient")

        async with asyncio.TaskGroup() as group:
            group.create_task(again_and_again())
            await asyncio.sleep(0)
            for _ in range(3):
                group.create_task(once())
        assert order.index("patient") <= 2
        assert [who for who in order[:7] if who == "patient"] == ["patient"] * 3

    async def test_whoever_waits_too_long_is_told_so_and_takes_nothing_along(self, single: Database) -> None:
        async with single.as_system():
            with pytest.raises(Unavailable, match="in use"):
                async with single.as_system():
                    pass
        async with single.as_system() as session:
            assert await fetch_first(session, text("SELECT 1")) is not None

    async def test_a_session_that_cannot_be_closed_gives_its_connection_back(self, single: Database) -> None:
        async def broken() -> None:
            raise RuntimeError("not closed")

        async def use() -> None:
            async with single.as_system() as session:
                await session.exec(select(text("1")))
                session.close = broken  # type: ignore[method-assign]

        with pytest.raises(RuntimeError, match="not closed"):
            await use()
        assert await single.run_alone(text("SELECT 1")) is not None

    async def test_whoever_gives_up_takes_nothing_along(self, single: Database) -> None:
        async with single.as_system():
            waiting = asyncio.create_task(single.run_alone(text("SELECT 1")))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert await single.run_alone(text("SELECT 1")) is not None
