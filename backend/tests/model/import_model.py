"""What becomes of an account when a document is imported, as plain Python.

What the account has stays as it is. The rest of the document is added; a parent or an occurrence that is not to be had
is left out, so is an open occurrence without its task, and a tag whose name is there is that tag.
"""

from collections.abc import Collection
from copy import deepcopy

from tests.model.account import Account
from tests.model.answers import Instants
from tests.model.model import Body, Series, Task
from tests.model.task_model import DEEPEST

Counts = dict[str, int]
Occurrence = tuple[str, str]
AS_WRITTEN = ("title", "description", "is_completed", "priority", "position")
AS_WRITTEN_OF_SERIES = ("title", "description", "priority", "rrule", "timezone", "mode", "missed", "is_active")


class Import:
    """Of a document that was exported before, whose tasks may have lost their time zones."""

    def __init__(self, account: Account, document: Body, instants: Instants) -> None:
        self._before = before = deepcopy(account)
        before.tasks = {task.id: task for task in before.tasks.values() if not task.is_expired}
        self._document, self._instants = document, instants
        self._tasks = {item["id"]: item for item in document["tasks"] if item["id"] not in before.tasks}
        self._series = {item["id"]: item for item in document["recurring_tasks"] if item["id"] not in before.series}
        self._occurrences = self._free() | {
            _occurrence(each): each["status"]
            for each in document["task_instances"]
            if each["recurring_task_id"] in self._series
        }
        ids = {tag.key: tag.id for tag in before.tags.values()} | {tag_id: tag_id for tag_id in before.tags}
        self._tag_ids = {
            item["id"]: ids.get(item["id"]) or ids.get(item["name"].casefold()) for item in document["tags"]
        }

    @property
    def is_too_deep(self) -> bool:
        return any(self._depth(task_id) > DEEPEST for task_id in self._tasks)

    @property
    def created(self) -> Counts:
        return {
            "tasks": len(self._tasks),
            "tags": sum(tag_id is None for tag_id in self._tag_ids.values()),
            "recurring_tasks": len(self._series),
            "task_instances": len(self._new_instances),
        }

    @property
    def existing(self) -> Counts:
        stored = {(series.id, str(day)) for series in self._before.series.values() for day in series.instances}
        return {
            "tasks": len(self._document["tasks"]) - len(self._tasks),
            "tags": sum(tag_id is not None for tag_id in self._tag_ids.values()),
            "recurring_tasks": len(self._document["recurring_tasks"]) - len(self._series),
            "task_instances": sum(_occurrence(each) in stored for each in self._document["task_instances"]),
        }

    def check(self, after: Account) -> None:
        """Asserts that the account is now what it was, with what the document adds to it."""
        before = self._before
        new_tags = {item["id"]: item["name"] for item in self._document["tags"] if self._tag_ids[item["id"]] is None}
        assert {tag.id: tag.name for tag in after.tags.values() if tag.id not in before.tags} == new_tags
        assert after.series.keys() == before.series.keys() | self._series.keys()
        for stored, now in ((before.tags, after.tags), (before.series, after.series), (before.tasks, after.tasks)):
            for some_id, thing in stored.items():
                assert now[some_id] == thing, f"an import changes nothing that is there: {thing} is {now[some_id]}"
        for task_id, item in self._tasks.items():
            assert _task(after.tasks[task_id]) == self._wanted_task(item)
        for series_id, item in self._series.items():
            wanted = self._wanted_series(item)
            assert _series(after.series[series_id], known=wanted["instances"]) == wanted
        added = after.tasks.keys() - before.tasks.keys() - self._tasks.keys()
        assert {after.tasks[task_id].series_id for task_id in added} <= self._series.keys()

    @property
    def _new_instances(self) -> dict[Occurrence, str]:
        """With what became of them."""
        bound = {_occurrence(item) for item in self._tasks.values() if self._is_instance(item)}
        new = {each: status for each, status in self._occurrences.items() if each[0] in self._series}
        return {each: status for each, status in new.items() if status != "open" or each in bound}

    def _free(self) -> dict[Occurrence, str]:
        """Occurrences of which only is known what became of them: their tasks are gone."""
        return {
            (series.id, str(day)): instance.status
            for series in self._before.series.values()
            for day, instance in series.instances.items()
            if self._before.task_of(series, day) is None
        }

    def _depth(self, task_id: str) -> int:
        is_new = task_id in self._tasks
        parent_id = self._parent_of(self._tasks[task_id]) if is_new else self._before.tasks[task_id].parent_id
        return 0 if parent_id is None else self._depth(parent_id) + 1

    def _parent_of(self, item: Body) -> str | None:
        """Nothing becomes a part of what leaves the trash before it would."""
        parent_id: str | None = item["parent_id"]
        if parent_id is None:
            return None
        parent = self._tasks.get(parent_id)
        goes = parent["deleted_at"] if parent else self._instants.instant_of(self._before.tasks[parent_id].deleted)
        return None if goes and (not item["deleted_at"] or goes < item["deleted_at"]) else parent_id

    def _is_instance(self, item: Body) -> bool:
        """Of a new series, or of one whose occurrence is free; which is open where the task is."""
        status = self._occurrences.get(_occurrence(item))
        return status is not None and (status == "open") == (not item["is_completed"] and not item["deleted_at"])

    def _tags(self, item: Body) -> set[str]:
        return {self._tag_ids[tag_id] or tag_id for tag_id in item["tags"]}

    def _wanted_task(self, item: Body) -> Body:
        is_instance = self._is_instance(item)
        return {name: item[name] for name in (*AS_WRITTEN, "due_date", "due_time")} | {
            "timezone": item["timezone"] or (self._before.zone if item["due_time"] else None),
            "tags": self._tags(item),
            "parent_id": self._parent_of(item),
            "series_id": item["recurring_task_id"] if is_instance else None,
            "occurrence_date": item["occurrence_date"] if is_instance else None,
            "is_in_trash": item["deleted_at"] is not None,
        }

    def _wanted_series(self, item: Body) -> Body:
        new = self._new_instances.items()
        return {name: item[name] for name in (*AS_WRITTEN_OF_SERIES, "start_date", "due_time")} | {
            "tags": self._tags(item),
            "instances": {day: status for (series_id, day), status in new if series_id == item["id"]},
        }


def _task(task: Task) -> Body:
    return {name: getattr(task, name) for name in (*AS_WRITTEN, "timezone", "tags", "parent_id", "series_id")} | {
        "due_date": task.due_date and task.due_date.isoformat(),
        "due_time": task.due_time and task.due_time.isoformat(),
        "occurrence_date": task.occurrence_date and task.occurrence_date.isoformat(),
        "is_in_trash": task.deleted is not None,
    }


def _occurrence(item: Body) -> Occurrence:
    return item["recurring_task_id"], item["occurrence_date"]


def _series(series: Series, known: Collection[str]) -> Body:
    """Without the open days that are not known: the rule has opened them since."""
    statuses = {day.isoformat(): instance.status for day, instance in series.instances.items()}
    return {name: getattr(series, name) for name in (*AS_WRITTEN_OF_SERIES, "tags")} | {
        "start_date": series.start_date.isoformat(),
        "due_time": series.due_time and series.due_time.isoformat(),
        "instances": {day: status for day, status in statuses.items() if day in known or status != "open"},
    }
