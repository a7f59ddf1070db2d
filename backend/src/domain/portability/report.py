"""What is told about an import: a line for each item, and for each thing in it that a person should know."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_LINES: Final = 1_000

Place = int | str
"""A line of the file, counted from 1, or a JSON Pointer into the document."""


class Level(StrEnum):
    """An error keeps the whole file from being imported."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """``message`` names what is meant by its column or place, and repeats nothing of the file."""

    place: Place
    level: Level
    code: str
    message: str


class Report:
    """Holds at most `MAX_LINES` lines, the gravest first to stay, and counts the rest."""

    def __init__(self) -> None:
        self._lines: dict[Level, list[ReportLine]] = {level: [] for level in Level}
        self._counts = dict.fromkeys(Level, 0)

    def error(self, place: Place, code: str, message: str) -> None:
        self._add(ReportLine(place, Level.ERROR, code, message))

    def warning(self, place: Place, code: str, message: str) -> None:
        self._add(ReportLine(place, Level.WARNING, code, message))

    def info(self, place: Place, code: str, message: str) -> None:
        self._add(ReportLine(place, Level.INFO, code, message))

    @property
    def error_count(self) -> int:
        return self._counts[Level.ERROR]

    @property
    def lines(self) -> list[ReportLine]:
        """Errors, then warnings, then the rest."""
        return [line for level in Level for line in self._lines[level]][:MAX_LINES]

    @property
    def left_out(self) -> int:
        """How many lines there was no room for."""
        return max(0, sum(self._counts.values()) - MAX_LINES)

    def _add(self, line: ReportLine) -> None:
        self._counts[line.level] += 1
        if len(self._lines[line.level]) < MAX_LINES:
            self._lines[line.level].append(line)
