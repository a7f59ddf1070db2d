"""Setting a new password with a link that came by mail."""

import asyncio
import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.core.logging import configure_logging
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import PASSWORD, Api, problem, unique_email
from tests.mail_server import BASE_URL, Mailbox, mail_server, mail_settings, text_of

NEW_PASSWORD = "staple the other horse"
LINK = re.compile(re.escape(BASE_URL) + r"/reset-password#token=([A-Za-z0-9_-]{43})\s")


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
async def app(worker_database: str, mailbox: Mailbox) -> AsyncIterator[FastAPI]:
    """The application with a mail server; `ana`, `bob` and `api` are callers of it."""
    application = create_app(settings_for(worker_database, **mail_settings(mailbox.port)))
    async with application.router.lifespan_context(application):
        yield application


async def mails_to(caller: Api, mailbox: Mailbox, app: FastAPI) -> list[str]:
    """The text of each mail that the caller has got so far."""
    await app.state.context.mailer.drain(30)
    return [text_of(message) for message in mailbox.to(caller.email)]


class Resets:
    """What the tests of this file do again and again."""

    def __init__(self, app: FastAPI, mailbox: Mailbox) -> None:
        self._app = app
        self._mailbox = mailbox

    async def ask(self, caller: Api, **options: object) -> httpx.Response:
        return await caller.post("/auth/forgot-password", {"email": caller.email}, **options)

    async def tokens(self, caller: Api) -> list[str]:
        texts = await mails_to(caller, self._mailbox, self._app)
        return [found[1] for text in texts if (found := LINK.search(text))]

    async def token(self, caller: Api) -> str:
        """Ask for a link, and take its token from the mail."""
        assert (await self.ask(caller)).status_code == 202
        return (await self.tokens(caller))[-1]

    async def reset(self, caller: Api, token: str, new_password: str = NEW_PASSWORD) -> httpx.Response:
        return await caller.post("/auth/reset-password", {"token": token, "new_password": new_password})


@pytest.fixture
def resets(app: FastAPI, mailbox: Mailbox) -> Resets:
    return Resets(app, mailbox)


def without_id(response: httpx.Response) -> str:
    return response.text.replace(response.headers["x-request-id"], "")


class TestForgot:
    async def test_sends_a_link_to_the_configured_address(self, ana: Api, resets: Resets, mailbox: Mailbox) -> None:
        assert len(await resets.token(ana)) == 43
        (message,) = mailbox.to(ana.email)
        assert (message["From"], message["Subject"]) == ("Todo <todo@example.com>", "Set a new password")
        assert message["Message-ID"].endswith("@todo.example.com>")
        assert LINK.search(text_of(message, "html").replace('"', " "))

    async def test_any_spelling_of_the_address_will_do(self, ana: Api, resets: Resets) -> None:
        await ana.post("/auth/forgot-password", {"email": ana.email.upper()})
        assert len(await resets.tokens(ana)) == 1

    async def test_answers_the_same_for_all(
        self, ana: Api, bob: Api, api: Api, admin: asyncpg.Connection, resets: Resets
    ) -> None:
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", bob.id)
        known, inactive, unknown = [await resets.ask(caller) for caller in (ana, bob, api)]
        for response in (inactive, unknown):
            assert (response.status_code, response.content) == (202, known.content)
            assert {**response.headers, "x-request-id": ""} == {**known.headers, "x-request-id": ""}
        assert [len(await resets.tokens(caller)) for caller in (ana, bob, api)] == [1, 0, 0]

    async def test_answers_without_a_look_at_any_account(
        self, ana: Api, api: Api, resets: Resets, worker_database: str
    ) -> None:
        """What cannot be read cannot be told by the time of the answer."""
        locker = await asyncpg.connect(worker_database)
        async with locker.transaction(), asyncio.timeout(8):
            await locker.execute("LOCK TABLE users, password_reset_tokens IN ACCESS EXCLUSIVE MODE")
            for caller in (ana, api):
                caller.use(None)
                assert (await resets.ask(caller)).status_code == 202
        await locker.close()
        assert len(await resets.tokens(ana)) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
            {"Forwarded": "host=evil.example;proto=http"},
            {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
            {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
        ],
    )
    async def test_the_link_leads_nowhere_else(
        self, ana: Api, resets: Resets, mailbox: Mailbox, headers: dict[str, str]
    ) -> None:
        assert (await resets.ask(ana, headers=headers)).status_code == 202
        assert len(await resets.tokens(ana)) == 1
        assert b"evil" not in mailbox.envelopes[-1].original_content

    async def test_stores_a_hash_only(self, ana: Api, resets: Resets, admin: asyncpg.Connection) -> None:
        token = await resets.token(ana)
        row = await admin.fetchrow("SELECT * FROM password_reset_tokens WHERE user_id = $1", ana.id)
        assert (row["expires_at"] - row["created_at"]).total_seconds() == 30 * 60
        assert token.encode() not in b"".join(value for value in row if isinstance(value, bytes))

    @pytest.mark.parametrize("email", ["nobody", "", "Ana <ana@example.com>", "a@example.com\r\nBcc: b@example.com"])
    async def test_refuses_what_is_no_address(self, api: Api, email: str) -> None:
        response = await api.post("/auth/forgot-password", {"email": email})
        assert problem(response, 422, "validation_error")["errors"][0]["pointer"] == "/email"

    async def test_parallel_requests_leave_one_link(self, ana: Api, resets: Resets, admin: asyncpg.Connection) -> None:
        await asyncio.gather(*(resets.ask(ana) for _ in range(5)))
        tokens = await resets.tokens(ana)
        assert len(tokens) == 5
        statuses = [(await resets.reset(ana, token)).status_code for token in tokens]
        assert sorted(statuses) == [204, 400, 400, 400, 400]


class TestLimits:
    async def test_one_address_gets_a_few_mails_and_the_answer_stays_the_same(
        self, ana: Api, api: Api, resets: Resets
    ) -> None:
        for caller in (ana, api):
            answers = [await resets.ask(caller) for _ in range(8)]
            assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
        assert len(await resets.tokens(ana)) == 5
        assert (await resets.reset(ana, (await resets.tokens(ana))[-1])).status_code == 204

    async def test_one_network_is_told_to_wait(self, api: Api) -> None:
        bodies = [{"email": unique_email()} for _ in range(62)]
        answers = [await api.post("/auth/forgot-password", body) for body in bodies]
        assert [answer.status_code for answer in answers] == [202] * 60 + [429] * 2
        assert answers[-1].headers["ratelimit-policy"] == '"forgot-password-network";q=60;w=3600'

    async def test_what_a_network_may_not_ask_does_not_count_for_the_address(
        self, ana: Api, api: Api, resets: Resets, mailbox: Mailbox
    ) -> None:
        """Else the owner could be kept from a link without any mail being sent."""
        for _ in range(60):
            await api.post("/auth/forgot-password", {"email": unique_email()})
        for _ in range(8):
            problem(await api.post("/auth/forgot-password", {"email": ana.email}), 429, "too_many_requests")
        assert (await resets.reset(ana, await resets.token(ana))).status_code == 204

    async def test_tokens_cannot_be_tried_without_end(self, api: Api, resets: Resets) -> None:
        answers = [(await resets.reset(api, f"{n:043}")).status_code for n in range(62)]
        assert answers == [400] * 60 + [429] * 2


class TestReset:
    async def test_sets_the_password_and_ends_all_sessions(
        self, ana: Api, api: Api, bob: Api, resets: Resets, app: FastAPI, mailbox: Mailbox
    ) -> None:
        cookie = ana.client.cookies["refresh_token"]
        response = await resets.reset(api, await resets.token(ana))
        assert (response.status_code, response.content) == (204, b"")
        problem(await ana.get("/users/me"), 401, "unauthorized")
        refresh = await ana.post("/auth/refresh", headers={"Cookie": f"refresh_token={cookie}"})
        problem(refresh, 401, "invalid_refresh_token")
        problem(await ana.log_in(), 401, "invalid_credentials")
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200
        assert (await bob.get("/users/me")).status_code == 200
        assert "was changed" in (await mails_to(ana, mailbox, app))[-1]

    async def test_works_once(self, ana: Api, resets: Resets) -> None:
        token = await resets.token(ana)
        assert (await resets.reset(ana, token)).status_code == 204
        problem(await resets.reset(ana, token, "another good horse"), 400, "invalid_reset_token")
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200

    async def test_works_once_in_parallel(self, ana: Api, resets: Resets) -> None:
        token = await resets.token(ana)
        answers = await asyncio.gather(*(resets.reset(ana, token, f"{NEW_PASSWORD} {n}") for n in range(10)))
        assert sorted(answer.status_code for answer in answers) == [204] + [400] * 9
        winner = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
        assert (await ana.log_in(password=f"{NEW_PASSWORD} {winner}")).status_code == 200

    async def test_refuses_with_the_same_bytes_whatever_is_wrong(
        self, ana: Api, bob: Api, resets: Resets, admin: asyncpg.Connection
    ) -> None:
        superseded, used = await resets.token(ana), await resets.token(ana)
        await resets.reset(ana, used)
        expired = await resets.token(bob)
        await admin.execute(
            "UPDATE password_reset_tokens SET created_at = created_at - interval '30 minutes', expires_at = now() "
            "WHERE user_id = $1",
            bob.id,
        )
        first, *others = [
            await resets.reset(ana, token)
            for token in (superseded, used, expired, "A" * 43, "", "\u0661", f" {used}", expired[:-1])
        ]
        problem(first, 400, "invalid_reset_token")
        assert {without_id(response) for response in others} == {without_id(first)}
        assert (await bob.log_in()).status_code == 200

    async def test_a_weak_password_leaves_the_link_as_it_was(self, api: Api, resets: Resets) -> None:
        await api.register_and_log_in(first_name="Wilhelmina")
        token = await resets.token(api)
        for weak in ("password123", "short", api.email, "wilhelmina1"):
            document = problem(await resets.reset(api, token, weak), 422, "validation_error")
            assert document["errors"][0]["pointer"] == "/new_password"
            assert token not in str(document)
        assert (await api.log_in()).status_code == 200
        assert (await resets.reset(api, token)).status_code == 204

    async def test_a_new_address_makes_the_link_worthless(self, ana: Api, resets: Resets) -> None:
        token = await resets.token(ana)
        body = {"email": unique_email(), "current_password": PASSWORD}
        assert (await ana.patch("/users/me", body)).status_code == 200
        problem(await resets.reset(ana, token), 400, "invalid_reset_token")

    async def test_another_change_of_the_account_does_not(self, ana: Api, resets: Resets) -> None:
        token = await resets.token(ana)
        await ana.patch("/users/me", {"first_name": "Ana", "email": ana.email})
        assert (await resets.reset(ana, token)).status_code == 204

    async def test_a_new_password_makes_the_link_worthless(
        self, ana: Api, bob: Api, resets: Resets, app: FastAPI, mailbox: Mailbox
    ) -> None:
        token, other = await resets.token(ana), await resets.token(bob)
        body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert (await ana.post("/auth/change-password", body)).status_code == 204
        problem(await resets.reset(ana, token), 400, "invalid_reset_token")
        assert "was changed" in (await mails_to(ana, mailbox, app))[-1]
        assert (await resets.reset(bob, other)).status_code == 204

    async def test_a_deleted_account_takes_its_link_along(
        self, ana: Api, resets: Resets, admin: asyncpg.Connection
    ) -> None:
        token = await resets.token(ana)
        assert (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code == 204
        assert await admin.fetchval("SELECT count(*) FROM password_reset_tokens WHERE user_id = $1", ana.id) == 0
        await ana.register()
        problem(await resets.reset(ana, token), 400, "invalid_reset_token")

    async def test_a_deactivated_account_stays_shut(self, ana: Api, resets: Resets, admin: asyncpg.Connection) -> None:
        token = await resets.token(ana)
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        problem(await resets.reset(ana, token), 400, "invalid_reset_token")

    async def test_a_login_with_the_old_password_at_the_same_time_leaves_no_session(
        self, ana: Api, resets: Resets
    ) -> None:
        old = PASSWORD
        for n in range(4):
            token, new = await resets.token(ana), f"{NEW_PASSWORD} {n}"
            login = ana.post("/auth/login", {"email": ana.email, "password": old})
            changed, logged_in = await asyncio.gather(resets.reset(ana, token, new), login)
            assert changed.status_code == 204
            if logged_in.status_code == 200:
                stale = f"Bearer {logged_in.json()['access_token']}"
                problem(await ana.get("/users/me", headers={"Authorization": stale}), 401, "unauthorized")
            old = new

    async def test_who_guessed_too_often_may_log_in_with_the_new_one(self, ana: Api, resets: Resets) -> None:
        for _ in range(11):
            answer = await ana.log_in(password="a wrong guess")
        problem(answer, 429, "too_many_requests")
        await resets.reset(ana, await resets.token(ana))
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200


async def test_no_token_reaches_the_log(ana: Api, resets: Resets, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    token = await resets.token(ana)
    assert (await resets.reset(ana, token)).status_code == 204
    logged = capsys.readouterr().err
    configure_logging("error")
    assert "mail handed over" in logged
    assert token not in logged
    assert ana.email not in logged
