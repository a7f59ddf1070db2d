"""The workers of one instance: started, replaced, and given up."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.factories import Api, problem
from tests.faults.proxy import Proxy
from tests.faults.stage import children, has_ended, kill, title
from tests.scaling.conftest import Fleet, at
from tests.startup.processes import Process, Program, copied_program, until

# longer than uvicorn by itself gives a worker to answer for the first time
LOADING_SLOWLY = """\
import asyncio
import multiprocessing
import time

if multiprocessing.current_process().name != "MainProcess":
    time.sleep(6)
"""


def workers_of(service: Process) -> set[int]:
    return {pid for pid in children(service.pid) if "spawn_main" in title(pid)}


@contextmanager
def answering(service: Process, worker: int) -> Iterator[None]:
    """This worker alone: the others stand still meanwhile."""
    others = workers_of(service) - {worker}
    for other in others:
        kill(other, signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            kill(other, signal.SIGCONT)


class TestTwoWorkers:
    async def test_know_of_a_session_that_the_other_has_ended(self, fleet: Fleet, ana: Api) -> None:
        service = fleet.instances[0]
        one, other = workers_of(service)
        at(ana, service.url)
        for worker in (one, other):
            with answering(service, worker):
                assert (await ana.get("/users/me")).status_code == 200
        with answering(service, one):
            assert (await ana.post("/auth/logout")).status_code == 204
        with answering(service, other):
            problem(await ana.get("/users/me"), 401, "unauthorized")

    async def test_count_attempts_together(self, fleet: Fleet, ana: Api) -> None:
        service = fleet.instances[0]
        statuses = []
        for worker in workers_of(service):
            with answering(service, worker):
                guesses = [await at(ana, service.url).log_in(password="a wrong guess") for _ in range(6)]
            statuses += [guess.status_code for guess in guesses]
        assert statuses == [401] * 10 + [429] * 2


@pytest.fixture
def slow_program() -> Iterator[Program]:
    """Loads as on a machine that has much else to do."""
    with copied_program() as program:
        module = program.backend / "src/database/startup.py"
        text = module.read_text()
        module.write_text(text.replace("import asyncio\n", LOADING_SLOWLY, 1))
        yield program


async def test_workers_that_take_long_to_load_are_waited_for(slow_program: Program, worker_database: str) -> None:
    service = slow_program.start_anew("serve", "--workers", "2", DATABASE_URL=worker_database)
    await asyncio.to_thread(until, lambda: len(workers_of(service)) == 2)
    first = workers_of(service)
    await service.serving()
    assert workers_of(service) == first


async def test_a_worker_that_cannot_be_replaced_ends_the_service_as_a_failure(
    program: Program, own_database: str
) -> None:
    """So that whoever looks after it starts it again: a status of 0 would say that somebody had stopped it."""
    async with Proxy.to(own_database) as way:
        service = program.start_anew(
            "serve", "--workers", "2", DATABASE_URL=way.url(own_database), DATABASE_START_TIMEOUT="1"
        )
        await service.serving()
        workers = workers_of(service)
        await way.refuse()
        kill(max(workers))
        assert await asyncio.to_thread(service.wait) == 1
        assert "Failed to connect to PostgreSQL" in service.stderr
        assert all(map(has_ended, workers))
