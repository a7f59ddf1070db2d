"""The user's own time zone, by which a day begins where nothing else is said."""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from src.core.errors import Unauthorized
from src.database.statements import DatabaseSession, fetch_first

_READ: Final = text("SELECT timezone FROM users WHERE id = :owner_id")


async def own_zone(session: DatabaseSession, owner_id: UUID) -> str:
    """The IANA name of it."""
    row = await fetch_first(session, _READ, owner_id=owner_id)
    if row is None:
        raise Unauthorized  # the account was deleted since the transaction was opened
    return str(row.timezone)
