"""Imports of our own document, and what holds for files of every kind."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from tests.api.test_isolation import rows_of
from tests.factories import Api, problem
from tests.portability import EVERYTHING, NOTHING, ago, document, everything, exported, id_of, imported, said, send

MIB = 1 << 20
CANARY = "cAnArY"


def task(name: str = "task", **changes: object) -> dict[str, Any]:
    return {"id": id_of(name), "title": name, **changes}


async def faults(caller: Api, content: Any, kind: str = "json", **query: object) -> list[tuple[object, str]]:
    """Of an import that is refused, and has written nothing."""
    before = await exported(caller)
    answer = await send(caller, content, kind, **query)
    refusal = problem(answer, 422, "validation_error")
    assert CANARY.lower() not in answer.text.lower()
    assert await exported(caller) == before
    if "report" not in refusal:
        return [(error["pointer"], error["code"]) for error in refusal["errors"]]
    assert refusal["report"]["created"] == NOTHING
    return said(refusal["report"], "error")


class TestAWholeAccount:
    async def test_comes_out_as_it_went_in(self, ana: Api):
        report = await imported(ana, everything())
        assert (report["created"], report["existing"], report["dry_run"]) == (EVERYTHING, NOTHING, False)
        whole = await exported(ana)
        for name in ("tags", "recurring_tasks", "task_instances", "tasks"):
            sent = {_key(item): item for item in everything()[name]}
            got = {_key(item): item for item in whole[name]}
            assert got.keys() == sent.keys()
            for key, item in sent.items():
                kept = {field: got[key][field] for field in item if not field.endswith("_at")}
                assert kept == {field: value for field, value in item.items() if not field.endswith("_at")}

    async def test_goes_from_one_user_to_another_unchanged(self, ana: Api, bob: Api):
        await imported(ana, everything())
        made = await ana.create_task(title="by hand", description="", tags=[id_of("home")])
        await ana.patch(f"/tasks/{made['id']}/complete", {"is_completed": True})
        answer = await ana.get("/users/me/export")
        assert answer.headers["content-type"] == "application/json"
        report = await imported(bob, answer.content)
        assert report["created"] == {**EVERYTHING, "tasks": EVERYTHING["tasks"] + 1}
        assert await exported(bob) == await exported(ana)
        theirs, hers = [(await caller.get("/tasks?limit=200")).json()["items"] for caller in (bob, ana)]
        for one, other in zip(theirs, hers, strict=True):
            assert {**one, "user_id": 0, "version": 0} == {**other, "user_id": 0, "version": 0}
            assert one["version"] == 1

    async def test_is_found_by_search_and_sorted_by_hand(self, ana: Api):
        await imported(ana, everything())
        found = (await ana.get("/tasks?q=lines")).json()["items"]
        assert [item["title"] for item in found] == ["=root"]
        ordered = (await ana.get("/tasks?sort=position")).json()["items"]
        assert [item["title"] for item in ordered] == ["leaf", "branch", "=root", "Water plants", "Water plants"]
        assert [item["title"] for item in (await ana.get("/tasks?trash=true")).json()["items"]] == ["gone"]
        root = (await ana.get(f"/tasks/{id_of('root')}")).json()
        assert (root["due_at"], root["tags"][0]["name"]) == ("2026-12-01T22:00:00Z", "Home, sweet")

    async def test_sent_again_changes_nothing(self, ana: Api, admin: asyncpg.Connection):
        await imported(ana, everything())
        before = await rows_of(admin, ana.id)
        report = await imported(ana, everything())
        assert (report["created"], report["existing"]) == (NOTHING, EVERYTHING)
        assert ("/tasks/0", "exists") in said(report, "info")
        assert await rows_of(admin, ana.id) == before

    async def test_sent_many_times_at_once_is_there_once(self, ana: Api):
        answers = await asyncio.gather(*(send(ana, everything()) for _ in range(6)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        reports = [answer.json() for answer in answers if answer.status_code == 200]
        assert sorted(report["created"]["tasks"] for report in reports) == [0] * (len(reports) - 1) + [6]
        assert len((await exported(ana))["tasks"]) == 6

    async def test_of_a_dry_run_is_only_told_of(self, ana: Api, admin: asyncpg.Connection):
        before = await rows_of(admin, ana.id)
        report = await imported(ana, everything(), dry_run=True)
        assert (report["created"], report["dry_run"]) == (EVERYTHING, True)
        assert await rows_of(admin, ana.id) == before
        real = await imported(ana, everything())
        assert {**real, "dry_run": True} == report

    async def test_leaves_what_is_there_as_it_is(self, ana: Api):
        await imported(ana, everything())
        await ana.patch(f"/tasks/{id_of('root')}", {"title": "changed since"})
        await ana.delete(f"/tasks/{id_of('leaf')}?permanent=true")
        report = await imported(ana, everything())
        assert report["created"] == {**NOTHING, "tasks": 1}
        assert (await ana.get(f"/tasks/{id_of('root')}")).json()["title"] == "changed since"
        assert (await ana.get(f"/tasks/{id_of('leaf')}")).json()["parent_id"] == id_of("branch")

    async def test_takes_nothing_from_another_user(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        await imported(ana, everything())
        before = await rows_of(admin, ana.id)
        assert (await imported(bob, everything()))["created"] == EVERYTHING
        assert await rows_of(admin, ana.id) == before
        stranger = document(tasks=[task(tags=[(await ana.post("/tags", {"name": "hers"})).json()["id"]])])
        assert await faults(bob, stranger) == [("/tasks/0", "unknown_tag")]
        mine = (await ana.create_task())["id"]
        assert await faults(bob, document(tasks=[task(parent_id=mine)])) == [("/tasks/0", "unknown_parent")]


def _key(item: dict[str, Any]) -> str:
    return item.get("id") or f"{item['recurring_task_id']} {item['occurrence_date']}"


class TestTags:
    async def test_of_a_name_that_is_there_are_that_tag(self, ana: Api):
        own = (await ana.post("/tags", {"name": "home, SWEET"})).json()
        report = await imported(ana, everything())
        assert (report["created"]["tags"], report["existing"]["tags"]) == (1, 1)
        root = (await ana.get(f"/tasks/{id_of('root')}")).json()
        assert [tag["id"] for tag in root["tags"]] == [own["id"]]

    async def test_of_the_account_may_be_named_by_their_ids(self, ana: Api):
        own = (await ana.post("/tags", {"name": "own"})).json()
        await imported(ana, document(tasks=[task(tags=[own["id"]])]))
        assert (await ana.get(f"/tasks/{id_of('task')}")).json()["tags"][0]["name"] == "own"

    async def test_of_one_name_twice_are_one(self, ana: Api):
        tags = [{"id": id_of("a"), "name": "a"}, {"id": id_of("A"), "name": "A"}]
        report = await imported(ana, document(tags=tags, tasks=[task(tags=[id_of("a"), id_of("A")])]))
        assert report["created"]["tags"] == 1
        assert said(report, "warning") == [("/tags/1", "repeated_name")]
        assert len((await ana.get(f"/tasks/{id_of('task')}")).json()["tags"]) == 1


class TestTimes:
    async def test_that_lie_ahead_become_now(self, ana: Api):
        ahead = ago(days=-9)
        await imported(
            ana, document(tasks=[task(created_at=ahead, updated_at=ahead, is_completed=True, completed_at=ahead)])
        )
        stored = (await ana.get(f"/tasks/{id_of('task')}")).json()
        assert max(stored["created_at"], stored["updated_at"], stored["completed_at"]) <= ago()

    async def test_in_the_trash_that_are_long_past_are_left_out(self, ana: Api):
        old = task("old", deleted_at=ago(days=31))
        part = task("part", parent_id=id_of("old"), deleted_at=ago(days=3))
        report = await imported(ana, document(tasks=[old, part]))
        assert said(report, "info") == [("/tasks/0", "expired"), ("/tasks/1", "created")]
        assert said(report, "warning") == [("/tasks/1", "parent_in_trash")]

    async def test_without_a_zone_are_in_the_users(self, ana: Api):
        await ana.patch("/users/me", {"timezone": "Asia/Tokyo"})
        await imported(ana, document(tasks=[task(due_date="2026-12-01", due_time="09:00")]))
        stored = (await ana.get(f"/tasks/{id_of('task')}")).json()
        assert (stored["timezone"], stored["due_at"]) == ("Asia/Tokyo", "2026-12-01T00:00:00Z")


class TestParents:
    async def test_may_be_of_the_account(self, ana: Api):
        own = await ana.create_task()
        await imported(ana, document(tasks=[task(parent_id=own["id"])]))
        assert (await ana.get(f"/tasks/{id_of('task')}")).json()["parent_id"] == own["id"]

    async def test_of_six_levels_are_the_most(self, ana: Api):
        chain = [task(str(n), **({"parent_id": id_of(str(n - 1))} if n else {})) for n in range(7)]
        assert await faults(ana, document(tasks=chain[::-1])) == [("/tasks/0", "too_deep")]
        assert (await imported(ana, document(tasks=chain[5::-1])))["created"]["tasks"] == 6
        assert await faults(ana, document(tasks=chain[6:])) == [("/tasks/0", "too_deep")]

    async def test_in_a_circle_are_refused(self, ana: Api):
        circle = [task(str(n), parent_id=id_of(str((n + 1) % 3))) for n in range(3)]
        assert [code for _, code in await faults(ana, document(tasks=circle))] == ["circle"]

    async def test_that_are_nowhere_are_refused(self, ana: Api):
        lost = document(tasks=[task(), task("lost", parent_id=str(uuid4()))])
        assert await faults(ana, lost) == [("/tasks/1", "unknown_parent")]

    async def test_in_the_trash_have_no_new_parts(self, ana: Api):
        own = await ana.create_task()
        await ana.delete(f"/tasks/{own['id']}")
        report = await imported(ana, document(tasks=[task(parent_id=own["id"])]))
        assert said(report, "warning") == [("/tasks/0", "parent_in_trash")]
        assert (await ana.get(f"/tasks/{id_of('task')}")).json()["parent_id"] is None

    @pytest.mark.parametrize("is_there", [False, True])
    async def test_that_leave_the_trash_sooner_are_left_behind(self, ana: Api, is_there: bool):
        """They would take their parts along, and an export in between would name parents that it does not hold."""
        whole, part = task("whole", deleted_at=ago(days=20)), task("part", parent_id=id_of("whole"))
        if is_there:
            await imported(ana, document(tasks=[whole]))
        report = await imported(ana, document(tasks=[whole, part | {"deleted_at": ago(days=10)}]))
        assert said(report, "warning") == [("/tasks/1", "parent_in_trash")]
        assert (await ana.get(f"/tasks/{id_of('part')}")).json()["parent_id"] is None


class TestSeries:
    async def test_that_are_there_get_no_more_occurrences(self, ana: Api, admin: asyncpg.Connection):
        await imported(ana, everything())
        changed = everything()
        changed["task_instances"][2]["occurrence_date"] = "2026-11-24"
        changed["tasks"] = [task("new", recurring_task_id=id_of("water"), occurrence_date="2026-11-24")]
        report = await imported(ana, changed)
        assert report["created"] == {**NOTHING, "tasks": 1}
        assert said(report, "warning") == [("/task_instances/2", "series_unchanged"), ("/tasks/0", "no_occurrence")]
        assert (await ana.get(f"/tasks/{id_of('new')}")).json()["recurring_task_id"] is None
        assert await admin.fetchval("SELECT count(*) FROM task_instances WHERE user_id = $1", ana.id) == 4

    async def test_that_are_there_get_back_a_task_that_fits_its_occurrence(self, ana: Api, admin: asyncpg.Connection):
        await imported(ana, everything())
        for name in ("water 1", "water 3"):
            await admin.execute("DELETE FROM tasks WHERE user_id = $1 AND id = $2", ana.id, id_of(name))
        await admin.execute(
            "UPDATE task_instances SET status = 'skipped', closed_at = now() WHERE user_id = $1 AND status = 'open'",
            ana.id,
        )
        report = await imported(ana, everything())
        assert report["created"] == {**NOTHING, "tasks": 2}
        assert said(report, "warning") == [("/tasks/5", "no_occurrence")]
        assert (await ana.get(f"/tasks/{id_of('water 1')}")).json()["occurrence_date"] == "2026-11-03"

    async def test_have_one_task_for_an_occurrence(self, ana: Api):
        doubled = everything()
        doubled["tasks"].append({**doubled["tasks"][-1], "id": id_of("double")})
        report = await imported(ana, doubled)
        assert said(report, "warning") == [("/tasks/6", "no_occurrence")]

    @pytest.mark.parametrize(
        ("rrule", "code"),
        [
            ("FREQ=SECONDLY", "invalid_freq"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never_fires"),
            ("FREQ=DAILY;UNTIL=20200101", "never_fires"),
            (CANARY, "malformed"),
        ],
    )
    async def test_need_a_rule_that_fires(self, ana: Api, rrule: str, code: str):
        series = {"id": id_of("s"), "title": "x", "rrule": rrule, "start_date": "2026-01-01", "timezone": "UTC"}
        assert await faults(ana, document(recurring_tasks=[series])) == [("/recurring_tasks/0/rrule", code)]

    async def test_without_an_open_task_get_one(self, ana: Api):
        series = {
            "id": id_of("series"),
            "title": "Daily",
            "rrule": "FREQ=DAILY",
            "start_date": "2026-01-01",
            "timezone": "UTC",
        }
        await imported(ana, document(recurring_tasks=[series]))
        (task,) = (await ana.get(f"/tasks?recurring_task_id={series['id']}")).json()["items"]
        assert (task["title"], task["is_completed"]) == ("Daily", False)
        assert (await ana.get(f"/recurring-tasks/{series['id']}")).json()["next_date"] == task["due_date"]

    async def test_that_were_deleted_since_go_on(self, ana: Api):
        """The task that was open is an ordinary one in the trash by then, and stays there."""
        await imported(ana, everything())
        before = (await ana.get("/users/me/export")).content
        await ana.delete(f"/recurring-tasks/{id_of('water')}")
        report = await imported(ana, before)
        assert [code for _, code in said(report, "warning")] == ["no_task"]
        await self.require_going_on(ana, id_of("water"))

    @pytest.mark.parametrize(
        "changes", [{"is_completed": True, "completed_at": ago(days=1)}, {"deleted_at": ago(days=1)}, None]
    )
    async def test_go_on_where_nothing_open_stands_for_an_open_occurrence(
        self, ana: Api, changes: dict[str, object] | None
    ):
        whole = everything()
        (opened,) = [each for each in whole["tasks"] if each["id"] == id_of("water 3")]
        whole["tasks"].remove(opened)
        whole["tasks"] += [] if changes is None else [{**opened, **changes}]
        report = await imported(ana, whole)
        assert ("/task_instances/2", "no_task") in said(report, "warning")
        await self.require_going_on(ana, id_of("water"))

    async def require_going_on(self, ana: Api, series_id: str):
        tasks = (await ana.get(f"/tasks?recurring_task_id={series_id}&completed=false")).json()["items"]
        days = sorted(task["occurrence_date"] for task in tasks)
        assert (await ana.get(f"/recurring-tasks/{series_id}")).json()["next_date"] == days[0]
        for task in tasks:
            await ana.patch(f"/tasks/{task['id']}/complete", {"is_completed": True})
        assert (await ana.get(f"/recurring-tasks/{series_id}")).json()["next_date"] > days[-1]

    async def test_that_are_nowhere_have_no_occurrences(self, ana: Api):
        lost = {"recurring_task_id": str(uuid4()), "occurrence_date": "2026-01-01"}
        assert await faults(ana, document(task_instances=[lost])) == [("/task_instances/0", "unknown_series")]


class TestDocumentsThatAreNotSound:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"title": ""}, ("/tasks/1/title", "too_short")),
            ({"title": f"{CANARY}\x00"}, ("/tasks/1/title", "control_character")),
            ({"title": CANARY * 99}, ("/tasks/1/title", "too_long")),
            ({"id": CANARY}, ("/tasks/1/id", "invalid_uuid")),
            ({"due_date": "2026-02-30"}, ("/tasks/1/due_date", "invalid_date")),
            ({"due_time": "10:00"}, ("/tasks/1", "due_time_without_date")),
            ({"timezone": CANARY}, ("/tasks/1/timezone", "unknown_timezone")),
            ({"created_at": "2026-01-01T00:00:00"}, ("/tasks/1/created_at", "invalid_instant")),
            ({"created_at": "0001-01-01T00:00:00+14:00"}, ("/tasks/1/created_at", "invalid_instant")),
            ({"created_at": 1}, ("/tasks/1/created_at", "invalid_instant")),
            ({"position": CANARY}, ("/tasks/1/position", "string_pattern_mismatch")),
            ({"user_id": id_of("x")}, ("/tasks/1", "extra_forbidden")),
            ({"version": 9}, ("/tasks/1", "extra_forbidden")),
            ({"parent_id": id_of("bad")}, ("/tasks/1", "circle")),
            ({"occurrence_date": "2026-01-01"}, ("/tasks/1", "half_an_occurrence")),
            ({"is_completed": "yes"}, ("/tasks/1/is_completed", "bool_type")),
            ({"tags": [CANARY]}, ("/tasks/1/tags/0", "invalid_uuid")),
            ({"id": id_of("good")}, ("/tasks/1", "repeated_id")),
        ],
    )
    async def test_are_refused_whole(self, ana: Api, changes: dict[str, object], fault: tuple[str, str]):
        bad = {"id": id_of("bad"), "title": "bad", **changes}
        assert await faults(ana, document(tasks=[task("good"), bad])) == [fault]

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"", ("", "json_invalid")),
            (b"[]", ("", "json_invalid")),
            (b'{"format":"todo-export"', ("", "json_invalid")),
            (b"[" * 5 * MIB, ("", "json_invalid")),
            (b'{"tasks":' + b"[" * 5 * MIB, ("", "json_invalid")),
            (b'{"tasks":[' + b"[]," * 3 * MIB, ("", "json_invalid")),
            (document(format="other"), ("/format", "literal_error")),
            (document(format_version=2), ("/format_version", "literal_error")),
            (document(tasks={}), ("/tasks", "list_type")),
            (document(tasks=None), ("/tasks", "list_type")),
            (document(**{CANARY: 1}), (f"/{CANARY}", "extra_forbidden")),
            (document(user={"email": CANARY}), ("/user/id", "missing")),
            (document(tasks=[CANARY]), ("/tasks/0", "model_type")),
            (document(tasks=[[[]]]), ("/tasks/0", "model_type")),
        ],
        ids=lambda value: str(value)[:40],
    )
    async def test_are_told_where(self, ana: Api, content: Any, fault: tuple[str, str]):
        refusal = problem(await send(ana, content), 422, "validation_error")
        found = [(error["pointer"], error["code"]) for error in refusal["errors"]]
        assert fault[0].replace(CANARY, "") in {pointer.replace(CANARY, "") for pointer, _ in found}
        assert fault[1] in {code for _, code in found}

    async def test_of_too_many_items_are_refused(self, ana: Api):
        content = b'{"format":"todo-export","format_version":1,"tasks":[' + b"{}," * 20_000 + b"{}]}"
        assert await faults(ana, content) == [("/tasks", "too_many_items")]

    async def test_tell_at_most_a_thousand_faults_and_count_the_rest(self, ana: Api):
        refusal = problem(await send(ana, document(tasks=[{}] * 600)), 422, "validation_error")
        assert refusal["detail"] == "1200 faults in the file"
        assert (len(refusal["errors"]), len(refusal["report"]["lines"])) == (50, 1000)
        assert refusal["report"]["lines_left_out"] == 200


class TestWhatIsSent:
    async def test_needs_a_user(self, api: Api):
        problem(await send(api, everything()), 401, "unauthorized")
        problem(await api.get("/users/me/export"), 401, "unauthorized")

    async def test_of_a_session_that_is_over_is_not_read(self, ana: Api):
        token = ana.client.headers["Authorization"]
        await ana.post("/auth/logout")
        given = 0

        async def pieces():
            nonlocal given
            for _ in range(64):
                given += 1
                yield b" " * 65_536

        headers = {"Authorization": token, "Content-Type": "application/json"}
        answer = await ana.request("POST", "/users/me/import", content=pieces(), headers=headers)
        problem(answer, 401, "unauthorized")
        assert given <= 1

    @pytest.mark.parametrize(
        "media_type", ["text/plain", "application/xml", "text/csv; charset=latin-1", "", "text/json"]
    )
    async def test_of_another_type_is_refused(self, ana: Api, media_type: str):
        answer = await ana.request(
            "POST", "/users/me/import", content=b"title\nx\n", headers={"Content-Type": media_type}
        )
        problem(answer, 415, "unsupported_media_type")

    @pytest.mark.parametrize(
        ("kind", "format_"), [("json", "csv"), ("csv", "json"), ("ics", "todoist"), ("csv", "ics")]
    )
    async def test_of_a_type_that_is_not_the_formats_is_refused(self, ana: Api, kind: str, format_: str):
        problem(await send(ana, b"title\nx\n", kind, format=format_), 415, "unsupported_media_type")

    async def test_may_be_ten_mebibytes_but_nowhere_else(self, ana: Api):
        text = b'{"format":"todo-export","format_version":1}'
        fits = text + b" " * (10 * MIB - len(text))
        assert (await send(ana, fits)).status_code == 200
        problem(await send(ana, fits + b" "), 413, "body_too_large")
        for method, path in (("PUT", "/users/me/import"), ("POST", "/users/me/import/"), ("PATCH", "/users/me")):
            answer = await ana.request(method, path, content=fits, headers={"Content-Type": "application/json"})
            problem(answer, 413, "body_too_large")

    async def test_that_is_larger_is_not_taken_into_memory(self, ana: Api):
        given = 0

        async def pieces():
            nonlocal given
            for _ in range(1600):
                given += 65_536
                yield b" " * 65_536

        headers = {"Content-Type": "application/json"}
        answer = await ana.request("POST", "/users/me/import", content=pieces(), headers=headers)
        problem(answer, 413, "body_too_large")
        assert given <= 10 * MIB + 3 * 65_536

    @pytest.mark.parametrize("query", ["format=xml", "dry_run=maybe", "dryrun=true", "format="])
    async def test_with_an_odd_query_is_refused(self, ana: Api, query: str):
        answer = await ana.post(f"/users/me/import?{query}", everything())
        problem(answer, 422, "validation_error")

    async def test_beyond_what_is_taken_at_once_waits(self, app: FastAPI, ana: Api, bob: Api):
        admission = app.state.context.import_workers.admission
        with admission.admit(ana.id), admission.admit(ana.id):
            answer = await send(ana, everything())
            assert problem(answer, 503, "unavailable")
            assert answer.headers["retry-after"] == "5"
            assert (await send(bob, everything())).status_code == 200
        assert (await send(ana, everything())).status_code == 200


async def test_statements_do_not_grow_with_the_rows(ana: Api, app: FastAPI):
    from sqlalchemy import event

    seen: list[str] = []
    engine = app.state.context.database.engine.sync_engine

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        counts = []
        for start in (0, 1000):
            seen.clear()
            await imported(
                ana, document(tasks=[task(str(start + number)) for number in range(2 if not start else 900)])
            )
            counts.append(len(seen))
        seen.clear()
        assert (await ana.get("/tasks/export")).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert counts[0] == counts[1]
    assert len(seen) < 15
