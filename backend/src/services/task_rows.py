"""From the rows of `task_statements.COLUMNS` to what the API shows."""

from collections.abc import Iterable
from typing import Any, Final, get_args
from uuid import UUID

from src.domain.priorities import PRIORITIES, PRIORITY_IDS, PriorityName
from src.schemas.encoding import build
from src.schemas.priority import PriorityPublic
from src.schemas.tag import TagOfTask
from src.schemas.task import TaskPublic
from src.services.task_statements import PRIORITY_AT, TAGS_AT

PRIORITY_NAMES: Final[dict[int, PriorityName]] = {PRIORITY_IDS[name]: name for name in get_args(PriorityName)}
PUBLIC_PRIORITIES: Final = {p.id: build(PriorityPublic, p.id, p.name, p.level, p.color) for p in PRIORITIES}


def public_task(row: Iterable[Any], tags: str | None = None) -> TaskPublic:
    """``tags`` instead of those in the row, which the statement that changed them does not show."""
    values = list(row)
    values[PRIORITY_AT] = PUBLIC_PRIORITIES.get(values[PRIORITY_AT])
    values[TAGS_AT] = tags_of(tags if tags is not None else values[TAGS_AT])
    return build(TaskPublic, *values)


def tags_of(lines: str | None) -> list[TagOfTask]:
    """Each line: 36 characters of the id, 7 of the colour, and the name."""
    return [build(TagOfTask, UUID(line[:36]), line[43:], line[36:43]) for line in lines.split("\n")] if lines else []


def tag_ids_of(lines: str | None) -> list[UUID]:
    return [UUID(line[:36]) for line in lines.split("\n")] if lines else []
