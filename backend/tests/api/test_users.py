"""The caller's own account."""

import asyncio

import asyncpg
import pytest

from tests.factories import PASSWORD, Api, problem, unique_email

NEW_PASSWORD = "staple the other horse"


async def until_waiting(admin: asyncpg.Connection) -> None:
    """Until somebody waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not await admin.fetchval(waiting):
        await asyncio.sleep(0.01)


class TestRead:
    async def test_answers_with_the_account_and_its_version(self, ana: Api) -> None:
        response = await ana.get("/users/me")
        assert (response.json(), response.headers["etag"]) == (ana.user, '"1"')
        assert response.headers["cache-control"] == "no-store"

    async def test_anonymous_callers_are_refused(self, api: Api) -> None:
        problem(await api.get("/users/me"), 401, "unauthorized")


class TestUpdate:
    async def test_changes_what_is_sent_and_nothing_else(self, ana: Api) -> None:
        changed = (await ana.patch("/users/me", {"first_name": "Ana", "timezone": "Asia/Tokyo"})).json()
        assert changed == {
            **ana.user,
            "first_name": "Ana",
            "timezone": "Asia/Tokyo",
            "version": 2,
            "updated_at": changed["updated_at"],
        }
        cleared = (await ana.patch("/users/me", {"first_name": None})).json()
        assert (cleared["first_name"], cleared["timezone"], cleared["version"]) == (None, "Asia/Tokyo", 3)

    async def test_what_changes_nothing_is_no_change(self, ana: Api) -> None:
        for body in ({}, {"email": ana.email}, {"first_name": None}):
            assert (await ana.patch("/users/me", body)).json() == ana.user

    async def test_refuses_another_version(self, ana: Api) -> None:
        response = await ana.patch("/users/me", {"first_name": "Ana"}, headers={"If-Match": '"2"'})
        problem(response, 412, "version_mismatch")
        assert (await ana.get("/users/me")).json() == ana.user

    async def test_a_new_address_needs_the_password(self, ana: Api) -> None:
        email = unique_email()
        missing = problem(await ana.patch("/users/me", {"email": email}), 422, "validation_error")
        assert missing["errors"][0]["pointer"] == "/current_password"
        wrong = await ana.patch("/users/me", {"email": email, "current_password": "a wrong guess"})
        problem(wrong, 403, "wrong_password")
        right = await ana.patch("/users/me", {"email": email, "current_password": PASSWORD})
        assert right.json()["email"] == email
        assert (await ana.log_in()).status_code == 401
        assert (await ana.log_in(email=email)).status_code == 200

    async def test_an_address_that_changes_meanwhile_is_not_changed_back_without_the_password(
        self, ana: Api, admin: asyncpg.Connection
    ) -> None:
        new = unique_email()
        async with admin.transaction():  # the row is held, so the request has looked at the old address when it waits
            await admin.execute("UPDATE users SET email = $2, email_key = $2 WHERE id = $1", ana.id, new)
            request = asyncio.create_task(ana.patch("/users/me", {"email": ana.email}))
            await until_waiting(admin)
        assert problem(await request, 422, "validation_error")["errors"][0]["pointer"] == "/current_password"
        assert (await ana.get("/users/me")).json()["email"] == new

    async def test_a_password_that_changes_meanwhile_does_not_count(self, ana: Api, admin: asyncpg.Connection) -> None:
        """Else whoever loses the account to a reset could still take it along to another address."""
        async with admin.transaction():
            await admin.execute("UPDATE users SET password_hash = 'of another' WHERE id = $1", ana.id)
            body = {"email": unique_email(), "current_password": PASSWORD}
            request = asyncio.create_task(ana.patch("/users/me", body))
            await until_waiting(admin)
        problem(await request, 403, "wrong_password")
        assert (await ana.get("/users/me")).json()["email"] == ana.email

    async def test_refuses_what_others_have(self, ana: Api, bob: Api) -> None:
        username = f"user{bob.id.hex[:12]}"
        await bob.patch("/users/me", {"username": username})
        problem(await ana.patch("/users/me", {"username": username.upper()}), 409, "username_taken")
        body = {"email": bob.email.upper(), "current_password": PASSWORD}
        problem(await ana.patch("/users/me", body), 409, "email_taken")
        assert (await ana.get("/users/me")).json() == ana.user

    @pytest.mark.parametrize(
        "body", [{"email": None}, {"timezone": None}, {"timezone": "Mars/Olympus"}, {"username": "a@b"}]
    )
    async def test_refuses_bad_values(self, ana: Api, body: dict[str, object]) -> None:
        problem(await ana.patch("/users/me", body), 422, "validation_error")


class TestChangePassword:
    async def test_ends_all_other_sessions(self, ana: Api) -> None:
        other = ana.client.headers["Authorization"]
        await ana.log_in()
        body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert (await ana.post("/auth/change-password", body)).status_code == 204
        assert (await ana.get("/users/me")).status_code == 200
        problem(await ana.get("/users/me", headers={"Authorization": other}), 401, "unauthorized")
        assert (await ana.log_in()).status_code == 401
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200

    async def test_needs_the_current_one(self, ana: Api) -> None:
        body = {"current_password": "a wrong guess", "new_password": NEW_PASSWORD}
        problem(await ana.post("/auth/change-password", body), 403, "wrong_password")
        assert (await ana.log_in()).status_code == 200

    async def test_refuses_a_weak_one(self, ana: Api) -> None:
        body = {"current_password": PASSWORD, "new_password": "password1"}
        document = problem(await ana.post("/auth/change-password", body), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "/new_password"

    async def test_guesses_with_a_stolen_token_are_limited(self, ana: Api) -> None:
        body = {"current_password": "a wrong guess", "new_password": NEW_PASSWORD}
        answers = await asyncio.gather(*(ana.post("/auth/change-password", body) for _ in range(15)))
        assert sorted(answer.status_code for answer in answers) == [403] * 10 + [429] * 5

    async def test_of_two_at_once_one_wins(self, ana: Api) -> None:
        bodies = [{"current_password": PASSWORD, "new_password": f"{NEW_PASSWORD} {n}"} for n in range(2)]
        answers = await asyncio.gather(*(ana.post("/auth/change-password", body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [204, 403]

    async def test_a_login_with_the_old_password_at_the_same_time_leaves_no_session(self, ana: Api) -> None:
        for n in range(5):
            old, new = (PASSWORD if n == 0 else f"{NEW_PASSWORD} {n - 1}"), f"{NEW_PASSWORD} {n}"
            change = ana.post("/auth/change-password", {"current_password": old, "new_password": new})
            login = ana.post("/auth/login", {"email": ana.email, "password": old})
            changed, logged_in = await asyncio.gather(change, login)
            assert changed.status_code == 204
            if logged_in.status_code == 200:
                token = f"Bearer {logged_in.json()['access_token']}"
                problem(await ana.get("/users/me", headers={"Authorization": token}), 401, "unauthorized")


class TestDelete:
    async def test_removes_every_row_of_the_user(self, ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
        await ana.create_task()
        kept = await bob.create_task()
        assert (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code == 204
        for table, column in (("users", "id"), ("sessions", "user_id"), ("tasks", "user_id")):
            assert await admin.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", ana.id) == 0
        problem(await ana.get("/users/me"), 401, "unauthorized")
        problem(await ana.post("/auth/refresh"), 401, "invalid_refresh_token")
        assert (await bob.get(f"/tasks/{kept['id']}")).json() == kept
        assert (await ana.register()).status_code == 201

    async def test_needs_the_password(self, ana: Api) -> None:
        problem(await ana.delete("/users/me", {}), 422, "validation_error")
        problem(await ana.delete("/users/me", {"current_password": "a wrong guess"}), 403, "wrong_password")
        assert (await ana.get("/users/me")).status_code == 200
