"""What holds for every text on every day."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.quick_add import MAX_TEXT_LENGTH, QuickAdd, QuickAddError, parse_quick_add, quoted
from tests.domain.test_quick_add import TEN, WEDNESDAY, values

VOCABULARY = """
every each ev every! other last first second 3rd 1st 15th 31st 29 the of and or to from until for in at on by due next
this weekend weekday day days week month year quarter hours minutes monday mon fri sun may march dec february today
tomorrow tonight morning night noon midnight 5pm 5 17:00 am 2026 2026-12-01 31/12/2026 999 10 times end eom daily weekly
yearly starting after completion ! !! !!! !high p1 #tag # #1 " \\ , . ( ) - ' “ ” : é 🎉 \u0301 \u200d عمل x milk
"""
WORDS = VOCABULARY.split()
PIECES = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", " ", " ", "", "  ", "\n"])), max_size=40)
TEXTS = st.text(max_size=60) | PIECES.map(lambda pieces: "".join(word + gap for word, gap in pieces))
MONTH_ENDS = st.dates(date(1999, 1, 1), date(2105, 12, 31)).map(lambda day: day.replace(day=1) - timedelta(1))
LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in (2000, 2024, 2028, 2096, 2104)])
DAYS = st.just(WEDNESDAY) | MONTH_ENDS | LEAP_DAYS | st.dates(EARLIEST_DAY, LATEST_DAY)
NOWS = st.none() | st.times()


def understood_or_none(text: str, today: date, now: time | None) -> QuickAdd | None:
    try:
        return parse_quick_add(text, today=today, now=now)
    except QuickAddError:
        return None


def is_subsequence(part: str, whole: str) -> bool:
    characters = iter(whole)
    return all(character in characters for character in part)


class TestAnyText:
    @settings(max_examples=150)
    @given(text=TEXTS, today=DAYS, now=NOWS)
    @example(text="x every every every", today=WEDNESDAY, now=TEN)
    @example(text="until eom daily today eom", today=WEDNESDAY, now=None)
    def test_is_understood_or_refused_and_its_spans_are_sound(self, text: str, today: date, now: time | None):
        understood = understood_or_none(text, today, now)
        if understood is None:
            return
        end = 0
        for span in understood.spans:
            assert end <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == text[span.start : span.end].strip()
            utf16 = text.encode("utf-16-le")[2 * span.utf16_start : 2 * span.utf16_end]
            assert utf16.decode("utf-16-le") == text[span.start : span.end]
            assert span.value
            assert span.value in values(understood, span)
            end = span.end

    @settings(max_examples=100)
    @given(text=TEXTS, today=DAYS)
    def test_has_a_title_of_what_stands_outside_the_spans(self, text: str, today: date):
        understood = understood_or_none(text, today, TEN)
        if understood is None:
            return
        for span in reversed(understood.spans):
            text = text[: span.start] + " " + text[span.end :]
        assert is_subsequence(understood.title, unicodedata.normalize("NFC", " ".join(text.split())))
        assert understood.title == " ".join(understood.title.split())
        assert 1 <= len(understood.title) <= 255

    @given(text=TEXTS, today=DAYS, now=NOWS)
    def test_gives_a_title_that_gives_itself_when_quoted(self, text: str, today: date, now: time | None):
        understood = understood_or_none(text, today, now)
        if understood:
            again = parse_quick_add(quoted(understood.title), today=today, now=now)
            assert (again.title, again.spans, again.due_date, again.rrule) == (understood.title, (), None, None)

    @given(text=TEXTS, today=DAYS, now=NOWS)
    def test_means_the_same_each_time(self, text: str, today: date, now: time | None):
        assert understood_or_none(text, today, now) == understood_or_none(text, today, now)

    @given(text=TEXTS)
    def test_with_a_day_names_one_that_a_task_can_have(self, text: str):
        understood = understood_or_none(f"x {text}", LATEST_DAY, TEN)
        if understood and understood.due_date:
            assert EARLIEST_DAY <= understood.due_date <= LATEST_DAY

    @pytest.mark.parametrize("word", [*WORDS, "(", '"a', "“", '#"', "mon,", "1st,", "a,", "1990-01-01 until"])
    def test_of_the_greatest_length_comes_to_an_end(self, word: str):
        for gap in ("", " "):
            for start in ("", "x every 29 feb until "):
                text = (start + (word + gap) * MAX_TEXT_LENGTH)[:MAX_TEXT_LENGTH]
                understood_or_none(text, WEDNESDAY, TEN)


RULE_PHRASES = """
every day; every 3 days; each day; every weekday; every weekend; every week; every other friday; every month;
every 2 weeks on mon and thu; every monday, wednesday and friday; every 5 months; every quarter; every 3 years;
every month on the last day; every month on the 31st; every 29th and 30th; every first monday of the month;
every! 2 weeks; every fifth friday; every 1st and 3rd tuesday; every last friday; every last weekday of the month;
every first working day of the month; every second to last day of the month; every 29 feb; the 30th of every 2 months;
every year on the first monday of september; every fifth friday of february; yearly on 31 dec; every year
"""
RULES = st.sampled_from([phrase.strip() for phrase in RULE_PHRASES.split(";")])
BOUNDS = st.sampled_from(
    ["", " for 5 times", " until 2300-12-31", " for 3 years", " starting tomorrow", " starting 29 feb"]
)


class TestRules:
    @settings(max_examples=150)
    @given(
        rule=RULES, bound=BOUNDS, today=DAYS.filter(lambda day: day.year < 2200), clock=st.sampled_from(["", " at 9"])
    )
    def test_are_valid_and_begin_with_the_first_date(self, rule: str, bound: str, today: date, clock: str):
        understood = parse_quick_add(f"x {rule}{clock}{bound}", today=today, now=TEN)
        assert understood.rrule
        assert understood.due_date
        start = datetime.combine(understood.due_date, time())
        dates = rrulestr(understood.rrule, dtstart=start)
        assert next(iter(dates)) == start
        if "starting" not in bound:
            earlier = datetime.combine(today + timedelta(1 if clock else 0), time())
            unbounded = re.sub(";(COUNT|UNTIL|INTERVAL)=[0-9]+", "", understood.rrule)
            assert rrulestr(unbounded, dtstart=earlier).after(earlier, inc=True) == start

    @given(text=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), today=DAYS.filter(lambda d: d.year < 2200))
    def test_of_any_text_are_valid(self, text: str, today: date):
        understood = understood_or_none(f"x every {text}", today, TEN)
        if understood and understood.rrule and understood.due_date:
            start = datetime.combine(understood.due_date, time())
            assert next(iter(rrulestr(understood.rrule, dtstart=start))) == start


DATE_PHRASES = st.sampled_from(
    [
        ("tomorrow", date(2026, 11, 19)),
        ("on friday", date(2026, 11, 20)),
        ("next monday", date(2026, 11, 23)),
        ("in 3 days", date(2026, 11, 21)),
        ("by the end of the month", date(2026, 11, 30)),
        ("1 Dec", date(2026, 12, 1)),
        ("December 24th, 2026", date(2026, 12, 24)),
        ("2027-01-31", date(2027, 1, 31)),
    ]
)
TIME_PHRASES = st.sampled_from(
    [("at 9am", time(9)), ("17:00", time(17)), ("by 5:30 pm", time(17, 30)), ("at noon", time(12))]
)
TAG_NAMES = st.from_regex(r"[a-zé][a-z0-9_-]{0,8}", fullmatch=True)
PRIORITY_WORDS = st.sampled_from([("!high", "high"), ("!1", "urgent"), ("!4", "low"), ("!!", "medium")])
PLAIN_WORDS = ["call", "Ana", "buy", "2", "milk", "v2.0", "Résumé", "🎉", "café", "now"]
TITLE_WORDS = st.lists(st.sampled_from(PLAIN_WORDS), min_size=1, max_size=5)


@st.composite
def arranged_parts(draw: st.DrawFn) -> tuple[str, tuple[object, ...]]:
    """A text of parts in any order, and what it must give."""
    title = " ".join(draw(TITLE_WORDS))
    day_phrase, day = draw(DATE_PHRASES)
    time_phrase, clock_time = draw(TIME_PHRASES)
    priority_word, priority = draw(PRIORITY_WORDS)
    tags = draw(st.lists(TAG_NAMES, max_size=3, unique=True))
    parts = draw(st.permutations([title, day_phrase, time_phrase, priority_word, " ".join(f"#{tag}" for tag in tags)]))
    return " ".join(parts), (title, day, clock_time, priority, tuple(tags), None)


class TestParts:
    @settings(max_examples=150)
    @given(arranged=arranged_parts())
    def test_are_found_in_any_order(self, arranged: tuple[str, tuple[object, ...]]):
        text, expected = arranged
        found = parse_quick_add(text, today=WEDNESDAY, now=TEN)
        assert (found.title, found.due_date, found.due_time, found.priority, found.tags, found.rrule) == expected
