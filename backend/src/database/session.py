"""Transactions: each one opened as somebody, in one round trip, and committed before the answer is sent.

The first text of a transaction of a user begins it, becomes the role that row-level security binds, tells the
database which user that is, and asks whether the session is still alive. So nothing that follows can reach beyond that
user, and a logout holds on the next request of every worker.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
from sqlalchemy import Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from src.core.errors import AppError, CommitUnknown, Unauthorized, Unavailable
from src.core.security import Principal
from src.database.failures import Failure, as_app_error, classify, sqlstate
from src.database.roles import APP_ROLE, SYSTEM_ROLE

FIRST_DELAY = 0.05
LONGEST_DELAY = 1.0
ROLLBACK_TIMEOUT = 3.0

READER_PATIENCE = 30
# The level has to stand in the BEGIN: later, the query about the session would come before it. Whoever takes what was
# read for longer than this to come for more is not waited for: a connection of the pool is held meanwhile.
_BEGIN_SNAPSHOT = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
    f"SET LOCAL idle_in_transaction_session_timeout = '{READER_PATIENCE}s'"
)
_OPEN_AS_SYSTEM = f"BEGIN; SET LOCAL ROLE {SYSTEM_ROLE}"


def _open_as_user(user_id: UUID, session_id: UUID, *, begin: str = "BEGIN") -> str:
    # The simple protocol takes several statements but no parameters; UUID objects can't hold anything but hex digits.
    return (
        f"{begin}; SET LOCAL ROLE {APP_ROLE}; SET LOCAL app.user_id = '{user_id}'; "  # noqa: S608
        "SELECT 1 FROM sessions JOIN users ON users.id = sessions.user_id "
        f"WHERE sessions.user_id = '{user_id}' AND sessions.id = '{session_id}' "
        "AND sessions.expires_at > now() AND users.is_active"
    )  # as the comment above says


class Database:
    """Opens transactions on a pool.

    Args:
        wake_timeout: seconds that a request waits for a database that is away, before it is told so (503).
    """

    def __init__(self, engine: AsyncEngine, *, wake_timeout: float) -> None:
        self.engine = engine
        self._wake_timeout = wake_timeout

    @asynccontextmanager
    async def as_user(self, principal: Principal) -> AsyncIterator[AsyncSession]:
        """A transaction that sees and accepts this user's rows only. Unauthorized when the session is over."""
        async with self._transaction(_open_as_user(principal.id, principal.session_id), expected="SELECT 1") as session:
            yield session

    @asynccontextmanager
    async def as_reader(self, principal: Principal) -> AsyncIterator[AsyncSession]:
        """As `as_user`, read-only, and all its statements see the database as it was at one moment."""
        opening = _open_as_user(principal.id, principal.session_id, begin=_BEGIN_SNAPSHOT)
        async with self._transaction(opening, expected="SELECT 1") as session:
            yield session

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[AsyncSession]:
        """A transaction for what has no user yet. It sees accounts and sessions, and nobody's tasks."""
        async with self._transaction(_OPEN_AS_SYSTEM, expected="SET") as session:
            yield session

    async def run_alone(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """One statement as the login itself, committed by itself, in one round trip; its first row, if any."""
        connection = await self._begin(None, expected=None)
        driver = await _driver_of(connection)
        try:
            result = await connection.execute(statement, parameters)
            return result.first() if result.returns_rows else None
        except Exception as error:
            if _is_answer_lost(error):
                driver.terminate()
                raise CommitUnknown from error
            _raise_translated(error)
        finally:
            await connection.close()

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(self, opening: str, *, expected: str) -> AsyncIterator[AsyncSession]:
        connection = await self._begin(opening, expected=expected)
        driver = await _driver_of(connection)
        session = AsyncSession(bind=connection, expire_on_commit=False)
        try:
            try:
                yield session
                await session.flush()
            except AppError as error:
                if error.keeps_changes:
                    await session.flush()
                    await _commit(driver)
                raise
            except Exception as error:  # noqa: BLE001  # raised again, translated
                _raise_translated(error)
            await _commit(driver)
        finally:
            await _give_back(connection, session, driver)

    async def _begin(self, opening: str | None, *, expected: str | None) -> AsyncConnection:
        """Take a connection and open a transaction on it; until then nothing has happened, so it may be tried again."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._wake_timeout
        delay = FIRST_DELAY
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._try_to_begin(opening, expected)
            except Exception as error:
                away = isinstance(error, TimeoutError) or classify(error, connecting=True) is Failure.AWAY
                if away and loop.time() + delay > deadline:
                    raise Unavailable("The database cannot be reached", retry_after=2) from error
                if not away:
                    _raise_translated(error)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # spreads load, guards nothing
            delay = min(2 * delay, LONGEST_DELAY)

    async def _try_to_begin(self, opening: str | None, expected: str | None) -> AsyncConnection:
        connection = await self.engine.connect()
        if opening is None:
            return connection
        driver = None
        try:
            driver = await _driver_of(connection)
            if await driver.execute(opening) != expected:
                raise Unauthorized
        except BaseException as error:
            if driver is not None and not isinstance(error, Unauthorized):
                driver.terminate()  # a BEGIN without an answer may have left a transaction that the driver can't see
            await _give_back(connection, None, driver)
            raise
        return connection


def _raise_translated(error: Exception) -> NoReturn:
    answer = as_app_error(error)
    if answer is None:
        raise error
    raise answer from error


def _is_answer_lost(error: Exception) -> bool:
    """Whether the server may have done what it was told to, without our hearing of it."""
    failure = classify(error)
    return failure is Failure.AWAY or (failure is Failure.SLOW and sqlstate(error) is None)


async def _driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return driver


async def _commit(driver: asyncpg.Connection) -> None:
    """Raises CommitUnknown where the server's word on the COMMIT was lost."""
    try:
        tag = await driver.execute("COMMIT")
    except Exception as error:
        if isinstance(error, asyncpg.PostgresError) and classify(error) is not Failure.AWAY:
            _raise_translated(error)  # the server itself says that it rolled back
        driver.terminate()
        raise CommitUnknown from error
    if tag != "COMMIT":
        raise RuntimeError("the transaction had failed before its COMMIT, and was rolled back")


async def _give_back(
    connection: AsyncConnection, session: AsyncSession | None, driver: asyncpg.Connection | None
) -> None:
    """Return the connection to the pool with no transaction on it, or closed."""
    try:
        if session is not None:
            await session.close()
        if driver is not None and not driver.is_closed() and driver.is_in_transaction():
            await driver.execute("ROLLBACK", timeout=ROLLBACK_TIMEOUT)
    except BaseException as error:
        if driver is not None:
            driver.terminate()  # the pool replaces what is closed
        if not isinstance(error, Exception):
            raise
    finally:
        await connection.close()
