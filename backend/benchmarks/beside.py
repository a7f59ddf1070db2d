"""What our own service costs beside its requests: logins, its start, memory."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from statistics import median

from benchmarks.cluster import Database, database_with
from benchmarks.cpu import memory, process_seconds
from benchmarks.data import population
from benchmarks.endpoints import BY_NAME, Stock, request, take_stock
from benchmarks.measuring import Amount, Clients, Measured, clients, median_of
from benchmarks.options import Options
from benchmarks.servers import Server, serving
from src.database.embedded import RunningServer

LOGINS = 8
MIXED = ("list", "list", "filtered list", "get", "get", "create", "patch", "complete", "search")
PATIENCE = 3600.0


async def measure_beside(options: Options, cluster: RunningServer) -> Mapping[str, object]:
    database = await database_with(cluster, population(options.tasks, options.users))
    async with database.administered() as connection:
        stock = await take_stock(connection, largest=0)
    start = await _start(options, database)
    async with serving("ours", database) as server:
        answering = await _memory(options, database, server, stock)
    async with serving("ours", database) as server:
        logins = await _logins(options, database, server, stock)
        idle = await _idle(options, server, stock)
    return {"start_cpu_seconds": start, "logins": logins, "memory": answering, "idle": idle}


async def _start(options: Options, database: Database) -> float:
    """Up to the first answer, with a schema that is current."""
    taken = []
    for _ in range(options.rounds):
        async with serving("ours", database) as server:
            taken.append(process_seconds(server.pid))
    return median(taken)


async def _logins(options: Options, database: Database, server: Server, stock: Stock) -> Mapping[str, object]:
    """What becomes of other requests while so many log in at a time."""
    requests = BY_NAME["list"].build(stock, "")
    alone, beside = list[Measured](), list[Measured]()
    async with clients() as load, clients() as logins:
        for _ in range(options.rounds):
            alone.append(await load.measure(server, database.postmaster, requests, options.amount))
            async with asyncio.TaskGroup() as group:
                group.create_task(_log_in(logins, server, database, stock, options))
                beside.append(await load.measure(server, database.postmaster, requests, options.amount))
            await database.restore()
    before, meanwhile = median_of(alone), median_of(beside)
    return {
        "at_a_time": LOGINS,
        "alone": asdict(before),
        "beside": asdict(meanwhile),
        "share_of_throughput": meanwhile.per_second / before.per_second,
        "p99_ratio": meanwhile.p99_ms / before.p99_ms,
    }


async def _log_in(logins: Clients, server: Server, database: Database, stock: Stock, options: Options) -> None:
    """Until the others are done."""
    endpoint, amount = BY_NAME["login"], options.amount
    lasting = Amount(LOGINS, seconds=amount.warm_up + amount.seconds, warm_up=0)
    await logins.measure(server, database.postmaster, endpoint.build(stock, ""), lasting)


async def _memory(options: Options, database: Database, server: Server, stock: Stock) -> Mapping[str, float]:
    """MiB of the process, by the requests of all kinds that it has answered."""
    requests = _mixed(stock)
    taken, answered = {}, 0
    async with clients() as load:
        taken["0"] = memory(server.pid)
        for goal in options.answers:
            amount = Amount(options.connections, PATIENCE, warm_up=0, most=goal - answered)
            await load.measure(server, database.postmaster, requests, amount, expected=(200, 201))
            answered = goal
            taken[str(goal)] = memory(server.pid)
    await database.restore()
    return taken


def _mixed(stock: Stock) -> list[bytes]:
    requests = [each for name in MIXED for each in BY_NAME[name].build(stock, "")]
    stock.chance.shuffle(requests)
    return requests


async def _idle(options: Options, server: Server, stock: Stock) -> Mapping[str, float]:
    """MiB that clients take who have asked something once, and stay connected."""
    async with AsyncExitStack() as stack:
        one = request("GET", "/tasks?limit=50", stock.callers[0])
        before = memory(server.pid)
        await _connected(server, one, options.idle_clients, stack)
        return {"clients": options.idle_clients, "mib": memory(server.pid) - before}


async def _connected(server: Server, one: bytes, number: int, stack: AsyncExitStack) -> None:
    for _ in range(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        stack.callback(writer.close)
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        await reader.readexactly(int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]))
