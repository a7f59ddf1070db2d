"""How often a request waits for the database, counted on the wire: over a long way, this is what it costs."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from src.services import attempt_limits
from tests.performance.requests import REQUESTS, Asked
from tests.performance.trips import sent
from tests.performance.wired import Wired

DELAY = 0.001
"""Seconds, so that what is sent without waiting is on its way before the first answer comes."""


@pytest.fixture(scope="module")
async def wired(worker_database: str) -> AsyncIterator[Wired]:
    async with Wired.to(worker_database) as built:
        yield built


@pytest.fixture(autouse=True)
def never_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_limits, "PURGE_CHANCE", 0)  # else one in a hundred waits once more


def test_every_operation_is_counted(wired: Wired) -> None:
    operations = {
        f"{method.upper()} {path}" for path, methods in wired.app.openapi()["paths"].items() for method in methods
    }
    assert {f"{asked.method} {asked.path}" for asked in REQUESTS} == operations


@pytest.mark.parametrize("asked", REQUESTS, ids=str)
async def test_a_request_waits_as_often_as_is_said(wired: Wired, admin: asyncpg.Connection, asked: Asked) -> None:
    assert (await sent(asked, wired, admin, delay=DELAY)).trips == asked.trips


def test_what_waits_for_more_than_is_thought_right_says_why() -> None:
    assert [str(asked) for asked in REQUESTS if (asked.trips > asked.budget) != bool(asked.why)] == []


async def test_what_is_counted_is_each_wait(wired: Wired, worker_database: str) -> None:
    proxy = wired.proxy
    connection = await asyncpg.connect(proxy.url(worker_database))
    counts = []
    for ask in (
        lambda: connection.execute("BEGIN; SELECT 1; COMMIT"),  # three statements, sent as one text
        lambda: connection.fetch("SELECT 2"),  # is prepared, and run
        lambda: connection.fetch("SELECT 2"),
        lambda: connection.fetch("SELECT repeat('long', 100_000)"),
    ):
        before = proxy.round_trips
        await ask()
        counts.append(proxy.round_trips - before)
    await connection.close()
    assert counts == [1, 2, 1, 2]
