"""The law of batches: the same as one by one, whatever they do."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from src.domain.search import search_document
from tests.api.test_bulk import Operation, create, done
from tests.factories import Api


def _on(op: str, slot: int, version: int | None) -> Operation:
    return {"op": op, "id": slot, **({} if version is None else {"if_version": version})}


TAGS = 3
SLOTS = 6
slots = st.integers(0, SLOTS - 1)
parents = st.none() | slots
written = {
    "title": st.sampled_from(["one", "two"]),
    "description": st.sampled_from([None, "words"]),
    "is_completed": st.booleans(),
    "priority": st.sampled_from([None, "low", "urgent"]),
    "due_date": st.sampled_from([None, "2026-03-29", "2026-12-01"]),
    "due_time": st.sampled_from([None, "02:30"]),
    "timezone": st.sampled_from([None, "Europe/Berlin"]),
    "tags": st.lists(st.integers(0, TAGS), max_size=2),
    "parent_id": parents,
}
changes = st.fixed_dictionaries({}, optional=written)
conditions = st.none() | st.none() | st.integers(1, 4)
operations = st.one_of(
    st.builds(
        lambda slot, title, rest: {"op": "create", "data": {**rest, "title": title, "id": slot}},
        slots,
        written["title"],
        changes | st.just({}),
    ),
    st.builds(lambda slot, version, data: {**_on("update", slot, version), "data": data}, slots, conditions, changes),
    st.builds(
        lambda slot, version, wanted: {**_on("complete", slot, version), "data": {"is_completed": wanted}},
        slots,
        conditions,
        st.booleans(),
    ),
    st.builds(
        lambda slot, version, permanent: {**_on("delete", slot, version), "data": {"permanent": permanent}},
        slots,
        conditions,
        st.sampled_from([False, False, True]),
    ),
    st.builds(lambda slot, version: _on("restore", slot, version), slots, conditions),
)
of_tree = st.integers(0, 3)
comings_and_goings = st.builds(
    lambda gone, back: [_on(op, slot, None) for op, slots in (("delete", gone), ("restore", back)) for slot in slots],
    st.lists(of_tree, min_size=1, max_size=3),
    st.lists(of_tree, max_size=2),
)
rescues = st.builds(
    lambda part, parent, lost: [
        {"op": "update", "id": part, "data": {"parent_id": parent}},
        {"op": "delete", "id": lost, "data": {"permanent": True}},
    ],
    of_tree,
    parents,
    of_tree,
)
runs = st.lists(operations, min_size=1, max_size=4) | comings_and_goings | rescues
whole_batches = st.lists(runs, min_size=1, max_size=6).map(lambda batch: [each for run in batch for each in run])

TREE = [create("one", id=slot, parent_id=parent, tags=[0, 1]) for slot, parent in ((0, None), (1, 0), (2, 1), (3, 0))]
"""What is there before: 0 has the parts 1 and 3, and 1 the part 2."""


class Twin:
    """A user with tags of the same names as the other's."""

    def __init__(self, api: Api, tags: list[str]) -> None:
        self.api = api
        self.tags = tags

    def filled(self, operation: Operation, ids: list[str]) -> Operation:
        """With ids of the user's own in the place of numbers."""
        data = dict(operation.get("data", {}))
        for name in data.keys() & {"id", "parent_id"}:
            data[name] = None if data[name] is None else ids[data[name]]
        if "tags" in data:
            data["tags"] = [self.tags[number] for number in data["tags"]]
        given = {"data": data} if "data" in operation else {}
        return {**operation, **given, **({"id": ids[operation["id"]]} if "id" in operation else {})}

    async def alone(self, operation: Operation) -> tuple[int, Any]:
        """By its own route: the status, and the task or the code of the error."""
        headers = {"If-Match": f'"{operation["if_version"]}"'} if "if_version" in operation else {}
        data, path = operation.get("data", {}), f"/tasks/{operation.get('id')}"
        match operation["op"]:
            case "create":
                response = await self.api.post("/tasks", data)
            case "update":
                response = await self.api.patch(path, data, headers=headers)
            case "complete":
                response = await self.api.patch(f"{path}/complete", data, headers=headers)
            case "delete":
                query = "?permanent=true" if data.get("permanent") else ""
                response = await self.api.delete(f"{path}{query}", headers=headers)
            case _:
                response = await self.api.post(f"{path}/restore", headers=headers)
        return response.status_code, self._outcome(response.json() if response.content else {})

    async def at_once(self, batch: list[Operation]) -> list[tuple[int, Any]]:
        results = await done(self.api, *batch, partial=True)
        return [(result["status"], self._outcome(result.get("task") or result.get("error", {}))) for result in results]

    def _outcome(self, answer: dict[str, Any]) -> Any:
        if "code" in answer:
            return answer["code"] if answer["code"] != "validation_error" else answer["errors"][0]["code"]
        return comparable(answer)


def comparable(task: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the user and the moment."""
    instants = {name: task.get(name) is not None for name in ("completed_at", "deleted_at")}
    names = (
        "title",
        "description",
        "is_completed",
        "priority",
        "due_date",
        "due_time",
        "timezone",
        "due_at",
        "version",
    )
    tags = [tag["name"] for tag in task.get("tags", [])]
    return {**{name: task.get(name) for name in names}, **instants, "parent_id": task.get("parent_id"), "tags": tags}


@pytest.fixture(scope="module")
async def twins(app: FastAPI) -> AsyncIterator[tuple[Twin, Twin]]:
    async with Api.of(app) as one, Api.of(app) as other:
        pair = []
        for caller in (one, other):
            await caller.register_and_log_in(timezone="America/New_York")
            tags = [(await caller.post("/tags", {"name": f"tag {n}"})).json()["id"] for n in range(TAGS)]
            pair.append(Twin(caller, [*tags, str(uuid4())]))
        yield pair[0], pair[1]


async def documents(admin: asyncpg.Connection, twin: Twin, ids: list[str]) -> list[str]:
    """What the tasks are found by, without the mark of the owner."""
    statement = (
        "SELECT document::text FROM task_search WHERE user_id = $1 AND task_id = ANY ($2::uuid[]) ORDER BY task_id"
    )
    (mark,) = re.findall(r"'([^']+)'", search_document(twin.api.id, "", None))
    return [row["document"].replace(mark, "") for row in await admin.fetch(statement, twin.api.id, ids)]


class TestTheLaw:
    @settings(max_examples=60)
    @given(st.lists(whole_batches, min_size=1, max_size=3))
    async def test_a_batch_does_what_its_operations_do_one_by_one(
        self, twins: tuple[Twin, Twin], admin: asyncpg.Connection, batches: list[list[Operation]]
    ) -> None:
        one, other = twins
        ids = [str(uuid4()) for _ in range(SLOTS)]
        for twin in twins:
            await done(twin.api, *(twin.filled(operation, ids) for operation in TREE))
        for batch in batches:
            at_once = await one.at_once([one.filled(operation, ids) for operation in batch])
            alone = [await other.alone(other.filled(operation, ids)) for operation in batch]
            assert at_once == alone
        for task_id in ids:
            answers = [await twin.api.get(f"/tasks/{task_id}") for twin in twins]
            assert answers[0].status_code == answers[1].status_code
            if answers[0].status_code == 200:
                assert comparable(answers[0].json()) == comparable(answers[1].json())
        assert await documents(admin, one, ids) == await documents(admin, other, ids)
