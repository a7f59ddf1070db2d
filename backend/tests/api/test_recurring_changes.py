"""Changing a series: its open tasks follow, its completed ones stay; from a day on, it becomes two."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import Api, make_series, problem
from tests.series import Travel, complete, history, open_dates, open_tasks, read
from tests.statements import Sent


async def change(caller: Api, series: dict[str, Any], **changes: object) -> dict[str, Any]:
    response = await caller.patch(f"/recurring-tasks/{series['id']}", changes)
    assert response.status_code == 200, response.text
    changed: dict[str, Any] = response.json()
    return changed


async def split(caller: Api, series: dict[str, Any], day: str | None = None, **changes: object) -> dict[str, Any]:
    """The series that goes on."""
    query = "scope=future" + (f"&from={day}" if day else "")
    response = await caller.patch(f"/recurring-tasks/{series['id']}?{query}", changes)
    assert response.status_code == 201, response.text
    following: dict[str, Any] = response.json()
    assert response.headers["location"] == f"/api/v1/recurring-tasks/{following['id']}"
    assert response.headers["etag"] == f'"{following["version"]}"'
    assert following["id"] != series["id"]
    return following


class TestTheTemplate:
    async def test_is_written_to_open_tasks_and_completed_ones_stay(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, description="old")
        done = await complete(ana, (await open_tasks(ana, series))[0])
        (task,) = await open_tasks(ana, series)
        changed = await change(ana, series, title="Feed the cat", description=None, priority="urgent")
        assert (changed["title"], changed["description"], changed["priority"]["name"]) == (
            "Feed the cat",
            None,
            "Urgent",
        )
        assert changed == await read(ana, series)
        (now,) = await open_tasks(ana, series)
        expected = {"title": "Feed the cat", "description": None, "priority": changed["priority"]}
        assert now == {**task, **expected, "version": 2, "updated_at": now["updated_at"]}
        assert (await ana.get(f"/tasks/{done['id']}")).json() == done
        assert (await ana.get("/tasks?q=cat")).json()["items"] == [now]
        assert (await ana.get("/tasks?q=plants")).json()["items"] == [done]

    async def test_leaves_what_does_not_change_as_the_task_has_it(self, ana: Api) -> None:
        series = await make_series(ana, description="old")
        (task,) = await open_tasks(ana, series)
        own = (await ana.patch(f"/tasks/{task['id']}", {"description": "own words", "due_date": "2030-01-01"})).json()
        await change(ana, series, title="Feed the cat")
        (now,) = await open_tasks(ana, series)
        assert (now["title"], now["description"], now["due_date"]) == ("Feed the cat", "own words", "2030-01-01")
        assert now["due_at"] == own["due_at"]
        assert (await ana.get('/tasks?q="own words" cat')).json()["items"] == [now]

    async def test_tags_are_the_whole_set(self, ana: Api, bob: Api) -> None:
        home, work = [(await ana.post("/tags", {"name": name})).json() for name in ("Home", "Work")]
        theirs = (await bob.post("/tags", {"name": "Theirs"})).json()
        series = await make_series(ana, tags=[home["id"]])
        (task,) = await open_tasks(ana, series)
        await ana.patch(f"/tasks/{task['id']}", {"tags": []})
        changed = await change(ana, series, tags=[work["id"]])
        (now,) = await open_tasks(ana, series)
        assert [tag["name"] for tag in changed["tags"]] == [tag["name"] for tag in now["tags"]] == ["Work"]
        assert now["version"] == 3
        assert await change(ana, series, tags=[work["id"]]) == changed
        path = f"/recurring-tasks/{series['id']}"
        problem(await ana.patch(path, {"tags": [theirs["id"]]}), 422, "validation_error")
        assert await read(ana, series) == changed
        assert (await change(ana, series, tags=[]))["tags"] == []
        assert (await open_tasks(ana, series))[0]["tags"] == []

    async def test_a_time_moves_open_tasks_and_null_takes_it_off(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, timezone="Europe/Berlin")
        await change(ana, series, due_time="10:00")
        (task,) = await open_tasks(ana, series)
        assert (task["due_time"], task["due_at"]) == ("10:00:00", "2026-03-10T09:00:00Z")
        await change(ana, series, timezone="America/New_York")
        (task,) = await open_tasks(ana, series)
        assert (task["timezone"], task["due_at"]) == ("America/New_York", "2026-03-10T14:00:00Z")
        await change(ana, series, due_time=None)
        (task,) = await open_tasks(ana, series)
        assert (task["due_date"], task["due_time"], task["timezone"], task["due_at"]) == (
            "2026-03-10",
            None,
            None,
            None,
        )

    async def test_a_time_passes_over_a_task_whose_date_was_taken_off(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await ana.patch(f"/tasks/{task['id']}", {"due_date": None, "due_time": None})
        await change(ana, series, due_time="10:00", title="New")
        (now,) = await open_tasks(ana, series)
        assert (now["due_date"], now["due_time"], now["title"]) == (None, None, "New")

    async def test_what_changes_nothing_leaves_the_version(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        same = {"title": series["title"], "rrule": "rrule:freq=daily;interval=1", "tags": [], "is_active": True}
        assert await change(ana, series, **same) == await change(ana, series) == series
        assert await open_tasks(ana, series) == [task]

    async def test_takes_as_many_statements_for_many_open_tasks_as_for_one(
        self, ana: Api, travel: Travel, sent: Sent
    ) -> None:
        await travel.to("2026-03-10", ana)
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        counts = []
        for start in ("2026-03-10", "2026-01-01"):
            series = await make_series(ana, start_date=start, missed="keep")
            await sent.forget()
            await change(ana, series, title="New", tags=[tag["id"]], due_time="10:00")
            counts.append(await sent.count())
        assert counts[0] == counts[1]


class TestRefusals:
    async def test_of_another_version(self, ana: Api) -> None:
        series = await make_series(ana)
        path = f"/recurring-tasks/{series['id']}"
        for query in ("", "?scope=future"):
            answer = await ana.patch(f"{path}{query}", {"title": "x"}, headers={"If-Match": '"2"'})
            problem(answer, 412, "version_mismatch")
        assert await read(ana, series) == series

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"rrule": "FREQ=HOURLY"}, "/rrule"),
            ({"rrule": None}, "/rrule"),
            ({"rrule": "FREQ=DAILY;UNTIL=20200101"}, "/rrule"),
            ({"start_date": "2027-01-02"}, "/start_date"),
            ({"timezone": None}, "/timezone"),
            ({"title": ""}, "/title"),
            ({"is_active": None}, "/is_active"),
            ({"next_date": "2026-12-01"}, "/next_date"),
        ],
    )
    async def test_of_bad_values(self, ana: Api, changes: dict[str, object], pointer: str) -> None:
        series = await make_series(ana, rrule="FREQ=DAILY;UNTIL=20270101", start_date="2026-01-01")
        for query in ("", "?scope=future&from=2026-06-01"):
            document = problem(
                await ana.patch(f"/recurring-tasks/{series['id']}{query}", changes), 422, "validation_error"
            )
            assert document["errors"][0]["pointer"] == pointer
        assert await read(ana, series) == series

    async def test_of_an_unknown_or_foreign_series(self, ana: Api, bob: Api) -> None:
        theirs = await make_series(bob)
        for series_id in (uuid4(), theirs["id"]):
            for query in ("", "?scope=future"):
                problem(await ana.patch(f"/recurring-tasks/{series_id}{query}", {"title": "x"}), 404, "not_found")
        assert await read(bob, theirs) == theirs

    async def test_of_a_day_without_a_scope(self, ana: Api) -> None:
        series = await make_series(ana)
        document = problem(
            await ana.patch(f"/recurring-tasks/{series['id']}?from=2026-12-01", {"title": "x"}), 422, "validation_error"
        )
        assert document["errors"][0]["pointer"] == "query/from"


class TestTheRule:
    async def test_moves_the_open_task_with_all_that_hangs_on_it(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)  # a Tuesday
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR", timezone="UTC")
        (task,) = await open_tasks(ana, series)
        part = await ana.create_task(parent_id=task["id"])
        changed = await change(ana, series, rrule="FREQ=WEEKLY;BYDAY=TH")
        assert (changed["next_date"], changed["rrule_description"]) == ("2026-03-12", "every week on Thursday")
        (now,) = await open_tasks(ana, series)
        assert now == {
            **task,
            "occurrence_date": "2026-03-12",
            "due_date": "2026-03-12",
            "due_at": "2026-03-12T09:00:00Z",
            "version": 2,
            "updated_at": now["updated_at"],
        }
        assert (await ana.get(f"/tasks?parent_id={task['id']}")).json()["items"] == [part]
        assert await history(ana, series) == {"2026-03-12": "open"}

    async def test_leaves_an_open_task_whose_date_comes_next_all_the_same(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR")
        (task,) = await open_tasks(ana, series)
        await change(ana, series, rrule="FREQ=WEEKLY;BYDAY=MO,FR")
        assert await open_tasks(ana, series) == [task]
        await complete(ana, task)
        assert await open_dates(ana, series) == ["2026-03-16"]

    async def test_goes_on_after_what_was_done(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR")
        await complete(ana, (await open_tasks(ana, series))[0])
        await change(ana, series, rrule="FREQ=DAILY;INTERVAL=2")
        assert await history(ana, series) == {"2026-03-13": "completed", "2026-03-14": "open"}

    async def test_that_has_no_more_dates_ends_the_series(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        await complete(ana, (await open_tasks(ana, series))[0])
        (task,) = await open_tasks(ana, series)
        part = await ana.create_task(parent_id=task["id"])
        changed = await change(ana, series, rrule="FREQ=DAILY;UNTIL=20260310")
        assert (changed["next_date"], await history(ana, series)) == (None, {"2026-03-10": "completed"})
        trashed = (await ana.get("/tasks?trash=true")).json()["items"]
        assert {item["id"] for item in trashed} == {task["id"], part["id"]}
        assert all(item["recurring_task_id"] is None for item in trashed)
        assert (await change(ana, series, rrule="FREQ=DAILY"))["next_date"] == "2026-03-11"

    async def test_moves_kept_tasks_to_kept_dates(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)  # a Tuesday
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=MO", start_date="2026-02-23", missed="keep")
        tasks = await open_tasks(ana, series)
        assert [task["occurrence_date"] for task in tasks] == ["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16"]
        await change(ana, series, rrule="FREQ=WEEKLY;BYDAY=TU")
        now = await open_tasks(ana, series)
        assert [task["occurrence_date"] for task in now] == ["2026-02-24", "2026-03-03", "2026-03-10"]
        assert [task["id"] for task in now] == [task["id"] for task in tasks[1:]]
        await change(ana, series, rrule="FREQ=DAILY")
        assert await open_dates(ana, series) == ["2026-02-24", "2026-03-03", "2026-03-10"]

    async def test_makes_kept_tasks_where_there_are_more_dates_than_before(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=WE", start_date="2026-03-04", missed="keep")
        assert await open_dates(ana, series) == ["2026-03-04", "2026-03-11"]
        await change(ana, series, rrule="FREQ=DAILY;BYDAY=MO,TU,TH")
        assert await open_dates(ana, series) == ["2026-03-05", "2026-03-09", "2026-03-10"]

    async def test_of_a_series_that_starts_later_moves_its_first_task(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await change(ana, series, start_date="2026-04-01")
        (now,) = await open_tasks(ana, series)
        assert (now["id"], now["due_date"]) == (task["id"], "2026-04-01")

    async def test_that_counts_from_completion_counts_anew(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        await complete(ana, (await open_tasks(ana, series))[0])
        (task,) = await open_tasks(ana, series)
        await change(ana, series, rrule="FREQ=DAILY;INTERVAL=10")
        (now,) = await open_tasks(ana, series)
        assert (now["id"], now["due_date"]) == (task["id"], "2026-03-20")
        await travel.to("2026-03-16", ana)
        await change(ana, series, rrule="FREQ=DAILY;INTERVAL=2")
        assert await open_dates(ana, series) == ["2026-03-16"]  # the 12th is missed

    async def test_to_count_from_completion_and_back(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3")
        await complete(ana, (await open_tasks(ana, series))[0])
        await travel.to("2026-03-12", ana)
        await complete(ana, (await open_tasks(ana, series))[0])
        assert await open_dates(ana, series) == ["2026-03-16"]
        await change(ana, series, mode="after_completion")
        assert await open_dates(ana, series) == ["2026-03-15"]
        await change(ana, series, mode="schedule")
        assert await open_dates(ana, series) == ["2026-03-16"]

    async def test_changed_in_parallel_leaves_one_open_instance(self, ana: Api) -> None:
        series = await make_series(ana)
        rules = [f"FREQ=DAILY;INTERVAL={number}" for number in range(2, 10)]
        answers = await asyncio.gather(
            *(ana.patch(f"/recurring-tasks/{series['id']}", {"rrule": rule}) for rule in rules)
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len(await open_tasks(ana, series)) == len(await history(ana, series)) == 1

    async def test_brings_forward_what_is_still_to_come(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR", start_date="2026-03-01")
        (task,) = await open_tasks(ana, series)
        await change(ana, series, rrule="FREQ=DAILY")
        (now,) = await open_tasks(ana, series)
        assert (now["id"], now["due_date"]) == (task["id"], "2026-03-10")

    async def test_leaves_what_is_late_where_it_is(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=TU")
        await travel.to("2026-03-20", ana)
        await change(ana, series, rrule="FREQ=DAILY")
        assert await open_dates(ana, series) == ["2026-03-10"]


class TestPausing:
    async def test_makes_no_next_and_resuming_goes_on_from_today(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, missed="keep")
        await change(ana, series, is_active=False)
        (task,) = await open_tasks(ana, series)
        await complete(ana, task)
        paused = await read(ana, series)
        assert (paused["next_date"], paused["is_active"], paused["completed_count"]) == (None, False, 1)
        await travel.to("2026-03-20", ana)
        resumed = await change(ana, series, is_active=True)
        assert (resumed["next_date"], await open_dates(ana, series)) == ("2026-03-20", ["2026-03-20"])

    async def test_does_not_keep_what_was_missed_meanwhile(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, missed="keep")
        await change(ana, series, is_active=False)
        await travel.to("2026-03-20", ana)
        await change(ana, series, is_active=True)
        assert await open_dates(ana, series) == ["2026-03-10", "2026-03-20"]
        await complete(ana, (await open_tasks(ana, series))[0])
        assert await open_dates(ana, series) == ["2026-03-20"]

    async def test_leaves_the_open_task_and_resuming_makes_no_second(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        await change(ana, series, is_active=False)
        await travel.to("2026-03-20", ana)
        await change(ana, series, is_active=True)
        assert await open_dates(ana, series) == ["2026-03-10"]

    async def test_a_paused_series_can_be_moved(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, is_active=False, rrule="FREQ=WEEKLY;BYDAY=FR")
        await change(ana, series, rrule="FREQ=WEEKLY;BYDAY=TH")
        assert await open_dates(ana, series) == []
        await change(ana, series, is_active=True)
        assert await open_dates(ana, series) == ["2026-03-12"]

    @pytest.mark.parametrize(("today", "expected"), [("2026-03-11", "2026-03-13"), ("2026-03-30", "2026-03-30")])
    async def test_that_counts_from_completion_is_due_at_once_when_it_is_resumed_late(
        self, ana: Api, travel: Travel, today: str, expected: str
    ) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        await change(ana, series, is_active=False)
        await complete(ana, (await open_tasks(ana, series))[0])
        await travel.to(today, ana)
        assert (await change(ana, series, is_active=True))["next_date"] == expected


class TestFromADayOn:
    async def test_ends_the_series_and_goes_on_with_another(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        series = await make_series(ana, tags=[tag["id"]], priority="low", timezone="UTC")
        done = await complete(ana, (await open_tasks(ana, series))[0])
        (task,) = await open_tasks(ana, series)
        following = await split(ana, series, "2026-03-11", title="Feed the cat", due_time="07:00")
        old = await read(ana, series)
        assert (old["rrule"], old["title"], old["next_date"]) == ("FREQ=DAILY;UNTIL=20260310", series["title"], None)
        assert (old["completed_count"], old["version"]) == (1, 3)
        assert following == {
            **series,
            "id": following["id"],
            "title": "Feed the cat",
            "due_time": "07:00:00",
            "start_date": "2026-03-11",
            "next_date": "2026-03-11",
            "created_at": following["created_at"],
            "updated_at": following["updated_at"],
        }
        (now,) = await open_tasks(ana, following)
        assert now == {
            **task,
            "title": "Feed the cat",
            "due_time": "07:00:00",
            "due_at": "2026-03-11T07:00:00Z",
            "recurring_task_id": following["id"],
            "version": 2,
            "updated_at": now["updated_at"],
        }
        assert (await ana.get(f"/tasks/{done['id']}")).json() == done
        assert await history(ana, series) == {"2026-03-10": "completed"}
        await complete(ana, now)
        assert await history(ana, following) == {"2026-03-11": "completed", "2026-03-12": "open"}

    async def test_is_today_when_no_day_is_given(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, start_date="2026-01-01")
        following = await split(ana, series, priority="high")
        assert (following["start_date"], following["next_date"]) == ("2026-03-10", "2026-03-10")
        assert (await read(ana, series))["rrule"] == "FREQ=DAILY;UNTIL=20260309"

    async def test_takes_a_new_rule_from_that_day(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR", start_date="2026-01-01")
        (task,) = await open_tasks(ana, series)
        following = await split(ana, series, "2026-03-12", rrule="FREQ=DAILY;INTERVAL=2;COUNT=5")
        assert (following["start_date"], following["rrule"]) == ("2026-03-12", "FREQ=DAILY;INTERVAL=2;COUNT=5")
        (now,) = await open_tasks(ana, following)
        assert (now["id"], now["due_date"]) == (task["id"], "2026-03-12")

    async def test_in_the_future_leaves_the_dates_before_to_the_old_series(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, start_date="2026-03-01")
        following = await split(ana, series, "2026-03-13", title="Later")
        assert (await open_dates(ana, series), await open_dates(ana, following)) == (["2026-03-10"], ["2026-03-13"])
        for _ in range(3):
            await complete(ana, (await open_tasks(ana, series))[0])
        assert list(await history(ana, series)) == ["2026-03-10", "2026-03-11", "2026-03-12"]
        assert await open_dates(ana, series) == []

    async def test_shares_a_count(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;COUNT=10", start_date="2026-03-08")
        following = await split(ana, series, "2026-03-12", title="Later")
        assert (await read(ana, series))["rrule"] == "FREQ=DAILY;COUNT=4"
        assert following["rrule"] == "FREQ=DAILY;COUNT=6"

    async def test_hands_over_what_was_done_ahead(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        for _ in range(3):
            await complete(ana, (await open_tasks(ana, series))[0])
        following = await split(ana, series, "2026-03-12", title="Later")
        assert await history(ana, series) == {"2026-03-10": "completed", "2026-03-11": "completed"}
        assert await history(ana, following) == {"2026-03-12": "completed", "2026-03-13": "open"}

    async def test_changes_the_series_itself_where_nothing_comes_before(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        response = await ana.patch(f"/recurring-tasks/{series['id']}?scope=future", {"title": "New"})
        assert (response.status_code, response.json()["id"]) == (200, series["id"])
        assert "location" not in response.headers
        assert (await open_tasks(ana, series))[0]["title"] == "New"

    async def test_with_no_changes_splits_nothing(self, ana: Api) -> None:
        series = await make_series(ana, start_date="2026-01-01")
        response = await ana.patch(f"/recurring-tasks/{series['id']}?scope=future", {"title": series["title"]})
        assert (response.status_code, response.json()) == (200, series)

    async def test_beyond_the_end_needs_a_rule(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;COUNT=3")
        path = f"/recurring-tasks/{series['id']}?scope=future&from=2026-05-01"
        document = problem(await ana.patch(path, {"title": "x"}), 422, "validation_error")
        assert document["errors"][0] == {
            "pointer": "query/from",
            "code": "after_the_end",
            "message": "must not be after the end of the series",
        }
        following = await split(ana, series, "2026-05-01", rrule="FREQ=WEEKLY")
        assert (following["start_date"], following["next_date"]) == ("2026-05-01", "2026-05-01")
        assert await read(ana, series) == {**series, "version": 2, "updated_at": following["updated_at"]}

    async def test_cannot_start_before_its_day(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, start_date="2026-01-01")
        path = f"/recurring-tasks/{series['id']}?scope=future&from=2026-05-01"
        document = problem(await ana.patch(path, {"start_date": "2026-04-30"}), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "/start_date"

    async def test_counted_from_completion_takes_the_open_task_along(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-01", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3;COUNT=5", mode="after_completion")
        await complete(ana, (await open_tasks(ana, series))[0])
        (task,) = await open_tasks(ana, series)
        assert task["occurrence_date"] == "2026-03-04"
        await travel.to("2026-03-10", ana)
        following = await split(ana, series, title="Later")
        (now,) = await open_tasks(ana, following)
        assert (now["id"], now["occurrence_date"], now["title"]) == (task["id"], "2026-03-04", "Later")
        assert ((await read(ana, series))["rrule"], following["rrule"]) == (
            "FREQ=DAILY;INTERVAL=3;COUNT=1",
            "FREQ=DAILY;INTERVAL=3;COUNT=4",
        )
        await complete(ana, now)
        assert await open_dates(ana, following) == ["2026-03-13"]
        assert await open_dates(ana, series) == []

    async def test_counted_from_completion_in_the_future_leaves_the_open_task(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        following = await split(ana, series, "2026-03-20", title="Later")
        assert (await open_dates(ana, series), await open_dates(ana, following)) == (["2026-03-10"], ["2026-03-20"])
        assert (await read(ana, series))["rrule"] == "FREQ=DAILY;INTERVAL=3;UNTIL=20260319"

    async def test_while_an_instance_is_completed_loses_nothing(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        for _ in range(6):
            series = await make_series(ana, start_date="2026-03-01")
            (task,) = await open_tasks(ana, series)
            done, parted = await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True}),
                ana.patch(f"/recurring-tasks/{series['id']}?scope=future", {"title": "Later"}),
            )
            assert (done.status_code, parted.status_code) == (200, 201)
            assert await history(ana, series) == {}
            assert await history(ana, parted.json()) == {"2026-03-10": "completed", "2026-03-11": "open"}
            (following,) = await open_tasks(ana, parted.json())
            assert following["title"] == "Later"


class TestTags:
    async def test_show_their_changes_on_series(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        series, other = await make_series(ana, tags=[tag["id"]]), await make_series(ana)
        await ana.patch(f"/tags/{tag['id']}", {"name": "House"})
        now = await read(ana, series)
        assert ([each["name"] for each in now["tags"]], now["version"]) == (["House"], 2)
        assert await read(ana, other) == other

    async def test_leave_the_series_when_they_are_deleted(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        series = await make_series(ana, tags=[tag["id"]])
        await ana.delete(f"/tags/{tag['id']}")
        now = await read(ana, series)
        assert (now["tags"], now["version"]) == ([], 2)
        await complete(ana, (await open_tasks(ana, series))[0])
        assert (await open_tasks(ana, series))[0]["tags"] == []

    async def test_that_are_merged_take_over_the_series(self, ana: Api) -> None:
        home, house = [(await ana.post("/tags", {"name": name})).json() for name in ("Home", "House")]
        one = await make_series(ana, tags=[home["id"]])
        both = await make_series(ana, tags=[home["id"], house["id"]])
        await ana.post(f"/tags/{home['id']}/merge", {"into": house["id"]})
        for series in (one, both):
            now = await read(ana, series)
            assert ([each["name"] for each in now["tags"]], now["version"]) == (["House"], 2)
            await complete(ana, (await open_tasks(ana, series))[0])
            assert [each["name"] for each in (await open_tasks(ana, series))[0]["tags"]] == ["House"]

    async def test_deleted_while_the_next_task_is_made_do_no_harm(self, ana: Api) -> None:
        for number in range(8):
            tag = (await ana.post("/tags", {"name": f"Tag {number}"})).json()
            series = await make_series(ana, tags=[tag["id"]])
            (task,) = await open_tasks(ana, series)
            done, gone = await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True}), ana.delete(f"/tags/{tag['id']}")
            )
            assert (done.status_code, gone.status_code) == (200, 204)
            assert [each["tags"] for each in await open_tasks(ana, series)] == [[]]
