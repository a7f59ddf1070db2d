"""What becomes of the tags of the old app."""

from pathlib import Path

import asyncpg

from tests.legacy.conftest import Import, LogIn, tasks_of
from tests.legacy.old_app import old_file, task, user


class TestTags:
    async def test_are_moved_with_their_tasks(self, old: Path, imported: Import, logged_in: LogIn):
        tags = [
            {"id": 1, "user_id": 1, "name": " Work ", "color": "#abc"},
            {"id": 2, "user_id": 1, "name": "Home", "color": None},
            {"id": 3, "user_id": 1, "name": "unused", "color": "tomato"},
        ]
        links = [{"task_id": 1, "tag_id": 1}, {"task_id": 1, "tag_id": 2}]
        report = await imported(old_file(old, tags=tags, task_tags=links))
        assert "tags 3: the colour is not of the form #RRGGBB: grey instead" in report
        async with logged_in() as ana:
            carried = (await tasks_of(ana))["Task 1"]["tags"]
            assert [(tag["name"], tag["color"]) for tag in carried] == [("Home", "#6B7280"), ("Work", "#AABBCC")]
            listed = (await ana.get("/tags")).json()["items"]
            assert {tag["name"]: tag["task_count"] for tag in listed} == {"Work": 1, "Home": 1, "unused": 0}

    async def test_that_differ_in_case_only_become_one(self, old: Path, imported: Import, logged_in: LogIn):
        tags = [{"id": 1, "user_id": 1, "name": "Work"}, {"id": 2, "user_id": 1, "name": "WORK"}]
        links = [{"task_id": 1, "tag_id": 1}, {"task_id": 1, "tag_id": 2}, {"task_id": 2, "tag_id": 2}]
        report = await imported(old_file(old, tasks=[task(1), task(2)], tags=tags, task_tags=links))
        assert "tags 2: another tag of the user has its name, case apart: its tasks get that one" in report
        async with logged_in() as ana:
            for found in (await tasks_of(ana)).values():
                assert [tag["name"] for tag in found["tags"]] == ["Work"]

    async def test_of_nobody_become_one_for_each_user_who_has_them(
        self, old: Path, imported: Import, logged_in: LogIn, stored: asyncpg.Connection
    ):
        tags = [{"id": 1, "name": "Work"}, {"id": 2, "name": "unused"}]
        links = [{"task_id": number, "tag_id": 1} for number in (1, 2, 3)]
        rows = [task(1), task(2, user_id=2), task(3, user_id=2), task(4, user_id=3)]
        path = old_file(old, users=[user(1), user(2), user(3)], tasks=rows, tags=tags, task_tags=links)
        report = await imported(path)
        assert "tags 2: it belongs to nobody, and no task has it" in report
        assert await stored.fetchval("SELECT count(DISTINCT user_id) FROM tags") == 2
        async with logged_in("user-2@example.com") as bob:
            assert [task["tags"][0]["name"] for task in (await tasks_of(bob, tag="work")).values()] == ["Work", "Work"]
        await imported(path)

    async def test_links_to_nothing_are_named_and_left_behind(self, old: Path, imported: Import):
        links = [{"task_id": 1, "tag_id": 1}, {"task_id": 9, "tag_id": 1}, {"task_id": 1, "tag_id": 8}]
        report = await imported(
            old_file(old, tags=[{"id": 1, "user_id": 1, "name": "Work"}], task_tags=[*links, links[0]])
        )
        assert "task_tags 9/1: the task is not there" in report
        assert "task_tags 1/8: the tag is not there" in report
        assert "task_tags 1/1: the task has the tag already" in report
