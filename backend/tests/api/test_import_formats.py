"""Imports of CSV, iCalendar, Todoist and TickTick, from the file to the rows."""

from typing import Any

import pytest

from tests.api.test_import import CANARY, faults
from tests.factories import Api
from tests.portability import NOTHING, everything, exported, id_of, imported, said

TODOIST = """TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE
section,Garden,,,,,,,,
task,Water plants @home,,1,1,Ana (1),,every tuesday at 8am,en,Europe/Berlin
task,Fill the can,,4,2,Ana (1),,,en,
note,The green one,,,,,,,,
task,Mow,,4,1,Ana (1),,mañana,es,
"""
TICKTICK = """"Date: 2026-11-01+0000"
"Version: 7.1"
"Status:\x20
0 Normal
1 Completed
2 Archived"
"List Name","Title","Tags","Content","Due Date","Repeat","Priority","Status","Timezone","Is All Day","taskId","parentId"
"Home","Rent","money","","2026-12-01T08:00:00+0000","RRULE:FREQ=MONTHLY;INTERVAL=1","5","0","Europe/Madrid","false","1",""
"Home","Transfer","","","","","0","2","Europe/Madrid","","2","1"
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VTODO
UID:water@example.com
SUMMARY:Water plants
DTSTART;TZID=Europe/Berlin:20261201T080000
RRULE:FREQ=WEEKLY;BYDAY=TU
CATEGORIES:home
END:VTODO
BEGIN:VTODO
UID:can@example.com
SUMMARY:Fill the can
RELATED-TO:water@example.com
STATUS:COMPLETED
COMPLETED:20261101T100000Z
END:VTODO
BEGIN:VEVENT
UID:party@example.com
SUMMARY:Party
END:VEVENT
END:VCALENDAR
"""
FILES = {"todoist": (TODOIST, "csv"), "ticktick": (TICKTICK, "csv"), "ics": (CALENDAR, "ics")}
CREATED = {
    "todoist": {"tasks": 3, "tags": 2, "recurring_tasks": 1, "task_instances": 1},
    "ticktick": {"tasks": 2, "tags": 2, "recurring_tasks": 1, "task_instances": 1},
    "ics": {"tasks": 2, "tags": 1, "recurring_tasks": 1, "task_instances": 1},
}


async def titles(caller: Api) -> dict[str, Any]:
    return {task["title"]: task for task in (await caller.get("/tasks?sort=position")).json()["items"]}


@pytest.mark.parametrize("kind", FILES)
class TestFilesOfOthers:
    async def test_become_tasks_and_series(self, ana: Api, kind: str):
        content, media_type = FILES[kind]
        report = await imported(ana, content, media_type)
        assert (report["format"], report["created"], report["existing"]) == (kind, CREATED[kind], NOTHING)
        whole = await exported(ana)
        (series,), (instance,) = whole["recurring_tasks"], whole["task_instances"]
        (open_one,) = [task for task in whole["tasks"] if task["recurring_task_id"]]
        assert (instance["recurring_task_id"], instance["status"]) == (series["id"], "open")
        assert open_one["occurrence_date"] == open_one["due_date"] == instance["occurrence_date"]
        assert set(series["tags"]) == set(open_one["tags"]) != set()

    async def test_sent_again_change_nothing(self, ana: Api, kind: str):
        content, media_type = FILES[kind]
        await imported(ana, content, media_type)
        before = await exported(ana)
        report = await imported(ana, content, media_type, format=kind)
        assert (report["created"], report["existing"]) == (NOTHING, CREATED[kind])
        assert await exported(ana) == before

    async def test_of_a_dry_run_are_only_told_of(self, ana: Api, kind: str):
        content, media_type = FILES[kind]
        before = await exported(ana)
        report = await imported(ana, content, media_type, dry_run=True)
        assert report["created"] == CREATED[kind]
        assert await exported(ana) == before

    async def test_keep_their_order(self, ana: Api, kind: str):
        content, media_type = FILES[kind]
        await imported(ana, content, media_type)
        places = [content.index(title) for title in await titles(ana)]
        assert places == sorted(places)

    async def test_that_were_cut_off_leave_nothing(self, ana: Api, kind: str):
        content, media_type = FILES[kind]
        cut = content[: content.rindex('"') if kind == "ticktick" else content.rindex("\n", 0, -30)]
        cut += '"open' if kind == "todoist" else ""
        if kind == "todoist":
            cut = cut.replace("Mow", '"Mow')
        assert [code for _, code in await faults(ana, cut, media_type)] == [
            "unclosed_component" if kind == "ics" else "malformed_csv"
        ]


class TestTodoist:
    async def test_becomes_what_it_says(self, ana: Api):
        report = await imported(ana, TODOIST, "csv")
        tasks = await titles(ana)
        assert {tag["name"] for tag in tasks["Water plants"]["tags"]} == {"home", "Garden"}
        assert tasks["Fill the can"]["parent_id"] == tasks["Water plants"]["id"]
        assert tasks["Fill the can"]["description"] == "The green one"
        assert tasks["Mow"]["description"] == "Date: mañana"
        assert said(report, "warning") == [(6, "unreadable_date")]
        assert said(report, "info") == [(3, "created"), (4, "created"), (6, "created")]


class TestOurCsv:
    async def test_goes_from_one_user_to_another(self, ana: Api, bob: Api):
        await imported(ana, everything())
        await ana.create_task(title="'=x", description="-1", tags=[id_of("home")], is_completed=True)
        answer = await ana.get("/tasks/export?format=csv")
        report = await imported(bob, answer.content, "csv")
        assert report["format"] == "csv"
        assert (await bob.get("/tasks/export?format=csv")).content == answer.content

    async def test_with_a_fault_leaves_nothing(self, ana: Api):
        content = f"title,due_date,parent_id\r\nfine,,\r\nbad,{CANARY},\r\nlost,,{id_of('nobody')}\r\n"
        assert await faults(ana, content, "csv") == [(3, "invalid_due_date"), (4, "unknown_parent")]

    async def test_in_another_encoding_is_refused(self, ana: Api):
        assert await faults(ana, "title\r\nKäse\r\n".encode("latin-1"), "csv") == [(2, "not_utf8")]
        assert await faults(ana, "title\r\nKäse\r\n".encode("utf-16"), "csv") == [(1, "not_utf8")]

    @pytest.mark.parametrize("content", ["", "a,b\r\n1,2\r\n", "\x00", '{"format":"todo-export"}'])
    async def test_without_its_columns_is_refused(self, ana: Api, content: str):
        assert await faults(ana, content, "csv") == [(1, "no_header")]

    async def test_of_another_kind_than_said_is_refused(self, ana: Api):
        assert await faults(ana, TODOIST, "csv", format="ticktick") == [(1, "no_header")]


async def to_the_second(caller: Api) -> list[dict[str, Any]]:
    """The tasks as iCalendar can tell them; a tag has another id there."""
    tasks = (await caller.get("/tasks?sort=position")).json()["items"]
    ignored = {"user_id", "version", "tags", "due_at"}
    return [
        {
            name: str(value)[:19] if name.endswith("_at") else value
            for name, value in {**task, "names": [tag["name"] for tag in task["tags"]]}.items()
            if name not in ignored
        }
        for task in tasks
    ]


class TestOurCalendar:
    async def test_goes_from_one_user_to_another(self, ana: Api, bob: Api):
        document = everything()
        document["recurring_tasks"], document["task_instances"] = [], []
        for task in document["tasks"]:
            task.pop("recurring_task_id", None)
            task.pop("occurrence_date", None)
        await imported(ana, document)
        answer = await ana.get("/tasks/export?format=ics")
        await imported(bob, answer.content, "ics")
        assert await to_the_second(bob) == await to_the_second(ana)

    async def test_brings_its_series_along(self, ana: Api, bob: Api):
        await imported(ana, everything())
        answer = await ana.get("/tasks/export?format=ics")
        report = await imported(bob, answer.content, "ics")
        assert (report["created"]["recurring_tasks"], report["created"]["task_instances"]) == (1, 1)
        again = await bob.get("/tasks/export?format=ics")
        assert again.text.count("RRULE:FREQ=WEEKLY;BYDAY=TU") == 1

    async def test_names_what_it_leaves_out(self, ana: Api):
        assert (18, "skipped") in said(await imported(ana, CALENDAR, "ics"), "info")

    async def test_of_a_task_that_exists_makes_no_series(self, ana: Api):
        await imported(ana, CALENDAR, "ics")
        before = await exported(ana)
        changed = CALENDAR.replace("FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY").replace("Water plants", "Other")
        assert (await imported(ana, changed, "ics"))["created"] == NOTHING
        assert await exported(ana) == before
