"""Walking a list page by page: nothing twice, nothing missed, whatever happens meanwhile."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from src.services.task_lists import list_statement
from tests.factories import Api

FIELDS = ("created_at", "updated_at", "due_date", "priority", "title", "completed_at", "position")
SORTS = [sign + field for field in FIELDS for sign in ("", "-")]


async def add_rows(admin: asyncpg.Connection, owner: UUID, count: int, *, spread: int) -> None:
    """``spread``: how many different values a column takes; the fewer, the more ties."""
    await admin.execute(
        """
        INSERT INTO tasks (user_id, id, title, title_key, content_hash, created_at, updated_at, is_completed,
                           completed_at, due_date, priority_id)
        SELECT $1, gen_random_uuid(), 'Task ' || n % $3, 'task ' || n % $3, sha256('x'),
               now() - n % $3 * interval '1 minute', now() - n * 7 % $3 * interval '1 minute', n % 3 = 0,
               CASE WHEN n % 3 = 0 THEN now() - n % $3 * interval '1 minute' END,
               CASE WHEN n % 4 <> 0 THEN date '2026-01-01' + (n * 5 % $3)::int END, nullif(n % 5, 0)
        FROM generate_series(1, $2) AS n
        """,
        owner,
        count,
        spread,
    )


async def pages(caller: Api, query: str) -> AsyncIterator[list[dict[str, object]]]:
    cursor = None
    while True:
        response = await caller.get(f"/tasks?{query}" + (f"&cursor={cursor}" if cursor else ""))
        assert response.status_code == 200, response.text
        yield response.json()["items"]
        cursor = response.json()["next_cursor"]
        if cursor is None:
            return


@pytest.mark.parametrize("sort", SORTS)
async def test_every_order_lists_every_row_once_and_in_order(ana: Api, admin: asyncpg.Connection, sort: str) -> None:
    await add_rows(admin, ana.id, 230, spread=9)
    walked = [item async for page in pages(ana, f"sort={sort}&limit=7") for item in page]
    in_one = (await ana.get(f"/tasks?sort={sort}&limit=200")).json()["items"]
    assert walked[:200] == in_one
    assert len({item["id"] for item in walked}) == len(walked) == 230
    values = [sort_value(item, sort.removeprefix("-")) for item in walked]
    present = [value for value in values if value is not None]
    assert values == present + [None] * (len(values) - len(present))
    assert present == sorted(present, reverse=sort.startswith("-"))


def sort_value(item: dict[str, object], field: str) -> object:
    value = item[field]
    return value["level"] if isinstance(value, dict) else value


async def test_ten_thousand_rows_are_walked_while_others_come_and_go(ana: Api, admin: asyncpg.Connection) -> None:
    await add_rows(admin, ana.id, 10_000, spread=500)
    stays = {
        row["id"] for row in await admin.fetch("SELECT id FROM tasks WHERE user_id = $1 AND id::text > '4'", ana.id)
    }
    finished = asyncio.Event()

    async def disturb() -> int:
        changes = 0
        while not finished.is_set():
            doomed = await admin.fetch(
                "DELETE FROM tasks WHERE ctid IN (SELECT ctid FROM tasks WHERE user_id = $1 AND id::text <= '4' "
                "ORDER BY random() LIMIT 20) RETURNING id",
                ana.id,
            )
            await add_rows(admin, ana.id, 20, spread=500)
            changes += len(doomed)
        return changes

    async def walk(sort: str) -> list[UUID]:
        return [UUID(str(item["id"])) async for page in pages(ana, f"sort={sort}&limit=200") for item in page]

    disturbance = asyncio.create_task(disturb())
    walks = await asyncio.gather(*(walk(sort) for sort in ("-created_at", "due_date", "-priority")))
    finished.set()
    assert await disturbance > 20
    for seen in walks:
        assert len(seen) == len(set(seen))
        assert stays <= set(seen)


@given(
    sort=st.sampled_from(SORTS),
    limit=st.integers(1, 40),
    completed=st.sampled_from(["", "&completed=true", "&completed=false"]),
    due=st.sampled_from(["", "&due_after=2026-01-03", "&due_before=2026-01-04"]),
)
async def test_pages_of_any_size_put_together_are_the_list(
    app: FastAPI, worker_database: str, sort: str, limit: int, completed: str, due: str
) -> None:
    caller, rows = await shared_user(app, worker_database)
    query = f"sort={sort}{completed}{due}"
    walked = [item["id"] async for page in pages(caller, f"{query}&limit={limit}") for item in page]
    expected = [
        row
        for row in rows
        if (not completed or row["is_completed"] is (completed == "&completed=true"))
        and ("due_after" not in due or (row["due_date"] or "") > "2026-01-03")
        and ("due_before" not in due or "" < (row["due_date"] or "") < "2026-01-04")
    ]
    assert sorted(walked) == sorted(row["id"] for row in expected)
    assert walked == [item["id"] for item in (await caller.get(f"/tasks?{query}&limit=200")).json()["items"]]


_shared: dict[str, tuple[Api, list[dict[str, object]]]] = {}
_open = AsyncExitStack()


async def shared_user(app: FastAPI, url: str) -> tuple[Api, list[dict[str, object]]]:
    """A user with rows that no test changes; made once, because Hypothesis calls a hundred times."""
    if url not in _shared:
        caller = await _open.enter_async_context(Api.of(app))
        await caller.register_and_log_in()
        admin = await asyncpg.connect(url)
        await add_rows(admin, caller.id, 60, spread=6)
        await admin.close()
        _shared[url] = caller, (await caller.get("/tasks?limit=200")).json()["items"]
    return _shared[url]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("filters", ["", "completed=true", "due_after=2026-01-02"])
async def test_every_order_is_read_from_its_index(
    ana: Api, admin: asyncpg.Connection, worker_database: str, sort: str, filters: str
) -> None:
    """Under row-level security and a generic plan, as in a request: no whole table, no sort of more than two pages."""
    names = frozenset({"completed": {"completed"}, "due_after": {"due_after"}, "": set()}[filters.partition("=")[0]])
    statement = list_statement(sort, names | {"owner_id"}, "any", is_after=True, is_after_null=False)
    values = {
        "owner_id": ana.id,
        "limit": 51,
        "after_id": UUID(int=0),
        "after_value": sample(sort.removeprefix("-")),
        "completed": True,
        "due_after": date(2026, 1, 2),
    }
    plan = await plan_of(admin, ana.id, statement, values)
    index = {"title": "title_key", "priority": "priority_id"}.get(sort.removeprefix("-"), sort.removeprefix("-"))
    assert f"ix_tasks_user_id_{index}_id" in plan
    assert "Seq Scan" not in plan
    if index in ("created_at", "updated_at", "title_key", "position"):
        assert "Sort Key: tasks." not in plan


async def plan_of(admin: asyncpg.Connection, owner: UUID, statement: Select[Any], values: dict[str, object]) -> str:
    """As a request of this user gets it, once the statement is planned for all users and words alike."""
    compiled = statement.compile(dialect=postgresql.dialect())
    sql, bound = str(compiled), []
    for name in compiled.params:
        bound.append(literal(values.get(name, compiled.params[name])))
        sql = sql.replace(f"%({name})s", f"${len(bound)}")
    await admin.execute(
        f"SET ROLE todo_app; SET app.user_id = '{owner}'; "
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off"
    )
    await admin.execute(f"PREPARE listing AS {sql}")
    return "\n".join(row[0] for row in await admin.fetch(f"EXPLAIN EXECUTE listing({', '.join(bound)})"))


@pytest.mark.parametrize("sort", ["relevance", "-title", "position"])
async def test_a_search_that_matches_much_goes_along_the_index_of_the_order(
    ana: Api, admin: asyncpg.Connection, sort: str
) -> None:
    statement = list_statement(sort, frozenset({"owner_id", "kept"}), "many", is_after=False, is_after_null=False)
    values = {"owner_id": ana.id, "limit": 51, "q": "a", "q_in_title": "a"}
    plan = await plan_of(admin, ana.id, statement, values)
    index = {"relevance": "created_at", "-title": "title_key"}.get(sort, sort)
    assert f"using ix_tasks_user_id_{index}_id on tasks" in plan
    assert plan.count("using pk_task_search on task_search") == 2  # of the sample and of the list
    assert "Sort Key: tasks" not in plan


def sample(field: str) -> object:
    instant = datetime(2026, 1, 3, tzinfo=UTC)
    return {"due_date": date(2026, 1, 3), "priority": 2, "title": "task 3", "position": "1"}.get(field, instant)


def literal(value: object) -> str:
    return str(value) if isinstance(value, (bool, int)) else f"'{value}'"


async def test_a_search_is_answered_from_its_index(own_database: str) -> None:
    """However the statement was planned: without knowing the words or the user."""
    admin = await asyncpg.connect(own_database)
    body = await admin.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'search_tasks'")
    for place, name in enumerate(("wanted", "in_title", "most"), start=1):
        body = re.sub(rf"\b{name}\b", f"${place}", body)
    await admin.execute(f"PREPARE search (tsquery, tsquery, integer) AS {body}")
    await admin.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
    plan = "\n".join(row[0] for row in await admin.fetch("EXPLAIN EXECUTE search ('a', 'a', 1)"))
    await admin.close()
    assert "Bitmap Index Scan on ix_task_search_document" in plan
