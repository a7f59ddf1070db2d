"""Another SECRET_KEY, one instance after the other: what either of them makes, both must take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI

from src.main import create_app
from tests.conftest import settings_for
from tests.factories import SECRET, Api
from tests.scaling.test_instances import token_in

NEW_SECRET = "test-only-mK4tYw8zQ1xV6cB3nR7jH2gF5dS9pLaE"
OLD = {"secret_key": SECRET}
PREPARED = {"secret_key": SECRET, "secret_key_previous": NEW_SECRET}
SWITCHED = {"secret_key": NEW_SECRET, "secret_key_previous": SECRET}
SETTLED = {"secret_key": NEW_SECRET}
ROLLOUTS = [(OLD, PREPARED), (PREPARED, SWITCHED), (SWITCHED, SETTLED)]
"""In each step some instances are still in the first state, and others already in the second."""


@pytest.fixture(params=ROLLOUTS, ids=["prepare", "switch", "settle"])
async def pair(request: pytest.FixtureRequest, worker_database: str) -> AsyncIterator[tuple[FastAPI, FastAPI]]:
    async with AsyncExitStack() as stack:
        instances = [create_app(settings_for(worker_database, **keys)) for keys in request.param]
        for instance in instances:
            await stack.enter_async_context(instance.router.lifespan_context(instance))
        yield instances[0], instances[1]


@pytest.fixture(params=[False, True], ids=["from the first", "from the second"])
async def users(request: pytest.FixtureRequest, pair: tuple[FastAPI, FastAPI]) -> AsyncIterator[tuple[Api, Api]]:
    """One user at two instances, logged in at one of them and known to the other by the same token."""
    here, there = reversed(pair) if request.param else pair
    async with Api.of(here) as at_home, Api.of(there) as abroad:
        await at_home.register_and_log_in()
        abroad.client.headers["Authorization"] = at_home.client.headers["Authorization"]
        yield at_home, abroad


async def test_nobody_notices(users: tuple[Api, Api]) -> None:
    at_home, abroad = users
    made = [await at_home.create_task(title=f"{number}") for number in range(2)]
    first = (await at_home.get("/tasks?limit=1&sort=created_at")).json()
    second = (await abroad.get(f"/tasks?limit=1&sort=created_at&cursor={first['next_cursor']}")).json()
    assert first["items"] + second["items"] == made


async def test_two_refreshes_at_the_same_moment_have_the_same_successor(users: tuple[Api, Api]) -> None:
    token = users[0].client.cookies["refresh_token"]
    for _ in range(3):
        headers = {"Cookie": f"refresh_token={token}"}
        answers = await asyncio.gather(*(user.post("/auth/refresh", headers=headers) for user in users * 2))
        successors = {token_in(answer) for answer in answers}
        assert len(successors) == 1
        token = successors.pop()
