"""One line of text makes a task or a series."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from src.core import clock
from tests.api.test_isolation import rows_of
from tests.factories import Api, problem


@pytest.fixture(autouse=True)
def monday_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Already Tuesday, 24 November 2026, in Auckland."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 20, 0, tzinfo=UTC))


async def quick(caller: Api, text: str, **more: object) -> dict[str, Any]:
    response = await caller.post("/tasks/quick", {"text": text, **more})
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


class TestATask:
    async def test_is_made_with_all_that_was_understood(self, ana: Api):
        response = await ana.post("/tasks/quick", {"text": "Call Ana tomorrow 5pm #work !high"})
        answer = response.json()
        task = answer["task"]
        assert (response.status_code, response.headers["location"]) == (201, f"/api/v1/tasks/{task['id']}")
        assert (task["title"], task["due_date"], task["due_time"]) == ("Call Ana", "2026-11-24", "17:00:00")
        assert (task["due_at"], task["priority"]["name"]) == ("2026-11-24T17:00:00Z", "High")
        assert [tag["name"] for tag in task["tags"]] == ["work"]
        assert answer["recurring_task"] is None
        assert (await ana.get(f"/tasks/{task['id']}")).json() == task

    async def test_tells_which_pieces_of_the_text_said_so(self, ana: Api):
        text = "🎉 Call Ana tomorrow 5pm #work !high"
        understood = (await quick(ana, text))["understood"]
        pieces = [(text[span["start"] : span["end"]], span["kind"], span["value"]) for span in understood["spans"]]
        assert pieces == [
            ("tomorrow", "date", "2026-11-24"), ("5pm", "time", "17:00"), ("#work", "tag", "work"),
            ("!high", "priority", "high"),
        ]  # fmt: skip
        units = text.encode("utf-16-le")
        span = understood["spans"][0]
        assert units[2 * span["utf16_start"] : 2 * span["utf16_end"]].decode("utf-16-le") == "tomorrow"

    @pytest.mark.parametrize("text", ["call 5 people", "May needs a call", "Read 1984", 'Watch "Friday" again'])
    async def test_keeps_as_its_title_what_only_looks_like_a_date(self, ana: Api, text: str):
        answer = await quick(ana, text)
        assert (answer["task"]["title"], answer["task"]["due_date"]) == (text.replace('"', ""), None)

    async def test_is_due_by_the_day_of_the_user_or_of_the_zone_that_is_named(self, ana: Api):
        await ana.patch("/users/me", {"timezone": "Pacific/Auckland"})
        assert (await quick(ana, "x tomorrow"))["task"]["due_date"] == "2026-11-25"
        in_lima = (await quick(ana, "x tomorrow 9am", timezone="America/Lima"))["task"]
        assert (in_lima["due_date"], in_lima["timezone"]) == ("2026-11-24", "America/Lima")

    async def test_gets_the_tags_that_are_there_and_new_ones(self, ana: Api, bob: Api):
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        await bob.post("/tags", {"name": "home"})
        tags = (await quick(ana, "x #work #home"))["task"]["tags"]
        assert tag["id"] in {tag["id"] for tag in tags}
        names = [tag["name"] for tag in (await ana.get("/tags")).json()["items"]]
        assert names == ["home", "Work"]
        assert len((await bob.get("/tags")).json()["items"]) == 1

    async def test_can_be_sent_again_even_on_another_day(self, ana: Api, monkeypatch: pytest.MonkeyPatch):
        body = {"id": str(uuid4()), "text": "x tomorrow #new"}
        first = (await ana.post("/tasks/quick", body)).json()
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, tzinfo=UTC))
        await ana.log_in()
        again = await ana.post("/tasks/quick", body)
        assert (again.status_code, again.json()["task"]) == (200, first["task"])
        problem(await ana.post("/tasks/quick", {**body, "text": "y tomorrow"}), 409, "id_in_use")
        assert len((await ana.get("/tasks")).json()["items"]) == 1


class TestASeries:
    async def test_is_made_with_its_first_task(self, ana: Api):
        response = await ana.post("/tasks/quick", {"text": "Pay rent every month on the 1st at 9am #home !high"})
        answer = response.json()
        series, task = answer["recurring_task"], answer["task"]
        assert response.headers["location"] == f"/api/v1/recurring-tasks/{series['id']}"
        assert (series["rrule"], series["start_date"], series["due_time"]) == (
            "FREQ=MONTHLY;BYMONTHDAY=1", "2026-12-01", "09:00:00",
        )  # fmt: skip
        assert (task["title"], task["due_at"], task["recurring_task_id"]) == (
            "Pay rent", "2026-12-01T09:00:00Z", series["id"],
        )  # fmt: skip
        assert [tag["name"] for tag in task["tags"]] == ["home"]
        assert answer["understood"]["rrule_description"]
        assert (await ana.get(f"/recurring-tasks/{series['id']}")).json() == series

    async def test_may_count_from_the_day_of_completion(self, ana: Api):
        series = (await quick(ana, "Water plants every 2 weeks after completion"))["recurring_task"]
        assert (series["mode"], series["rrule"]) == ("after_completion", "FREQ=WEEKLY;INTERVAL=2")

    async def test_can_be_sent_again(self, ana: Api):
        body = {"id": str(uuid4()), "text": "Stretch every day"}
        first = (await ana.post("/tasks/quick", body)).json()
        again = await ana.post("/tasks/quick", body)
        assert (again.status_code, again.json()) == (200, first)

    async def test_sent_again_shows_the_task_that_is_open_by_now(self, ana: Api, admin: asyncpg.Connection):
        body = {"id": str(uuid4()), "text": "Stretch every day"}
        first = (await ana.post("/tasks/quick", body)).json()["task"]
        await ana.delete(f"/tasks/{first['id']}")
        for _ in range(2):
            again = await ana.post("/tasks/quick", body)
            assert (again.status_code, again.json()["task"]["due_date"]) == (200, "2026-11-24")
            await admin.execute("UPDATE tasks SET deleted_at = '2020-01-01' WHERE id = $1", UUID(first["id"]))


class TestADryRun:
    @pytest.mark.parametrize("text", ["Call Ana tomorrow #new", "Stretch every day #new"])
    async def test_makes_nothing(self, ana: Api, admin: asyncpg.Connection, text: str):
        before = await rows_of(admin, ana.id)
        response = await ana.post("/tasks/quick", {"text": text, "dry_run": True})
        answer = response.json()
        assert (response.status_code, answer["task"], answer["recurring_task"]) == (200, None, None)
        assert "location" not in response.headers
        assert answer["understood"]["tags"] == ["new"]
        assert await rows_of(admin, ana.id) == before

    async def test_understands_what_the_real_one_makes(self, ana: Api):
        text = "Standup every weekday at 9:30 #work until 2027-01-31"
        dry = (await ana.post("/tasks/quick", {"text": text, "dry_run": True})).json()["understood"]
        made = await quick(ana, text)
        assert made["understood"] == dry
        assert (dry["rrule"], dry["due_date"]) == (made["recurring_task"]["rrule"], made["task"]["due_date"])


class TestRefuses:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("tomorrow #work", "title_empty"),
            ("x" * 256, "title_too_long"),
            ("a\x00b", "control_character"),
            (" ", "title_empty"),
        ],
    )
    async def test_a_text_that_makes_no_task(self, ana: Api, admin: asyncpg.Connection, text: str, code: str):
        before = await rows_of(admin, ana.id)
        document = problem(await ana.post("/tasks/quick", {"text": text}), 422, "validation_error")
        assert (document["errors"][0]["pointer"], document["errors"][0]["code"]) == ("/text", code)
        assert await rows_of(admin, ana.id) == before

    async def test_whoever_is_not_logged_in(self, api: Api):
        problem(await api.post("/tasks/quick", {"text": "x"}), 401, "unauthorized")

    @settings(max_examples=40)
    @given(
        st.lists(
            st.sampled_from(["every", "day", "feb 30", "until", "tomorrow", "#x", "!1", "at 25:00", "9999-12-31", "in",
                             "1000 years", "last", "friday", "after completion", "for 3 weeks", "x", "starting", "0"]),
            max_size=9,
        )
    )  # fmt: skip
    async def test_without_an_error_of_its_own(self, app: FastAPI, words: list[str]):
        async with Api.of(app) as caller:
            await caller.register_and_log_in()
            response = await caller.post("/tasks/quick", {"text": " ".join(words)})
            assert response.status_code in (201, 422), response.text
