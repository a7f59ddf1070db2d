"""The routes of tasks: what each does, and what it refuses."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.factories import Api, problem


class TestCreate:
    async def test_answers_with_the_whole_task_its_place_and_its_version(self, ana: Api) -> None:
        response = await ana.post("/tasks", {"title": "Call Ana"})
        task = response.json()
        assert response.status_code == 201
        assert response.headers["location"] == f"/api/v1/tasks/{task['id']}"
        assert response.headers["etag"] == '"1"'
        assert response.headers["cache-control"] == "private, no-cache"
        assert task == {
            "id": task["id"],
            "user_id": ana.user["id"],
            "title": "Call Ana",
            "description": None,
            "is_completed": False,
            "completed_at": None,
            "priority": None,
            "due_date": None,
            "due_time": None,
            "timezone": None,
            "due_at": None,
            "tags": [],
            "parent_id": None,
            "position": task["position"],
            "recurring_task_id": None,
            "occurrence_date": None,
            "deleted_at": None,
            "version": 1,
            "created_at": task["created_at"],
            "updated_at": task["created_at"],
        }
        assert task["created_at"].endswith("Z")

    async def test_nests_the_priority(self, ana: Api) -> None:
        task = await ana.create_task(priority="urgent")
        assert task["priority"] == {"id": 4, "name": "Urgent", "level": 4, "color": "#DC2626"}

    async def test_names_the_instant_in_the_zone_of_the_user(self, api: Api) -> None:
        await api.register_and_log_in(timezone="America/New_York")
        task = await api.create_task(due_date="2026-03-07", due_time="09:00")
        assert (task["timezone"], task["due_at"]) == ("America/New_York", "2026-03-07T14:00:00Z")
        after_the_change = await api.create_task(due_date="2026-03-09", due_time="09:00")
        assert after_the_change["due_at"] == "2026-03-09T13:00:00Z"

    async def test_takes_the_zone_it_is_given(self, ana: Api) -> None:
        task = await ana.create_task(due_date="2026-07-01", due_time="17:30:15", timezone="Asia/Kathmandu")
        assert (task["due_time"], task["due_at"]) == ("17:30:15", "2026-07-01T11:45:15Z")

    async def test_keeps_a_day_without_a_time_as_that_day(self, ana: Api) -> None:
        task = await ana.create_task(due_date="2026-07-01", timezone="Pacific/Kiritimati")
        assert (task["due_date"], task["due_time"], task["due_at"]) == ("2026-07-01", None, None)

    async def test_can_make_a_task_that_is_done_already(self, ana: Api) -> None:
        task = await ana.create_task(is_completed=True)
        assert task["is_completed"]
        assert task["completed_at"] == task["created_at"]

    async def test_refuses_a_time_without_a_day(self, ana: Api) -> None:
        document = problem(await ana.post("/tasks", {"title": "x", "due_time": "09:00"}), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "/due_time"

    async def test_needs_a_title(self, ana: Api) -> None:
        document = problem(await ana.post("/tasks", {}), 422, "validation_error")
        assert document["errors"] == [{"pointer": "/title", "code": "missing", "message": "is required"}]

    async def test_says_how_long_a_title_may_be(self, ana: Api) -> None:
        words = {"": "must have at least 1 character", "x" * 256: "must have at most 255 characters"}
        for title, message in words.items():
            document = problem(await ana.post("/tasks", {"title": title}), 422, "validation_error")
            assert [error["message"] for error in document["errors"]] == [message]

    async def test_anonymous_callers_are_refused(self, api: Api) -> None:
        response = await api.post("/tasks", {"title": "x"})
        problem(response, 401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"


class TestCreateAgain:
    async def test_the_same_content_is_the_same_create(self, ana: Api) -> None:
        body = {"id": str(uuid4()), "title": "Once", "priority": "low"}
        first, second = await ana.post("/tasks", body), await ana.post("/tasks", body)
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()

    async def test_it_stays_the_same_create_after_the_task_was_changed(self, ana: Api) -> None:
        body = {"id": str(uuid4()), "title": "Once"}
        await ana.post("/tasks", body)
        await ana.patch(f"/tasks/{body['id']}", {"title": "Changed"})
        again = await ana.post("/tasks", body)
        assert again.status_code == 200
        assert again.json()["title"] == "Changed"

    async def test_leaving_out_a_default_is_the_same_content(self, ana: Api) -> None:
        task_id = str(uuid4())
        await ana.post("/tasks", {"id": task_id, "title": "Once"})
        again = await ana.post("/tasks", {"id": task_id.upper(), "title": " Once ", "description": None})
        assert again.status_code == 200

    async def test_other_content_is_refused(self, ana: Api) -> None:
        task_id = str(uuid4())
        await ana.post("/tasks", {"id": task_id, "title": "Once"})
        problem(await ana.post("/tasks", {"id": task_id, "title": "Other"}), 409, "id_in_use")

    async def test_parallel_retries_make_one_task(self, ana: Api) -> None:
        body = {"id": str(uuid4()), "title": "Once"}
        answers = await asyncio.gather(*(ana.post("/tasks", body) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
        assert len((await ana.get("/tasks")).json()["items"]) == 1


class TestRead:
    async def test_answers_304_while_nothing_changed(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"
        unchanged = await ana.get(path, headers={"If-None-Match": 'W/"7", "1"'})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", '"1"')
        await ana.patch(path, {"title": "New"})
        assert (await ana.get(path, headers={"If-None-Match": '"1"'})).status_code == 200

    async def test_an_unknown_id_is_not_found(self, ana: Api) -> None:
        problem(await ana.get(f"/tasks/{uuid4()}"), 404, "not_found")


class TestUpdate:
    async def test_leaves_alone_what_is_left_out(self, ana: Api) -> None:
        full = {
            "description": "By phone",
            "priority": "high",
            "due_date": "2026-12-01",
            "due_time": "17:00:00",
            "timezone": "Europe/Madrid",
        }
        task = await ana.create_task(**full)
        changed = (await ana.patch(f"/tasks/{task['id']}", {"title": "Call her"})).json()
        assert changed == {**task, "title": "Call her", "version": 2, "updated_at": changed["updated_at"]}

    @pytest.mark.parametrize("field", ["description", "priority", "due_date", "timezone"])
    async def test_null_clears(self, ana: Api, field: str) -> None:
        values = {"description": "x", "priority": "low", "due_date": "2026-12-01", "timezone": "Europe/Madrid"}
        task = await ana.create_task(**values)
        changed = (await ana.patch(f"/tasks/{task['id']}", {field: None})).json()
        assert changed[field] is None
        assert {**changed, field: task[field], "version": 1, "updated_at": task["updated_at"]} == task

    async def test_clearing_the_day_needs_the_time_cleared_too(self, ana: Api) -> None:
        task = await ana.create_task(due_date="2026-12-01", due_time="17:00")
        path = f"/tasks/{task['id']}"
        problem(await ana.patch(path, {"due_date": None}), 422, "validation_error")
        cleared = (await ana.patch(path, {"due_date": None, "due_time": None})).json()
        assert (cleared["due_date"], cleared["due_time"], cleared["due_at"]) == (None, None, None)

    async def test_moving_the_day_moves_the_instant(self, ana: Api) -> None:
        task = await ana.create_task(due_date="2026-03-28", due_time="09:00", timezone="Europe/Madrid")
        assert task["due_at"] == "2026-03-28T08:00:00Z"
        moved = (await ana.patch(f"/tasks/{task['id']}", {"due_date": "2026-03-30"})).json()
        assert moved["due_at"] == "2026-03-30T07:00:00Z"

    @pytest.mark.parametrize("body", [{}, {"title": "Call Ana"}, {"description": None}, {"is_completed": False}])
    async def test_what_changes_nothing_is_no_change(self, ana: Api, body: dict[str, object]) -> None:
        task = await ana.create_task()
        response = await ana.patch(f"/tasks/{task['id']}", body)
        assert (response.status_code, response.json()) == (200, task)

    async def test_completing_by_patch_sets_the_instant(self, ana: Api) -> None:
        task = await ana.create_task()
        done = (await ana.patch(f"/tasks/{task['id']}", {"is_completed": True})).json()
        assert done["completed_at"] == done["updated_at"]
        assert (await ana.patch(f"/tasks/{task['id']}", {"is_completed": False})).json()["completed_at"] is None

    async def test_a_title_cannot_be_null(self, ana: Api) -> None:
        task = await ana.create_task()
        problem(await ana.patch(f"/tasks/{task['id']}", {"title": None}), 422, "validation_error")

    async def test_of_two_updates_of_one_version_one_is_refused(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"
        answers = await asyncio.gather(
            *(ana.patch(path, {"title": f"by {n}"}, headers={"If-Match": '"1"'}) for n in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        winner = next(answer.json() for answer in answers if answer.status_code == 200)
        assert (await ana.get(path)).json() == winner

    async def test_parallel_updates_of_other_fields_lose_nothing(self, ana: Api) -> None:
        task = await ana.create_task()
        bodies = [{"title": "New"}, {"description": "New"}, {"priority": "low"}, {"due_date": "2026-12-01"}]
        await asyncio.gather(*(ana.patch(f"/tasks/{task['id']}", body) for body in bodies))
        final = (await ana.get(f"/tasks/{task['id']}")).json()
        assert (final["title"], final["description"], final["due_date"]) == ("New", "New", "2026-12-01")
        assert (final["priority"]["name"], final["version"]) == ("Low", 5)


class TestIfMatch:
    @pytest.mark.parametrize("tag", ['"1"', "*", '"7", "1"', '  "1"  '])
    async def test_lets_pass(self, ana: Api, tag: str) -> None:
        task = await ana.create_task()
        response = await ana.patch(f"/tasks/{task['id']}", {"title": "New"}, headers={"If-Match": tag})
        assert response.status_code == 200

    @pytest.mark.parametrize("tag", ['"2"', 'W/"1"', '"01"', '"99999999999999999999"', '""', '"x"'])
    @pytest.mark.parametrize("method", ["update", "complete", "delete"])
    async def test_refuses_and_changes_nothing(self, ana: Api, tag: str, method: str) -> None:
        task = await ana.create_task()
        path, headers = f"/tasks/{task['id']}", {"If-Match": tag}
        response = await {
            "update": lambda: ana.patch(path, {"title": "New"}, headers=headers),
            "complete": lambda: ana.patch(f"{path}/complete", headers=headers),
            "delete": lambda: ana.delete(path, headers=headers),
        }[method]()
        problem(response, 412, "version_mismatch")
        assert (await ana.get(path)).json() == task

    async def test_must_be_an_etag(self, ana: Api) -> None:
        task = await ana.create_task()
        response = await ana.patch(f"/tasks/{task['id']}", {"title": "New"}, headers={"If-Match": "1"})
        assert problem(response, 422, "validation_error")["errors"][0]["pointer"] == "header/if-match"


class TestDelete:
    async def test_takes_the_task_out_of_the_list(self, ana: Api) -> None:
        task = await ana.create_task()
        assert (await ana.delete(f"/tasks/{task['id']}", headers={"If-Match": '"1"'})).status_code == 204
        assert (await ana.get("/tasks")).json()["items"] == []

    async def test_an_unknown_id_is_not_found(self, ana: Api) -> None:
        for query in ("", "?permanent=true"):
            problem(await ana.delete(f"/tasks/{uuid4()}{query}"), 404, "not_found")


class TestComplete:
    async def test_toggles_without_a_body(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}/complete"
        done = (await ana.patch(path)).json()
        assert (done["is_completed"], done["version"], done["completed_at"]) == (True, 2, done["updated_at"])
        reopened = (await ana.patch(path)).json()
        assert (reopened["is_completed"], reopened["version"], reopened["completed_at"]) == (False, 3, None)

    async def test_sets_with_a_body_as_often_as_it_is_sent(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}/complete"
        first = (await ana.patch(path, {"is_completed": True})).json()
        assert (await ana.patch(path, {"is_completed": True})).json() == first

    async def test_twenty_parallel_toggles_all_count(self, ana: Api) -> None:
        task = await ana.create_task()
        await asyncio.gather(*(ana.patch(f"/tasks/{task['id']}/complete") for _ in range(21)))
        final = (await ana.get(f"/tasks/{task['id']}")).json()
        assert (final["is_completed"], final["version"]) == (True, 22)

    async def test_twenty_parallel_toggles_with_retries_end_in_the_right_state(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"

        async def toggle_once() -> None:
            while True:
                tag = (await ana.get(path)).headers["etag"]
                if (await ana.patch(f"{path}/complete", headers={"If-Match": tag})).status_code == 200:
                    return

        await asyncio.gather(*(toggle_once() for _ in range(20)))
        final = (await ana.get(path)).json()
        assert (final["is_completed"], final["version"]) == (False, 21)


class TestOwnerInThePath:
    async def test_serves_the_same_tasks(self, ana: Api) -> None:
        base = f"/users/{ana.id}/tasks"
        created = await ana.post(base, {"title": "Here"})
        task = created.json()
        assert created.headers["location"] == f"/api/v1{base}/{task['id']}"
        assert (await ana.get(f"{base}/{task['id']}")).json() == task
        assert (await ana.get(base)).json() == (await ana.get("/tasks")).json()
        assert (await ana.patch(f"{base}/{task['id']}/complete")).json()["is_completed"]
        assert (await ana.delete(f"{base}/{task['id']}")).status_code == 204

    async def test_refuses_another_users_path(self, ana: Api, bob: Api) -> None:
        for user_id in (bob.id, uuid4()):
            problem(await ana.get(f"/users/{user_id}/tasks"), 403, "not_your_path")
            problem(await ana.post(f"/users/{user_id}/tasks", {"title": "x"}), 403, "not_your_path")


class TestList:
    async def test_filters_are_combined(self, ana: Api) -> None:
        wanted = await ana.create_task(title="a", priority="high", due_date="2026-12-02")
        await ana.create_task(title="b", priority="high", due_date="2026-12-02", is_completed=True)
        await ana.create_task(title="c", priority="low", due_date="2026-12-02")
        await ana.create_task(title="d", priority="high", due_date="2026-12-03")
        await ana.create_task(title="e", priority="high", due_date="2026-12-01")
        await ana.create_task(title="f", priority="high")
        query = "completed=false&priority=high&priority=urgent&due_after=2026-12-01&due_before=2026-12-03"
        page = (await ana.get(f"/tasks?{query}&include_total=true")).json()
        assert page == {"items": [wanted], "next_cursor": None, "total": 1}

    async def test_newest_first_unless_asked_otherwise(self, ana: Api) -> None:
        for title in "abc":
            await ana.create_task(title=title)
        assert [task["title"] for task in (await ana.get("/tasks")).json()["items"]] == ["c", "b", "a"]

    @pytest.mark.parametrize(
        ("sort", "titles"),
        [
            ("title", ["Äpfel", "bananas", "Cherries", "dates"]),
            ("-title", ["dates", "Cherries", "bananas", "Äpfel"]),
            ("due_date", ["Cherries", "Äpfel", "bananas", "dates"]),
            ("-due_date", ["Äpfel", "Cherries", "dates", "bananas"]),
            ("priority", ["dates", "bananas", "Äpfel", "Cherries"]),
            ("-priority", ["bananas", "dates", "Cherries", "Äpfel"]),
            ("created_at", ["Äpfel", "bananas", "Cherries", "dates"]),
            ("-completed_at", ["bananas", "dates", "Cherries", "Äpfel"]),
        ],
    )
    async def test_sorts_with_missing_values_last_either_way(self, ana: Api, sort: str, titles: list[str]) -> None:
        await ana.create_task(title="Äpfel", due_date="2026-12-02")
        await ana.create_task(title="bananas", priority="high", is_completed=True)
        await ana.create_task(title="Cherries", due_date="2026-12-01")
        await ana.create_task(title="dates", priority="low")
        for limit in (1, 2, 50):
            assert [task["title"] for task in await walk(ana, f"/tasks?sort={sort}&limit={limit}")] == titles

    @pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])  # the last two are never on one day
    async def test_by_what_is_due_on_the_day_that_it_is_for_the_user(self, api: Api, zone: str) -> None:
        await api.register_and_log_in(timezone=zone)
        now = datetime.now(ZoneInfo(zone))
        for title, days in (("yesterday", -1), ("today", 0), ("tomorrow", 1)):
            due = (now + timedelta(days)).date().isoformat()
            await api.create_task(title=title, due_date=due)
            await api.create_task(title=f"{title}, done", due_date=due, is_completed=True)
        await api.create_task(title="some day")
        assert await titles(api, "due=today") == {"today", "today, done"}
        assert await titles(api, "due=upcoming") == {"tomorrow", "tomorrow, done"}
        assert await titles(api, "due=overdue") == {"yesterday"}
        assert await titles(api, "due=none") == {"some day"}
        assert await titles(api, "due=today&completed=false") == {"today"}

    async def test_overdue_begins_at_the_moment_where_there_is_a_time(self, ana: Api) -> None:
        for title, seconds in (("just past", -5), ("in an hour", 3600)):
            due = datetime.now(UTC) + timedelta(seconds=seconds)
            clock_time = due.strftime("%H:%M:%S")
            await ana.create_task(title=title, due_date=due.date().isoformat(), due_time=clock_time, timezone="UTC")
        assert await titles(ana, "due=overdue") == {"just past"}

    async def test_links_to_the_next_page(self, ana: Api) -> None:
        for title in "abc":
            await ana.create_task(title=title)
        response = await ana.get("/tasks?limit=2&completed=false")
        link = response.headers["link"]
        assert link.endswith('>; rel="next"')
        following = await ana.client.get(link[1:].partition(">")[0])
        assert [task["title"] for task in following.json()["items"]] == ["a"]
        assert "link" not in following.headers

    @pytest.mark.parametrize("change", ["sort=title", "completed=true", "priority=low", "due_before=2026-01-01"])
    async def test_a_cursor_is_good_for_its_own_query_only(self, ana: Api, change: str) -> None:
        for title in "ab":
            await ana.create_task(title=title)
        cursor = (await ana.get("/tasks?limit=1")).json()["next_cursor"]
        assert (await ana.get(f"/tasks?limit=2&cursor={cursor}")).status_code == 200
        problem(await ana.get(f"/tasks?limit=1&cursor={cursor}&{change}"), 422, "validation_error")


async def titles(caller: Api, query: str) -> set[str]:
    return {task["title"] for task in (await caller.get(f"/tasks?{query}&include_total=true")).json()["items"]}


async def walk(caller: Api, path: str) -> list[dict[str, object]]:
    """Every item of a collection, page by page."""
    items: list[dict[str, object]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await caller.get(f"{path}&cursor={cursor}" if cursor else path)).json()
        items += page["items"]
        cursor = page["next_cursor"]
    return items
