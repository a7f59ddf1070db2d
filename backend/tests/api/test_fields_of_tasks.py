"""Every way of writing a task takes every field of it. A new field fails the first test until it stands in `FIELDS`,
and the others until it is stored each way.
"""

from typing import Any

import pytest
from fastapi import FastAPI

from src.schemas.task import TaskCreate, TaskUpdate
from tests.api.test_bulk import create, done, update
from tests.factories import Api
from tests.portability import imported

FIELDS = {
    "title": "Call Ana",
    "description": "about the keys",
    "is_completed": True,
    "priority": "high",
    "due_date": "2026-12-01",
    "due_time": "17:00:00",
    "timezone": "Europe/Madrid",
}
"""Each with another value than it has where it is left out."""


@pytest.fixture
async def wanted(ana: Api) -> dict[str, Any]:
    """All that a client writes."""
    tag = (await ana.post("/tags", {"name": "home"})).json()
    parent = await ana.create_task(title="The whole")
    return {**FIELDS, "tags": [tag["id"]], "parent_id": parent["id"]}


def written(task: dict[str, Any]) -> dict[str, Any]:
    """What the client has written of what is shown."""
    priority = task["priority"] and task["priority"]["name"].lower()
    names = {*FIELDS, "tags", "parent_id"}
    return {**{name: task[name] for name in names}, "priority": priority, "tags": [tag["id"] for tag in task["tags"]]}


async def test_these_are_all(wanted: dict[str, Any]) -> None:
    assert TaskCreate.model_fields.keys() - {"id"} == TaskUpdate.model_fields.keys() == wanted.keys()


class TestAlone:
    async def test_a_create_takes_all(self, ana: Api, wanted: dict[str, Any]) -> None:
        task = await ana.create_task(**wanted)
        assert written(task) == wanted
        assert (await ana.get(f"/tasks/{task['id']}")).json() == task

    async def test_a_patch_takes_all(self, ana: Api, wanted: dict[str, Any]) -> None:
        task = await ana.create_task(title="Before")
        changed = (await ana.patch(f"/tasks/{task['id']}", wanted)).json()
        assert written(changed) == wanted
        assert (await ana.get(f"/tasks/{task['id']}")).json() == changed


class TestInBatches:
    async def test_a_create_takes_all(self, ana: Api, wanted: dict[str, Any]) -> None:
        (result,) = await done(ana, create(**wanted))
        assert written(result["task"]) == wanted
        assert (await ana.get(f"/tasks/{result['task']['id']}")).json() == result["task"]

    async def test_an_update_takes_all(self, ana: Api, wanted: dict[str, Any]) -> None:
        task = await ana.create_task(title="Before")
        (result,) = await done(ana, update(task["id"], **wanted))
        assert written(result["task"]) == wanted
        assert (await ana.get(f"/tasks/{task['id']}")).json() == result["task"]


class TestTakenAlong:
    @pytest.mark.parametrize("kind", ["json", "csv"])
    async def test_all_arrives_in_another_account(
        self, app: FastAPI, ana: Api, wanted: dict[str, Any], kind: str
    ) -> None:
        task = await ana.create_task(**wanted)
        file = (await ana.get("/tasks/export", params={"format": kind})).text
        async with Api.of(app) as bob:
            await bob.register_and_log_in()
            await imported(bob, file, kind)
            arrived = (await bob.get(f"/tasks/{task['id']}")).json()
        of_account = {"tags": [tag["name"] for tag in arrived["tags"]]}
        assert {**written(arrived), **of_account} == {**wanted, "tags": ["home"]}
