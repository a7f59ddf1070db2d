"""TickTick's CSV backup, in the forms in which it is found."""

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.portability import Bundle, TaskRecord, Unreadable, read_ticktick
from tests.domain.portability_records import READER, as_written, said

COLUMNS = (
    "Folder Name", "List Name", "Title", "Kind", "Tags", "Content", "Is Check list", "Start Date", "Due Date",
    "Reminder", "Repeat", "Priority", "Status", "Created Time", "Completed Time", "Order", "Timezone", "Is All Day",
    "Is Floating", "Column Name", "Column Order", "View Mode", "taskId", "parentId",
)  # fmt: skip
PREAMBLE = '"Date: 2026-11-01+0000"\n"Version: 7.1"\n"Status: \n0 Normal\n1 Completed\n2 Archived"\n'


def row(**cells: str) -> str:
    named = {name.replace("_", " "): value for name, value in cells.items()}
    return ",".join(f'"{named.get(column, "").replace(chr(34), chr(34) * 2)}"' for column in COLUMNS) + "\n"


def backup(*rows: str) -> bytes:
    return (PREAMBLE + ",".join(f'"{column}"' for column in COLUMNS) + "\n" + "".join(rows)).encode()


def read(**cells: str) -> tuple[TaskRecord, Bundle]:
    bundle = read_ticktick(backup(row(**{"List_Name": "Inbox", "Title": "x", **cells})), READER)
    (task,) = as_written(bundle)
    return task, bundle


class TestATask:
    def test_has_what_the_row_says(self):
        task, bundle = read(
            List_Name="Move",
            Tags="home, deep work",
            Content="a\rb",
            Priority="5",
            Created_Time="2026-04-21T16:04:14+0000",
        )
        assert (task.description, task.tags, task.priority) == ("a\nb", ("home", "deep work", "Move"), "high")
        assert task.created_at == datetime(2026, 4, 21, 16, 4, 14, tzinfo=UTC)
        assert not bundle.report.lines

    def test_of_the_inbox_has_no_tag_of_it(self):
        assert read()[0].tags == ()

    @pytest.mark.parametrize(
        ("cells", "due"),
        [
            ({"Due_Date": "2026-12-05T22:00:00+0000", "Timezone": "Europe/Amsterdam", "Is_All_Day": "true"},
             (date(2026, 12, 5), None, None)),
            ({"Due_Date": "2026-12-05T23:00:00+0000", "Timezone": "Europe/Amsterdam", "Is_All_Day": "true"},
             (date(2026, 12, 6), None, None)),
            ({"Due_Date": "2026-12-06T00:00:00+0000", "Timezone": "America/New_York", "Is_All_Day": "true"},
             (date(2026, 12, 6), None, None)),
            ({"Due_Date": "2026-12-05T08:30:00+0000", "Timezone": "Europe/Istanbul", "Is_All_Day": "false"},
             (date(2026, 12, 5), time(11, 30), "Europe/Istanbul")),
            ({"Start_Date": "2026-12-05T08:30:00+0000", "Is_All_Day": "false"},
             (date(2026, 12, 5), time(9, 30), "Europe/Madrid")),
            ({"Start_Date": "2026-12-05T08:30:00+0000", "Due_Date": "2026-12-06T08:30:00+0000"},
             (date(2026, 12, 6), time(9, 30), "Europe/Madrid")),
            ({"Due_Date": "2026-12-05"}, (date(2026, 12, 5), None, None)),
            ({}, (None, None, None)),
        ],
    )  # fmt: skip
    def test_is_due_when_it_says(self, cells: dict[str, str], due: tuple[object, object, object]):
        task, bundle = read(**cells)
        assert (task.due_date, task.due_time, task.timezone) == due
        assert not bundle.report.lines

    @pytest.mark.parametrize(
        ("status", "is_completed", "codes"),
        [("0", False, []), ("1", True, []), ("2", True, []), ("", False, []), ("-1", True, ["cancelled"]),
         ("7", False, ["unknown_status"])],
    )  # fmt: skip
    def test_is_done_when_it_says(self, status: str, is_completed: bool, codes: list[str]):
        task, bundle = read(Status=status, Completed_Time="2026-04-22T10:00:00+0000")
        assert task.is_completed == is_completed
        assert task.completed_at == (datetime(2026, 4, 22, 10, tzinfo=UTC) if is_completed else None)
        assert [line.code for line in bundle.report.lines] == codes

    @pytest.mark.parametrize(("cell", "name"), [("0", None), ("1", "low"), ("3", "medium"), ("5", "high"), ("", None)])
    def test_has_the_priority_of_its_number(self, cell: str, name: str | None):
        assert read(Priority=cell)[0].priority == name

    def test_keeps_the_items_of_its_check_list(self):
        assert read(Content="▫Salt\r▪Bread")[0].description == "- [ ] Salt\n- [x] Bread"


class TestABackup:
    def test_has_parts(self):
        bundle = read_ticktick(
            backup(
                row(List_Name="a", Title="part", taskId="2", parentId="1"),
                row(List_Name="a", Title="whole", taskId="1"),
                row(List_Name="a", Title="lost", taskId="3", parentId="9"),
            ),
            READER,
        )
        part, whole, lost = bundle.tasks
        assert (part.parent_id, whole.parent_id, lost.parent_id) == (whole.id, None, None)
        assert said(bundle) == [(10, "unknown_parent")]

    def test_may_stand_without_its_first_lines_and_in_an_older_form(self):
        bundle = read_ticktick(b'"List Name","Title"\n"a","x"\n', READER)
        assert [task.title for task in bundle.tasks] == ["x"]

    def test_tells_once_that_there_are_no_reminders(self):
        bundle = read_ticktick(backup(*[row(List_Name="a", Title="x", Reminder="-PT1440M")] * 3), READER)
        assert said(bundle) == [(7, "reminders")]

    @given(st.binary(max_size=300))
    def test_never_goes_beyond_what_is_told(self, body: bytes):
        for start in (b"", backup(), backup() + b'"a","b","'):
            with suppress(Unreadable):
                read_ticktick(start + body, READER)


class TestRepetition:
    @pytest.mark.parametrize("rule", ["FREQ=WEEKLY;INTERVAL=1;BYDAY=SA", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SA"])
    def test_makes_a_series(self, rule: str):
        cells = {"Due_Date": "2026-12-05T08:30:00+0000", "Timezone": "Europe/Madrid", "Is_All_Day": "false"}
        task, bundle = read(Repeat=rule, **cells)
        (series,) = bundle.series
        assert (series.rrule, series.due_time, series.timezone) == (
            "FREQ=WEEKLY;BYDAY=SA",
            time(9, 30),
            "Europe/Madrid",
        )
        assert (task.recurring_task_id, task.occurrence_date) == (series.id, date(2026, 12, 5))

    @pytest.mark.parametrize("rule", ["ERULE:NAME=CUSTOM;BYDATE=20260101", "RRULE:FREQ=WEEKLY;TT_SKIP=HOLIDAY", "x"])
    def test_of_other_kinds_leaves_a_single_task(self, rule: str):
        task, bundle = read(Repeat=rule, Due_Date="2026-12-05")
        assert [line.code for line in bundle.report.lines] == ["unsupported_rule"]
        assert (task.recurring_task_id, bundle.series) == (None, [])
