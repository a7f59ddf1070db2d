"""Files that are not what they say: of another kind, encoding, size or owner."""

import asyncio
import gzip
import io
import json
import zipfile

import httpx

from tests.factories import Api, problem
from tests.portability import TYPES, document
from tests.security.conftest import CANARY
from tests.security.wire import PATIENCE


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../tasks.csv", "title\n" + "a" * 1_000_000)
    return file.getvalue()


LIES: dict[str, tuple[str, bytes]] = {
    "a zip as CSV": ("csv", zipped()),
    "a gzip as JSON": ("json", gzip.compress(b"{}")),
    "a picture": ("csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10),
    "UTF-16 as CSV": ("csv", "title\nx\n".encode("utf-16")),
    "Latin-1 as CSV": ("csv", "title\ncafé\n".encode("latin-1")),
    "a NUL in CSV": ("csv", b"title\na\0b\n"),
    "a quote that never closes": ("csv", b'title\n"' + b"a" * 300_000),
    "a field of a megabyte": ("csv", b"title\n" + b"a" * 1_000_000 + b"\n"),
    "a hundred thousand columns": ("csv", b"title," + b"x," * 100_000 + b"\n" + b"," * 100_000),
    "columns of one name": ("csv", b"title,title,title\na,b,c\n"),
    "a row that is too long": ("csv", b"title\na,b,c,d\n"),
    "a million rows": ("csv", b"title\n" + b"x\n" * 1_000_000),
    "no columns": ("csv", b"\n\n\n"),
    "a formula for a number": ("csv", b"title,priority\nx,=1+1\n"),
    "deep JSON": ("json", b'{"format":"todo-export","format_version":1,"tasks":' + b"[" * 500_000),
    "entities": ("ics", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    "a pickle": ("json", b"cos\nsystem\n(S'id'\ntR."),
    "YAML": ("json", b"!!python/object/apply:os.system ['id']"),
}


async def send(caller: Api, kind: str, content: bytes, query: str = "") -> httpx.Response:
    headers = {"Content-Type": TYPES[kind]}
    return await caller.request("POST", f"/users/me/import{query}", content=content, headers=headers)


async def test_are_refused_whole(ana: Api) -> None:
    async with asyncio.timeout(4 * PATIENCE):
        for name, (kind, content) in LIES.items():
            response = await send(ana, kind, content)
            assert response.status_code in (200, 413, 422), name
            assert "root:" not in response.text
            if response.status_code == 422:
                assert (await ana.get("/tasks")).json()["items"] == [], name
            for task in (await ana.get("/tasks?limit=200")).json()["items"]:
                await ana.delete(f"/tasks/{task['id']}?permanent=true")


async def test_tell_nothing_of_what_is_in_them(ana: Api) -> None:
    for kind, content in (
        ("csv", f"title,due_date\nx,{CANARY}\n"),
        ("json", json.dumps(document(tasks=[{"title": "x", "id": CANARY}], extra=CANARY))),
        ("ics", f"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nDUE:{CANARY}\r\nSUMMARY:x\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"),
    ):
        response = await send(ana, kind, content.encode())
        assert response.status_code in (200, 422)
        assert CANARY not in response.text


async def test_do_not_reach_what_others_have(ana: Api, bob: Api) -> None:
    """A document with another user's ids makes things of one's own that have the same ids."""
    tag = (await ana.post("/tags", {"name": "secret"})).json()
    await ana.create_task(title="secret", tags=[tag["id"]])
    content = (await ana.get("/users/me/export")).content
    before = (await ana.get("/users/me/export")).json()
    changed = content.replace(b"secret", b"stolen")

    assert (await send(bob, "json", changed)).status_code == 200
    for response in (await send(bob, "json", content), await send(bob, "json", changed, "?dry_run=true")):
        assert response.status_code == 200
    after = (await ana.get("/users/me/export")).json()
    assert {**after, "exported_at": None} == {**before, "exported_at": None}
    assert {task["title"] for task in (await bob.get("/tasks")).json()["items"]} == {"stolen"}


async def test_of_too_many_things_are_refused(ana: Api) -> None:
    problem(await send(ana, "csv", b"title\n" + b"x\n" * 20_001), 422, "validation_error")


async def test_sent_twice_at_once_are_there_once(ana: Api, bob: Api) -> None:
    await ana.create_task()
    content = (await ana.get("/users/me/export")).content
    answers = await asyncio.gather(*(send(bob, "json", content) for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {200, 409, 503}
    assert len((await bob.get("/tasks")).json()["items"]) == 1
