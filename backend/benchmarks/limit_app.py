"""The least that can answer: bare ASGI, asyncpg, msgspec. One statement a request, which commits itself.

No look at sessions, no row-level security (its login is a superuser), no ETags, no validation: what all of that costs
is what our own service is compared for. It keeps what tasks are found by, as ours does.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
import msgspec

from benchmarks import limit_statements as sql
from src.core.config import load_settings
from src.core.security import AccessTokens, Keyring
from src.domain.priorities import PRIORITIES, PRIORITY_IDS
from src.domain.search import parse_search, search_document
from src.models import new_id

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Tag(msgspec.Struct, gc=False):
    id: UUID
    name: str
    color: str


class Task(msgspec.Struct, gc=False):
    id: UUID
    user_id: UUID
    title: str
    description: str | None
    is_completed: bool
    completed_at: datetime | None
    priority: dict[str, int | str] | None
    due_date: date | None
    due_time: time | None
    timezone: str | None
    due_at: datetime | None
    tags: list[Tag]
    parent_id: UUID | None
    position: str
    recurring_task_id: UUID | None
    occurrence_date: date | None
    deleted_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class New(msgspec.Struct):
    title: str
    priority: str | None = None
    due_date: date | None = None


class Operation(msgspec.Struct):
    op: str
    data: New


class Bulk(msgspec.Struct):
    operations: list[Operation]


class Changes(msgspec.Struct):
    title: str


PRIORITIES_BY_ID: Final = {priority.id: asdict(priority) for priority in PRIORITIES}
PRIORITY_AT, TAGS_AT = 6, 11
BASE: Final = "/api/v1/tasks"
decode_new = msgspec.json.Decoder(New).decode
decode_bulk = msgspec.json.Decoder(Bulk).decode
decode_changes = msgspec.json.Decoder(Changes).decode
encode = msgspec.json.Encoder().encode

settings = load_settings()
tokens: Final = AccessTokens(Keyring(settings), timedelta())  # it only verifies
pool: asyncpg.Pool


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    path: str = scope["path"]
    if not path.startswith(BASE):
        await _send(send, 404, b"{}")
        return
    owner = _owner(scope["headers"])
    if scope["method"] == "GET":
        status, answer = await (_page(owner, scope["query_string"]) if path == BASE else _get(owner, path))
    else:
        status, answer = await _change(owner, scope["method"], path, await _body(receive))
    await _send(send, status, encode(answer))


async def _live(receive: Receive, send: Send) -> None:
    global pool  # noqa: PLW0603  # there is one in a process
    await receive()
    size = int(os.environ["DATABASE_POOL_SIZE"])
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


def _owner(headers: list[tuple[bytes, bytes]]) -> UUID:
    for name, value in headers:
        if name == b"authorization":
            return tokens.verify(value[7:].decode()).id
    raise PermissionError


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    return body


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _page(owner: UUID, query_string: bytes) -> tuple[int, object]:
    query = dict(parse_qsl(query_string.decode()))
    limit = int(query["limit"])
    if "q" in query:
        search = parse_search(owner, query["q"])
        assert search is not None
        rows = await pool.fetch(sql.SEARCH, owner, search.anywhere, search.in_title, limit + 1)
    else:
        filters = {name: _value(name, query[name]) for name in sql.FILTERS if name in query}
        after = _position(query["cursor"]) if "cursor" in query else ()
        statement = sql.page(tuple(filters), is_after=bool(after))
        rows = await pool.fetch(statement, owner, limit + 1, *filters.values(), *after)
    items = _tasks(rows[:limit])
    return 200, {"items": items, "next_cursor": _cursor(items[-1]) if len(rows) > limit else None}


def _value(name: str, text: str) -> object:
    if name == "completed":
        return text == "true"
    return PRIORITY_IDS[text] if name == "priority" else text


def _cursor(task: Task) -> str:
    return urlsafe_b64encode(f"{task.created_at.isoformat()},{task.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, UUID]:
    created_at, _, task_id = urlsafe_b64decode(cursor).decode().partition(",")
    return datetime.fromisoformat(created_at), UUID(task_id)


async def _get(owner: UUID, path: str) -> tuple[int, object]:
    return 200, _task(await pool.fetchrow(sql.GET, owner, UUID(path[-36:])))


async def _change(owner: UUID, method: str, path: str, body: bytes) -> tuple[int, object]:
    if method == "PATCH":
        if path.endswith("/complete"):
            return 200, _task(await pool.fetchrow(sql.TOGGLE, owner, UUID(path[-45:-9])))
        title = decode_changes(body).title
        document = search_document(owner, title, None)
        return 200, _task(await pool.fetchrow(sql.RENAME, owner, UUID(path[-36:]), title, document))
    if path == BASE:
        return 201, (await _create(owner, [decode_new(body)]))[0]
    made = await _create(owner, [operation.data for operation in decode_bulk(body).operations])
    results = [{"index": index, "op": "create", "status": 201, "task": task} for index, task in enumerate(made)]
    return 200, {"results": results}


async def _create(owner: UUID, new: Sequence[New]) -> list[Task]:
    rows = await pool.fetch(
        sql.CREATE,
        owner,
        [new_id() for _ in new],
        [each.title for each in new],
        [PRIORITY_IDS[each.priority] if each.priority else None for each in new],
        [each.due_date for each in new],
        [search_document(owner, each.title, None) for each in new],
    )
    return _tasks(rows)


def _task(row: asyncpg.Record | None) -> Task:
    if row is None:
        raise LookupError
    return _tasks([row])[0]


def _tasks(rows: Sequence[asyncpg.Record]) -> list[Task]:
    own = (
        [Tag(UUID(line[:36]), line[43:], line[36:43]) for line in rows[0][-1].split("\n")]
        if rows and rows[0][-1]
        else []
    )
    tasks = []
    for row in rows:
        *values, _ = row
        values[PRIORITY_AT] = PRIORITIES_BY_ID.get(values[PRIORITY_AT])
        ids = values[TAGS_AT]
        values[TAGS_AT] = [tag for tag in own if tag.id in ids] if ids else []
        tasks.append(Task(*values))
    return tasks
