"""The four priorities, which are the same for everybody."""

from dataclasses import dataclass
from typing import Final, Literal

PriorityName = Literal["low", "medium", "high", "urgent"]


@dataclass(frozen=True, slots=True)
class PriorityLevel:
    """``id`` equals ``level``: tasks refer to a priority by it, and sort by it."""

    id: int
    name: str
    level: int
    color: str


PRIORITIES: Final = (
    PriorityLevel(1, "Low", 1, "#6B7280"),
    PriorityLevel(2, "Medium", 2, "#2563EB"),
    PriorityLevel(3, "High", 3, "#D97706"),
    PriorityLevel(4, "Urgent", 4, "#DC2626"),
)
PRIORITY_IDS: Final[dict[str, int]] = {priority.name.lower(): priority.id for priority in PRIORITIES}
