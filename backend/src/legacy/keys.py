"""Old keys become UUIDs, the same ones in every run; that is what makes an import safe to run again."""

import re
from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("d14064a6-235c-4202-ab7b-393439d1d4e9")
"""Must never change: what was imported before would be imported once more."""

_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_LONGEST = 255
_SHOWN = 64


def new_key(table: str, old: object) -> UUID | None:
    """A UUID stays what it is, as text or as 16 bytes; all else gives a UUIDv5 of ``table/key``.

    None for what is no key: NULL, a fraction, an empty text.
    """
    if isinstance(old, bytes):
        return UUID(bytes=old) if len(old) == 16 else None
    if isinstance(old, int):
        return uuid5(NAMESPACE, f"{table}/{old}")
    if not isinstance(old, str) or not 0 < len(text := old.strip()) <= _LONGEST or not text.isprintable():
        return None
    if _UUID.fullmatch(text):
        return UUID(text)
    return uuid5(NAMESPACE, f"{table}/{int(text) if _INTEGER.fullmatch(text) else text}")


def shown(old: object) -> str:
    """An old key or name as a report may print it."""
    if isinstance(old, bytes):
        return f"x'{old[:_SHOWN].hex()}'"
    text = str(old)[:_SHOWN]
    return "".join(c if c.isprintable() else "?" for c in text)
