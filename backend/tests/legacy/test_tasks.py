"""What becomes of the tasks of the old app, and of their priorities."""

from pathlib import Path

import asyncpg

from tests.factories import problem
from tests.legacy.conftest import Import, LogIn, tasks_of
from tests.legacy.old_app import key, old_file, task, user


class TestTasks:
    async def test_keep_what_was_in_them(self, old: Path, imported: Import, logged_in: LogIn):
        rows = [
            task(
                7,
                title="Buy milk",
                description="Two\r\nbottles",
                priority="HIGH",
                due_date="2024-02-29 00:00:00.000000",
            ),
            task(8, is_completed=1, completed_at="2023-05-01T10:00:00+02:00", updated_at="2023-06-01 00:00:00"),
            task(9, title="An e\u0301tude", due_date="2024-03-01 17:30:00.000000", priority="none"),
        ]
        await imported(old_file(old, tasks=rows))
        async with logged_in() as ana:
            milk, done, etude = (await tasks_of(ana)).values()
            assert (milk["id"], milk["user_id"]) == (key("tasks", 7), key("users", 1))
            assert (milk["title"], milk["description"]) == ("Buy milk", "Two\nbottles")
            assert milk["priority"]["name"] == "High"
            assert (milk["due_date"], milk["due_time"], milk["due_at"]) == ("2024-02-29", None, None)
            assert (milk["is_completed"], milk["completed_at"], milk["version"]) == (False, None, 1)
            assert milk["created_at"] == milk["updated_at"] == "2023-04-05T06:07:08.091011Z"
            assert (done["is_completed"], done["completed_at"]) == (True, "2023-05-01T08:00:00Z")
            assert done["updated_at"] == "2023-06-01T00:00:00Z"
            assert (etude["title"], etude["priority"]) == ("An \u00e9tude", None)
            assert (etude["due_date"], etude["due_time"], etude["timezone"]) == ("2024-03-01", "17:30:00", "UTC")
            assert etude["due_at"] == "2024-03-01T17:30:00Z"

    async def test_are_in_the_order_in_which_they_were_made(self, old: Path, imported: Import, logged_in: LogIn):
        moments = ["2023-01-02 00:00:00", "2023-01-01 00:00:00", "2023-01-02 00:00:00", None, "1969-01-01 00:00:00"]
        rows = [task(number, created_at=moment) for number, moment in enumerate(moments, start=1)]
        await imported(old_file(old, tasks=rows))
        async with logged_in() as ana:
            assert list(await tasks_of(ana)) == ["Task 5", "Task 2", "Task 1", "Task 3", "Task 4"]

    async def test_are_found_by_their_words(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(old_file(old, tasks=[task(1, title="Caf\u00e9 corner"), task(2, description="near the cafe")]))
        async with logged_in() as ana:
            assert set(await tasks_of(ana, q="cafe")) == {"Caf\u00e9 corner", "Task 2"}
            assert set(await tasks_of(ana, q="corner")) == {"Caf\u00e9 corner"}

    async def test_take_all_changes_afterwards(self, old: Path, imported: Import, logged_in: LogIn):
        await imported(old_file(old, tasks=[task(1), task(2)]))
        async with logged_in() as ana:
            path = f"/tasks/{key('tasks', 1)}"
            assert (await ana.patch(path, {"title": "Renamed"})).status_code == 200
            assert (await ana.patch(f"{path}/complete")).json()["is_completed"] is True
            assert (await ana.post(f"{path}/move", {"after": key("tasks", 2)})).status_code == 200
            assert list(await tasks_of(ana)) == ["Task 2", "Renamed"]
            assert (await ana.delete(path)).status_code == 204
            again = await ana.post("/tasks", {"id": key("tasks", 2), "title": "Task 2"})
            problem(again, 409, "id_in_use")

    async def test_in_the_trash_can_be_restored_from_now_on_for_30_days(
        self, old: Path, imported: Import, logged_in: LogIn
    ):
        rows = [
            task(1, deleted_at="2020-01-01 00:00:00", is_deleted=None),
            task(2, is_deleted=1),
            task(3, parent_id=2),
            task(4, parent_id=2, is_deleted=1),
        ]
        report = await imported(old_file(old, tasks=rows))
        assert "tasks 3: its parent is in the trash: a task of its own" in report
        async with logged_in() as ana:
            assert set(await tasks_of(ana)) == {"Task 3"}
            assert set(await tasks_of(ana, trash="true")) == {"Task 1", "Task 2", "Task 4"}
            assert (await ana.post(f"/tasks/{key('tasks', 2)}/restore")).status_code == 200
            kept = await tasks_of(ana)
            assert set(kept) == {"Task 2", "Task 3", "Task 4"}
            assert kept["Task 4"]["parent_id"] == kept["Task 2"]["id"]

    async def test_keep_their_parts(self, old: Path, imported: Import, logged_in: LogIn):
        rows = [task(number, parent_task_id=number + 1) for number in range(1, 6)]
        report = await imported(old_file(old, tasks=[*rows, task(6), task(7, parent_task_id=99)]))
        assert "tasks 7: the parent is not there: a task of its own" in report
        async with logged_in() as ana:
            tasks = await tasks_of(ana)
            for number in range(1, 6):
                assert tasks[f"Task {number}"]["parent_id"] == tasks[f"Task {number + 1}"]["id"]
            assert tasks["Task 6"]["parent_id"] is tasks["Task 7"]["parent_id"] is None

    async def test_with_a_title_that_is_too_long_keep_all_of_it(self, old: Path, imported: Import, logged_in: LogIn):
        long = "word " * 60
        rows = [task(1, title=long, description="and more"), task(2, title=f"x{long}"), task(3, title="t" * 255)]
        report = await imported(old_file(old, tasks=rows))
        assert "tasks 1, 2: the title has more than 255 characters: all of it is on top of the description" in report
        async with logged_in() as ana:
            first, second, third = (await tasks_of(ana)).values()
            assert first["description"] == f"{long.strip()}\n\nand more"
            assert second["description"] == f"x{long}".strip()
            assert first["title"].endswith("\u2026")
            assert first["title"].removesuffix("\u2026") in long
            assert (third["title"], third["description"]) == ("t" * 255, None)

    async def test_lose_control_characters_only(self, old: Path, imported: Import, logged_in: LogIn):
        rows = [task(1, title="Call\x07 Ana\nat\tnoon", description="a\x00b\u2028c\td")]
        report = await imported(old_file(old, tasks=rows))
        assert "tasks 1: control characters were left out of title" in report
        assert "tasks 1: control characters were left out of description" in report
        async with logged_in() as ana:
            assert (await tasks_of(ana))["Call Ana at\tnoon"]["description"] == "ab\nc\td"

    async def test_of_one_user_are_not_those_of_another(self, old: Path, imported: Import, logged_in: LogIn):
        rows = [task(number, user_id=1 + number % 3) for number in range(1, 31)]
        await imported(old_file(old, users=[user(1), user(2), user(3)], tasks=rows))
        for number in (1, 2, 3):
            async with logged_in(f"user-{number}@example.com") as caller:
                listed = await tasks_of(caller)
                assert set(listed) == {f"Task {n}" for n in range(1, 31) if 1 + n % 3 == number}

    async def test_of_many_batches_all_arrive(self, old: Path, imported: Import, stored: asyncpg.Connection):
        rows = [task(number, parent_id=number // 2000 or None) for number in range(1, 2502)]
        report = await imported(old_file(old, tasks=rows))
        assert "2,501" in report
        assert await stored.fetchval("SELECT count(*) FROM tasks") == 2501
        assert await stored.fetchval("SELECT count(*) FROM task_search") == 2501
        assert await stored.fetchval("SELECT count(*) FROM tasks WHERE parent_id IS NOT NULL") == 502


class TestPriorities:
    async def test_are_taken_by_name(self, old: Path, imported: Import, logged_in: LogIn):
        names = {"low": "Low", "Medium": "Medium", "normal": "Medium", "URGENT": "Urgent", "critical": "Urgent"}
        rows = [task(name, priority=name) for name in [*names, "none"]]
        await imported(old_file(old, tasks=rows))
        async with logged_in() as ana:
            listed = await tasks_of(ana)
            assert listed.pop("Task none")["priority"] is None
            assert {title: found["priority"]["name"] for title, found in listed.items()} == {
                f"Task {name}": expected for name, expected in names.items()
            }

    async def test_of_a_table_are_taken_by_its_names_and_else_by_its_levels(
        self, old: Path, imported: Import, logged_in: LogIn
    ):
        priorities = [{"id": 10, "name": "High", "level": 1}, {"id": 20, "name": "Whatever", "level": 2}]
        rows = [task(1, priority_id=10), task(2, priority_id=20), task(3, priority_id=None)]
        report = await imported(old_file(old, tasks=rows, priorities=priorities))
        assert "the table priorities (2 rows): this service has its own four" in report
        async with logged_in() as ana:
            tasks = await tasks_of(ana)
            assert tasks["Task 1"]["priority"]["name"] == "High"
            assert tasks["Task 2"]["priority"]["name"] == "Medium"
            assert tasks["Task 3"]["priority"] is None
