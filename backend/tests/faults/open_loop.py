"""Offers GET requests to a service, open-loop: at a given rate, whether or not those before have been answered.

``python -m tests.faults.open_loop URL TOKEN SECONDS [RATE]`` is a process of its own, which does not wait for what
it measures. Without a rate, 16 callers each send the next request when the last is answered: that is the capacity.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
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


class Caller:
    """One connection after the other, each kept for the next request."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.request = (
            f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        self.free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(self, offered: Offered) -> None:
        started = time.perf_counter()
        status, head = 0, b""
        try:
            async with asyncio.timeout(PATIENCE):
                status, head = await self._answer()
        except (OSError, EOFError, TimeoutError):
            pass
        offered.add(status, head, time.perf_counter() - started)

    async def _answer(self) -> tuple[int, bytes]:
        connection = self.free.pop() if self.free else await asyncio.open_connection(self.host, self.port)
        reader, writer = connection
        try:
            writer.write(self.request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
        except BaseException:
            writer.transport.abort()
            raise
        self.free.append(connection)
        return int(head.split(b" ", 2)[1]), head


async def offer(url: str, token: str, seconds: float, rate: float | None) -> Offered:
    caller, offered = Caller(url, token), Offered()
    started = time.perf_counter()
    if rate is None:
        await asyncio.gather(*(_one_by_one(caller, offered, started + seconds) for _ in range(CALLERS)))
    else:
        async with asyncio.TaskGroup() as calls:
            for number in range(int(rate * seconds)):
                await asyncio.sleep(started + number / rate - time.perf_counter())
                calls.create_task(caller.call(offered))
            offered.seconds = time.perf_counter() - started
    offered.seconds = offered.seconds or time.perf_counter() - started
    for _, writer in caller.free:
        writer.close()
    return offered


async def _one_by_one(caller: Caller, offered: Offered, until: float) -> None:
    while time.perf_counter() < until:
        await caller.call(offered)


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
