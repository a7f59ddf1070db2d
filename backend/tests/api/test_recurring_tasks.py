"""The routes of recurring tasks."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from src.core.security import Principal
from src.database.session import Database
from src.database.statements import fetch_all
from tests.factories import PASSWORD, Api, make_series, problem
from tests.series import Travel, complete, history, open_dates, open_tasks, read
from tests.statements import Sent


async def make_tag(caller: Api, name: str) -> dict[str, Any]:
    tag = (await caller.post("/tags", {"name": name})).json()
    return {key: tag[key] for key in ("id", "name", "color")}


class TestCreate:
    async def test_answers_with_the_series_and_makes_its_first_task(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        tag = await make_tag(ana, "Home")
        body = {
            "title": " Pay the rent ",
            "description": "by transfer",
            "priority": "high",
            "tags": [tag["id"]],
            "rrule": "rrule:freq=monthly;interval=1;bymonthday=1",
            "start_date": "2026-03-01",
            "due_time": "09:00",
            "timezone": "Europe/Madrid",
        }
        response = await ana.post("/recurring-tasks", body)
        series = response.json()
        assert response.status_code == 201
        assert response.headers["location"] == f"/api/v1/recurring-tasks/{series['id']}"
        assert response.headers["etag"] == '"1"'
        assert series == {
            "id": series["id"],
            "user_id": str(ana.id),
            "title": "Pay the rent",
            "description": "by transfer",
            "priority": {"id": 3, "name": "High", "level": 3, "color": "#D97706"},
            "tags": [tag],
            "rrule": "FREQ=MONTHLY;BYMONTHDAY=1",
            "rrule_description": "every month on the 1st",
            "start_date": "2026-03-01",
            "due_time": "09:00:00",
            "timezone": "Europe/Madrid",
            "mode": "schedule",
            "missed": "skip",
            "is_active": True,
            "next_date": "2026-04-01",
            "completed_count": 0,
            "skipped_count": 0,
            "version": 1,
            "created_at": series["created_at"],
            "updated_at": series["created_at"],
        }
        (task,) = await open_tasks(ana, series)
        assert {name: task[name] for name in ("title", "description", "priority", "tags", "due_date", "due_time")} == {
            "title": "Pay the rent",
            "description": "by transfer",
            "priority": series["priority"],
            "tags": [tag],
            "due_date": "2026-04-01",
            "due_time": "09:00:00",
        }
        assert (task["due_at"], task["timezone"]) == ("2026-04-01T07:00:00Z", "Europe/Madrid")
        assert (task["recurring_task_id"], task["occurrence_date"]) == (series["id"], "2026-04-01")

    async def test_begins_today_in_the_users_zone_when_nothing_is_said(self, ana: Api, travel: Travel) -> None:
        await ana.patch("/users/me", {"timezone": "Pacific/Kiritimati"})
        await travel.to("2026-03-10T10:30:00Z", ana)
        series = await make_series(ana, due_time=None)
        assert (series["start_date"], series["timezone"]) == ("2026-03-11", "Pacific/Kiritimati")
        (task,) = await open_tasks(ana, series)
        assert (task["due_date"], task["due_time"], task["timezone"], task["due_at"]) == (
            "2026-03-11",
            None,
            None,
            None,
        )

    async def test_its_tasks_are_found_by_search(self, ana: Api) -> None:
        series = await make_series(ana, title="Water the ficus")
        assert (await ana.get("/tasks?q=fic")).json()["items"] == await open_tasks(ana, series)

    async def test_can_be_sent_again(self, ana: Api, bob: Api) -> None:
        body = {"id": str(uuid4()), "title": "Once", "rrule": "FREQ=DAILY"}
        answers = await asyncio.gather(*(ana.post("/recurring-tasks", body) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        assert len({answer.text for answer in answers}) == 1
        assert (await ana.get("/tasks?include_total=true")).json()["total"] == 1
        problem(await ana.post("/recurring-tasks", {**body, "title": "Other"}), 409, "id_in_use")
        assert (await bob.post("/recurring-tasks", body)).status_code == 201

    @pytest.mark.parametrize(
        ("changes", "pointer", "code"),
        [
            ({"rrule": "FREQ=SECONDLY"}, "/rrule", "invalid_freq"),
            ({"rrule": "FREQ=DAILY;BYHOUR=9"}, "/rrule", "unsupported_part"),
            ({"rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "/rrule", "never_fires"),
            ({"rrule": "FREQ=DAILY;UNTIL=20251231"}, "/rrule", "never_fires"),
            ({"rrule": "FREQ=DAILY;" + "X" * 600}, "/rrule", "too_long"),
            ({"rrule": "FREQ=DAILY;COUNT=1;UNTIL=20270101"}, "/rrule", "count_and_until"),
            ({"rrule": "FREQ=DAILY;INTERVAL=0"}, "/rrule", "invalid_interval"),
            ({"rrule": ""}, "/rrule", "malformed"),
            ({"mode": "sometimes"}, "/mode", "literal_error"),
            ({"missed": "both"}, "/missed", "literal_error"),
            ({"title": " "}, "/title", "too_short"),
            ({"start_date": "2026-02-30"}, "/start_date", "invalid_date"),
            ({"timezone": "Europe/Atlantis"}, "/timezone", "unknown_timezone"),
            ({"next_date": "2026-01-01"}, "/next_date", "extra_forbidden"),
        ],
    )
    async def test_refuses_bad_values(self, ana: Api, changes: dict[str, object], pointer: str, code: str) -> None:
        body = {"title": "x", "rrule": "FREQ=DAILY", "start_date": "2026-01-01", **changes}
        document = problem(await ana.post("/recurring-tasks", body), 422, "validation_error")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(pointer, code)]
        assert (await ana.get("/recurring-tasks")).json()["items"] == []

    async def test_until_in_utc_is_a_day_of_the_series_zone(self, ana: Api) -> None:
        rule = "FREQ=DAILY;UNTIL=20270301T045959Z"
        series = await make_series(ana, rrule=rule, timezone="America/New_York")
        assert series["rrule"] == "FREQ=DAILY;UNTIL=20270228"

    async def test_another_users_tag_is_as_unknown_as_any(self, ana: Api, bob: Api) -> None:
        theirs = await make_tag(bob, "Theirs")
        for tag_id in (theirs["id"], str(uuid4())):
            body = {"title": "x", "rrule": "FREQ=DAILY", "tags": [tag_id]}
            document = problem(await ana.post("/recurring-tasks", body), 422, "validation_error")
            assert document["errors"][0]["code"] == "unknown_tag"
        assert (await ana.get("/recurring-tasks")).json()["items"] == (await ana.get("/tasks")).json()["items"] == []

    async def test_the_database_refuses_another_users_tag_too(
        self, ana: Api, bob: Api, admin: asyncpg.Connection
    ) -> None:
        theirs, series = await make_tag(bob, "Theirs"), await make_series(ana)
        for owner in (ana.id, bob.id):
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await admin.execute(
                    "INSERT INTO recurring_task_tags VALUES ($1, $2, $3)", owner, series["id"], theirs["id"]
                )

    async def test_the_policies_show_and_accept_ones_own_only(self, ana: Api, bob: Api, database: Database) -> None:
        hers = await make_series(ana, tags=[(await make_tag(ana, "Work"))["id"]])
        his = await make_series(bob, tags=[(await make_tag(bob, "Work"))["id"]])
        session_id = (await bob.get("/auth/sessions")).json()["items"][0]["id"]
        async with database.as_user(Principal(bob.id, UUID(session_id))) as session:
            for change in (
                "UPDATE task_instances SET status = status RETURNING recurring_task_id",
                "DELETE FROM recurring_task_tags RETURNING recurring_task_id",
                "UPDATE recurring_tasks SET title = 'Mine' RETURNING id",
            ):
                assert [str(row[0]) for row in await fetch_all(session, text(change))] == [his["id"]]
        assert await read(ana, hers) == hers

    async def test_a_paused_one_makes_nothing_yet(self, ana: Api) -> None:
        series = await make_series(ana, is_active=False)
        assert (series["next_date"], await open_dates(ana, series)) == (None, [])

    async def test_anonymous_callers_are_refused(self, api: Api) -> None:
        problem(await api.post("/recurring-tasks", {"title": "x", "rrule": "FREQ=DAILY"}), 401, "unauthorized")
        problem(await api.get("/recurring-tasks"), 401, "unauthorized")


class TestList:
    async def test_is_the_newest_first_a_page_at_a_time(self, ana: Api, bob: Api) -> None:
        made = [await make_series(ana, title=f"{number}", is_active=number != 1) for number in range(4)]
        await make_series(bob)
        first = await ana.get("/recurring-tasks?limit=3&include_total=true")
        assert first.json()["items"] == made[:0:-1]
        assert first.json()["total"] == 4
        following = await ana.client.get(first.headers["link"][1:].partition(">")[0])
        assert (following.json()["items"], following.json()["next_cursor"]) == (made[:1], None)

    async def test_can_leave_out_paused_ones_or_the_others(self, ana: Api) -> None:
        active, paused = await make_series(ana), await make_series(ana, is_active=False)
        assert (await ana.get("/recurring-tasks?is_active=true")).json()["items"] == [active]
        assert (await ana.get("/recurring-tasks?is_active=false&include_total=true")).json() == {
            "items": [paused],
            "next_cursor": None,
            "total": 1,
        }

    async def test_refuses_a_cursor_of_another_user_or_filter(self, ana: Api, bob: Api) -> None:
        for caller in (ana, bob):
            for _ in range(2):
                await make_series(caller)
        cursor = (await ana.get("/recurring-tasks?limit=1")).json()["next_cursor"]
        problem(await bob.get(f"/recurring-tasks?limit=1&cursor={cursor}"), 422, "validation_error")
        problem(await ana.get(f"/recurring-tasks?limit=1&is_active=true&cursor={cursor}"), 422, "validation_error")
        assert (await ana.get(f"/recurring-tasks?limit=1&cursor={cursor}")).status_code == 200

    async def test_takes_as_many_statements_for_many_as_for_one(self, ana: Api, sent: Sent) -> None:
        tag = await make_tag(ana, "Home")
        counts = []
        for _ in range(3):
            await make_series(ana, tags=[tag["id"]])
            await sent.forget()
            await ana.get("/recurring-tasks")
            counts.append(await sent.count())
        assert counts == [3] * 3  # the opening, the list, the COMMIT


class TestRead:
    async def test_answers_304_until_it_changes(self, ana: Api) -> None:
        series = await make_series(ana)
        path = f"/recurring-tasks/{series['id']}"
        fresh = await ana.get(path)
        assert (fresh.json(), fresh.headers["etag"]) == (series, '"1"')
        unchanged = await ana.get(path, headers={"If-None-Match": '"1"'})
        assert (unchanged.status_code, unchanged.content) == (304, b"")

    async def test_a_completion_is_a_change(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await complete(ana, task)
        changed = await ana.get(f"/recurring-tasks/{series['id']}", headers={"If-None-Match": '"1"'})
        assert (changed.status_code, changed.json()["completed_count"], changed.json()["version"]) == (200, 1, 2)

    async def test_of_an_unknown_or_foreign_one_is_not_found(self, ana: Api, bob: Api) -> None:
        for series_id in (uuid4(), (await make_series(bob))["id"]):
            problem(await ana.get(f"/recurring-tasks/{series_id}"), 404, "not_found")


class TestDelete:
    async def test_trashes_open_tasks_and_leaves_completed_ones(self, ana: Api, admin: asyncpg.Connection) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        done = await complete(ana, task)
        (following,) = await open_tasks(ana, series)
        part = await ana.create_task(parent_id=following["id"])
        assert (await ana.delete(f"/recurring-tasks/{series['id']}")).status_code == 204
        problem(await ana.get(f"/recurring-tasks/{series['id']}"), 404, "not_found")
        (kept,) = (await ana.get("/tasks")).json()["items"]
        ordinary = {"recurring_task_id": None, "occurrence_date": None}
        assert kept == {**done, **ordinary, "version": done["version"] + 1, "updated_at": kept["updated_at"]}
        trashed = (await ana.get("/tasks?trash=true")).json()["items"]
        assert {task["id"] for task in trashed} == {following["id"], part["id"]}
        assert all(task["recurring_task_id"] is None for task in trashed)
        for table in ("task_instances", "recurring_tasks"):
            assert await admin.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", ana.id) == 0

    async def test_of_the_account_takes_all_of_it_along(self, ana: Api, admin: asyncpg.Connection) -> None:
        series = await make_series(ana, tags=[(await make_tag(ana, "Home"))["id"]])
        await complete(ana, (await open_tasks(ana, series))[0])
        assert (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code == 204
        for table in ("recurring_tasks", "recurring_task_tags", "task_instances", "tasks", "task_search"):
            assert await admin.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", ana.id) == 0

    async def test_what_was_open_comes_back_as_an_ordinary_task(self, ana: Api) -> None:
        series = await make_series(ana)
        (task,) = await open_tasks(ana, series)
        await ana.delete(f"/recurring-tasks/{series['id']}")
        restored = (await ana.post(f"/tasks/{task['id']}/restore")).json()
        assert (restored["deleted_at"], restored["recurring_task_id"]) == (None, None)
        assert (await complete(ana, task))["is_completed"]
        assert (await ana.get("/tasks?include_total=true")).json()["total"] == 1

    async def test_of_another_version_is_refused(self, ana: Api) -> None:
        series = await make_series(ana)
        path = f"/recurring-tasks/{series['id']}"
        problem(await ana.delete(path, headers={"If-Match": '"2"'}), 412, "version_mismatch")
        assert await read(ana, series) == series
        assert (await ana.delete(path, headers={"If-Match": '"1"'})).status_code == 204
        problem(await ana.delete(path), 404, "not_found")

    async def test_goes_on_with_the_series_whose_instance_was_a_part(self, ana: Api) -> None:
        outer, inner = await make_series(ana, title="outer"), await make_series(ana, title="inner")
        (whole,), (part,) = await open_tasks(ana, outer), await open_tasks(ana, inner)
        await ana.patch(f"/tasks/{part['id']}", {"parent_id": whole["id"]})
        await ana.delete(f"/recurring-tasks/{outer['id']}")
        statuses = list((await history(ana, inner)).values())
        assert statuses == ["skipped", "open"]
        assert len(await open_tasks(ana, inner)) == 1

    async def test_while_an_instance_is_completed_leaves_nothing_behind(self, ana: Api) -> None:
        for _ in range(5):
            series = await make_series(ana)
            (task,) = await open_tasks(ana, series)
            completed, deleted = await asyncio.gather(
                ana.patch(f"/tasks/{task['id']}/complete"), ana.delete(f"/recurring-tasks/{series['id']}")
            )
            assert deleted.status_code == 204
            assert completed.status_code in (200, 409)
            page = (await ana.get("/tasks?include_total=true")).json()
            assert page["total"] == (completed.status_code == 200)
            for left in page["items"]:
                await ana.delete(f"/tasks/{left['id']}")


class TestInstances:
    async def test_are_listed_by_date_the_latest_first(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana)
        for day in ("2026-03-10", "2026-03-11", "2026-03-12"):
            (task,) = await open_tasks(ana, series)
            if day == "2026-03-11":
                await ana.post(f"/recurring-tasks/{series['id']}/instances/{day}/skip")
            else:
                await complete(ana, task)
        path = f"/recurring-tasks/{series['id']}/instances"
        first = await ana.get(f"{path}?limit=3&include_total=true")
        shown = [(item["occurrence_date"], item["status"]) for item in first.json()["items"]]
        assert shown == [("2026-03-13", "open"), ("2026-03-12", "completed"), ("2026-03-11", "skipped")]
        assert first.json()["total"] == 4
        following = await ana.client.get(first.headers["link"][1:].partition(">")[0])
        (last,) = following.json()["items"]
        assert last == {
            "occurrence_date": "2026-03-10",
            "status": "completed",
            "closed_at": "2026-03-10T12:00:00Z",
            "task_id": last["task_id"],
        }
        (skipped,) = (await ana.get(f"{path}?status=skipped&include_total=true")).json()["items"]
        assert skipped["occurrence_date"] == "2026-03-11"
        trashed = (await ana.get("/tasks?trash=true")).json()["items"]
        assert [task["id"] for task in trashed] == [skipped["task_id"]]

    async def test_outlive_their_tasks(self, ana: Api, admin: asyncpg.Connection) -> None:
        series = await make_series(ana)
        (first,) = await open_tasks(ana, series)
        await complete(ana, first)
        await ana.delete(f"/tasks/{first['id']}?permanent=true")
        (second,) = await open_tasks(ana, series)
        await ana.delete(f"/tasks/{second['id']}")
        await admin.execute("UPDATE tasks SET deleted_at = now() - interval '31 days' WHERE id = $1", second["id"])
        page = (await ana.get(f"/recurring-tasks/{series['id']}/instances")).json()["items"]
        assert [(item["status"], item["task_id"] is None) for item in page] == [
            ("open", False),
            ("skipped", True),
            ("completed", True),
        ]

    async def test_refuse_a_cursor_of_another_series(self, ana: Api) -> None:
        one, other = await make_series(ana), await make_series(ana)
        for series in (one, other):
            await complete(ana, (await open_tasks(ana, series))[0])
        cursor = (await ana.get(f"/recurring-tasks/{one['id']}/instances?limit=1")).json()["next_cursor"]
        path = f"/recurring-tasks/{other['id']}/instances?limit=1&cursor={cursor}"
        problem(await ana.get(path), 422, "validation_error")

    async def test_of_an_unknown_series_are_not_found(self, ana: Api) -> None:
        problem(await ana.get(f"/recurring-tasks/{uuid4()}/instances"), 404, "not_found")


class TestOccurrences:
    async def test_are_the_dates_by_the_rule_with_their_instants(self, ana: Api) -> None:
        series = await make_series(
            ana, rrule="FREQ=WEEKLY;BYDAY=SU", start_date="2026-01-01", due_time="02:30", timezone="Europe/Berlin"
        )
        path = f"/recurring-tasks/{series['id']}/occurrences"
        assert (await ana.get(f"{path}?after=2026-03-22&before=2026-04-05")).json() == {
            "items": [{"date": "2026-03-29", "due_at": "2026-03-29T01:30:00Z"}],  # 02:30 does not exist on that day
            "next_after": None,
        }
        assert (await ana.get("/tasks?include_total=true")).json()["total"] == 1

    async def test_are_at_most_a_thousand_and_can_be_gone_on_with(self, ana: Api) -> None:
        series = await make_series(ana, rrule="FREQ=DAILY;COUNT=1000", start_date="2026-01-01", due_time=None)
        path = f"/recurring-tasks/{series['id']}/occurrences"
        everything = (await ana.get(path)).json()
        assert (len(everything["items"]), everything["next_after"]) == (1000, None)
        endless = await make_series(ana, start_date="2026-01-01", due_time=None)
        path = f"/recurring-tasks/{endless['id']}/occurrences"
        first = (await ana.get(path)).json()
        assert first == {**everything, "next_after": "2028-09-26"}
        following = (await ana.get(f"{path}?after={first['next_after']}")).json()
        assert following["items"][0] == {"date": "2028-09-27", "due_at": None}

    async def test_counted_from_completion_are_as_if_each_were_done_on_its_day(self, ana: Api, travel: Travel) -> None:
        await travel.to("2026-03-10", ana)
        series = await make_series(ana, rrule="FREQ=DAILY;INTERVAL=3;COUNT=4", mode="after_completion", due_time=None)
        await complete(ana, (await open_tasks(ana, series))[0])
        path = f"/recurring-tasks/{series['id']}/occurrences"
        found = (await ana.get(path)).json()["items"]
        assert [each["date"] for each in found] == ["2026-03-13", "2026-03-16", "2026-03-19"]
        found = (await ana.get(f"{path}?after=2026-03-13&before=2026-03-19")).json()["items"]
        assert [each["date"] for each in found] == ["2026-03-16"]

    async def test_of_an_unknown_series_are_not_found(self, ana: Api) -> None:
        problem(await ana.get(f"/recurring-tasks/{uuid4()}/occurrences"), 404, "not_found")


class TestPreview:
    async def test_says_what_a_rule_means_and_stores_nothing(self, ana: Api, travel: Travel, sent: Sent) -> None:
        await travel.to("2026-03-10", ana)
        body = {
            "rrule": "FREQ=MONTHLY;BYDAY=-1FR",
            "start_date": "2026-02-01",
            "due_time": "17:00",
            "timezone": "Europe/Madrid",
        }
        await sent.forget()
        preview = (await ana.post("/recurring-tasks/preview", body)).json()
        assert await sent.count() == 2  # the opening and the COMMIT
        assert preview["description"] == "every month on the last Friday"
        assert preview["rrule"] == "FREQ=MONTHLY;BYDAY=-1FR"
        assert len(preview["occurrences"]) == 10
        assert preview["occurrences"][:2] == [
            {"date": "2026-03-27", "due_at": "2026-03-27T16:00:00Z"},
            {"date": "2026-04-24", "due_at": "2026-04-24T15:00:00Z"},
        ]
        assert (await ana.get("/recurring-tasks")).json()["items"] == []

    async def test_is_in_the_users_zone_from_today_on_when_nothing_is_said(self, ana: Api, travel: Travel) -> None:
        await ana.patch("/users/me", {"timezone": "Pacific/Kiritimati"})
        await travel.to("2026-03-10T10:30:00Z", ana)
        preview = (await ana.post("/recurring-tasks/preview", {"rrule": "FREQ=DAILY;COUNT=2"})).json()
        assert preview["occurrences"] == [
            {"date": "2026-03-11", "due_at": None},
            {"date": "2026-03-12", "due_at": None},
        ]

    async def test_refuses_what_never_fires(self, ana: Api, api: Api) -> None:
        body = {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "start_date": "2026-01-01"}
        document = problem(await ana.post("/recurring-tasks/preview", body), 422, "validation_error")
        assert document["errors"][0]["code"] == "never_fires"
        problem(await api.post("/recurring-tasks/preview", {"rrule": "FREQ=DAILY"}), 401, "unauthorized")
