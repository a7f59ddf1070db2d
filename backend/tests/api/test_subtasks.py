"""Tasks that are part of others."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from src.domain.trees import MAX_DEPTH
from tests.factories import Api, problem


async def chain(caller: Api, length: int) -> list[dict[str, Any]]:
    """Each a part of the one before."""
    tasks: list[dict[str, Any]] = []
    for number in range(length):
        parent = {"parent_id": tasks[-1]["id"]} if tasks else {}
        tasks.append(await caller.create_task(title=f"Level {number}", **parent))
    return tasks


def refused(response: Any, code: str) -> None:
    assert problem(response, 422, "validation_error")["errors"][0] | {"message": ""} == {
        "pointer": "/parent_id",
        "code": code,
        "message": "",
    }


class TestCreate:
    async def test_under_a_parent(self, ana: Api):
        parent = await ana.create_task()
        part = await ana.create_task(parent_id=parent["id"])
        other = await ana.create_task()
        assert part["parent_id"] == parent["id"]
        assert (await ana.get(f"/tasks?parent_id={parent['id']}")).json()["items"] == [part]
        assert (await ana.get("/tasks?parent_id=none&sort=created_at")).json()["items"] == [parent, other]

    async def test_at_most_five_deep(self, ana: Api):
        tasks = await chain(ana, MAX_DEPTH + 1)
        refused(await ana.post("/tasks", {"title": "x", "parent_id": tasks[-1]["id"]}), "too_deep")

    async def test_not_under_what_is_unknown_of_somebody_else_or_in_the_trash(self, ana: Api, bob: Api):
        hers, trashed = await ana.create_task(), await bob.create_task()
        await bob.delete(f"/tasks/{trashed['id']}")
        for parent_id in (str(uuid4()), hers["id"], trashed["id"]):
            refused(await bob.post("/tasks", {"title": "x", "parent_id": parent_id}), "unknown_parent")
        assert (await bob.get("/tasks")).json()["items"] == []

    async def test_can_be_sent_again_when_the_parent_is_gone(self, ana: Api):
        parent = await ana.create_task()
        body = {"id": str(uuid4()), "title": "Once", "parent_id": parent["id"]}
        made = (await ana.post("/tasks", body)).json()
        again = await ana.post("/tasks", body)
        assert (again.status_code, again.json()) == (200, made)
        await ana.delete(f"/tasks/{parent['id']}")
        assert (await ana.post("/tasks", body)).status_code == 200
        refused(await ana.post("/tasks", {**body, "id": str(uuid4())}), "unknown_parent")


class TestUpdate:
    async def test_moves_a_task_with_its_parts(self, ana: Api):
        _, middle, low = await chain(ana, 3)
        other = await ana.create_task()
        moved = await ana.patch(f"/tasks/{middle['id']}", {"parent_id": other["id"]})
        assert (moved.json()["parent_id"], moved.json()["version"]) == (other["id"], 2)
        assert (await ana.get(f"/tasks/{low['id']}")).json() == low
        freed = await ana.patch(f"/tasks/{middle['id']}", {"parent_id": None})
        assert freed.json()["parent_id"] is None

    async def test_closes_no_circle(self, ana: Api):
        tasks = await chain(ana, 3)
        for parent in tasks:
            refused(await ana.patch(f"/tasks/{tasks[0]['id']}", {"parent_id": parent["id"]}), "circle")
        assert (await ana.get(f"/tasks/{tasks[0]['id']}")).json() == tasks[0]

    async def test_counts_what_is_below(self, ana: Api):
        tasks, others = await chain(ana, 4), await chain(ana, 3)
        refused(await ana.patch(f"/tasks/{others[0]['id']}", {"parent_id": tasks[3]["id"]}), "too_deep")
        moved = await ana.patch(f"/tasks/{others[0]['id']}", {"parent_id": tasks[2]["id"]})
        assert moved.status_code == 200

    async def test_leaves_other_fields_alone(self, ana: Api):
        parent = await ana.create_task()
        part = await ana.create_task(parent_id=parent["id"], description="stays", due_date="2026-12-01")
        changed = (await ana.patch(f"/tasks/{part['id']}", {"title": "New"})).json()
        assert (changed["parent_id"], changed["description"]) == (parent["id"], "stays")

    async def test_of_two_at_once_closes_no_circle(self, ana: Api, admin: asyncpg.Connection):
        for _ in range(8):
            one, other = await ana.create_task(), await ana.create_task()
            answers = await asyncio.gather(
                ana.patch(f"/tasks/{one['id']}", {"parent_id": other["id"]}),
                ana.patch(f"/tasks/{other['id']}", {"parent_id": one["id"]}),
            )
            assert sorted(answer.status_code for answer in answers) == [200, 422]


class TestDelete:
    async def test_takes_the_parts_along_and_restoring_brings_them_back(self, ana: Api):
        top, middle, low = await chain(ana, 3)
        await ana.delete(f"/tasks/{top['id']}")
        trashed = (await ana.get("/tasks?trash=true")).json()["items"]
        assert {task["id"] for task in trashed} == {top["id"], middle["id"], low["id"]}
        assert len({task["deleted_at"] for task in trashed}) == 1
        restored = await ana.post(f"/tasks/{top['id']}/restore")
        assert restored.json()["deleted_at"] is None
        assert len((await ana.get("/tasks")).json()["items"]) == 3
        assert (await ana.get(f"/tasks/{low['id']}")).json()["parent_id"] == middle["id"]

    async def test_restores_only_what_went_together(self, ana: Api):
        top, middle, low = await chain(ana, 3)
        await ana.delete(f"/tasks/{low['id']}")
        await ana.delete(f"/tasks/{top['id']}")
        await ana.post(f"/tasks/{top['id']}/restore")
        assert (await ana.get(f"/tasks/{low['id']}")).json()["deleted_at"] is not None
        assert (await ana.get(f"/tasks/{middle['id']}")).json()["deleted_at"] is None

    async def test_a_part_restored_alone_is_part_of_nothing(self, ana: Api):
        top, middle, low = await chain(ana, 3)
        await ana.delete(f"/tasks/{top['id']}")
        restored = (await ana.post(f"/tasks/{middle['id']}/restore")).json()
        assert (restored["parent_id"], restored["deleted_at"]) == (None, None)
        assert (await ana.get(f"/tasks/{low['id']}")).json()["deleted_at"] is None
        assert (await ana.get(f"/tasks/{top['id']}")).json()["deleted_at"] is not None

    async def test_a_part_restored_under_a_parent_that_is_there_stays_its_part(self, ana: Api):
        top, middle = await chain(ana, 2)
        await ana.delete(f"/tasks/{middle['id']}")
        assert (await ana.post(f"/tasks/{middle['id']}/restore")).json()["parent_id"] == top["id"]

    async def test_for_good_removes_the_parts_too(self, ana: Api, admin: asyncpg.Connection):
        top, _, _ = await chain(ana, 3)
        await ana.delete(f"/tasks/{top['id']}?permanent=true")
        assert await admin.fetchval("SELECT count(*) FROM tasks WHERE user_id = $1", ana.id) == 0
        assert await admin.fetchval("SELECT count(*) FROM task_search WHERE user_id = $1", ana.id) == 0

    @pytest.mark.parametrize("depth", [1, 3])
    async def test_while_parts_are_added_leaves_none_behind(self, ana: Api, depth: int):
        """A part is in the trash with its parent, or was refused: never on its own below something that is gone."""
        for _ in range(6):
            tasks = await chain(ana, depth)
            body = {"title": "Late", "parent_id": tasks[-1]["id"]}
            answers = await asyncio.gather(
                ana.delete(f"/tasks/{tasks[0]['id']}"), *(ana.post("/tasks", body) for _ in range(3))
            )
            assert {answer.status_code for answer in answers} <= {204, 201, 422}
            assert (await ana.get("/tasks")).json()["items"] == []
