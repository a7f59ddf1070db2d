"""What stands in the way of an import, and in which words it is told: by table and old key, never by what is in it."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from src.core.errors import StartupError
from src.legacy import import_sqlite
from src.legacy.sqlite_file import ImportRefused
from tests.conftest import free_port, settings_for
from tests.legacy.conftest import Import, refused
from tests.legacy.old_app import executed, old_file, series, task, user

SECRET = "what nobody may read in a terminal"


class TestRows:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"email": SECRET}, "users 1: email must be an e-mail address"),
            ({"email": None}, "users 1: email must be a string"),
            ({"email": b"\x00"}, "users 1: email is no text"),
            ({"hashed_password": "$argon2id$v=19$m=65536"}, "users 1: the password hash is not one of bcrypt"),
            ({"hashed_password": "plain"}, "users 1: the password hash is not one of bcrypt"),
            ({"username": "two words"}, "users 1: username has a character or form that is not allowed"),
            ({"username": "ab"}, "users 1: username must have at least 3 characters"),
            ({"first_name": "x" * 101}, "users 1: first_name must have at most 100 characters"),
            ({"is_active": "perhaps"}, "users 1: is_active is neither true nor false"),
            ({"created_at": "yesterday"}, "users 1: created_at is no date or time that can be read"),
            ({"created_at": "0001-01-01T00:00:00+14:00"}, "users 1: created_at is no date or time that can be read"),
            ({"created_at": 1700000000}, "users 1: created_at is no date or time that can be read"),
            ({"id": None}, "users None: the key is neither a number nor a text"),
            ({"id": 1.5}, "users 1.5: the key is neither a number nor a text"),
        ],
    )
    async def test_of_users(self, old: Path, checked: Import, values: dict[str, Any], words: str):
        assert SECRET not in await refused(checked, old_file(old, users=[user() | values]), words)

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"title": " "}, "tasks 1: title must have at least 1 character"),
            ({"title": None}, "tasks 1: title must have at least 1 character"),
            ({"title": "\u200b\u200d"}, "tasks 1: title must have at least one visible character"),
            ({"title": b"\xff\xfe"}, "tasks 1: title is no text"),
            ({"description": "d" * 10_001}, "tasks 1: description must have at most 10000 characters"),
            ({"title": "t" * 256, "description": "d" * 9_999}, "tasks 1: description must have at most 10000"),
            ({"is_completed": 2}, "tasks 1: is_completed is neither true nor false"),
            ({"priority": SECRET}, "tasks 1: the priority is none of low, medium, high, urgent"),
            ({"priority": 2}, "tasks 1: its row of priorities is not there"),
            ({"priority_id": 9}, "tasks 1: its row of priorities is not there"),
            ({"due_date": "next week"}, "tasks 1: due_date is no date or time that can be read"),
            ({"due_date": "2024-02-30"}, "tasks 1: due_date is no date or time that can be read"),
            ({"due_date": "1899-12-31"}, "tasks 1: due_date must be from 1900-01-01 to 9998-12-31"),
            ({"completed_at": "soon"}, "tasks 1: completed_at is no date or time that can be read"),
            ({"user_id": 7}, "tasks 1: the user is not there"),
            ({"user_id": None}, "tasks 1: the user is not there"),
            ({"parent_id": 1}, "tasks 1: it is its own parent, or an ancestor of it"),
        ],
    )
    async def test_of_tasks(self, old: Path, checked: Import, values: dict[str, Any], words: str):
        block = await refused(checked, old_file(old, tasks=[task() | values, task(2)]), words)
        assert SECRET not in block
        assert "tasks 2" not in block

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"recurrence_type": "sometimes"}, "the recurrence is none of daily, weekly"),
            ({"recurrence_type": None}, "the recurrence is none of daily, weekly"),
            ({"interval": 0}, "the rule INTERVAL must be from 1 to 1000"),
            (
                {"recurrence_type": "weekly", "days_of_week": "moonday"},
                "days_of_week holds something that is no weekday",
            ),
            ({"recurrence_type": "weekly", "days_of_week": "[1"}, "days_of_week cannot be read"),
            ({"recurrence_type": "monthly", "days_of_week": "mon"}, "days_of_week has no clear meaning"),
            ({"rrule": "FREQ=SECONDLY"}, "the rule must hold FREQ"),
            ({"start_date": "2024-01-02", "end_date": "2024-01-01"}, "the rule never fires from that start on"),
            ({"user_id": 9}, "the user is not there"),
        ],
    )
    async def test_of_series(self, old: Path, checked: Import, values: dict[str, Any], words: str):
        await refused(checked, old_file(old, recurring_tasks=[series() | values]), f"recurring_tasks 1: {words}")

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"due_date": None}, "it has no date"),
            ({"due_date": "soon"}, "the date is no date or time that can be read"),
            ({"status": "half done"}, "the status is none of open, completed and skipped"),
        ],
    )
    async def test_of_instances(self, old: Path, checked: Import, values: dict[str, Any], words: str):
        instance = {"id": 5, "recurring_task_id": 1, "task_id": 1, "due_date": "2024-01-01", "status": "open"}
        path = old_file(old, recurring_tasks=[series()], task_instances=[instance | values])
        await refused(checked, path, f"task_instances 5: {words}")

    async def test_of_tags(self, old: Path, checked: Import):
        tags = [{"id": 1, "user_id": 1, "name": "x" * 51}, {"id": 2, "user_id": 9, "name": "Work"}]
        await refused(
            checked, old_file(old, tags=tags), "tags 1: name must have at most 50", "tags 2: the user is not there"
        )

    async def test_that_refer_to_rows_of_another_user(self, old: Path, checked: Import):
        path = old_file(
            old,
            users=[user(1), user(2)],
            tasks=[task(1), task(2, user_id=2, parent_id=1), task(3, recurring_task_id=1)],
            tags=[{"id": 1, "user_id": 2, "name": "Work"}],
            task_tags=[{"task_id": 1, "tag_id": 1}],
            recurring_tasks=[series(1, user_id=2)],
            task_instances=[{"id": 1, "recurring_task_id": 1, "task_id": 1, "due_date": "2024-01-01"}],
        )
        await refused(
            checked,
            path,
            "tasks 2: the parent is a task of another user",
            "tasks 3: the recurring task is one of another user",
            "task_tags 1/1: the tag is one of another user",
            "task_instances 1: its task and its recurring task are of two users",
        )

    async def test_whose_keys_are_there_twice(self, old: Path, checked: Import):
        rows = [task("00000000-0000-0000-0000-00000000000a"), task("0000000000000000000000000000000A")]
        await refused(checked, old_file(old, tasks=rows), "00a, 0000000000000000000000000000000A: the key is that of")

    async def test_that_lie_too_deep_or_run_in_a_circle(self, old: Path, checked: Import):
        rows = [task(1), *(task(number, parent_id=number - 1) for number in range(2, 9))]
        circle = [task(11, parent_id=12), task(12, parent_id=13), task(13, parent_id=11), task(14, parent_id=13)]
        await refused(
            checked,
            old_file(old, tasks=[*rows, *circle]),
            "tasks 7, 8: it lies more than 5 levels deep",
            "tasks 11, 12, 13, 14: it is its own parent, or an ancestor of it",
        )

    async def test_that_are_not_utf_8(self, old: Path, checked: Import):
        path = executed(old_file(old), "UPDATE tasks SET title = CAST(x'43FF' AS TEXT)")
        await refused(checked, path, "tasks 1: title is not in UTF-8")

    async def test_of_two_users_that_cannot_be_told_apart(self, old: Path, checked: Import):
        users = [
            user(1, email="Ana@example.com", username="ana"),
            user(2, email="ana@EXAMPLE.com"),
            user(3, username="ANA"),
        ]
        await refused(
            checked,
            old_file(old, users=users),
            "users 2: the e-mail address is that of user 1 too (case apart)",
            "users 3: the username is that of user 1 too (case apart)",
        )

    async def test_are_all_told_at_once_and_the_rest_counted(self, old: Path, checked: Import):
        rows = [task(number, title="") for number in range(1, 31)]
        numbers = ", ".join(map(str, range(1, 21)))
        await refused(
            checked,
            old_file(old, users=[user(), user(2, email="nobody")], tasks=rows),
            "users 2: email must be",
            f"tasks {numbers} and 10 more: title must have at least 1 character",
        )


class TestAccountsThatPostgreSQLHas:
    @pytest.mark.parametrize(
        ("stored_row", "words"),
        [
            ("gen_random_uuid(), 'USER-1@example.com', 'user-1@example.com', NULL", "another account with the e-mail"),
            ("gen_random_uuid(), 'a@example.com', 'a@example.com', 'ana'", "another account with the username"),
            ("'{id}', 'a@example.com', 'a@example.com', NULL", "its account with another e-mail address"),
        ],
    )
    async def test_and_that_are_other_ones(
        self, old: Path, imported: Import, stored: asyncpg.Connection, stored_row: str, words: str
    ):
        id, email, email_key, username = stored_row.split(", ")  # noqa: A001
        key = "00000000-0000-0000-0000-00000000000a"
        await stored.execute(
            "INSERT INTO users (id, email, email_key, username, username_key, password_hash) "
            f"VALUES ({id.replace('{id}', key)}, {email}, {email_key}, {username}, {username}, '!')"
        )
        users = [user(key, email="user-1@example.com", username="ANA"), user(2)]
        path = old_file(old, users=users, tasks=[task(user_id=2)])
        await refused(imported, path, f"users {key}: PostgreSQL has {words}")
        assert await stored.fetchval("SELECT count(*) FROM users") == 1

    async def test_of_another_old_database_with_the_same_keys(self, old: Path, imported: Import):
        await imported(old_file(old))
        other = old_file(old.with_name("other.db"), users=[user(1, email="somebody@example.com")])
        await refused(imported, other, "users 1: PostgreSQL has its account with another e-mail address")


class TestPostgreSQL:
    async def test_that_cannot_be_reached(self, old: Path):
        settings = settings_for(f"postgresql://ana:pw@127.0.0.1:{free_port()}/todo", database_start_timeout=1)
        with pytest.raises(StartupError) as refusal:
            await import_sqlite(settings, old_file(old), dry_run=False)
        assert "Nothing was imported." in refusal.value.block()
        assert "Failed to connect to PostgreSQL" in refusal.value.block()

    async def test_that_keeps_something_else_than_what_was_written(
        self, old: Path, imported: Import, stored: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ):
        async def nothing(_: object) -> None: ...

        monkeypatch.setattr("src.legacy.importing.validate_schema", nothing)  # which would find the trigger first
        await stored.execute("""
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.is_completed = true; NEW.completed_at = now(); RETURN NEW; END $$;
            CREATE TRIGGER spoil BEFORE INSERT ON tasks FOR EACH ROW WHEN (NEW.title = 'spoilt')
            EXECUTE FUNCTION spoil();
        """)
        path = old_file(old, tasks=[task(1), task(2, title="spoilt")])
        with pytest.raises(ImportRefused, match=r"tasks 2: it does not read back as it was written"):
            await imported(path, dry_run=True)
        assert await stored.fetchval("SELECT count(*) FROM users") == 0
