"""Order by hand."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import Api, problem


async def titles(caller: Api) -> list[str]:
    return [item["title"] for item in (await caller.get("/tasks?sort=position&limit=200")).json()["items"]]


async def tasks_named(caller: Api, names: str) -> dict[str, dict[str, Any]]:
    return {name: await caller.create_task(title=name) for name in names}


class TestMove:
    async def test_puts_a_task_before_or_after_another(self, ana: Api):
        tasks = await tasks_named(ana, "ABCD")
        assert await titles(ana) == list("ABCD")
        moved = await ana.post(f"/tasks/{tasks['D']['id']}/move", {"before": tasks["B"]["id"]})
        assert (moved.status_code, moved.headers["etag"]) == (200, '"2"')
        assert await titles(ana) == list("ADBC")
        await ana.post(f"/tasks/{tasks['A']['id']}/move", {"after": tasks["C"]["id"]})
        assert await titles(ana) == list("DBCA")
        await ana.post(f"/tasks/{tasks['C']['id']}/move", {"before": tasks["D"]["id"]})
        assert await titles(ana) == list("CDBA")

    async def test_writes_this_row_only(self, ana: Api):
        tasks = await tasks_named(ana, "ABC")
        await ana.post(f"/tasks/{tasks['C']['id']}/move", {"before": tasks["A"]["id"]})
        for name in "AB":
            assert (await ana.get(f"/tasks/{tasks[name]['id']}")).json() == tasks[name]

    async def test_a_new_task_comes_last(self, ana: Api):
        tasks = await tasks_named(ana, "AB")
        await ana.post(f"/tasks/{tasks['A']['id']}/move", {"after": tasks["B"]["id"]})
        await ana.create_task(title="C")
        assert await titles(ana) == list("BAC")

    async def test_obeys_the_version(self, ana: Api):
        tasks = await tasks_named(ana, "AB")
        move = {"before": tasks["A"]["id"]}
        refused = await ana.post(f"/tasks/{tasks['B']['id']}/move", move, headers={"If-Match": '"9"'})
        problem(refused, 412, "version_mismatch")
        assert await titles(ana) == list("AB")

    async def test_is_refused_next_to_itself_the_unknown_the_foreign_and_the_trashed(self, ana: Api, bob: Api):
        hers, his = await ana.create_task(), await tasks_named(bob, "AB")
        trashed = await bob.create_task()
        await bob.delete(f"/tasks/{trashed['id']}")
        path = f"/tasks/{his['A']['id']}/move"
        for target in (his["A"]["id"], str(uuid4()), hers["id"], trashed["id"]):
            for side in ("before", "after"):
                document = problem(await bob.post(path, {side: target}), 422, "validation_error")
                assert (document["errors"][0]["pointer"], document["errors"][0]["code"]) == (f"/{side}", "unknown_task")
        problem(await bob.post(f"/tasks/{trashed['id']}/move", {"before": his["A"]["id"]}), 409, "in_trash")
        problem(await bob.post(f"/tasks/{hers['id']}/move", {"before": his["A"]["id"]}), 404, "not_found")

    async def test_needs_exactly_one_neighbour(self, ana: Api):
        tasks = await tasks_named(ana, "ABC")
        path = f"/tasks/{tasks['A']['id']}/move"
        both = {"before": tasks["B"]["id"], "after": tasks["C"]["id"]}
        for body in ({}, both, {"before": None}):
            problem(await ana.post(path, body), 422, "validation_error")
        assert await titles(ana) == list("ABC")

    async def test_makes_room_where_there_is_none(self, ana: Api, admin: asyncpg.Connection):
        tasks = await tasks_named(ana, "ABC")
        same = "UPDATE tasks SET position = '00000000000000V' WHERE user_id = $1 AND title IN ('A', 'B')"
        await admin.execute(same, ana.id)
        before = await titles(ana)
        moved = await ana.post(f"/tasks/{tasks['C']['id']}/move", {"after": before and tasks[before[0]]["id"]})
        assert moved.status_code == 200
        assert await titles(ana) == [before[0], "C", before[1]]

    async def test_makes_room_when_a_position_would_become_too_long(self, ana: Api, admin: asyncpg.Connection):
        tasks = await tasks_named(ana, "ABC")
        for name, last in (("A", "1"), ("B", "2")):
            await admin.execute(
                "UPDATE tasks SET position = '00000000000000' || repeat('V', 184) || $2 WHERE id = $1",
                tasks[name]["id"],
                last,
            )
        moved = await ana.post(f"/tasks/{tasks['C']['id']}/move", {"before": tasks["B"]["id"]})
        assert (moved.status_code, await titles(ana)) == (200, list("ACB"))

    async def test_of_many_at_once_loses_nothing(self, ana: Api):
        tasks = await tasks_named(ana, "ABCDEFGH")
        await asyncio.gather(
            *(ana.post(f"/tasks/{tasks[name]['id']}/move", {"after": tasks["A"]["id"]}) for name in "CDEFGH")
        )
        order = await titles(ana)
        assert (order[0], order[-1], sorted(order)) == ("A", "B", list("ABCDEFGH"))
        positions = [item["position"] for item in (await ana.get("/tasks?sort=position")).json()["items"]]
        assert len(set(positions)) == 8

    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=8))
    async def test_in_any_sequence_gives_the_order_of_a_list(self, app: FastAPI, moves: list[tuple[int, int, bool]]):
        async with Api.of(app) as caller:
            await caller.register_and_log_in()
            tasks, order = await tasks_named(caller, "ABCDE"), list("ABCDE")
            for which, target, is_before in moves:
                name, other = "ABCDE"[which], "ABCDE"[target]
                if name == other:
                    continue
                body = {"before" if is_before else "after": tasks[other]["id"]}
                assert (await caller.post(f"/tasks/{tasks[name]['id']}/move", body)).status_code == 200
                order.remove(name)
                order.insert(order.index(other) + (not is_before), name)
            assert await titles(caller) == order
