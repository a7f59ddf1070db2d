"""Offers GET requests to a service, open-loop: at a given rate, whether or not those before have been answered.

``python -m tests.faults.open_loop URL TOKEN SECONDS [RATE]`` is a process of its own, which does not wait for what
it measures. Without a rate, 16 callers each send the next request when the last is answered: that is the capacity.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvloop

BACKEND = Path(__file__).parents[2]
CALLERS = 16
PATIENCE = 30.0  # seconds for an answer


@dataclass
class Offered:
    """What became of the requests, by status; 0 for no answer. Latencies in seconds, in the order of the answers."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    without_retry_after: int = 0

    def add(self, status: int, head: bytes, latency: float) -> None:
        self.statuses[status] += 1
        if status == 200:
            self.accepted.append(latency)
        elif status == 503:
            self.refused.append(latency)
            self.without_retry_after += b"\r\nretry-after: " not in head.lower()


class Connection(asyncio.Protocol):
    """Asks one request at a time, with as little work as can be: it shares the machine with the service."""

    def __init__(self, caller: "Caller") -> None:
        self._caller = caller
        self._received = b""
        self._head = b""
        self._wanted = 0  # bytes of the body, once the head is there
        self._started: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def ask(self, started: float) -> None:
        self._received, self._head, self._started = b"", b"", started
        self.transport.write(self._caller.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._head:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            self._head, self._received = head, rest
            self._wanted = int(head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0])
        if len(self._received) >= self._wanted and self._started is not None:
            started, self._started = self._started, None
            self._caller.answered(self, started, int(self._head[9:12]), self._head)

    def connection_lost(self, _: Exception | None) -> None:
        if self._started is not None:
            self._caller.answered(None, self._started, 0, b"")


class Caller:
    """Uses the connections that are free, and opens new ones while there is none."""

    def __init__(self, url: str, token: str, offered: Offered) -> None:
        parts = urlsplit(url)
        self._at = parts.hostname, parts.port
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.request = (
            f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        self._offered = offered
        self._free: list[Connection] = []
        self._opening: set[asyncio.Task[None]] = set()
        self.asked = 0
        self.next_one: Callable[[], None] | None = None

    def ask(self) -> None:
        self.asked += 1
        started = time.perf_counter()
        if self._free:
            self._free.pop().ask(started)
        else:
            opening = asyncio.create_task(self._open(started))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def answered(self, connection: Connection | None, started: float, status: int, head: bytes) -> None:
        self._offered.add(status, head, time.perf_counter() - started)
        if connection is not None:
            self._free.append(connection)
        if self.next_one is not None:
            self.next_one()

    async def wait_for_answers(self) -> None:
        """Those that are not there in time count as none."""
        until = time.perf_counter() + PATIENCE
        while self._offered.statuses.total() < self.asked and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        if (missing := self.asked - self._offered.statuses.total()) > 0:
            self._offered.statuses[0] += missing

    async def _open(self, started: float) -> None:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(self), *self._at)
        except OSError:
            self.answered(None, started, 0, b"")
        else:
            connection.ask(started)


async def offer(url: str, token: str, seconds: float, rate: float | None) -> Offered:
    offered = Offered()
    caller = Caller(url, token, offered)
    started = time.perf_counter()
    if rate is None:
        caller.next_one = lambda: caller.ask() if time.perf_counter() < started + seconds else None
        for _ in range(CALLERS):
            caller.ask()
        await asyncio.sleep(seconds)
    else:
        for number in range(int(rate * seconds)):
            if (ahead := started + number / rate - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            caller.ask()
    offered.seconds = time.perf_counter() - started
    await caller.wait_for_answers()
    return offered


async def offer_from_outside(url: str, token: str, seconds: float, rate: float | None = None) -> Offered:
    """From a process of its own."""
    chosen = [] if rate is None else [str(rate)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.open_loop", url, token, str(seconds), *chosen),
        stdout=asyncio.subprocess.PIPE,
        cwd=BACKEND,
    )
    printed, _ = await process.communicate()
    told = json.loads(printed)
    return Offered(**{**told, "statuses": Counter({int(status): n for status, n in told["statuses"].items()})})


if __name__ == "__main__":
    _, url, token, seconds, *rate = sys.argv
    print(json.dumps(vars(uvloop.run(offer(url, token, float(seconds), float(rate[0]) if rate else None)))))
