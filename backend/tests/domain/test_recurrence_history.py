"""Which days of a series are opened, by what became of those before."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from src.domain.recurrence import (
    History,
    Missed,
    Mode,
    Schedule,
    after_completion,
    missing_dates,
    occurrences,
    parse_rule,
    projected,
    rearranged,
)

TODAY = date(2026, 3, 10)
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=YEARLY",
    "FREQ=DAILY;COUNT=5",
    "FREQ=WEEKLY;UNTIL=20260401",
]
near_days = st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=90))
schedules = st.builds(
    Schedule,
    rule=st.sampled_from(RULES).map(parse_rule),
    start=near_days,
    mode=st.sampled_from(Mode),
    missed=st.sampled_from(Missed),
)


def schedule(rule: str, start: date, mode: Mode = Mode.SCHEDULE, missed: Missed = Missed.SKIP) -> Schedule:
    return Schedule(rule=parse_rule(rule), start=start, mode=mode, missed=missed)


def day(number: int) -> date:
    return date(2026, 3, number)


@st.composite
def histories(draw: st.DrawFn) -> History:
    opened = draw(st.sets(near_days, max_size=4))
    closed = draw(st.sets(near_days, max_size=4)) - opened
    counts_from = draw(st.dates(TODAY - timedelta(days=60), TODAY)) if closed else None
    return History(
        open_days=opened,
        newest_closed=max(closed, default=None),
        count=len(opened) + len(closed),
        counts_from=counts_from,
        taken=opened | closed,
    )


class TestMissingDates:
    def test_of_a_new_series_begin_with_its_first_day_from_today_on(self) -> None:
        weekly = schedule("FREQ=WEEKLY", day(1))
        assert missing_dates(weekly, History(), today=day(10)) == [day(15)]
        assert missing_dates(weekly, History(), today=date(2026, 2, 1)) == [day(1)]

    def test_are_none_while_the_newest_is_open(self) -> None:
        history = History(open_days=[day(8)], newest_closed=day(1), count=2)
        assert missing_dates(schedule("FREQ=WEEKLY", day(1)), history, today=day(20)) == []

    def test_come_although_an_older_one_is_open(self) -> None:
        history = History(open_days=[day(1)], newest_closed=day(8), count=2)
        assert missing_dates(schedule("FREQ=WEEKLY", day(1)), history, today=day(8)) == [day(15)]

    def test_counted_from_completion_are_one_at_a_time(self) -> None:
        counted = schedule("FREQ=DAILY;INTERVAL=3", day(1), Mode.AFTER_COMPLETION)
        done = History(newest_closed=day(10), count=1, counts_from=day(10))
        assert missing_dates(counted, done, today=day(10)) == [day(13)]
        also_open = History(open_days=[day(1)], newest_closed=day(10), count=2, counts_from=day(10))
        assert missing_dates(counted, also_open, today=day(10)) == []

    def test_counted_from_completion_pass_over_days_that_are_taken(self) -> None:
        counted = schedule("FREQ=DAILY;INTERVAL=3", day(1), Mode.AFTER_COMPLETION)
        done = History(newest_closed=day(13), count=3, counts_from=day(10), taken={day(10), day(13), day(16)})
        assert missing_dates(counted, done, today=day(10)) == [day(19)]

    def test_counted_from_completion_come_on_the_first_day_that_fits_when_they_are_late(self) -> None:
        done = History(newest_closed=date(2025, 2, 10), count=1, counts_from=date(2025, 2, 10))
        for rule, expected in (
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", date(2027, 2, 10)),
            ("FREQ=WEEKLY;INTERVAL=8;BYDAY=MO", day(16)),
            ("FREQ=DAILY;INTERVAL=30", day(10)),
        ):
            counted = schedule(rule, date(2025, 2, 10), Mode.AFTER_COMPLETION)
            assert missing_dates(counted, done, today=day(10)) == [expected]

    @given(schedules, histories(), st.booleans())
    def test_are_new_and_in_order_and_fit(self, wanted: Schedule, history: History, is_resumed: bool) -> None:
        days = missing_dates(wanted, history, today=TODAY, is_resumed=is_resumed)
        assert days == sorted(set(days))
        assert not set(days) & set(history.taken)
        if wanted.mode is Mode.SCHEDULE:
            assert all(wanted.holds(each) for each in days)
            assert all(history.newest is None or each > history.newest for each in days)
        if is_resumed or wanted.missed is Missed.SKIP:
            assert all(each >= TODAY for each in days)
            assert len(days) <= 1

    @given(schedules, histories())
    def test_leave_one_open_or_the_series_has_ended(self, wanted: Schedule, history: History) -> None:
        days = missing_dates(wanted, history, today=TODAY)
        if days or history.open_days:
            return
        if wanted.mode is Mode.SCHEDULE:
            after = max(history.newest or date.min, TODAY - timedelta(days=1))
            assert next(occurrences(wanted.rule, wanted.start, after=after), None) is None
        else:
            assert wanted.rule.count is not None or wanted.rule.until is not None


class TestRearranged:
    def test_moves_what_no_longer_fits(self) -> None:
        history = History(open_days=[day(13)], newest_closed=day(6), count=2, taken={day(6), day(13)})
        plan = rearranged(schedule("FREQ=WEEKLY", day(5)), history, today=day(10))
        assert (plan.moved, plan.dropped, plan.missing) == ({day(13): day(12)}, [], [])

    def test_moves_the_newest_although_an_older_one_stays_open(self) -> None:
        history = History(open_days=[day(9), day(16)], count=2, taken={day(9), day(16)})
        plan = rearranged(schedule("FREQ=WEEKLY;INTERVAL=2", day(9), missed=Missed.KEEP), history, today=day(10))
        assert (plan.moved, plan.dropped, plan.missing) == ({day(16): day(23)}, [], [])

    def test_gives_up_what_has_no_day(self) -> None:
        history = History(open_days=[day(12), day(13)], count=2, taken={day(12), day(13)})
        plan = rearranged(schedule("FREQ=DAILY;UNTIL=20260310", day(1)), history, today=day(10))
        assert (plan.moved, plan.dropped, plan.missing) == ({day(13): day(10)}, [day(12)], [])

    @given(schedules, histories())
    def test_leaves_each_day_once_and_all_of_them_fit(self, wanted: Schedule, history: History) -> None:
        plan = rearranged(wanted, history, today=TODAY)
        stay = [each for each in history.open_days if each not in plan.moved and each not in plan.dropped]
        left = [*stay, *plan.moved.values(), *plan.missing]
        assert len(left) == len(set(left))
        closed = set(history.taken) - set(history.open_days)
        assert not (set(plan.moved.values()) | set(plan.missing)) & closed
        if wanted.mode is Mode.SCHEDULE:
            assert all(wanted.holds(each) for each in left)

    @given(schedules, histories())
    def test_of_its_own_outcome_changes_nothing(self, wanted: Schedule, history: History) -> None:
        plan = rearranged(wanted, history, today=TODAY)
        stay = {each for each in history.open_days if each not in plan.moved and each not in plan.dropped}
        left = stay | set(plan.moved.values()) | set(plan.missing)
        closed = set(history.taken) - set(history.open_days)
        after = History(
            open_days=left,
            newest_closed=history.newest_closed,
            count=len(left | closed),
            counts_from=history.counts_from,
            taken=left | closed,
        )
        if wanted.mode is Mode.SCHEDULE:
            again = rearranged(wanted, after, today=TODAY)
            assert (again.moved, again.dropped, again.missing) == ({}, [], [])


class TestProjected:
    def test_counts_each_from_the_one_before(self) -> None:
        counted = schedule("FREQ=MONTHLY;COUNT=9", date(2026, 1, 31), Mode.AFTER_COMPLETION)
        days = list(projected(counted, next_day=date(2026, 1, 31), left=3))
        assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 28)]
        assert days[1] == after_completion(parse_rule("FREQ=MONTHLY"), days[0])

    def test_of_what_has_nothing_open_is_nothing(self) -> None:
        counted = schedule("FREQ=DAILY", day(1), Mode.AFTER_COMPLETION)
        assert list(projected(counted, next_day=None, left=None)) == []
