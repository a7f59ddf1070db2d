"""How many statements each answer takes: as many for a hundred rows as for one."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from tests.factories import BASE, Api, make_series
from tests.statements import Sent

ALONE = 0  # the answer needs no database
READ = 3  # the opening of the transaction, the query, the COMMIT

STATEMENTS = {
    f"{BASE}/tasks": READ,
    f"{BASE}/tasks/stats": READ + 1,
    f"{BASE}/tasks/{{task_id}}": READ,
    f"{BASE}/users/{{user_id}}/tasks": READ,
    f"{BASE}/users/{{user_id}}/tasks/stats": READ + 1,
    f"{BASE}/users/{{user_id}}/tasks/{{task_id}}": READ,
    f"{BASE}/tags": READ,
    f"{BASE}/tags/{{tag_id}}": READ,
    f"{BASE}/recurring-tasks": READ,
    f"{BASE}/recurring-tasks/{{recurring_task_id}}": READ,
    f"{BASE}/recurring-tasks/{{recurring_task_id}}/instances": READ,
    f"{BASE}/recurring-tasks/{{recurring_task_id}}/occurrences": READ,
    f"{BASE}/auth/sessions": READ,
    f"{BASE}/users/me": READ,
    f"{BASE}/priorities": READ,
    "/health": 1,
    "/health/live": ALONE,
    "/health/ready": 1,
    "/problems/{name}": ALONE,
}
"""Of every GET in the OpenAPI document but the exports."""

EXPORTS = {
    f"{BASE}/users/me/export": 11,
    f"{BASE}/tasks/export": 10,
    f"{BASE}/users/{{user_id}}/tasks/export": 10,
}
"""Of those that send everything, while there is little of it."""

PAGES = {
    f"{BASE}/tasks",
    f"{BASE}/tags",
    f"{BASE}/recurring-tasks",
    f"{BASE}/recurring-tasks/{{recurring_task_id}}/instances",
}
OF_LISTS = {
    "/tasks?completed=false&priority=low&due_before=2030-01-01&due_after=2020-01-01": READ,
    "/tasks?tag=common": READ,
    "/tasks?sort=-due_date": READ,
    "/tasks?include_total=true": READ + 1,
    "/tasks?due=none": READ,
    "/tasks?due=overdue": READ + 1,
    "/tasks?parent_id=none": READ,
    "/tasks?trash=true": READ,
    "/tasks?q=rare": READ,
    "/tasks?q=rare&sort=title": READ,
    "/tags?include_total=true": READ + 1,
}
"""Of lists with what can be asked of them."""


async def fill(caller: Api, admin: asyncpg.Connection, rows: int) -> dict[str, Any]:
    """So many rows of each kind; the ids of one of each."""
    tag_ids = [
        (await caller.post("/tags", {"name": name})).json()["id"] for name in ("common", *map(str, range(1, rows)))
    ]
    task_ids = [str(uuid4()) for _ in range(rows)]
    data = {"title": "common", "priority": "low", "due_date": "2025-01-01", "tags": tag_ids[:5]}
    operations = [
        *({"op": "create", "data": {**data, "id": task_id}} for task_id in task_ids),
        {"op": "update", "id": task_ids[0], "data": {"description": "rare"}},
        *({"op": "create", "data": {"title": "part", "parent_id": task_id}} for task_id in task_ids),
    ]
    assert (await caller.post("/tasks/bulk", {"operations": operations})).status_code == 200
    await admin.execute(
        "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at) "
        "SELECT $1, gen_random_uuid(), sha256(random()::text::bytea), sha256(random()::text::bytea), "
        "now() + interval '1 day', now() + interval '1 day' FROM generate_series(2, $2)",
        caller.id,
        rows,
    )
    series_ids = [(await make_series(caller, tags=tag_ids[:5]))["id"] for _ in range(rows)]
    await admin.execute(
        "INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date, status, closed_at) "
        "SELECT $1, $2, date '2020-01-01' + n, 'completed', now() FROM generate_series(2, $3) AS n",
        caller.id,
        series_ids[0],
        rows,
    )
    ids = {"user_id": caller.id, "task_id": task_ids[0], "tag_id": tag_ids[0], "recurring_task_id": series_ids[0]}
    return {**ids, "name": "not-found"}


def test_every_route_that_reads_is_counted(app: FastAPI) -> None:
    assert {path for path, methods in app.openapi()["paths"].items() if "get" in methods} == {
        *STATEMENTS,
        *EXPORTS,
    }


@pytest.mark.parametrize("rows", [1, 100])
async def test_no_answer_takes_more_for_more_rows(ana: Api, admin: asyncpg.Connection, sent: Sent, rows: int) -> None:
    ids = await fill(ana, admin, rows)
    paths = {**STATEMENTS, **{f"{BASE}{path}": number for path, number in OF_LISTS.items()}}
    counted, answers = {}, {}
    for path in paths:
        options = {"params": {"limit": 200}} if path in PAGES else {}
        await sent.forget()
        answers[path] = await ana.client.get(path.format(**ids), **options)
        counted[path] = await sent.count()
        assert answers[path].status_code == 200, path
    assert counted == paths
    for path in (*PAGES, f"{BASE}/auth/sessions"):
        assert rows <= len(answers[path].json()["items"]) <= 200, path


@pytest.mark.parametrize(("rows", "further"), [(1, 0), (100, 1)])
async def test_an_export_takes_one_more_for_two_hundred_tasks(
    ana: Api, admin: asyncpg.Connection, sent: Sent, rows: int, further: int
) -> None:
    """There are three tasks for each of the rows: one, its part, and the first instance of a series."""
    ids = await fill(ana, admin, rows)
    for path, number in EXPORTS.items():
        await sent.forget()
        response = await ana.client.get(path.format(**ids))
        assert (response.status_code, await sent.count()) == (200, number + further), path


async def test_a_search_takes_one_more_at_the_most(ana: Api, admin: asyncpg.Connection, sent: Sent) -> None:
    """For a word that is too common to be looked for in the index."""
    await fill(ana, admin, 100)
    for sort in ("relevance", "title", "-created_at"):
        await sent.forget()
        assert len((await ana.get(f"/tasks?q=common&limit=200&sort={sort}")).json()["items"]) == 100
        assert await sent.count() == READ + 1


async def test_the_next_page_takes_as_many_as_the_first(ana: Api, admin: asyncpg.Connection, sent: Sent) -> None:
    await fill(ana, admin, 10)
    for path in ("/tasks?limit=5", "/tasks?limit=5&q=common", "/tags?limit=5"):
        first = await ana.get(path)
        await sent.forget()
        following = await ana.client.get(first.headers["link"][1:].partition(">")[0])
        assert (following.status_code, await sent.count()) == (200, READ)
