"""What becomes of the series of the old app."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from src.core import clock
from tests.legacy.conftest import Import, LogIn, tasks_of
from tests.legacy.old_app import key, old_file, series, task, user


class TestSeries:
    async def test_get_a_rule(self, old: Path, imported: Import, stored: asyncpg.Connection):
        rules: list[tuple[dict[str, object], str]] = [
            ({"recurrence_type": "daily"}, "FREQ=DAILY"),
            ({"recurrence_type": "WEEKLY", "interval": 2}, "FREQ=WEEKLY;INTERVAL=2"),
            ({"recurrence_type": "weekly", "days_of_week": "mon,Thursday"}, "FREQ=WEEKLY;BYDAY=MO,TH"),
            ({"recurrence_type": "weekly", "days_of_week": "[0, 6]"}, "FREQ=WEEKLY;BYDAY=MO,SU"),
            ({"recurrence_type": "weekly", "days_of_week": "3 7"}, "FREQ=WEEKLY;BYDAY=TH,SU"),
            ({"recurrence_type": "weekly", "days_of_week": '["TU"]'}, "FREQ=WEEKLY;BYDAY=TU"),
            ({"recurrence_type": "weekly", "days_of_week": "[]"}, "FREQ=WEEKLY"),
            ({"recurrence_type": "monthly", "end_date": "2090-05-06 00:00:00"}, "FREQ=MONTHLY;UNTIL=20900506"),
            ({"recurrence_type": "yearly", "interval": None}, "FREQ=YEARLY"),
            ({"recurrence_type": "weekdays"}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ({"recurrence_type": "custom", "rrule": "RRULE:FREQ=MONTHLY;BYDAY=-1FR"}, "FREQ=MONTHLY;BYDAY=-1FR"),
            ({"recurrence_type": "DTSTART:20240101T000000Z\nRRULE:FREQ=DAILY;COUNT=3"}, "FREQ=DAILY;COUNT=3"),
        ]
        rows = [series(number, start_date="2024-01-01", **values) for number, (values, _) in enumerate(rules)]
        report = await imported(old_file(old, recurring_tasks=rows))
        stored_rules = await stored.fetch("SELECT id::text, rrule FROM recurring_tasks")
        expected = {key("recurring_tasks", number): rrule for number, (_, rrule) in enumerate(rules)}
        assert dict(map(tuple, stored_rules)) == expected
        assert {str(row[0]) for row in await stored.fetch("SELECT start_date FROM recurring_tasks")} == {"2024-01-01"}
        assert "recurring_tasks 3, 4: weekdays that are numbers were read with 0 for Monday" in report

    async def test_that_are_active_and_have_no_open_task_get_their_next_one(
        self, old: Path, imported: Import, logged_in: LogIn, stored: asyncpg.Connection
    ):
        rows = [
            series(1, priority="high", description="each day"),
            series(2, is_active=0),
            series(3, end_date="2023-04-09"),
        ]
        path = old_file(old, users=[user(timezone="Pacific/Kiritimati")], recurring_tasks=rows)
        assert "Series that got their next task, because none of their tasks was open: 1" in await imported(path)
        today = str((clock.now() + timedelta(hours=14)).date())
        async with logged_in() as ana:
            tasks = await tasks_of(ana)
            assert set(tasks) == {"Task 1", "Series 1"}
            made = tasks["Series 1"]
            assert (made["due_date"], made["occurrence_date"]) == (today, today)
            assert (made["recurring_task_id"], made["description"]) == (key("recurring_tasks", 1), "each day")
            assert made["priority"]["name"] == "High"
            assert set(await tasks_of(ana, q="series")) == {"Series 1"}
        assert [tuple(row) for row in await stored.fetch("SELECT status FROM task_instances")] == [("open",)]
        await imported(path)
        assert await stored.fetchval("SELECT count(*) FROM tasks") == 2

    async def test_keep_their_history_and_their_open_task(
        self, old: Path, imported: Import, logged_in: LogIn, stored: asyncpg.Connection
    ):
        def instance(number: int, day: int, **values: object) -> dict[str, Any]:
            return {"id": number, "recurring_task_id": 1, "scheduled_date": f"2024-01-0{day} 00:00:00", **values}

        tasks = [
            task(1, title="first", is_completed=1, completed_at="2024-01-01 09:00:00"),
            task(2, title="third", recurring_task_id=1, due_date="2024-01-03"),
            task(3, title="again", recurring_task_id=1, due_date="2024-01-03"),
            task(4, title="dayless", recurring_task_id=1),
        ]
        instances = [
            instance(1, 1, task_id=1, status="completed"),
            instance(2, 2, task_id=77, status="skipped", completed_at="2024-01-02 10:00:00"),
            instance(3, 4, task_id=None, status="pending"),
            instance(4, 1, task_id=None, status="done"),
            instance(5, 5, task_id=1, status="pending"),
        ]
        report = await imported(old_file(old, tasks=tasks, recurring_tasks=[series()], task_instances=instances))
        assert "task_instances 2: the task is not there any more: the day alone is kept" in report
        assert "task_instances 3: it is open and has no task: the series makes its next one itself" in report
        assert "task_instances 4: another instance of the series has its day" in report
        assert "task_instances 5: its task stands for another day of the series" in report
        assert "tasks 3: it belongs to a recurring task and is not the only one of its day: a task of its own" in report
        assert "tasks 4: it belongs to a recurring task and has no day: a task of its own" in report
        rows = await stored.fetch(
            "SELECT occurrence_date::text, status, closed_at FROM task_instances ORDER BY occurrence_date"
        )
        assert [tuple(row) for row in rows] == [
            ("2024-01-01", "completed", datetime(2024, 1, 1, 9, tzinfo=UTC)),
            ("2024-01-02", "skipped", datetime(2024, 1, 2, 10, tzinfo=UTC)),
            ("2024-01-03", "open", None),
        ]
        async with logged_in() as ana:
            listed = await tasks_of(ana, recurring_task_id=key("recurring_tasks", 1))
            assert {title: found["occurrence_date"] for title, found in listed.items()} == {
                "first": "2024-01-01",
                "third": "2024-01-03",
            }
        assert str(await stored.fetchval("SELECT start_date FROM recurring_tasks")) == "2024-01-01"
