"""Single values as SQLite holds them: it has no types for times and booleans, only habits."""

import re
import unicodedata
from datetime import UTC, date, datetime, time

from src.legacy.findings import Refused

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?", re.ASCII | re.IGNORECASE
)
_TRUE = {"1", "true", "t", "yes"}
_FALSE = {"0", "false", "f", "no"}
_LINE_BREAKS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n"}


def instant(value: object, name: str) -> datetime | None:
    """In UTC, which is what a time without an offset is taken for. Raises Refused."""
    return None if is_blank(value) else _parsed(value, name)


def due(value: object) -> tuple[date | None, time | None]:
    """The day, and the time in UTC; midnight is a day without a time, which is how day pickers are stored."""
    if is_blank(value):
        return None, None
    moment = _parsed(value, "due_date").replace(microsecond=0)
    return moment.date(), moment.time() if moment.time() != time() else None


def day(value: object, name: str) -> date | None:
    """Raises Refused."""
    return None if is_blank(value) else _parsed(value, name).date()


def flag(value: object, name: str, *, default: bool) -> bool:
    """Raises Refused."""
    if value is None:
        return default
    word = str(value).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise Refused(f"{name} is neither true nor false")
    return word in _TRUE


def words(value: object, name: str) -> str | None:
    """A text, or None where there is none. Raises Refused for what is not text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise Refused(f"{name} is no text")


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def without_controls(text: str, name: str) -> str:
    """Line breaks in one form, and of control characters the tab only. Raises Refused for what is not in UTF-8."""
    if text.isprintable():
        return text
    for old, new in _LINE_BREAKS.items():
        text = text.replace(old, new)
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise Refused(f"{name} is not in UTF-8")
    return "".join(c for c in text if c in "\t\n" or unicodedata.category(c) != "Cc")


def _parsed(value: object, name: str) -> datetime:
    text = value.strip() if isinstance(value, str) else ""
    try:
        if _INSTANT.fullmatch(text):
            moment = datetime.fromisoformat(text[:10] + text[10:].replace(" ", "T", 1).replace(" ", "").upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Refused(f"{name} is no date or time that can be read")
