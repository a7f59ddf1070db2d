"""What of a file is new to an account, and what that needs: tags, parents, series. Pure, so that a dry run is the run.

What the account has already is left as it is, and told of. Faults are errors in our own formats; where the file is of
another program, what does not fit is left out with a warning.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from src.domain.portability.records import Bundle, InstanceRecord, SeriesRecord, TagRecord, TagRef, TaskRecord
from src.domain.portability.report import Place
from src.domain.portability.trees import Trees

TRASH_KEEPS: Final = timedelta(days=30)

Occurrence = tuple[UUID, date]
_Record = TypeVar("_Record", TagRecord, TaskRecord, SeriesRecord, InstanceRecord)


@dataclass(frozen=True, slots=True)
class Stored:
    """A task of the account. One that is part of no other has depth 0."""

    depth: int
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """What of a file's ids and names is there already."""

    tag_ids: Set[UUID]
    tag_keys: Mapping[str, UUID]
    tasks: Mapping[UUID, Stored]
    series: Set[UUID]
    instances: Set[Occurrence]
    free: Mapping[Occurrence, bool]
    """Those of the occurrences for which no task stands, and whether they are open."""


@dataclass(slots=True)
class Counts:
    tasks: int = 0
    tags: int = 0
    recurring_tasks: int = 0
    task_instances: int = 0


@dataclass(slots=True)
class Plan:
    """What is to be written, parents before their parts."""

    tags: dict[UUID, TagRecord] = field(default_factory=dict)
    tasks: list[TaskRecord] = field(default_factory=list)
    series: list[SeriesRecord] = field(default_factory=list)
    instances: list[InstanceRecord] = field(default_factory=list)
    tag_ids: dict[TagRef, UUID] = field(default_factory=dict)
    existing: Counts = field(default_factory=Counts)

    @property
    def created(self) -> Counts:
        return Counts(len(self.tasks), len(self.tags), len(self.series), len(self.instances))


def plan_import(bundle: Bundle, account: Account, *, now: datetime, new_id: Callable[[], UUID]) -> Plan:
    """Changes the records of the bundle: those that are planned are as they are to be written."""
    return _Planner(bundle, account, now, new_id).plan()


class _Planner:
    def __init__(self, bundle: Bundle, account: Account, now: datetime, new_id: Callable[[], UUID]) -> None:
        self._bundle = bundle
        self._account = account
        self._now = now
        self._new_id = new_id
        self._report = bundle.report
        self._plan = Plan()

    def plan(self) -> Plan:
        tasks = self._new_tasks()
        self._plan_series(tasks)
        self._plan_instances()
        self._plan_occurrences(tasks)
        trees = Trees(
            {id_: stored.depth for id_, stored in self._account.tasks.items()},
            self._report,
            is_lenient=self._bundle.is_lenient,
        )
        self._keep_out_of_trash(tasks)
        self._plan.tasks = trees.settled(tasks)
        self._plan_tags()
        for task in tasks.values():
            _make_sane(task, self._now)
            self._report.info(task.place, "created", "is new")
        return self._plan

    def _new_tasks(self) -> dict[UUID, TaskRecord]:
        """Without what would have left the trash by now."""
        tasks: dict[UUID, TaskRecord] = {}
        for task in self._once(self._bundle.tasks, lambda task: task.id):
            if task.id in self._account.tasks:
                self._plan.existing.tasks += 1
                self._report.info(task.place, "exists", "is there already, and stays as it is")
            elif task.deleted_at is not None and task.deleted_at < self._now - TRASH_KEEPS:
                self._report.info(task.place, "expired", "would have left the trash by now, so it is left out")
            else:
                tasks[task.id] = task
        self._expired = {task.id for task in self._bundle.tasks} - tasks.keys() - self._account.tasks.keys()
        return tasks

    def _plan_series(self, tasks: Mapping[UUID, TaskRecord]) -> None:
        needed = {task.recurring_task_id for task in tasks.values()}
        for series in self._once(self._bundle.series, lambda series: series.id):
            if series.id in self._account.series:
                self._plan.existing.recurring_tasks += 1
            elif not self._bundle.is_lenient or series.id in needed:
                self._plan.series.append(series)

    def _plan_instances(self) -> None:
        new = {series.id for series in self._plan.series}
        known = {series.id for series in self._bundle.series}
        for instance in self._once(self._bundle.instances, _occurrence):
            if _occurrence(instance) in self._account.instances:
                self._plan.existing.task_instances += 1
            elif instance.recurring_task_id in new:
                self._plan.instances.append(instance)
            elif instance.recurring_task_id not in known | self._account.series:
                self._report.error(instance.place, "unknown_series", "recurring_task_id: there is no such series")
            elif not self._bundle.is_lenient:
                message = "its series is there already and has no such occurrence, so it is left out"
                self._report.warning(instance.place, "series_unchanged", message)

    def _plan_occurrences(self, tasks: Mapping[UUID, TaskRecord]) -> None:
        is_open_on = {**self._account.free, **{_occurrence(one): one.status == "open" for one in self._plan.instances}}
        used: set[Occurrence] = set()
        for task in tasks.values():
            if task.recurring_task_id is None or task.occurrence_date is None:
                continue
            occurrence = (task.recurring_task_id, task.occurrence_date)
            is_open = not task.is_completed and task.deleted_at is None
            if occurrence not in used and is_open_on.get(occurrence) is is_open:
                used.add(occurrence)
                continue
            message = "the occurrence is not there or not free, so it is imported as a single task"
            self._report.warning(task.place, "no_occurrence", message)
            task.recurring_task_id = task.occurrence_date = None
        self._plan.instances = [one for one in self._plan.instances if self._is_complete(one, used)]

    def _is_complete(self, instance: InstanceRecord, used: Set[Occurrence]) -> bool:
        """An open occurrence without its task would hold up its series for ever; left out, the rule opens the next."""
        is_complete = instance.status != "open" or _occurrence(instance) in used
        if not is_complete:
            message = "it is open, but no open task comes with it, so it is left out; its series goes on by its rule"
            self._report.warning(instance.place, "no_task", message)
        return is_complete

    def _keep_out_of_trash(self, tasks: Mapping[UUID, TaskRecord]) -> None:
        """No task may be a part of one that is in the trash and leaves it before the task would."""
        for task in tasks.values():
            if task.parent_id is None:
                continue
            parent = tasks.get(task.parent_id) or self._account.tasks.get(task.parent_id)
            goes_at = parent.deleted_at if parent else None
            goes_sooner = goes_at is not None and (task.deleted_at is None or goes_at < task.deleted_at)
            if task.parent_id in self._expired or goes_sooner:
                message = "its parent is in the trash or gone, so it is imported without one"
                self._report.warning(task.place, "parent_in_trash", message)
                task.parent_id = None

    def _plan_tags(self) -> None:
        records: list[TaskRecord | SeriesRecord] = [*self._plan.tasks, *self._plan.series]
        used = {ref for record in records for ref in record.tags}
        planned: dict[str, UUID] = {}
        for ref, tag in self._bundle.tags.items():
            stored = tag.id if tag.id in self._account.tag_ids else self._account.tag_keys.get(tag.key)
            if stored is not None:
                self._plan.existing.tags += 1
            elif tag.key in planned:
                self._report.warning(
                    tag.place, "repeated_name", "name: another tag of the document has it; they are one"
                )
            elif tag.id is not None or ref in used:
                planned[tag.key] = tag.id or self._new_id()
                self._plan.tags[planned[tag.key]] = tag
            if (tag_id := stored or planned.get(tag.key)) is not None:
                self._plan.tag_ids[ref] = tag_id
        for record in records:
            record.tags = self._resolved(record.tags, record.place)

    def _resolved(self, refs: Iterable[TagRef], place: Place) -> tuple[TagRef, ...]:
        resolved: dict[TagRef, None] = {}
        for ref in refs:
            if (tag_id := self._plan.tag_ids.get(ref)) is not None:
                resolved[tag_id] = None
            elif ref in self._account.tag_ids:
                resolved[ref] = None
            else:
                self._report.error(place, "unknown_tag", "tags: there is no such tag in the document or the account")
        return tuple(resolved)

    def _once(self, records: Iterable[_Record], key: Callable[[_Record], Hashable]) -> Iterable[_Record]:
        seen: set[Hashable] = set()
        for record in records:
            if key(record) in seen:
                self._report.error(record.place, "repeated_id", "id: another item of the file has it")
            else:
                seen.add(key(record))
                yield record


def _occurrence(instance: InstanceRecord) -> Occurrence:
    return instance.recurring_task_id, instance.occurrence_date


def _make_sane(task: TaskRecord, now: datetime) -> None:
    """No instant lies ahead, and what is completed says when."""
    task.completed_at = _past(task.completed_at, now) if task.is_completed else None
    task.deleted_at = min(task.deleted_at, now) if task.deleted_at else None
    task.created_at = _past(task.created_at, now)
    task.updated_at = max(_past(task.updated_at, now), task.created_at)


def _past(instant: datetime | None, now: datetime) -> datetime:
    return min(instant, now) if instant else now
