"""Whether the time of an answer tells who has an account: measured at production's cost, outside of the fast suite.

    TIMING=1 ../.venv/bin/python -m pytest tests/security/test_timing.py -n 0 -s

Requests for a known and an unknown account are sent in pairs, in random order, one at a time. The median of the pairs'
differences is compared with what chance gives (a permutation test that flips their signs, so that neither outliers nor
the shape of the distribution count); what chance gives less often than once in a thousand fails. To state its power,
each run also slows the known accounts down by 20 ms, on paper, and must find that. To skip the hash of an unknown
account, or to hash at a cost that is lower by one, would make ten and five times as much.

On 2026-11-22, 2 shared processors, 150 pairs: known accounts +0.34 ms of 5.7 for a forgotten password (by chance in
0.158), 20 ms more by chance in 0.0002; the login passed too.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.factories import BASE, PASSWORD, unique_email
from tests.security.conftest import Server, unique_address
from tests.startup.processes import Program

PAIRS = int(os.environ.get("TIMING_PAIRS", "150"))
PERMUTATIONS = 4_000
SIGNIFICANCE = 0.001
PAUSE = 0.15
"""Seconds, after which a mail that no answer waits for is on its way: it would slow down what is asked next."""
DETECTABLE = 0.02
"""Seconds."""

on_a_quiet_machine = pytest.mark.skipif(
    "TIMING" not in os.environ, reason="takes minutes, and a quiet machine: set TIMING=1"
)

Ask = Callable[[str], Awaitable[float]]


@pytest.fixture(scope="module")
async def careful(programs: Program, server: Server) -> str:
    """The address of a service with passwords as dear as in production, and with a mail server."""
    settings = {
        "DATABASE_URL": server.database,
        "PASSWORD_HASH_ROUNDS": "12",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.mailbox.port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "Todo <todo@example.com>",
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "WEB_APP_DIR": "off",
        "LOG_LEVEL": "warning",
    }
    return (await programs.start("serve", **settings).serving()).url


async def registered(client: httpx.AsyncClient) -> str:
    body = {"email": unique_email(), "password": PASSWORD}
    response = await client.post(f"{BASE}/auth/register", json=body, headers={"X-Forwarded-For": unique_address()})
    assert response.status_code == 201
    return body["email"]


def asking(client: httpx.AsyncClient, path: str, **fields: str) -> Ask:
    async def ask(email: str) -> float:
        headers = {"X-Forwarded-For": unique_address()}  # so that no limit is met
        began = time.perf_counter()
        response = await client.post(f"{BASE}{path}", json={"email": email, **fields}, headers=headers)
        took = time.perf_counter() - began
        await asyncio.sleep(PAUSE)
        assert response.status_code in (401, 202)
        return took

    return ask


def chance_of(differences: list[float]) -> float:
    """How often differences of these sizes, whose signs are tossed, have a median as far from zero as this."""
    seen, larger = abs(statistics.median(differences)), 0
    for _ in range(PERMUTATIONS):
        larger += abs(statistics.median(random.choice((1, -1)) * each for each in differences)) >= seen
    return (larger + 1) / (PERMUTATIONS + 1)


@on_a_quiet_machine
@pytest.mark.parametrize(
    ("path", "fields"), [("/auth/login", {"password": "a wrong guess"}), ("/auth/forgot-password", {})]
)
async def test_an_answer_takes_as_long_for_known_and_unknown_accounts(
    server: Server, careful: str, path: str, fields: dict[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=careful, timeout=60, verify=False) as client:
        ask, differences, unknown = asking(client, path, **fields), [], []
        for _ in range(PAIRS):
            email = await registered(client)  # a new one each time: an address gets few mails and few guesses an hour
            times: dict[bool, float] = {}
            for is_known in random.sample([True, False], 2):
                times[is_known] = await ask(email if is_known else unique_email())
            differences.append(times[True] - times[False])
            unknown.append(times[False])

    chance, slowed = chance_of(differences), chance_of([each + DETECTABLE for each in differences])
    told = (
        f"{path}: {statistics.median(unknown) * 1000:.1f} ms, known accounts "
        f"{statistics.median(differences) * 1000:+.2f} ms, by chance {chance:.3f}; "
        f"{DETECTABLE * 1000:.0f} ms more would be by chance {slowed:.4f}"
    )
    print(f"\n{told}")
    assert slowed < SIGNIFICANCE, f"too few pairs, or too restless a machine, to see it: {told}"
    assert chance >= SIGNIFICANCE, told
