"""One user's account as plain Python: what it holds, and how each request on it is answered.

Nothing here comes from the service, and nothing is clever: tasks are looked through one by one. An instant that only
the database knows is a *tick*, the number of the request that happened at it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NewType
from zoneinfo import ZoneInfo

Tick = NewType("Tick", int)
Body = dict[str, Any]

LEVELS = {"low": 1, "medium": 2, "high": 3, "urgent": 4}
COLORS = ("#6B7280", "#2563EB", "#D97706", "#DC2626")
DEEPEST = 5


class Refused(Exception):
    """The answer is this problem; ``fault`` is the pointer and code of the one field that is wrong."""

    def __init__(self, status: int, code: str, *fault: str) -> None:
        super().__init__(f"{status} {code} {' '.join(fault)}")
        self.status, self.code, self.fault = status, code, fault


def not_found() -> Refused:
    return Refused(404, "not_found")


def invalid(pointer: str, code: str) -> Refused:
    return Refused(422, "validation_error", pointer, code)


@dataclass(frozen=True)
class Match:
    """If-Match: versions of which one must be the stored one; None where there is no header, or it is ``*``."""

    header: str | None = None
    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        if self.versions is not None and version not in self.versions:
            raise Refused(412, "version_mismatch")


@dataclass
class Tag:
    id: str
    name: str
    color: str
    made_from: Body
    created: Tick
    updated: Tick
    version: int = 1

    @property
    def key(self) -> str:
        return self.name.casefold()


@dataclass
class Task:
    id: str
    title: str
    made_from: Body
    created: Tick
    updated: Tick
    description: str | None = None
    is_completed: bool = False
    completed: Tick | None = None
    priority: str | None = None
    due_date: date | None = None
    due_time: time | None = None
    timezone: str | None = None
    tags: set[str] = field(default_factory=set)
    parent_id: str | None = None
    position: str | None = None
    deleted: Tick | None = None
    is_expired: bool = False
    version: int = 1

    @property
    def due_at(self) -> datetime | None:
        if self.due_date is None or self.due_time is None:
            return None
        return datetime.combine(self.due_date, self.due_time, ZoneInfo(self.timezone or "")).astimezone(UTC)


class Account:
    """What one user has. Every method is one request; it raises Refused, and then nothing has changed."""

    def __init__(self, user: Body) -> None:
        self.user = user
        self.now = Tick(0)
        self.tasks: dict[str, Task] = {}
        self.tags: dict[str, Tag] = {}

    @property
    def id(self) -> str:
        return str(self.user["id"])

    @property
    def zone(self) -> str:
        return str(self.user["timezone"])

    # — the account

    def update_user(self, body: Body, match: Match) -> Body:
        match.check(self.user["version"])
        if any(self.user[name] != value for name, value in body.items()):
            self.user |= {**body, "version": self.user["version"] + 1}
        return self.user

    # — tags

    def tag(self, tag_id: str) -> Tag:
        if tag_id not in self.tags:
            raise not_found()
        return self.tags[tag_id]

    def create_tag(self, tag_id: str | None, body: Body) -> Tag | None:
        """The tag, if it was made before; None for a new one, which is then to be added with `add_tag`."""
        if tag_id in self.tags:
            return _same(self.tags[tag_id or ""], body)
        self._require_free_name(body["name"], None)
        return None

    def add_tag(self, tag_id: str, body: Body) -> Tag:
        self.tags[tag_id] = Tag(tag_id, **body, made_from=body, created=self.now, updated=self.now)
        return self.tags[tag_id]

    def update_tag(self, tag_id: str, body: Body, match: Match) -> Tag:
        tag = self.tag(tag_id)
        match.check(tag.version)
        if any(getattr(tag, name) != value for name, value in body.items()):
            self._require_free_name(body.get("name", tag.name), tag_id)
            self._change(tag, **body)
            self._touch_tasks_with(tag_id)
        return tag

    def delete_tag(self, tag_id: str, match: Match) -> None:
        match.check(self.tag(tag_id).version)
        self._touch_tasks_with(tag_id)
        for task in self.tasks.values():
            task.tags.discard(tag_id)
        del self.tags[tag_id]

    def merge_tag(self, tag_id: str, into: str, match: Match) -> Tag:
        if tag_id == into:
            raise invalid("/into", "same_tag")
        tag = self.tag(tag_id)
        if into not in self.tags:
            raise invalid("/into", "unknown_tag")
        match.check(tag.version)
        for task in self.tasks.values():
            if tag_id in task.tags:
                task.tags.add(into)
        self.delete_tag(tag_id, Match())
        return self.tags[into]

    def task_count(self, tag: Tag) -> int:
        return sum(tag.id in task.tags and not task.is_completed and not task.deleted for task in self.tasks.values())

    def _require_free_name(self, name: str, tag_id: str | None) -> None:
        if any(tag.key == name.casefold() and tag.id != tag_id for tag in self.tags.values()):
            raise Refused(409, "name_taken")

    def _touch_tasks_with(self, tag_id: str) -> None:
        for task in self.tasks.values():
            if tag_id in task.tags:
                self._change(task)

    # — tasks

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
            return _same(before, body)
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
        if wanted["is_completed"] != task.is_completed:
            task.completed = self.now if wanted["is_completed"] else None
        self._change(task, **wanted | {"tags": set(wanted["tags"])})
        return task

    def complete_task(self, task_id: str, is_completed: bool | None, match: Match) -> Task:
        task = self._changeable(task_id, match)
        return self.update_task(
            task_id, {"is_completed": not task.is_completed if is_completed is None else is_completed}, match
        )

    def delete_task(self, task_id: str, match: Match, *, permanent: bool) -> None:
        task = self.task(task_id)
        match.check(task.version)
        if permanent:
            for each in [task, *self._below(task_id)]:
                del self.tasks[each.id]
            return
        if task.deleted is None:
            for each in [task, *self._below(task_id)]:
                if each.deleted is None:
                    self._change(each, deleted=self.now)
        self._empty_trash()

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

    def _change(self, thing: Task | Tag, **values: object) -> None:
        thing.version += 1
        thing.updated = self.now
        for name, value in values.items():
            setattr(thing, name, value)

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


def _same(stored: Any, body: Body) -> Any:
    if stored.made_from != body:
        raise Refused(409, "id_in_use")
    return stored


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
