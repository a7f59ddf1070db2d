"""What must hold on Neon whatever it does, each as a row of the proof's table.

Each check starts all that it needs, puts load on it for the seconds that it is given, and compares in the end.
"""

import asyncio
import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import trustme

from tests.faults.load import Load
from tests.faults.neon import COMPUTE_AWAY, POOLED, REGION, Neon, Refusal
from tests.proof.report import Row
from tests.startup.processes import BACKEND, Process, Program, eventually

Check = Callable[[Program, float], Awaitable[Row]]

WHOLE_SUITE = 60.0  # seconds of load from which on the whole of the API's tests is run


@dataclass
class Scene:
    """A service on Neon, under load."""

    neon: Neon
    process: Process
    load: Load

    async def health(self, path: str = "/health") -> int:
        return (await self.load.clients[0].api.get(path)).status_code

    async def is_healthy(self) -> bool:
        return await self.health() == 200


@asynccontextmanager
async def under_load(program: Program, row: Row, **settings: str) -> AsyncIterator[Scene]:
    """After the context the service has to come to itself under the same load; then what is stored is compared."""
    async with Neon.running() as neon:
        own = {**neon.settings(), "LOG_LEVEL": "warning", "TRUSTED_PROXIES": "127.0.0.1"}
        process = await program.start("serve", **{**own, **settings}).serving()
        scene = Scene(neon, process, Load(process.url, row))
        try:
            async with scene.load.running():
                yield scene
                await eventually(scene.is_healthy)
                await asyncio.sleep(0.3)
            database = await neon.compute.connect()
            await scene.load.audit(database)
            await database.close()
        finally:
            await scene.load.close()
            process.end()


def rounds(seconds: float, *, at_least: int = 1) -> Iterator[int]:
    """As many as fit in these seconds."""
    deadline = time.monotonic() + seconds
    for number in itertools.count():
        if number >= at_least and time.monotonic() > deadline:
            return
        yield number


async def suspend_shorter_than_the_limit(program: Program, seconds: float, **settings: str) -> Row:
    """Nobody is refused: what is asked meanwhile is answered late, also to those who come only then."""
    row = Row("suspend shorter than the wake limit")
    manners: list[dict[str, Any]] = [{}, {"refusal": Refusal(COMPUTE_AWAY)}, {"is_deaf": True}]
    async with under_load(program, row, **settings) as scene:
        for number in rounds(seconds, at_least=len(manners)):
            await asyncio.sleep(0.3)
            suspension = asyncio.create_task(scene.neon.suspend(1.2, **manners[number % len(manners)]))
            await asyncio.sleep(1)
            await scene.load.add()
            await suspension
    if row.refused:
        row.breaches.append(f"{row.refused} were refused")
    if row.slowest < 1:
        row.breaches.append("the suspension was not felt")
    return row


async def suspend_longer_than_the_limit(program: Program, seconds: float) -> Row:
    """Everybody is told so within the limit, and later served again, with nobody's help."""
    row = Row("suspend longer than the wake limit")
    limit, sleep = 1.0, max(seconds, 6.0)
    async with under_load(program, row, DATABASE_WAKE_TIMEOUT=str(limit)) as scene:
        suspension = asyncio.create_task(scene.neon.suspend(sleep))
        await asyncio.sleep(sleep / 2)
        if (told := await asyncio.gather(*map(scene.health, ("/health", "/health/live")))) != [503, 200]:
            row.breaches.append(f"/health and /health/live were answered {told}")
        await suspension
    if not row.refused:
        row.breaches.append("the suspension was not felt")
    if scene.load.slowest_refusal > limit + 4:
        row.breaches.append(f"a refusal took {scene.load.slowest_refusal:.1f} s")
    return row


async def pooler_killed(program: Program, seconds: float) -> Row:
    """And started again at once."""

    def kill_and_start(neon: Neon) -> None:
        assert neon.compute.server
        neon.compute.pooler.kill()
        neon.compute.pooler.start(neon.compute.server.port)

    return await _broken_again_and_again(program, seconds, "pooler killed and restarted", kill_and_start)


async def compute_restarted(program: Program, seconds: float) -> Row:
    """In the midst of transactions, as no suspension is."""
    return await _broken_again_and_again(
        program, seconds, "compute restarted within transactions", lambda neon: neon.compute.restart()
    )


async def _broken_again_and_again(program: Program, seconds: float, name: str, break_: Callable[[Neon], None]) -> Row:
    row = Row(name)
    async with under_load(program, row) as scene:
        for _ in rounds(seconds):
            before = scene.neon.connections[POOLED]
            await asyncio.to_thread(break_, scene.neon)
            await asyncio.sleep(0.7)
            if scene.neon.connections[POOLED] == before:
                row.breaches.append("it was not felt")
    return row


async def wrong_certificates(program: Program, seconds: float) -> Row:
    """The service neither starts with such a server nor goes on with it, though the rest of it is the right one."""
    row = Row("TLS: wrong certificate, wrong name")
    wrong = [
        ("of an unknown authority", f"*.{REGION}", trustme.CA()),
        ("of another region", "*.us-east-2.aws.neon.tech", None),
        ("of a name within", f"*.{POOLED}", None),
    ]
    async with under_load(program, row) as scene:
        for number in rounds(seconds, at_least=len(wrong)):
            kind, name, authority = wrong[number % len(wrong)]
            scene.neon.present(name, authority)
            row.breaches += [f"{kind}: {fault}" async for fault in _faults_with_its_certificate(scene, program)]
            scene.neon.present(f"*.{REGION}")
            await eventually(scene.is_healthy)
    return row


async def _faults_with_its_certificate(scene: Scene, program: Program) -> AsyncIterator[str]:
    scene.neon.cut()
    if await scene.health() != 503:
        yield "the service went on with it"
    process = program.start("serve", **scene.neon.settings())
    if await asyncio.to_thread(process.wait) != 1 or "could not be verified" not in process.stderr:
        yield "the service started with it"
    if "trying again" in process.stderr:
        yield "the service hoped that it would change"


async def api_tests_by_way_of_the_pooler(program: Program, seconds: float) -> Row:
    """Those of tasks; with much time, all of them."""
    row = Row("the API's tests through PgBouncer")
    paths = "tests/api" if seconds >= WHOLE_SUITE else "tests/api/test_tasks.py"
    known = {name: value for name, value in os.environ.items() if not name.startswith(("TODO_TEST", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", paths]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=BACKEND,
        env={**known, "TODO_TEST_POOLER": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    passed = re.search(r"(\d+) passed", output)
    row.operations = row.acknowledged = int(passed[1]) if passed else 0
    if process.returncode != 0 or not passed:
        row.breaches += re.findall(r"^(?:FAILED|ERROR) .*", output, re.MULTILINE) or [output[-2000:]]
    return row


CHECKS: tuple[Check, ...] = (
    suspend_shorter_than_the_limit,
    suspend_longer_than_the_limit,
    pooler_killed,
    compute_restarted,
    wrong_certificates,
    api_tests_by_way_of_the_pooler,
)
