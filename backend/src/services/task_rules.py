"""What holds for every change of a task, whether it is made alone or as one of many: pure functions of its values."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from src.core.errors import Conflict, Invalid
from src.domain.due_dates import due_instant
from src.domain.ordering import title_key
from src.domain.priorities import PRIORITY_IDS
from src.schemas.task import TaskUpdate
from src.services.task_rows import PRIORITY_NAMES, tag_ids_of

_WRITTEN: Final = ("title", "description", "is_completed", "due_date", "due_time", "timezone", "parent_id")


class InTrash(Conflict):
    """A task in the trash does not change. Restore it first: ``POST /tasks/{id}/restore``."""

    code = "in_trash"
    title = "The task is in the trash"


def refuse_in_trash(stored: Mapping[str, Any]) -> None:
    if stored["deleted_at"] is not None:
        raise InTrash


def updated_values(stored: Mapping[str, Any], changes: TaskUpdate) -> dict[str, Any]:
    """What the client has written of a task, then and now. For `completed_values`."""
    written = {name: stored[name] for name in _WRITTEN}
    written["priority"] = PRIORITY_NAMES.get(stored["priority_id"])
    return {**written, **changes.model_dump(exclude_unset=True, exclude={"tags"})}


def needs_own_zone(values: Mapping[str, Any]) -> bool:
    """Whether `completed_values` has to be told the user's own time zone."""
    return values["due_time"] is not None and values["timezone"] is None


def completed_values(values: dict[str, Any], *, own_zone: str | None) -> dict[str, Any]:
    """What the client writes, with all that follows from it. Raises Invalid."""
    if values["due_time"] is not None and values["due_date"] is None:
        raise Invalid.field("/due_time", "due_time_without_date", "needs a due_date: set one, or clear both")
    if needs_own_zone(values):
        values["timezone"] = own_zone
    due_at = values["due_time"] and due_instant(values["due_date"], values["due_time"], values["timezone"])
    priority = values.pop("priority")
    return {
        **values,
        "title_key": title_key(values["title"]),
        "due_at": due_at,
        "priority_id": PRIORITY_IDS[priority] if priority else None,
    }


def changed_values(stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``values`` that are new, and what follows from the change but for ``completed_at``."""
    changed = {name: value for name, value in values.items() if name in stored and value != stored[name]}
    if "title" in changed:
        changed["title_key"] = values["title_key"]
    return changed


def is_retagged(stored: Mapping[str, Any], changes: TaskUpdate) -> bool:
    return "tags" in changes.model_fields_set and set(changes.tags) != set(tag_ids_of(stored["tags"]))


def require_tags(wanted: Sequence[object], *, found: int) -> None:
    """Raises Invalid unless all of the wanted tags were found."""
    if found != len(wanted):
        raise Invalid.field("/tags", "unknown_tag", "must be ids of your tags")
