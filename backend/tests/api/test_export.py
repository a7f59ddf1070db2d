"""Exports: the whole account, and the tasks as a file."""

import asyncio
import csv
import io
import json
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from icalendar import Calendar

from src.services import export_service
from tests.factories import BASE, Api, problem
from tests.portability import document, everything, exported, id_of, imported


async def rows(caller: Api) -> list[dict[str, str]]:
    answer = await caller.get("/tasks/export?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def calendar(caller: Api) -> Any:
    answer = await caller.get("/tasks/export?format=ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


async def messages(app: FastAPI, path: str, authorization: str) -> list[Any]:
    """What a server is given to send; httpx would not take an answer that has no end."""
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    address, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": address, "raw_path": address.encode(), "query_string": query.encode(),
        "headers": [(b"authorization", authorization.encode())], "server": ("localhost", 80), "client": ("10.0.0.1", 1),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


class TestTheAccount:
    async def test_is_one_document(self, ana: Api):
        await imported(ana, everything())
        answer = await ana.get("/users/me/export")
        assert answer.headers["content-disposition"] == 'attachment; filename="account.json"'
        assert answer.headers["cache-control"] == "no-store"
        whole = answer.json()
        assert (whole["format"], whole["format_version"]) == ("todo-export", 1)
        assert {name: len(whole[name]) for name in ("tags", "recurring_tasks", "task_instances", "tasks")} == {
            "tags": 2, "recurring_tasks": 2, "task_instances": 4, "tasks": 6,
        }  # fmt: skip
        assert whole["user"] == {name: ana.user[name] for name in whole["user"]}

    async def test_holds_no_secret(self, ana: Api, admin: asyncpg.Connection):
        text = (await ana.get("/users/me/export")).text
        stored = await admin.fetchrow("SELECT password_hash, email_key FROM users WHERE id = $1", ana.id)
        assert stored["password_hash"] not in text
        assert not {"password", "hash", "session", "token"} & set(text.replace('"', " ").split())

    async def test_of_a_new_user_is_empty_and_imports(self, ana: Api, bob: Api):
        answer = await ana.get("/users/me/export")
        assert answer.json()["tasks"] == []
        await imported(bob, answer.content)

    async def test_holds_nothing_of_others(self, ana: Api, bob: Api):
        await imported(ana, everything())
        assert await exported(bob) == {
            **document(),
            "tags": [],
            "recurring_tasks": [],
            "task_instances": [],
            "tasks": [],
        }

    async def test_goes_over_many_batches_without_losing_or_repeating(self, ana: Api, monkeypatch: pytest.MonkeyPatch):
        many = [{"id": id_of(str(number)), "title": str(number)} for number in range(export_service.BATCH * 2 + 1)]
        tags = [{"id": id_of(f"tag {number}"), "name": str(number)} for number in range(export_service.BATCH + 1)]
        await imported(ana, document(tasks=many, tags=tags))
        whole = await exported(ana)
        assert [task["title"] for task in whole["tasks"]] == [task["title"] for task in many]
        assert {tag["id"] for tag in whole["tags"]} == {tag["id"] for tag in tags}
        assert [row["id"] for row in await rows(ana)] == [task["id"] for task in many]

    async def test_is_of_one_moment(self, ana: Api, app: FastAPI):
        """What is written while it is read is not in it, although each batch is a statement of its own."""
        await ana.create_task(title="before")
        service = export_service.ExportService(app.state.context.database, app.state.context.exports)
        pieces = await service.account(app.state.context.access_tokens.verify(ana.client.headers["Authorization"][7:]))
        first = await anext(pieces)
        await ana.create_task(title="meanwhile")
        whole = json.loads(first + b"".join([piece async for piece in pieces]))
        assert [task["title"] for task in whole["tasks"]] == ["before"]


class TestTasks:
    async def test_are_json_without_the_trash_that_imports_again(self, ana: Api, bob: Api):
        await imported(ana, everything())
        answer = await ana.get("/tasks/export")
        assert answer.headers["content-disposition"] == 'attachment; filename="tasks.json"'
        assert len(answer.json()["tasks"]) == 5
        assert "user" not in answer.json()
        await imported(bob, answer.content)
        assert (await bob.get("/tasks/export")).json()["tasks"] == answer.json()["tasks"]

    async def test_are_csv_in_the_order_by_hand(self, ana: Api):
        await imported(ana, everything())
        found = await rows(ana)
        assert [row["title"] for row in found] == ["leaf", "branch", "'=root", "Water plants", "Water plants"]
        root = found[2]
        assert root["description"] == "two\nlines"
        assert (root["due_date"], root["due_time"], root["timezone"]) == ("2026-12-01", "17:00:00", "America/New_York")
        assert (root["priority"], root["tags"], root["is_completed"]) == ("urgent", "Home\\, sweet", "false")
        assert found[1]["parent_id"] == root["id"]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "'=", "''@", "'-"])
    async def test_are_csv_that_no_spreadsheet_runs(self, ana: Api, start: str):
        title = f"{start}1+cmd|' /C calc'!A0"
        await ana.create_task(title=title, description=title)
        (row,) = await rows(ana)
        assert (row["title"], row["description"]) == (f"'{title}", f"'{title}")

    async def test_are_csv_whose_later_lines_are_no_rows(self, ana: Api):
        await ana.create_task(title='a,"b"', description='x"\r\n=1,2')
        (row,) = await rows(ana)
        assert (row["title"], row["description"]) == ('a,"b"', 'x"\n=1,2')

    async def test_are_an_icalendar_that_others_read(self, ana: Api):
        await imported(ana, everything())
        todos = {str(todo["UID"]): todo for todo in (await calendar(ana)).walk("VTODO")}
        assert len(todos) == 5
        root = todos[id_of("root")]
        assert (str(root["SUMMARY"]), str(root["DESCRIPTION"])) == ("=root", "two\nlines")
        assert root["DUE"].dt.isoformat() == "2026-12-01T17:00:00-05:00"
        assert (int(root["PRIORITY"]), root["CATEGORIES"].cats, str(root["STATUS"])) == (
            1,
            ["Home, sweet"],
            "NEEDS-ACTION",
        )
        assert str(todos[id_of("branch")]["RELATED-TO"]) == id_of("root")

    async def test_are_an_icalendar_with_the_rule_at_the_open_instance_only(self, ana: Api):
        await imported(ana, everything())
        todos = {str(todo["UID"]): todo for todo in (await calendar(ana)).walk("VTODO")}
        assert "RRULE" not in todos[id_of("water 1")]
        assert str(todos[id_of("water 1")]["STATUS"]) == "COMPLETED"
        water = todos[id_of("water 3")]
        assert water["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=TU"
        assert water["DTSTART"].dt == water["DUE"].dt

    async def test_are_an_icalendar_that_names_the_rules_of_its_zones_once(self, ana: Api):
        for _ in range(2):
            await ana.create_task(due_date="2026-12-01", due_time="10:00", timezone="Europe/Berlin")
        zones = (await calendar(ana)).walk("VTIMEZONE")
        assert [str(zone["TZID"]) for zone in zones] == ["Europe/Berlin"]

    async def test_of_the_own_path_are_the_same(self, ana: Api):
        await ana.create_task()
        for kind in ("csv", "ics"):
            own = await ana.get(f"/users/{ana.id}/tasks/export?format={kind}")
            assert own.content == (await ana.get(f"/tasks/export?format={kind}")).content

    @pytest.mark.parametrize("query", ["format=xml", "format=CSV", "format=", "format=csv&x=1"])
    async def test_in_an_unknown_form_are_refused(self, ana: Api, query: str):
        problem(await ana.get(f"/tasks/export?{query}"), 422, "validation_error")


class TestWhenItGoesWrong:
    async def test_at_once_it_is_a_problem_document(self, ana: Api):
        await ana.post("/auth/logout")
        for path in ("/users/me/export", "/tasks/export", "/tasks/export?format=csv"):
            problem(await ana.get(path), 401, "unauthorized")

    @pytest.mark.parametrize("path", ["/users/me/export", "/tasks/export", "/tasks/export?format=ics"])
    async def test_midway_the_document_is_not_whole_nor_the_answer(
        self, ana: Api, app: FastAPI, path: str, monkeypatch: pytest.MonkeyPatch
    ):
        await imported(ana, everything())
        monkeypatch.setattr(export_service, "LONGEST", -1.0)
        sent = await messages(app, f"{BASE}{path}", ana.client.headers["Authorization"])
        assert sent[0]["status"] == 200
        assert all(message["more_body"] for message in sent[1:])
        body = b"".join(message["body"] for message in sent[1:])
        assert body
        assert b"END:VCALENDAR" not in body
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(body)

    async def test_more_than_are_taken_at_once_are_told_to_come_again(self, ana: Api, app: FastAPI):
        with app.state.context.exports.admit(ana.id), app.state.context.exports.admit(ana.id):
            answer = await ana.get("/users/me/export")
            problem(answer, 503, "unavailable")
            assert answer.headers["retry-after"] == "5"
        assert (await ana.get("/users/me/export")).status_code == 200

    async def test_a_reader_who_goes_away_gives_the_connection_back(self, ana: Api, app: FastAPI):
        context = app.state.context
        service = export_service.ExportService(context.database, context.exports)
        owner = context.access_tokens.verify(ana.client.headers["Authorization"][7:])
        before = context.database.engine.pool.checkedout()
        for _ in range(10):
            pieces = await service.account(owner)
            await anext(pieces)
            await pieces.aclose()
        assert context.database.engine.pool.checkedout() == before

    async def test_a_reader_who_stops_reading_loses_the_connection(
        self, ana: Api, app: FastAPI, admin: asyncpg.Connection
    ):
        context = app.state.context
        service = export_service.ExportService(context.database, context.exports)
        pieces = await service.account(context.access_tokens.verify(ana.client.headers["Authorization"][7:]))
        waiting = await admin.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        assert len(waiting) == 1
        await admin.execute("SELECT pg_terminate_backend($1)", waiting[0]["pid"])  # as its patience would
        await asyncio.sleep(0.1)
        with pytest.raises(Exception, match="cannot be reached"):
            _ = [piece async for piece in pieces]
        assert (await ana.get("/users/me/export")).status_code == 200
