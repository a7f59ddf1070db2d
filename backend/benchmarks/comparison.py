"""Our own service against the least that can answer, and against the usual style."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote_plus

from benchmarks.agreement import compare_answers
from benchmarks.cluster import database_with
from benchmarks.data import population
from benchmarks.endpoints import Endpoint, Stock, request, take_stock
from benchmarks.measuring import Amount, Measured, clients, median_of
from benchmarks.options import Options
from benchmarks.servers import Server, Variant, serving
from src.database.embedded import RunningServer

DEEP = 0.94  # of the tasks of the largest user
LONGEST_PAGE = 200
Rounds = dict[Variant, list[Measured]]


class Task(NamedTuple):
    """One endpoint of one service, and what it is asked."""

    endpoint: Endpoint
    server: Server
    requests: list[bytes]


async def compare(options: Options, cluster: RunningServer) -> Mapping[str, object]:
    tasks_of_users = population(options.tasks, options.users)
    database = await database_with(cluster, tasks_of_users)
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(variant, database)) for variant in options.variants]
        async with database.administered() as connection:
            stock = await take_stock(connection, largest=0)
        agreement = compare_answers(servers, stock)
        tasks = list(_tasks(options.endpoints, servers, stock, deep=int(tasks_of_users[0] * DEEP)))
        load = await stack.enter_async_context(clients())
        found: dict[str, Rounds] = {endpoint.name: {} for endpoint in options.endpoints}
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            for endpoint, server, requests in tasks:
                amount = _amount(options, endpoint)
                one = await load.measure(server, database.postmaster, requests, amount, expected=[endpoint.status])
                found[endpoint.name].setdefault(server.variant, []).append(one)
            await database.restore()
    return {
        "agreement": agreement,
        "endpoints": {name: _summary(rounds) for name, rounds in found.items()},
    }


def _tasks(endpoints: Sequence[Endpoint], servers: Sequence[Server], stock: Stock, *, deep: int) -> Iterator[Task]:
    """The requests are the same for all services, but for cursors, which each makes in its own way."""
    for endpoint in endpoints:
        shared = [] if endpoint.is_deep else endpoint.build(stock, "")
        for server in servers:
            if server.variant in endpoint.variants:
                own = endpoint.build(stock, _cursor_at(server, stock, deep)) if endpoint.is_deep else shared
                yield Task(endpoint, server, own)


def _cursor_at(server: Server, stock: Stock, row: int) -> str:
    """Got as clients get it: page by page."""
    cursor = ""
    while row > 0:
        length = min(row, LONGEST_PAGE)
        after = f"&cursor={quote_plus(cursor)}" if cursor else ""
        answer = server.answer(request("GET", f"/tasks?limit={length}{after}", stock.largest))
        assert answer.status == HTTPStatus.OK, answer
        cursor = json.loads(answer.body)["next_cursor"]
        row -= length
    return cursor


def _amount(options: Options, endpoint: Endpoint) -> Amount:
    return replace(options.amount, connections=min(endpoint.connections or options.connections, options.connections))


def _summary(rounds: Rounds) -> dict[str, object]:
    medians = {variant: median_of(each) for variant, each in rounds.items()}
    return {
        "median": {variant: asdict(each) for variant, each in medians.items()},
        "ours/limit": _ratio(medians, "ours", "limit"),
        "usual/ours": _ratio(medians, "usual", "ours"),
        "rounds": {variant: [asdict(one) for one in each] for variant, each in rounds.items()},
    }


def _ratio(medians: Mapping[Variant, Measured], variant: Variant, to: Variant) -> float | None:
    """Of the processor time, that of the database with it."""
    if variant not in medians or to not in medians:
        return None
    return medians[variant].cpu_us / medians[to].cpu_us
