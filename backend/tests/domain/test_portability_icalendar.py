"""iCalendar, held against the icalendar library: what we write it reads, and what it writes we read."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.due_dates import zone_names
from src.domain.portability import (
    CALENDAR_END,
    CALENDAR_START,
    Bundle,
    Calendar,
    Level,
    Repeating,
    TaskRecord,
    Unreadable,
    read_icalendar,
    rest_of_rule,
)
from src.domain.portability.content_lines import content_lines, write_line
from src.domain.portability.zone_rules import zone_component
from tests.domain.portability_records import HOSTILE, READER, as_written, lines, paragraphs, said, several_tasks

NOW = READER.now


def written(tasks: list[TaskRecord], **repeating: Any) -> bytes:
    calendar = Calendar(NOW)
    todos = "".join(calendar.todo(task, map(str, task.tags), **repeating) for task in tasks)
    return (CALENDAR_START + todos + CALENDAR_END).encode()


def todo(*properties: str) -> bytes:
    body = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VTODO", "SUMMARY:x", *properties, "END:VTODO", "END:VCALENDAR", ""]
    return "\r\n".join(body).encode()


def read(*properties: str) -> tuple[TaskRecord, Bundle]:
    bundle = read_icalendar(todo(*properties), READER)
    (task,) = bundle.tasks
    return task, bundle


class TestRoundTrip:
    @given(several_tasks)
    def test_gives_the_same_tasks(self, tasks: list[TaskRecord]):
        bundle = read_icalendar(written(tasks), READER)
        assert not bundle.report.lines
        assert as_written(bundle) == tasks

    @pytest.mark.parametrize("text", HOSTILE)
    def test_holds_for_hostile_text(self, text: str):
        task = TaskRecord(
            place=0, id=UUID(int=1), title=text.strip(), description=text.strip(), tags=(text.strip()[:50],)
        )
        assert as_written(read_icalendar(written([task]), READER)) == [task]

    def test_keeps_a_series(self):
        task = TaskRecord(
            place=0, id=UUID(int=1), title="x", due_date=date(2026, 12, 1), due_time=time(9), timezone="UTC"
        )
        body = written([task], repeating=Repeating("FREQ=WEEKLY;BYDAY=TU;COUNT=4", "after_completion"))
        bundle = read_icalendar(body, READER)
        (series,) = bundle.series
        assert (series.rrule, series.mode, series.start_date) == (
            "FREQ=WEEKLY;BYDAY=TU;COUNT=4", "after_completion", date(2026, 12, 1),
        )  # fmt: skip
        assert bundle.tasks[0].recurring_task_id == series.id == bundle.instances[0].recurring_task_id


class TestTheLibrary:
    @given(several_tasks)
    def test_reads_what_we_write(self, tasks: list[TaskRecord]):
        calendar: Any = icalendar.Calendar.from_ical(written(tasks))
        found = {str(each["UID"]): each for each in calendar.walk("VTODO")}
        for task in tasks:
            each = found[str(task.id)]
            assert str(each["SUMMARY"]) == task.title
            assert str(each.get("DESCRIPTION", "")) == (task.description or "")
            if task.due_time and task.due_date and 1990 < task.due_date.year < 2100:
                assert each["DUE"].dt.replace(tzinfo=None) == datetime.combine(task.due_date, task.due_time)
            elif task.due_date and not task.due_time:
                assert each["DUE"].dt == task.due_date

    @given(lines, paragraphs)
    def test_is_read_by_us(self, title: str, description: str):
        each = icalendar.Todo()
        each.add("uid", "1@example.com")
        each.add("summary", title)
        each.add("description", description)
        each.add("due", datetime(2026, 12, 1, 17, tzinfo=ZoneInfo("Europe/Berlin")))
        each.add("categories", ["home", "a,b"])
        calendar = icalendar.Calendar()
        calendar.add_component(each)
        (task,) = as_written(read_icalendar(calendar.to_ical(), READER))
        assert (task.title, task.description, task.tags) == (title, description, ("home", "a,b"))
        assert (task.due_date, task.due_time, task.timezone) == (date(2026, 12, 1), time(17), "Europe/Berlin")

    @pytest.mark.parametrize(
        "zone",
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Antarctica/Troll", "Asia/Gaza",
         "Australia/Lord_Howe", "America/Sao_Paulo", "UTC", "Europe/Dublin"],
    )  # fmt: skip
    def test_finds_the_offsets_of_a_zone_in_its_rules(self, zone: str):
        component: Any = icalendar.Component.from_ical(zone_component(zone, 2026))
        offsets = component.to_tz(lookup_tzid=False)
        for hours in range(0, 24 * 365 * 3, 7):
            instant = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
            local = instant.astimezone(ZoneInfo(zone))
            if local.fold or not _is_plain(local):
                continue
            assert local.replace(tzinfo=offsets).utcoffset() == local.utcoffset(), local


def _is_plain(local: datetime) -> bool:
    """Not in the hour that comes twice or never, where libraries differ."""
    near = [(local + timedelta(hours=hours)).utcoffset() for hours in (-2, 0, 2)]
    return len(set(near)) == 1


def test_the_rules_of_every_zone_can_be_written():
    for zone in sorted(zone_names()):
        assert zone_component(zone, 2026).endswith("END:VTIMEZONE\r\n")


class TestLines:
    @given(lines)
    def test_are_folded_and_unfolded(self, text: str):
        line = write_line("SUMMARY", text)
        assert all(len(piece) <= 75 for piece in line.encode().split(b"\r\n"))
        (found,) = content_lines(line.encode(), frozenset({"SUMMARY"}))
        assert not isinstance(found, int)
        assert found.value == text

    def test_may_be_folded_within_a_character(self):
        body = todo("DESCRIPTION:caf\u00e9").replace("\u00e9".encode(), b"\xc3\r\n \xa9")
        assert read_icalendar(body, READER).tasks[0].description == "café"

    def test_end_as_they_may(self):
        for end in (b"\n", b"\r\n"):
            assert len(read_icalendar(todo("UID:1").replace(b"\r\n", end), READER).tasks) == 1


class TestTasksOfOthers:
    def test_get_an_id_of_their_uid_the_same_each_time(self):
        first, again = [read("UID:abc@example.com")[0].id for _ in range(2)]
        assert first == again
        assert first != read("UID:abd@example.com")[0].id
        own = UUID("019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10")
        assert read(f"UID:{own}")[0].id == own
        assert read()[0].id == read()[0].id

    @pytest.mark.parametrize(
        ("properties", "due"),
        [
            (["DUE;VALUE=DATE:20261201"], (date(2026, 12, 1), None, None)),
            (["DUE:20261201"], (date(2026, 12, 1), None, None)),
            (["DUE:20261201T170000"], (date(2026, 12, 1), time(17), "Europe/Madrid")),
            (["DUE:20261201T233000Z"], (date(2026, 12, 2), time(0, 30), "Europe/Madrid")),
            (["DUE;TZID=Asia/Tokyo:20261201T170000"], (date(2026, 12, 1), time(17), "Asia/Tokyo")),
            (['DUE;TZID="Asia/Tokyo":20261201T170000'], (date(2026, 12, 1), time(17), "Asia/Tokyo")),
            (
                ["DUE;TZID=/mozilla.org/20050126_1/Asia/Tokyo:20261201T170000"],
                (date(2026, 12, 1), time(17), "Asia/Tokyo"),
            ),
            (["DTSTART:20261201T170000"], (date(2026, 12, 1), time(17), "Europe/Madrid")),
            (["DTSTART:20261201T170000", "DUE:20261202T180000"], (date(2026, 12, 2), time(18), "Europe/Madrid")),
            (["DTSTART;VALUE=DATE:20261201", "DURATION:P1W2D"], (date(2026, 12, 10), None, None)),
            (["DTSTART:20261201T233000", "DURATION:PT1H"], (date(2026, 12, 2), time(0, 30), "Europe/Madrid")),
            (["DUE:20261201T235960"], (date(2026, 12, 1), time(23, 59, 59), "Europe/Madrid")),
            ([], (None, None, None)),
        ],
    )
    def test_are_due_when_they_say(self, properties: list[str], due: tuple[date | None, time | None, str | None]):
        task, bundle = read(*properties)
        assert (task.due_date, task.due_time, task.timezone) == due
        assert not bundle.report.lines

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("DUE:tomorrow", "unreadable_date"),
            ("DUE:20260230", "unreadable_date"),
            ("DUE:18991231", "unreadable_date"),
            ("DUE:99991231T000000Z", "unreadable_date"),
            ("DUE:20261201T250000", "unreadable_date"),
            ("DUE;TZID=Mars/Olympus:20261201T170000", "unknown_timezone"),
            ("DUE;TZID=../../etc/passwd:20261201T170000", "unknown_timezone"),
            ("RRULE:FREQ=SECONDLY", "unsupported_rule"),
            ("RRULE:FREQ=YEARLY;BYEASTER=0", "unsupported_rule"),
            ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "unsupported_rule"),
            ("RRULE:FREQ=DAILY;UNTIL=20200101", "unsupported_rule"),
            ("STATUS:CANCELLED", "cancelled"),
            ("{}", "malformed_line"),
            ('SUMMARY;A="open:x', "malformed_line"),
        ],
    )
    def test_are_imported_with_a_warning_where_something_does_not_fit(self, line: str, code: str):
        task, bundle = read(line)
        assert task.title == "x"
        assert [(found.level, found.code) for found in bundle.report.lines] == [(Level.WARNING, code)]
        assert not bundle.series

    @pytest.mark.parametrize(
        ("value", "name"),
        [("0", None), ("1", "urgent"), ("2", "high"), ("4", "high"), ("5", "medium"), ("6", "low"), ("9", "low"),
         ("10", None), ("x", None)],
    )  # fmt: skip
    def test_have_the_priority_of_their_number(self, value: str, name: str | None):
        assert read(f"PRIORITY:{value}")[0].priority == name

    @pytest.mark.parametrize(
        ("properties", "is_completed"),
        [
            (["STATUS:COMPLETED"], True), (["STATUS:completed", "COMPLETED:20260101T100000Z"], True),
            (["STATUS:NEEDS-ACTION", "PERCENT-COMPLETE:100"], False), (["PERCENT-COMPLETE:100"], True),
            (["COMPLETED:20260101T100000Z"], True), (["STATUS:IN-PROCESS"], False), ([], False),
        ],
    )  # fmt: skip
    def test_are_completed_when_they_say(self, properties: list[str], is_completed: bool):
        assert read(*properties)[0].is_completed == is_completed

    def test_keep_their_place_and_link(self):
        task, _ = read("DESCRIPTION:a", "LOCATION:Hall\\, left", "URL:https://example.com/")
        assert task.description == "a\n\nLocation: Hall, left\n\nURL: https://example.com/"

    def test_have_parents(self):
        parent = read("UID:p@example.com")[0].id
        assert read("RELATED-TO:p@example.com")[0].parent_id == parent
        assert read("RELATED-TO;RELTYPE=PARENT:p@example.com")[0].parent_id == parent
        assert read("RELATED-TO;RELTYPE=SIBLING:p@example.com")[0].parent_id is None

    def test_are_found_among_other_things(self):
        other = b"BEGIN:VEVENT\r\nUID:e\r\nSUMMARY:event\r\nEND:VEVENT\r\nBEGIN:VTODO"
        body = todo("UID:1", "BEGIN:VALARM", "SUMMARY:alarm", "DESCRIPTION:alarm", "END:VALARM")
        bundle = read_icalendar(body.replace(b"BEGIN:VTODO", other), READER)
        assert [(task.title, task.description) for task in bundle.tasks] == [("x", None)]
        assert said(bundle) == [(3, "skipped")]

    def test_may_name_zones_as_their_file_does(self):
        zone = b"BEGIN:VTIMEZONE\r\nTZID:Office\r\nX-LIC-LOCATION:Asia/Tokyo\r\nEND:VTIMEZONE\r\nBEGIN:VTODO"
        body = todo("DUE;TZID=Office:20261201T170000").replace(b"BEGIN:VTODO", zone)
        assert read_icalendar(body, READER).tasks[0].timezone == "Asia/Tokyo"

    def test_of_one_uid_count_once_but_for_single_occurrences(self):
        again = b"END:VTODO\r\nBEGIN:VTODO\r\nUID:1\r\n%bSUMMARY:y\r\nEND:VTODO\r\nEND:VCAL"
        twice = todo("UID:1").replace(b"END:VTODO\r\nEND:VCAL", again % b"")
        assert said(read_icalendar(twice, READER)) == [(7, "repeated_uid")]
        single = todo("UID:1").replace(b"END:VTODO\r\nEND:VCAL", again % b"RECURRENCE-ID:20261201T100000\r\n")
        assert len(read_icalendar(single, READER).tasks) == 2


class TestSeries:
    def test_begin_on_the_day_of_the_rule(self):
        task, bundle = read("DTSTART;VALUE=DATE:20261130", "RRULE:FREQ=WEEKLY;BYDAY=TU")
        assert (task.due_date, task.occurrence_date) == (date(2026, 12, 1), date(2026, 12, 1))
        assert bundle.series[0].start_date == date(2026, 12, 1)
        assert said(bundle) == [(3, "due_date_moved")]

    def test_without_a_day_begin_today(self):
        task, bundle = read("RRULE:FREQ=DAILY")
        assert (task.due_date, bundle.series[0].timezone) == (READER.today, READER.zone)

    def test_that_are_done_are_single_tasks(self):
        _, bundle = read("RRULE:FREQ=DAILY", "STATUS:COMPLETED")
        assert said(bundle) == [(3, "completed_repetition")]
        assert not bundle.series

    def test_take_until_as_the_day_in_their_zone(self):
        _, bundle = read("DUE;TZID=Asia/Tokyo:20261201T080000", "RRULE:FREQ=DAILY;UNTIL=20261205T230000Z")
        assert bundle.series[0].rrule == "FREQ=DAILY;UNTIL=20261206"

    def test_have_as_many_left_as_come_after_the_open_one(self):
        start = date(2026, 11, 3)
        assert rest_of_rule("FREQ=WEEKLY;COUNT=5", start, date(2026, 11, 17)) == "FREQ=WEEKLY;COUNT=3"
        assert rest_of_rule("FREQ=WEEKLY", start, date(2026, 11, 17)) == "FREQ=WEEKLY"
        assert rest_of_rule("FREQ=WEEKLY;COUNT=2", start, date(2026, 11, 17)) is None


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "no_calendar"),
            (b"x" * 2_000_000, "no_calendar"),
            (b"\n" * 2_000_000, "no_calendar"),
            (b"\xff\xfeB\x00E\x00", "not_utf8"),
            (b"BEGIN:VTODO\r\nEND:VTODO\r\n", "no_calendar"),
            (todo().partition(b"END:VTODO")[0], "unclosed_component"),
            (todo().replace(b"END:VTODO", b"END:VEVENT"), "unbalanced"),
            (b"BEGIN:VCALENDAR\r\n" * 100_000, "too_deep"),
            (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VTODO\r\nEND:VTODO\r\n" * 20_001, "too_many_items"),
            (b"END:VCALENDAR\r\n", "unbalanced"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_are_refused_whole(self, body: bytes, code: str):
        with pytest.raises(Unreadable) as fault:
            read_icalendar(body, READER)
        assert fault.value.code == code

    @pytest.mark.parametrize(
        "properties",
        [
            ["SUMMARY" + ";A=B" * 300_000 + ":x"],
            ["SUMMARY" + ';A="' * 300_000 + ":x"],
            ["CATEGORIES:" + "a," * 500_000],
            ["CATEGORIES:" + "\\" * 1_000_000],
            ["CATEGORIES:" + "," * 1_000_000],
            ["CATEGORIES:x"] * 50_000,
            ["DESCRIPTION:" + "\\n" * 500_000],
            ["DESCRIPTION:x", *[" y"] * 300_000],
            ["SUMMARY:" + "\t" * 1_000_000],
            ["DUE;TZID=" + "/" * 1_000_000 + ":20261201T000000"],
            ["DURATION:P" + "9" * 1_000_000 + "D", "DTSTART:20261201"],
            ["DURATION:P999999D", "DTSTART:99981201"],
            ["RRULE:" + "FREQ=DAILY;" * 100_000],
            ["RELATED-TO:" + "x" * 1_000_000],
        ],
        ids=lambda value: value[0][:20],
    )
    def test_are_read_in_the_end(self, properties: list[str]):
        task, _ = read(*properties)
        assert len(task.title) <= 255
        assert len(task.description or "") <= 10_000
        assert len(task.tags) <= 50

    @given(st.binary(max_size=300))
    def test_never_go_beyond_what_is_told(self, body: bytes):
        for start in (b"", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nDUE;TZID="):
            with suppress(Unreadable):
                read_icalendar(start + body, READER)
