"""What happens to a service that is offered more than it can do: by how many, how fast, and at what cost of memory."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from src.database.embedded import start, stop
from tests.factories import PASSWORD, Api, unique_email
from tests.faults.open_loop import Offered, offer_from_outside
from tests.proof.report import Row
from tests.startup.processes import Process, copied_program, eventually, open_folder

TASKS = 100
LOGINS = 50
GOODPUT = 0.8  # of the capacity
PATIENCE = 2.0  # seconds, for 99 of 100 accepted requests
AT_ONCE = 1.0  # seconds, for 99 of 100 refusals of a process that has all hands full
RECOVERY = 5.0  # seconds
GROWTH = 64  # MiB
BESIDE_LOGINS = 0.4  # of the rate without them, on a machine that they share with the clients and the database
SLOW_BESIDE_LOGINS = 2.0  # seconds, for the slowest of the others
BELOW_CLIENTS = 5  # the niceness of the service: clients that wait for a processor would measure themselves
FEW_AND_PATIENT = '(THREADS, "password", initializer=lower_priority)'
MANY = '(64, "password")'


@dataclass
class Loaded:
    """A service of one process and a user whose list is asked for."""

    process: Process
    ana: Api

    async def offered(self, seconds: float, rate: float | None = None) -> Offered:
        token = self.ana.client.headers["Authorization"].removeprefix("Bearer ")
        return await offer_from_outside(f"{self.process.url}/api/v1/tasks?limit=20", token, seconds, rate)

    @property
    def memory(self) -> float:
        """MiB that are really taken."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def loaded(*, hashing: str = FEW_AND_PATIENT, **settings: str) -> AsyncIterator[Loaded]:
    """``hashing``: the threads of passwords in the copy that runs."""
    with open_folder() as folder, copied_program() as program:
        passwords = program.backend / "src/core/security/passwords.py"
        text = passwords.read_text()
        assert FEW_AND_PATIENT in text
        passwords.write_text(text.replace(FEW_AND_PATIENT, hashing))
        try:
            url = (await asyncio.to_thread(start, folder / "cluster")).url
            chosen = {"DATABASE_URL": url, "LOG_LEVEL": "error", "TRUSTED_PROXIES": "127.0.0.0/8", **settings}
            process = await program.start("serve", **chosen).serving()
            os.setpriority(os.PRIO_PROCESS, process.pid, BELOW_CLIENTS)
            async with Api.at(process.url) as ana:
                await ana.register_and_log_in()
                operations = [{"op": "create", "data": {"title": f"Task {number}"}} for number in range(TASKS)]
                assert (await ana.post("/tasks/bulk", {"operations": operations})).status_code == 200
                yield Loaded(process, ana)
        finally:
            program.end_all()
            await asyncio.to_thread(stop, folder / "cluster", mode="immediate")


async def twice_the_capacity(seconds: float, *, is_sabotaged: bool = False) -> Row:
    """The sabotage takes the limit on concurrent requests away."""
    async with loaded(**({"MAX_CONCURRENT_REQUESTS": "100000"} if is_sabotaged else {})) as service:
        await service.offered(2)  # warms up
        before = await service.offered(max(3.0, seconds / 6))
        capacity = before.statuses[200] / before.seconds
        memory = service.memory
        offered = await service.offered(seconds, 2 * capacity)
        grown = service.memory - memory
        recovery = await _recovery(service)
    goodput = offered.statuses[200] / offered.seconds / capacity
    row = Row(f"twice the capacity ({2 * capacity:.0f}/s): goodput {goodput:.0%}, memory {grown:+.0f} MiB")
    count(offered, row)
    late, slow_refusals = _p99(offered.accepted), _p99(offered.refused)
    row.breaches += [
        text
        for is_so, text in (
            (goodput < GOODPUT, f"goodput is {goodput:.0%} of the capacity"),
            (late > PATIENCE, f"1 % of the accepted took longer than {late:.2f} s"),
            (slow_refusals > AT_ONCE, f"1 % of the refused waited longer than {slow_refusals:.2f} s"),
            (grown > GROWTH, f"memory grew by {grown:.0f} MiB"),
            (recovery > RECOVERY, f"it took {recovery:.1f} s to recover"),
        )
        if is_so
    ]
    return row


async def logins_beside_requests(seconds: float, *, is_sabotaged: bool = False) -> Row:
    """50 at a time, at the cost of production. The sabotage gives each a thread, of full priority."""
    async with loaded(PASSWORD_HASH_ROUNDS="12", hashing=MANY if is_sabotaged else FEW_AND_PATIENT) as service:
        await service.offered(2)
        alone = await service.offered(seconds)
        async with asyncio.TaskGroup() as group:
            logins = [group.create_task(_log_in_again_and_again(service.process.url)) for _ in range(LOGINS)]
            beside = await service.offered(seconds)
            for each in logins:
                each.cancel()
    share = beside.statuses[200] / beside.seconds / (alone.statuses[200] / alone.seconds)
    row = Row(f"{LOGINS} logins at a time: other requests at {share:.0%} of their rate")
    count(beside, row)
    if share < BESIDE_LOGINS:
        row.breaches.append(f"others were served at {share:.0%} of their rate")
    if row.refused:
        row.breaches.append(f"{row.refused} others were refused")
    if row.slowest > SLOW_BESIDE_LOGINS:
        row.breaches.append(f"one of the others took {row.slowest:.1f} s")
    return row


async def _log_in_again_and_again(url: str) -> None:
    """From a new network, as somebody new, each time: no limit on attempts is met."""
    async with Api.at(url) as nobody:
        while True:
            network = ".".join(str(random.randrange(1, 250)) for _ in range(4))
            nobody.email = unique_email()
            await nobody.post(
                "/auth/login",
                {"email": nobody.email, "password": PASSWORD},
                headers={"X-Forwarded-For": network},
            )


def count(offered: Offered, row: Row) -> None:
    row.operations = offered.statuses.total()
    row.acknowledged = offered.statuses[200]
    row.refused = offered.statuses[503] - offered.without_retry_after
    row.errors = sum(n for status, n in offered.statuses.items() if status >= 500) - row.refused
    row.slowest = max(offered.accepted, default=0.0)
    if others := {status: n for status, n in offered.statuses.items() if status not in (200, 503)}:
        row.breaches.append(f"answers by status, 0 is none: {others}")


async def _recovery(service: Loaded) -> float:
    """Seconds until requests are answered as on any other day."""
    started = time.monotonic()

    async def is_well() -> bool:
        return (await service.ana.get("/tasks?limit=20")).status_code == 200

    await eventually(is_well)
    return time.monotonic() - started


def _p99(latencies: list[float]) -> float:
    return quantiles(latencies, n=100)[-1] if len(latencies) > 1 else 0.0
