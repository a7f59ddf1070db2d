"""What caches keep: those of a browser that somebody else uses next, and those between it and the service."""

from tests.factories import Api, make_series
from tests.security.conftest import Server
from tests.security.operations import Operation, operations_of


def is_private(cache_control: str) -> bool:
    return cache_control in ("no-store", "private, no-cache")


async def ids_of(caller: Api) -> dict[str, str]:
    task, series = await caller.create_task(), await make_series(caller)
    tag = (await caller.post("/tags", {"name": "Work"})).json()
    (session,) = (await caller.get("/auth/sessions")).json()["items"]
    return {
        "user_id": str(caller.id),
        "task_id": task["id"],
        "tag_id": tag["id"],
        "recurring_task_id": series["id"],
        "session_id": session["id"],
        "occurrence_date": series["next_date"],
    }


def private(server: Server) -> list[Operation]:
    return [operation for operation in operations_of(server) if operation.needs_user]


async def test_no_answer_to_a_user_may_be_kept_without_asking(server: Server, ana: Api) -> None:
    ids = await ids_of(ana)
    for operation in private(server):
        if operation.method == "GET":
            response = await ana.client.get(operation.path.format(**ids))
            assert response.status_code == 200, operation
            assert is_private(response.headers["cache-control"]), operation
            if response.headers["cache-control"] != "no-store":
                again = {"If-None-Match": response.headers.get("etag", '"x"')}
                after = await ana.client.get(operation.path.format(**ids), headers=again)
                assert is_private(after.headers["cache-control"]), operation


async def test_nor_any_refusal(server: Server, ana: Api) -> None:
    await ana.post("/auth/logout")
    ids = dict.fromkeys(("user_id", "task_id", "tag_id", "recurring_task_id", "session_id"), str(ana.id))
    for operation in private(server):
        path = operation.path.format(**ids, occurrence_date="2026-12-01")
        response = await ana.client.request(operation.method, path, json=operation.example())
        assert (response.status_code, response.headers["cache-control"]) == (401, "no-store"), operation


async def test_nor_what_an_account_is_opened_with(ana: Api, api: Api) -> None:
    form = {"username": ana.email, "password": "correct horse battery"}
    for response in (
        await ana.log_in(),
        await ana.post("/auth/refresh"),
        await ana.request("POST", "/auth/token", data=form),
        await api.register(),
    ):
        assert response.is_success
        assert response.headers["cache-control"] == "no-store"


async def test_a_file_name_at_the_end_does_not_make_an_answer_public(ana: Api) -> None:
    """Web cache deception: a cache that keeps by file names must find nothing of a user below one."""
    for path in ("/users/me/x.css", "/users/me/export/x.js", "/users/me%2fx.css", "/users/me;x.css", "/tasks/x.png"):
        response = await ana.get(path)
        assert response.status_code in (404, 422), path
        assert ana.email not in response.text
        assert response.headers["cache-control"] == "no-store"


async def test_only_what_is_the_same_for_all_is_public(server: Server, api: Api) -> None:
    asset = await api.client.get("/assets/index-DuFgfgYr.js")
    assert asset.headers["cache-control"].startswith("public")
    page = await api.client.get("/", headers={"Accept": "text/html"})
    assert page.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in page.headers
