"""Days of any month (the 1st and 15th, the last day, the first monday) and lists of weekdays (mon, wed and fri)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from src.domain.quick_add.rules import Rule
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.vocabulary import WEEKDAYS, WORKDAYS, ordinal

_LONGEST_MONTH: Final = 31
_MOST_OF_ONE_WEEKDAY: Final = 5
_MOST_WORKDAYS: Final = 23
_MOST_ITEMS: Final = 31
_WORKDAY_NAMES: Final = ("weekday", "workday")


@dataclass(frozen=True, slots=True)
class MonthDays:
    """``rule`` is of each month. Kinds: first monday, last workday, last day, and just 15th."""

    end: int
    rule: Rule
    kind: Literal["weekday", "workday", "day", "bare"]


def read_month_days(line: Line, at: int) -> MonthDays | None:
    found = _series(line, line.skip(at, "the"), _ordinal)
    if found is None:
        return None
    end, ordinals = found
    word = line.key(end)
    if word in WEEKDAYS:
        if not _within(ordinals, _MOST_OF_ONE_WEEKDAY):
            return None
        by_day = tuple((n, WEEKDAYS[word]) for n in ordinals)
        return MonthDays(end + 1, Rule("MONTHLY", by_day=by_day), "weekday")
    two_words = word in ("working", "business") and line.key(end + 1) == "day"
    if (word in _WORKDAY_NAMES or two_words) and _within(ordinals, _MOST_WORKDAYS):
        rule = Rule("MONTHLY", by_day=tuple((0, day) for day in WORKDAYS), by_set_pos=ordinals)
        return MonthDays(end + (2 if two_words else 1), rule, "workday")
    if not _within(ordinals, _LONGEST_MONTH):
        return None
    rule = Rule("MONTHLY", by_month_day=ordinals)
    if word in ("day", "days"):
        return MonthDays(end + 1, rule, "day")
    return MonthDays(end, rule, "bare") if min(ordinals) > 0 else None


def read_weekdays(line: Line, at: int) -> tuple[int, tuple[int, ...]] | None:
    """The end and the days of a list: mon, wed and fri; mondays; mon/wed; monday to friday."""
    return _series(line, at, _weekdays)


def _series(
    line: Line, at: int, read: Callable[[Line, int], tuple[int, tuple[int, ...]] | None]
) -> tuple[int, tuple[int, ...]] | None:
    """Items between commas and "and", each once, in order."""
    items: set[int] = set()
    end = following = at
    for _ in range(_MOST_ITEMS):
        found = read(line, following)
        if found is None:
            break
        end = found[0]
        items.update(found[1])
        comma = line.skip(end, ",")
        following = line.skip(line.skip(comma, "and", "&"), "the")
        if line.skip(comma, "and", "&") == end:
            break
    return (end, tuple(sorted(items))) if items else None


def _ordinal(line: Line, at: int) -> tuple[int, tuple[int, ...]] | None:
    """3rd; last; second last; second to last."""
    if line.key(at) == "last":
        return at + 1, (-1,)
    value = ordinal(line.key(at))
    if value is None:
        return None
    if line.key(at + 1) == "last":
        return at + 2, (-value,)
    return (at + 3, (-value,)) if line.follows(at + 1, "to", "last") else (at + 1, (value,))


def _weekdays(line: Line, at: int) -> tuple[int, tuple[int, ...]] | None:
    first = _weekday(line.key(at))
    if first is not None:
        last = _weekday(line.key(at + 2)) if line.key(at + 1) in ("to", "through") else None
        return (at + 3, _range(first, last)) if last is not None else (at + 1, (first,))
    days = [_weekday(name) for name in line.key(at).split("/", 7)]
    if len(days) > 1 and None not in days:
        return at + 1, tuple(day for day in days if day is not None)
    start, _, end = line.key(at).replace("–", "-").partition("-")
    first, last = _weekday(start), _weekday(end)
    return (at + 1, _range(first, last)) if first is not None and last is not None else None


def _weekday(word: str) -> int | None:
    return WEEKDAYS.get(word.removesuffix("s") if word.endswith("days") else word)


def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple((first + day) % 7 for day in range((last - first) % 7 + 1))


def _within(ordinals: tuple[int, ...], most: int) -> bool:
    return all(abs(n) <= most for n in ordinals)
