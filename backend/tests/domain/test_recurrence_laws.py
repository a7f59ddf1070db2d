"""The laws of recurrence rules, for every rule that can be written."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from src.domain.due_dates import LATEST_DAY
from src.domain.recurrence import (
    InvalidRule,
    Rule,
    describe,
    first_occurrence,
    next_occurrence,
    occurrences,
    parse_rule,
    require_firing,
    split,
)
from tests.domain.test_recurrence import Parts, parts, rule_of, rules, sometimes, starts


class TestLaws:
    @sometimes
    @given(rules(), starts)
    def test_days_ascend_from_the_start_to_the_end(self, rule: Rule, start: date) -> None:
        days = list(islice(occurrences(rule, start), 60))
        assert all(one < other for one, other in pairwise(days))
        assert all(start <= day <= (rule.until or LATEST_DAY) for day in days)
        assert len(days) <= (rule.count or 60)
        assert first_occurrence(rule, start) == next(iter(days), None)

    @sometimes
    @given(parts())
    def test_the_canonical_text_is_the_same_rule(self, drawn: Parts) -> None:
        rule = rule_of(drawn)
        assume(rule)
        assert parse_rule(str(rule)) == rule
        assert str(parse_rule(str(rule))) == str(rule)
        assert hash(parse_rule(f"RRULE:{str(rule).lower()}")) == hash(rule)
        assert len(str(rule)) <= len(drawn.text)

    @sometimes
    @given(rules(), starts, st.integers(-400, 4000), st.integers(0, 3000))
    def test_bounds_are_filters(self, rule: Rule, start: date, offset: int, span: int) -> None:
        """Jumping to ``after`` finds what walking there does."""
        after = start + timedelta(days=offset)
        before = after + timedelta(days=span)
        walked = [day for day in occurrences(rule, start, before=before) if day > after]
        assert list(occurrences(rule, start, after=after, before=before)) == walked
        assert walked == [] or next_occurrence(rule, start, after) == walked[0]

    @sometimes
    @given(rules(ends=False), starts, st.dates(date(5000, 1, 1), LATEST_DAY))
    def test_far_days_are_in_step_with_near_ones(self, rule: Rule, start: date, far: date) -> None:
        """A rule goes on in the same way from each of its days, so one far away is a start like the first."""
        days = list(islice(occurrences(rule, start, after=far), 5))
        if days:
            assert list(islice(occurrences(rule, days[0]), 5)) == days

    @sometimes
    @given(rules(ends=False), starts)
    def test_the_calendar_repeats_after_400_years(self, rule: Rule, start: date) -> None:
        """…with an INTERVAL that divides them."""
        in_step = {"DAILY": 7, "WEEKLY": 3, "MONTHLY": 12, "YEARLY": 5}[rule.frequency]
        rule = replace(rule, interval=in_step)
        limit = date(min(start.year + 60, 9400), 1, 1)
        later = start.replace(year=start.year + 400)
        expected = [day.replace(year=day.year + 400) for day in islice(occurrences(rule, start, before=limit), 20)]
        later_limit = limit.replace(year=limit.year + 400)
        assert list(islice(occurrences(rule, later, before=later_limit), 20)) == expected

    @sometimes
    @given(rules(), starts, st.integers(-10, 2000))
    def test_the_parts_of_a_split_are_the_whole(self, rule: Rule, start: date, offset: int) -> None:
        at, limit = start + timedelta(days=offset), start + timedelta(days=6000)
        parts = split(rule, start, at)
        head = list(occurrences(parts.head, start, before=limit)) if parts.head else []
        tail = list(occurrences(parts.tail, parts.tail_start, before=limit)) if parts.tail and parts.tail_start else []
        assert head + tail == list(occurrences(rule, start, before=limit))
        assert all(day < at for day in head)
        assert all(day >= at for day in tail)
        for part in filter(None, (parts.head, parts.tail)):
            assert parse_rule(str(part)) == part

    @sometimes
    @given(rules(), rules(ends=False), st.sets(st.sampled_from(list(Rule.__dataclass_fields__)), max_size=8))
    def test_what_reads_the_same_is_the_same(self, rule: Rule, other: Rule, kept: set[str]) -> None:
        try:
            other = parse_rule(str(replace(other, **{name: getattr(rule, name) for name in kept})))
        except InvalidRule:
            return
        if describe(other) == describe(rule):
            for start in (date(2024, 2, 29), date(2024, 12, 31), date(2021, 1, 3)):
                limit = date(start.year + 6, 1, 1)
                same = [list(occurrences(each, start, before=limit)) for each in (rule, other)]
                assert same[0] == same[1]

    @sometimes
    @given(rules(), starts)
    def test_what_never_fires_from_a_start_is_refused_there(self, rule: Rule, start: date) -> None:
        if first_occurrence(rule, start) is not None:
            require_firing(rule, start)
            return
        with pytest.raises(InvalidRule) as refusal:
            require_firing(rule, start)
        assert refusal.value.code == "never_fires"
