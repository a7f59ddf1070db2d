"""What the proof found, as one table: a row for each fault or class of attacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HEADERS = ("", "operations", "acknowledged", "refused", "lost", "duplicated", "leaks", "5xx", "slowest")


@dataclass
class Row:
    """What one check found.

    ``refused`` were answered 503 with a Retry-After, as a fault may be; ``errors`` are all other answers 5xx.
    ``lost`` is what was acknowledged and is not there, or is older than acknowledged, or is back although deleted.
    ``slowest`` is in seconds, of the answers that were no refusal. ``breaches`` tells in words what else went wrong.
    """

    name: str
    operations: int = 0
    acknowledged: int = 0
    refused: int = 0
    lost: int = 0
    duplicated: int = 0
    leaks: int = 0
    errors: int = 0
    slowest: float = 0.0
    breaches: list[str] = field(default_factory=list)

    @property
    def is_breach(self) -> bool:
        return bool(self.lost or self.duplicated or self.leaks or self.errors or self.breaches)

    @property
    def cells(self) -> tuple[str, ...]:
        counts = (self.operations, self.acknowledged, self.refused, self.lost, self.duplicated, self.leaks, self.errors)
        return (self.name, *(f"{count:,}" for count in counts), f"{self.slowest:.2f} s")


def table(rows: Iterable[Row]) -> str:
    """As Markdown, whose columns also stand below each other in a terminal."""
    cells = [HEADERS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in [cells[0], rule, *cells[1:]])


def _line(row: Sequence[str], widths: list[int]) -> str:
    name, *counts = zip(row, widths, strict=True)
    return " | ".join(["| " + name[0].ljust(name[1]), *(text.rjust(width) for text, width in counts)]) + " |"
