"""Page cursors: altered, of another user, of another query."""

import base64
import string
from urllib.parse import quote

from tests.factories import Api, problem


async def cursor_of(caller: Api, query: str = "") -> str:
    for number in range(3):
        await caller.create_task(title=f"Task {number}", due_date="2026-12-01", priority="low")
    cursor: str = (await caller.get(f"/tasks?limit=1{query}")).json()["next_cursor"]
    return cursor


async def refuse(caller: Api, cursor: str, query: str = "") -> None:
    response = await caller.get(f"/tasks?limit=1{query}&cursor={quote(cursor)}")
    (error,) = problem(response, 422, "validation_error")["errors"]
    assert error["pointer"] == "query/cursor"


async def test_of_another_user_is_refused(ana: Api, bob: Api) -> None:
    await cursor_of(bob)
    hers = await cursor_of(ana)
    await refuse(bob, hers)
    assert (await ana.get(f"/tasks?limit=1&cursor={hers}")).status_code == 200


async def test_of_another_query_is_refused(ana: Api) -> None:
    cursor = await cursor_of(ana)
    for query in ("&sort=title", "&completed=false", "&q=task", "&trash=true", "&priority=low", "&parent_id=none"):
        await refuse(ana, cursor, query)


async def test_of_another_list_is_refused(ana: Api) -> None:
    cursor = await cursor_of(ana)
    for path in ("/tags", "/recurring-tasks"):
        problem(await ana.get(f"{path}?cursor={cursor}"), 422, "validation_error")


async def test_altered_in_any_place_is_refused(ana: Api) -> None:
    cursor = await cursor_of(ana)
    for place in range(0, len(cursor), 3):
        other = "A" if cursor[place] != "A" else "B"
        await refuse(ana, cursor[:place] + other + cursor[place + 1 :])


async def test_that_is_none_is_refused(ana: Api) -> None:
    cursor = await cursor_of(ana)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    unsigned = base64.urlsafe_b64encode(bytes(16) + raw[16:]).decode().rstrip("=")
    position = base64.urlsafe_b64encode(raw[16:]).decode().rstrip("=")
    for text in (
        unsigned,
        position,
        cursor[:-1],
        cursor + "A",
        cursor + "=",
        cursor * 2,
        "1",
        "-1",
        "null",
        "{}",
        "é",
        "\0",
        "' OR 1=1 --",
        string.printable,
        "A" * 20_000,
        "=" * 5000,
    ):
        await refuse(ana, text)
