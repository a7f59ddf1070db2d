"""Whatever a person does with a series, and whenever: what holds of it at every moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from src.domain.recurrence import History, Missed, Mode, Schedule, missing_dates, parse_rule
from tests.factories import Api, make_series
from tests.series import Travel, history, open_tasks, read

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
START = date(2026, 3, 10)
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=DAILY;COUNT=6",
    "FREQ=WEEKLY;UNTIL=20260420",
]
STEPS = ["complete", "complete", "complete", "skip", "reopen", "trash", "remove", "restore", "pause", "resume", "wait"]
STEPS += ["retitle", "reschedule", "complete newest"]


class Life:
    """One series and a person who does something with it, drawn at random, again and again."""

    def __init__(self, caller: Api, series: dict[str, Any], travel: Travel) -> None:
        self._caller = caller
        self._series = series
        self._travel = travel
        self._is_rescheduled = False
        self.today = START

    async def step(self, name: str, number: int) -> None:
        steps: dict[str, Callable[[int], Awaitable[None]]] = {
            "complete": self._complete,
            "complete newest": self._complete_newest,
            "skip": self._skip,
            "reopen": self._reopen,
            "trash": self._trash,
            "remove": self._remove,
            "restore": self._restore,
            "pause": lambda _: self._change(is_active=False),
            "resume": lambda _: self._change(is_active=True),
            "retitle": self._retitle,
            "reschedule": self._reschedule,
            "wait": self._wait,
        }
        await steps[name](number)

    async def check(self) -> None:
        series, instances = await read(self._caller, self._series), await history(self._caller, self._series)
        opened = [each for each, status in instances.items() if status == "open"]
        tasks = await open_tasks(self._caller, series)
        assert [task["occurrence_date"] for task in tasks] == opened
        assert series["next_date"] == min(opened, default=None)
        statuses = list(instances.values())
        shown = (series["completed_count"], series["skipped_count"])
        assert shown == (statuses.count("completed"), statuses.count("skipped"))
        done = await self._tasks("completed=true")
        assert {task["occurrence_date"] for task in done} <= {d for d, s in instances.items() if s == "completed"}
        self._check_dates(series, instances, opened)

    def _check_dates(self, series: dict[str, Any], instances: dict[str, str], opened: list[str]) -> None:
        schedule = Schedule(
            rule=parse_rule(series["rrule"]),
            start=date.fromisoformat(series["start_date"]),
            mode=Mode(series["mode"]),
            missed=Missed(series["missed"]),
        )
        if schedule.mode is Mode.SCHEDULE and not self._is_rescheduled:
            assert all(schedule.holds(date.fromisoformat(each)) for each in instances)
        if opened or not series["is_active"]:
            return
        if schedule.mode is Mode.SCHEDULE:
            newest = History(newest_closed=max(map(date.fromisoformat, instances), default=None))
            assert missing_dates(schedule, newest, today=self.today) == []
        else:
            assert schedule.rule.count is not None or schedule.rule.until is not None

    async def _complete(self, number: int) -> None:
        if tasks := await open_tasks(self._caller, self._series):
            await self._ok("PATCH", f"/tasks/{tasks[number % len(tasks)]['id']}/complete", {"is_completed": True})

    async def _complete_newest(self, _: int) -> None:
        if tasks := await open_tasks(self._caller, self._series):
            await self._ok("PATCH", f"/tasks/{tasks[-1]['id']}", {"is_completed": True})

    async def _skip(self, number: int) -> None:
        if tasks := await open_tasks(self._caller, self._series):
            day = tasks[number % len(tasks)]["occurrence_date"]
            await self._ok("POST", f"/recurring-tasks/{self._series['id']}/instances/{day}/skip")

    async def _reopen(self, number: int) -> None:
        if tasks := await self._tasks("completed=true"):
            await self._ok("PATCH", f"/tasks/{tasks[number % len(tasks)]['id']}/complete", {"is_completed": False})

    async def _trash(self, number: int) -> None:
        if tasks := await self._tasks(""):
            await self._ok("DELETE", f"/tasks/{tasks[number % len(tasks)]['id']}")

    async def _remove(self, number: int) -> None:
        if tasks := await self._tasks("") + await self._tasks("trash=true"):
            await self._ok("DELETE", f"/tasks/{tasks[number % len(tasks)]['id']}?permanent=true")

    async def _restore(self, number: int) -> None:
        if tasks := await self._tasks("trash=true"):
            await self._ok("POST", f"/tasks/{tasks[number % len(tasks)]['id']}/restore")

    async def _retitle(self, number: int) -> None:
        await self._change(title=f"Title {number}")
        assert all(task["title"] == f"Title {number}" for task in await open_tasks(self._caller, self._series))

    async def _reschedule(self, number: int) -> None:
        self._is_rescheduled = True
        rule, start = RULES[number % 4], date.fromisoformat(self._series["start_date"])
        await self._change(rrule=rule)
        opened = [date.fromisoformat(task["due_date"]) for task in await open_tasks(self._caller, self._series)]
        schedule = Schedule(rule=parse_rule(rule), start=start, mode=Mode.SCHEDULE, missed=Missed.SKIP)
        assert self._series["mode"] == "after_completion" or all(map(schedule.holds, opened))

    async def _wait(self, number: int) -> None:
        self.today += timedelta(days=number)
        await self._travel.to(str(self.today), self._caller)

    async def _change(self, **changes: object) -> None:
        await self._ok("PATCH", f"/recurring-tasks/{self._series['id']}", changes)

    async def _tasks(self, query: str) -> list[dict[str, Any]]:
        page = await self._caller.get(f"/tasks?recurring_task_id={self._series['id']}&limit=200&{query}")
        items: list[dict[str, Any]] = page.json()["items"]
        return items

    async def _ok(self, method: str, path: str, body: object = None) -> None:
        response = await self._caller.request(method, path, **({} if body is None else {"json": body}))
        assert response.status_code in (200, 204), response.text


class TestASeries:
    @settings(max_examples=25, phases=[Phase.generate], suppress_health_check=SLOW)
    @given(
        st.sampled_from(RULES),
        st.sampled_from(["schedule", "after_completion"]),
        st.sampled_from(["skip", "keep"]),
        st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20)), min_size=4, max_size=14),
    )
    async def test_has_one_open_instance_until_it_ends_and_no_date_twice(
        self, app: FastAPI, travel: Travel, rule: str, mode: str, missed: str, steps: list[tuple[str, int]]
    ) -> None:
        async with Api.of(app) as caller:
            await caller.register_and_log_in()
            await travel.to(str(START), caller)
            series = await make_series(caller, rrule=rule, mode=mode, missed=missed, timezone="UTC")
            life = Life(caller, series, travel)
            await life.check()
            for name, number in steps:
                await life.step(name, number)
                await life.check()


class TestEverythingAtOnce:
    async def test_collides_with_nothing_and_leaves_each_series_whole(self, ana: Api, travel: Travel) -> None:
        await travel.to(str(START), ana)
        tag = (await ana.post("/tags", {"name": "Home"})).json()
        for number in range(5):
            series = await make_series(ana, tags=[tag["id"]], start_date="2026-03-05", missed="keep")
            path, tasks = f"/recurring-tasks/{series['id']}", await open_tasks(ana, series)
            answers = await asyncio.gather(
                ana.patch(path, {"title": f"Title {number}"}),
                *(ana.patch(f"/tasks/{task['id']}/complete") for task in tasks),
                ana.patch(f"{path}?scope=future", {"priority": "low"}),
                ana.delete(f"/tasks/{tasks[0]['id']}"),
                ana.patch(path, {"rrule": "FREQ=DAILY;INTERVAL=2"}),
                ana.post(f"{path}/instances/{tasks[1]['occurrence_date']}/skip"),
                ana.patch(f"/tags/{tag['id']}", {"name": f"Home {number}"}),
                ana.get(path),
            )
            assert {answer.status_code for answer in answers} <= {200, 201, 204, 404, 409}
            for each in (await ana.get("/recurring-tasks")).json()["items"]:
                instances = await history(ana, each)
                opened = [day for day, status in instances.items() if status == "open"]
                assert [task["occurrence_date"] for task in await open_tasks(ana, each)] == opened
                assert opened or "UNTIL" in each["rrule"]
