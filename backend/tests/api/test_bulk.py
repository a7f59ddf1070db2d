"""Many changes in one request: the same as one by one, in one transaction and in few statements."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.api.test_isolation import rows_of
from tests.factories import Api, make_series, problem
from tests.statements import Sent

Operation = dict[str, Any]


def create(title: str = "Call Ana", **data: object) -> Operation:
    return {"op": "create", "data": {"title": title, **data}}


def update(task_id: object, if_version: int | None = None, **data: object) -> Operation:
    condition = {} if if_version is None else {"if_version": if_version}
    return {"op": "update", "id": str(task_id), **condition, "data": data}


def on(op: str, task_id: object, **rest: object) -> Operation:
    return {"op": op, "id": str(task_id), **rest}


async def send(caller: Api, *operations: Operation, **options: object) -> httpx.Response:
    return await caller.post("/tasks/bulk", {"operations": operations, **options})


async def done(caller: Api, *operations: Operation, **options: object) -> list[dict[str, Any]]:
    response = await send(caller, *operations, **options)
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.json()["results"]
    assert [result["index"] for result in results] == list(range(len(operations)))
    assert [result["op"] for result in results] == [operation["op"] for operation in operations]
    return results


def statuses(results: list[dict[str, Any]]) -> list[int]:
    return [result["status"] for result in results]


async def read(caller: Api, task_id: object) -> dict[str, Any]:
    response = await caller.get(f"/tasks/{task_id}")
    assert response.status_code == 200
    task: dict[str, Any] = response.json()
    return task


async def titles(caller: Api, query: str = "") -> list[str]:
    return [task["title"] for task in (await caller.get(f"/tasks?limit=200&{query}")).json()["items"]]


class TestCreate:
    async def test_answers_with_the_tasks_as_they_are_stored(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        results = await done(
            ana,
            create("a", description="d", priority="high", due_date="2026-12-01", due_time="10:00", tags=[tag["id"]]),
            create("b", is_completed=True, due_date="2026-03-28", due_time="09:00", timezone="Europe/Madrid"),
        )
        assert statuses(results) == [201, 201]
        for result in results:
            assert await read(ana, result["task"]["id"]) == result["task"]
        first, second = [result["task"] for result in results]
        assert (first["tags"][0]["name"], first["timezone"], first["version"]) == ("Work", "UTC", 1)
        assert (second["due_at"], second["completed_at"]) == ("2026-03-28T08:00:00Z", second["created_at"])

    async def test_keeps_the_order_of_the_operations_in_every_order_of_making(self, ana: Api) -> None:
        await ana.create_task(title="before")
        await done(ana, *(create(f"{n:03}") for n in range(100)))
        await ana.create_task(title="later")
        wanted = ["before", *(f"{n:03}" for n in range(100)), "later"]
        for sort in ("created_at", "updated_at", "position"):
            assert await titles(ana, f"sort={sort}") == wanted

    async def test_is_found_by_its_words(self, ana: Api) -> None:
        (result,) = await done(ana, create("Über den Wolken", description="somewhere"))
        for text in ("uber", "wolken", "some"):
            assert await titles(ana, f"q={text}") == ["Über den Wolken"]
        await done(ana, update(result["task"]["id"], title="Below"))
        assert (await titles(ana, "q=wolken"), await titles(ana, "q=below some")) == ([], ["Below"])

    async def test_can_be_sent_again(self, ana: Api) -> None:
        ids = [str(uuid4()) for _ in range(3)]
        batch = [create(f"{n}", id=task_id) for n, task_id in enumerate(ids)]
        first = await done(ana, *batch)
        again = await done(ana, *batch)
        assert (statuses(first), statuses(again)) == ([201] * 3, [200] * 3)
        assert [result["task"] for result in again] == [result["task"] for result in first]
        assert await titles(ana, "sort=title") == ["0", "1", "2"]

    async def test_of_an_id_used_for_other_content_fails(self, ana: Api) -> None:
        task = await ana.create_task(id=str(uuid4()))
        new = str(uuid4())
        batch = [create("Other", id=task["id"]), create("a", id=new), create("a", id=new), create("b", id=new)]
        results = await done(ana, *batch, partial=True)
        assert statuses(results) == [409, 201, 200, 409]
        assert results[0]["error"]["code"] == "id_in_use"
        assert results[3]["error"]["errors"][0]["pointer"] == "/operations/3/data/id"
        assert await read(ana, task["id"]) == task

    async def test_may_use_an_id_that_has_left_the_trash(self, ana: Api, admin: asyncpg.Connection) -> None:
        task = await ana.create_task(title="Old")
        await ana.delete(f"/tasks/{task['id']}")
        await admin.execute("UPDATE tasks SET deleted_at = now() - interval '31 days' WHERE id = $1", task["id"])
        results = await done(ana, update(task["id"], title="x"), create("New", id=task["id"]), partial=True)
        assert statuses(results) == [404, 201]
        assert await read(ana, task["id"]) == results[1]["task"]

    async def test_makes_whole_trees(self, ana: Api) -> None:
        ids = [str(uuid4()) for _ in range(7)]
        pairs = zip(ids, [None, *ids], strict=False)
        batch = [create(f"{n}", id=task_id, parent_id=parent) for n, (task_id, parent) in enumerate(pairs)]
        results = await done(ana, *batch, partial=True)
        assert statuses(results) == [201] * 6 + [422]
        (fault,) = results[6]["error"]["errors"]
        assert (fault["pointer"], fault["code"]) == ("/operations/6/data/parent_id", "too_deep")
        assert (await read(ana, ids[5]))["parent_id"] == ids[4]


class TestUpdate:
    async def test_changes_what_is_sent_and_nothing_else(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        task = await ana.create_task(description="d", priority="low", tags=[tag["id"]])
        same = await ana.create_task()
        changed, unchanged = await done(ana, update(task["id"], title="New", priority=None), update(same["id"]))
        assert changed["task"] == {
            **task,
            "title": "New",
            "priority": None,
            "version": 2,
            "updated_at": changed["task"]["updated_at"],
        }
        assert await read(ana, task["id"]) == changed["task"]
        assert unchanged["task"] == same == await read(ana, same["id"])

    async def test_gives_the_whole_set_of_tags(self, ana: Api) -> None:
        work, home = [(await ana.post("/tags", {"name": name})).json() for name in ("work", "Home")]
        tasks = [await ana.create_task(tags=[work["id"]]) for _ in range(3)]
        sets = [[home["id"], work["id"]], [], [work["id"]]]
        batch = [update(task["id"], tags=tags) for task, tags in zip(tasks, sets, strict=True)]
        results = await done(ana, *batch)
        assert [[tag["name"] for tag in result["task"]["tags"]] for result in results] == [
            ["Home", "work"],
            [],
            ["work"],
        ]
        assert [result["task"]["version"] for result in results] == [2, 2, 1]
        for result in results:
            assert await read(ana, result["task"]["id"]) == result["task"]

    async def test_of_another_version_fails(self, ana: Api) -> None:
        task = await ana.create_task()
        batch = [
            update(task["id"], if_version=2, title="a"),
            update(task["id"], if_version=1, title="b"),
            update(task["id"], if_version=1, title="c"),
            on("complete", task["id"], if_version=2),
            on("delete", task["id"], if_version=2),
            on("restore", task["id"], if_version=9),
        ]
        results = await done(ana, *batch, partial=True)
        assert statuses(results) == [412, 200, 412, 200, 412, 412]
        assert results[0]["error"]["errors"][0]["pointer"] == "/operations/0/if_version"
        assert (await read(ana, task["id"]))["title"] == "b"

    async def test_takes_no_parent_that_closes_a_circle(self, ana: Api) -> None:
        top, part = [await ana.create_task() for _ in range(2)]
        batch = [update(part["id"], parent_id=top["id"]), update(top["id"], parent_id=part["id"])]
        results = await done(ana, *batch, partial=True)
        assert [result.get("error", {}).get("errors", [{}])[0].get("code") for result in results] == [None, "circle"]

    async def test_counts_the_parts_that_are_moved_along(self, ana: Api) -> None:
        tall = [str(uuid4()) for _ in range(8)]
        pairs = list(zip(tall, [None, *tall[:3], None, *tall[4:7]], strict=True))
        await done(ana, *(create(id=task_id, parent_id=parent) for task_id, parent in pairs))
        batch = [update(tall[4], parent_id=tall[2]), update(tall[4], parent_id=tall[1])]
        results = await done(ana, *batch, partial=True)
        assert (statuses(results), results[0]["error"]["errors"][0]["code"]) == ([422, 200], "too_deep")

    async def test_of_a_time_without_a_day_fails_as_alone(self, ana: Api) -> None:
        task = await ana.create_task()
        document = problem(await send(ana, update(task["id"], due_time="10:00")), 409, "bulk_failed")
        assert (document["errors"][0]["pointer"], document["errors"][0]["code"]) == (
            "/operations/0/data/due_time",
            "due_time_without_date",
        )


class TestComplete:
    async def test_completes_without_data_however_often(self, ana: Api) -> None:
        task = await ana.create_task()
        first, second = await done(ana, on("complete", task["id"]), on("complete", task["id"]))
        assert first["task"] == second["task"] == await read(ana, task["id"])
        assert (first["task"]["version"], first["task"]["completed_at"]) == (2, first["task"]["updated_at"])

    async def test_reopens(self, ana: Api) -> None:
        task = await ana.create_task(is_completed=True)
        (result,) = await done(ana, on("complete", task["id"], data={"is_completed": False}))
        assert (result["task"]["is_completed"], result["task"]["completed_at"]) == (False, None)
        assert await read(ana, task["id"]) == result["task"]


class TestDelete:
    async def test_moves_parts_to_the_trash_too(self, ana: Api) -> None:
        top = await ana.create_task(title="top")
        part = await ana.create_task(title="part", parent_id=top["id"])
        below = await ana.create_task(title="below", parent_id=part["id"])
        (result,) = await done(ana, on("delete", top["id"]))
        assert result == {"index": 0, "op": "delete", "status": 204}
        trashed = [await read(ana, task["id"]) for task in (top, part, below)]
        assert len({task["deleted_at"] for task in trashed}) == 1
        assert [task["version"] for task in trashed] == [2, 2, 2]
        problem(await send(ana, update(below["id"], title="x")), 409, "bulk_failed")

    async def test_takes_what_has_just_come_below_along(self, ana: Api) -> None:
        top, part = [await ana.create_task() for _ in range(2)]
        below = await ana.create_task(parent_id=part["id"])
        await done(ana, update(part["id"], parent_id=top["id"]), on("delete", top["id"]))
        assert (await read(ana, below["id"]))["deleted_at"] == (await read(ana, top["id"]))["deleted_at"] is not None

    async def test_for_good_with_all_parts_but_those_that_have_left(self, ana: Api) -> None:
        top, other = [await ana.create_task() for _ in range(2)]
        parts = [await ana.create_task(parent_id=top["id"]) for _ in range(3)]
        await done(
            ana,
            update(parts[0]["id"], parent_id=None),
            update(parts[1]["id"], parent_id=other["id"]),
            on("delete", top["id"], data={"permanent": True}),
        )
        for task in (top, parts[2]):
            problem(await ana.get(f"/tasks/{task['id']}"), 404, "not_found")
        assert (await read(ana, parts[0]["id"]))["parent_id"] is None
        assert (await read(ana, parts[1]["id"]))["parent_id"] == other["id"]

    async def test_for_good_frees_the_id(self, ana: Api) -> None:
        task = await ana.create_task(title="Old")
        batch = [on("delete", task["id"], data={"permanent": True}), create("New", id=task["id"])]
        results = await done(ana, *batch)
        assert statuses(results) == [204, 201]
        assert await read(ana, task["id"]) == results[1]["task"]
        assert await titles(ana, "q=old") == []

    async def test_lets_go_what_has_been_in_the_trash_for_too_long(self, ana: Api, admin: asyncpg.Connection) -> None:
        old, task = [await ana.create_task() for _ in range(2)]
        await ana.delete(f"/tasks/{old['id']}")
        await admin.execute("UPDATE tasks SET deleted_at = now() - interval '31 days' WHERE id = $1", old["id"])
        await done(ana, on("delete", task["id"]))
        assert await admin.fetchval("SELECT count(*) FROM tasks WHERE user_id = $1", ana.id) == 1


class TestRestore:
    async def test_brings_back_what_went_together(self, ana: Api) -> None:
        top = await ana.create_task()
        earlier, part = [await ana.create_task(parent_id=top["id"]) for _ in range(2)]
        batch = [on("delete", earlier["id"]), on("delete", top["id"]), on("restore", top["id"])]
        results = await done(ana, *batch)
        assert results[2]["task"] == await read(ana, top["id"])
        assert (await read(ana, part["id"]))["deleted_at"] is None
        assert (await read(ana, earlier["id"]))["deleted_at"] is not None

    async def test_without_its_parent_makes_it_a_task_of_its_own(self, ana: Api) -> None:
        top = await ana.create_task()
        part = await ana.create_task(parent_id=top["id"])
        await ana.delete(f"/tasks/{top['id']}")
        (result,) = await done(ana, on("restore", part["id"]))
        assert (result["task"]["parent_id"], result["task"]["version"]) == (None, 3)
        assert await read(ana, part["id"]) == result["task"]


class TestAllOrNothing:
    async def test_leaves_everything_as_it_was_when_one_fails(self, ana: Api, admin: asyncpg.Connection) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        task, other = [await ana.create_task(tags=[tag["id"]]) for _ in range(2)]
        before = await rows_of(admin, ana.id)
        batch = [
            create("new", tags=[tag["id"]]),
            update(task["id"], title="x", tags=[]),
            on("delete", other["id"], data={"permanent": True}),
            update(uuid4(), title="x"),
            on("complete", task["id"], if_version=1),
            create("y", tags=[str(uuid4())]),
        ]
        document = problem(await send(ana, *batch), 409, "bulk_failed")
        assert document["detail"] == "3 of 6 operations failed"
        assert [(fault["pointer"], fault["code"]) for fault in document["errors"]] == [
            ("/operations/3/id", "not_found"),
            ("/operations/4/if_version", "version_mismatch"),
            ("/operations/5/data/tags", "unknown_tag"),
        ]
        assert await rows_of(admin, ana.id) == before

    async def test_names_fifty_faults_at_the_most(self, ana: Api) -> None:
        document = problem(await send(ana, *(on("complete", uuid4()) for _ in range(200))), 409, "bulk_failed")
        assert (len(document["errors"]), document["detail"]) == (50, "200 of 200 operations failed")


class TestPartial:
    async def test_does_what_can_be_done(self, ana: Api) -> None:
        task = await ana.create_task()
        gone = await ana.create_task()
        await ana.delete(f"/tasks/{gone['id']}")
        batch = [
            create("new"),
            update(uuid4(), title="x"),
            on("complete", gone["id"]),
            update(task["id"], title="changed"),
            create("bad", parent_id=str(uuid4())),
        ]
        results = await done(ana, *batch, partial=True)
        assert statuses(results) == [201, 404, 409, 200, 422]
        assert results[2] == {
            "index": 2,
            "op": "complete",
            "status": 409,
            "error": {
                "code": "in_trash",
                "title": "The task is in the trash",
                "detail": "The task is in the trash",
                "errors": [
                    {"pointer": "/operations/2", "code": "in_trash", "message": "The task is in the trash"},
                ],
            },
        }
        assert await titles(ana, "sort=title") == ["changed", "new"]

    async def test_a_failure_leaves_no_trace_for_those_that_follow(self, ana: Api) -> None:
        task_id = str(uuid4())
        batch = [create("bad", id=task_id, parent_id=str(uuid4())), on("complete", task_id), create("good", id=task_id)]
        assert statuses(await done(ana, *batch, partial=True)) == [422, 404, 201]
        assert await titles(ana) == ["good"]


class TestBodies:
    async def test_may_hold_500_operations(self, ana: Api) -> None:
        results = await done(ana, *(create(f"{n}") for n in range(500)))
        assert statuses(results) == [201] * 500
        document = problem(await send(ana, *(create("x") for _ in range(501))), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "/operations"
        assert (await ana.get("/tasks?include_total=true&limit=1")).json()["total"] == 500

    async def test_may_hold_none(self, ana: Api) -> None:
        assert await done(ana) == []

    async def test_are_refused_over_one_mebibyte(self, ana: Api) -> None:
        batch = {"operations": [create("x", description="a" * 10_000) for _ in range(110)]}
        assert len(json.dumps(batch)) > 1 << 20
        problem(await ana.post("/tasks/bulk", batch), 413, "body_too_large")

    @pytest.mark.parametrize(
        ("operation", "pointer", "code"),
        [
            ({"op": "update", "id": str(uuid4()), "data": {"user_id": "x"}}, "/data/user_id", "extra_forbidden"),
            ({"op": "update", "id": str(uuid4()), "data": {"title": None}}, "/data/title", "string_type"),
            ({"op": "update", "id": str(uuid4())}, "/data", "missing"),
            ({"op": "update", "data": {}}, "/id", "missing"),
            ({"op": "update", "id": "1", "data": {}}, "/id", "invalid_uuid"),
            ({"op": "create", "data": {}}, "/data/title", "missing"),
            ({"op": "create", "id": str(uuid4()), "data": {"title": "x"}}, "/id", "extra_forbidden"),
            ({"op": "create", "if_version": 1, "data": {"title": "x"}}, "/if_version", "extra_forbidden"),
            ({"op": "complete", "id": str(uuid4()), "data": {}}, "/data/is_completed", "missing"),
            ({"op": "delete", "id": str(uuid4()), "data": {"permanent": "yes"}}, "/data/permanent", "bool_type"),
            ({"op": "delete", "id": str(uuid4()), "title": "x"}, "/title", "extra_forbidden"),
            ({"op": "restore", "id": str(uuid4()), "data": {}}, "/data", "extra_forbidden"),
            ({"op": "restore", "id": str(uuid4()), "if_version": "1"}, "/if_version", "int_type"),
            ({"op": "restore", "id": str(uuid4()), "if_version": True}, "/if_version", "int_type"),
            ({"op": "restore", "id": str(uuid4()), "if_version": 1.0}, "/if_version", "int_type"),
            ({"op": "restore", "id": str(uuid4()), "if_version": 2**31}, "/if_version", "less_than"),
            ({"op": "restore", "id": str(uuid4()), "if_version": 0}, "/if_version", "greater_than_equal"),
            ({"op": "move", "id": str(uuid4())}, "/op", "unknown_operation"),
            ({"op": ["update"]}, "/op", "unknown_operation"),
            ({}, "/op", "unknown_operation"),
            ([], "", "model_attributes_type"),
            (None, "", "model_attributes_type"),
            ("update", "", "model_attributes_type"),
        ],
    )
    async def test_are_refused_at_the_place_of_the_fault_even_in_part(
        self, ana: Api, operation: object, pointer: str, code: str
    ) -> None:
        body = {"operations": [create("a"), create("b"), create("c"), operation], "partial": True}
        document = problem(await ana.post("/tasks/bulk", body), 422, "validation_error")
        assert [(fault["pointer"], fault["code"]) for fault in document["errors"]] == [
            (f"/operations/3{pointer}", code)
        ]
        assert await titles(ana) == []

    async def test_anonymous_callers_are_refused(self, api: Api) -> None:
        problem(await send(api, create()), 401, "unauthorized")

    async def test_are_taken_at_both_addresses(self, ana: Api, bob: Api) -> None:
        body = {"operations": [create()]}
        assert (await ana.post(f"/users/{ana.id}/tasks/bulk", body)).status_code == 200
        problem(await bob.post(f"/users/{ana.id}/tasks/bulk", body), 403, "not_your_path")
        assert len(await titles(ana)) == 1

    async def test_are_no_task_of_the_name_bulk(self, ana: Api) -> None:
        for path in ("/tasks/bulk", f"/users/{ana.id}/tasks/bulk"):
            response = await ana.get(path)
            problem(response, 405, "method_not_allowed")
            assert response.headers["allow"] == "POST"


class TestAnotherUser:
    async def test_is_not_there_for_any_operation(self, ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
        tag = (await ana.post("/tags", {"name": "secret"})).json()
        task = await ana.create_task(title="secret", tags=[tag["id"]])
        gone = await ana.create_task(title="secret")
        await ana.delete(f"/tasks/{gone['id']}")
        own = await bob.create_task(title="Bob's")
        before = await rows_of(admin, ana.id)

        def attack(task_id: object, gone_id: object, tag_id: object) -> list[Operation]:
            return [
                *(update(task_id, title="stolen", if_version=version) for version in (None, 1, 9)),
                *(on("complete", task_id, if_version=version) for version in (None, 1, 9)),
                *(on("delete", task_id, if_version=version) for version in (None, 1, 9)),
                on("delete", task_id, data={"permanent": True}),
                on("restore", gone_id),
                on("delete", gone_id),
                update(own["id"], parent_id=str(task_id)),
                update(own["id"], tags=[str(tag_id)]),
                create("planted", parent_id=str(task_id)),
                create("planted", tags=[str(tag_id)]),
            ]

        foreign = await done(bob, *attack(task["id"], gone["id"], tag["id"]), partial=True)
        unknown = await done(bob, *attack(uuid4(), uuid4(), uuid4()), partial=True)
        assert foreign == unknown
        assert set(statuses(foreign)) == {404, 422}
        assert await rows_of(admin, ana.id) == before
        assert (await bob.get("/tasks")).json()["items"] == [own]

    async def test_may_use_the_same_ids(self, ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
        task_id = str(uuid4())
        hers = await ana.create_task(id=task_id, title="Ana's")
        before = await rows_of(admin, ana.id)
        await done(
            bob,
            create("Bob's", id=task_id),
            on("complete", task_id),
            on("delete", task_id),
            on("restore", task_id),
            on("delete", task_id, data={"permanent": True}),
        )
        assert await rows_of(admin, ana.id) == before
        assert await read(ana, task_id) == hers


class TestInParallel:
    async def test_batches_in_opposite_orders_lose_nothing(self, ana: Api) -> None:
        ids = [(await ana.create_task())["id"] for _ in range(20)]
        batches = [[update(task_id, title=f"by {n}") for task_id in ids[:: 1 if n % 2 else -1]] for n in range(8)]
        answers = await asyncio.gather(*(send(ana, *batch) for batch in batches))
        assert [answer.status_code for answer in answers] == [200] * 8
        tasks = [await read(ana, task_id) for task_id in ids]
        assert {task["version"] for task in tasks} == {9}
        assert len({task["title"] for task in tasks}) == 1

    async def test_trees_stay_trees(self, ana: Api) -> None:
        ids = [(await ana.create_task())["id"] for _ in range(4)]
        batches = [
            [update(ids[n], parent_id=ids[(n + 1) % 4]), update(ids[(n + 2) % 4], parent_id=ids[(n + 3) % 4])]
            for n in range(4)
        ]
        answers = await asyncio.gather(*(send(ana, *batch, partial=True) for batch in batches))
        assert {answer.status_code for answer in answers} == {200}
        parents = {task_id: (await read(ana, task_id))["parent_id"] for task_id in ids}
        for task_id in ids:
            steps, above = 0, parents[task_id]
            while above is not None:
                steps, above = steps + 1, parents[above]
                assert steps < 4

    async def test_the_same_batch_is_stored_once(self, ana: Api) -> None:
        batch = [create(f"{n}", id=str(uuid4())) for n in range(10)]
        answers = await asyncio.gather(*(send(ana, *batch) for _ in range(5)))
        found = sorted(tuple(statuses(answer.json()["results"])) for answer in answers)
        assert found == [(200,) * 10] * 4 + [(201,) * 10]
        assert len(await titles(ana)) == 10

    async def test_with_single_creates_each_id_is_stored_once(self, ana: Api) -> None:
        for _ in range(5):
            ids = [str(uuid4()) for _ in range(5)]
            single = [ana.post("/tasks", {"title": "x", "id": task_id}) for task_id in ids]
            batch, *answers = await asyncio.gather(send(ana, *(create("x", id=task_id) for task_id in ids)), *single)
            assert {answer.status_code for answer in answers} <= {200, 201}
            assert batch.status_code in (200, 503)
            if batch.status_code == 200:
                made = [*statuses(batch.json()["results"]), *(answer.status_code for answer in answers)]
                assert sorted(made) == [200] * 5 + [201] * 5
            for task_id in ids:
                assert (await read(ana, task_id))["version"] == 1

    async def test_with_a_merge_of_their_tags_every_task_ends_with_the_one_that_is_left(self, ana: Api) -> None:
        for _ in range(5):
            old, new = [(await ana.post("/tags", {"name": str(uuid4())})).json()["id"] for _ in range(2)]
            task = await ana.create_task(tags=[old])
            batch = [create("new", tags=[old]), update(task["id"], title="changed", tags=[old])]
            merged, answer = await asyncio.gather(ana.post(f"/tags/{old}/merge", {"into": new}), send(ana, *batch))
            assert (merged.status_code, answer.status_code) in {(200, 200), (200, 409), (503, 200), (200, 503)}
            ids = [task["id"]]
            if answer.status_code == 200:
                ids.append(answer.json()["results"][0]["task"]["id"])
            if merged.status_code == 200:
                for task_id in ids:
                    assert [tag["id"] for tag in (await read(ana, task_id))["tags"]] == [new]

    async def test_with_single_changes_all_count(self, ana: Api) -> None:
        ids = [(await ana.create_task())["id"] for _ in range(5)]
        single = [ana.patch(f"/tasks/{task_id}", {"description": "d"}) for task_id in ids]
        batch, *answers = await asyncio.gather(send(ana, *(update(task_id, title="t") for task_id in ids)), *single)
        assert {answer.status_code for answer in (batch, *answers)} == {200}
        for task_id in ids:
            task = await read(ana, task_id)
            assert (task["title"], task["description"], task["version"]) == ("t", "d", 3)


class TestStatements:
    async def test_are_as_many_for_one_as_for_a_hundred(self, ana: Api, sent: Sent) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        parent = await ana.create_task()

        async def count(*operations: Operation) -> int:
            await sent.forget()
            results = await done(ana, *operations)
            assert {result["status"] for result in results} <= {200, 201, 204}
            return await sent.count()

        async def made(number: int) -> list[str]:
            tasks = [{"title": f"{n}", "tags": [tag["id"]], "parent_id": parent["id"]} for n in range(number)]
            results = await done(ana, *({"op": "create", "data": task} for task in tasks))
            ids = [result["task"]["id"] for result in results]
            await done(ana, *(create("part", parent_id=task_id) for task_id in ids))
            return ids

        counted: dict[str, list[int]] = {}
        for number in (1, 100):
            ids = await made(number)
            numbered = list(enumerate(ids))
            kinds = {
                "create": [create(f"{n}", tags=[tag["id"]], parent_id=parent["id"]) for n in range(number)],
                "update": [update(i, title=f"new {n}", tags=[], parent_id=None) for n, i in numbered],
                "complete": [on("complete", task_id) for task_id in ids],
                "delete": [on("delete", task_id) for task_id in ids],
                "restore": [on("restore", task_id) for task_id in ids],
                "remove": [on("delete", task_id, data={"permanent": True}) for task_id in ids],
            }
            for kind, operations in kinds.items():
                counted.setdefault(kind, []).append(await count(*operations))
            kept = await done(ana, *(create("x", id=str(UUID(int=n))) for n in range(number)))
            again = [create("x", id=result["task"]["id"]) for result in kept]
            counted.setdefault("create again", []).append(await count(*again))
            ids = await made(number)
            mixed = [operation for task_id in ids for operation in (
                create("new", tags=[tag["id"]], parent_id=task_id),
                update(task_id, title="new", tags=[]),
                on("complete", task_id),
                on("delete", task_id),
            )]  # fmt: skip
            counted.setdefault("mixed", []).append(await count(*mixed))
        assert counted == {
            "create": [8, 8],
            "update": [8, 8],
            "complete": [6, 6],
            "delete": [6, 6],
            "restore": [7, 7],
            "remove": [5, 5],
            "create again": [5, 5],
            "mixed": [12, 12],
        }


class TestInstancesOfSeries:
    async def open_task(self, caller: Api, series: dict[str, Any]) -> dict[str, Any]:
        query = f"recurring_task_id={series['id']}&completed=false"
        (task,) = (await caller.get(f"/tasks?{query}")).json()["items"]
        return task

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            ({"op": "complete", "data": {"is_completed": True}}, "completed"),
            ({"op": "update", "data": {"is_completed": True}}, "completed"),
            ({"op": "delete"}, "skipped"),
            ({"op": "delete", "data": {"permanent": True}}, "skipped"),
        ],
        ids=str,
    )
    async def test_are_followed_by_the_next(self, ana: Api, operation: Operation, status: str) -> None:
        several = [await make_series(ana) for _ in range(2)]
        tasks = [await self.open_task(ana, series) for series in several]
        results = await done(ana, *({**operation, "id": task["id"]} for task in tasks), create("beside"))
        for series, task, result in zip(several, tasks, results, strict=False):
            following = await self.open_task(ana, series)
            assert following["occurrence_date"] > task["occurrence_date"]
            assert following["position"] == task["position"]
            instances = (await ana.get(f"/recurring-tasks/{series['id']}/instances")).json()["items"]
            assert [instance["status"] for instance in instances] == ["open", status]
            if "task" in result:
                assert result["task"] == await read(ana, task["id"])

    async def test_deleted_with_the_task_that_they_are_a_part_of_are_followed_too(self, ana: Api) -> None:
        series, parent = await make_series(ana), await ana.create_task()
        task = await self.open_task(ana, series)
        await done(ana, update(task["id"], parent_id=parent["id"]), on("delete", parent["id"]))
        assert (await self.open_task(ana, series))["occurrence_date"] > task["occurrence_date"]

    async def test_restored_are_open_again(self, ana: Api) -> None:
        series = await make_series(ana)
        task = await self.open_task(ana, series)
        await done(ana, on("delete", task["id"]))
        await done(ana, on("restore", task["id"]))
        instances = (await ana.get(f"/recurring-tasks/{series['id']}/instances")).json()["items"]
        assert [instance["status"] for instance in instances] == ["open", "open"]

    async def test_take_no_statement_for_each(self, ana: Api, sent: Sent) -> None:
        counts = []
        for number in (1, 6):
            tasks = [await self.open_task(ana, await make_series(ana)) for _ in range(number)]
            await sent.forget()
            await done(ana, *(on("complete", task["id"], data={"is_completed": True}) for task in tasks))
            counts.append(await sent.count())
        assert counts[0] == counts[1]
