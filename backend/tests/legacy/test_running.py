"""Running an import: again, at the same time, without writing, and as a login that row-level security binds."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import pytest

from src.legacy import import_sqlite
from src.legacy.sqlite_file import ImportRefused
from tests.conftest import settings_for
from tests.legacy.conftest import Import, LogIn, tasks_of
from tests.legacy.old_app import executed, key, old_file, series, task, user
from tests.startup.conftest import Logins
from tests.startup.processes import eventually

TAGS = [{"id": 1, "user_id": 1, "name": "Work"}, {"id": 2, "user_id": 2, "name": "Work"}]
LINKS = [{"task_id": 1, "tag_id": 1}, {"task_id": 2, "tag_id": 2}]
INSTANCES = [{"id": 1, "recurring_task_id": 1, "task_id": None, "due_date": "2023-05-01", "status": "done"}]


def whole_file(path: Path) -> Path:
    """Something in every table."""
    return old_file(
        path,
        users=[user(1), user(2)],
        tasks=[task(1), task(2, user_id=2), task(3, parent_id=1)],
        tags=TAGS,
        task_tags=LINKS,
        recurring_tasks=[series()],
        task_instances=INSTANCES,
    )


async def snapshot(stored: asyncpg.Connection) -> Mapping[str, list[str]]:
    """Every row of every table."""
    tables = await stored.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = {name: await stored.fetch(f"SELECT t::text FROM {name} AS t") for (name,) in tables}
    return {name: sorted(row[0] for row in found) for name, found in rows.items()}


def counted(report: str) -> dict[str, list[int]]:
    """By table: in SQLite, created, already there, not moved."""
    lines = [line.split() for line in report.splitlines() if line.startswith("  ") and "-" not in line]
    return {name: [int(number.replace(",", "")) for number in numbers] for name, *numbers in lines if len(numbers) == 4}


class TestAgain:
    async def test_finds_all_there_and_changes_nothing(self, old: Path, imported: Import, stored: asyncpg.Connection):
        whole_file(old)
        first = counted(await imported(old))
        before = await snapshot(stored)
        assert all(before[table] for table in first)
        assert first == {
            "users": [2, 2, 0, 0],
            "tasks": [3, 3, 0, 0],
            "tags": [2, 2, 0, 0],
            "task_tags": [2, 2, 0, 0],
            "recurring_tasks": [1, 1, 0, 0],
            "task_instances": [1, 1, 0, 0],
        }
        second = counted(await imported(old))
        assert await snapshot(stored) == before
        assert second == {name: [counts[0], 0, counts[1], 0] for name, counts in first.items()}

    async def test_leaves_what_was_changed_since(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(whole_file(old))
        async with logged_in() as ana:
            path = f"/tasks/{key('tasks', 1)}"
            changes = {"title": "Renamed", "tags": [], "is_completed": True}
            assert (await ana.patch(path, changes)).status_code == 200
            assert (await ana.delete(f"/tasks/{key('tasks', 3)}")).status_code == 204
            assert (await ana.patch(f"/tags/{key('tags', 1)}", {"name": "Office"})).status_code == 200
            before = (await ana.get(path)).json()
            await imported(old)
            assert (await ana.get(path)).json() == before
            assert set(await tasks_of(ana)) == {"Renamed", "Series 1"}
            assert [tag["name"] for tag in (await ana.get("/tags")).json()["items"]] == ["Office"]

    async def test_brings_what_the_old_app_has_got_since(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(whole_file(old))
        executed(
            old,
            "INSERT INTO tasks (id, user_id, title, is_completed, parent_id) VALUES (4, 1, 'New', 0, 1);"
            "INSERT INTO task_tags (task_id, tag_id) VALUES (4, 1);"
            "ALTER TABLE tasks ADD COLUMN recurring_task_id; ALTER TABLE tasks ADD COLUMN due_date;"
            "INSERT INTO tasks (id, user_id, title, is_completed, recurring_task_id, due_date)"
            " VALUES (5, 1, 'Of the series', 0, 1, '2023-05-02');"
            "INSERT INTO task_instances (id, recurring_task_id, task_id, due_date, status)"
            " VALUES (2, 1, 5, '2023-05-02', 'pending')",
        )
        report = await imported(old)
        assert counted(report)["tasks"] == [5, 2, 3, 0]
        assert counted(report)["task_tags"] == [3, 1, 2, 0]
        assert "task_instances 2: its recurring task was imported before, and goes on in PostgreSQL" in report
        async with logged_in() as ana:
            tasks = await tasks_of(ana)
            assert tasks["New"]["parent_id"] == tasks["Task 1"]["id"]
            assert [tag["name"] for tag in tasks["New"]["tags"]] == ["Work"]
            assert (tasks["Of the series"]["recurring_task_id"], tasks["Of the series"]["due_date"]) == (
                None,
                "2023-05-02",
            )

    async def test_uses_the_tag_of_that_name_which_the_user_has_now(
        self, old: Path, imported: Import, logged_in: LogIn
    ):
        await imported(whole_file(old))
        async with logged_in() as ana:
            assert (await ana.delete(f"/tags/{key('tags', 1)}")).status_code == 204
            own = (await ana.post("/tags", {"name": "WORK"})).json()
            executed(
                old,
                "INSERT INTO tasks (id, user_id, title, is_completed) VALUES (4, 1, 'New', 0);"
                "INSERT INTO task_tags (task_id, tag_id) VALUES (4, 1)",
            )
            await imported(old)
            tasks = await tasks_of(ana)
            assert [tag["id"] for tag in tasks["New"]["tags"]] == [own["id"]]
            assert tasks["Task 1"]["tags"] == []

    async def test_at_the_same_time_makes_nothing_twice(self, old: Path, imported: Import, stored: asyncpg.Connection):
        whole_file(old)
        reports = await asyncio.gather(imported(old), imported(old), imported(old))
        created = [counted(report)["tasks"][1] for report in reports]
        assert sorted(created) == [0, 0, 3]
        assert await stored.fetchval("SELECT count(*) FROM tasks") == 4  # and the next one of the series
        assert await stored.fetchval("SELECT count(*) FROM users") == 2

    async def test_as_somebody_registers_with_such_an_address_is_refused(
        self, old: Path, imported: Import, stored: asyncpg.Connection
    ):
        async with stored.transaction():
            await stored.execute(
                "INSERT INTO users (id, email, email_key, password_hash) "
                "VALUES (gen_random_uuid(), 'user-2@example.com', 'user-2@example.com', '!')"
            )
            running = asyncio.create_task(imported(whole_file(old)))
            waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            await eventually(lambda: stored.fetchval(waiting))
        with pytest.raises(ImportRefused, match="users 2: an account with the e-mail address or username was made"):
            await running
        assert await stored.fetchval("SELECT count(*) FROM users") == 1


class TestADryRun:
    async def test_tells_everything_and_writes_nothing(self, old: Path, imported: Import, stored: asyncpg.Connection):
        whole_file(old)
        before = await snapshot(stored)
        dry = await imported(old, dry_run=True)
        assert await snapshot(stored) == before
        real = await imported(old)
        assert dry.replace("This was a dry run: nothing was written.", "All of it is committed.") == real
        assert "This was a dry run: nothing was written." in dry

    async def test_does_not_migrate(self, old: Path, empty_database: str):
        with pytest.raises(Exception, match="Missing required tables"):
            await import_sqlite(settings_for(empty_database), whole_file(old), dry_run=True)
        connection = await asyncpg.connect(empty_database)
        try:
            assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        finally:
            await connection.close()


class TestTheFile:
    async def test_is_not_changed(self, old: Path, imported: Import):
        content = whole_file(old).read_bytes()
        await imported(old)
        assert old.read_bytes() == content
        assert [path.name for path in old.parent.iterdir()] == [old.name]


class TestALoginThatIsBound:
    """By row-level security, as one made with SQL on Neon may be: no superuser, no BYPASSRLS."""

    async def test_moves_the_rows_of_every_user(self, old: Path, empty_database: str):
        logins = Logins(empty_database)
        url = await logins.add(
            "GRANT CREATE, USAGE ON SCHEMA public TO {login}",
            "GRANT todo_app TO {login} WITH SET TRUE, INHERIT FALSE",
            "GRANT todo_system TO {login} WITH SET TRUE, INHERIT TRUE",
        )
        connection = await asyncpg.connect(empty_database)
        try:
            report = await import_sqlite(settings_for(url), whole_file(old), dry_run=False)
            assert counted(report)["tasks"] == [3, 3, 0, 0]
            assert await connection.fetchval("SELECT count(*) FROM tasks") == 4
            assert counted(await import_sqlite(settings_for(url), old, dry_run=True))["tasks"] == [3, 0, 3, 0]
        finally:
            await connection.close()
            await logins.remove()
