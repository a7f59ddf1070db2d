"""The trail that is left: who did what to an account, when, from where; and never a secret."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from tests.factories import PASSWORD, Api, unique_email
from tests.security.conftest import Server, unique_address
from tests.startup.processes import eventually

NEW_PASSWORD = "staple the other horse"
Act = Callable[[Server, Api], Awaitable[object]]


async def reuse_a_refresh_token(server: Server, ana: Api) -> None:
    oldest = ana.client.cookies["refresh_token"]
    for _ in range(2):
        await ana.post("/auth/refresh")
    await ana.post("/auth/refresh", headers={"Cookie": f"refresh_token={oldest}"})


async def end_another_session(server: Server, ana: Api) -> None:
    await ana.log_in()
    (other,) = [each for each in (await ana.get("/auth/sessions")).json()["items"] if not each["is_current"]]
    await ana.delete(f"/auth/sessions/{other['id']}")


async def reset_the_password(server: Server, ana: Api) -> None:
    await ana.post("/auth/forgot-password", {"email": ana.email})
    (mail,) = await server.mails_to(ana.email)
    token = mail.partition("#token=")[2].split()[0]
    await ana.post("/auth/reset-password", {"token": token, "new_password": NEW_PASSWORD})


async def log_out_with_the_cookie(server: Server, ana: Api) -> None:
    ana.use(None)
    await ana.post("/auth/logout")


async def guess_too_often(server: Server, ana: Api) -> None:
    for _ in range(11):
        await ana.delete("/users/me", {"current_password": "a wrong guess"})


async def import_a_file(server: Server, ana: Api) -> None:
    headers = {"Content-Type": "text/csv"}
    for query in ("?dry_run=true", ""):
        await ana.request("POST", f"/users/me/import{query}", content=b"title\nx\n", headers=headers)


ACTS: dict[str, tuple[Act, list[str]]] = {
    "a login": (lambda _, ana: ana.log_in(), ["session started"]),
    "a wrong password": (lambda _, ana: ana.log_in(password="a wrong guess"), ["login failed"]),
    "an unknown account": (lambda _, ana: ana.log_in(email=unique_email()), ["login failed"]),
    "a logout": (lambda _, ana: ana.post("/auth/logout"), ["session ended"]),
    "a logout with the cookie": (log_out_with_the_cookie, ["session ended"]),
    "the end of another session": (end_another_session, ["session started", "session ended"]),
    "the end of all others": (lambda _, ana: ana.delete("/auth/sessions"), ["other sessions ended"]),
    "a stolen refresh token": (reuse_a_refresh_token, ["refresh token reused"]),
    "a foreign page": (
        lambda _, ana: ana.post("/auth/refresh", headers={"Origin": "https://evil.example"}),
        ["foreign origin refused"],
    ),
    "a new password": (
        lambda _, ana: ana.post("/auth/change-password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
        ["password changed"],
    ),
    "a reset": (reset_the_password, ["reset link sent", "password reset"]),
    "a made-up link": (
        lambda _, ana: ana.post("/auth/reset-password", {"token": "x", "new_password": NEW_PASSWORD}),
        ["reset token refused"],
    ),
    "a new address": (
        lambda _, ana: ana.patch("/users/me", {"email": unique_email(), "current_password": PASSWORD}),
        ["address changed"],
    ),
    "another change": (lambda _, ana: ana.patch("/users/me", {"first_name": "Ana"}), []),
    "too many guesses": (guess_too_often, ["password not confirmed"] * 10 + ["attempts limited"]),
    "an export": (lambda _, ana: ana.get("/users/me/export"), ["account exported"]),
    "an export of tasks": (lambda _, ana: ana.get("/tasks/export?format=csv"), ["tasks exported"]),
    "an import": (import_a_file, ["file imported"]),
    "a deletion": (lambda _, ana: ana.delete("/users/me", {"current_password": PASSWORD}), ["account deleted"]),
    "a registration": (lambda _, ana: ana.register(email=unique_email()), ["registered"]),
}


def events_of(log: str) -> list[dict[str, Any]]:
    return [event for event in map(json.loads, log.splitlines()) if event["event"] == "security"]


def requests_of(log: str) -> set[str]:
    return {event["id"] for event in map(json.loads, log.splitlines()) if event["event"] == "request"}


@pytest.mark.parametrize("name", ACTS)
async def test_each_is_written_down_once_and_says_who_and_from_where(server: Server, ana: Api, name: str) -> None:
    act, expected = ACTS[name]
    network = ana.client.headers["X-Forwarded-For"] = unique_address()
    before = server.log_size
    await act(server, ana)

    async def all_is_written() -> bool:
        written = server.logged_since(before)
        events = events_of(written)
        return len(events) >= len(expected) and {event["id"] for event in events} <= requests_of(written)

    await eventually(all_is_written)  # a request's own line comes last
    log = server.logged_since(before)
    events = events_of(log)
    assert [event["what"] for event in events] == expected
    for event in events:
        assert event["network"] == network
        assert datetime.fromisoformat(event["timestamp"]).utcoffset() is not None
        known = name not in ("an unknown account", "a made-up link", "a foreign page", "a registration")
        if known and event["what"] != "attempts limited":
            assert event["user"] == str(ana.id)
    for secret in (ana.email, PASSWORD, NEW_PASSWORD, "a wrong guess", ana.client.cookies.get("refresh_token", "?")):
        assert secret not in log
