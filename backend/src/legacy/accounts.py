"""The old accounts, each with all that belongs to it, as rows for PostgreSQL.

Of the file no more is held in memory than one batch of tasks, and of an account its tags, series and instances.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from src.legacy.conversion import OldRow, optional_key_of
from src.legacy.reader import Reader, Row
from src.legacy.recurring_tasks import convert_instance, convert_series, first_day_of, next_occurrence_of
from src.legacy.tags import convert_tag
from src.legacy.tasks import convert_task, task_of_series

BATCH: Final = 1_000

_TAGS: Final = """
    keys.user_id = :owner OR (keys.user_id IS NULL AND keys.id IN (
        SELECT tag_id FROM keys_of_task_tags AS link JOIN keys_of_tasks AS task ON task.id = link.task_id
        WHERE task.user_id = :owner))
"""
_INSTANCES: Final = "keys.recurring_task_id IN (SELECT id FROM keys_of_recurring_tasks WHERE user_id = :owner)"
_TASK_COLUMNS: Final = """,
    keys.parent_id AS new_parent_id, keys.recurring_task_id AS new_recurring_task_id,
    (SELECT group_concat(tag_id) FROM keys_of_task_tags WHERE task_id = keys.id) AS new_tag_ids,
    row_number() OVER (PARTITION BY {created_at} ORDER BY keys.rowid) - 1 AS rank
"""
_PARENTS_FIRST: Final = "(SELECT depth FROM depths WHERE depths.id = keys.id), {created_at},"


class Account:
    """What belongs to one user."""

    def __init__(self, reader: Reader, user: Row) -> None:
        self.user = user
        self.id: UUID = user["id"]
        self._reader = reader
        self._remarks = reader.remarks
        self._tag_ids: dict[UUID, UUID] = {}
        self.old_days: dict[tuple[UUID, date], object] = {}
        """The keys of its old instances, by what they are called here."""
        self._taken: set[tuple[UUID, date]] = set()
        self._occurrences: dict[UUID, Row] = {}
        self._open: set[UUID] = set()
        self._in_trash: set[UUID] = set()
        self.tags = self._read_tags()
        self.series = self._read_series()
        self.instances = self._read_instances()

    @cached_property
    def task_count(self) -> int:
        """As SQLite itself counts them."""
        statement = "SELECT count(*) FROM keys_of_tasks WHERE user_id = :owner"
        return int(next(self._reader.database.rows(statement, owner=self.id.hex))[0])

    def task_batches(self) -> Iterator[list[Row]]:
        """Parents before their children, otherwise in the order in which they were made."""
        rows = self._task_rows()
        while batch := list(islice(rows, BATCH)):
            converted = (self._converted_task(row) for row in batch)
            yield [task for task in converted if task is not None]

    def next_tasks(self) -> list[Row]:
        """For each series that is active and has no open task, the next one. To be asked for after all the tasks."""
        today = self._reader.now.astimezone(ZoneInfo(self.user["timezone"])).date()
        newest: dict[UUID, date] = {}
        for series_id, day in self._taken:
            newest[series_id] = max(day, newest.get(series_id, day))
        idle = [series for series in self.series if series["is_active"] and series["id"] not in self._open]
        days = [(series, next_occurrence_of(series, newest.get(series["id"]), today)) for series in idle]
        return [task_of_series(series, day, now=self._reader.now) for series, day in days if day is not None]

    def _read_tags(self) -> list[Row]:
        tags: dict[str, Row] = {}
        for row in self._reader.rows("tags", _TAGS, owner=self.id.hex):
            tag = self._reader.converted("tags", row, lambda row: convert_tag(row, self.id, self._reader.now))
            if tag is None:
                continue
            first = tags.setdefault(tag["name_key"], tag)
            self._tag_ids[tag["id"]] = first["id"]
            if first is not tag:
                self._leave("tags", row, "another tag of the user has its name, case apart: its tasks get that one")
        return list(tags.values())

    def _read_series(self) -> list[Row]:
        reader, zone = self._reader, self.user["timezone"]
        columns = f", {first_day_of(reader.database)} AS new_first_day"
        found = []
        for row in reader.rows("recurring_tasks", "keys.user_id = :owner", columns=columns, owner=self.id.hex):
            series = reader.converted(
                "recurring_tasks", row, lambda row: convert_series(row, self.id, zone, reader.priorities, reader.now)
            )
            found += [series] if series is not None else []
        return found

    def _read_instances(self) -> list[Row]:
        """Those that are over and have no task; of the others it is remembered which task they name."""
        columns = ", keys.recurring_task_id AS new_recurring_task_id, keys.task_id AS new_task_id"
        order = "keys.task_id IS NULL,"
        without_task = []
        for row in self._reader.rows("task_instances", _INSTANCES, columns=columns, order=order, owner=self.id.hex):
            instance = self._reader.converted("task_instances", row, lambda row: convert_instance(row, self.id))
            if instance is None or not self._has_room(row, instance):
                continue
            day = (instance["recurring_task_id"], instance["occurrence_date"])
            self._taken.add(day)
            self.old_days[day] = row["id"]
            task_id = optional_key_of(row, "new_task_id")
            if task_id is None:
                without_task.append(instance)
            else:
                self._occurrences[task_id] = instance
        return without_task

    def _has_room(self, row: OldRow, instance: Row) -> bool:
        if (instance["recurring_task_id"], instance["occurrence_date"]) in self._taken:
            self._leave("task_instances", row, "another instance of the series has its day")
        elif row["new_task_id"] is None and instance["status"] == "open":
            self._leave("task_instances", row, "it is open and has no task: the series makes its next one itself")
        elif row["new_task_id"] is not None and UUID(row["new_task_id"]) in self._occurrences:
            self._leave("task_instances", row, "its task stands for another day of the series")
        else:
            return True
        return False

    def _leave(self, table: str, row: OldRow, reason: str) -> None:
        self._remarks.not_moved.add(table, row["id"], reason)

    def _task_rows(self) -> Iterator[OldRow]:
        created_at = self._reader.database.tables["tasks"].column("created_at")
        return self._reader.rows(
            "tasks",
            "keys.user_id = :owner",
            columns=_TASK_COLUMNS.format(created_at=created_at),
            order=_PARENTS_FIRST.format(created_at=created_at),
            owner=self.id.hex,
        )

    def _converted_task(self, row: OldRow) -> Row | None:
        reader = self._reader
        task = reader.converted("tasks", row, lambda row: convert_task(row, self.id, reader.priorities, reader.now))
        if task is None:
            return None
        self._keep_out_of_trash(row, task)
        self._place(row, task)
        carried = [self._tag_ids[tag_id] for tag_id in task["tags"] if tag_id in self._tag_ids]
        task["tags"] = list(dict.fromkeys(carried))
        if len(task["tags"]) < len(carried):
            again = [f"{row['id']}/…"] * (len(carried) - len(task["tags"]))
            self._remarks.not_moved.add_all("task_tags", again, "the task has a tag of that name already")
        return task

    def _keep_out_of_trash(self, row: OldRow, task: Row) -> None:
        if task["deleted_at"] is not None:
            self._in_trash.add(task["id"])
        elif task["parent_id"] in self._in_trash:
            task["parent_id"] = None
            self._mend(row, "its parent is in the trash: a task of its own")

    def _place(self, row: OldRow, task: Row) -> None:
        """Give a task of a series the day that it stands for: what an instance says, else the day that it is due."""
        series_id, task["recurring_task_id"] = task["recurring_task_id"], None
        instance = self._occurrences.get(task["id"])
        if instance is not None:
            series_id, day = instance["recurring_task_id"], instance["occurrence_date"]
            if (instance["status"] == "completed") != task["is_completed"]:
                self._mend(row, "its instance says otherwise of its completion: the task is followed")
        elif series_id is None:
            return
        else:
            day = task["due_date"]
            if day is None or (series_id, day) in self._taken:
                why = "has no day" if day is None else "is not the only one of its day"
                self._mend(row, f"it belongs to a recurring task and {why}: a task of its own")
                return
        self._taken.add((series_id, day))
        task |= {"recurring_task_id": series_id, "occurrence_date": day}
        if not task["is_completed"] and task["deleted_at"] is None:
            self._open.add(series_id)

    def _mend(self, row: OldRow, reason: str) -> None:
        self._remarks.mended.add("tasks", row["id"], reason)
