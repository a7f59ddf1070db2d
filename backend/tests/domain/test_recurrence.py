"""Every rule that can be written, against python-dateutil and against the laws it must obey."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from types import ModuleType
from unittest.mock import patch

from dateutil import rrule as dateutil_rrule
from dateutil.rrule import rrule, weekday
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from src.domain.due_dates import EARLIEST_DAY
from src.domain.recurrence import InvalidRule, Rule, occurrences, parse_rule

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")  # by dateutil's numbers
# How far the oracle walks: far enough for a few periods, near enough to be done in milliseconds.
YEARS_LOOKED_AT = {"YEARLY": 40, "MONTHLY": 8, "WEEKLY": 5, "DAILY": 3}
BASE = settings.default.max_examples
often = settings(max_examples=3 * BASE, deadline=None)
sometimes = settings(max_examples=BASE, deadline=None)


@dataclass(frozen=True)
class Parts:
    """A rule as it was drawn, from which its text and the oracle's arguments are made apart from each other."""

    freq: str
    interval: int = 1
    wkst: int | None = None
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_set_pos: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        parts = {
            "FREQ": self.freq,
            "UNTIL": f"{self.until:%Y%m%d}" if self.until else "",
            "BYSETPOS": ",".join(map(str, self.by_set_pos)),
            "BYDAY": ",".join(f"{n or ''}{CODES[day]}" for day, n in self.by_day),
            "BYMONTHDAY": ",".join(map(str, self.by_month_day)),
            "BYMONTH": ",".join(map(str, self.by_month)),
            "COUNT": str(self.count or ""),
            "WKST": "" if self.wkst is None else CODES[self.wkst],
            "INTERVAL": str(self.interval),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


month_days = st.sampled_from([*range(1, 32), *range(-31, 0), 28, 29, 30, 31, 31, -1, -1, -2, -29, -30, -31])
set_positions = st.sampled_from([1, 1, 2, 3, 4, 5, 6, 12, 31, 53, 100, 366, -1, -1, -2, -3, -4, -5, -31, -366])
intervals = st.one_of(st.just(1), st.integers(1, 5), st.sampled_from([6, 7, 12, 14, 52, 53, 100, 400, 1000]))
starts = st.one_of(
    st.dates(date(2015, 1, 1), date(2032, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2023, 12, 31), date(2024, 12, 30), date(2025, 1, 1), date(2021, 1, 3)]),
    st.sampled_from([date(2023, 1, 31), date(2026, 3, 30), EARLIEST_DAY, date(1904, 2, 29), date(2096, 2, 29)]),
    st.dates(EARLIEST_DAY, date(2400, 12, 31)),
)


def lists(values: st.SearchStrategy, most: int = 4) -> st.SearchStrategy[tuple]:
    return st.one_of(st.just(()), st.just(()), st.lists(values, min_size=1, max_size=most, unique=True).map(tuple))


@st.composite
def parts(draw: st.DrawFn, *, ends: bool = True) -> Parts:
    freq = draw(st.sampled_from(FREQUENCIES))
    by_month = draw(lists(st.one_of(st.just(2), st.integers(1, 12))))
    by_month_day = () if freq == "WEEKLY" else draw(lists(month_days))
    ordinals = st.just(0)
    if freq in {"MONTHLY", "YEARLY"}:
        widest = 53 if freq == "YEARLY" and not by_month else 5
        counted = st.sampled_from([n for n in (1, 2, 4, 5, 20, 52, 53) if n <= widest])
        ordinals = st.one_of(st.just(0), counted, counted.map(lambda n: -n))
    by_day = draw(lists(st.tuples(st.integers(0, 6), ordinals), 7))
    by_set_pos = draw(lists(set_positions)) if by_month or by_month_day or by_day else ()
    end = draw(st.sampled_from(["", "", "COUNT", "UNTIL"])) if ends else ""
    return Parts(
        freq=freq,
        interval=draw(intervals),
        wkst=draw(st.one_of(st.none(), st.integers(0, 6))),
        by_month=by_month,
        by_month_day=by_month_day,
        by_day=by_day,
        by_set_pos=by_set_pos,
        count=draw(st.integers(1, 30)) if end == "COUNT" else None,
        until=draw(st.dates(date(2015, 1, 1), date(2040, 1, 1))) if end == "UNTIL" else None,
    )


def rules(*, ends: bool = True) -> st.SearchStrategy[Rule]:
    return parts(ends=ends).map(rule_of).filter(bool)


def rule_of(drawn: Parts) -> Rule | None:
    """None if it never fires, the one reason to refuse a rule that was drawn."""
    try:
        return parse_rule(drawn.text)
    except InvalidRule as error:
        if error.code != "never_fires":
            raise
        return None


class ShortCalendar(ModuleType):
    """The datetime module with an early end of all years: dateutil would look for a rule's next day until 9999."""

    def __init__(self, last_year: int) -> None:
        super().__init__("datetime")
        self.MAXYEAR = last_year

    def __getattr__(self, name: str) -> object:
        return getattr(dt, name)


def oracle(drawn: Parts, start: date, last: date) -> list[date]:
    """What python-dateutil says up to ``last``, led around where it strays from RFC 5545 (at the end)."""
    drawn, begin = with_ordinals_throughout(drawn), start
    if drawn.freq == "WEEKLY" and drawn.by_set_pos:
        drawn = replace(drawn, by_day=drawn.by_day or ((start.weekday(), 0),))
        begin = start - timedelta(days=(start.weekday() - (drawn.wkst or 0)) % 7)
    until = min(last, drawn.until or last)
    with patch.object(dateutil_rrule, "datetime", ShortCalendar(last.year + 1)):
        days = islice((day for day in dateutil_days(drawn, begin, until) if day >= start), drawn.count)
        return list(days)


def dateutil_days(drawn: Parts, start: date, until: date) -> Iterator[date]:
    found = rrule(
        FREQUENCIES.index(drawn.freq),
        dtstart=datetime.combine(start, time()),
        interval=drawn.interval,
        wkst=drawn.wkst,
        bymonth=drawn.by_month or None,
        bymonthday=drawn.by_month_day or None,
        byweekday=[weekday(day, n or None) for day, n in drawn.by_day] or None,
        bysetpos=drawn.by_set_pos or None,
        until=datetime.combine(until, time()),
    )
    return (moment.date() for moment in found)


def with_ordinals_throughout(drawn: Parts) -> Parts:
    """Each Monday, 1MO to 5MO or 53MO, wherever one day is counted: the same by RFC 5545."""
    if not any(n for _, n in drawn.by_day):
        return drawn
    most = 53 if drawn.freq == "YEARLY" and not drawn.by_month else 5
    by_day = [(day, n) for day, given in drawn.by_day for n in ([given] if given else range(1, most + 1))]
    return replace(drawn, by_day=tuple(by_day))


class TestAgainstDateutil:
    @often
    @given(parts(), starts)
    @example(Parts("WEEKLY", 2, 6, by_day=((6, 0), (0, 0))), date(2024, 12, 31))
    @example(Parts("DAILY", 2, by_day=((0, 0),)), date(2026, 1, 6))
    @example(Parts("DAILY", 14, by_day=((0, 0),)), date(2026, 1, 6))
    @example(Parts("YEARLY", 3, by_month=(2,), by_month_day=(29,)), date(2024, 2, 29))
    @example(Parts("YEARLY", 100, by_month=(2,), by_month_day=(29,)), date(2100, 1, 1))
    @example(Parts("YEARLY", by_day=((0, 53), (0, -53), (6, 1))), date(2023, 12, 31))
    @example(Parts("YEARLY", by_month_day=(-31, 31), by_day=((4, 0),), by_set_pos=(-1, 2)), date(2023, 12, 31))
    @example(Parts("WEEKLY", 3, 6, by_month=(12, 1), by_day=((1, 0), (6, 0)), by_set_pos=(-1,)), date(2024, 12, 31))
    @example(Parts("MONTHLY", 13, by_day=((0, 0), (1, -5)), by_month_day=(1, -31)), date(2021, 1, 31))
    def test_a_rule_fires_on_the_same_days(self, drawn: Parts, start: date) -> None:
        last = date(start.year + YEARS_LOOKED_AT[drawn.freq], 12, 31)
        expected = oracle(drawn, start, last)
        note(f"{drawn.text} from {start}: {expected[:5]}")
        rule = rule_of(drawn)
        if rule is None:
            assert not expected
            assert not oracle(replace(drawn, interval=1, until=None), date(1996, 1, 1), date(2024, 12, 31))
        else:
            assert list(occurrences(rule, start, before=last + timedelta(days=1))) == expected


class TestWhereDateutilStrays:
    """Two places; each is shown with what RFC 5545, 3.3.10, says of it."""

    def test_a_weekday_and_a_counted_one_are_both_meant(self) -> None:
        """ "The BYDAY rule part specifies a COMMA-separated list of days of the week": alternatives, as in all lists.

        Every Monday of January 2024 and its second Tuesday are 1, 8, 9, 15, 22 and 29. dateutil keeps two masks, for
        the counted and for the others, and wants a day to be in both, which none is.
        """
        drawn = Parts("MONTHLY", by_month=(1,), by_day=((0, 0), (1, 2)))
        start, last = date(2024, 1, 1), date(2024, 1, 31)
        assert list(dateutil_days(replace(drawn, by_day=drawn.by_day[:1]), start, last)) != []
        with patch.object(dateutil_rrule, "datetime", ShortCalendar(2025)):
            assert list(dateutil_days(drawn, start, last)) == []
        ours = occurrences(parse_rule(drawn.text), start, before=date(2024, 2, 1))
        assert [day.day for day in ours] == [1, 8, 9, 15, 22, 29]

    def test_a_set_holds_the_whole_first_week(self) -> None:
        """ "A set of recurrence instances starts at the beginning of the interval defined by the FREQ rule part."

        From Wednesday 3 January 2024, the week's set of Monday, Wednesday and Friday began on Monday 1 January. Its
        first is that Monday, which is before the start and does not count; the next week's first is Monday 8. dateutil
        lets the first week's set begin on the start, though it takes whole first months and years.
        """
        drawn = Parts("WEEKLY", by_day=((0, 0), (2, 0), (4, 0)), by_set_pos=(1,))
        start, last = date(2024, 1, 3), date(2024, 1, 16)
        assert list(dateutil_days(drawn, start, last)) == [date(2024, 1, 3), date(2024, 1, 8), date(2024, 1, 15)]
        ours = occurrences(parse_rule(drawn.text), start, before=last)
        assert list(ours) == [date(2024, 1, 8), date(2024, 1, 15)]

    def test_it_takes_the_whole_first_month_itself(self) -> None:
        drawn = Parts("MONTHLY", by_day=((0, 0), (2, 0), (4, 0)), by_set_pos=(1,))
        start, last = date(2024, 1, 3), date(2024, 2, 29)
        assert list(dateutil_days(drawn, start, last)) == [date(2024, 2, 2)]
        assert list(occurrences(parse_rule(drawn.text), start, before=last)) == [date(2024, 2, 2)]
