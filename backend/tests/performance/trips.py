"""Sends a request, and sees how often and how long it made its caller wait for the database."""

import time
from typing import NamedTuple

import asyncpg

from tests.factories import Api
from tests.performance.requests import Asked
from tests.performance.wired import Wired


class Wait(NamedTuple):
    """``trips``: with those of what is done after the answer."""

    trips: int
    seconds: float


async def sent(asked: Asked, wired: Wired, admin: asyncpg.Connection, *, delay: float) -> Wait:
    """Twice, by users who have only what the request needs: the first time prepares the statements."""
    await _sent_once(asked, wired, admin, delay=0.0)
    return await _sent_once(asked, wired, admin, delay=delay)


async def _sent_once(asked: Asked, wired: Wired, admin: asyncpg.Connection, *, delay: float) -> Wait:
    proxy, mailer = wired.proxy, wired.app.state.context.mailer
    async with Api.of(wired.app) as caller:
        await caller.register_and_log_in()
        request = await asked.prepared(caller, admin)
        before, proxy.delay, began = proxy.round_trips, delay, time.perf_counter()
        try:
            response = await caller.client.send(request)
            seconds = time.perf_counter() - began
            await mailer.drain(30)
        finally:
            proxy.delay = 0.0
        assert response.is_success, response.text
        return Wait(proxy.round_trips - before, seconds)
