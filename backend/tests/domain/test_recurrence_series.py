"""A series over its life: completed, missed, split, and in each zone at its wall-clock time."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from src.domain.due_dates import due_instant
from src.domain.recurrence import (
    MAX_MISSED,
    Missed,
    Rule,
    after_completion,
    next_occurrence,
    occurrences,
    open_dates,
    parse_rule,
    split,
)
from tests.domain.test_recurrence import rules, sometimes, starts


def day(text: str) -> date:
    return date.fromisoformat(text)


class TestAfterCompletion:
    @pytest.mark.parametrize(
        ("rule", "completed_on", "expected"),
        [
            ("FREQ=DAILY", "2026-02-28", "2026-03-01"),
            ("FREQ=DAILY;INTERVAL=10", "2026-12-25", "2027-01-04"),
            ("FREQ=WEEKLY;INTERVAL=2", "2026-01-07", "2026-01-21"),
            ("FREQ=MONTHLY", "2026-01-15", "2026-02-15"),
            ("FREQ=MONTHLY", "2026-01-31", "2026-02-28"),
            ("FREQ=MONTHLY", "2024-01-30", "2024-02-29"),
            ("FREQ=MONTHLY;INTERVAL=13", "2026-12-31", "2028-01-31"),
            ("FREQ=YEARLY", "2024-02-29", "2025-02-28"),
            ("FREQ=YEARLY;INTERVAL=4", "2024-02-29", "2028-02-29"),
            ("FREQ=WEEKLY;BYDAY=MO", "2026-01-05", "2026-01-12"),  # completed on a Monday: not that day again
            ("FREQ=WEEKLY;BYDAY=MO", "2026-01-04", "2026-01-05"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-01-05", "2026-01-09"),  # the same week has a Friday left
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-01-09", "2026-01-19"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO", "2026-01-05", "2026-01-11"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "2026-01-05", "2026-01-18"),
            ("FREQ=WEEKLY;BYMONTH=6", "2026-06-30", "2027-06-01"),
            ("FREQ=MONTHLY;BYMONTHDAY=1", "2026-01-15", "2026-02-01"),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", "2026-03-31"),  # what is asked for is not clipped
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-15", "2026-01-31"),
            ("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", "2026-01-20", "2026-04-14"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30", "2026-02-27"),
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "2026-03-31", "2028-02-29"),
            ("FREQ=MONTHLY;BYMONTH=2,3", "2026-01-31", "2026-02-28"),
            ("FREQ=YEARLY;BYMONTH=2,6", "2026-02-15", "2026-06-15"),
            ("FREQ=YEARLY;BYMONTH=6", "2026-01-31", "2026-06-30"),
            ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "2025-05-01", "2032-02-29"),
            ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "2026-01-06", "2026-01-19"),  # a week later or more, and a Monday
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-01-09", "2026-01-12"),
            ("FREQ=DAILY;COUNT=1", "2026-01-09", "2026-01-10"),  # COUNT is the caller's
            ("FREQ=DAILY;UNTIL=20260110", "2026-01-09", "2026-01-10"),
            ("FREQ=DAILY;UNTIL=20260110", "2026-01-10", None),
            ("FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260108", "2026-01-05", None),
            ("FREQ=YEARLY", "9998-12-31", None),
        ],
    )
    def test_gives_the_next_day(self, rule: str, completed_on: str, expected: str | None) -> None:
        found = after_completion(parse_rule(rule), day(completed_on))
        assert found == (day(expected) if expected else None)

    @sometimes
    @given(rules(), starts)
    def test_is_later_and_there_unless_until_is_past(self, rule: Rule, completed_on: date) -> None:
        found = after_completion(rule, completed_on)
        if found is None:
            assert rule.until is not None
        else:
            assert completed_on < found <= (rule.until or found)

    @sometimes
    @given(rules(), starts)
    def test_is_the_schedules_day_where_its_period_has_one(self, rule: Rule, completed_on: date) -> None:
        """Anchored at the completion, the schedule can only be later: it waits for a multiple of INTERVAL."""
        scheduled = next_occurrence(rule, completed_on, completed_on) if rule.count is None else None
        found = after_completion(rule, completed_on)
        if scheduled is not None:
            assert found is not None
            assert found <= scheduled

    @given(st.integers(1, 60), starts)
    def test_months_later_is_that_day_or_the_last(self, interval: int, completed_on: date) -> None:
        found = after_completion(parse_rule(f"FREQ=MONTHLY;INTERVAL={interval}"), completed_on)
        years, month = divmod(completed_on.month - 1 + interval, 12)
        year = completed_on.year + years
        assert found == date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


class TestMissedDays:
    def opened(
        self, rule: str, missed: Missed, *, newest: str | None, today: str, start: str = "2026-01-01"
    ) -> list[str]:
        newest_day = None if newest is None else day(newest)
        return [
            f"{each:%m-%d}"
            for each in open_dates(parse_rule(rule), day(start), newest=newest_day, today=day(today), missed=missed)
        ]

    @pytest.mark.parametrize(
        ("rule", "newest", "today", "skip", "keep"),
        [
            ("FREQ=DAILY", "2026-01-05", "2026-01-05", ["01-06"], ["01-06"]),
            ("FREQ=DAILY", "2026-01-05", "2026-01-06", ["01-06"], ["01-06"]),
            ("FREQ=DAILY", "2026-01-05", "2026-01-08", ["01-08"], ["01-06", "01-07", "01-08"]),
            ("FREQ=DAILY", "2026-01-05", "2026-01-02", ["01-06"], ["01-06"]),  # done before its day
            ("FREQ=WEEKLY", "2026-01-01", "2026-01-22", ["01-22"], ["01-08", "01-15", "01-22"]),
            ("FREQ=WEEKLY", "2026-01-01", "2026-01-23", ["01-29"], ["01-08", "01-15", "01-22", "01-29"]),
            ("FREQ=DAILY;COUNT=7", "2026-01-05", "2026-01-20", [], ["01-06", "01-07"]),
            ("FREQ=DAILY;COUNT=7", "2026-01-07", "2026-01-07", [], []),
            ("FREQ=DAILY;UNTIL=20260106", "2026-01-05", "2026-01-06", ["01-06"], ["01-06"]),
            ("FREQ=DAILY;UNTIL=20260106", "2026-01-05", "2026-01-07", [], ["01-06"]),
            ("FREQ=WEEKLY", None, "2025-12-01", ["01-01"], ["01-01"]),
            ("FREQ=WEEKLY", None, "2026-01-09", ["01-15"], ["01-01", "01-08", "01-15"]),
        ],
    )
    def test_are_left_out_or_opened(
        self, rule: str, newest: str | None, today: str, skip: list[str], keep: list[str]
    ) -> None:
        assert self.opened(rule, Missed.SKIP, newest=newest, today=today) == skip
        assert self.opened(rule, Missed.KEEP, newest=newest, today=today) == keep

    @pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=1000", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"])
    def test_are_the_latest_50_when_there_are_more(self, rule: str) -> None:
        found = open_dates(
            parse_rule(rule), day("2026-01-01"), newest=None, today=day("2027-01-01"), missed=Missed.KEEP
        )
        assert found == [day("2027-01-01") - timedelta(days=n) for n in range(50, -1, -1)]

    @sometimes
    @given(rules(), starts, st.integers(0, 1500), st.integers(0, 20_000))
    def test_are_those_that_lie_between(self, rule: Rule, start: date, newest_in: int, today_in: int) -> None:
        newest = start + timedelta(days=newest_in)
        today = newest + timedelta(days=today_in)
        between = [*islice(occurrences(rule, start, after=newest, before=today), 3_000)]
        assume(len(between) < 3_000)
        upcoming = list(islice(occurrences(rule, start, after=max(newest, today - timedelta(days=1))), 1))
        kept = open_dates(rule, start, newest=newest, today=today, missed=Missed.KEEP)
        assert kept == between[-MAX_MISSED:] + [each for each in upcoming if each not in between[-MAX_MISSED:]]
        assert open_dates(rule, start, newest=newest, today=today, missed=Missed.SKIP) == upcoming


class TestSplit:
    @pytest.mark.parametrize(
        ("rule", "at", "head", "tail", "tail_start"),
        [
            ("FREQ=DAILY", "2026-01-10", "FREQ=DAILY;UNTIL=20260109", "FREQ=DAILY", "2026-01-10"),
            ("FREQ=DAILY", "2026-01-01", None, "FREQ=DAILY", "2026-01-01"),
            ("FREQ=DAILY", "2025-06-01", None, "FREQ=DAILY", "2026-01-01"),
            ("FREQ=DAILY", "0001-01-01", None, "FREQ=DAILY", "2026-01-01"),
            ("FREQ=DAILY;COUNT=10", "2026-01-04", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=7", "2026-01-04"),
            ("FREQ=DAILY;COUNT=3", "2026-01-04", "FREQ=DAILY;COUNT=3", None, None),
            ("FREQ=DAILY;UNTIL=20260103", "2026-01-04", "FREQ=DAILY;UNTIL=20260103", None, None),
            (
                *("FREQ=WEEKLY;INTERVAL=2;UNTIL=20260601", "2026-01-10", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260109"),
                *("FREQ=WEEKLY;INTERVAL=2;UNTIL=20260601", "2026-01-15"),
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-02-01", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20260131", "", "2026-03-31"),
        ],
    )
    def test_ends_the_head_and_starts_the_tail(
        self, rule: str, at: str, head: str | None, tail: str | None, tail_start: str | None
    ) -> None:
        parts = split(parse_rule(rule), day("2026-01-01"), day(at))
        expected_tail = rule if tail == "" else tail
        found = [None if part is None else str(part) for part in (parts.head, parts.tail)]
        assert found == [head, expected_tail]
        assert parts.tail_start == (None if tail_start is None else day(tail_start))


# Zones whose clocks moved by half an hour, in Ramadan, at midnight, by a whole day, for good, or far from Greenwich.
ODD_ZONES = {
    "Australia/Lord_Howe": 2026,
    "Africa/Casablanca": 2026,
    "Africa/El_Aaiun": 2026,
    "Africa/Cairo": 2026,
    "America/Santiago": 2026,
    "America/Sao_Paulo": 2018,
    "America/St_Johns": 2006,
    "America/Caracas": 2016,
    "America/New_York": 2026,
    "America/Havana": 2026,
    "Antarctica/Troll": 2026,
    "Asia/Beirut": 2026,
    "Asia/Gaza": 2026,
    "Asia/Kathmandu": 1986,
    "Asia/Pyongyang": 2015,
    "Asia/Tehran": 2021,
    "Atlantic/Azores": 2026,
    "Europe/Berlin": 2026,
    "Europe/Dublin": 2026,
    "Europe/Istanbul": 2016,
    "Europe/Moscow": 2011,
    "Pacific/Apia": 2011,
    "Pacific/Chatham": 2026,
    "Pacific/Fakaofo": 2011,
    "Pacific/Kiritimati": 1994,
    "Pacific/Kwajalein": 1993,
    "Pacific/Norfolk": 2015,
}
LEFT_OUT = {  # whole days that a zone's calendar jumped over
    *(("Pacific/Apia", day("2011-12-30")), ("Pacific/Fakaofo", day("2011-12-30"))),
    *(("Pacific/Kiritimati", day("1994-12-31")), ("Pacific/Kwajalein", day("1993-08-21"))),
}


class TestWallClock:
    @pytest.mark.parametrize("zone", ODD_ZONES)
    @pytest.mark.parametrize("clock_time", [time(9), time(2, 30), time(0), time(23, 59)])
    def test_gives_each_day_once_and_never_drifts(self, zone: str, clock_time: time) -> None:
        """Over two years with their transitions. A time that the clocks skip is later by as much, on that day only."""
        start = date(ODD_ZONES[zone], 1, 1)
        days = list(occurrences(parse_rule("FREQ=DAILY"), start, before=start.replace(year=start.year + 2)))
        instants = [due_instant(each, clock_time, zone) for each in days]
        assert [each - days[0] for each in days] == [timedelta(days=n) for n in range(len(days))]
        for scheduled, instant in zip(days, instants, strict=True):
            shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            late = shown - datetime.combine(scheduled, clock_time)
            assert late == timedelta(0) or self.is_skipped(scheduled, clock_time, zone, by=late)
        for (one, other), (instant, later) in zip(pairwise(days), pairwise(instants), strict=True):
            assert instant < later or (zone, one) in LEFT_OUT, f"{one} and {other} are the same instant"

    @staticmethod
    def is_skipped(scheduled: date, clock_time: time, zone: str, *, by: timedelta) -> bool:
        """Whether a clock in the zone goes from before that time to after it, without showing it."""
        wall = datetime.combine(scheduled, clock_time, tzinfo=ZoneInfo(zone))
        before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
        assert before is not None
        assert after is not None
        return timedelta(0) < by == after - before <= timedelta(days=1)

    @pytest.mark.parametrize("zone", ODD_ZONES)
    def test_takes_a_time_that_comes_twice_at_its_first(self, zone: str) -> None:
        days = islice(occurrences(parse_rule("FREQ=DAILY"), date(ODD_ZONES[zone], 1, 1)), 730)
        clock_times = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 15)]
        for each in days:
            if self.noon_offset(each, zone) > self.noon_offset(each + timedelta(days=1), zone):
                for shown, clock_time in product((each, each + timedelta(days=1)), clock_times):
                    wall = datetime.combine(shown, clock_time, tzinfo=ZoneInfo(zone))
                    both = [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
                    assert due_instant(shown, clock_time, zone) == min(both)

    @staticmethod
    def noon_offset(each: date, zone: str) -> timedelta:
        offset = datetime.combine(each, time(12), tzinfo=ZoneInfo(zone)).utcoffset()
        assert offset is not None
        return offset
