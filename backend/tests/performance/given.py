"""What a request needs to be there before it: each is made for whoever names it, by ``{name}`` in path or body."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import asyncpg

from src.core.security import new_reset_token, reset_token_hash
from src.models import new_id
from tests.api.test_token_exchange import claims, exchange, subject_token
from tests.factories import PASSWORD, Api, make_series, unique_email

NAMES = re.compile(r"{(\w+)}")
Maker = Callable[[Api, asyncpg.Connection], Awaitable[str]]


async def made_for(
    texts: str, caller: Api, admin: asyncpg.Connection, makers: Mapping[str, Maker] | None = None
) -> dict[str, str]:
    """What ``texts`` name; ``makers`` instead of the usual ones."""
    chosen = {**MAKERS, **(makers or {})}
    return {name: await chosen[name](caller, admin) for name in dict.fromkeys(NAMES.findall(texts))}


async def task(caller: Api, _: asyncpg.Connection, **changes: object) -> str:
    return str((await caller.create_task(**changes))["id"])


async def instance(caller: Api, admin: asyncpg.Connection) -> str:
    """The first task of a series."""
    found = (await caller.get(f"/tasks?recurring_task_id={await series(caller, admin)}")).json()
    return str(found["items"][0]["id"])


async def task_with_a_part(caller: Api, admin: asyncpg.Connection) -> str:
    whole = await task(caller, admin)
    await task(caller, admin, parent_id=whole)
    return whole


async def trashed(caller: Api, admin: asyncpg.Connection) -> str:
    gone = await task(caller, admin)
    assert (await caller.delete(f"/tasks/{gone}")).status_code == 204
    return gone


async def timed(caller: Api, admin: asyncpg.Connection) -> str:
    return await task(caller, admin, due_date="2026-12-01", due_time="10:00")


async def tagged(caller: Api, admin: asyncpg.Connection) -> str:
    return await task(caller, admin, tags=[await tag(caller, admin)])


async def tag(caller: Api, _: asyncpg.Connection) -> str:
    return await _created(caller, "/tags", name=str(new_id()))


async def series(caller: Api, _: asyncpg.Connection) -> str:
    return str((await make_series(caller))["id"])


async def day_of_series(caller: Api, _: asyncpg.Connection) -> str:
    listed = (await caller.get("/recurring-tasks")).json()
    return str(listed["items"][0]["next_date"])


async def session(caller: Api, _: asyncpg.Connection) -> str:
    """Another one than the caller goes on with."""
    assert (await caller.log_in()).status_code == 200
    listed = (await caller.get("/auth/sessions")).json()
    return next(str(item["id"]) for item in listed["items"] if not item["is_current"])


async def common_word(caller: Api, _: asyncpg.Connection) -> str:
    """One that so many of the newest tasks have that it is not looked for in the index."""
    operations = [{"op": "create", "data": {"title": f"common {n}"}} for n in range(30)]
    assert (await caller.post("/tasks/bulk", {"operations": operations})).status_code == 200
    return "common"


async def rare_word(caller: Api, admin: asyncpg.Connection) -> str:
    await task(caller, admin, title="rare")
    return "rare"


async def cursor(caller: Api, admin: asyncpg.Connection) -> str:
    for _ in range(2):
        await task(caller, admin)
    return str((await caller.get("/tasks?limit=1")).json()["next_cursor"])


async def refresh_token(caller: Api, _: asyncpg.Connection) -> str:
    form = {"grant_type": "password", "username": caller.email, "password": PASSWORD}
    return str((await caller.request("POST", "/auth/token", data=form)).json()["refresh_token"])


async def reset_token(caller: Api, admin: asyncpg.Connection) -> str:
    token = new_reset_token()
    await admin.execute(
        "INSERT INTO password_reset_tokens (user_id, id, token_hash, expires_at) "
        "VALUES ($1, gen_random_uuid(), $2, now() + interval '1 hour')",
        caller.id,
        reset_token_hash(token),
    )
    return token


async def new_subject(caller: Api, _: asyncpg.Connection) -> str:
    return subject_token(claims(caller.email))


async def known_subject(caller: Api, _: asyncpg.Connection) -> str:
    """Whose account was exchanged for such a token before."""
    assert (await exchange(caller)).status_code == 200
    return subject_token(claims(caller.email))


async def _created(caller: Api, path: str, **body: Any) -> str:
    response = await caller.post(path, body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def _told(value: Callable[[Api], str], caller: Api) -> str:
    return value(caller)


def _known(value: Callable[[Api], str]) -> Maker:
    return lambda caller, _: _told(value, caller)


MAKERS: Final[Mapping[str, Maker]] = {
    "task_id": task,
    "other_id": task,
    "tag_id": tag,
    "other_tag_id": tag,
    "recurring_task_id": series,
    "occurrence_date": day_of_series,
    "session_id": session,
    "common": common_word,
    "rare": rare_word,
    "cursor": cursor,
    "refresh_token": refresh_token,
    "reset_token": reset_token,
    "subject_token": new_subject,
    "user_id": _known(lambda caller: str(caller.id)),
    "email": _known(lambda caller: caller.email),
    "unused": _known(lambda _: unique_email()),
    "name": _known(lambda _: "not-found"),
}
