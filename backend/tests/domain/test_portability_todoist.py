"""Todoist's CSV export, in the forms in which it is found."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.portability import Bundle, TaskRecord, Unreadable, read_todoist
from tests.domain.portability_records import READER, as_written, said

HEADER = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT"
PROJECT = f"""\ufeff{HEADER},meta,DEADLINE,DEADLINE_LANG,IS_COLLAPSED
meta,view_style=list,,,,,,,,,,,,,,
task,Buy milk @errands @shop,Get two cartons,1,1,Ana (100),,tomorrow at 5pm,en,Europe/Berlin,30,minute,,,,
note,Organic if they have it,,,,,,,,,,,,,,
note,"And
bread",,,,,,,,,,,,,,
task,Look into the fridge,,4,2,Ana (100),Bob (200),,en,,,,,,,
task,Below the light,,3,3,Ana (100),,,en,,,,,,,
,,,,,,,,,,,,,,,
section,Later,,,,,,,,,,,,,,FALSE
task,"He said ""hello"", twice",,2,1,Ana (100),,every! 3 days,en,Europe/Berlin,,,,Friday,en,
task,* No box to tick,,4,1,Ana (100),,le premier lundi,fr,,,,,,,
"""


def read(row: str, header: str = HEADER) -> tuple[TaskRecord, Bundle]:
    bundle = read_todoist(f"{header}\r\n{row}\r\n".encode(), READER)
    (task,) = as_written(bundle)
    return task, bundle


class TestAProject:
    @pytest.fixture
    def bundle(self) -> Bundle:
        return read_todoist(PROJECT.encode(), READER)

    def test_becomes_tasks(self, bundle: Bundle):
        assert [task.title for task in bundle.tasks] == [
            "Buy milk", "Look into the fridge", "Below the light", 'He said "hello", twice', "No box to tick",
        ]  # fmt: skip
        assert [task.priority for task in bundle.tasks] == ["urgent", None, "medium", "high", None]

    def test_keeps_notes_and_what_has_no_field_in_the_description(self, bundle: Bundle):
        milk, fridge, _, hello, box = bundle.tasks
        assert milk.description == "Get two cartons\n\nDuration: 30 minute\n\nOrganic if they have it\n\nAnd\nbread"
        assert fridge.description == "Responsible: Bob (200)"
        assert hello.description == "Deadline: Friday"
        assert box.description == "Date: le premier lundi"

    def test_makes_tags_of_labels_and_sections(self, bundle: Bundle):
        assert [task.tags for task in as_written(bundle)] == [("errands", "shop"), (), (), ("Later",), ("Later",)]

    def test_makes_parts_of_indents(self, bundle: Bundle):
        milk, fridge, light, hello, _ = bundle.tasks
        assert (milk.parent_id, fridge.parent_id, light.parent_id) == (None, milk.id, fridge.id)
        assert hello.parent_id is None

    def test_reads_dates_as_a_person_wrote_them(self, bundle: Bundle):
        milk, *_, hello, _ = bundle.tasks
        assert (milk.due_date, milk.due_time, milk.timezone) == (date(2026, 11, 23), time(17), "Europe/Berlin")
        (series,) = bundle.series
        assert (series.rrule, series.mode) == ("FREQ=DAILY;INTERVAL=3", "after_completion")
        assert series.id == hello.recurring_task_id
        assert (series.title, series.description) == (hello.title, hello.description)

    def test_tells_of_what_it_could_not_read(self, bundle: Bundle):
        assert said(bundle) == [(12, "unreadable_date")]

    def test_gets_the_same_ids_from_the_same_file_only(self, bundle: Bundle):
        ids = [task.id for task in bundle.tasks]
        assert [task.id for task in read_todoist(PROJECT.encode(), READER).tasks] == ids
        other = read_todoist(PROJECT.replace("Later", "Sooner").encode(), READER)
        assert not {task.id for task in other.tasks} & set(ids)


class TestDates:
    @pytest.mark.parametrize(
        ("phrase", "due"),
        [
            ("2026-12-01", (date(2026, 12, 1), None)),
            ("2026-12-01 17:00", (date(2026, 12, 1), time(17))),
            ("2026-12-01T17:00:00", (date(2026, 12, 1), time(17))),
            ("2026-12-01T17:00:00Z", (date(2026, 12, 1), time(18))),
            ("2026-08-13T18:30:00-05:00", (date(2026, 8, 14), time(1, 30))),
            ("Dec 1", (date(2026, 12, 1), None)),
            ("1 Dec 2027", (date(2027, 12, 1), None)),
            ("17 Aug", (date(2027, 8, 17), None)),
            ("today", (date(2026, 11, 22), None)),
            ("tomorrow at noon", (date(2026, 11, 23), time(12))),
            ("in 3 days", (date(2026, 11, 25), None)),
            ("", (None, None)),
        ],
    )
    def test_are_read(self, phrase: str, due: tuple[date | None, time | None]):
        task, bundle = read(f'task,x,,4,1,,,"{phrase}",en,')
        assert (task.due_date, task.due_time) == due
        assert not bundle.report.lines

    @pytest.mark.parametrize(
        ("phrase", "rrule", "mode"),
        [
            ("every day", "FREQ=DAILY", "schedule"),
            ("every monday", "FREQ=WEEKLY;BYDAY=MO", "schedule"),
            ("ev friday", "FREQ=WEEKLY;BYDAY=FR", "schedule"),
            ("every! week", "FREQ=WEEKLY", "after_completion"),
            ("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1", "schedule"),
        ],
    )
    def test_that_repeat_make_series(self, phrase: str, rrule: str, mode: str):
        task, bundle = read(f"task,x,,4,1,,,{phrase},en,")
        (series,) = bundle.series
        assert (series.rrule, series.mode, task.recurring_task_id) == (rrule, mode, series.id)
        assert task.due_date == task.occurrence_date == series.start_date

    @pytest.mark.parametrize(
        "phrase",
        ["jeden Tag", "2026-02-30", "0001-01-01T00:00:00+14:00", "#x !high", "tomorrow #x", "x" * 200, "some day"],
    )
    def test_that_are_not_understood_whole_stand_in_the_description(self, phrase: str):
        task, bundle = read(f"task,x,,4,1,,,{phrase},en,")
        assert (task.due_date, task.description, task.tags) == (None, f"Date: {phrase}", ())
        assert said(bundle) == [(2, "unreadable_date")]

    def test_in_an_unknown_zone_are_in_the_users(self):
        assert read("task,x,,4,1,,,tomorrow 9am,en,Mars/Olympus")[0].timezone == READER.zone


class TestRowsThatDoNotFit:
    def test_deeper_than_six_levels_are_moved_up(self):
        rows = "\r\n".join(f"task,{level},,4,{level},,,,," for level in range(1, 9))
        bundle = read_todoist(f"{HEADER}\r\n{rows}\r\n".encode(), READER)
        parents = [task.parent_id for task in bundle.tasks]
        ids = [task.id for task in bundle.tasks]
        assert parents == [None, *ids[:5], ids[4], ids[4]]
        assert said(bundle) == [(8, "too_deep"), (9, "too_deep")]

    @pytest.mark.parametrize(
        ("row", "code"),
        [("task,x,,9,1,,,,,", "unknown_priority"), ("task,x,,high,1,,,,,", "unknown_priority"),
         ("task,@a,,4,1,,,,,", None), ("task,,,4,1,,,,,", "untitled"), ("task,x,,4,deep,,,,,", None)],
    )  # fmt: skip
    def test_are_imported_all_the_same(self, row: str, code: str | None):
        task, bundle = read(row)
        assert task.title in ("x", "@a", "(untitled)")
        assert [line.code for line in bundle.report.lines] == ([code] if code else [])

    def test_that_are_no_tasks_are_left_out(self):
        bundle = read_todoist(f"{HEADER}\r\nnote,a,,,,,,,,\r\nodd,b,,,,,,,,\r\n".encode(), READER)
        assert said(bundle) == [(2, "note_without_task"), (3, "unknown_type")]
        assert not bundle.tasks

    def test_may_be_of_the_old_form(self):
        task, _ = read("task,x,1,1,,,,", "TYPE,CONTENT,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG")
        assert (task.title, task.priority) == ("x", "urgent")

    @given(st.binary(max_size=300), st.text(max_size=60))
    def test_never_go_beyond_what_is_told(self, body: bytes, phrase: str):
        for content in (body, b"task," + body, f'task,x,,1,1,,,"{phrase}",,'.encode(errors="replace")):
            with suppress(Unreadable):
                read_todoist(HEADER.encode() + b"\r\n" + content, READER)
