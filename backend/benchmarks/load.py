"""Clients that do as little as can be done, in a process of their own: ``python -m benchmarks.load``.

Each connection sends the next request when the last is answered. A line on standard input orders a load (`Order`), and
is answered by the lines ``begin`` and ``end``, at the moments between which it counts, and by a `Result`.
"""

import asyncio
import sys
import time
from collections import Counter
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import cast

import msgspec
import uvloop

PATIENCE = 60.0  # seconds for the answers that are still awaited at the end
LOST = 0
"""The status of a request whose connection ended before the answer."""


class Order(msgspec.Struct, kw_only=True):
    """``requests``: a file with a msgpack list of what is sent. ``most``: to end after so many answers, if not before.

    It lasts longer than it should where by then there are fewer answers than connections.
    """

    port: int
    requests: str
    connections: int
    warm_up: float
    seconds: float
    most: int | None = None


class Result(msgspec.Struct, kw_only=True):
    """Latencies in seconds, of the answers between begin and end; ``statuses`` of all, those of the warm-up too."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]


class Load:
    def __init__(self, order: Order) -> None:
        requests = msgspec.msgpack.decode(Path(order.requests).read_bytes(), type=list[bytes])
        self.next_request = cycle(requests).__next__
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.fewest = order.connections
        self.most = order.most
        self.is_over = False
        self.ended = asyncio.Event()
        self.is_enough = asyncio.Event()

    def add(self, status: int, latency: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(latency)
        if len(self.latencies) == self.fewest:
            self.is_enough.set()
        if self.most is not None and len(self.latencies) >= self.most:
            self.end()

    def end(self) -> None:
        self.ended.set()
        self.is_enough.set()


class Connection(asyncio.Protocol):
    def __init__(self, load: Load) -> None:
        self._load = load
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""
        self._wanted = 0  # bytes of the answer, once its head is there
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class, which does not derive from it
        self.send()

    def send(self) -> None:
        if self._load.is_over:
            self._transport.close()
            return
        self._received, self._wanted = b"", 0
        self._sent_at = time.perf_counter()
        self._transport.write(self._load.next_request())

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._wanted:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._wanted = end + 4 + _body_length(self._received[:end])
        if len(self._received) >= self._wanted:
            self._load.add(int(self._received[9:12]), time.perf_counter() - self._sent_at)
            self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._load.is_over:
            self._load.statuses[LOST] += 1
            self._load.end()
        if not self._closed.done():
            self._closed.set_result(None)

    async def wait_closed(self) -> None:
        await self._closed


def _body_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def offer(order: Order) -> Result:
    loop = asyncio.get_running_loop()
    load = Load(order)
    connections = []
    for _ in range(order.connections):
        _, connection = await loop.create_connection(lambda: Connection(load), "127.0.0.1", order.port)
        connections.append(connection)
    await _until_ended(load, order.warm_up)
    load.latencies = []
    if not load.ended.is_set():
        load.is_enough.clear()
    began = time.perf_counter()
    print("begin", flush=True)
    await _until_ended(load, order.seconds)
    async with asyncio.timeout(PATIENCE):
        await load.is_enough.wait()
    seconds, latencies = time.perf_counter() - began, load.latencies.copy()
    print("end", flush=True)
    load.is_over = True
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(connection.wait_closed() for connection in connections))
    return Result(seconds=seconds, latencies=latencies, statuses=dict(load.statuses))


async def _until_ended(load: Load, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(load.ended.wait(), seconds)


def main() -> None:
    for line in sys.stdin:
        result = uvloop.run(offer(msgspec.json.decode(line, type=Order)))
        print(msgspec.json.encode(result).decode(), flush=True)


if __name__ == "__main__":
    main()
