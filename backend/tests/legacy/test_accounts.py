"""What becomes of the accounts of the old app."""

from pathlib import Path

import asyncpg

from tests.factories import problem
from tests.legacy.conftest import Import, LogIn
from tests.legacy.old_app import hash_of, key, old_file, user


class TestAccounts:
    async def test_log_in_with_their_old_password(self, old: Path, imported: Import, logged_in: LogIn):
        idents = {1: "2a", 2: "2b", 3: "2y"}
        users = [user(number, hashed_password=hash_of("pa\u00b2word", ident)) for number, ident in idents.items()]
        await imported(old_file(old, users=users))
        async with logged_in(password="pa\u00b2word") as caller:
            for number in idents:
                email = f"user-{number}@example.com"
                problem(await caller.log_in(email=email, password="another"), 401, "invalid_credentials")
                for _ in range(2):  # the second time with the hash that the first one made
                    assert (await caller.log_in(email=email, password="pa\u00b2word")).status_code == 200
                assert caller.user["id"] == key("users", number)
                assert caller.user["created_at"] == "2023-04-05T06:07:08.091011Z"

    async def test_keep_their_names_and_zone(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(
            old_file(
                old,
                users=[
                    user(1, username="ana", first_name=" Ana ", last_name="L\u00f3pez", timezone="Europe/Madrid"),
                    user(2, username="USER-2@example.com", full_name="Bob van Dam", timezone="Middle/Earth"),
                    user(3, username="", first_name=""),
                ],
            )
        )
        async with logged_in() as ana:
            assert (ana.user["username"], ana.user["first_name"], ana.user["last_name"]) == ("ana", "Ana", "L\u00f3pez")
            assert ana.user["timezone"] == "Europe/Madrid"
            await ana.log_in(email="user-2@example.com", password="the old password")
            assert (ana.user["username"], ana.user["first_name"]) == (None, "Bob van Dam")
            assert ana.user["timezone"] == "UTC"
            await ana.log_in(email="user-3@example.com", password="the old password")
            assert (ana.user["username"], ana.user["first_name"], ana.user["last_name"]) == (None, None, None)

    async def test_that_were_inactive_stay_so(
        self, old: Path, imported: Import, logged_in: LogIn, stored: asyncpg.Connection
    ):
        await imported(old_file(old, users=[user(1, is_active=1), user(2, is_active=0)]))
        async with logged_in() as ana:
            response = await ana.post("/auth/login", {"email": "user-2@example.com", "password": "the old password"})
            problem(response, 401, "invalid_credentials")
        assert await stored.fetchval("SELECT count(*) FROM users WHERE NOT is_active") == 1

    async def test_without_a_password_get_none_that_anybody_knows(
        self, old: Path, imported: Import, logged_in: LogIn, stored: asyncpg.Connection
    ):
        report = await imported(old_file(old, users=[user(1), user(2, hashed_password=None)]))
        assert "users 2: there is no password: a new one has to be asked for by mail" in report
        async with logged_in() as ana:
            for guess in ("", "None", "the old password"):
                response = await ana.post("/auth/login", {"email": "user-2@example.com", "password": guess})
                problem(response, 401, "invalid_credentials")
