"""Another user's ids, on every route that takes one and in every body that may hold one."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.factories import BASE, Api, make_series
from tests.security.conftest import Server
from tests.security.operations import Operation, operations_of

Ids = dict[str, str]


async def belongings(owner: Api) -> Ids:
    """The ids of one of everything that a user can have; of tasks and tags two."""
    tags = [(await owner.post("/tags", {"name": f"secret {uuid4()}"})).json()["id"] for _ in range(2)]
    tasks = [(await owner.create_task(title=f"secret {n}", tags=tags))["id"] for n in range(2)]
    series = await make_series(owner, title="secret")
    sessions = (await owner.get("/auth/sessions")).json()["items"]
    return {
        "user_id": str(owner.id),
        "task_id": tasks[0],
        "other_task_id": tasks[1],
        "tag_id": tags[0],
        "other_tag_id": tags[1],
        "recurring_task_id": series["id"],
        "occurrence_date": series["next_date"],
        "session_id": sessions[0]["id"],
    }


def nobodys(ids: Ids) -> Ids:
    return {name: value if name == "occurrence_date" else str(uuid4()) for name, value in ids.items()}


def body_of(operation: Operation, ids: Ids) -> Any:
    """A valid one; what a move or a merge names besides is of the same owner."""
    if operation.body_model == "TaskMove":
        return {"before": ids["other_task_id"]}
    if operation.body_model == "TagMerge":
        return {"into": ids["other_tag_id"]}
    if operation.body_model == "TaskBulk":
        return {"operations": [{"op": "complete", "id": ids["task_id"]}]}
    return operation.example()


async def send(caller: Api, operation: Operation, ids: Ids) -> httpx.Response:
    body = body_of(operation, ids)
    options = {} if body is None else {"json": body}
    return await caller.client.request(operation.method, operation.path.format(**ids), **options)


def seen(response: httpx.Response, ids: Ids) -> tuple[int, dict[str, str], str]:
    """All that a caller is told, where ids are their names and the request's own id is left out."""
    text = response.text.replace(response.headers["x-request-id"], "")
    for name, value in ids.items():
        text = text.replace(value, name)
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "x-request-id")}
    return response.status_code, headers, text


async def test_on_every_route_they_are_as_unknown_as_any(server: Server, ana: Api, bob: Api) -> None:
    attacked = [operation for operation in operations_of(server) if operation.ids]
    assert len(attacked) >= 29
    for operation in attacked:
        hers = await belongings(ana)
        unknown = nobodys(hers)
        told = seen(await send(bob, operation, hers), hers)
        assert told == seen(await send(bob, operation, unknown), unknown), operation
        assert told[0] == (403 if "user_id" in operation.ids else 404), operation
        assert "secret" not in told[2], operation

        assert (await send(ana, operation, hers)).status_code < 300, f"{operation}: the attack attacks nothing"
        if not (await ana.get("/auth/sessions")).is_success:  # she has just ended it
            await ana.log_in()


async def test_below_ones_own_path_they_are_as_unknown(server: Server, ana: Api, bob: Api) -> None:
    hers = {**await belongings(ana), "user_id": str(bob.id)}
    unknown = {**nobodys(hers), "user_id": str(bob.id)}
    for operation in operations_of(server):
        if {"user_id", "task_id"} <= operation.ids:
            told = seen(await send(bob, operation, hers), hers)
            assert told == seen(await send(bob, operation, unknown), unknown), operation
            assert told[0] == 404, operation


Body = Callable[[Ids, Ids], dict[str, Any]]
IN_BODIES: dict[str, tuple[str, str, Body]] = {
    "a tag of a new task": ("POST", "/tasks", lambda _, hers: {"title": "x", "tags": [hers["tag_id"]]}),
    "a tag of a task": ("PATCH", "/tasks/{task_id}", lambda _, hers: {"tags": [hers["tag_id"]]}),
    "the parent of a new task": ("POST", "/tasks", lambda _, hers: {"title": "x", "parent_id": hers["task_id"]}),
    "the parent of a task": ("PATCH", "/tasks/{task_id}", lambda _, hers: {"parent_id": hers["task_id"]}),
    "the neighbour of a task": ("POST", "/tasks/{task_id}/move", lambda _, hers: {"before": hers["task_id"]}),
    "the tag that one becomes": ("POST", "/tags/{tag_id}/merge", lambda _, hers: {"into": hers["tag_id"]}),
    "a tag of a new series": (
        "POST",
        "/recurring-tasks",
        lambda _, hers: {"title": "x", "rrule": "FREQ=DAILY", "tags": [hers["tag_id"]]},
    ),
    "a tag of a series": ("PATCH", "/recurring-tasks/{recurring_task_id}", lambda _, hers: {"tags": [hers["tag_id"]]}),
    **{
        f"to {op} among one's own": (
            "POST",
            "/tasks/bulk",
            lambda his, hers, op=op, data=data: {
                "operations": [
                    {"op": op, "id": his["task_id"], **data},
                    {"op": op, "id": hers["task_id"], **data},
                ]
            },
        )
        for op, data in {
            "update": {"data": {"title": "stolen"}},
            "complete": {},
            "delete": {},
            "restore": {},
        }.items()
    },
}


@pytest.mark.parametrize("name", IN_BODIES)
async def test_in_bodies_they_are_as_unknown(ana: Api, bob: Api, name: str) -> None:
    method, path, body = IN_BODIES[name]
    his, hers = await belongings(bob), await belongings(ana)
    unknown = nobodys(hers)

    foreign = await bob.request(method, path.format(**his), json=body(his, hers))
    nothing = await bob.request(method, path.format(**his), json=body(his, unknown))

    assert seen(foreign, hers) == seen(nothing, unknown)
    assert 400 <= foreign.status_code < 500
    assert (await ana.get(f"/tasks/{hers['task_id']}")).json()["title"] == "secret 0"


async def test_an_id_of_hers_is_free_for_him(ana: Api, bob: Api) -> None:
    hers = await ana.create_task(title="secret")
    his = await bob.create_task(id=hers["id"], title="mine")
    assert (his["title"], his["user_id"]) == ("mine", str(bob.id))
    assert (await ana.get(f"/tasks/{hers['id']}")).json() == hers


async def test_her_etag_tells_him_nothing(ana: Api, bob: Api) -> None:
    path = f"{BASE}/tasks/{(await ana.create_task())['id']}"
    for headers in ({"If-None-Match": '"1"'}, {"If-None-Match": "*"}, {"If-Match": '"1"'}):
        assert (await bob.client.get(path, headers=headers)).status_code == 404


SHARED = ("/tasks?include_total=true", "/tasks?q=secret&include_total=true", "/tasks/stats", "/tags?include_total=true")
SHARED += ("/recurring-tasks", "/tasks/export?format=csv", "/tasks/export?format=ics", "/auth/sessions", "/users/me")


async def test_what_she_does_changes_no_list_or_count_of_his(ana: Api, bob: Api) -> None:
    await bob.create_task(title="mine")
    before = [(await bob.get(path)).content for path in SHARED]
    await belongings(ana)
    assert [(await bob.get(path)).content for path in SHARED] == before


@pytest.mark.parametrize("query", ["user_id={}", "owner={}", "sort=user_id", "sort=content_hash", "sort=title_key"])
async def test_no_hidden_column_filters_or_sorts(ana: Api, bob: Api, query: str) -> None:
    assert (await bob.get(f"/tasks?{query.format(ana.id)}")).status_code == 422
