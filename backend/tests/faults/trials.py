"""The faults, each under a load of writing clients, and each with a sabotage that must be noticed."""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.factories import Api
from tests.faults.clients import Client
from tests.faults.ledger import Ledger, compared
from tests.faults.proxy import Fault
from tests.faults.stage import Sabotage, Stage, children, kill, stage, title
from tests.proof.report import Row
from tests.startup.processes import eventually, open_folder

CLIENTS = 6
ROUNDS = 5  # in which a sabotage has to be noticed
DISK_SIZE = 256  # MiB


NONE = Sabotage()
HASTY = Sabotage(late=0.1)
FORGETFUL = Sabotage(statement="DELETE FROM tasks WHERE random() < 0.3")


@dataclass(frozen=True)
class Trial:
    name: str
    inflict: Callable[[Stage], Awaitable[None]]
    """One stroke, with what makes it end: it is repeated as long as the trial lasts."""
    sabotage: Sabotage
    has_small_disk: bool = False


async def kill_a_worker(on: Stage) -> None:
    killed = random.choice(on.workers())
    kill(killed)
    await eventually(lambda: on.has_all_workers_but(killed))
    await asyncio.sleep(1)


async def kill_the_service(on: Stage) -> None:
    await asyncio.sleep(0.5)
    await on.kill_service()
    await on.start_service()


async def stop_the_service(on: Stage) -> None:
    await asyncio.sleep(0.5)
    on.service.send(signal.SIGTERM)
    status = await asyncio.to_thread(on.service.wait)
    assert status == 0, on.service.output
    await on.start_service()


async def kill_the_database(on: Stage) -> None:
    await asyncio.sleep(0.7)
    await on.kill_database()
    await on.start_database()


async def cut_at_every_moment(on: Stage) -> None:
    """Before a statement, between it and the COMMIT, and after the COMMIT before its answer; on a path through all."""
    for text in ("BEGIN", "INSERT INTO tasks", "UPDATE tasks", "COMMIT"):
        for fault in (Fault.CUT, Fault.LOSE_ANSWER):
            on.relay.once(text, fault)
            await asyncio.sleep(0.1)


async def suspend(on: Stage) -> None:
    """As a compute that goes to sleep and is woken: its connections end, it is away, and then slow for a while."""
    await asyncio.sleep(0.5)
    await on.relay.refuse()
    await asyncio.sleep(random.uniform(0.3, 1.2))
    await on.relay.accept()
    on.relay.is_stalled = True
    await asyncio.sleep(0.3)
    on.relay.is_stalled = False


async def freeze(on: Stage) -> None:
    """Its backends stand still for longer than a statement may take."""
    await asyncio.sleep(0.5)
    frozen = [pid for pid in children(on.database.pid) if "127.0.0.1" in title(pid) and random.random() < 0.5]
    for pid in frozen:
        kill(pid, signal.SIGSTOP)
    await asyncio.sleep(2.5)
    for pid in frozen:
        kill(pid, signal.SIGCONT)


async def fill_the_disk(on: Stage) -> None:
    await asyncio.sleep(0.5)
    ballast = on.cluster.parent / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(1 << 20)):
            pass
    await asyncio.sleep(1.5)
    ballast.unlink()
    await on.revive()
    database = await on.connect()
    await database.execute(on.sabotage.statement)
    await database.close()


async def migrate(on: Stage) -> None:
    await asyncio.sleep(0.5)
    await on.migrate()


TRIALS = (
    Trial("kill -9 of a worker", kill_a_worker, HASTY),
    Trial("kill -9 of the whole service", kill_the_service, HASTY),
    Trial("SIGTERM under load", stop_the_service, Sabotage(late=3)),
    Trial(
        "kill -9 of the whole database",
        kill_the_database,
        Sabotage({"synchronous_commit": "off", "wal_writer_delay": "10s"}),
    ),
    Trial("connections cut at every moment", cut_at_every_moment, Sabotage(has_ids=False)),
    Trial("a suspended compute", suspend, HASTY),
    Trial("frozen backends", freeze, HASTY),
    Trial("a migration while writing", migrate, FORGETFUL),
    Trial("a full disk", fill_the_disk, FORGETFUL, has_small_disk=True),
)


async def run(trial: Trial, *, seconds: float, is_sabotaged: bool = False) -> Row:
    """The trial's row. With the sabotage, it must have something lost or duplicated to tell."""
    row = Row(trial.name)
    sabotage = trial.sabotage if is_sabotaged else NONE
    with _folder(DISK_SIZE if trial.has_small_disk else None) as folder:
        async with stage(folder, sabotage) as on:
            ledger = Ledger(folder.with_suffix(".jsonl"))
            await _write_under(trial, on, ledger, row, seconds)
            await eventually(on.is_idle)
            database = await on.connect()
            (await compared(ledger.possible(), database)).put_into(row)
            await database.close()
            ledger.path.unlink()
    return row


async def run_sabotaged(trial: Trial, *, seconds: float) -> Row:
    """As `run` with its safety taken away; again where chance spared all that was acknowledged."""
    for _ in range(ROUNDS):
        row = await run(trial, seconds=seconds, is_sabotaged=True)
        if row.lost or row.duplicated:
            break
    return row


async def _write_under(trial: Trial, on: Stage, ledger: Ledger, row: Row, seconds: float) -> None:
    async with AsyncExitStack() as stack:
        clients = []
        for number in range(CLIENTS):
            api = await stack.enter_async_context(Api.at(on.url))
            clients.append(
                Client(api, lambda: on.url, f"c{number}", ledger, row, on.sabotage.has_ids, random.Random(number))
            )
            await clients[-1].begin()
        await on.checkpoint()
        async with asyncio.TaskGroup() as writing:
            for client in clients:
                writing.create_task(client.write())
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                await trial.inflict(on)
            await on.revive()
            for client in clients:
                client.end()


@contextmanager
def _folder(size: int | None) -> Iterator[Path]:
    """With a size in MiB, on a disk of its own, which only root can make."""
    with open_folder() as folder:
        if size is None:
            yield folder
            return
        assert os.getuid() == 0, "a disk that can be filled can only be made by root"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "todo", folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
