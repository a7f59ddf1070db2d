"""Work that no answer waits for."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from src.core.metrics import metrics

CAPACITY = 1000
AT_ONCE = 8

log = structlog.get_logger()


class BackgroundJobs:
    """Runs jobs in this process: bounded, a few at once, and to their end when the process stops.

    A job that fails is logged and not tried again. What must not be lost does not belong here.
    """

    def __init__(self, *, capacity: int = CAPACITY, at_once: int = AT_ONCE) -> None:
        self._capacity = capacity
        self._slots = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Returns at once. Beyond the capacity the job is dropped, and that is logged."""
        if len(self._tasks) >= self._capacity:
            metrics().background_job("dropped")
            log.error("too many background jobs are waiting; one was dropped", job=name)
            return
        task = asyncio.create_task(self._run(name, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, patience: float) -> None:
        """Wait until all is done; what is not after ``patience`` seconds is cancelled and logged."""
        if not self._tasks:
            return
        _, unfinished = await asyncio.wait(set(self._tasks), timeout=patience)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.error("background jobs were not finished in time", count=len(unfinished))
            await asyncio.wait(unfinished)

    async def _run(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        async with self._slots:
            try:
                await job()
            except Exception:
                metrics().background_job("failed")
                log.exception("a background job failed", job=name)
            else:
                metrics().background_job("done")
