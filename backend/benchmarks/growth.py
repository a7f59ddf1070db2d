"""What a request costs as its user has more tasks, as there are more users, and as more ask at a time."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Final

from benchmarks.cluster import Database, database_with
from benchmarks.endpoints import BY_NAME, take_stock
from benchmarks.measuring import Clients, Measured, clients
from benchmarks.options import Options
from benchmarks.servers import Server, serving
from src.database.embedded import RunningServer

NAMES: Final = ("list", "filtered list", "get", "create", "complete", "search")
TASKS_OF_EACH = 100
PATIENT: Final = {
    "MAX_CONCURRENT_REQUESTS": "2000",
    "DATABASE_POOL_TIMEOUT": "60",
    "DATABASE_WAKE_TIMEOUT": "60",
}
"""A thousand clients at a time are to wait for each other here; by default the service tells most to come again."""
Row = Mapping[str, Measured]
"""By endpoint."""


@dataclass(frozen=True)
class Site:
    """Our service on a database, with clients before it."""

    database: Database
    server: Server
    load: Clients
    options: Options

    async def measured(self, callers: Sequence[int] | None = None, connections: int | None = None) -> Row:
        async with self.database.administered() as connection:
            stock = await take_stock(connection, largest=0, callers=callers)
        amount, row = replace(self.options.amount, connections=connections or self.options.connections), {}
        for name in NAMES:
            requests, expected = BY_NAME[name].build(stock, ""), [BY_NAME[name].status]
            row[name] = await self.load.measure(
                self.server, self.database.postmaster, requests, amount, expected=expected
            )
        await self.database.restore()
        return row


async def measure_growth(options: Options, cluster: RunningServer) -> Mapping[str, object]:
    async with _site(options, cluster, options.tasks_of_one) as site:
        tasks = [await site.measured(callers=[number]) for number in range(len(options.tasks_of_one))]
    users = []
    for number in options.crowds:
        async with _site(options, cluster, [TASKS_OF_EACH] * number) as site:
            users.append(await site.measured())
            if number == options.crowds[-1]:
                connections = [await site.measured(connections=each) for each in options.crowd_connections]
    return {
        "tasks of one user": _plain(options.tasks_of_one, tasks),
        "users": _plain(options.crowds, users),
        "connections": _plain(options.crowd_connections, connections),
    }


@asynccontextmanager
async def _site(options: Options, cluster: RunningServer, tasks_of_users: Sequence[int]) -> AsyncIterator[Site]:
    database = await database_with(cluster, tasks_of_users)
    async with serving("ours", database, **PATIENT) as server, clients() as load:
        yield Site(database, server, load, options)


def _plain(numbers: Sequence[int], rows: Sequence[Row]) -> dict[str, dict[str, object]]:
    by_number = zip(numbers, rows, strict=True)
    return {str(number): {name: asdict(one) for name, one in row.items()} for number, row in by_number}
