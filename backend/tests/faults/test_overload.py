"""More than the service can do: what it takes it does well, and the rest it refuses at once."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from src.core.logging import configure_logging
from tests.factories import problem
from tests.faults.conftest import Serve, Service
from tests.faults.overload import logins_beside_requests, twice_the_capacity
from tests.faults.test_database_faults import held
from tests.proof.report import Row
from tests.startup.processes import eventually


async def test_beyond_the_limit_requests_are_refused_at_once_and_later_served(serve: Serve) -> None:
    async with serve(max_concurrent_requests=2) as service:
        task = await service.ana.create_task(title="Old")
        path = f"/tasks/{task['id']}"
        async with held(service, task):
            changes = [asyncio.create_task(service.ana.patch(path, {"title": title})) for title in ("A", "B")]
            await eventually(lambda: _all_wait(service))
            refused = await service.ana.get("/tasks")
            problem(refused, 503, "unavailable")
            assert int(refused.headers["retry-after"]) > 0
            assert (await service.ana.get("/health/live")).status_code == 200
            assert not any(change.done() for change in changes)
        assert {response.status_code for response in await asyncio.gather(*changes)} == {200}
        assert (await service.ana.get("/tasks")).status_code == 200


async def test_the_log_tells_how_many_were_refused(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    async with serve(max_concurrent_requests=1) as service:
        task = await service.ana.create_task(title="Old")
        configure_logging("warning", "json")
        async with held(service, task):
            change = asyncio.create_task(service.ana.patch(f"/tasks/{task['id']}", {"title": "New"}))
            await eventually(service.waiting)
            for _ in range(5):
                problem(await service.ana.get("/tasks"), 503, "unavailable")
        assert (await change).status_code == 200
        told: list[int] = []

        async def all_are_told() -> bool:
            lines = map(json.loads, capsys.readouterr().err.splitlines())
            told.extend(line["refused"] for line in lines if line["event"] == "too many requests at a time")
            return sum(told) >= 5

        await eventually(all_are_told)
        configure_logging("error")
        assert told == [1, 4]


async def _all_wait(service: Service) -> bool:
    return await service.waiting() == 2


@pytest.mark.parametrize("load", [twice_the_capacity, logins_beside_requests])
async def test_under_load_every_answer_is_one_or_says_when_to_come_again(
    load: Callable[[float], Awaitable[Row]],
) -> None:
    """How fast, ``make proof`` says, on a machine that does nothing else."""
    row = await load(2.0)
    assert row.acknowledged > 0
    assert row.acknowledged + row.refused == row.operations
