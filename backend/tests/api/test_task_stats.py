"""Counts of a user's tasks, by the days of that user's zone."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from src.core import clock
from src.domain.due_dates import day_begins, zone_names
from src.services.task_stats_service import COUNT_COMPLETED
from tests.factories import Api, problem


async def stats(caller: Api, query: str = "") -> dict[str, Any]:
    response = await caller.get(f"/tasks/stats?{query}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def total(caller: Api, query: str) -> int:
    count: int = (await caller.get(f"/tasks?limit=1&include_total=true&{query}")).json()["total"]
    return count


async def add_completed(admin: asyncpg.Connection, caller: Api, instants: list[datetime]) -> None:
    await admin.executemany(
        "INSERT INTO tasks (user_id, id, title, title_key, is_completed, completed_at, content_hash)"
        " VALUES ($1, $2, 'x', 'x', true, $3, sha256(''))",
        [(caller.id, uuid4(), instant) for instant in instants],
    )


async def move_clock(monkeypatch: pytest.MonkeyPatch, caller: Api, instant: datetime, zone: str) -> None:
    """And let the user, who lives in ``zone``, log in by that clock."""
    await caller.patch("/users/me", {"timezone": zone})
    monkeypatch.setattr(clock, "now", lambda: instant)
    await caller.log_in()


class TestCounts:
    async def test_of_nothing_are_nought(self, ana: Api) -> None:
        found = await stats(ana)
        days = found.pop("completed_per_day")
        assert found == {
            "open": 0,
            "open_by_priority": {"low": 0, "medium": 0, "high": 0, "urgent": 0, "none": 0},
            "due_today": 0,
            "overdue": 0,
            "completed_total": 0,
        }
        today = datetime.now(UTC).date()
        assert [day["date"] for day in days] == [str(today - timedelta(days=back)) for back in range(29, -1, -1)]
        assert {day["count"] for day in days} == {0}

    async def test_leave_out_the_trash_and_everybody_else(self, ana: Api, bob: Api) -> None:
        for priority, number in (("low", 1), ("high", 2), ("urgent", 3), (None, 4)):
            for _ in range(number):
                await ana.create_task(priority=priority)
        await ana.create_task(priority="medium", is_completed=True)
        for state in (True, False):
            task = await ana.create_task(priority="low", is_completed=state, due_date="2020-01-01")
            await ana.delete(f"/tasks/{task['id']}")
            await bob.create_task(priority="low", is_completed=state, due_date="2020-01-01")
        found = await stats(ana)
        assert (found["open"], found["completed_total"], found["overdue"]) == (10, 1, 0)
        assert found["open_by_priority"] == {"low": 1, "medium": 0, "high": 2, "urgent": 3, "none": 4}
        assert sum(day["count"] for day in found["completed_per_day"]) == 1

    @pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])  # the last two are never on one day
    async def test_of_what_is_due_are_those_of_the_list(self, api: Api, zone: str) -> None:
        await api.register_and_log_in(timezone=zone)
        today = datetime.now(ZoneInfo(zone)).date()
        for days in range(-2, 3):
            for state in (True, False):
                due = str(today + timedelta(days=days))
                await api.create_task(due_date=due, is_completed=state)
                await api.create_task(due_date=due, due_time="00:00", timezone="Pacific/Kiritimati", is_completed=state)
                await api.create_task(due_date=due, due_time="23:59:59", timezone="Pacific/Niue", is_completed=state)
        await api.create_task()
        found = await stats(api)
        assert (found["due_today"], found["overdue"]) == (
            await total(api, "due=today"),
            await total(api, "due=overdue"),
        )
        assert (found["open"], found["completed_total"]) == (
            await total(api, "completed=false"),
            await total(api, "completed=true"),
        )
        assert found["due_today"] == 6
        assert found["overdue"] > 2


class TestCompletedPerDay:
    async def test_follows_completing_and_reopening(self, ana: Api) -> None:
        task = await ana.create_task()
        for state in (True, True, False, True):
            await ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": state})
            (today,) = (await stats(ana, "days=1"))["completed_per_day"]
            assert today["count"] == state

    @pytest.mark.parametrize(
        ("zone", "now"),
        [
            ("Europe/Berlin", "2026-03-30T12:00:00Z"),  # a day of 23 hours
            ("Europe/Berlin", "2026-10-26T12:00:00Z"),  # a day of 25 hours
            ("Australia/Lord_Howe", "2026-04-06T12:00:00Z"),  # half an hour
            ("America/Havana", "2026-03-09T12:00:00Z"),  # no midnight
            ("America/Havana", "2026-11-02T12:00:00Z"),  # two midnights
            ("Pacific/Apia", "2012-01-02T12:00:00Z"),  # no 30 December 2011
            ("Asia/Kathmandu", "2026-11-02T12:00:00Z"),
            ("UTC", "2026-11-02T00:00:00Z"),
        ],
    )
    async def test_counts_by_the_day_that_it_was_for_the_user(
        self, ana: Api, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, zone: str, now: str
    ) -> None:
        instant = datetime.fromisoformat(now)
        moments = [instant - timedelta(minutes=20 * n, seconds=n % 2) for n in range(500)]
        await add_completed(admin, ana, moments)
        await move_clock(monkeypatch, ana, instant, zone)
        wanted = Counter(str(moment.astimezone(ZoneInfo(zone)).date()) for moment in moments)
        found = (await stats(ana, "days=10"))["completed_per_day"]
        assert {day["date"]: day["count"] for day in found if day["count"]} == dict(wanted)
        assert len(found) == 10

    async def test_ends_with_today_and_begins_with_the_first_day_asked_for(
        self, ana: Api, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        edges = ["2026-06-01T21:59:59.999999Z", "2026-06-01T22:00:00Z", "2026-06-03T21:59:59.999999Z"]
        await add_completed(admin, ana, [*map(datetime.fromisoformat, edges), datetime(2026, 6, 3, 22, tzinfo=UTC)])
        await move_clock(monkeypatch, ana, datetime(2026, 6, 3, 21, tzinfo=UTC), "Europe/Berlin")
        found = await stats(ana, "days=2")
        assert found["completed_per_day"] == [{"date": "2026-06-02", "count": 1}, {"date": "2026-06-03", "count": 1}]
        assert found["completed_total"] == 4

    @pytest.mark.parametrize("days", [1, 2, 366])
    async def test_has_every_day_once(self, ana: Api, days: int) -> None:
        found = [date.fromisoformat(day["date"]) for day in (await stats(ana, f"days={days}"))["completed_per_day"]]
        assert found == [found[0] + timedelta(days=n) for n in range(days)]

    async def test_reads_the_window_only(self, ana: Api, admin: asyncpg.Connection) -> None:
        """From the index, under row-level security and a generic plan, as in a request."""
        compiled = COUNT_COMPLETED.compile(dialect=postgresql.dialect())
        values = {"owner_id": f"'{ana.id}'", "edges": "'{2026-01-01,2026-01-02}'"}
        sql, bound = str(compiled), []
        for name in compiled.params:
            bound.append(values.get(name, "'2026-01-01'"))
            sql = sql.replace(f"%({name})s", f"${len(bound)}")
        await admin.execute(
            f"SET ROLE todo_app; SET app.user_id = '{ana.id}'; "
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off"
        )
        await admin.execute(f"PREPARE counting AS {sql}")
        plan = "\n".join(row[0] for row in await admin.fetch(f"EXPLAIN EXECUTE counting({', '.join(bound)})"))
        (condition,) = [line for line in plan.splitlines() if "Index Cond" in line]
        assert "ix_tasks_user_id_completed_at_id" in plan
        assert condition.count("completed_at") == 2


class TestRequests:
    @pytest.mark.parametrize("query", ["days=0", "days=367", "days=-1", "days=5.0", "days=", "days=x", "week=1"])
    async def test_that_are_not_valid_are_refused(self, ana: Api, query: str) -> None:
        document = problem(await ana.get(f"/tasks/stats?{query}"), 422, "validation_error")
        assert document["errors"][0]["pointer"] == f"query/{query.partition('=')[0]}"

    async def test_are_answered_at_both_addresses(self, ana: Api, bob: Api) -> None:
        await ana.create_task()
        assert (await ana.get(f"/users/{ana.id}/tasks/stats")).json() == await stats(ana)
        problem(await bob.get(f"/users/{ana.id}/tasks/stats"), 403, "not_your_path")

    async def test_of_anonymous_callers_are_refused(self, api: Api) -> None:
        problem(await api.get("/tasks/stats"), 401, "unauthorized")


@given(st.dates(date(1970, 1, 1), date(2040, 1, 1)), st.sampled_from(sorted(zone_names())))
def test_a_day_begins_when_the_clock_first_shows_it(day: date, zone: str) -> None:
    begins = day_begins(day, zone)
    shown = begins.astimezone(ZoneInfo(zone))
    just_before = (begins - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert just_before.date() < day <= shown.date()
    assert shown.replace(tzinfo=None) >= datetime.combine(day, time())
