"""Tasks, as plain Python: nothing is clever, all of them are looked through one by one."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field

from tests.model.model import Body, Match, Refused, Task, Tick, invalid, not_found, same
from tests.model.tag_model import TagModel

DEEPEST = 5
PLACES = {"not_found": "/id", "version_mismatch": "/if_version", "id_in_use": "/data/id"}


@dataclass
class Outcome:
    """Of one operation of a batch: as its own route would answer."""

    status: int
    task: Task | None = None
    shown: Body = field(default_factory=dict)
    refused: Refused | None = None

    def faults(self, index: int) -> list[tuple[str, str]]:
        """Where in the batch, and what."""
        assert self.refused is not None
        place = f"/operations/{index}"
        if self.refused.faults:
            return [(f"{place}/data{pointer}", code) for pointer, code in self.refused.faults]
        return [(place + PLACES.get(self.refused.code, ""), self.refused.code)]


class TaskModel(TagModel):
    zone: str
    is_batch = False
    empties_trash = False
    removed: list[Task]

    def settle(self, changed: Iterable[Task]) -> None:
        raise NotImplementedError

    def task(self, task_id: str) -> Task:
        """As a request sees it: also in the trash, for thirty days."""
        if task_id not in self.tasks or self.tasks[task_id].is_expired:
            raise not_found()
        return self.tasks[task_id]

    def create_task(self, task_id: str | None, body: Body) -> Task | None:
        """The task, if it was made before; None for a new one, which is then to be added with `add_task`."""
        self._with_zone(body)
        before = self.tasks.get(task_id or "")
        try:
            self._require_parent(task_id, body["parent_id"])
        except Refused:
            if before is None or before.is_expired:
                raise
        if before is not None and not before.is_expired:
            return same(before, body)
        self._require_tags(body["tags"])
        if before is not None:
            self._make_way_for(before)
        return None

    def create_quickly(self, task_id: str | None, text: str) -> Task | None:
        """As `create_task`, made from a line of text."""
        before = self.tasks.get(task_id or "")
        if before is not None and not before.is_expired:
            return same(before, {"quick": text})
        if before is not None:
            self._make_way_for(before)
        return None

    def add_task(self, task_id: str, body: Body) -> Task:
        values = self._with_zone(body) | {"tags": set(body["tags"])}
        completed = self.now if body["is_completed"] else None
        task = Task(task_id, **values, made_from=body, created=self.now, updated=self.now, completed=completed)
        self.tasks[task_id] = task
        return task

    def update_task(self, task_id: str, body: Body, match: Match) -> Task:
        task = self._changeable(task_id, match)
        wanted = self._with_zone({**_input_of(task), **body})
        if wanted | {"tags": set(wanted["tags"])} == _input_of(task):
            return task
        if wanted["parent_id"] != task.parent_id:
            self._require_parent(task_id, wanted["parent_id"])
        if "tags" in body:
            self._require_tags(body["tags"])
        is_turned = wanted["is_completed"] != task.is_completed
        if is_turned:
            task.completed = self.now if wanted["is_completed"] else None
        self._change(task, **wanted | {"tags": set(wanted["tags"])})
        if is_turned:
            self.settle([task])
        return task

    def complete_task(self, task_id: str, is_completed: bool | None, match: Match) -> Task:
        task = self._changeable(task_id, match)
        return self.update_task(
            task_id, {"is_completed": not task.is_completed if is_completed is None else is_completed}, match
        )

    def delete_task(self, task_id: str, match: Match, *, permanent: bool) -> None:
        task = self.task(task_id)
        match.check(task.version)
        together = [task, *self._below(task_id)]
        if permanent:
            self.tasks = {each.id: each for each in self.tasks.values() if each not in together}
            self.removed += together
            self.settle(together)
            return
        gone = [each for each in together if each.deleted is None] if task.deleted is None else []
        for each in gone:
            self._change(each, deleted=self.now)
        if gone or not self.is_batch:
            self._empty_trash()
        self.settle(gone)

    def restore_task(self, task_id: str, match: Match) -> Task:
        task = self.task(task_id)
        match.check(task.version)
        if task.deleted is None:
            return task
        together, moment = [task], task.deleted
        for each in together:
            together += [t for t in self.tasks.values() if t.parent_id == each.id and t.deleted == moment]
        for each in together:
            self._change(each, deleted=None)
        if task.parent_id is not None and self.tasks[task.parent_id].deleted is not None:
            task.parent_id = None
        self.settle(together)
        return task

    def move_task(self, task_id: str, side: str, target_id: str, match: Match) -> tuple[Task, Task | None, Task | None]:
        """The task, and those between which its new position is to be."""
        task = self._changeable(task_id, match)
        target = self.tasks.get(target_id)
        if target is None or target.deleted is not None or target_id == task_id:
            raise invalid(f"/{side}", "unknown_task")
        others = sorted(self._kept(), key=lambda each: (each.position, each.id))
        others.remove(task)
        place = others.index(target) + (side == "after")
        self._change(task)
        return task, others[place - 1] if place else None, others[place] if place < len(others) else None

    def spread(self) -> None:
        """The service makes room between positions: every task changes, none of them its place."""
        for task in self.tasks.values():
            self._change(task)

    def expire_trash(self) -> None:
        """Thirty days later."""
        for task in self.tasks.values():
            task.is_expired = task.deleted is not None

    def bulk(self, operations: list[Body], unset: Body, *, partial: bool) -> list[Outcome]:
        """One after the other; then what came of it all settles the series."""
        start, before = self.now, self.tasks
        self.tasks = deepcopy(before)
        self.is_batch, self.empties_trash, self.removed = True, False, []
        outcomes = [self._apply(operation, unset) for operation in operations]
        self.is_batch, self.now = False, start
        failed = [(index, outcome) for index, outcome in enumerate(outcomes) if outcome.refused is not None]
        if failed and not partial:
            self.tasks = before
            raise Refused(409, "bulk_failed", *(fault for index, outcome in failed for fault in outcome.faults(index)))
        gone = [before[task.id] for task in self.removed if task.id in before]
        if self.empties_trash:
            self._empty_trash()
        self.settle([*(task for task in self.tasks.values() if _is_turned(before.get(task.id), task)), *gone])
        return outcomes

    def _apply(self, operation: Body, unset: Body) -> Outcome:
        self.now = Tick(self.now + 1)
        try:
            status, task = self._outcome(operation, unset)
        except Refused as refused:
            return Outcome(refused.status, refused=refused)
        return Outcome(status, task, {} if task is None else self.shown(task))

    def _outcome(self, operation: Body, unset: Body) -> tuple[int, Task | None]:
        data, version = operation.get("data", {}), operation.get("if_version")
        match = Match() if version is None else Match(versions=frozenset([version]))
        match operation["op"]:
            case "create":
                body = unset | {name: value for name, value in data.items() if name != "id"}
                before = self.create_task(data.get("id"), body)
                new_id = data.get("id") or f"new at {self.now}"
                return (201, self.add_task(new_id, body)) if before is None else (200, before)
            case "update":
                return 200, self.update_task(operation["id"], data, match)
            case "complete":
                return 200, self.complete_task(operation["id"], data["is_completed"], match)
            case "restore":
                return 200, self.restore_task(operation["id"], match)
        self.delete_task(operation["id"], match, permanent=data["permanent"])
        return 204, None

    def shown(self, task: Task) -> Body:
        raise NotImplementedError

    def _kept(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.deleted is None]

    def _make_way_for(self, task: Task) -> None:
        """Of a task that should have left the trash by now."""
        if self.is_batch:
            below = self._below(task.id)
            self.tasks = {each.id: each for each in self.tasks.values() if each is not task and each not in below}
        self._empty_trash()

    def _empty_trash(self) -> None:
        if self.is_batch:  # at its end
            self.empties_trash = True
            return
        self.tasks = {task.id: task for task in self.tasks.values() if not task.is_expired}

    def _changeable(self, task_id: str, match: Match) -> Task:
        task = self.task(task_id)
        match.check(task.version)
        if task.deleted is not None:
            raise Refused(409, "in_trash")
        return task

    def _with_zone(self, values: Body) -> Body:
        if values["due_time"] is None:
            return values
        if values["due_date"] is None:
            raise invalid("/due_time", "due_time_without_date")
        return values | {"timezone": values["timezone"] or self.zone}

    def _require_tags(self, tag_ids: list[str]) -> None:
        if not set(tag_ids) <= self.tags.keys():
            raise invalid("/tags", "unknown_tag")

    def _require_parent(self, task_id: str | None, parent_id: str | None) -> None:
        if parent_id is None:
            return
        if parent_id not in self.tasks or self.tasks[parent_id].deleted is not None:
            raise invalid("/parent_id", "unknown_parent")
        above = self._path_to(parent_id)
        if task_id in above:
            raise invalid("/parent_id", "circle")
        height = max([0, *(len(self._path_to(each.id, above=task_id)) for each in self._below(task_id))])
        if len(above) + height > DEEPEST:
            raise invalid("/parent_id", "too_deep")

    def _path_to(self, task_id: str, above: str | None = None) -> list[str]:
        """The task and what it is a part of, up to ``above``."""
        path = [task_id]
        while (parent_id := self.tasks[path[-1]].parent_id) not in (None, above):
            path.append(str(parent_id))
        return path

    def _below(self, task_id: str | None) -> list[Task]:
        children = [task for task in self.tasks.values() if task.parent_id == task_id and task_id is not None]
        return children + [below for child in children for below in self._below(child.id)]


def _is_turned(before: Task | None, task: Task) -> bool:
    """Whether a series has to know."""
    return before is not None and (before.is_completed, before.deleted) != (task.is_completed, task.deleted)


def _input_of(task: Task) -> Body:
    names = (
        "title",
        "description",
        "is_completed",
        "priority",
        "due_date",
        "due_time",
        "timezone",
        "tags",
        "parent_id",
    )
    return {name: getattr(task, name) for name in names}
