"""Whether the services that are compared do the same work: the same tasks with the same tags for the same request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from benchmarks.endpoints import BY_NAME, PAGE, Stock
from benchmarks.servers import Server, Variant

COMPARED: Final = ("list", "filtered list", "get", "search")
EACH: Final = 20
Seen = list[tuple[object, ...]]


class Disagreement(Exception):
    """Two services answered the same request with other tasks."""


def compare_answers(servers: Sequence[Server], stock: Stock) -> Mapping[str, int]:
    """How many tasks the answers had of which all services agree. Raises Disagreement."""
    agreed = dict.fromkeys(COMPARED, 0)
    for name in COMPARED:
        for request in BY_NAME[name].build(stock, "")[:EACH]:
            seen: Mapping[Variant, Seen] = {server.variant: _tasks(server, request) for server in servers}
            if name == "search":
                seen = _comparable(seen)
            for rows in zip_longest(*seen.values()):
                if any(row != rows[0] for row in rows):
                    raise Disagreement(f"{name}: {dict(zip(seen, rows, strict=True))}")
            agreed[name] += len(next(iter(seen.values())))
    return agreed


def _comparable(seen: Mapping[Variant, Seen]) -> Mapping[Variant, Seen]:
    """The usual style knows nothing of relevance, so where more is found than a page holds, it shows others."""
    is_full = any(len(tasks) == PAGE for tasks in seen.values())
    return {variant: [] if is_full else sorted(tasks) for variant, tasks in seen.items()}


def _tasks(server: Server, request: bytes) -> Seen:
    status, body = server.answer(request)
    if status != 200:
        raise Disagreement(f"{server.variant} answered {status}: {body!r}\n{server.last_words}")
    document = json.loads(body)
    return list(_shown(document.get("items", [document])))


def _shown(tasks: Sequence[Mapping[str, object]]) -> Iterator[tuple[object, ...]]:
    for task in tasks:
        tags = task["tags"]
        assert isinstance(tags, list)
        yield (task["id"], task["title"], sorted(task), *((tag["id"], tag["name"], tag["color"]) for tag in tags))
