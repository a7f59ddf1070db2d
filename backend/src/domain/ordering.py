"""Keys by which things are put in order."""

import secrets
from collections.abc import Iterator
from typing import Final

from src.domain.text import folded

TITLE_KEY_LENGTH: Final = 255
MAX_POSITION_LENGTH: Final = 200
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HEX_DIGITS: Final = 14
_STEP: Final = 2**20
_TAIL: Final = 3


def title_key(title: str) -> str:
    """Sorts titles as a reader expects on every server, whatever its locale: case and accents do not count."""
    return folded(title)[:TITLE_KEY_LENGTH]


def position_between(before: str | None, after: str | None, *, now_us: int) -> str:
    """A position (see `src.models.Task`) behind ``before`` and ahead of ``after``; None is the end of the list.

    A position is 14 hexadecimal digits, for a new task the microsecond of its making, and after them a fraction in
    base 62: the fractional index of Figma and others. It ends in random digits, so that two who move into the same gap
    at once do not get the same. Halving a gap again and again makes positions longer: about one digit for every six
    times. Needs ``before < after``.
    """
    if after is None:
        return _whole(now_us if before is None else max(_number(before) + 1, now_us)) + _tail()
    last = _number(after)
    first = _number(before) if before is not None else max(last - 2 * _STEP, 0)
    if last - first >= 2:
        return _whole((first + last) // 2) + _tail()
    fraction = before[_HEX_DIGITS:] if before is not None else ""
    if last > first:
        return _whole(first) + _above(fraction) + _tail()
    return _whole(first) + _middle(fraction, after[_HEX_DIGITS:]) + _tail()


def positions_from(now_us: int, count: int) -> Iterator[str]:
    """Of so many new tasks, in their order: behind all that were made before this microsecond."""
    return (_whole(now_us + number) + _tail() for number in range(count))


def _number(position: str) -> int:
    return int(position[:_HEX_DIGITS], 16)


def _whole(number: int) -> str:
    return f"{number:0{_HEX_DIGITS}x}"


def _tail() -> str:
    """The last digit is no 0: nothing would fit between "a" and "a0"."""
    return "".join(secrets.choice(_DIGITS) for _ in range(_TAIL - 1)) + secrets.choice(_DIGITS[1:])


def _middle(before: str, after: str) -> str:
    """A text between the two that is followed by anything is still between them."""
    shared = 0
    while shared < len(after) and (before[shared : shared + 1] or "0") == after[shared]:
        shared += 1
    prefix, before, after = after[:shared], before[shared:], after[shared:]
    low = _DIGITS.index(before[0]) if before else 0
    high = _DIGITS.index(after[0]) if after else len(_DIGITS)
    if high - low > 1:
        return prefix + _DIGITS[(low + high) // 2]
    return prefix + _DIGITS[low] + _above(before[1:])


def _above(text: str) -> str:
    """Something that sorts after ``text``, whatever follows it."""
    for place, digit in enumerate(text):
        value = _DIGITS.index(digit)
        if value < len(_DIGITS) - 1:
            return text[:place] + _DIGITS[(value + len(_DIGITS)) // 2 if value < len(_DIGITS) - 2 else value + 1]
    return text + _DIGITS[len(_DIGITS) // 2]
