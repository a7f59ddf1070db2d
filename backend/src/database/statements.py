"""Running a statement that yields columns rather than entities, inside the transaction of a session.

Statements are written with SQLModel's tables and SQLAlchemy's expressions, or as `text()`, and compiled once, each for
itself. They go straight to the driver then: what SQLAlchemy does around one execution costs more than the driver and
all of the rest of a simple request. So a statement has to be made once too, at import or behind an `lru_cache`, with a
bound parameter for whatever differs from request to request.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel.ext.asyncio.session import AsyncSession

from src.database.round_trips import RoundTrip

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class DatabaseSession(AsyncSession):
    """SQLModel's session for one transaction, with the driver's connection that the transaction is on."""

    def __init__(self, connection: AsyncConnection, driver: asyncpg.Connection) -> None:
        super().__init__(bind=connection, expire_on_commit=False)
        self.driver = driver


class Row(asyncpg.Record):  # type: ignore[misc]  # the driver has no types
    """A row whose columns are found by index, by slice and by name, and are attributes too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class _Query:
    """A compiled statement: its text, and what it binds in which order."""

    __slots__ = ("_fixed", "_names", "text")

    def __init__(self, statement: Executable) -> None:
        compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        assert not compiled.post_compile_params, "IN with a list is another text each time: use = ANY"
        self.text = compiled.string
        self._names = tuple(compiled.positiontup or ())
        self._fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        assert None not in self._fixed.values(), "a column's default in Python is not computed here: write it out"

    def arguments(self, parameters: Mapping[str, object]) -> list[object]:
        """Raises KeyError where one is missing."""
        fixed = self._fixed
        return [parameters[name] if name in parameters else fixed[name] for name in self._names]


_queries: WeakKeyDictionary[Executable, _Query] = WeakKeyDictionary()


async def fetch_first(session: DatabaseSession, statement: Executable, **parameters: object) -> Row | None:
    """The first row, or None where there is none."""
    rows = await fetch(session.driver, statement, parameters, name=caller())
    return rows[0] if rows else None


async def fetch_all(session: DatabaseSession, statement: Executable, **parameters: object) -> Sequence[Row]:
    """Every row."""
    return await fetch(session.driver, statement, parameters, name=caller())


async def fetch(
    driver: asyncpg.Connection, statement: Executable, parameters: Mapping[str, object], *, name: str
) -> Sequence[Row]:
    """Every row, by a connection whose session does not matter. ``name``: whose statement it is, for who measures."""
    query = _queries.get(statement)
    if query is None:
        query = _queries[statement] = _Query(statement)
    with RoundTrip(name, query.text):
        rows: Sequence[Row] = await driver.fetch(query.text, *query.arguments(parameters), record_class=Row)
    return rows


def caller() -> str:
    """The function that called the one that asks, as ``TaskService.create``: what a statement goes by in figures."""
    return sys._getframe(2).f_code.co_qualname  # inspect's way costs a hundred times as much
