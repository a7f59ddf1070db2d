"""Series of recurring tasks, as plain Python: rules that fire every so many days, gone through day by day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.model.model import DAY, Body, Instance, Match, Refused, Series, Task, not_found, same
from tests.model.task_model import TaskModel

MOST_KEPT = 50
HORIZON = timedelta(days=1000)
TEMPLATE = ("title", "description", "priority")
RULES = {
    "FREQ=DAILY": (1, None),
    "FREQ=DAILY;INTERVAL=2": (2, None),
    "FREQ=WEEKLY": (7, None),
    "FREQ=DAILY;COUNT=3": (1, 3),
}
"""Every how many days, and how often."""


class SeriesModel(TaskModel):
    id: str
    zone: str

    def one_series(self, series_id: str) -> Series:
        if series_id not in self.series:
            raise not_found()
        return self.series[series_id]

    def create_series(self, series_id: str | None, body: Body) -> Series | None:
        """The series, if it was made before; None for a new one, which is then to be added with `add_series`."""
        if series_id in self.series:
            return same(self.series[series_id or ""], body)
        self._require_tags(body["tags"])
        return None

    def add_series(self, series_id: str, body: Body) -> Series:
        zone = body["timezone"] or self.zone
        every, count = RULES[body["rrule"]]
        values = {**body, "timezone": zone, "tags": set(body["tags"])}
        values["start_date"] = body["start_date"] or datetime.now(ZoneInfo(zone)).date()
        made = {"made_from": body, "created": self.now, "updated": self.now}
        series = Series(series_id, **values, **made, every=every, count=count)
        self.series[series_id] = series
        self._open(series, self._missing(series))
        return series

    def update_series(self, series_id: str, body: Body, match: Match) -> Series:
        """Of all but the schedule."""
        series = self.one_series(series_id)
        match.check(series.version)
        wanted = {**body, **({"tags": set(body["tags"])} if "tags" in body else {})}
        changed = {name: value for name, value in wanted.items() if getattr(series, name) != value}
        self._require_tags(list(changed.get("tags", ())))
        if changed:
            self._change(series, **changed)
            for task in self.open_tasks(series):
                self._follow(task, series, changed)
            self._open(series, self._missing(series, is_resumed=changed.get("is_active", False)))
        return series

    def delete_series(self, series_id: str, match: Match) -> None:
        series = self.one_series(series_id)
        match.check(series.version)
        opened = [task for task in self._tasks_of(series) if not task.is_completed]
        for task in self._tasks_of(series):
            deleted = task.deleted if task.is_completed else task.deleted or self.now
            self._change(task, series_id=None, occurrence_date=None, deleted=deleted)
        del self.series[series_id]
        self._trash_below(opened)

    def skip(self, series_id: str, day: date, match: Match) -> Series:
        series = self.one_series(series_id)
        match.check(series.version)
        if day not in series.instances:
            raise not_found()
        if series.instances[day].status == "completed":
            raise Refused(409, "already_completed")
        if series.instances[day].status == "open":
            task = next(task for task in self._tasks_of(series) if task.occurrence_date == day)
            self._change(task, deleted=self.now)
            self._trash_below([task], task)
        return series

    def task_of(self, series: Series, day: date) -> Task | None:
        """As a request sees it."""
        return next((t for t in self._tasks_of(series) if t.occurrence_date == day and not t.is_expired), None)

    def settle(self, changed: Iterable[Task]) -> None:
        """After tasks were completed, reopened, deleted or restored: what becomes of their instances."""
        if self.is_batch:
            return
        by_series: dict[str, list[Task]] = {}
        for task in changed:
            if task.series_id is not None:
                by_series.setdefault(task.series_id, []).append(task)
        for series_id, tasks in by_series.items():
            series = self.series[series_id]
            self._change(series)
            for task in tasks:
                self._close_or_open(series, task)
            closed = [t for t in tasks if t.occurrence_date not in series.with_status("open")]
            self._open(series, self._missing(series), max(closed, key=_day_of, default=None))

    def _close_or_open(self, series: Series, task: Task) -> None:
        instance = series.instances[_day_of(task)]
        found = next((one for one in self._tasks_of(series) if one.occurrence_date == task.occurrence_date), None)
        if found is not None and (found.is_completed or found.deleted is None):
            status = "completed" if found.is_completed else "open"
        else:
            status = "skipped" if instance.status == "open" else instance.status
        if status != instance.status:
            closed = () if status == "open" else (self.now, datetime.now(UTC))
            series.instances[_day_of(task)] = Instance(status, *closed)

    def _missing(self, series: Series, *, is_resumed: bool = False) -> list[date]:
        if not series.is_active:
            return []
        keeps = series.missed == "keep" and not is_resumed
        if series.mode == "after_completion":
            return self._missing_after_completion(series, keeps=keeps)
        today, newest = series.today(), max(series.instances, default=None)
        is_held_up = newest is not None and series.instances[newest].status == "open"
        if is_held_up and not (is_resumed and series.missed == "keep" and newest < today):
            return []
        later = [day for day in series.days(today + HORIZON) if newest is None or day > newest]
        passed = [day for day in later if day < today][-MOST_KEPT:] if keeps else []
        return passed + [day for day in later if day >= today][:1]

    def _missing_after_completion(self, series: Series, *, keeps: bool) -> list[date]:
        if series.with_status("open") or (series.count is not None and len(series.instances) >= series.count):
            return []
        day = self._after_completion(series, keeps=keeps)
        return [day] if series.lasts_to(day) else []

    def _after_completion(self, series: Series, *, keeps: bool) -> date:
        today, step = series.today(), series.every * DAY
        closed = [(instance.closed, day) for day, instance in series.instances.items()]
        if not closed:
            day = series.start_date
            while day < today and not keeps:
                day += step
            return day
        _, latest = max(closed)
        last = series.instances[latest]
        assert last.closed_at is not None
        closed_on = last.closed_at.astimezone(ZoneInfo(series.timezone)).date()
        day = (max(closed_on, latest) if last.status == "skipped" else closed_on) + step
        while day < today and not keeps:
            day += DAY
        while day in series.instances:
            day += step
        return day

    def _open(self, series: Series, days: list[date], replaced: Task | None = None) -> None:
        """With new tasks, of which the first takes the place of the one that was done."""
        for day in days:
            series.instances[day] = Instance()
            task = Task(
                f"{series.id} on {day}",
                series.title,
                made_from={},
                created=self.now,
                updated=self.now,
                description=series.description,
                priority=series.priority,
                due_date=day,
                due_time=series.due_time,
                timezone=series.timezone if series.due_time is not None else None,
                tags=set(series.tags),
                series_id=series.id,
                occurrence_date=day,
            )
            self.tasks[task.id] = task
            self.new_tasks.append(task)
            if replaced is not None:
                task.position, replaced.position, replaced = replaced.position, None, None

    def _follow(self, task: Task, series: Series, changed: Body) -> None:
        wanted = {name: value for name, value in changed.items() if name in TEMPLATE}
        if "due_time" in changed:
            wanted["due_time"] = series.due_time if task.due_date is not None else None
            wanted["timezone"] = series.timezone if wanted["due_time"] is not None else None
        elif "timezone" in changed and task.due_time is not None:
            wanted["timezone"] = series.timezone
        if "tags" in changed or any(getattr(task, name) != value for name, value in wanted.items()):
            self._change(task, **wanted, **({"tags": set(series.tags)} if "tags" in changed else {}))

    def _trash_below(self, tasks: list[Task], *settled: Task) -> None:
        below = [part for task in tasks for part in self._below(task.id) if part.deleted is None]
        parts = list({part.id: part for part in below}.values())
        for part in parts:
            self._change(part, deleted=self.now)
        self.settle([*settled, *parts])

    def _tasks_of(self, series: Series) -> list[Task]:
        return [task for task in self.tasks.values() if task.series_id == series.id]

    def open_tasks(self, series: Series) -> list[Task]:
        return [task for task in self._tasks_of(series) if not task.is_completed and task.deleted is None]


def _day_of(task: Task) -> date:
    assert task.occurrence_date is not None
    return task.occurrence_date
