"""Which tasks are parts of which: no circles, at most `MAX_DEPTH` deep."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from src.domain.portability.records import TaskRecord
from src.domain.portability.report import Report
from src.domain.trees import MAX_DEPTH

_TOO_DEEP: Final = f"parent: parts are at most {MAX_DEPTH} deep"


class Trees:
    """``stored``: how deep the tasks are that the account has."""

    def __init__(self, stored: Mapping[UUID, int], report: Report, *, is_lenient: bool) -> None:
        self._depths = dict(stored)
        self._report = report
        self._is_lenient = is_lenient

    def settled(self, tasks: Mapping[UUID, TaskRecord]) -> list[TaskRecord]:
        """The tasks, parents first. A parent that cannot be is an error, or changed with a warning."""
        for task in tasks.values():
            if task.parent_id is not None and task.parent_id not in tasks and task.parent_id not in self._depths:
                self._refuse(task, "unknown_parent", "parent: there is no such task")
        for task in tasks.values():
            self._settle(task, tasks)
        return sorted(tasks.values(), key=lambda task: self._depths[task.id])

    def _settle(self, task: TaskRecord, tasks: Mapping[UUID, TaskRecord]) -> None:
        """Goes up until the depth is known, and down again."""
        path, on_path = [task], {task.id}
        while (parent_id := path[-1].parent_id) is not None and parent_id not in self._depths:
            if parent_id in on_path:
                self._refuse(path[-1], "circle", "parent: is a part of the task itself")
                break
            path.append(tasks[parent_id])
            on_path.add(parent_id)
        for one in reversed(path):
            self._place(one, tasks)

    def _place(self, task: TaskRecord, tasks: Mapping[UUID, TaskRecord]) -> None:
        if task.id in self._depths:
            return
        depth = self._depths[task.parent_id] + 1 if task.parent_id else 0
        if depth > MAX_DEPTH:
            depth = MAX_DEPTH
            if self._is_lenient:
                self._report.warning(task.place, "too_deep", f"{_TOO_DEEP}; it is moved up")
                parent = tasks.get(task.parent_id) if task.parent_id else None
                task.parent_id = parent.parent_id if parent else None
                depth = self._depths[task.parent_id] + 1 if task.parent_id else 0
            else:
                self._report.error(task.place, "too_deep", _TOO_DEEP)
        self._depths[task.id] = depth

    def _refuse(self, task: TaskRecord, code: str, message: str) -> None:
        if self._is_lenient:
            self._report.warning(task.place, code, f"{message}; it is imported without one")
        else:
            self._report.error(task.place, code, message)
        task.parent_id = None
