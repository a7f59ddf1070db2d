"""What an answer must look like when the model is right: bodies field by field, lists in their order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.model.account import Account
from tests.model.model import LEVELS, Body, Task, Tick
from tests.model.words import Search, plain

INSTANTS = ("created_at", "updated_at", "completed_at", "deleted_at")


class Instants:
    """The instant of each tick, learnt from the first answer that shows it: all others must show the same."""

    def __init__(self) -> None:
        self._of: dict[Tick, str] = {}

    def tick_of(self, instant: str) -> Tick:
        """Of an instant that no request here has made: one that sorts where it belongs."""
        for tick, known in self._of.items():
            if known == instant:
                return tick
        earlier = max((tick for tick, known in self._of.items() if known < instant), default=None)
        later = min((tick for tick, known in self._of.items() if known > instant), default=None)
        tick = (earlier + later) / 2 if earlier and later else earlier + 0.5 if earlier else (later or 1) - 0.5
        self._of[Tick(tick)] = instant
        return Tick(tick)

    def instant_of(self, tick: Tick | None) -> str | None:
        """None for none. To be asked only when an answer has shown it."""
        return None if tick is None else self._of[tick]

    def day_of(self, tick: Tick, zone: ZoneInfo, today: date) -> date:
        """In that zone; today where no answer has shown the instant yet."""
        known = self._of.get(tick)
        return datetime.fromisoformat(known).astimezone(zone).date() if known else today

    def agree(self, told: Body, expected: Body) -> None:
        """Asserts that an answer is what the model says, instants included."""
        wanted = {**expected}
        for name in INSTANTS:
            if isinstance(wanted.get(name), int | float):
                wanted[name] = self._of.setdefault(wanted[name], told.get(name) or "an instant")
        assert told == wanted, f"told {differing(told, wanted)}, wanted {differing(wanted, told)}"


def differing(one: Body, other: Body) -> Body:
    return {name: value for name, value in one.items() if name not in other or other[name] != value}


@dataclass(frozen=True)
class Common:
    """When a search finds many tasks, of which the newest are the most relevant: ``least`` of the ``sample`` that was
    made last, or more than ``most`` in all."""

    sample: int
    least: int
    most: int


@dataclass(frozen=True)
class Query:
    """A list of tasks: which ones, in which order."""

    filters: Body
    search: Search | None = None
    sort: str | None = None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        values = {**self.filters, **({"q": str(self.search)} if self.search else {}), **self._sort}
        return [(name, _written(one)) for name, value in values.items() for one in _each(value)]

    @property
    def _sort(self) -> Body:
        return {"sort": self.sort} if self.sort else {}

    @property
    def order(self) -> str:
        return self.sort or ("relevance" if self.search else "-created_at")

    def of(self, account: Account, now: datetime, common: Common) -> list[Task]:
        found = [task for task in account.tasks.values() if self._has(account, task, now)]
        field, is_descending = self.order.removeprefix("-"), self.order.startswith("-")
        if field == "relevance":
            is_many = self._is_common(account, common)
            return sorted(found, key=self._age if is_many else self._relevance, reverse=not is_descending)
        value = SORTS[field]
        with_value = [task for task in found if value(task) is not None]
        without = [task for task in found if value(task) is None]
        return [
            *sorted(with_value, key=lambda task: (value(task), task.id), reverse=is_descending),
            *sorted(without, key=lambda task: task.id, reverse=is_descending),
        ]

    def _is_common(self, account: Account, common: Common) -> bool:
        assert self.search is not None
        newest = sorted(account.tasks.values(), key=self._age, reverse=True)
        found = [self.search.finds(task.title, task.description) for task in newest]
        return sum(found[: common.sample]) >= common.least or sum(found) > common.most

    def _age(self, task: Task) -> tuple[int, str]:
        return task.created, task.id

    def _relevance(self, task: Task) -> tuple[bool, int, str]:
        assert self.search is not None
        return self.search.finds_in_title(task.title), task.created, task.id

    def _has(self, account: Account, task: Task, now: datetime) -> bool:
        if (task.deleted is not None) != self.filters.get("trash", False) or task.is_expired:
            return False
        if self.search is not None and not self.search.finds(task.title, task.description):
            return False
        return all(FILTERS[name](account, task, wanted, now) for name, wanted in self._effective.items())

    @property
    def _effective(self) -> Body:
        chosen = {name: value for name, value in self.filters.items() if name not in ("trash", "tag", "tag_match")}
        if self.filters.get("tag"):
            chosen["tag"] = (self.filters["tag"], self.filters.get("tag_match", "all"))
        return chosen


SORTS: dict[str, Callable[[Task], Any]] = {
    "created_at": lambda task: task.created,
    "updated_at": lambda task: task.updated,
    "completed_at": lambda task: task.completed,
    "due_date": lambda task: task.due_date,
    "priority": lambda task: LEVELS.get(task.priority or ""),
    "title": lambda task: plain(task.title),
    "position": lambda task: task.position,
}


def _has_tags(account: Account, task: Task, wanted: tuple[list[str], str], _: datetime) -> bool:
    names, match = wanted
    carried = [{tag_id, account.tags[tag_id].key} for tag_id in task.tags]
    has = [any(name.casefold() in one for one in carried) for name in names]
    return all(has) if match == "all" else any(has)


def _is_due(account: Account, task: Task, wanted: str, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(account.zone)).date()
    if wanted == "none" or task.due_date is None:
        return wanted == "none" and task.due_date is None
    if wanted == "overdue":
        is_past = task.due_date < today if task.due_at is None else task.due_at < now
        return is_past and not task.is_completed
    return task.due_date == today if wanted == "today" else task.due_date > today


FILTERS: dict[str, Callable[[Account, Task, Any, datetime], bool]] = {
    "completed": lambda _, task, wanted, __: task.is_completed == wanted,
    "priority": lambda _, task, wanted, __: not wanted or task.priority in wanted,
    "tag": _has_tags,
    "due_before": lambda _, task, wanted, __: task.due_date is not None and task.due_date < wanted,
    "due_after": lambda _, task, wanted, __: task.due_date is not None and task.due_date > wanted,
    "due": _is_due,
    "recurring_task_id": lambda _, task, wanted, __: task.series_id == wanted,
    "parent_id": lambda _, task, wanted, __: (task.parent_id or "none") == wanted,
}


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def utc_today() -> date:
    return datetime.now(UTC).date()


def days_from_today(days: int) -> date:
    return utc_today() + timedelta(days=days)
