"""What clients were told of their writes, kept on disk, and how it compares with what is stored in the end.

After Jepsen's checkers: each write is noted before it is sent and again once it is answered. From these lines follows
what may be stored of every task. An acknowledged write must be there; a refused one (503 ``unavailable``) must not;
one of unknown end (503 ``commit_unknown``, or no answer) may be, once.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

from tests.proof.report import Row


class Told(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Stored:
    """What is compared of a task."""

    title: str
    is_completed: bool = False
    is_trashed: bool = False


State = Stored | int | None
"""Of a task; of a series or a counter, how often it went on; None where there is nothing."""

CHANGES: Mapping[str, Callable[[State, Any], State]] = {
    "create": lambda state, title: Stored(title) if state is None else state,
    "retitle": lambda state, title: replace(state, title=title) if isinstance(state, Stored) else state,
    "complete": lambda state, value: replace(state, is_completed=value) if isinstance(state, Stored) else state,
    "trash": lambda state, _: replace(state, is_trashed=True) if isinstance(state, Stored) else state,
    "restore": lambda state, _: replace(state, is_trashed=False) if isinstance(state, Stored) else state,
    "remove": lambda state, _: None,
    "advance": lambda state, times: max(state, times) if isinstance(state, int) else state,
    "count": lambda state, _: state + 1 if isinstance(state, int) else state,
}
"""What each kind of write makes of a state. ``advance`` says to where, so that it may be sent twice; ``count``, which
is guarded by a version, may not."""


@dataclass(frozen=True)
class Write:
    mark: str
    """Of the task, in its description, where no write changes it; two tasks with one mark are one too many."""
    kind: str
    value: Any = None


@dataclass
class Ledger:
    path: Path
    _number: int = 0

    def sent(self, write: Write) -> int:
        self._number += 1
        self._note(number=self._number, mark=write.mark, kind=write.kind, value=write.value)
        return self._number

    def told(self, number: int, told: Told) -> None:
        self._note(number=number, told=told)

    def _note(self, **line: object) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def possible(self) -> dict[str, set[State]]:
        """By mark, what may be stored, read from the disk. What was sent and not answered is of unknown end."""
        sent: dict[int, Write] = {}
        ends: dict[int, Told] = defaultdict(lambda: Told.UNKNOWN)
        for text in self.path.read_text().splitlines():
            line = json.loads(text)
            number = line.pop("number")
            if "told" in line:
                ends[number] = Told(line["told"])
            else:
                sent[number] = Write(**line)
        states: dict[str, set[State]] = defaultdict(lambda: {None})
        for number, write in sent.items():
            states[write.mark] = after(states[write.mark], write, ends[number])
        return states


def after(states: set[State], write: Write, told: Told) -> set[State]:
    """What may be stored after one more write. ``begin`` is what the clients found when they began."""
    if write.kind == "begin":
        return {write.value}
    if told is Told.REFUSED:
        return states
    changed = {CHANGES[write.kind](state, write.value) for state in states}
    return changed if told is Told.ACKNOWLEDGED else states | changed


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    phantoms: list[str] = field(default_factory=list)

    def compare(self, mark: str, possible: set[State], stored: list[State]) -> None:
        self.duplicated += [mark] * (len(stored) - 1)
        for state in stored or [None]:
            if state not in possible:
                is_phantom = possible == {None}
                (self.phantoms if is_phantom else self.lost).append(f"{mark}: {state}, where {possible} was due")

    def put_into(self, row: Row) -> None:
        row.lost += len(self.lost)
        row.duplicated += len(self.duplicated)
        row.breaches += [f"stored although refused: {each}" for each in self.phantoms]
        row.breaches += [f"lost, stale or back: {each}" for each in self.lost[:5]]
        row.breaches += [f"stored twice: {each}" for each in self.duplicated[:5]]


async def compared(possible: Mapping[str, set[State]], database: asyncpg.Connection) -> Findings:
    """The ledger against the rows."""
    tasks, series = await _tasks(database), await _series(database)
    findings = Findings()
    for mark in possible.keys() | tasks.keys():
        if mark in series:
            findings.compare(mark, possible[mark], [len(series[mark])])
            if faults := _faults_of_series(series[mark], tasks.get(mark, [])):
                findings.duplicated += [f"{mark}: {fault}" for fault in faults]
        elif mark.startswith("counter"):
            findings.compare(mark, possible[mark], [int(task.title) for task in tasks.get(mark, [])])
        else:
            findings.compare(mark, possible.get(mark, {None}), list(tasks.get(mark, [])))
    return findings


def _faults_of_series(done: list[int], open_: Iterable[Stored]) -> Iterable[str]:
    """Its completed dates, in days from its start, are without gap and each is there once; one task is open."""
    if Counter(done) != Counter(range(len(done))):
        yield f"completed on the days {done}"
    if (count := sum(not (task.is_completed or task.is_trashed) for task in open_)) != 1:
        yield f"{count} open tasks"


async def _tasks(database: asyncpg.Connection) -> dict[str, list[Stored]]:
    found = defaultdict(list)
    for mark, *values in await database.fetch(
        "SELECT description, title, is_completed, deleted_at IS NOT NULL FROM tasks ORDER BY created_at"
    ):
        found[mark].append(Stored(*values))
    return found


async def _series(database: asyncpg.Connection) -> dict[str, list[int]]:
    rows = await database.fetch("""
        SELECT series.description, array_remove(array_agg(instance.occurrence_date - series.start_date
            ORDER BY instance.occurrence_date), NULL) AS days
        FROM recurring_tasks AS series LEFT JOIN task_instances AS instance
        ON (instance.user_id, instance.recurring_task_id, status) = (series.user_id, series.id, 'completed')
        GROUP BY series.user_id, series.id
    """)
    return {row["description"]: row["days"] for row in rows}
