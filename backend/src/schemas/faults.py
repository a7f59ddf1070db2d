"""What Pydantic finds wrong, in words that repeat nothing of the input."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from src.core.errors import FieldError

SANE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
COUNTED = re.compile(r"Value should (have at \w+ \d+) item(s?) after validation, not \d+")  # of a text that was cleaned
SANE_MESSAGE = re.compile(r"[\x20-\x7e\u2026]{1,200}")

# pydantic's own words for these say less, or repeat a part of the input
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a field that can be set here",
    "json_invalid": "is not valid JSON",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of reasonable size",
    "int_from_float": "must be a whole number",
    "uuid_parsing": "must be a UUID",
    "uuid_type": "must be a UUID",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_pattern_mismatch": "has a character or form that is not allowed",
    "string_unicode": "must be valid Unicode",
}


def field_errors(faults: Iterable[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """``faults`` as Pydantic lists them, their places beginning with ``body``, ``query`` or the like."""
    return tuple(FieldError(pointer(fault["loc"]), str(fault["type"]), _message(fault)) for fault in faults)


def pointer(location: Iterable[int | str]) -> str:
    """``('body', 'title')`` as ``/title``; ``('query', 'limit')`` as ``query/limit``."""
    place, *rest = location
    steps = [str(step) for step in rest if isinstance(step, int) or SANE_NAME.fullmatch(step)]
    if place == "body":
        return "".join(f"/{step}" for step in steps if not _is_offset(rest))
    return "/".join([str(place), *(step.lower() for step in steps)])


def _is_offset(rest: Sequence[int | str]) -> bool:
    return len(rest) == 1 and isinstance(rest[0], int)  # where the JSON broke off, not a place in the document


def _message(fault: Mapping[str, Any]) -> str:
    if (known := MESSAGES.get(fault["type"])) is not None:
        return known
    message = COUNTED.sub(r"must \1 character\2", str(fault["msg"]))
    message = re.sub(r"^(Input|Value|String|List|Data) should (be|have) ", r"must \2 ", message)
    return message if SANE_MESSAGE.fullmatch(message) else "is not valid"
