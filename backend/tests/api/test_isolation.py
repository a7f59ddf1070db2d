"""Another user's things: for whoever does not own them they are not there, and nothing tells the difference."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from tests.factories import BASE, PASSWORD, Api, make_series, problem, task_data, unique_email

IDS = re.compile(r"{(\w+)}")
DAYS = re.compile(r"/\d{4}-\d\d-\d\d/")
OPEN_NAMES = {"name", "occurrence_date"}  # path parameters that are not ids of anything that somebody owns
CHANGING = {"date", "x-request-id"}


@dataclass(frozen=True)
class Attack:
    """A request on one operation, with another user's id in the path. ``name`` tells the cases of it apart."""

    method: str
    path: str
    name: str = "plain"
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        path = DAYS.sub("/{occurrence_date}/", self.path.partition("?")[0])
        return f"{self.method} {path}"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.name}"


TASK_ATTACKS = [
    Attack("GET", "/{task_id}"),
    Attack("GET", "/{task_id}", "with the owner's ETag", headers={"If-None-Match": '"1"'}),
    Attack("GET", "/{task_id}", "with any ETag", headers={"If-None-Match": "*"}),
    Attack("PATCH", "/{task_id}", body={"title": "stolen"}),
    Attack("PATCH", "/{task_id}", "empty", body={}),
    Attack("PATCH", "/{task_id}", "with its version", body={"title": "stolen"}, headers={"If-Match": '"1"'}),
    Attack("PATCH", "/{task_id}", "with a wrong version", body={"title": "stolen"}, headers={"If-Match": '"9"'}),
    Attack("PATCH", "/{task_id}", "with an invalid body", body={"title": ""}),
    Attack("PATCH", "/{task_id}", "with an impossible due time", body={"due_time": "10:00"}),
    Attack("DELETE", "/{task_id}"),
    Attack("DELETE", "/{task_id}", "with its version", headers={"If-Match": '"1"'}),
    Attack("DELETE", "/{task_id}", "with a wrong version", headers={"If-Match": '"9"'}),
    Attack("DELETE", "/{task_id}?permanent=true"),
    Attack("POST", "/{task_id}/restore"),
    Attack("POST", "/{task_id}/restore", "with a wrong version", headers={"If-Match": '"9"'}),
    Attack("POST", "/{task_id}/move", body={"before": str(uuid4())}),
    Attack(
        "POST", "/{task_id}/move", "with a wrong version", body={"after": str(uuid4())}, headers={"If-Match": '"9"'}
    ),
    Attack("PATCH", "/{task_id}/complete"),
    Attack("PATCH", "/{task_id}/complete", "to the state it has", body={"is_completed": False}),
    Attack("PATCH", "/{task_id}/complete", "to the other state", body={"is_completed": True}),
    Attack("PATCH", "/{task_id}/complete", "with its version", headers={"If-Match": '"1"'}),
    Attack("PATCH", "/{task_id}/complete", "with a wrong version", headers={"If-Match": '"9"'}),
]
LIST_ATTACKS = [
    Attack("GET", "/export"),
    Attack("GET", "/export?format=csv"),
    Attack("GET", "/export?format=ics"),
    Attack("POST", "/quick", body={"text": "planted"}),
    Attack("POST", "/quick", "with an invalid body", body={"text": ""}),
    Attack("GET", ""),
    Attack("POST", "", body=task_data(title="planted")),
    Attack("POST", "", "with an invalid body", body={"title": ""}),
    Attack("POST", "/bulk", body={"operations": [{"op": "create", "data": {"title": "planted"}}]}),
    Attack("POST", "/bulk", "with an invalid body", body={"operations": [{}]}),
    Attack("GET", "/stats"),
]


def below(prefix: str, attacks: list[Attack]) -> Iterator[Attack]:
    for attack in attacks:
        yield Attack(attack.method, f"{BASE}{prefix}{attack.path}", attack.name, attack.body, attack.headers)


TAG_ATTACKS = [
    Attack("GET", "/{tag_id}"),
    Attack("PATCH", "/{tag_id}", body={"name": "stolen"}),
    Attack("PATCH", "/{tag_id}", "empty", body={}),
    Attack("PATCH", "/{tag_id}", "with its version", body={"name": "stolen"}, headers={"If-Match": '"1"'}),
    Attack("PATCH", "/{tag_id}", "with a wrong version", body={"name": "stolen"}, headers={"If-Match": '"9"'}),
    Attack("DELETE", "/{tag_id}"),
    Attack("DELETE", "/{tag_id}", "with a wrong version", headers={"If-Match": '"9"'}),
    Attack("POST", "/{tag_id}/merge", body={"into": str(uuid4())}),
    Attack("POST", "/{tag_id}/merge", "with a wrong version", body={"into": str(uuid4())}, headers={"If-Match": '"9"'}),
]
SERIES_ATTACKS = [
    Attack("GET", "/{recurring_task_id}"),
    Attack("GET", "/{recurring_task_id}", "with any ETag", headers={"If-None-Match": "*"}),
    Attack("PATCH", "/{recurring_task_id}", body={"title": "stolen"}),
    Attack("PATCH", "/{recurring_task_id}", "empty", body={}),
    Attack("PATCH", "/{recurring_task_id}", "with an impossible rule", body={"rrule": "FREQ=HOURLY"}),
    Attack("PATCH", "/{recurring_task_id}", "with a wrong version", body={"title": "x"}, headers={"If-Match": '"9"'}),
    Attack("PATCH", "/{recurring_task_id}?scope=future", body={"title": "stolen"}),
    Attack("PATCH", "/{recurring_task_id}?scope=future&from=2026-01-01", body={"rrule": "FREQ=WEEKLY"}),
    Attack("DELETE", "/{recurring_task_id}"),
    Attack("DELETE", "/{recurring_task_id}", "with its version", headers={"If-Match": '"1"'}),
    Attack("DELETE", "/{recurring_task_id}", "with a wrong version", headers={"If-Match": '"9"'}),
    Attack("GET", "/{recurring_task_id}/instances"),
    Attack("GET", "/{recurring_task_id}/instances?include_total=true"),
    Attack("GET", "/{recurring_task_id}/occurrences"),
    Attack("GET", "/{recurring_task_id}/occurrences?after=2026-01-01"),
    Attack("POST", "/{recurring_task_id}/instances/{occurrence_date}/skip"),
    Attack("POST", "/{recurring_task_id}/instances/2026-01-01/skip", "on a day without an instance"),
    Attack(
        "POST",
        "/{recurring_task_id}/instances/{occurrence_date}/skip",
        "with a wrong version",
        headers={"If-Match": '"9"'},
    ),
]
ON_RESOURCES = [
    *below("/recurring-tasks", SERIES_ATTACKS),
    *below("/tags", TAG_ATTACKS),
    *below("/tasks", TASK_ATTACKS),
    Attack("DELETE", f"{BASE}/auth/sessions/{{session_id}}"),
]
UNDER_A_USER = [*below("/users/{user_id}/tasks", TASK_ATTACKS + LIST_ATTACKS)]


async def send(caller: Api, attack: Attack, ids: dict[str, object]) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, in which ids and the request id are the same word each time."""
    path = attack.path.format(**ids)
    options: dict[str, Any] = {} if attack.body is None else {"json": attack.body}
    response = await caller.client.request(attack.method, path, headers=attack.headers, **options)
    body = response.text.replace(response.headers["x-request-id"], "the request")
    for name, value in ids.items():
        body = body.replace(str(value), name)
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING}
    assert response.status_code < 500, body
    return response.status_code, headers, body


async def rows_of(admin: asyncpg.Connection, user_id: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored of a user, in whatever table."""
    owned = await admin.fetch(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE relkind = 'r' AND attname = 'user_id' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    columns = {"users": "id", **{row["relname"]: "user_id" for row in owned}}
    return {
        table: sorted(
            tuple(row) for row in await admin.fetch(f"SELECT t::text FROM {table} AS t WHERE {column} = $1", user_id)
        )
        for table, column in columns.items()
    }


async def session_ids(caller: Api) -> list[str]:
    return [item["id"] for item in (await caller.get("/auth/sessions")).json()["items"]]


class TestEveryRouteWithAnId:
    def test_is_attacked_below(self, app: FastAPI):
        operations = {
            f"{method.upper()} {path}"
            for path, methods in app.openapi()["paths"].items()
            for method in methods
            if set(IDS.findall(path)) - OPEN_NAMES
        }
        assert operations == {attack.operation for attack in (*ON_RESOURCES, *UNDER_A_USER)}

    @pytest.mark.parametrize("attack", ON_RESOURCES, ids=str)
    async def test_answers_for_another_users_id_as_for_one_that_does_not_exist(
        self, ana: Api, bob: Api, admin: asyncpg.Connection, attack: Attack
    ):
        tag = (await ana.post("/tags", {"name": "secret"})).json()
        task = await ana.create_task(description="secret", due_date="2026-12-01", due_time="10:00", tags=[tag["id"]])
        series = await make_series(ana, title="secret", tags=[tag["id"]])
        (session_id,) = await session_ids(ana)
        before = await rows_of(admin, ana.id)
        hers = {
            "task_id": task["id"],
            "tag_id": tag["id"],
            "session_id": session_id,
            "recurring_task_id": series["id"],
        }
        day = {"occurrence_date": series["next_date"]}

        foreign = await send(bob, attack, {**hers, **day})
        unknown = await send(bob, attack, {**{name: uuid4() for name in hers}, **day})

        assert foreign == unknown
        assert foreign[0] in (404, 422)
        assert "secret" not in foreign[2]
        assert await rows_of(admin, ana.id) == before

    @pytest.mark.parametrize("attack", UNDER_A_USER, ids=str)
    async def test_is_closed_under_another_user_whether_there_is_one_or_not(
        self, ana: Api, bob: Api, admin: asyncpg.Connection, attack: Attack
    ):
        task = await ana.create_task()
        before = await rows_of(admin, ana.id)

        foreign = await send(bob, attack, {"user_id": ana.id, "task_id": task["id"]})
        foreign_unknown = await send(bob, attack, {"user_id": ana.id, "task_id": uuid4()})
        unknown = await send(bob, attack, {"user_id": uuid4(), "task_id": uuid4()})

        assert foreign == foreign_unknown == unknown
        assert (foreign[0], '"code":"not_your_path"' in foreign[2]) == (403, True)
        assert await rows_of(admin, ana.id) == before

    @pytest.mark.parametrize("attack", [a for a in UNDER_A_USER if "{task_id}" in a.path], ids=str)
    async def test_keeps_another_users_task_out_of_ones_own_path(
        self, ana: Api, bob: Api, admin: asyncpg.Connection, attack: Attack
    ):
        task = await ana.create_task()
        before = await rows_of(admin, ana.id)

        foreign = await send(bob, attack, {"user_id": bob.id, "task_id": task["id"]})
        unknown = await send(bob, attack, {"user_id": bob.id, "task_id": uuid4()})

        assert foreign == unknown
        assert foreign[0] in (404, 422)
        assert await rows_of(admin, ana.id) == before

    async def test_tells_a_stranger_nothing(self, ana: Api, api: Api):
        task = await ana.create_task()
        (session_id,) = await session_ids(ana)
        tag = (await ana.post("/tags", {"name": "secret"})).json()
        series = await make_series(ana)
        hers = {
            "user_id": ana.id,
            "task_id": task["id"],
            "tag_id": tag["id"],
            "session_id": session_id,
            "recurring_task_id": series["id"],
        }
        day = {"occurrence_date": series["next_date"]}
        for attack in (*ON_RESOURCES, *UNDER_A_USER):
            foreign = await send(api, attack, {**hers, **day})
            unknown = await send(api, attack, {**{name: uuid4() for name in hers}, **day})
            assert foreign == unknown, attack
            assert foreign[0] == 401, attack


class TestLists:
    async def test_hold_only_ones_own(self, ana: Api, bob: Api):
        for number in range(3):
            await ana.create_task(title=f"Ana's {number}", priority="high", due_date="2026-12-01")
        own = await bob.create_task(title="Bob's", priority="high", due_date="2026-12-01")

        for query in ("", "priority=high", "completed=false", "due_before=2027-01-01", "sort=title", "sort=-due_date"):
            page = (await bob.get(f"/tasks?include_total=true&{query}")).json()
            assert page == {"items": [own], "next_cursor": None, "total": 1}, query

    async def test_are_the_same_before_and_after_another_user_writes(self, ana: Api, bob: Api):
        own = [await bob.create_task(title=f"Bob's {number}") for number in range(3)]

        async def seen() -> list[bytes]:
            paths = [
                "/tasks?include_total=true",
                "/tasks?limit=2",
                "/tasks/stats",
                "/priorities",
                f"/tasks/{own[0]['id']}",
                "/users/me",
            ]
            return [(await bob.get(path)).content for path in paths]

        before = await seen()
        task = await ana.create_task()
        await ana.patch(f"/tasks/{task['id']}", {"title": "Changed", "priority": "urgent"})
        await ana.patch(f"/tasks/{task['id']}/complete")
        assert await seen() == before

    async def test_show_only_ones_own_sessions(self, ana: Api, bob: Api):
        await ana.log_in()
        assert len(await session_ids(ana)) == 2
        assert len(await session_ids(bob)) == 1

    async def test_empty_for_whoever_has_nothing(self, ana: Api, bob: Api):
        await ana.create_task()
        assert (await bob.get("/tasks?include_total=true")).json() == {"items": [], "next_cursor": None, "total": 0}


class TestCursors:
    @pytest.mark.parametrize("sort", ["created_at", "-created_at", "title", "-due_date", "priority"])
    async def test_of_another_user_are_refused(self, ana: Api, bob: Api, sort: str):
        for caller in (ana, bob):
            for number in range(3):
                await caller.create_task(title=f"Task {number}", due_date="2026-12-01", priority="low")
        cursor = (await ana.get(f"/tasks?limit=1&sort={sort}")).json()["next_cursor"]

        document = problem(await bob.get(f"/tasks?limit=1&sort={sort}&cursor={cursor}"), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "query/cursor"
        assert (await ana.get(f"/tasks?limit=1&sort={sort}&cursor={cursor}")).status_code == 200

    async def test_are_good_at_both_addresses_of_the_list(self, ana: Api):
        for _ in range(2):
            await ana.create_task()
        cursor = (await ana.get("/tasks?limit=1")).json()["next_cursor"]
        page = await ana.get(f"/users/{ana.id}/tasks?limit=1&cursor={cursor}")
        assert len(page.json()["items"]) == 1


class TestIdsOfTheClient:
    async def test_that_another_user_has_used_are_simply_free(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        task_id = str(uuid4())
        hers = await ana.create_task(id=task_id, title="Ana's")
        before = await rows_of(admin, ana.id)

        his = await bob.create_task(id=task_id, title="Bob's")
        assert (his["id"], his["title"], his["user_id"]) == (task_id, "Bob's", str(bob.id))
        again = await bob.post("/tasks", task_data(id=task_id, title="Bob's"))
        assert (again.status_code, again.json()) == (200, his)
        problem(await bob.post("/tasks", task_data(id=task_id, title="Other")), 409, "id_in_use")

        assert await rows_of(admin, ana.id) == before
        assert (await ana.get(f"/tasks/{task_id}")).json() == hers

    async def test_used_by_both_name_ones_own_task(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        task_id = str(uuid4())
        for caller in (ana, bob):
            await caller.create_task(id=task_id, title="The same words")
        before = await rows_of(admin, ana.id)

        changed = await bob.patch(f"/tasks/{task_id}", {"title": "Bob's"}, headers={"If-Match": '"1"'})
        assert changed.status_code == 200
        assert (await bob.patch(f"/tasks/{task_id}/complete")).status_code == 200
        assert (await bob.delete(f"/tasks/{task_id}?permanent=true")).status_code == 204
        assert (await bob.get(f"/tasks/{task_id}")).status_code == 404

        assert await rows_of(admin, ana.id) == before


FORBIDDEN = {
    "user_id": str(UUID(int=1)),
    "owner_id": str(UUID(int=1)),
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "version": 99,
    "completed_at": "2020-01-01T00:00:00Z",
    "due_at": "2020-01-01T00:00:00Z",
    "title_key": "a",
    "content_hash": "a",
    "priority_id": 4,
    "is_active": False,
    "is_admin": True,
    "password_hash": "$2b$04$abcdefghijklmnopqrstuu",
    "email_key": "a@example.com",
    "username_key": "a",
    "__proto__": {"is_admin": True},
}


class TestFieldsThatNobodyMaySet:
    async def test_are_refused_when_a_task_is_made(self, ana: Api):
        for name, value in FORBIDDEN.items():
            problem(await ana.post("/tasks", task_data(**{name: value})), 422, "validation_error")
        assert (await ana.get("/tasks")).json()["items"] == []

    async def test_are_refused_when_a_task_is_changed(self, ana: Api, admin: asyncpg.Connection):
        task = await ana.create_task()
        before = await rows_of(admin, ana.id)
        for name, value in FORBIDDEN.items():
            answer = await ana.patch(f"/tasks/{task['id']}", {"title": "Changed", name: value})
            assert problem(answer, 422, "validation_error")["errors"] == [
                {"pointer": f"/{name}", "code": "extra_forbidden", "message": "is not a field that can be set here"}
            ]
            problem(await ana.patch(f"/tasks/{task['id']}/complete", {name: value}), 422, "validation_error")
        assert await rows_of(admin, ana.id) == before

    async def test_are_refused_at_registration(self, api: Api, admin: asyncpg.Connection):
        for name, value in FORBIDDEN.items():
            problem(await api.register(**{name: value}), 422, "validation_error")
        assert await admin.fetchval("SELECT count(*) FROM users WHERE email = $1", api.email) == 0

    async def test_are_refused_in_the_profile(self, ana: Api, admin: asyncpg.Connection):
        before = await rows_of(admin, ana.id)
        for name, value in FORBIDDEN.items():
            problem(await ana.patch("/users/me", {"first_name": "A", name: value}), 422, "validation_error")
        assert await rows_of(admin, ana.id) == before


class TestTheIdOfAStoredResource:
    async def test_cannot_be_changed(self, ana: Api, admin: asyncpg.Connection):
        task = await ana.create_task()
        before = await rows_of(admin, ana.id)
        problem(await ana.patch(f"/tasks/{task['id']}", {"id": str(uuid4())}), 422, "validation_error")
        problem(await ana.patch("/users/me", {"id": str(uuid4())}), 422, "validation_error")
        assert await rows_of(admin, ana.id) == before

    async def test_cannot_be_chosen_for_an_account(self, api: Api):
        problem(await api.register(id=str(uuid4())), 422, "validation_error")


class TestWhatBobDoesToHisAccount:
    async def test_leaves_ana_alone(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        await ana.create_task()
        await bob.create_task()
        before = await rows_of(admin, ana.id)

        assert (await bob.log_in()).status_code == 200
        assert (await bob.delete("/auth/sessions")).status_code == 204
        change = {"current_password": PASSWORD, "new_password": "staple the other horse"}
        assert (await bob.post("/auth/change-password", change)).status_code == 204
        assert (await bob.patch("/users/me", {"first_name": "Bob", "timezone": "Asia/Tokyo"})).status_code == 200
        assert (await bob.post("/auth/logout")).status_code == 204
        assert (await bob.log_in(password="staple the other horse")).status_code == 200
        deleted = await bob.delete("/users/me", {"current_password": "staple the other horse"})
        assert deleted.status_code == 204

        assert await rows_of(admin, ana.id) == before
        assert (await ana.get("/tasks?include_total=true")).json()["total"] == 1
        assert not any((await rows_of(admin, bob.id)).values())

    async def test_needs_his_own_password_not_anas(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        hers = "only ana has this one"
        change = {"current_password": PASSWORD, "new_password": hers}
        assert (await ana.post("/auth/change-password", change)).status_code == 204
        before = await rows_of(admin, bob.id)

        problem(await bob.delete("/users/me", {"current_password": hers}), 403, "wrong_password")
        problem(
            await bob.post("/auth/change-password", {"current_password": hers, "new_password": "staple the horse"}),
            403,
            "wrong_password",
        )
        problem(
            await bob.patch("/users/me", {"email": unique_email(), "current_password": hers}), 403, "wrong_password"
        )
        assert await rows_of(admin, bob.id) == before

    async def test_cannot_take_anas_address_or_name(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        name = f"ana-{uuid4().hex[:12]}"
        assert (await ana.patch("/users/me", {"username": name})).status_code == 200
        before = await rows_of(admin, ana.id), await rows_of(admin, bob.id)

        taken = {"email": ana.email.upper(), "current_password": PASSWORD}
        problem(await bob.patch("/users/me", taken), 409, "email_taken")
        problem(await bob.patch("/users/me", {"username": name.upper()}), 409, "username_taken")
        assert (await rows_of(admin, ana.id), await rows_of(admin, bob.id)) == before

    async def test_with_anas_etag_is_judged_by_his_own_version(self, ana: Api, bob: Api):
        await ana.patch("/users/me", {"first_name": "Ana"})
        etag = (await ana.get("/users/me")).headers["etag"]
        assert etag == '"2"'
        changed = await bob.patch("/users/me", {"first_name": "Bob"}, headers={"If-Match": etag})
        problem(changed, 412, "version_mismatch")

    async def test_cannot_use_anas_cookie_with_his_token_against_her(
        self, ana: Api, bob: Api, admin: asyncpg.Connection
    ):
        before = await rows_of(admin, ana.id)
        hers = ana.client.cookies["refresh_token"]
        bob.client.cookies.clear()
        response = await bob.post("/auth/logout", headers={"Cookie": f"refresh_token={hers}"})
        assert response.status_code == 204  # the token says whose session ends
        problem(await bob.get("/users/me"), 401, "unauthorized")
        assert await rows_of(admin, ana.id) == before


class TestAnotherUsersExistence:
    async def test_shows_in_no_header_of_a_404(self, ana: Api, bob: Api):
        task = await ana.create_task()
        for method in ("GET", "HEAD", "PATCH", "DELETE"):
            body = {"json": {}} if method == "PATCH" else {}
            response = await bob.request(method, f"/tasks/{task['id']}", **body)
            assert response.status_code == 404
            assert not {"etag", "location", "link", "last-modified"} & set(response.headers)

    async def test_shows_in_no_listing_of_methods(self, ana: Api, bob: Api):
        task = await ana.create_task()
        known, unknown = [await bob.request("PUT", f"/tasks/{one}") for one in (task["id"], uuid4())]
        assert known.headers["allow"] == unknown.headers["allow"]
        assert known.status_code == unknown.status_code == 405
