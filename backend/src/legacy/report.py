"""What a run has done, as a person reads it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from src.legacy.findings import Remarks
from src.legacy.layout import SHAPES
from src.legacy.sqlite_file import OldDatabase

COUNTED = tuple(table for table in SHAPES if table != "priorities")
_HEADINGS = ("", "in SQLite", "created", "already there", "not moved")


@dataclass
class Report:
    """Counts on both sides, by table. Of ``created`` and ``present`` each old row is in one, or it is not moved."""

    database: OldDatabase
    place: str
    is_dry_run: bool
    remarks: Remarks
    now: datetime
    in_sqlite: Counter[str]
    shared_tags: int
    """How many tags more there are because old ones that belonged to nobody became one for each user."""
    created: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    """How many series got their next task."""

    def differences(self) -> list[str]:
        """The tables whose counts do not add up."""
        return [
            f"{table}: {expected:,} rows were to be found in PostgreSQL, and there are {found:,}"
            for table in COUNTED
            if (found := self.created[table] + self.present[table]) != (expected := self.expected(table))
        ]

    def expected(self, table: str) -> int:
        shared = self.shared_tags if table == "tags" else 0
        return self.in_sqlite[table] + shared - self.remarks.not_moved.count(table)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"From  {self.database.path}"
        yield f"to    {self.place}"
        yield ""
        yield from self._table()
        yield from _section("Changed so that it fits, with nothing lost:", self.remarks.mended.lines())
        yield from _section("Not moved:", [*self.remarks.not_moved.lines(), *self._left()])
        yield ""
        if self.opened:
            yield f"Series that got their next task, because none of their tasks was open: {self.opened:,}"
        yield "Read back: each user's tasks are as many as before, and what was written is what was read."
        yield "This was a dry run: nothing was written." if self.is_dry_run else "All of it is committed."

    def _table(self) -> Iterator[str]:
        rows = [
            (table, *(f"{count:,}" for count in (self.in_sqlite[table], self.created[table], self.present[table],
                                                  self.remarks.not_moved.count(table))))
            for table in COUNTED
        ]  # fmt: skip
        for name, *numbers in (_HEADINGS, *rows):
            yield f"  {name:<16}" + "".join(f"{number:>15}" for number in numbers)

    def _left(self) -> Iterator[str]:
        if count := self.database.count("priorities"):
            yield f"the table priorities ({_rows(count)}): this service has its own four; tasks keep theirs by name"
        for table, column, count in self.database.unmoved_columns():
            yield f"the column {table}.{column} (something stands in it in {_rows(count)})"
        for table, count in self.database.others.items():
            yield f"the table {table} ({_rows(count)})"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _section(heading: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    shown = [f"  - {line}" for line in lines]
    if shown:
        yield from ("", heading, *shown)
