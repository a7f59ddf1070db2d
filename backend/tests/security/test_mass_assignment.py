"""Fields that a body must not set: whose a thing is, what it is called inside, when it was made."""

import json

import pytest

from tests.factories import Api, make_series, problem
from tests.security.conftest import Server
from tests.security.operations import operations_of

HIDDEN = {
    "user_id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
    "owner_id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
    "version": 99,
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "completed_at": "2020-01-01T00:00:00Z",
    "deleted_at": "2020-01-01T00:00:00Z",
    "due_at": "2020-01-01T00:00:00Z",
    "position": "a0",
    "recurring_task_id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
    "occurrence_date": "2026-12-01",
    "content_hash": "AA==",
    "title_key": "x",
    "task_count": 7,
    "is_admin": True,
    "is_superuser": True,
    "is_active": True,
    "role": "admin",
    "roles": ["admin"],
    "scope": "admin",
    "email_verified_at": "2020-01-01T00:00:00Z",
    "email_verified": True,
    "email_key": "ana@example.com",
    "password_hash": "x",
    "__proto__": {"is_admin": True},
    "constructor": {"prototype": {"is_admin": True}},
}


async def test_no_body_of_any_route_takes_one(server: Server, ana: Api) -> None:
    attacked = 0
    for operation in operations_of(server):
        if operation.body_model is None or operation.body_model == "ExportDocument":
            continue
        allowed = operation.components[operation.body_model]["properties"]
        path = operation.path.format(
            **dict.fromkeys(operation.ids, HIDDEN["user_id"]) | {"user_id": ana.id, "occurrence_date": "2026-12-01"}
        )
        added = {name: value for name, value in HIDDEN.items() if name not in allowed}
        response = await ana.client.request(operation.method, path, json={**operation.example(), **added})
        refused = {error["pointer"] for error in problem(response, 422, "validation_error")["errors"]}
        assert refused == {f"/{name}" for name in added}, operation
        attacked += 1
    assert attacked >= 23


async def test_nor_does_an_operation_of_many(ana: Api) -> None:
    task = await ana.create_task()
    for name, value in HIDDEN.items():
        for operation in (
            {"op": "create", "data": {"title": "x", name: value}},
            {"op": "update", "id": task["id"], "data": {"title": "x", name: value}},
            {"op": "complete", "id": task["id"], name: value},
        ):
            problem(await ana.post("/tasks/bulk", {"operations": [operation]}), 422, "validation_error")
    assert (await ana.get(f"/tasks/{task['id']}")).json() == task


async def test_an_id_is_not_changed(ana: Api) -> None:
    task, series = await ana.create_task(), await make_series(ana)
    tag = (await ana.post("/tags", {"name": "Work"})).json()
    for path in (f"/tasks/{task['id']}", f"/tags/{tag['id']}", f"/recurring-tasks/{series['id']}", "/users/me"):
        problem(await ana.patch(path, {"id": HIDDEN["user_id"]}), 422, "validation_error")


async def test_what_is_not_taken_does_not_ride_along_in_a_query_or_a_form(server: Server, api: Api) -> None:
    query = {name: json.dumps(value) for name, value in HIDDEN.items()}
    response = await api.request(
        "POST", "/auth/register", json={"email": api.email, "password": "x" * 20}, params=query
    )
    assert response.status_code in (201, 422)
    await api.request("POST", "/auth/token", data={"username": api.email, "password": "x" * 20, **query})
    rows = await server.fetch("SELECT is_active, email_verified_at FROM users WHERE email = $1", api.email)
    assert [tuple(row) for row in rows] in ([], [(True, None)])


@pytest.mark.parametrize("name", ["user_id", "owner_id", "is_admin"])
async def test_an_imported_document_belongs_to_whoever_imports_it(ana: Api, bob: Api, name: str) -> None:
    await ana.create_task(title="secret")
    document = (await ana.get("/users/me/export")).json()
    for task in document["tasks"]:
        task[name] = str(ana.id)
    response = await bob.post("/users/me/import", document)
    assert response.status_code in (200, 422)
    assert {task["user_id"] for task in (await bob.get("/tasks")).json()["items"]} <= {str(bob.id)}
    assert len((await ana.get("/tasks")).json()["items"]) == 1
