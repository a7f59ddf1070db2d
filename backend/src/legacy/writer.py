"""Writing the accounts into PostgreSQL, each as its own user, and reading back what was written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy import Row as StoredRow
from sqlalchemy.ext.asyncio import AsyncConnection

from src.domain.search import search_document
from src.legacy.accounts import Account
from src.legacy.findings import Findings
from src.legacy.reader import Row
from src.legacy.recurring_tasks import instance_values
from src.legacy.report import Report
from src.legacy.statements import (
    BECOME_USER,
    FIND_INSTANCES,
    FIND_TAGS,
    FIND_USERS,
    INSERT_DOCUMENTS,
    INSTANCES,
    READ_BACK,
    SERIES,
    TAGS,
    TASK_TAGS,
    TASKS,
    USERS,
    BatchInsert,
)

_READ_BACK: Final = ("title", "is_completed", "due_date", "due_time", "due_at")


class Writer:
    """Works inside the transaction of ``connection``, and counts in ``report``.

    ``wrong`` gets the rows that clash with what PostgreSQL has, or are not found there as they were written.
    """

    def __init__(self, connection: AsyncConnection, report: Report) -> None:
        self._connection = connection
        self._report = report
        self.wrong = Findings()

    async def write_users(self, users: Sequence[Row]) -> None:
        """To be called as the system role."""
        stored = await self._rows(
            FIND_USERS,
            ids=[user["id"] for user in users],
            email_keys=[user["email_key"] for user in users],
            username_keys=[user["username_key"] for user in users if user["username_key"] is not None],
        )
        self._refuse_clashes(users, stored)
        if self.wrong:
            return
        present = {row.id for row in stored}
        new = [user for user in users if user["id"] not in present]
        created = {row.id for row in await self._insert(USERS, new)}
        late = [user["old_id"] for user in new if user["id"] not in created]
        self.wrong.add_all("users", late, "an account with the e-mail address or username was made this very moment")
        self._count("users", created=len(created), of=len(users))

    async def write_account(self, account: Account) -> None:
        """As the user: row-level security lets no row of anybody else be touched."""
        await self._connection.execute(BECOME_USER, {"user_id": str(account.id)})
        tag_ids = await self._write_tags(account)
        series_ids = {row.id for row in await self._insert(SERIES, account.series)}
        self._count("recurring_tasks", created=len(series_ids), of=len(account.series))
        days = await self._write_instances(account.instances, series_ids)
        found = 0
        for batch in account.task_batches():
            days |= await self._write_tasks(account.id, batch, tag_ids, series_ids)
            found += await self._read_back(account.id, batch)
        if found != account.task_count:
            self.wrong.add(
                "users", account.user["old_id"], f"has {account.task_count:,} tasks, of which {found:,} are there"
            )
        await self._count_instances(account, days)
        await self._open_next(account, series_ids)

    def _refuse_clashes(self, users: Sequence[Row], stored: Sequence[StoredRow[Any]]) -> None:
        email_keys = {row.id: row.email_key for row in stored}
        by_email = {row.email_key: row.id for row in stored}
        by_username = {row.username_key: row.id for row in stored}
        for user in users:
            key = user["old_id"]
            if email_keys.get(user["id"], user["email_key"]) != user["email_key"]:
                self.wrong.add("users", key, "PostgreSQL has its account with another e-mail address")
            elif by_email.get(user["email_key"], user["id"]) != user["id"]:
                self.wrong.add("users", key, "PostgreSQL has another account with the e-mail address")
            elif user["username_key"] is not None and by_username.get(user["username_key"], user["id"]) != user["id"]:
                self.wrong.add("users", key, "PostgreSQL has another account with the username")

    async def _write_tags(self, account: Account) -> dict[UUID, UUID]:
        """Under which id each tag is there: since an earlier import the user may have made one of its name."""
        created = {row.id for row in await self._insert(TAGS, account.tags)}
        self._count("tags", created=len(created), of=len(account.tags))
        names = {tag["id"]: tag["name_key"] for tag in account.tags if tag["id"] not in created}
        if not names:
            return {tag_id: tag_id for tag_id in created}
        stored = await self._rows(FIND_TAGS, user_id=account.id, ids=list(names), name_keys=list(names.values()))
        ids, by_name = {row.id for row in stored}, {row.name_key: row.id for row in stored}
        there = {tag_id: tag_id if tag_id in ids else by_name[name] for tag_id, name in names.items()}
        return there | {tag_id: tag_id for tag_id in created}

    async def _write_instances(self, instances: Iterable[Row], series_ids: set[UUID]) -> set[tuple[UUID, date]]:
        """Of new series only: one that was there before goes on in PostgreSQL."""
        new = [instance for instance in instances if instance["recurring_task_id"] in series_ids]
        return {(row.recurring_task_id, row.occurrence_date) for row in await self._insert(INSTANCES, new)}

    async def _write_tasks(
        self, user_id: UUID, batch: list[Row], tag_ids: dict[UUID, UUID], series_ids: set[UUID]
    ) -> set[tuple[UUID, date]]:
        days = await self._write_instances(_instances_of(batch), series_ids)
        created = await self._insert_tasks(user_id, [_unlinked(task, series_ids) for task in batch])
        links = [
            {"user_id": user_id, "task_id": task["id"], "tag_id": tag_ids[tag_id]}
            for task in batch
            if task["id"] in created
            for tag_id in task["tags"]
        ]
        written = await self._insert(TASK_TAGS, links)
        self._count("tasks", created=len(created), of=len(batch))
        self._report.created["task_tags"] += len(written)
        self._report.present["task_tags"] += sum(len(task["tags"]) for task in batch if task["id"] not in created)
        return days

    async def _insert_tasks(self, user_id: UUID, tasks: list[Row]) -> set[UUID]:
        created = {row.id for row in await self._insert(TASKS, tasks)}
        new = [task for task in tasks if task["id"] in created]
        if new:
            documents = [search_document(user_id, task["title"], task["description"]) for task in new]
            bound = {"user_id": user_id, "ids": [task["id"] for task in new], "documents": documents}
            await self._connection.execute(INSERT_DOCUMENTS, bound)
        for task in tasks:
            task["is_new"] = task["id"] in created
        return created

    async def _read_back(self, user_id: UUID, batch: list[Row]) -> int:
        """How many are there. Those that were there before may have been changed since."""
        rows = await self._rows(READ_BACK, user_id=user_id, ids=[task["id"] for task in batch])
        stored = {row.id: row for row in rows}
        for task in batch:
            row = stored.get(task["id"])
            if row is None:
                self.wrong.add("tasks", task["old_id"], "it is not there after it was written")
            elif task["is_new"] and any(getattr(row, name) != task[name] for name in _READ_BACK):
                self.wrong.add("tasks", task["old_id"], "it does not read back as it was written")
        return len(stored)

    async def _count_instances(self, account: Account, created: set[tuple[UUID, date]]) -> None:
        if not account.old_days:
            return
        rows = await self._rows(FIND_INSTANCES, user_id=account.id, ids=[series["id"] for series in account.series])
        stored = {(row.recurring_task_id, row.occurrence_date) for row in rows}
        for day, old_id in account.old_days.items():
            if day in created:
                self._report.created["task_instances"] += 1
            elif day in stored:
                self._report.present["task_instances"] += 1
            else:
                reason = "its recurring task was imported before, and goes on in PostgreSQL"
                self._report.remarks.not_moved.add("task_instances", old_id, reason)

    async def _open_next(self, account: Account, series_ids: set[UUID]) -> None:
        tasks = [task for task in account.next_tasks() if task["recurring_task_id"] in series_ids]
        if tasks:
            await self._write_instances(_instances_of(tasks), series_ids)
            self._report.opened += len(await self._insert_tasks(account.id, tasks))

    async def _insert(self, insert: BatchInsert, rows: Sequence[Row]) -> Sequence[StoredRow[Any]]:
        return await self._rows(insert.statement, **insert.parameters(rows)) if rows else []

    async def _rows(self, statement: Executable, **parameters: object) -> Sequence[StoredRow[Any]]:
        return (await self._connection.execute(statement, parameters)).all()

    def _count(self, table: str, *, created: int, of: int) -> None:
        self._report.created[table] += created
        self._report.present[table] += of - created


def _unlinked(task: Row, series_ids: set[UUID]) -> Row:
    """On its own where its series was there before: that one has made the tasks of its days itself."""
    if task["recurring_task_id"] not in series_ids:
        task |= {"recurring_task_id": None, "occurrence_date": None}
    return task


def _instances_of(tasks: Iterable[Row]) -> Iterator[Row]:
    """What became of the days that tasks stand for; one in the trash is as good as skipped."""
    for task in tasks:
        if task["recurring_task_id"] is not None:
            status = "completed" if task["is_completed"] else "open" if task["deleted_at"] is None else "skipped"
            closed_at = task["completed_at"] or task["deleted_at"]
            yield instance_values(
                task["user_id"], task["recurring_task_id"], task["occurrence_date"], status, closed_at
            )
