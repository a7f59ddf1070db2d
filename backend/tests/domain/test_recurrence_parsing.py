"""What is a rule and what is refused, whoever wrote the text."""

from datetime import date
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from src.domain.recurrence import MAX_RULE_LENGTH, InvalidRule, Rule, first_occurrence, parse_rule, require_firing
from tests.domain.test_recurrence import BASE, CODES

NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2,4,6,9,11;BYMONTHDAY=31",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-30,31",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=8",
    "FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=-3,1",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA;BYSETPOS=28",
    "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=-2",
    "FREQ=MONTHLY;BYMONTH=1,2;BYSETPOS=2",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYSETPOS=2",
    "FREQ=YEARLY;BYMONTH=1,2;BYSETPOS=3",
    "FREQ=YEARLY;BYMONTHDAY=31;BYSETPOS=8",
    "FREQ=YEARLY;BYMONTHDAY=1;BYSETPOS=366",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA;BYSETPOS=-7;BYMONTH=8",
    "FREQ=WEEKLY;BYMONTH=8;BYSETPOS=2",
    "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
    "FREQ=DAILY;BYMONTH=2;BYSETPOS=-366",
    "FREQ=WEEKLY;BYMONTH=2;UNTIL=19000131",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=19040228",
]

REFUSED = {
    "malformed": [
        *("", " ", "RRULE:", ";", "FREQ", "FREQ=", "=DAILY", "FREQ=DAILY;", ";FREQ=DAILY", "FREQ=DAILY;;COUNT=1"),
        *("FREQ=DAILY;BYDAY=", "FREQ=DAILY;COUNT=", "FREQ=DAILY;UNTIL", "FREQ=DAILY;BYDAY"),
        *("FREQ=DAİLY", "FREQ=DAıLY", "FREQ=YEARLY;BYſETPOſ=1", "FREQ=DAILY;COUNT=１", "FREQ=DAILY;INTERVAL=²", "🦊"),
    ],
    "unsupported_part": [
        *("FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;BYMINUTE=0", "FREQ=DAILY;BYSECOND=0", "FREQ=YEARLY;BYWEEKNO=20"),
        *("FREQ=YEARLY;BYYEARDAY=100", "FREQ=YEARLY;BYEASTER=0", "FREQ=DAILY;X-NAME=1", "FREQ=YEARLY;RSCALE=HEBREW"),
        *("FREQ=YEARLY;SKIP=FORWARD", "DTSTART=20260101;FREQ=DAILY", " FREQ=DAILY", "FREQ =DAILY", "EXDATE=20260101"),
        *("RRULE:RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY", "DTSTART:20260101\nRRULE:FREQ=DAILY", "FREQ=DAILY; COUNT=1"),
    ],
    "repeated_part": ["FREQ=DAILY;FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "FREQ=DAILY;COUNT=1;count=1"],
    "invalid_freq": [
        *("FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY,WEEKLY", "FREQ=FORTNIGHTLY", "FREQ=1"),
        *("INTERVAL=2", "COUNT=3", "FREQ=DAILY ", "FREQ=DAILY\n", "FREQ=DAILY\x00", "FREQ==DAILY"),
    ],
    "invalid_interval": [
        *(f"FREQ=DAILY;INTERVAL={n}" for n in ("0", "-1", "+1", "1001", "99999999999999999999", "1.5", "1e3", "x")),
        *(f"FREQ=DAILY;INTERVAL={n}" for n in ("0x1", "1_0", " 1", "1 ", "1,2", "00", "1\n")),
    ],
    "invalid_count": [
        *(f"FREQ=DAILY;COUNT={n}" for n in ("0", "-1", "1001", "9" * 400, "1,2", "ALL", "+5", "1\n")),
    ],
    "invalid_bymonth": [
        *(f"FREQ=YEARLY;BYMONTH={n}" for n in ("0", "13", "-1", "+1", "JAN", "1,,2", "1,", ",1", "5L", "1-3")),
    ],
    "invalid_bymonthday": [
        *(f"FREQ=MONTHLY;BYMONTHDAY={n}" for n in ("0", "32", "-32", "-0", "1,0", "LAST", "1,", "--1", "- 1", "+-1")),
        "FREQ=WEEKLY;BYMONTHDAY=1",
    ],
    "invalid_byday": [
        *(f"FREQ=MONTHLY;BYDAY={day}" for day in ("99MO", "6MO", "-6MO", "0MO", "53MO", "MON", "1", "XX", "M", "MO,")),
        *(
            f"FREQ=YEARLY;BYDAY={day}"
            for day in ("54MO", "-54MO", "0MO", "-0MO", "100MO", "1 MO", "MO1", "MO TU", "+MO")
        ),
        *("FREQ=YEARLY;BYMONTH=1;BYDAY=6MO", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYDAY=-1FR", "FREQ=DAILY;BYDAY=MO\n"),
    ],
    "invalid_bysetpos": [
        *(f"FREQ=MONTHLY;BYDAY=MO;BYSETPOS={n}" for n in ("0", "367", "-367", "-0", "FIRST", "1,0", "1,", "+ 1")),
    ],
    "bysetpos_alone": [
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=DAILY;INTERVAL=2;BYSETPOS=-1",
        "FREQ=WEEKLY;WKST=SU;BYSETPOS=1",
    ],
    "invalid_wkst": [f"FREQ=WEEKLY;WKST={day}" for day in ("1MO", "MON", "0", "MO,TU", "-MO", "SUN")],
    "invalid_until": [
        *(
            f"FREQ=DAILY;UNTIL={day}"
            for day in ("20260230", "20261301", "20260100", "2026-12-01", "2026", "202612", "0")
        ),
        *(f"FREQ=DAILY;UNTIL={day}" for day in ("00000101", "00010101", "18991231", "99990101", "99991231T235959Z")),
        *(
            f"FREQ=DAILY;UNTIL={day}"
            for day in ("20261201T235959", "20261201T2359Z", "20261201T240000Z", "20261201T236000Z")
        ),
        *(f"FREQ=DAILY;UNTIL={day}" for day in ("20261201T235960Z", "20261201T235959+0100", "20261201T", "20261201Z")),
        *(
            f"FREQ=DAILY;UNTIL={day}"
            for day in ("20261201 235959Z", "2026W101", "2026335", "20261201T235959ZZ", "TODAY")
        ),
        *(f"FREQ=DAILY;UNTIL={day}" for day in ("+2026120", "-2026120", "20261201,20261202", "TZID=X:20261201T000000")),
    ],
    "count_and_until": ["FREQ=DAILY;COUNT=1;UNTIL=20261201", "UNTIL=20261201;FREQ=WEEKLY;COUNT=1000"],
    "too_long": [
        *("FREQ=DAILY" + " " * MAX_RULE_LENGTH, "X" * 10_000_000, "FREQ=DAILY;" * 1_000),
        "FREQ=YEARLY;BYDAY=" + ",".join([f"{n}{day}" for n in range(10, 40) for day in CODES][:96]),  # 497
    ],
    "never_fires": NEVER,
}


class TestRefusal:
    @pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
    def test_is_told_by_its_code(self, code: str, text: str) -> None:
        with pytest.raises(InvalidRule) as refusal:
            parse_rule(text)
        assert refusal.value.code == code
        assert len(str(refusal.value)) < 150

    @pytest.mark.parametrize("value", ["SECRETWORD", "987654"])
    @pytest.mark.parametrize(
        "name", ["FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "UNTIL", "WKST"]
    )
    def test_never_repeats_the_input(self, name: str, value: str) -> None:
        for text in (f"FREQ=DAILY;{name}={value}", f"{name}={value}", f"FREQ=DAILY;{value}={name}", value):
            with pytest.raises(InvalidRule) as refusal:
                parse_rule(text)
            assert value not in str(refusal.value)

    def test_comes_soon_for_the_worst_text(self) -> None:
        """No bound on the time but that nothing hangs: each takes a few milliseconds."""
        began = process_time()
        for text in NEVER:
            with pytest.raises(InvalidRule):
                parse_rule(text)
        assert process_time() - began < 5

    @pytest.mark.parametrize(
        ("text", "start"),
        [
            ("FREQ=DAILY;UNTIL=20260101", date(2026, 1, 2)),
            ("FREQ=WEEKLY;BYDAY=FR;UNTIL=20260101", date(2025, 12, 27)),
            ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", date(2026, 1, 6)),
            ("FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", date(9990, 1, 1)),
            ("FREQ=DAILY;INTERVAL=773;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", date(2026, 1, 5)),
            ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=3", date(2026, 2, 1)),
            ("FREQ=MONTHLY;INTERVAL=12", date(9999, 1, 1)),
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", date(2026, 2, 1)),
            ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", date(2025, 1, 1)),
            ("FREQ=YEARLY;INTERVAL=400", date(9998, 12, 31).replace(year=9999)),
        ],
    )
    def test_of_a_rule_that_never_fires_from_its_start(self, text: str, start: date) -> None:
        rule = parse_rule(text)
        assert first_occurrence(rule, start) is None
        with pytest.raises(InvalidRule) as refusal:
            require_firing(rule, start)
        assert refusal.value.code == "never_fires"


class TestReading:
    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("freq=daily", "FREQ=DAILY"),
            ("rrule:Freq=Weekly;ByDay=fr,Mo", "FREQ=WEEKLY;BYDAY=MO,FR"),
            ("INTERVAL=0001;FREQ=DAILY;WKST=MO", "FREQ=DAILY"),
            ("BYMONTHDAY=-1,+15,1,-2,15;FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=1,15,-2,-1"),
            ("FREQ=YEARLY;BYMONTH=12,01;BYDAY=-1FR,+1MO,SU,01MO", "FREQ=YEARLY;BYMONTH=1,12;BYDAY=SU,1MO,-1FR"),
            ("FREQ=WEEKLY;WKST=su;INTERVAL=2;COUNT=010", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=10"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1,+1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,-1"),
            ("FREQ=DAILY;UNTIL=20261201T235959Z", "FREQ=DAILY;UNTIL=20261201"),
            ("FREQ=DAILY;UNTIL=20261201t000000z", "FREQ=DAILY;UNTIL=20261201"),
            ("FREQ=DAILY;INTERVAL=1000;COUNT=1000", "FREQ=DAILY;INTERVAL=1000;COUNT=1000"),
            ("FREQ=YEARLY;BYDAY=53MO,-53TU", "FREQ=YEARLY;BYDAY=53MO,-53TU"),
        ],
    )
    def test_gives_the_canonical_text(self, text: str, canonical: str) -> None:
        assert str(parse_rule(text)) == canonical

    @pytest.mark.parametrize(
        ("until", "zone", "day"),
        [
            ("20261201T045959Z", "America/New_York", date(2026, 11, 30)),
            ("20261201T050000Z", "America/New_York", date(2026, 12, 1)),
            ("20261130T235959Z", "Pacific/Kiritimati", date(2026, 12, 1)),
            ("20111230T095959Z", "Pacific/Apia", date(2011, 12, 29)),
            ("20111230T100000Z", "Pacific/Apia", date(2011, 12, 31)),  # the day that Samoa left out
            ("20261201", "Pacific/Kiritimati", date(2026, 12, 1)),
            ("99981231T120000Z", "UTC", date(9998, 12, 31)),
        ],
    )
    def test_takes_until_as_a_local_day(self, until: str, zone: str, day: date) -> None:
        assert parse_rule(f"FREQ=DAILY;UNTIL={until}", zone=zone).until == day

    @pytest.mark.parametrize(
        "text",
        [
            *(f"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY={code}" for code in CODES),
            *(f"FREQ=DAILY;INTERVAL=1000;BYMONTH=12;BYMONTHDAY=31;BYDAY={code}" for code in CODES),
            *(
                "FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=-2",
                "FREQ=MONTHLY;BYDAY=5SU;BYMONTH=2",
                "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5",
            ),
            *("FREQ=WEEKLY;BYMONTH=2;UNTIL=19000201", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=19040229"),
            *("FREQ=YEARLY;BYMONTHDAY=31;BYSETPOS=7", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366"),
        ],
    )
    def test_takes_what_fires_seldom_or_from_few_starts(self, text: str) -> None:
        assert parse_rule(text)

    def test_refuses_a_last_day_that_the_zone_moves_out_of_range(self) -> None:
        with pytest.raises(InvalidRule):
            parse_rule("FREQ=DAILY;UNTIL=99981231T235959Z", zone="Pacific/Kiritimati")


names = st.sampled_from(["FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST", "COUNT", "UNTIL"])
words = st.sampled_from(
    ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "MO", "-1SU", "5FR", "20261201", "19000101", "0", "-1", "29"]
)
values = st.lists(st.one_of(words, st.integers(-400, 1100).map(str), st.text(max_size=3)), max_size=5).map(",".join)
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="FREQ=DAILY;BYMONTHSPCUK0123456789,-+:", max_size=80),
    st.lists(st.builds("{}={}".format, names, values), max_size=6).map(
        lambda parts: ";".join(["FREQ=YEARLY", *parts][1:])
    ),
    st.lists(st.builds("{}={}".format, names, values), max_size=4).map(
        lambda parts: ";".join(["FREQ=MONTHLY", *parts])
    ),
)


@settings(max_examples=4 * BASE, deadline=None)
@given(texts, st.dates(date(1900, 1, 1), date(2400, 1, 1)))
@example("FREQ=YEARLY;BYMONTHDAY=" + ",".join(map(str, range(-31, 0))) + ";BYSETPOS=366,-366", date(2000, 1, 1))
def test_any_text_is_a_rule_or_refused(text: str, start: date) -> None:
    rule = rule_or_refusal(text)
    if isinstance(rule, InvalidRule):
        assert rule.code in REFUSED
    else:
        assert parse_rule(str(rule)) == rule
        first_occurrence(rule, start)


def rule_or_refusal(text: str) -> Rule | InvalidRule:
    try:
        return parse_rule(text)
    except InvalidRule as refusal:
        return refusal
