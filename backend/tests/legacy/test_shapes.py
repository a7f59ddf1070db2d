"""The forms that the old app's keys, tables and columns have had."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
    insert,
)

from tests.legacy.conftest import Import, LogIn, tasks_of
from tests.legacy.old_app import HASH, executed, key, old_file, task, user


class TestKeys:
    @pytest.mark.parametrize("form", [str, lambda key: key.hex, lambda key: key.bytes, lambda key: str(key).upper()])
    async def test_that_are_uuids_stay(self, old: Path, imported: Import, logged_in: LogIn, form: Any):
        user_id, task_id, tag_id = uuid4(), uuid4(), uuid4()
        await imported(
            old_file(
                old,
                users=[user(form(user_id), email="ana@example.com")],
                tasks=[task(form(task_id), user_id=form(user_id), title="Mine")],
                tags=[{"id": form(tag_id), "user_id": form(user_id), "name": "Work"}],
                task_tags=[{"task_id": form(task_id), "tag_id": form(tag_id)}],
            )
        )
        async with logged_in("ana@example.com") as ana:
            assert UUID(ana.user["id"]) == user_id
            mine = (await tasks_of(ana))["Mine"]
            assert UUID(mine["id"]) == task_id
            assert UUID(mine["tags"][0]["id"]) == tag_id

    async def test_that_are_numbers_are_the_same_as_text(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(old_file(old, users=[user(1)], tasks=[task(1, user_id="1")]))
        async with logged_in() as ana:
            assert (await tasks_of(ana))["Task 1"]["id"] == key("tasks", 1)


class TestShapes:
    async def test_other_names_of_columns_are_known(self, old: Path, imported: Import, logged_in: LogIn):
        users = [{"ID": 1, "Email": "user-1@example.com", "password_hash": HASH}]
        tasks = [{"id": 1, "owner_id": 1, "title": "Old", "completed": "true"}]
        await imported(old_file(old, users=users, tasks=tasks))
        async with logged_in() as ana:
            assert (await tasks_of(ana))["Old"]["is_completed"] is True

    async def test_what_is_not_moved_is_named(self, old: Path, imported: Import):
        path = old_file(old, users=[user(is_superuser=0), user(2, is_superuser=None)], settings=[{"a": 1}, {"a": 2}])
        executed(
            path,
            'CREATE TABLE "odd ""name" (x); ALTER TABLE tasks ADD COLUMN "not used"; CREATE TABLE alembic_version (v)',
        )
        report = await imported(path)
        assert "the column users.is_superuser (something stands in it in 1 row)" in report
        assert "the table settings (2 rows)" in report
        assert 'the table odd "name (0 rows)' in report
        assert "not used" not in report
        assert "alembic_version" not in report

    async def test_an_empty_database_is_moved_too(self, old: Path, imported: Import, stored: asyncpg.Connection):
        path = executed(
            old, "CREATE TABLE users (id, email, password); CREATE TABLE tasks (id, user_id, title, completed)"
        )
        assert "All of it is committed." in await imported(path)
        assert await stored.fetchval("SELECT count(*) FROM users") == 0

    @pytest.mark.parametrize("keys", [Integer(), Uuid()], ids=["integers", "uuids"])
    async def test_a_file_that_sqlalchemy_wrote_is_moved(
        self, old: Path, imported: Import, logged_in: LogIn, keys: Any
    ):
        def new(number: int) -> Any:
            return number if isinstance(keys, Integer) else UUID(int=number)

        tables = old_tables(keys)
        engine = create_engine(f"sqlite:///{old}")
        with engine.begin() as connection:
            tables["users"].metadata.create_all(connection)
            moment = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001  # as the old app wrote them
            rows: dict[str, dict[str, Any]] = {
                "users": {"id": new(1), "email": "user-1@example.com", "hashed_password": HASH, "is_active": True},
                "priorities": {"id": new(3), "name": "High", "level": 3},
                "recurring_tasks": {"id": new(4), "user_id": new(1), "title": "Weekly", "frequency": "weekly",
                                    "days_of_week": ["mon"], "start_date": moment.date()},
                "tasks": {"id": new(2), "user_id": new(1), "title": "Mine", "is_completed": True, "priority_id": new(3),
                          "due_date": moment, "completed_at": moment, "created_at": moment},
                "tags": {"id": new(5), "user_id": new(1), "name": "Work"},
                "task_tags": {"task_id": new(2), "tag_id": new(5)},
                "task_instances": {"id": new(6), "recurring_task_id": new(4), "task_id": new(2),
                                   "due_date": moment.date(), "status": "completed"},
            }  # fmt: skip
            for name, row in rows.items():
                connection.execute(insert(tables[name]).values(row))
        engine.dispose()
        report = await imported(old)
        for name in rows.keys() - {"priorities"}:
            assert f"{name:<16}{1:>15}{1:>15}{0:>15}{0:>15}" in report
        async with logged_in() as ana:
            mine = (await tasks_of(ana))["Mine"]
            assert mine["due_at"] == mine["completed_at"] == mine["created_at"] == "2024-05-06T07:08:09Z"
            assert (mine["priority"]["name"], mine["tags"][0]["name"]) == ("High", "Work")
            assert (mine["occurrence_date"], mine["is_completed"]) == ("2024-05-06", True)


def old_tables(keys: Any) -> Mapping[str, Table]:
    """As the old app's models declared them."""
    metadata = MetaData()

    def table(name: str, *columns: Column[Any]) -> None:
        Table(name, metadata, *columns)

    def reference(name: str, target: str, **options: Any) -> Column[Any]:
        return Column(name, keys, ForeignKey(target), **options)

    times = ("created_at", "updated_at")
    table(
        "users",
        Column("id", keys, primary_key=True),
        Column("email", String(255), unique=True),
        Column("hashed_password", String),
        Column("is_active", Boolean),
        *(Column(name, DateTime) for name in times),
    )
    table("priorities", Column("id", keys, primary_key=True), Column("name", String), Column("level", Integer))
    table(
        "recurring_tasks",
        Column("id", keys, primary_key=True),
        reference("user_id", "users.id"),
        Column("title", String),
        Column("frequency", Enum("daily", "weekly")),
        Column("days_of_week", JSON),
        Column("start_date", Date),
    )
    table(
        "tasks",
        Column("id", keys, primary_key=True),
        reference("user_id", "users.id"),
        Column("title", String(255)),
        Column("description", Text),
        Column("is_completed", Boolean),
        reference("priority_id", "priorities.id"),
        Column("due_date", DateTime),
        Column("completed_at", DateTime),
        *(Column(name, DateTime) for name in times),
    )
    table("tags", Column("id", keys, primary_key=True), reference("user_id", "users.id"), Column("name", String))
    table(
        "task_tags",
        reference("task_id", "tasks.id", primary_key=True),
        reference("tag_id", "tags.id", primary_key=True),
    )
    table(
        "task_instances",
        Column("id", keys, primary_key=True),
        reference("recurring_task_id", "recurring_tasks.id"),
        reference("task_id", "tasks.id"),
        Column("due_date", Date),
        Column("status", String),
    )
    return metadata.tables
