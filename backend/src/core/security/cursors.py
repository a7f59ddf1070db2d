"""Page cursors: opaque to the client, signed, and bound to the user and the query that they were made for."""

import base64
import binascii
from uuid import UUID

import msgspec

from src.core.security.keys import SIGNATURE_BYTES, Keyring, is_signed, sign

MAXIMUM_LENGTH = 4096


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page: the value it was sorted by (ISO 8601 for dates; None sorts last) and its id."""

    value: str | int | None
    id: UUID


class InvalidCursor(Exception):
    """The cursor was altered, or made for another user, filter or order."""


class Cursors:
    def __init__(self, keyring: Keyring) -> None:
        self._keys = keyring.keys_for("cursor")

    def write(self, position: Position, *, scope: bytes) -> str:
        """``scope`` is whatever the cursor is good for: the user and the query, written the same way each time."""
        payload = msgspec.json.encode(position)
        return _encoded(sign(self._keys[0], _message(payload, scope)) + payload)

    def read(self, text: str, *, scope: bytes) -> Position:
        """Raises InvalidCursor for everything that ``write`` did not write for the same scope."""
        raw = _decoded(text)
        signature, payload = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not is_signed(self._keys, _message(payload, scope), signature):
            raise InvalidCursor
        return msgspec.json.decode(payload, type=Position)


def _message(payload: bytes, scope: bytes) -> bytes:
    return len(scope).to_bytes(4, "big") + scope + payload


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    if len(text) > MAXIMUM_LENGTH:
        raise InvalidCursor
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise InvalidCursor from None
    if _encoded(raw) != text:  # base64 has several spellings of the same bytes
        raise InvalidCursor
    return raw
