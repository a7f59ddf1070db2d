"""What there is to say about rows, gathered by reason so that a million faulty rows stay readable."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from src.legacy.keys import shown

KEYS_SHOWN = 20


class Refused(Exception):
    """A row that cannot be moved without changing what it means. ``reasons`` repeat none of its values."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass
class _Rows:
    count: int = 0
    keys: list[str] = field(default_factory=list)

    def add(self, key: object) -> None:
        self.count += 1
        if len(self.keys) < KEYS_SHOWN:
            self.keys.append(shown(key))

    def __str__(self) -> str:
        more = self.count - len(self.keys)
        return ", ".join(self.keys) + (f" and {more:,} more" if more else "")


class Findings:
    """Rows by table and reason, with the first of their old keys."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Rows] = {}

    def add(self, table: str, key: object, reason: str) -> None:
        self._rows.setdefault((table, reason), _Rows()).add(key)

    def add_all(self, table: str, keys: Iterable[object], reason: str) -> None:
        for key in keys:
            self.add(table, key, reason)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def count(self, table: str) -> int:
        """Findings about a table; a row that has two faults counts twice."""
        return sum(rows.count for (name, _), rows in self._rows.items() if name == table)

    def lines(self) -> Iterator[str]:
        for (table, reason), rows in self._rows.items():
            yield f"{table} {rows}: {reason}"


@dataclass
class Remarks:
    """What is to be said of the rows of a file."""

    refused: Findings = field(default_factory=Findings)
    mended: Findings = field(default_factory=Findings)
    not_moved: Findings = field(default_factory=Findings)
