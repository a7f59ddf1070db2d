"""The tables of the old app, and the names that their columns have had in its versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """``needed`` and ``optional`` map what a column means to the names it may have, the first that is there wins."""

    needed: Mapping[str, Names]
    optional: Mapping[str, Names]
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as this file has it. ``columns`` maps each meaning to a column, or to None where there is none."""

    name: str
    columns: Mapping[str, str | None]
    unknown: Names

    def column(self, meaning: str) -> str:
        """As SQL: the column, or NULL."""
        name = self.columns[meaning]
        return "NULL" if name is None else f"old.{quoted(name)}"

    @property
    def selection(self) -> str:
        """Every column under the name of its meaning, so that one reader serves all versions."""
        return ", ".join(f"{self.column(meaning)} AS {meaning}" for meaning in self.columns)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _same(*names: str) -> dict[str, Names]:
    return {name: (name,) for name in names}


_TIMES = _same("created_at", "updated_at")
_OWNER = {"user_id": ("user_id", "owner_id")}

SHAPES: Final[Mapping[str, Shape]] = {
    "users": Shape(
        {"id": ("id",), "email": ("email",), "password": ("hashed_password", "password_hash", "password")},
        {**_same("username", "first_name", "last_name", "full_name", "is_active", "timezone"), **_TIMES},
        is_needed=True,
    ),
    "tasks": Shape(
        {"id": ("id",), **_OWNER, "title": ("title",), "is_completed": ("is_completed", "completed")},
        {
            **_same("description", "priority", "priority_id", "due_date", "completed_at", "deleted_at", "is_deleted"),
            "parent_id": ("parent_id", "parent_task_id"),
            "recurring_task_id": ("recurring_task_id",),
            **_TIMES,
        },
        is_needed=True,
    ),
    "priorities": Shape(_same("id", "name"), _same("level")),
    "tags": Shape(_same("id", "name"), {**_OWNER, **_same("color"), **_TIMES}),
    "task_tags": Shape(_same("task_id", "tag_id"), {}),
    "recurring_tasks": Shape(
        {"id": ("id",), **_OWNER, "title": ("title",)},
        {
            **_same(
                "description", "priority", "priority_id", "rrule", "interval", "end_date", "start_date", "is_active"
            ),
            "frequency": ("recurrence_type", "frequency", "recurrence_pattern"),
            "days_of_week": ("days_of_week",),
            **_TIMES,
        },
    ),
    "task_instances": Shape(
        {"id": ("id",), "recurring_task_id": ("recurring_task_id",)},
        {
            "task_id": ("task_id",),
            "occurrence_date": ("occurrence_date", "scheduled_date", "due_date"),
            **_same("is_completed", "status", "completed_at"),
            **_TIMES,
        },
    ),
}
"""In the order in which they are moved and reported."""


def fitted(name: str, present: Iterable[str]) -> Table | list[str]:
    """The table with these columns; or, where needed ones are missing, how each of them could have been called."""
    shape = SHAPES[name]
    found = {column.casefold(): column for column in present}
    columns: dict[str, str | None] = {}
    for meaning, names in {**shape.needed, **shape.optional}.items():
        columns[meaning] = next((found[candidate] for candidate in names if candidate in found), None)
    missing = [" or ".join(names) for meaning, names in shape.needed.items() if columns[meaning] is None]
    if missing:
        return missing
    return Table(name, columns, tuple(column for column in found.values() if column not in columns.values()))
