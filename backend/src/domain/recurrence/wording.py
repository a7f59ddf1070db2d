"""A rule in English words: two rules that read the same fire on the same days."""

from collections.abc import Iterable, Sequence

from src.domain.recurrence.rule import ByDay, Frequency, Rule

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNITS = {Frequency.DAILY: "day", Frequency.WEEKLY: "week", Frequency.MONTHLY: "month", Frequency.YEARLY: "year"}
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
_WORKING_WEEK = tuple(ByDay(day) for day in range(5))
_WEEKEND = (ByDay(5), ByDay(6))
_KINDS_OF_DAY = {_WORKING_WEEK: "weekday", _WEEKEND: "weekend day", (*_WORKING_WEEK, *_WEEKEND): "day"}
_MOST_DATES = 4


def describe(rule: Rule) -> str:
    """Such as "every 2 weeks on Monday and Friday, until 1 December 2026".

    What a rule takes from its start is left to it: FREQ=MONTHLY is "every month".
    """
    words = {
        Frequency.DAILY: _daily,
        Frequency.WEEKLY: _weekly,
        Frequency.MONTHLY: _monthly,
        Frequency.YEARLY: _yearly,
    }[rule.frequency](rule)
    return words + _end(rule)


def _every(rule: Rule) -> str:
    unit = _UNITS[rule.frequency]
    return f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"


def _end(rule: Rule) -> str:
    if rule.until:
        return f", until {rule.until.day} {_MONTHS[rule.until.month - 1]} {rule.until.year}"
    if rule.count:
        return ", once" if rule.count == 1 else f", {rule.count} times"
    return ""


def _daily(rule: Rule) -> str:
    """BYSETPOS has nothing to choose in a day: a rule that ever fires says 1 or -1, which is that day."""
    if rule.by_day == _WORKING_WEEK and rule.interval == 1 and not rule.by_month_day:
        return "every weekday" + _only_in(rule)
    on_days = ""
    if rule.by_month_day:
        on_days = f", only on {_month_days(rule)}{_if_that_is(rule)}"
    elif rule.by_day:
        on_days = f", only on {_and(_weekday_names(rule))}"
    return _every(rule) + on_days + _only_in(rule)


def _weekly(rule: Rule) -> str:
    if rule.by_day == _WORKING_WEEK and rule.interval == 1 and not rule.by_set_pos:
        return "every weekday" + _only_in(rule)
    days, only_in = _and(_weekday_names(rule)), _only_in(rule)
    if rule.by_set_pos:  # it chooses from the days in the right months
        days, only_in = _chosen(rule, days or "the weekday of the start") + _in_months(rule), ""
    depends_on_start_of_week = rule.by_day and (rule.interval > 1 or rule.by_set_pos)
    weeks = f", weeks starting on {_WEEKDAYS[rule.week_start]}" if rule.week_start and depends_on_start_of_week else ""
    return _every(rule) + _on(days) + weeks + only_in


def _monthly(rule: Rule) -> str:
    days = _month_days(rule) + _if_that_is(rule) if rule.by_month_day else _and(_days_by_day(rule))
    if rule.by_set_pos:
        days = _chosen(rule, days or "the day of the start")
    return _every(rule) + _on(days) + _only_in(rule)


def _yearly(rule: Rule) -> str:
    days = _days_of_year(rule)
    if rule.by_set_pos:
        days = _chosen(rule, days)
    return _every(rule) + _on(days)


def _days_of_year(rule: Rule) -> str:
    if rule.by_month_day:
        return (_dates(rule) or f"{_month_days(rule)} of {_months(rule) or 'each month'}") + _if_that_is(rule)
    if rule.by_day:
        each = "each of " if len(rule.by_month) > 1 and _counts(rule) else ""
        return _and(_days_by_day(rule)) + _in_months(rule, each) + _of_the_year(rule)
    return f"the day of the start in {_months(rule)}" if rule.by_month else ""


def _dates(rule: Rule) -> str:
    """ "29 February" and the like, where these are few."""
    if len(rule.by_month) * len(rule.by_month_day) > _MOST_DATES or min(rule.by_month_day) < 0:
        return ""
    return _and([f"{day} {_MONTHS[month - 1]}" for month in rule.by_month for day in rule.by_month_day])


def _month_days(rule: Rule) -> str:
    return _and([f"the {_place(day)} day" if day < 0 else f"the {_numeral(day)}" for day in rule.by_month_day])


def _days_by_day(rule: Rule) -> list[str]:
    if rule.by_day in _KINDS_OF_DAY:
        return [f"every {_KINDS_OF_DAY[rule.by_day]}"]
    return [
        f"the {_place(day.ordinal)} {_WEEKDAYS[day.weekday]}" if day.ordinal else f"every {_WEEKDAYS[day.weekday]}"
        for day in rule.by_day
    ]


def _counts(rule: Rule) -> bool:
    return any(day.ordinal for day in rule.by_day)


def _of_the_year(rule: Rule) -> str:
    return " of the year" if _counts(rule) and rule.frequency is Frequency.YEARLY and not rule.by_month else ""


def _weekday_names(rule: Rule) -> list[str]:
    return [_WEEKDAYS[day.weekday] for day in rule.by_day]


def _if_that_is(rule: Rule) -> str:
    if not rule.by_day:
        return ""
    days = [name.replace("every ", "a ") for name in _days_by_day(rule)]
    return f" if that is {_listed(days, 'or')}{_of_the_year(rule)}"


def _chosen(rule: Rule, days: str) -> str:
    """The days that BYSETPOS chooses of ``days``: "the last weekday", "the first of these: every Monday"."""
    places = _and([f"the {_place(place)}" for place in rule.by_set_pos])
    kind = _KINDS_OF_DAY.get(rule.by_day)
    if kind is None or rule.by_month_day or (rule.frequency is Frequency.YEARLY and len(rule.by_month) > 1):
        return f"{places} of these: {days}"
    return f"{places} {kind}" + (_in_months(rule) if rule.frequency is Frequency.YEARLY else "")


def _only_in(rule: Rule) -> str:
    return f", only in {_months(rule)}" if rule.by_month else ""


def _in_months(rule: Rule, each: str = "") -> str:
    return f" in {each}{_months(rule)}" if rule.by_month else ""


def _months(rule: Rule) -> str:
    return _and([_MONTHS[month - 1] for month in rule.by_month])


def _on(days: str) -> str:
    return f" on {days}" if days else ""


def _place(place: int) -> str:
    """ "first", "20th"; from the end "last", "second to last", "20th to last"."""
    count = abs(place)
    name = _ORDINALS[count] if count < len(_ORDINALS) else _numeral(count)
    if place > 0:
        return name
    return "last" if place == -1 else f"{name} to last"


def _numeral(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _and(items: Sequence[str]) -> str:
    return _listed(items, "and")


def _listed(items: Iterable[str], conjunction: str) -> str:
    *others, last = items or [""]
    return f"{', '.join(others)} {conjunction} {last}" if others else last
