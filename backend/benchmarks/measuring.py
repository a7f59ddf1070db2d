"""One load on one service: how many requests, how fast, and what processor time they took, where."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

import msgspec

from benchmarks.cpu import cluster_seconds, process_seconds
from benchmarks.load import Order, Result
from benchmarks.servers import Server
from src.core.config import REPOSITORY

LONGEST_ANSWER = 1 << 28  # of the process that loads


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is offered; ``most``: end after so many answers."""

    connections: int
    seconds: float
    warm_up: float
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """Processor time in microseconds for each request."""

    requests: int
    app_us: float
    database_us: float
    cpu_us: float
    per_second: float
    p50_ms: float
    p99_ms: float


class BadAnswers(Exception):
    """Requests were answered otherwise than they should: nothing that was measured means anything."""


class Clients:
    """The process of `benchmarks.load`."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder

    async def measure(
        self,
        server: Server,
        postmaster: int,
        requests: list[bytes],
        amount: Amount,
        *,
        expected: Collection[int] = (200,),
    ) -> Measured:
        file = self._folder / "requests"
        file.write_bytes(msgspec.msgpack.encode(requests))
        order = Order(
            port=server.port,
            requests=str(file),
            connections=amount.connections,
            warm_up=amount.warm_up,
            seconds=amount.seconds,
            most=amount.most,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        await self._told("begin", server)
        app, database = process_seconds(server.pid), cluster_seconds(postmaster)
        await self._told("end", server)
        app, database = process_seconds(server.pid) - app, cluster_seconds(postmaster) - database
        result = msgspec.json.decode(await self._line(server), type=Result, strict=False)
        if not result.statuses.keys() <= set(expected) or not result.latencies:
            raise BadAnswers(
                f"{server.variant}: expected one of {expected}, was answered {result.statuses} (0: not at all) "
                f"to {requests[0].partition(b' HTTP')[0].decode()}\n{server.last_words}"
            )
        return _measured(result, app, database)

    async def _told(self, word: str, server: Server) -> None:
        line = (await self._line(server)).decode().strip()
        if line != word:
            raise RuntimeError(f"the clients said {line!r} instead of {word!r}")

    async def _line(self, server: Server) -> bytes:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise BadAnswers(f"the clients of {server.variant} broke down:\n{server.last_words}")
        return line


@asynccontextmanager
async def clients() -> AsyncIterator[Clients]:
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.load"),
            cwd=REPOSITORY / "backend",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_ANSWER,
        )
        try:
            yield Clients(process, Path(folder))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()


def _measured(result: Result, app: float, database: float) -> Measured:
    number = len(result.latencies)
    latencies = sorted(result.latencies)
    return Measured(
        requests=number,
        app_us=app / number * 1e6,
        database_us=database / number * 1e6,
        cpu_us=(app + database) / number * 1e6,
        per_second=number / result.seconds,
        p50_ms=median(latencies) * 1e3,
        p99_ms=(quantiles(latencies, n=100)[-1] if number > 1 else latencies[0]) * 1e3,
    )


def median_of(rounds: list[Measured]) -> Measured:
    """Of each figure."""
    columns = zip(*(asdict(each).values() for each in rounds), strict=True)
    return Measured(*(median(column) for column in columns))
