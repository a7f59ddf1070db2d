"""The rows of the proof that tell of attacks: each class of them, hostile values, and what is tried at random."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.proof.report import Row
from tests.startup.processes import BACKEND

APART = ("test_hostile_values.py", "test_timing.py")
"""Has a row of its own; needs a quiet machine."""


@dataclass(frozen=True)
class Run:
    """Of one file below ``tests``, with what makes it short or long."""

    name: str
    file: str
    budget: dict[str, str] = field(default_factory=dict)


async def attack_rows(*, is_long: bool = False) -> list[Row]:
    """What each file of attacks did to the servers that it started, and what it found, one file after the other.

    ``operations`` are the lines of the servers' logs, ``refused`` those with 503. A failed test is told among the
    ``breaches``: whether it was one of seeing what is another's, its name tells, and no column.
    """
    return [await asyncio.to_thread(row_of, run) for run in runs(is_long=is_long)]


def runs(*, is_long: bool) -> Iterator[Run]:
    for file in sorted((BACKEND / "tests" / "security").glob("test_*.py")):
        if file.name not in APART:
            yield Run(file.stem.removeprefix("test_").replace("_", " "), f"security/{file.name}")
    for name, file, variable, short, long in (
        ("hostile values in every place", "security/test_hostile_values.py", "HOSTILE_EXAMPLES", 3, 12),
        ("the contract, by schemathesis", "proof/test_contract.py", "CONTRACT_EXAMPLES", 20, 60),
        ("three users at random", "model/test_state_machine.py", "MODEL_ROUNDS", 2, 10),
    ):
        yield Run(name, file, {variable: str(long if is_long else short)})


def row_of(run: Run) -> Row:
    row = Row(run.name)
    with tempfile.TemporaryDirectory(prefix="todo-proof-") as folder:
        logs, report = Path(folder) / "logs", Path(folder) / "report.xml"
        logs.mkdir()
        with (logs / "stderr").open("wb") as stderr:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", BACKEND / "tests" / run.file, "-n", "0", "-s", f"--junitxml={report}"],
                cwd=BACKEND,
                env={**os.environ, **run.budget, "TODO_TEST_LOGS": str(logs), "TODO_TEST_LOG_LEVEL": "info"},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                check=False,
            )
        for event in _requests_in(logs):
            _count(row, event)
        row.breaches = _failures_in(report) if report.exists() else []
    if done.returncode != 0 and not row.breaches:
        row.breaches.append(f"the tests did not run: pytest ended with {done.returncode}")
    return row


def _requests_in(logs: Path) -> Iterator[dict[str, Any]]:
    for log in logs.rglob("stderr"):
        with log.open(errors="replace") as lines:
            for line in lines:
                if line.startswith("{") and (event := json.loads(line))["event"] == "request":
                    yield event


def _count(row: Row, event: dict[str, Any]) -> None:
    row.operations += 1
    if event["status"] == 503:
        row.refused += 1
        return
    row.acknowledged += 200 <= event["status"] < 300
    row.errors += event["status"] >= 500
    row.slowest = max(row.slowest, event["ms"] / 1000)


def _failures_in(report: Path) -> list[str]:
    cases = ET.parse(report).iter("testcase")
    return [case.attrib["name"] for case in cases if case.find("failure") is not None or case.find("error") is not None]
