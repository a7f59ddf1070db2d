"""What is asked: for each endpoint the requests as they go over the wire, made before anything is measured."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from urllib.parse import quote_plus
from uuid import UUID

import asyncpg

from benchmarks.cluster import SECRET
from benchmarks.data import DEVICE, PASSWORD, TAGS
from benchmarks.servers import Variant
from benchmarks.vocabulary import ABSENT, VOCABULARY, phrase
from src.core.config import Settings
from src.core.security import AccessTokens, Keyring, Principal

CALLERS: Final = 1_000
REQUESTS: Final = 2_000
PAGE: Final = 50
BULK: Final = 100
EVERY: Final[tuple[Variant, ...]] = ("limit", "usual", "ours")
BY_CURSOR: Final[tuple[Variant, ...]] = ("limit", "ours")
_PRIORITIES = (None, "low", "medium", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Caller:
    id: UUID
    email: str
    token: str


@dataclass(frozen=True, slots=True)
class Owned:
    owner: Caller
    id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What requests are made of. ``tasks`` are of the callers, and have no description."""

    callers: Sequence[Caller]
    largest: Caller
    tasks: Sequence[Owned]
    chance: Random


Builder = Callable[[Stock, str], list[bytes]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``connections``: where it is other than what is chosen for all. ``is_deep``: it begins where a cursor says."""

    name: str
    build: Builder
    status: int = 200
    variants: tuple[Variant, ...] = EVERY
    connections: int | None = None
    is_deep: bool = False


async def take_stock(connection: asyncpg.Connection, largest: int, callers: Sequence[int] | None = None) -> Stock:
    """Users are numbered as in `data.load`. ``callers``: some of all but the largest, if not said."""
    chance = Random(11)  # the same requests each time
    users = await _callers(connection)
    others = [user for number, user in enumerate(users) if number != largest] or users
    chosen = [users[n] for n in callers] if callers is not None else chance.sample(others, min(CALLERS, len(others)))
    by_id = {caller.id: caller for caller in chosen}
    rows = await connection.fetch(
        "SELECT user_id, id, title FROM tasks WHERE user_id = ANY ($1) AND description IS NULL "
        "ORDER BY sha256(uuid_send(id)) LIMIT $2",  # any of them, the same each time
        list(by_id),
        REQUESTS,
    )
    tasks = [Owned(by_id[row["user_id"]], row["id"], row["title"]) for row in rows]
    return Stock(chosen, users[largest], tasks, chance)


async def _callers(connection: asyncpg.Connection) -> list[Caller]:
    """Each with the session that was made with the data, and a token that outlives the benchmark."""
    settings = Settings(_env_file=None, environment="test", secret_key=SECRET)
    tokens = AccessTokens(Keyring(settings), lifetime=timedelta(days=1))
    rows = await connection.fetch(
        "SELECT users.id, users.email, sessions.id AS session_id FROM users JOIN sessions ON user_id = users.id "
        "WHERE device = $1 ORDER BY users.id",
        DEVICE,
    )
    return [Caller(row["id"], row["email"], tokens.issue(Principal(row["id"], row["session_id"]))) for row in rows]


def request(method: str, path: str, caller: Caller | None, body: object = None, *lines: str) -> bytes:
    head = [f"{method} /api/v1{path} HTTP/1.1", "Host: 127.0.0.1", *lines]
    if caller is not None:
        head.append(f"Authorization: Bearer {caller.token}")
    content = b"" if body is None else json.dumps(body).encode()
    if content:
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


def _list(stock: Stock, _: str) -> list[bytes]:
    return [request("GET", f"/tasks?limit={PAGE}", caller) for caller in stock.callers]


def _filtered(stock: Stock, _: str) -> list[bytes]:
    query = f"limit={PAGE}&completed=false&priority=high&tag="
    return [request("GET", f"/tasks?{query}{stock.chance.choice(TAGS)}", caller) for caller in stock.callers]


def _get(stock: Stock, _: str) -> list[bytes]:
    return [request("GET", f"/tasks/{task.id}", task.owner) for task in stock.tasks]


def _create(stock: Stock, _: str) -> list[bytes]:
    return [request("POST", "/tasks", task.owner, _new(stock.chance)) for task in stock.tasks]


def _new(chance: Random) -> dict[str, object]:
    return {"title": phrase(chance, 4), "priority": chance.choice(_PRIORITIES), "due_date": "2026-12-01"}


def _patch(stock: Stock, _: str) -> list[bytes]:
    """The words by which a task is found stay: other benchmarks look for them."""

    def renamed(task: Owned) -> str:
        words = [word for word in task.title.split() if word.isalpha()]
        return " ".join([*words, str(stock.chance.getrandbits(32))])

    return [request("PATCH", f"/tasks/{task.id}", task.owner, {"title": renamed(task)}) for task in stock.tasks]


def _complete(stock: Stock, _: str) -> list[bytes]:
    return [request("PATCH", f"/tasks/{task.id}/complete", task.owner) for task in stock.tasks]


def _search(stock: Stock, _: str) -> list[bytes]:
    """One or two words of a task that is there."""
    words = [stock.chance.sample(task.title.split()[:3], stock.chance.randint(1, 2)) for task in stock.tasks]
    return [_search_for(" ".join(some), task.owner) for task, some in zip(stock.tasks, words, strict=True)]


def _search_for(text: str, caller: Caller) -> bytes:
    return request("GET", f"/tasks?limit={PAGE}&q={quote_plus(text)}", caller)


def _bulk(stock: Stock, _: str) -> list[bytes]:
    def operations() -> list[dict[str, object]]:
        return [{"op": "create", "data": _new(stock.chance)} for _ in range(BULK)]

    return [request("POST", "/tasks/bulk", caller, {"operations": operations()}) for caller in stock.callers[:100]]


def _log_in(stock: Stock, _: str) -> list[bytes]:
    """Each from a network of its own."""

    def network() -> str:
        return ".".join(str(stock.chance.randrange(1, 250)) for _ in range(4))

    return [
        request(
            *("POST", "/auth/login", None, {"email": caller.email, "password": PASSWORD}),
            f"X-Forwarded-For: {network()}",
        )
        for caller in stock.callers
    ]


def _page_of_largest(stock: Stock, cursor: str) -> list[bytes]:
    after = f"&cursor={quote_plus(cursor)}" if cursor else ""
    return [request("GET", f"/tasks?limit={PAGE}{after}", stock.largest)]


def _search_of_largest(*texts: str) -> Builder:
    return lambda stock, _: [_search_for(text, stock.largest) for text in texts]


def _hard_search(name: str, *texts: str) -> Endpoint:
    return Endpoint(f"search: {name}", _search_of_largest(*texts), variants=("ours",), connections=1)


ENDPOINTS: Final = (
    Endpoint("list", _list),
    Endpoint("filtered list", _filtered),
    Endpoint("get", _get),
    Endpoint("create", _create, status=201),
    Endpoint("patch", _patch),
    Endpoint("complete", _complete),
    Endpoint("search", _search),
    Endpoint("bulk-100", _bulk, connections=4),
    Endpoint("login", _log_in, variants=("usual", "ours"), connections=4),
    Endpoint("page 1", _page_of_largest, variants=BY_CURSOR),
    Endpoint("page at 94 %", _page_of_largest, variants=BY_CURSOR, is_deep=True),
    _hard_search("common", *VOCABULARY[:5]),
    _hard_search("several middling", *(" ".join(VOCABULARY[n : n + 3]) for n in range(20, 50, 3))),
    _hard_search("rare", *VOCABULARY[-20:]),
    _hard_search("absent", ABSENT),
    _hard_search("prefix", *(word[:2] for word in VOCABULARY[:20])),
)
"""The searches named for their text are in the tasks of the user who has the most, one at a time."""

BY_NAME: Final = {endpoint.name: endpoint for endpoint in ENDPOINTS}
