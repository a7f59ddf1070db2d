"""The allow-list of RFC 5545's RRULE: what is not read here is refused."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.recurrence.occurrences import first_occurrence
from src.domain.recurrence.rule import (
    MAX_COUNT,
    MAX_INTERVAL,
    MAX_RULE_LENGTH,
    UNTIL_LENGTH,
    WEEKDAY_CODES,
    ByDay,
    Frequency,
    InvalidRule,
    Rule,
)

_PARTS = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST", "COUNT", "UNTIL")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
# From 1904 to 1931 each kind of year was followed by each kind that can follow it.
_EVERY_KIND_OF_YEAR_BY = date(1932, 12, 31)
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z)?")


def parse_rule(text: str, *, zone: str = "UTC") -> Rule:
    """Reads an RRULE in any case, with or without ``RRULE:`` before it; raises InvalidRule for all else.

    UNTIL is a date, or a date-time in UTC (``20261201T045959Z``), which is taken as the day that a calendar on the wall
    of ``zone`` (one of `zone_names`) shows at that instant. The rule may still fire on that day, whatever the time of
    day; its canonical text names the day. COUNT and UNTIL exclude each other.

    Refused as ``never_fires`` is what fires from no start at all. Whether it does from a given start is for
    `require_firing`.
    """
    if len(text) > MAX_RULE_LENGTH:
        raise InvalidRule("too_long", f"must be at most {MAX_RULE_LENGTH} characters")
    if not text.isascii():  # some letters elsewhere in Unicode have a capital in ASCII
        raise InvalidRule("malformed", "must be an RRULE of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO")
    rule = _rule_of(_parts_of(text.upper().removeprefix("RRULE:")), zone)
    _check_combinations(rule)
    if rule.until is None and len(str(rule)) + UNTIL_LENGTH > MAX_RULE_LENGTH:
        raise InvalidRule("too_long", "must be shorter: there is no room for an end")  # `split` may have to write one
    _require_firing_from_somewhere(rule)
    return rule


def require_firing(rule: Rule, start: date) -> None:
    """Raises InvalidRule (``never_fires``) if the rule fires on no day from ``start`` on, be it for its UNTIL."""
    if first_occurrence(rule, start) is None:
        raise InvalidRule("never_fires", "never fires from that start on")


def _parts_of(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise InvalidRule("malformed", "must be parts of the form NAME=VALUE with semicolons between them")
        if name not in _PARTS:
            raise InvalidRule("unsupported_part", f"may hold these parts only: {', '.join(_PARTS)}")
        if name in parts:
            raise InvalidRule("repeated_part", f"must hold {name} once only")
        parts[name] = value
    return parts


def _rule_of(parts: dict[str, str], zone: str) -> Rule:
    count = parts.get("COUNT")
    until = parts.get("UNTIL")
    return Rule(
        frequency=_frequency(parts.get("FREQ")),
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), 1, MAX_INTERVAL),
        by_month=_numbers("BYMONTH", parts, 1, 12),
        by_month_day=_numbers("BYMONTHDAY", parts, -31, 31),
        by_day=_by_day(parts.get("BYDAY")),
        by_set_pos=_numbers("BYSETPOS", parts, -366, 366),
        week_start=_week_start(parts.get("WKST", "MO")),
        count=None if count is None else _number("COUNT", count, 1, MAX_COUNT),
        until=None if until is None else _until(until, zone),
    )


def _frequency(value: str | None) -> Frequency:
    if value is None or value not in Frequency.__members__:
        raise InvalidRule("invalid_freq", f"must hold FREQ, which is one of {', '.join(Frequency)}")
    return Frequency(value)


def _number(name: str, value: str, lowest: int, highest: int) -> int:
    """RFC 5545 writes a sign only where a number may be negative."""
    if not _NUMBER.fullmatch(value) or (lowest > 0 and value[0] in "+-") or not lowest <= int(value) <= highest:
        _refuse_number(name, lowest, highest)
    return int(value)


def _numbers(name: str, parts: dict[str, str], lowest: int, highest: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    values = {_number(name, value, lowest, highest) for value in parts[name].split(",")}
    if 0 in values:
        _refuse_number(name, lowest, highest)
    return tuple(sorted(values, key=_from_start_to_end))


def _refuse_number(name: str, lowest: int, highest: int) -> NoReturn:
    span = f"1 to {highest}" + (f" or {lowest} to -1" if lowest < 0 else "")
    raise InvalidRule(f"invalid_{name.lower()}", f"{name} must be from {span}")


def _from_start_to_end(value: int) -> tuple[bool, int]:
    return value < 0, value


def _by_day(value: str | None) -> tuple[ByDay, ...]:
    if value is None:
        return ()
    days = {_one_by_day(day) for day in value.split(",")}
    return tuple(sorted(days, key=lambda day: (*_from_start_to_end(day.ordinal), day.weekday)))


def _one_by_day(value: str) -> ByDay:
    match = _BY_DAY.fullmatch(value)
    if match is None:
        raise InvalidRule("invalid_byday", f"BYDAY must list {', '.join(WEEKDAY_CODES)}, or such as 2TU and -1FR")
    ordinal, code = match.groups()
    if ordinal is not None and not 1 <= abs(int(ordinal)) <= 53:
        _refuse_number("BYDAY", -53, 53)
    return ByDay(WEEKDAY_CODES.index(code), int(ordinal or 0))


def _week_start(value: str) -> int:
    if value not in WEEKDAY_CODES:
        raise InvalidRule("invalid_wkst", f"WKST must be one of {', '.join(WEEKDAY_CODES)}")
    return WEEKDAY_CODES.index(value)


def _until(value: str, zone: str) -> date:
    if not _UNTIL.fullmatch(value):
        raise InvalidRule("invalid_until", "UNTIL must be a date, 20261201, or a time in UTC, 20261201T235959Z")
    try:
        if "T" not in value:
            day = date.fromisoformat(value)
        else:
            instant = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            day = instant.astimezone(ZoneInfo(zone)).date()
    except (ValueError, OverflowError):
        day = date.max
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise InvalidRule("invalid_until", f"UNTIL must be a day from {EARLIEST_DAY} to {LATEST_DAY}")
    return day


def _check_combinations(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise InvalidRule("count_and_until", "must not hold both COUNT and UNTIL")
    if rule.by_set_pos and not rule.has_by_parts:
        raise InvalidRule("bysetpos_alone", "BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH to choose from")
    if rule.by_month_day and rule.frequency is Frequency.WEEKLY:
        raise InvalidRule("invalid_bymonthday", "BYMONTHDAY must not stand with FREQ=WEEKLY")
    _check_ordinals(rule)


def _check_ordinals(rule: Rule) -> None:
    highest = max((abs(day.ordinal) for day in rule.by_day), default=0)
    if highest and rule.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
        raise InvalidRule("invalid_byday", "BYDAY takes a number with FREQ=MONTHLY and FREQ=YEARLY only")
    if highest > 5 and (rule.frequency is Frequency.MONTHLY or rule.by_month):
        raise InvalidRule("invalid_byday", "BYDAY counts within a month here, from 1 to 5 or -5 to -1")


def _require_firing_from_somewhere(rule: Rule) -> None:
    """If any start makes the rule fire, the earliest day does, once every period is visited.

    That day begins a year and a month, and the first, which a rule may take from it, is in every month. A weekday
    that a rule takes from its start may be each.
    """
    any_weekday = rule.frequency is Frequency.WEEKLY and not rule.by_day
    everywhere = replace(
        rule,
        frequency=Frequency.DAILY if any_weekday else rule.frequency,
        interval=1,
        count=None,
        until=min(rule.until or LATEST_DAY, _EVERY_KIND_OF_YEAR_BY),
    )
    if _chooses_second_of_one(everywhere) or first_occurrence(everywhere, EARLIEST_DAY) is None:
        raise InvalidRule("never_fires", "never fires: no day fits all its parts")


def _chooses_second_of_one(rule: Rule) -> bool:
    """Spares looking at each day for a BYSETPOS that no day can reach."""
    return rule.frequency is Frequency.DAILY and min(map(abs, rule.by_set_pos), default=1) > 1
