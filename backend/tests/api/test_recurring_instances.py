"""A series over its life: each completion, skip, deletion and restoring, and the dates that come of it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from src.domain.search import search_document
from tests.factories import Api, make_series, problem
from tests.series import Travel, complete, history, open_dates, open_tasks, read
from tests.statements import Sent


async def skip(caller: Api, series: dict[str, Any], day: str, **options: Any) -> dict[str, Any]:
    response = await caller.post(f"/recurring-tasks/{series['id']}/instances/{day}/skip", **options)
    assert response.status_code == 200, response.text
    changed: dict[str, Any] = response.json()
    return changed


async def close_each(caller: Api, series: dict[str, Any], times: int) -> list[dict[str, Any]]:
    """Completes the earliest open instance again and again; the tasks as they were."""
    done = []
    for _ in range(times):
        task, *_ = await open_tasks(caller, series)
        done.append(task)
        await complete(caller, task)
    return done


class TestCompleting:
    async def test_one_by_one_gives_each_date_of_the_rule_once(self, ana: Api, travel: Travel) -> None:
        await travel.to("2028-01-31", ana)
        series = await make_series(ana, rrule="FREQ=MONTHLY;BYMONTHDAY=-1", due_time=None)
        done = await close_each(ana, series, 5)
        expected = ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]
        assert [task["due_date"] for task in done] == expected
        assert await history(ana, series) == {**dict.fromkeys(expected, "completed"), "2028-06-30": "open"}
        shown = await read(ana, series)
        assert (shown["next_date"], shown["completed_count"], shown["skipped_count"]) == ("2028-06-30", 5, 0)

    @pytest.mark.parametrize(
        ("rule", "start", "dates"),
        [
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2028-02-29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-01-05", ["2026-01-05", "2026-01-09", "2026-01-19"]),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ],
    )
    async def test_follows_the_rule_wherever_months_end(
        self, ana: Api, travel: Travel, rule: str, start: str, dates: list[str]
    ) -> None:
        await travel.to(start, ana)
        series = await make_series(ana, rrule=rule)
        assert [task["occurrence_date"] for task in await close_each(ana, series, 3)] == dates

    @pytest.mark.parametrize(
        ("zone", "clock_time", "start", "instants"),
        [
            ("Europe/Berlin", "02:30", "2026-03-28", ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]),
            ("Europe/Berlin", "02:30", "2026-10-24", ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
            ("America/Sao_Paulo", "00:15", "2018-11-03", ["2018-11-03T03:15", "2018-11-04T03:15", "2018-11-05T02:15"]),
            ("Africa/Casablanca", "02:30", "2026-02-14", ["2026-02-14T01:30", "2026-02-15T01:30", "2026-02-16T02:30"]),
            (
                "Australia/Lord_Howe",
                "02:10",
                "2026-10-03",
                ["2026-10-02T15:40", "2026-10-03T15:40", "2026-10-04T15:10"],
            ),
            ("Pacific/Apia", "09:00", "2011-12-29", ["2011-12-29T19:00", "2011-12-30T19:00", "2011-12-30T19:00"]),
        ],
    )
    async def test_keeps_the_time_on_the_wall_when_clocks_change(
        self, ana: Api, travel: Travel, zone: str, clock_time: str, start: str, instants: list[str]
    ) -> None:
        await travel.to(f"{start}T00:00:00+00:00", ana)
        series = await make_series(ana, start_date=start, due_time=clock_time, timezone=zone)
        done = await close_each(ana, series, 3)
        first = date.fromisoformat(start)
        assert [task["due_date"] for task in done] == [str(first + timedelta(days=n)) for n in range(3)]
        assert {task["due_time"] for task in done} == {f"{clock_time}:00"}
        assert [task["due_at"] for task in done] == [f"{instant}:00Z" for instant in instants]

    async def test_early_goes_on_after_the_date_that_was_done(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-02", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=FR")
        assert [task["occurrence_date"] for task in await close_each(ana, series, 2)] == ["2026-03-06", "2026-03-13"]
        assert await open_dates(ana, series) == ["2026-03-20"]

    async def test_late_leaves_out_what_was_missed(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-02", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=MO")
        await travel.to("2026-03-25", ana)
        await close_each(ana, series, 1)
        assert await history(ana, series) == {"2026-03-02": "completed", "2026-03-30": "open"}

    async def test_late_keeps_what_was_missed_if_that_is_wanted(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-02", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;BYDAY=MO", missed="keep")
        await travel.to("2026-03-25", ana)
        await close_each(ana, series, 1)
        assert await open_dates(ana, series) == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
        await close_each(ana, series, 3)
        assert await open_dates(ana, series) == ["2026-03-30"]
        await close_each(ana, series, 1)
        assert await open_dates(ana, series) == ["2026-04-06"]

    async def test_keeps_at_most_fifty(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-12-31", ana)
        series = await make_series(ana, start_date="2026-01-01", missed="keep")
        dates = await open_dates(ana, series)
        assert (len(dates), dates[0], dates[-1]) == (51, "2026-11-11", "2026-12-31")

    async def test_today_is_that_of_the_series_zone(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10T10:30:00Z", ana)
        east = await make_series(ana, timezone="Pacific/Kiritimati", start_date="2026-01-01")
        west = await make_series(ana, timezone="Pacific/Niue", start_date="2026-01-01")
        assert (east["next_date"], west["next_date"]) == ("2026-03-11", "2026-03-09")

    @pytest.mark.parametrize("end", ["COUNT=3", "UNTIL=20260304"])
    async def test_of_the_last_one_ends_the_series(self, ana: Api, travel: Travel, end: str) -> None:
        await travel.to("2026-03-02", ana)
        series = await make_series(ana, rrule=f"FREQ=DAILY;{end}")
        await close_each(ana, series, 3)
        shown = await read(ana, series)
        assert (shown["next_date"], shown["is_active"], shown["completed_count"]) == (None, True, 3)
        assert await open_dates(ana, series) == []

    async def test_may_be_done_by_a_change_of_the_task(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        changed = (await ana.patch(f"/tasks/{task['id']}", {"is_completed": True, "title": "Done"})).json()
        assert changed == (await ana.get(f"/tasks/{task['id']}")).json()
        (following,) = await open_tasks(ana, series)
        assert (following["title"], following["position"]) == (series["title"], task["position"])

    async def test_hands_the_place_in_the_order_by_hand_to_the_next(self, ana: Api) -> None:
        series = await make_series(ana)
        await ana.create_task(title="after")
        (task,) = await open_tasks(ana, series)
        done = await complete(ana, task)
        assert done == (await ana.get(f"/tasks/{task['id']}")).json()
        (following,) = await open_tasks(ana, series)
        assert following["position"] == task["position"]
        order = [item["id"] for item in (await ana.get("/tasks?sort=position")).json()["items"]]
        assert (order[0], order[-1]) == (following["id"], task["id"])

    async def test_makes_the_next_from_the_template_not_from_the_task(
        self, ana: Api, admin: asyncpg.Connection
    ) -> None:
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        series = await make_series(ana, description="with rain water", priority="low", tags=[tag["id"]])
        (task,) = await open_tasks(ana, series)
        await ana.patch(f"/tasks/{task['id']}", {"title": "Only today", "tags": [], "due_date": "2030-01-01"})
        await complete(ana, task)
        (following,) = await open_tasks(ana, series)
        assert (following["title"], following["description"]) == (series["title"], "with rain water")
        assert (following["priority"]["name"], [each["name"] for each in following["tags"]]) == ("Low", ["Home"])
        stored = await admin.fetchval("SELECT document::text FROM task_search WHERE task_id = $1", following["id"])
        expected = search_document(ana.id, series["title"], "with rain water")
        assert stored == await admin.fetchval("SELECT $1::text::tsvector::text", expected)
        assert (await ana.get("/tasks?q=rain&completed=false")).json()["items"] == [following]

    async def test_takes_the_same_few_statements_however_long_the_history(self, ana: Api, sent: Sent) -> None:
        series, counts = await make_series(ana), []
        for _ in range(5):
            (task,) = await open_tasks(ana, series)
            await sent.forget()
            await complete(ana, task)
            counts.append(await sent.count())
        assert counts == [7] * 5  # the opening, the task, its instance, the series, the next, the answer, the COMMIT

    async def test_of_an_ordinary_task_takes_no_statement_more(self, ana: Api, sent: Sent) -> None:
        await make_series(ana)
        task = await ana.create_task()
        await sent.forget()
        await complete(ana, task)
        assert await sent.count() == 3
        await ana.delete(f"/tasks/{task['id']}?permanent=true")
        assert await sent.count() == 6

    async def test_of_another_version_is_refused_and_makes_nothing(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        path = f"/tasks/{task['id']}/complete"
        problem(await ana.patch(path, headers={"If-Match": '"9"'}), 412, "version_mismatch")
        assert await open_tasks(ana, series) == [task]


class TestCompletingInParallel:
    async def test_one_instance_twenty_times_makes_one_next(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        answers = await asyncio.gather(
            *(ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True}) for _ in range(20))
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert list((await history(ana, series)).values()) == ["completed", "open"]
        assert (await ana.get("/tasks?include_total=true")).json()["total"] == 2

    async def test_and_toggling_it_makes_no_date_twice(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        answers = await asyncio.gather(*(ana.patch(f"/tasks/{task['id']}/complete") for _ in range(9)))
        assert {answer.status_code for answer in answers} == {200}
        assert list((await history(ana, series)).values()) == ["completed", "open"]

    async def test_kept_instances_makes_one_next(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        for _ in range(5):
            series = await make_series(ana, start_date="2026-03-05", missed="keep")
            tasks = await open_tasks(ana, series)
            assert len(tasks) == 6
            await asyncio.gather(*(complete(ana, task) for task in tasks))
            assert await open_dates(ana, series) == ["2026-03-11"]
            assert len(await history(ana, series)) == 7

    async def test_two_of_which_one_was_reopened_makes_one_next(self, ana: Api) -> None:
        """Each sees the other one open unless it waits, and so leaves the next to it."""
        for _ in range(8):
            series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
            (first,) = await close_each(ana, series, 1)
            await complete(ana, first, is_completed=False)
            await asyncio.gather(*(complete(ana, task) for task in await open_tasks(ana, series)))
            assert len(await open_tasks(ana, series)) == 1

    async def test_and_skipping_it_does_one_of_both(self, ana: Api) -> None:
        seen = set()
        for _ in range(8):
            series = await make_series(ana)
            (task,) = await open_tasks(ana, series)
            done, skipped = await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True}),
                ana.post(f"/recurring-tasks/{series['id']}/instances/{task['occurrence_date']}/skip"),
            )
            assert sorted([done.status_code, skipped.status_code]) == [200, 409]
            seen.add(tuple((await history(ana, series)).values()))
        assert seen <= {("completed", "open"), ("skipped", "open")}

    async def test_and_deleting_it_makes_one_next(self, ana: Api) -> None:
        for _ in range(8):
            series = await make_series(ana)
            (task,) = await open_tasks(ana, series)
            await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete"),
                ana.delete(f"/tasks/{task['id']}"),
                ana.delete(f"/tasks/{task['id']}?permanent=true"),
            )
            statuses = list((await history(ana, series)).values())
            assert statuses in (["completed", "open"], ["skipped", "open"])

    async def test_and_changing_the_series_makes_one_next(self, ana: Api) -> None:
        for number in range(8):
            series = await make_series(ana)
            (task,) = await open_tasks(ana, series)
            done, changed = await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True}),
                ana.patch(f"/recurring-tasks/{series['id']}", {"title": f"Changed {number}"}),
            )
            assert (done.status_code, changed.status_code) == (200, 200)
            (following,) = await open_tasks(ana, series)
            assert following["title"] == f"Changed {number}"


class TestReopening:
    async def test_opens_the_instance_again_and_completing_makes_nothing_twice(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await complete(ana, task)
        reopened = await complete(ana, task, is_completed=False)
        assert reopened == (await ana.get(f"/tasks/{task['id']}")).json()
        assert await history(ana, series) == {"2026-03-10": "open", "2026-03-11": "open"}
        assert (await read(ana, series))["next_date"] == "2026-03-10"
        await complete(ana, task)
        assert await history(ana, series) == {"2026-03-10": "completed", "2026-03-11": "open"}


class TestDeletingTasks:
    @pytest.mark.parametrize("query", ["", "?permanent=true"])
    async def test_of_an_open_one_skips_its_instance(self, ana: Api, travel: Travel, query: str) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        assert (await ana.delete(f"/tasks/{task['id']}{query}")).status_code == 204
        assert await history(ana, series) == {"2026-03-10": "skipped", "2026-03-11": "open"}
        (following,) = await open_tasks(ana, series)
        assert following["position"] == task["position"]
        shown = await read(ana, series)
        assert (shown["completed_count"], shown["skipped_count"]) == (0, 1)

    @pytest.mark.parametrize("query", ["", "?permanent=true"])
    async def test_of_a_completed_one_leaves_it_completed(self, ana: Api, query: str) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await complete(ana, task)
        await ana.delete(f"/tasks/{task['id']}{query}")
        assert list((await history(ana, series)).values()) == ["completed", "open"]

    @pytest.mark.parametrize("query", ["", "?permanent=true"])
    async def test_of_what_it_is_a_part_of_skips_it_too(self, ana: Api, query: str) -> None:
        one, other = await make_series(ana), await make_series(ana)
        whole = await ana.create_task()
        below = await ana.create_task(parent_id=whole["id"])
        for series, parent in ((one, whole), (other, below)):
            (task,) = await open_tasks(ana, series)
            await ana.patch(f"/tasks/{task['id']}", {"parent_id": parent["id"]})
        assert (await ana.delete(f"/tasks/{whole['id']}{query}")).status_code == 204
        for series in (one, other):
            assert list((await history(ana, series)).values()) == ["skipped", "open"]

    async def test_many_at_once_takes_no_statement_for_each(self, ana: Api, sent: Sent) -> None:
        counts = []
        for size in (1, 3):
            whole = await ana.create_task()
            for _ in range(size):
                (task,) = await open_tasks(ana, await make_series(ana))
                await ana.patch(f"/tasks/{task['id']}", {"parent_id": whole["id"]})
            await sent.forget()
            await ana.delete(f"/tasks/{whole['id']}")
            counts.append(await sent.count())
        assert counts[0] == counts[1]


class TestRestoring:
    async def test_opens_a_skipped_instance_again(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await skip(ana, series, "2026-03-10")
        restored = (await ana.post(f"/tasks/{task['id']}/restore")).json()
        assert (restored["id"], restored["recurring_task_id"]) == (task["id"], series["id"])
        assert await history(ana, series) == {"2026-03-10": "open", "2026-03-11": "open"}

    async def test_leaves_a_completed_one_completed(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await complete(ana, task)
        await ana.delete(f"/tasks/{task['id']}")
        await ana.post(f"/tasks/{task['id']}/restore")
        assert list((await history(ana, series)).values()) == ["completed", "open"]


class TestSkipping:
    async def test_trashes_the_task_with_its_parts_and_makes_the_next(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        part = await ana.create_task(parent_id=task["id"])
        response = await ana.post(f"/recurring-tasks/{series['id']}/instances/2026-03-10/skip")
        assert (response.status_code, response.json()["next_date"]) == (200, "2026-03-11")
        assert response.headers["etag"] == '"2"'
        assert response.json() == await read(ana, series)
        trashed = (await ana.get("/tasks?trash=true")).json()["items"]
        assert {item["id"] for item in trashed} == {task["id"], part["id"]}

    async def test_twice_is_skipping_once(self, ana: Api) -> None:
        series = await make_series(ana)
        path = f"/recurring-tasks/{series['id']}/instances/{series['next_date']}/skip"
        answers = await asyncio.gather(*(ana.post(path) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}
        assert list((await history(ana, series)).values()) == ["skipped", "open"]

    async def test_of_a_completed_one_is_refused(self, ana: Api) -> None:
        series = await make_series(ana)
        await close_each(ana, series, 1)
        path = f"/recurring-tasks/{series['id']}/instances/{series['next_date']}/skip"
        problem(await ana.post(path), 409, "already_completed")

    async def test_of_a_day_without_an_instance_is_not_found(self, ana: Api) -> None:
        series = await make_series(ana)
        problem(await ana.post(f"/recurring-tasks/{series['id']}/instances/2099-01-01/skip"), 404, "not_found")
        problem(await ana.post(f"/recurring-tasks/{uuid4()}/instances/2099-01-01/skip"), 404, "not_found")
        problem(await ana.post(f"/recurring-tasks/{series['id']}/instances/tomorrow/skip"), 422, "validation_error")

    async def test_of_another_version_is_refused(self, ana: Api) -> None:
        series = await make_series(ana)
        path = f"/recurring-tasks/{series['id']}/instances/{series['next_date']}/skip"
        problem(await ana.post(path, headers={"If-Match": '"2"'}), 412, "version_mismatch")
        assert await read(ana, series) == series

    async def test_helps_an_instance_that_has_lost_its_task(self, ana: Api, admin: asyncpg.Connection) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await admin.execute("DELETE FROM tasks WHERE id = $1", task["id"])
        await skip(ana, series, series["next_date"])
        assert list((await history(ana, series)).values()) == ["skipped", "open"]
        assert len(await open_tasks(ana, series)) == 1


class TestCountingFromCompletion:
    async def test_goes_on_from_the_day_of_completion(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        assert series["next_date"] == "2026-03-10"
        for today, expected in (
            ("2026-03-10", "2026-03-13"),
            ("2026-03-11", "2026-03-14"),
            ("2026-03-20", "2026-03-23"),
        ):
            await travel.to(today, ana)
            await close_each(ana, series, 1)
            assert await open_dates(ana, series) == [expected]

    async def test_in_months_stays_within_short_ones(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-01-31", ana)
        series = await make_series(ana, rrule="FREQ=MONTHLY", mode="after_completion")
        await close_each(ana, series, 1)
        assert await open_dates(ana, series) == ["2026-02-28"]

    async def test_a_skip_counts_from_the_day_that_was_skipped_or_from_today(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion", start_date="2026-03-20")
        await skip(ana, series, "2026-03-20")
        assert await open_dates(ana, series) == ["2026-03-23"]
        await travel.to("2026-04-01", ana)
        await skip(ana, series, "2026-03-23")
        assert await open_dates(ana, series) == ["2026-04-04"]

    async def test_takes_the_next_day_that_is_free(self, ana: Api, travel: Travel) -> None:
        """Done before its time, it would come again on the day that was skipped."""
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        await close_each(ana, series, 1)
        await skip(ana, series, "2026-03-13")
        (task,) = await open_tasks(ana, series)
        assert task["occurrence_date"] == "2026-03-16"
        await complete(ana, task)
        assert await open_dates(ana, series) == ["2026-03-19"]

    async def test_count_counts_the_instances(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=WEEKLY;COUNT=3", mode="after_completion")
        await close_each(ana, series, 1)
        await skip(ana, series, "2026-03-17")
        await close_each(ana, series, 1)
        assert list((await history(ana, series)).values()) == ["completed", "skipped", "completed"]

    async def test_ends_with_until(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3;UNTIL=20260315", mode="after_completion")
        await close_each(ana, series, 2)
        assert await open_dates(ana, series) == []

    async def test_begins_today_or_with_its_start_if_missed_ones_are_kept(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        rule = {"rrule": "FREQ=DAILY;INTERVAL=7", "start_date": "2026-03-01", "mode": "after_completion"}
        assert (await make_series(ana, **rule))["next_date"] == "2026-03-15"
        assert (await make_series(ana, **rule, missed="keep"))["next_date"] == "2026-03-01"

    async def test_makes_one_after_another_was_reopened_and_both_are_done(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3", mode="after_completion")
        (first,) = await close_each(ana, series, 1)
        await complete(ana, first, is_completed=False)
        second = (await open_tasks(ana, series))[1]
        await complete(ana, second)
        assert await open_dates(ana, series) == ["2026-03-10"]
        await complete(ana, first)
        assert await open_dates(ana, series) == ["2026-03-16"]
