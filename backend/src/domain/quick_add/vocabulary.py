"""The words of the grammar, and numbers in words and digits."""

import re
from typing import Final, Literal

Unit = Literal["minute", "hour", "day", "week", "month", "year"]
Part = Literal["morning", "afternoon", "evening", "night"]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DAY_NAMES = (
    ("monday", "mon"),
    ("tuesday", "tue", "tues"),
    ("wednesday", "wed", "weds"),
    ("thursday", "thu", "thur", "thurs"),
    ("friday", "fri"),
    ("saturday", "sat"),
    ("sunday", "sun"),
)
_MONTH_NAMES = words("january february march april may june july august september october november december")

WEEKDAYS: Final = {name: number for number, names in enumerate(_DAY_NAMES) for name in names}
WEEKDAY_WORDS: Final = frozenset({"sat", "sun", "wed"})  # English words, too
MONTHS: Final = {name: i for i, month in enumerate(_MONTH_NAMES, 1) for name in (month, month[:3])} | {"sept": 9}
MONTH_WORDS: Final = frozenset({"march", "may"})
WORKDAYS: Final = (0, 1, 2, 3, 4)

PARTS: Final[dict[str, Part]] = {
    "morning": "morning",
    "afternoon": "afternoon",
    "evening": "evening",
    "night": "night",
}
_UNITS: Final[dict[Unit, str]] = {
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs",
    "day": "day days",
    "week": "week weeks wk wks",
    "month": "month months",
    "year": "year years yr yrs",
}
UNITS: Final[dict[str, tuple[int, Unit]]] = {
    **{word: (1, unit) for unit, names in _UNITS.items() for word in names.split()},
    **dict.fromkeys(("fortnight", "fortnights"), (2, "week")),
    **dict.fromkeys(("quarter", "quarters"), (3, "month")),
}
_NUMBERS = {
    word: number
    for number, word in enumerate(words("one two three four five six seven eight nine ten eleven twelve"), 1)
}
_ORDINALS = {
    word: number
    for number, word in enumerate(words("first second third fourth fifth sixth seventh eighth ninth tenth"), 1)
}
_DIGITS = re.compile(r"[0-9]{1,3}")
_ORDINAL_DIGITS = re.compile(r"([0-9]{1,2})(st|nd|rd|th)")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


def number(word: str) -> int | None:
    """1 to 999 in digits, or one to twelve in words."""
    return (int(word) or None) if _DIGITS.fullmatch(word) else _NUMBERS.get(word)


def ordinal(word: str) -> int | None:
    """1st to 99th in digits, or first to tenth in words."""
    return ordinal_digits(word) or _ORDINALS.get(word)


def ordinal_digits(word: str) -> int | None:
    match = _ORDINAL_DIGITS.fullmatch(word)
    if match is None:
        return None
    value = int(match[1])
    suffix = "th" if value // 10 == 1 else _SUFFIXES.get(value % 10, "th")
    return (value or None) if match[2] == suffix else None
