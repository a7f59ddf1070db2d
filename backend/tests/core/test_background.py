"""Work that no answer waits for."""

import asyncio

import pytest

from src.core.background import BackgroundJobs
from src.core.logging import configure_logging


async def test_all_jobs_are_done_when_it_is_drained() -> None:
    jobs, done = BackgroundJobs(at_once=2), list[int]()

    async def job() -> None:
        await asyncio.sleep(0)
        done.append(1)

    for _ in range(20):
        jobs.submit("job", job)
    await jobs.drain(30)
    assert len(done) == 20


async def test_only_so_many_run_at_once_and_wait() -> None:
    jobs, running, gate = BackgroundJobs(capacity=5, at_once=2), list[int](), asyncio.Event()

    async def job() -> None:
        running.append(1)
        await gate.wait()

    for _ in range(9):
        jobs.submit("job", job)
    await asyncio.sleep(0.01)
    assert len(running) == 2
    gate.set()
    await jobs.drain(30)
    assert len(running) == 5


async def test_a_failure_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("error", "json")
    jobs = BackgroundJobs()

    async def job() -> None:
        raise RuntimeError("canary")

    jobs.submit("a certain job", job)
    await jobs.drain(30)
    logged = capsys.readouterr().err
    assert "a certain job" in logged
    assert "RuntimeError" in logged
    assert "canary" not in logged


async def test_what_hangs_is_ended() -> None:
    jobs, ended = BackgroundJobs(), list[int]()

    async def job() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    jobs.submit("job", job)
    await jobs.drain(0.01)
    assert ended == [1]
