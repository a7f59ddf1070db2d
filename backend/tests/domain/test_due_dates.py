"""The instants that days and clock times name."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, due_instant, zone_names

ZONES = st.sampled_from(sorted(zone_names()))
DAYS = st.dates(EARLIEST_DAY, LATEST_DAY) | st.dates(date(1900, 1, 1), date(2040, 1, 1))
TIMES = st.times().map(lambda t: t.replace(microsecond=0, fold=0))


class TestDueInstant:
    @settings(max_examples=400)
    @given(DAYS, TIMES, ZONES)
    @example(EARLIEST_DAY, time(0, 0), "Pacific/Kiritimati")
    @example(LATEST_DAY, time(23, 59, 59), "Pacific/Niue")
    @example(date(2011, 12, 30), time(12, 0), "Pacific/Apia")  # a day that was not there at all
    @example(date(1994, 12, 31), time(12, 0), "Pacific/Kiritimati")
    @example(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    def test_shows_that_day_and_time_or_moves_forward_out_of_a_gap(self, day: date, clock_time: time, zone: str):
        instant = due_instant(day, clock_time, zone)
        assert instant.tzinfo is UTC
        wanted, shown = datetime.combine(day, clock_time), instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert shown >= wanted
        if shown != wanted:
            before = (instant - (shown - wanted)).astimezone(ZoneInfo(zone))
            assert before.replace(tzinfo=None) < wanted  # no clock there has ever shown it

    @settings(max_examples=200)
    @given(DAYS, TIMES, ZONES)
    def test_is_the_first_of_two(self, day: date, clock_time: time, zone: str):
        instant = due_instant(day, clock_time, zone)
        local = instant.astimezone(ZoneInfo(zone))
        if local.replace(tzinfo=None, fold=0) == datetime.combine(day, clock_time):
            assert local.fold == 0

    @pytest.mark.parametrize(
        ("zone", "wall", "expected"),
        [
            # gaps: forward by as much as the clocks go
            ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30"),
            ("America/New_York", "2026-03-08 02:00", "2026-03-08 07:00"),
            ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),  # half an hour
            ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22 02:30"),
            ("America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04 03:30"),  # at midnight
            ("Asia/Beirut", "2022-03-27 00:00", "2022-03-26 22:00"),
            ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),  # a whole day
            ("Africa/Monrovia", "1972-01-07 00:30", "1972-01-07 01:14:30"),
            # overlaps: the first
            ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),
            ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
            ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
            ("Europe/Moscow", "2014-10-26 01:30", "2014-10-25 21:30"),
            # neither
            ("Asia/Kathmandu", "2026-06-01 00:00", "2026-05-31 18:15"),
            ("Pacific/Kiritimati", "2026-06-01 00:00", "2026-05-31 10:00"),
            ("Pacific/Niue", "2026-06-01 00:00", "2026-06-01 11:00"),
            ("America/Caracas", "2010-01-01 00:00", "2010-01-01 04:30"),
            ("Etc/GMT+12", "9998-12-31 23:59:59", "9999-01-01 11:59:59"),
            ("Etc/GMT-14", "1900-01-01 00:00", "1899-12-31 10:00"),
            ("Africa/Casablanca", "9998-12-31 23:59", None),
            ("UTC", "2028-02-29 12:00", "2028-02-29 12:00"),
        ],
    )
    def test_follows_the_clocks_of_the_zone(self, zone: str, wall: str, expected: str | None):
        local = datetime.fromisoformat(wall)
        instant = due_instant(local.date(), local.time(), zone)
        if expected is not None:
            assert instant.replace(tzinfo=None) == datetime.fromisoformat(expected)

    @pytest.mark.parametrize("day", [EARLIEST_DAY, LATEST_DAY, date(2026, 3, 29), date(2026, 10, 25)])
    def test_exists_in_every_zone(self, day: date):
        for zone in zone_names():
            for clock_time in (time(0, 0), time(2, 30), time(23, 59, 59)):
                instant = due_instant(day, clock_time, zone)
                away = abs(instant.replace(tzinfo=None) - datetime.combine(day, clock_time))
                assert away <= timedelta(hours=26), zone


class TestZoneNames:
    def test_are_those_of_iana_and_no_files_beside_them(self):
        assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12"} <= zone_names()
        odd = {
            "localtime",
            "posixrules",
            "Factory",
            "",
            "utc",
            "tzdata.zi",
            "posix/UTC",
            "right/UTC",
            "../UTC",
            "Europe",
        }
        assert not odd & zone_names()

    def test_are_short_enough_for_their_column(self):
        assert max(map(len, zone_names())) <= 64
