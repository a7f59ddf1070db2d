"""Files that are refused as a whole, and the one of an app that is still running."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.legacy.conftest import Import, refused
from tests.legacy.old_app import executed, old_file, task


class TestFiles:
    async def test_that_are_not_there(self, old: Path, checked: Import):
        await refused(checked, old, f"There is no file {old}")
        await refused(checked, old.parent, f"There is no file {old.parent}")

    @pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one" * 50, b"%PDF-1.7"])
    async def test_that_are_something_else(self, old: Path, checked: Import, content: bytes):
        old.write_bytes(content)
        await refused(checked, old, f"{old} is not an SQLite database (or it is encrypted)")

    async def test_that_hold_nothing_of_the_old_app(self, old: Path, checked: Import):
        old.touch()
        await refused(checked, old, "there is no table users", "there is no table tasks")

    async def test_that_lack_a_column(self, old: Path, checked: Import):
        executed(old, "CREATE TABLE users (id, email); CREATE TABLE tasks (id, user_id, title, is_completed)")
        words = "the table users has no column hashed_password or password_hash or password"
        await refused(checked, old, words)

    async def test_that_are_damaged(self, old: Path, checked: Import):
        old_file(old, tasks=[task(number, description="d" * 2000) for number in range(1, 30)])
        content = bytearray(old.read_bytes())
        content[-8192:-4096] = os.urandom(4096)
        old.write_bytes(content)
        await refused(checked, old, f"{old} is damaged:")
        old.write_bytes(content[:-20000])
        await refused(checked, old, f"{old} is damaged:")

    async def test_that_somebody_is_writing_to(self, old: Path, checked: Import, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("src.legacy.sqlite_file.BUSY_SECONDS", 0.05)
        with closing(sqlite3.connect(old_file(old), isolation_level=None)) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            await refused(checked, old, f"{old} is being written to")

    async def test_that_were_left_in_the_middle_of_a_write(self, old: Path, checked: Import):
        path = old_file(old.with_name("running.db"), tasks=[task(n, description="d" * 2000) for n in range(1, 200)])
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("PRAGMA cache_size = 5")
            writer.execute("UPDATE tasks SET description = description || 'more'")
            for suffix in ("", "-journal"):
                old.with_name(old.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
        await refused(checked, old, f"{old} was left in the middle of a write")


class TestTheAppThatStillRuns:
    async def test_gives_one_moment_of_its_data_and_goes_on(self, old: Path, imported: Import):
        with closing(sqlite3.connect(old_file(old))) as app:
            app.execute("PRAGMA journal_mode = WAL")
            app.execute("INSERT INTO tasks (id, user_id, title, is_completed) VALUES (2, 1, 'in the log', 0)")
            app.commit()
            assert old.with_name(f"{old.name}-wal").stat().st_size > 0
            app.execute("INSERT INTO tasks (id, user_id, title, is_completed) VALUES (3, 1, 'not committed', 0)")
            report = await imported(old)
            app.commit()
        assert f"{'tasks':<16}{2:>15}{2:>15}" in report
