"""Quick add: the calendar, the errors, the spans. The phrases have tables of their own beside this file.

In the tables, braces show the spans of the text, and what is understood is written as one line of facts:
day, time, !priority, #tags (blanks as _), RRULE, and the mode if it is not the schedule.
"""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from src.domain.quick_add import MAX_TEXT_LENGTH, QuickAdd, QuickAddError, Span, parse_quick_add, quoted

WEDNESDAY = date(2026, 11, 18)
TEN = time(10)


def facts(understood: QuickAdd) -> str:
    found = [
        understood.due_date and understood.due_date.isoformat(),
        understood.due_time and understood.due_time.isoformat("minutes"),
        understood.priority and f"!{understood.priority}",
        *(f"#{tag.replace(' ', '_')}" for tag in understood.tags),
        understood.rrule,
        understood.mode if understood.mode != "schedule" else None,
    ]
    return " ".join(fact for fact in found if fact)


def check(marked: str, title: str, expected: str, today: date = WEDNESDAY, now: time | None = TEN) -> None:
    text = marked.replace("{", "").replace("}", "")
    understood = parse_quick_add(text, today=today, now=now)
    assert (understood.title, facts(understood), marked_spans(text, understood)) == (title, expected, marked)
    assert (understood.rrule is None) == (understood.mode is None)
    for span in understood.spans:
        assert span.value in values(understood, span), span


def marked_spans(text: str, understood: QuickAdd) -> str:
    for span in reversed(understood.spans):
        text = f"{text[: span.start]}{{{text[span.start : span.end]}}}{text[span.end :]}"
    return text


def values(understood: QuickAdd, span: Span) -> tuple[str | None, ...]:
    """What a span of this kind may say of what was understood."""
    day = understood.due_date.isoformat() if understood.due_date else ""
    clock = understood.due_time.isoformat("minutes") if understood.due_time else ""
    rule = dict(part.split("=") for part in (understood.rrule or "FREQ=").split(";"))
    return {
        "date": (day, f"{day}T{clock}"),
        "time": (clock,),
        "datetime": (f"{day}T{clock}",),
        "recurrence": (understood.rrule,),
        "start": (span.value if span.value[:10] <= day and span.value[10:] in ("", f"T{clock}") else None,),
        "until": (span.value if span.value.replace("-", "") == rule.get("UNTIL") else None,),
        "count": (rule.get("COUNT"),),
        "priority": (understood.priority,),
        "tag": (span.value if span.value.casefold() in map(str.casefold, understood.tags) else None,),
    }[span.kind]


class TestTheCalendar:
    @pytest.mark.parametrize(
        ("today", "marked", "expected"),
        [
            ("2026-12-31", "x {tomorrow}", "2027-01-01"),
            ("2026-12-31", "x {31 dec}", "2026-12-31"),
            ("2026-12-31", "x {1 jan}", "2027-01-01"),
            ("2026-12-31", "x {end of month}", "2026-12-31"),
            ("2026-12-31", "x {next month}", "2027-01-01"),
            ("2026-12-31", "x {the 30th}", "2027-01-30"),
            ("2027-01-31", "x {in a month}", "2027-02-28"),
            ("2028-01-31", "x {in a month}", "2028-02-29"),
            ("2028-02-28", "x {tomorrow}", "2028-02-29"),
            ("2028-02-29", "x {in 1 year}", "2029-02-28"),
            ("2028-02-29", "x {29 feb}", "2028-02-29"),
            ("2028-03-01", "x {29 feb}", "2032-02-29"),
            ("2096-03-01", "x {29 feb}", "2104-02-29"),
            ("2028-02-10", "x {end of month}", "2028-02-29"),
            ("2027-02-10", "x {the 31st}", "2027-03-31"),
            ("2026-11-15", "x {the 15th}", "2026-11-15"),
            ("2026-11-22", "x {end of week}", "2026-11-22"),
            ("2026-11-22", "x {next week}", "2026-11-23"),
            ("2026-11-21", "x {weekend}", "2026-11-21"),
            ("2026-11-20", "x {friday}", "2026-11-27"),
            ("2026-11-20", "x {this friday}", "2026-11-20"),
            ("2026-11-20", "x {next friday}", "2026-11-27"),
            ("2026-11-20", "x {every friday}", "2026-11-20 FREQ=WEEKLY;BYDAY=FR"),
            ("2026-11-22", "x {next monday}", "2026-11-23"),
            ("2027-01-31", "x {every month}", "2027-01-31 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
            ("2027-01-30", "x {every month}", "2027-01-30 FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
            ("2027-01-28", "x {every month}", "2027-01-28 FREQ=MONTHLY"),
            ("2027-01-31", "x {every! month}", "2027-01-31 FREQ=MONTHLY after_completion"),
            ("2027-01-31", "x {every week}", "2027-01-31 FREQ=WEEKLY"),
            ("2028-02-29", "x {every year}", "2028-02-29 FREQ=YEARLY;BYMONTHDAY=28,29;BYMONTH=2;BYSETPOS=-1"),
            ("2026-03-01", "x {every fifth friday of february}", "2036-02-29 FREQ=YEARLY;BYDAY=5FR;BYMONTH=2"),
            ("9998-12-31", "x {today}", "9998-12-31"),
        ],
    )
    def test_of_any_year(self, today: str, marked: str, expected: str):
        check(marked, "x", expected, today=date.fromisoformat(today))

    @pytest.mark.parametrize("phrase", ["tomorrow", "in 3 days", "next week", "friday", "every day at 9"])
    def test_ends_with_the_last_day_that_a_task_can_have(self, phrase: str):
        understood = parse_quick_add(f"x {phrase}", today=date(9998, 12, 31), now=TEN)
        assert (understood.due_date, understood.rrule) in {(None, None), (date(9998, 12, 31), None)}

    @pytest.mark.parametrize(
        ("now", "marked", "expected"),
        [
            (time(8, 59), "x {at 9}", "2026-11-18 09:00"),
            (time(9), "x {at 9}", "2026-11-19 09:00"),
            (None, "x {at 9}", "2026-11-18 09:00"),
            (time(9), "x {every day} {at 9}", "2026-11-19 09:00 FREQ=DAILY"),
            (time(8), "x {every day} {at 9}", "2026-11-18 09:00 FREQ=DAILY"),
            (time(8), "x {this morning}", "2026-11-18 09:00"),
            (time(12), "x {this morning}", "2026-11-18"),
            (time(21), "x {tonight}", "2026-11-18"),
            (time(21), "x {tonight} {at 11}", "2026-11-18 23:00"),
            (time(23, 30), "x {in 45 minutes}", "2026-11-19 00:15"),
            (time(9, 15, 59, 999), "x {in an hour}", "2026-11-18 10:15"),
            (None, "x in 2 hours", ""),
        ],
    )
    def test_at_any_time_of_day(self, now: time | None, marked: str, expected: str):
        check(marked, "x in 2 hours" if now is None and not expected else "x", expected, now=now)

    def test_hours_that_really_pass_on_the_night_when_the_clocks_change(self):
        night, now, berlin = date(2026, 10, 25), time(1), ZoneInfo("Europe/Berlin")
        assert parse_quick_add("x in 3 hours", today=night, now=now, zone=berlin).due_time == time(3)
        assert parse_quick_add("x in 3 hours", today=night, now=now).due_time == time(4)


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "title_empty"),
            ("  ", "title_empty"),
            ("tomorrow", "title_empty"),
            ("(tomorrow)", "title_empty"),
            ("every day at 9 #home !high", "title_empty"),
            ('""', "title_empty"),
            ("\u200b tomorrow", "title_empty"),
            ("x" * 256, "title_too_long"),
            ("x" * (MAX_TEXT_LENGTH + 1), "text_too_long"),
            ("x\x00", "control_character"),
            ("x\ud800", "lone_surrogate"),
        ],
    )
    def test_have_codes(self, text: str, code: str):
        with pytest.raises(QuickAddError) as refusal:
            parse_quick_add(text, today=WEDNESDAY, now=TEN)
        assert refusal.value.code == code

    def test_a_long_text_with_a_short_title_is_none(self):
        assert parse_quick_add("x " + "#tag " * 199, today=WEDNESDAY, now=TEN).tags == ("tag",)


class TestSpans:
    def test_are_given_in_characters_and_in_utf_16(self):
        text = "🎉 Party tomorrow 🎉 #fun"
        spans = parse_quick_add(text, today=WEDNESDAY, now=TEN).spans
        assert spans == (Span(8, 16, 9, 17, "date", "2026-11-19"), Span(19, 23, 21, 25, "tag", "fun"))
        assert text.encode("utf-16-le")[2 * 21 : 2 * 25].decode("utf-16-le") == "#fun"

    def test_point_into_the_text_as_it_was_typed(self):
        text = "  Cafe\u0301\n\twith  Ana   tomorrow "
        understood = parse_quick_add(text, today=WEDNESDAY, now=TEN)
        assert understood.title == "Caf\u00e9 with Ana"
        assert [text[span.start : span.end] for span in understood.spans] == ["tomorrow"]

    def test_there_are_none_in_a_quoted_title(self):
        understood = parse_quick_add(quoted('call "tomorrow" \\ #x !1'), today=WEDNESDAY, now=TEN)
        assert (understood.title, understood.spans) == ('call "tomorrow" \\ #x !1', ())
