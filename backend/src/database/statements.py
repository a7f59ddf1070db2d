"""Running a statement that yields columns rather than entities, inside the transaction of a session."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlmodel.ext.asyncio.session import AsyncSession


async def fetch_first(session: AsyncSession, statement: Executable, **parameters: object) -> Row[Any] | None:
    """The first row, or None where there is none."""
    connection = await session.connection()
    result = await connection.execute(statement, parameters)
    return result.first() if result.returns_rows else None


async def fetch_all(session: AsyncSession, statement: Executable, **parameters: object) -> Sequence[Row[Any]]:
    """Every row."""
    connection = await session.connection()
    return (await connection.execute(statement, parameters)).all()
