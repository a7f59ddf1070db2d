"""What somebody feels whose service and database are ten milliseconds apart: ``python -m tests.performance.felt``.

Prints a table: each request, its round trips to the database, and how many milliseconds its answer takes. Nothing is
asserted: how long an answer takes is the machine's affair too.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from src.database.embedded import start, stop
from tests.conftest import FAST
from tests.performance.requests import REQUESTS
from tests.performance.trips import sent
from tests.performance.wired import Wired

EACH_WAY = 0.010
"""Seconds."""


@contextmanager
def cluster() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's account has to reach it
        data = Path(folder) / "cluster"
        try:
            yield start(data, settings=FAST).url
        finally:
            stop(data, mode="immediate")


async def main(url: str) -> None:
    print("| request | round trips | felt, ms |\n| --- | ---: | ---: |")
    async with Wired.to(url) as wired:
        admin = await asyncpg.connect(url)
        for asked in REQUESTS:
            wait = await sent(asked, wired, admin, delay=EACH_WAY)
            print(f"| {asked} | {wait.trips} | {wait.seconds * 1000:.0f} |", flush=True)
        await admin.close()


if __name__ == "__main__":
    with cluster() as url:
        asyncio.run(main(url))
