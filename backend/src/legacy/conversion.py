"""What every kind of row has in common: the API's own input types say what is valid."""

import hashlib
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic import ValidationError

from src.api.errors import invalid
from src.legacy.findings import Refused
from src.legacy.values import instant, without_controls, words
from src.schemas.base import Input

OldRow = sqlite3.Row
"""The columns of an old row by what they mean, and ``new_…`` for the keys that stand for its old ones."""

InputT = TypeVar("InputT", bound=Input)


class Converted(NamedTuple):
    """A row for PostgreSQL, and what had to be changed for it to fit."""

    values: dict[str, Any]
    mended: list[str]


def checked(kind: type[InputT], values: Mapping[str, object]) -> InputT:
    """Raises Refused with the words that a client of the API would read."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_input=False)]
        raise Refused(
            *(f"{fault.pointer.removeprefix('/')} {fault.message}" for fault in invalid(faults).errors)
        ) from None


def key_of(row: OldRow, name: str = "new_id") -> UUID:
    return UUID(row[name])


def optional_key_of(row: OldRow, name: str) -> UUID | None:
    return UUID(row[name]) if row[name] else None


def one_line(row: OldRow, name: str, mended: list[str]) -> str | None:
    """Trimmed, its line breaks made spaces; None for a blank one. Raises Refused."""
    text = many_lines(row, name, mended)
    return " ".join(text.split("\n")).strip() or None if text is not None else None


def many_lines(row: OldRow, name: str, mended: list[str]) -> str | None:
    """Raises Refused."""
    text = words(row[name], name)
    if text is None:
        return None
    clean = without_controls(text, name)
    if len(clean) < len(text.replace("\r\n", "\n")):
        mended.append(f"control characters were left out of {name}")
    return clean


def times(row: OldRow, now: datetime) -> dict[str, datetime]:
    """``created_at`` and ``updated_at``, one for the other, ``now`` for both. Raises Refused."""
    created_at, updated_at = instant(row["created_at"], "created_at"), instant(row["updated_at"], "updated_at")
    return {"created_at": created_at or updated_at or now, "updated_at": updated_at or created_at or now}


def imported_hash(key: UUID) -> bytes:
    """A content hash that no create over the API has: what was imported is not what a client retries."""
    return hashlib.sha256(b"imported " + key.bytes).digest()
