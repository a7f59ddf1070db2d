"""Registration, logging in, staying logged in, logging out, and the list of sessions."""

import asyncio
import base64
from datetime import datetime
from http.cookies import SimpleCookie
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import settings_for
from tests.factories import PASSWORD, Api, problem, unique_email


def cookie_of(response: httpx.Response) -> SimpleCookie:
    return SimpleCookie(response.headers["set-cookie"])


async def rewind(admin: asyncpg.Connection, user: Api, seconds: int) -> None:
    """Let the last rotation of the user's sessions be this many seconds ago."""
    await admin.execute(
        "UPDATE sessions SET rotated_at = rotated_at - $2 * interval '1 second' WHERE user_id = $1", user.id, seconds
    )


class TestRegister:
    async def test_makes_an_account_and_says_where_it_is(self, api: Api) -> None:
        response = await api.register(username="Ana_1", first_name="Ana", timezone="Europe/Madrid")
        user = response.json()
        assert response.status_code == 201
        assert (response.headers["location"], response.headers["etag"]) == ("/api/v1/users/me", '"1"')
        assert response.headers["cache-control"] == "no-store"
        assert (user["email"], user["username"], user["first_name"]) == (api.email, "Ana_1", "Ana")
        assert (user["last_name"], user["timezone"], user["version"]) == (None, "Europe/Madrid", 1)
        assert not {"password", "password_hash", "is_active", "email_key"} & user.keys()

    @pytest.mark.parametrize(
        ("first", "second"),
        [("Ana@Example.com", "ana@example.COM"), ("jos\u00e9@example.com", "jose\u0301@example.com")],
    )
    async def test_an_address_is_the_same_in_any_case_and_form(self, api: Api, first: str, second: str) -> None:
        tag = uuid4().hex[:12]
        assert (await api.register(email=f"{tag}{first}")).status_code == 201
        problem(await api.register(email=f"{tag}{second}"), 409, "email_taken")

    async def test_a_username_is_the_same_in_any_case_and_form(self, api: Api) -> None:
        name = f"Zoë{uuid4().hex[:12]}"
        assert (await api.register(username=name)).status_code == 201
        other = await api.register(email=unique_email(), username=name.upper().replace("Ë", "E\u0308"))
        problem(other, 409, "username_taken")

    async def test_of_fifty_parallel_registrations_one_succeeds(self, api: Api) -> None:
        answers = await asyncio.gather(*(api.register() for _ in range(50)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49

    @pytest.mark.parametrize(
        "email", ["Ana <ana@example.com>", "maria@", "@todo.example", "ana example.com", "a" * 300 + "@example.com"]
    )
    async def test_refuses_what_is_no_address(self, api: Api, email: str) -> None:
        response = await api.register(email=email)
        assert problem(response, 422, "validation_error")["errors"][0]["pointer"] == "/email"
        assert email not in response.text

    @pytest.mark.parametrize("password", ["Sh0rt!", "a" * 129, "password123", "PASSWORD123"])
    async def test_refuses_a_bad_password(self, api: Api, password: str) -> None:
        response = await api.register(password=password)
        assert problem(response, 422, "validation_error")["errors"][0]["pointer"] == "/password"
        assert password not in response.text

    async def test_refuses_the_address_as_password(self, api: Api) -> None:
        problem(await api.register(password=api.email.upper()), 422, "validation_error")


class TestLogin:
    async def test_gives_an_access_token_and_a_cookie(self, ana: Api) -> None:
        response = await ana.log_in()
        body = response.json()
        assert (body["token_type"], body["expires_in"], body["user"]["email"]) == ("bearer", 900, ana.email)
        assert response.headers["cache-control"] == "no-store"
        cookie = cookie_of(response)["refresh_token"]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/api/v1/auth", "strict", True)
        assert int(cookie["max-age"]) == 30 * 24 * 3600
        assert "refresh_token" not in body

    @pytest.mark.parametrize(
        ("origin", "is_secure"),
        [("http://localhost:8000", False), ("http://todo.example.com", True), ("https://localhost", True)],
    )
    async def test_the_cookie_is_secure_unless_on_plain_localhost(self, ana: Api, origin: str, is_secure: bool) -> None:
        body = {"email": ana.email, "password": PASSWORD}
        response = await ana.client.post(f"{origin}/api/v1/auth/login", json=body)
        assert bool(cookie_of(response)["refresh_token"]["secure"]) is is_secure

    async def test_takes_the_username_and_any_case(self, api: Api) -> None:
        name = f"Ana{uuid4().hex[:12]}"
        await api.register(username=name)
        assert (await api.log_in(email=name.upper())).status_code == 200
        assert (await api.log_in(email=f"  {api.email.upper()} ")).status_code == 200

    async def test_says_the_same_of_a_wrong_password_and_of_no_account(
        self, ana: Api, admin: asyncpg.Connection
    ) -> None:
        wrong = await ana.log_in(password="not the password")
        unknown = await ana.log_in(email=unique_email())
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        inactive = await ana.log_in()
        for response in (wrong, unknown, inactive):
            document = problem(response, 401, "invalid_credentials")
            assert response.text.replace(document["request_id"], "") == wrong.text.replace(
                wrong.json()["request_id"], ""
            )
            assert "set-cookie" not in response.headers

    async def test_a_legacy_hash_is_upgraded(self, ana: Api, admin: asyncpg.Connection) -> None:
        from passlib.hash import bcrypt

        await admin.execute(
            "UPDATE users SET password_hash = $2 WHERE id = $1", ana.id, bcrypt.using(rounds=4).hash(PASSWORD)
        )
        assert (await ana.log_in()).status_code == 200
        stored = await admin.fetchval("SELECT password_hash FROM users WHERE id = $1", ana.id)
        assert stored.startswith("$bcrypt-sha256$")
        assert (await ana.log_in()).status_code == 200

    async def test_keeps_no_more_than_a_hundred_sessions(self, ana: Api, admin: asyncpg.Connection) -> None:
        await admin.execute(
            "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at, last_used_at) "
            "SELECT $1, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), sha256('x'), "
            "now() + interval '1 day', now() + interval '1 day', now() - n * interval '1 minute' "
            "FROM generate_series(1, 120) AS n",
            ana.id,
        )
        await ana.log_in()
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 100

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
    async def test_a_foreign_page_cannot_log_in(self, ana: Api, origin: str) -> None:
        body = {"email": ana.email, "password": PASSWORD}
        problem(await ana.post("/auth/login", body, headers={"Origin": origin}), 403, "foreign_origin")
        assert (await ana.post("/auth/login", body, headers={"Origin": "http://localhost"})).status_code == 200


class TestTokenEndpoint:
    async def test_the_password_grant_and_its_refresh(self, ana: Api) -> None:
        pair = (await self.form(ana, username=ana.email, password=PASSWORD, grant_type="password")).json()
        assert pair.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
        second = await self.form(ana, grant_type="refresh_token", refresh_token=pair["refresh_token"])
        assert second.json()["refresh_token"] != pair["refresh_token"]
        ana.use(second.json()["access_token"])
        assert (await ana.get("/users/me")).status_code == 200
        assert "set-cookie" not in second.headers

    @pytest.mark.parametrize(
        "fields",
        [
            {"grant_type": "password", "username": "nobody@example.com", "password": "wrong password"},
            {"grant_type": "refresh_token", "refresh_token": "abc"},
        ],
    )
    async def test_refuses_as_rfc_6749_says(self, api: Api, fields: dict[str, str]) -> None:
        assert problem(await self.form(api, **fields), 400, "invalid_grant")["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        "fields", [{"grant_type": "client_credentials"}, {"grant_type": "password"}, {"grant_type": "refresh_token"}]
    )
    async def test_names_what_is_missing(self, api: Api, fields: dict[str, str]) -> None:
        problem(await self.form(api, **fields), 422, "validation_error")

    @staticmethod
    async def form(caller: Api, **fields: str) -> httpx.Response:
        return await caller.request("POST", "/auth/token", data=fields)


class TestRefresh:
    async def test_rotates_the_token_and_gives_a_working_access_token(self, ana: Api) -> None:
        before = ana.client.cookies["refresh_token"]
        response = await ana.post("/auth/refresh")
        assert response.status_code == 200
        assert ana.client.cookies["refresh_token"] != before
        ana.use(response.json()["access_token"])
        assert (await ana.get("/users/me")).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b", "A" * 43 + "." + "A" * 43, "é" * 10])
    async def test_refuses_what_it_never_gave(self, api: Api, token: str) -> None:
        headers = [(b"cookie", f"refresh_token={token}".encode())]
        problem(await api.post("/auth/refresh", headers=headers), 401, "invalid_refresh_token")

    async def test_twenty_parallel_refreshes_leave_one_live_chain(self, ana: Api) -> None:
        token = ana.client.cookies["refresh_token"]
        answers = await asyncio.gather(*(self.refresh(ana, token) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        successors = {cookie_of(answer)["refresh_token"].value for answer in answers}
        assert len(successors) == 1
        for answer in answers:
            ana.use(answer.json()["access_token"])
            assert (await ana.get("/users/me")).status_code == 200
        assert (await self.refresh(ana, successors.pop())).status_code == 200
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 1

    async def test_a_lost_answer_can_be_asked_for_again(self, ana: Api) -> None:
        token = ana.client.cookies["refresh_token"]
        lost, again = await self.refresh(ana, token), await self.refresh(ana, token)
        assert cookie_of(lost)["refresh_token"].value == cookie_of(again)["refresh_token"].value

    async def test_a_replay_after_the_grace_ends_the_family(self, ana: Api, admin: asyncpg.Connection) -> None:
        stolen = ana.client.cookies["refresh_token"]
        current = cookie_of(await self.refresh(ana, stolen))["refresh_token"].value
        await rewind(admin, ana, seconds=11)
        problem(await self.refresh(ana, stolen), 401, "invalid_refresh_token")
        problem(await self.refresh(ana, current), 401, "invalid_refresh_token")
        problem(await ana.get("/users/me"), 401, "unauthorized")

    async def test_a_replay_of_an_older_token_ends_the_family_at_once(self, ana: Api) -> None:
        oldest = ana.client.cookies["refresh_token"]
        second = cookie_of(await self.refresh(ana, oldest))["refresh_token"].value
        third = cookie_of(await self.refresh(ana, second))["refresh_token"].value
        problem(await self.refresh(ana, oldest), 401, "invalid_refresh_token")
        problem(await self.refresh(ana, third), 401, "invalid_refresh_token")

    async def test_a_replay_ends_no_other_session(self, ana: Api, admin: asyncpg.Connection) -> None:
        stolen = ana.client.cookies["refresh_token"]
        await self.refresh(ana, stolen)
        await ana.log_in()
        await rewind(admin, ana, seconds=11)
        problem(await self.refresh(ana, stolen), 401, "invalid_refresh_token")
        assert (await ana.get("/users/me")).status_code == 200

    async def test_a_guess_for_a_known_family_needs_the_family(self, ana: Api) -> None:
        family, _, _ = ana.client.cookies["refresh_token"].partition(".")
        guess = base64.urlsafe_b64encode(b"x" * 32).rstrip(b"=").decode()
        problem(await self.refresh(ana, f"{guess}.{guess}"), 401, "invalid_refresh_token")
        assert (await ana.get("/users/me")).status_code == 200
        problem(await self.refresh(ana, f"{family}.{guess}"), 401, "invalid_refresh_token")

    async def test_idle_sessions_expire_and_none_lives_past_its_end(self, ana: Api, admin: asyncpg.Connection) -> None:
        await admin.execute(
            "UPDATE sessions SET ends_at = now() + interval '1 day', expires_at = now() WHERE user_id = $1", ana.id
        )
        problem(await ana.post("/auth/refresh"), 401, "invalid_refresh_token")
        problem(await ana.get("/users/me"), 401, "unauthorized")
        await admin.execute("UPDATE sessions SET expires_at = ends_at WHERE user_id = $1", ana.id)
        response = await ana.post("/auth/refresh")
        assert 0 < int(cookie_of(response)["refresh_token"]["max-age"]) <= 24 * 3600

    async def test_a_deactivated_user_is_out(self, ana: Api, admin: asyncpg.Connection) -> None:
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        problem(await ana.post("/auth/refresh"), 401, "invalid_refresh_token")
        problem(await ana.get("/tasks"), 401, "unauthorized")

    async def test_a_foreign_page_cannot_use_the_cookie(self, ana: Api) -> None:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            problem(await ana.post("/auth/refresh", headers=headers), 403, "foreign_origin")
        assert (await ana.post("/auth/refresh", headers={"Origin": "http://localhost"})).status_code == 200

    @staticmethod
    async def refresh(caller: Api, token: str) -> httpx.Response:
        return await caller.post("/auth/refresh", headers={"Cookie": f"refresh_token={token}"})


class TestLogout:
    async def test_holds_on_the_next_request_and_drops_the_cookie(self, ana: Api) -> None:
        response = await ana.post("/auth/logout")
        assert response.status_code == 204
        assert cookie_of(response)["refresh_token"]["max-age"] == "0"
        problem(await ana.get("/tasks"), 401, "unauthorized")

    async def test_the_refresh_token_is_dead_too(self, ana: Api) -> None:
        token = ana.client.cookies["refresh_token"]
        await ana.post("/auth/logout")
        problem(await TestRefresh.refresh(ana, token), 401, "invalid_refresh_token")

    async def test_works_with_the_cookie_alone(self, ana: Api) -> None:
        ana.use(None)
        assert (await ana.post("/auth/logout")).status_code == 204
        await ana.log_in()
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 1

    async def test_needs_a_session(self, api: Api) -> None:
        problem(await api.post("/auth/logout"), 401, "unauthorized")

    async def test_holds_on_another_worker(self, ana: Api, worker_database: str) -> None:
        from src.main import create_app

        other = create_app(settings_for(worker_database))
        async with other.router.lifespan_context(other), Api.of(other) as elsewhere:
            elsewhere.use(ana.client.headers["Authorization"].removeprefix("Bearer "))
            assert (await elsewhere.get("/users/me")).status_code == 200
            await ana.post("/auth/logout")
            problem(await elsewhere.get("/users/me"), 401, "unauthorized")


class TestSessions:
    async def test_lists_the_own_ones_and_says_which_is_this(self, ana: Api, bob: Api) -> None:
        await ana.log_in()
        items = (await ana.get("/auth/sessions")).json()["items"]
        assert [item["is_current"] for item in items] == [True, False]
        assert items[0]["device"].startswith("python-httpx")
        assert items[0]["network"].startswith("10.")
        assert datetime.fromisoformat(items[0]["expires_at"]) > datetime.fromisoformat(items[0]["created_at"])
        assert len((await bob.get("/auth/sessions")).json()["items"]) == 1

    async def test_ends_one(self, ana: Api) -> None:
        first = ana.client.headers["Authorization"]
        await ana.log_in()
        other = next(item for item in (await ana.get("/auth/sessions")).json()["items"] if not item["is_current"])
        assert (await ana.delete(f"/auth/sessions/{other['id']}")).status_code == 204
        problem(await ana.get("/tasks", headers={"Authorization": first}), 401, "unauthorized")
        problem(await ana.delete(f"/auth/sessions/{other['id']}"), 404, "not_found")
        assert (await ana.get("/tasks")).status_code == 200

    async def test_ends_all_others(self, ana: Api) -> None:
        first = ana.client.headers["Authorization"]
        await ana.log_in()
        assert (await ana.delete("/auth/sessions")).status_code == 204
        problem(await ana.get("/tasks", headers={"Authorization": first}), 401, "unauthorized")
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 1


class TestAttemptLimits:
    async def test_guesses_are_stopped_and_say_when_to_come_back(self, ana: Api) -> None:
        for _ in range(10):
            problem(await ana.log_in(password="a wrong guess"), 401, "invalid_credentials")
        response = await ana.log_in()
        problem(response, 429, "too_many_requests")
        assert 0 < int(response.headers["retry-after"]) <= 90
        assert response.headers["ratelimit-policy"] == '"login-here";q=10;w=900'
        assert response.headers["ratelimit"].startswith('"login-here";r=0;t=')

    async def test_nobody_is_locked_out_by_guesses_from_elsewhere(self, ana: Api, api: Api) -> None:
        api.email = ana.email
        for _ in range(12):
            await api.log_in(password="a wrong guess")
        problem(await api.log_in(), 429, "too_many_requests")
        assert (await ana.log_in()).status_code == 200

    async def test_a_login_that_succeeds_is_forgiven(self, ana: Api) -> None:
        for _ in range(15):
            assert (await ana.log_in()).status_code == 200

    async def test_parallel_guesses_count_exactly(self, ana: Api) -> None:
        answers = await asyncio.gather(*(ana.log_in(password="a wrong guess") for _ in range(30)))
        assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20

    async def test_unknown_accounts_are_limited_alike(self, api: Api) -> None:
        answers = [(await api.log_in()).status_code for _ in range(12)]
        assert answers == [401] * 10 + [429] * 2

    async def test_a_forwarded_address_counts_from_trusted_proxies_only(
        self, worker_database: str, app: FastAPI
    ) -> None:
        from src.main import create_app

        behind_proxy = create_app(settings_for(worker_database, trusted_proxies="10.0.0.0/8"))
        async with behind_proxy.router.lifespan_context(behind_proxy):
            for application, is_trusted in ((behind_proxy, True), (app, False)):
                async with Api.of(application) as caller:
                    forwarded = [{"X-Forwarded-For": f"203.0.113.9, 198.51.{n}.7, 10.1.1.1"} for n in range(12)]
                    body = {"email": unique_email(), "password": "a wrong guess"}
                    answers = [
                        (await caller.post("/auth/login", body, headers=headers)).status_code for headers in forwarded
                    ]
                    assert answers == ([401] * 12 if is_trusted else [401] * 10 + [429] * 2)

    async def test_an_ipv6_network_is_one_place_however_it_is_spelt(self, app: FastAPI) -> None:
        statuses = []
        body = {"email": unique_email(), "password": "a wrong guess"}
        for n in range(12):
            address = f"2001:db8:0:1::{n:x}" if n % 2 else f"2001:0DB8:0000:0001:0:0:0:{n:X}"
            transport = httpx.ASGITransport(app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                statuses.append((await client.post("/api/v1/auth/login", json=body)).status_code)
        assert statuses == [401] * 10 + [429] * 2
