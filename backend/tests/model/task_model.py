"""Tasks, as plain Python: nothing is clever, all of them are looked through one by one."""

from collections.abc import Iterable

from tests.model.model import Body, Match, Refused, Task, invalid, not_found, same
from tests.model.tag_model import TagModel

DEEPEST = 5


class TaskModel(TagModel):
    zone: str

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
            self._empty_trash()
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
            self.settle(together)
            return
        gone = [each for each in together if each.deleted is None] if task.deleted is None else []
        for each in gone:
            self._change(each, deleted=self.now)
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

    def _kept(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.deleted is None]

    def _empty_trash(self) -> None:
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
