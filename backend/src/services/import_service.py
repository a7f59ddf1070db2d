"""Imports: a file becomes tasks, all of them or none.

Checked first is whether the session is alive; then the body is read, and taken apart in a thread of low priority. What
is new is found and written in one transaction, in which nobody else imports for the same user.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Executable

from src.core import clock
from src.core.errors import Conflict, FieldError, Invalid, Unauthorized
from src.core.security import Principal
from src.core.security_events import record
from src.core.threads import lower_priority
from src.database.failures import IntegrityError, sqlstate
from src.database.session import Database
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.portability import (
    Account,
    Bundle,
    Counts,
    Level,
    Plan,
    Reader,
    Report,
    ReportLine,
    SeriesRecord,
    Stored,
    TaskRecord,
    Unreadable,
    kind_of_csv,
    plan_import,
    read_icalendar,
    read_task_csv,
    read_ticktick,
    read_todoist,
)
from src.models import new_id
from src.schemas.encoding import build
from src.schemas.import_report import ImportCounts, ImportFormat, ImportLine, ImportReport
from src.services import import_statements as sql
from src.services.admission import Admission
from src.services.import_documents import ERRORS_SHOWN, read_document
from src.services.occurrences import open_missing
from src.services.task_statements import TRASH_KEEPS
from src.services.time_zones import own_zone

THREADS: Final = 2
AT_ONCE: Final = 8
AT_ONCE_OF_USER: Final = 2
_COLLISIONS: Final = {"23503", "23505"}  # foreign_key_violation, unique_violation

_Result = TypeVar("_Result")

_READERS: Final[Mapping[ImportFormat, Callable[[bytes, Reader], Bundle]]] = {
    "json": lambda body, _: read_document(body),
    "csv": lambda body, _: read_task_csv(body),
    "ics": read_icalendar,
    "todoist": read_todoist,
    "ticktick": read_ticktick,
}


class ImportRejected(Invalid):
    """Something in the file is not valid, so nothing of it was imported. ``report`` tells of each fault."""

    def __init__(self, report: ImportReport, errors: Sequence[ReportLine], count: int) -> None:
        shown = tuple(FieldError(_pointer(line.place), line.code, line.message) for line in errors[:ERRORS_SHOWN])
        super().__init__("1 fault in the file" if count == 1 else f"{count} faults in the file", errors=shown)
        self._report = report

    def further_members(self) -> Mapping[str, object]:
        return {"report": self._report}


class AccountChanged(Conflict):
    """Another request changed what the import builds on, such as a parent or a tag. Nothing was written: try again."""

    code = "account_changed"
    title = "The account changed during the import"


class ImportWorkers:
    """The threads in which files are taken apart, and how many may be on their way at once. Lives with the process."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(THREADS, "import", initializer=lower_priority)
        self.admission = Admission(AT_ONCE, most_of_user=AT_ONCE_OF_USER)

    async def run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Options:
    """``format`` is None for a CSV of whichever kind its columns show."""

    format: ImportFormat | None
    dry_run: bool


class ImportService:
    """Given the database, not a session: no connection is held while a body is read and taken apart."""

    def __init__(self, database: Database, workers: ImportWorkers) -> None:
        self._database = database
        self._workers = workers

    async def run(self, owner: Principal, options: Options, read_body: Callable[[], Awaitable[bytes]]) -> ImportReport:
        """Raises Unauthorized before the body is read, Unavailable, Invalid, ImportRejected or AccountChanged."""
        with self._workers.admission.admit(owner.id):
            async with self._database.as_user(owner) as session:
                zone = await own_zone(session, owner.id)
            now = clock.now()
            reader = Reader(zone, now, now.astimezone(ZoneInfo(zone)).date())
            kind, bundle = await self._workers.run(partial(_read, await read_body(), options, reader))
            try:
                async with self._database.as_user(owner) as session:
                    imported = _Import(session, owner, self._workers, bundle)
                    report = await imported.run(kind, dry_run=options.dry_run)
            except IntegrityError as error:
                if sqlstate(error) in _COLLISIONS:
                    raise AccountChanged from error
                raise
        if not options.dry_run:
            record("file imported", user=owner.id, session=owner.session_id)
        return report


class _Import:
    """One import, in its transaction."""

    def __init__(self, session: DatabaseSession, owner: Principal, workers: ImportWorkers, bundle: Bundle) -> None:
        self._session = session
        self._owner = owner
        self._workers = workers
        self._bundle = bundle

    async def run(self, kind: ImportFormat, *, dry_run: bool) -> ImportReport:
        user = await fetch_first(self._session, sql.LOCK_USER, owner_id=self._owner.id)
        if user is None:
            raise Unauthorized  # the account was deleted since the transaction was opened
        zone, now = user.timezone, user.now
        account = await self._account(now)
        plan = await self._workers.run(lambda: plan_import(self._bundle, account, now=now, new_id=new_id))
        report = _report(kind, self._bundle.report, plan, dry_run=dry_run)
        if self._bundle.report.error_count:
            raise _rejected(kind, self._bundle.report, plan, dry_run=dry_run)
        if not dry_run:
            await self._write(plan, zone, now)
        return report

    async def _account(self, now: datetime) -> Account:
        bundle, expired_at = self._bundle, now - TRASH_KEEPS
        parents = {task.parent_id for task in bundle.tasks if task.parent_id is not None}
        await self._all(sql.LOCK_PARENTS, ids=sorted(parents))
        wanted = list(parents | {task.id for task in bundle.tasks})
        tasks = await self._all(sql.FIND_TASKS, ids=wanted, expired_at=expired_at)
        records: list[TaskRecord | SeriesRecord] = [*bundle.tasks, *bundle.series]
        named = {ref for record in records for ref in record.tags if not isinstance(ref, str)}
        ids = list(named | {tag.id for tag in bundle.tags.values() if tag.id is not None})
        tags = await self._all(sql.FIND_TAGS, ids=ids, keys=[tag.key for tag in bundle.tags.values()])
        wanted_series = {series.id for series in bundle.series}
        wanted_series |= {task.recurring_task_id for task in bundle.tasks if task.recurring_task_id is not None}
        wanted_series |= {instance.recurring_task_id for instance in bundle.instances}
        series = await self._all(sql.FIND_SERIES, ids=list(wanted_series))
        instances = await self._all(sql.FIND_INSTANCES, ids=[row.id for row in series], expired_at=expired_at)
        return Account(
            tag_ids={row.id for row in tags},
            tag_keys={row.name_key: row.id for row in tags},
            tasks={row.id: Stored(row.depth, row.deleted_at) for row in tasks},
            series={row.id for row in series},
            instances={(row.recurring_task_id, row.occurrence_date) for row in instances},
            free={(row.recurring_task_id, row.occurrence_date): row.is_open for row in instances if not row.is_taken},
        )

    async def _write(self, plan: Plan, zone: str, now: datetime) -> None:
        await self._execute(sql.EMPTY_TRASH, expired_at=now - TRASH_KEEPS)
        await self._add(sql.ADD_TAGS, (sql.tag_row(id_, tag, now) for id_, tag in plan.tags.items()))
        await self._add(sql.ADD_SERIES, (sql.series_row(series, now) for series in plan.series))
        await self._add(sql.TAG_SERIES, _links("recurring_task_id", plan.series))
        await self._add(sql.ADD_INSTANCES, (sql.instance_row(instance, now) for instance in plan.instances))
        await self._add(sql.ADD_TASKS, sql.task_rows(plan.tasks, zone, now))
        await self._add(sql.ADD_DOCUMENTS, (sql.document_row(task, self._owner.id) for task in plan.tasks))
        await self._add(sql.TAG_TASKS, _links("task_id", plan.tasks))
        if plan.series:  # a document written by hand may have none that is open
            await open_missing(self._session, self._owner.id, [series.id for series in plan.series])

    async def _add(self, statement: Executable, rows: Iterable[sql.Row]) -> None:
        batches = sql.batches(rows)
        while batch := await self._workers.run(lambda: next(batches, None)):
            await self._execute(statement, **sql.arrays(batch))

    async def _execute(self, statement: Executable, **parameters: object) -> None:
        await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _all(self, statement: Executable, **parameters: object) -> Sequence[Row]:
        return await fetch_all(self._session, statement, owner_id=self._owner.id, **parameters)


def _read(body: bytes, options: Options, reader: Reader) -> tuple[ImportFormat, Bundle]:
    try:
        kind: ImportFormat = options.format or kind_of_csv(body)
        return kind, _READERS[kind](body, reader)
    except Unreadable as fault:
        report = Report()
        report.error(fault.place, fault.code, str(fault))
        raise _rejected(options.format or "csv", report, Plan(), dry_run=options.dry_run) from None


def _links(name: str, records: Iterable[Any]) -> Iterable[sql.Row]:
    return ({name: record.id, "tag_id": tag_id} for record in records for tag_id in record.tags)


def _rejected(kind: ImportFormat, report: Report, plan: Plan, *, dry_run: bool) -> ImportRejected:
    errors = [line for line in report.lines if line.level is Level.ERROR]
    nothing = Plan(existing=plan.existing)
    return ImportRejected(_report(kind, report, nothing, dry_run=dry_run), errors, report.error_count)


def _report(kind: ImportFormat, report: Report, plan: Plan, *, dry_run: bool) -> ImportReport:
    lines = [_line(line) for line in report.lines]
    return build(ImportReport, dry_run, kind, _counts(plan.created), _counts(plan.existing), lines, report.left_out)


def _counts(counts: Counts) -> ImportCounts:
    return build(ImportCounts, counts.tasks, counts.tags, counts.recurring_tasks, counts.task_instances)


def _line(line: ReportLine) -> ImportLine:
    number, pointer = (line.place, None) if isinstance(line.place, int) else (None, line.place)
    return build(ImportLine, number, pointer, line.level.value, line.code, line.message)


def _pointer(place: int | str) -> str:
    return place if isinstance(place, str) else f"line/{place}"
