"""The promises as figures: ``python -m tests.proof``, which takes about an hour. CI runs the same checks for shorter.

Each check prints its row. A check of faults is done once more with a safety taken away, and must notice that. The exit
status is 1 after any breach, and after any sabotage that went unnoticed. A whole run is written to docs/proof.md.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from src.core.config import REPOSITORY
from tests.faults import neon_checks, overload
from tests.faults.trials import TRIALS, run, run_sabotaged
from tests.proof.attacks import attack_rows
from tests.proof.report import Row, table
from tests.startup.processes import copied_program

REPORT = REPOSITORY / "docs" / "proof.md"
SECONDS = 60.0

TEXT = """\
# What was proved, and when

On {day}, with {machine}, in {minutes:.0f} minutes, by:

    {command}

{failure}

## What must not be there

`lost` was acknowledged and is not there, or is older than acknowledged, or came back after it was deleted.
`duplicated` is there more than once. `refused` are answers 503 with a Retry-After, as a fault may cause; `5xx` are all
other answers from 500 on. `slowest` is of the answers that were no refusal.

{found}

## What must be noticed

The same checks with one safety taken away: answers before the COMMIT, creates without an id of the client's own, a
database that does not wait for its disk, a repair or a migration that deletes rows, no limit on requests at a time, a
thread of full priority for each login.

{noticed}

## What this does not show

The processes are killed, the machine is not: what the operating system had in its cache survives, so that a disk which
loses what it said was written is not tried. PostgreSQL and the service share one machine with the clients. Neon is a
stand-in made of what its documents say and what was measured of it; no check here runs on Neon itself.
"""


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[], Awaitable[list[Row]]]
    must_be_noticed: bool = False


def checks(seconds: float) -> list[Check]:
    made = []
    for each in (overload.twice_the_capacity, overload.logins_beside_requests):
        name = each.__name__.replace("_", " ")
        made.append(Check(name, partial(_one, each, seconds)))
        made.append(Check(name, partial(_one, each, seconds / 2, is_sabotaged=True), must_be_noticed=True))
    for trial in TRIALS:
        made.append(Check(trial.name, partial(_one, run, trial, seconds=seconds)))
        made.append(
            Check(trial.name, partial(_one, run_sabotaged, trial, seconds=max(2, seconds / 4)), must_be_noticed=True)
        )
    made += [Check(each.__name__.replace("_", " "), partial(_of_program, each, seconds)) for each in neon_checks.CHECKS]
    return [*made, Check("attacks", partial(attack_rows, is_long=seconds >= SECONDS))]


async def _one(function: Callable[..., Awaitable[Row]], *arguments: object, **options: object) -> list[Row]:
    return [await function(*arguments, **options)]


async def _of_program(function: neon_checks.Check, seconds: float) -> list[Row]:
    with copied_program() as program:
        return [await function(program, seconds)]


async def rows_of(check: Check) -> AsyncIterator[Row]:
    """With what a check stumbles over among the breaches, so that the others are still done."""
    try:
        for row in await check.run():
            yield row
    except Exception as error:  # noqa: BLE001
        yield Row(check.name, breaches=[f"{type(error).__name__}: {error}"])


async def main(seconds: float, only: list[str]) -> int:
    started = time.monotonic()
    found: list[Row] = []
    noticed: list[Row] = []
    failures: list[str] = []
    for check in checks(seconds):
        if not any(text in check.name for text in only):
            continue
        async for row in rows_of(check):
            (noticed if check.must_be_noticed else found).append(row)
            failures += judged(row, must_be_noticed=check.must_be_noticed)
            print(row.cells, *row.breaches, sep="\n    ", flush=True)
    failure = "\n".join(f"- {each}" for each in failures) or "Nothing was breached, and every sabotage was noticed."
    print("", table(found), "", table(noticed), "", failure, sep="\n")
    if only == [""]:
        REPORT.write_text(report(found, noticed, failure, seconds, (time.monotonic() - started) / 60))
    return 1 if failures else 0


def judged(row: Row, *, must_be_noticed: bool) -> list[str]:
    if must_be_noticed:
        return [] if row.is_breach else [f"not noticed: {row.name}"]
    return [f"{row.name}: {', '.join(row.breaches) or 'see the table'}"] if row.is_breach else []


def report(found: list[Row], noticed: list[Row], failure: str, seconds: float, minutes: float) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return TEXT.format(
        day=datetime.now(UTC).date(),
        machine=f"{os.cpu_count()} processors and {memory:.0f} GiB, Python {platform.python_version()}",
        command="make proof" if seconds == SECONDS else f"make proof SECONDS={seconds:g}",
        minutes=minutes,
        failure=failure,
        found=table(found),
        noticed=table(noticed),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of load, for each check")
    parser.add_argument("--only", nargs="+", default=[""], help="checks with one of these texts in their names")
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.seconds, chosen.only)))
