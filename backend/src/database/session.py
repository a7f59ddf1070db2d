"""Transactions: each one opened as somebody, in one round trip, and committed before the answer is sent.

The first text of a transaction of a user begins it, becomes the role that row-level security binds, tells the
database which user that is, and asks whether the session is still alive. So nothing that follows can reach beyond that
user, and a logout holds on the next request of every worker.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.core.config import Settings
from src.core.errors import AppError, CommitUnknown, Unauthorized, Unavailable
from src.core.metrics import metrics
from src.core.security import Principal
from src.database.failures import Failure, as_app_error, classify, sqlstate
from src.database.roles import APP_ROLE, SYSTEM_ROLE
from src.database.round_trips import RoundTrip
from src.database.statements import DatabaseSession, Row, caller, fetch

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

    def __init__(self, engine: AsyncEngine, settings: Settings, *, wake_timeout: float) -> None:
        self.engine = engine
        # The pool has a queue of its own, but there those who come overtake those who wait.
        self._free = asyncio.Semaphore(settings.database_pool_size)
        self._patience = settings.database_pool_timeout
        self._wake_timeout = wake_timeout

    def as_user(self, principal: Principal) -> "Transaction":
        """A transaction that sees and accepts this user's rows only. Unauthorized when the session is over."""
        return Transaction(self, _open_as_user(principal.id, principal.session_id), expected="SELECT 1")

    def as_reader(self, principal: Principal) -> "Transaction":
        """As `as_user`, read-only, and all its statements see the database as it was at one moment."""
        opening = _open_as_user(principal.id, principal.session_id, begin=_BEGIN_SNAPSHOT)
        return Transaction(self, opening, expected="SELECT 1")

    def as_system(self) -> "Transaction":
        """A transaction for what has no user yet. It sees accounts and sessions, and nobody's tasks."""
        return Transaction(self, _OPEN_AS_SYSTEM, expected="SET")

    async def run_alone(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        """One statement as the login itself, committed by itself, in one round trip; its first row, if any."""
        name = caller()
        connection, driver = await self.begin(None, expected=None)
        try:
            rows = await fetch(driver, statement, parameters or {}, name=name)
            return rows[0] if rows else None
        except Exception as error:
            if _is_answer_lost(error):
                driver.terminate()
                raise CommitUnknown from error
            _raise_translated(error)
        finally:
            await self.give_back(connection, driver)

    async def close(self) -> None:
        await self.engine.dispose()

    async def begin(self, opening: str | None, *, expected: str | None) -> tuple[AsyncConnection, asyncpg.Connection]:
        """Take a connection and open a transaction on it; until then nothing has happened, so it may be tried again."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        deadline = started + self._wake_timeout
        delay = FIRST_DELAY
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    begun = await self._try_to_begin(opening, expected)
            except AppError:
                raise
            except Exception as error:
                away = isinstance(error, TimeoutError) or classify(error, connecting=True) is Failure.AWAY
                if away and loop.time() + delay > deadline:
                    metrics().database_awaited(loop.time() - started, in_vain=True)
                    raise Unavailable("The database cannot be reached", retry_after=2) from error
                if not away:
                    _raise_translated(error)
            else:
                if delay > FIRST_DELAY:
                    metrics().database_awaited(loop.time() - started, in_vain=False)
                return begun
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # spreads load, guards nothing
            delay = min(2 * delay, LONGEST_DELAY)

    async def give_back(self, connection: AsyncConnection, driver: asyncpg.Connection | None) -> None:
        """Return the connection to the pool with no transaction on it, or closed."""
        try:
            if driver is not None and not driver.is_closed() and driver.is_in_transaction():
                with RoundTrip("ROLLBACK"):
                    await driver.execute("ROLLBACK", timeout=ROLLBACK_TIMEOUT)
        except BaseException as error:
            assert driver is not None
            driver.terminate()  # the pool replaces what is closed
            if not isinstance(error, Exception):
                raise
        finally:
            try:
                await connection.close()
            finally:
                self._release()

    async def _try_to_begin(
        self, opening: str | None, expected: str | None
    ) -> tuple[AsyncConnection, asyncpg.Connection]:
        connection = await self._connect()
        driver = None
        try:
            assert connection.sync_connection is not None
            driver = connection.sync_connection.connection.driver_connection
            assert driver is not None
            if opening is not None:
                await _open(driver, opening, expected)
        except BaseException as error:
            if driver is not None and not isinstance(error, Unauthorized):
                driver.terminate()  # a BEGIN without an answer may have left a transaction that the driver can't see
            await self.give_back(connection, driver)
            raise
        return connection, driver

    async def _connect(self) -> AsyncConnection:
        """Raises Unavailable where none becomes free in time. The caller gives it back."""
        if self._free.locked():
            await self._wait_for_a_free_one()
        else:
            await self._free.acquire()
        metrics().connection_taken()
        try:
            return await self.engine.connect()
        except BaseException:
            self._release()
            raise

    async def _wait_for_a_free_one(self) -> None:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            metrics().connection_awaited(time.perf_counter() - started, in_vain=True)
            raise Unavailable("All database connections are in use") from None
        metrics().connection_awaited(time.perf_counter() - started, in_vain=False)

    def _release(self) -> None:
        self._free.release()
        metrics().connection_returned()


class Transaction:
    """Commits at the end of its block; rolls back where the block raises, unless the error keeps the changes."""

    __slots__ = ("_connection", "_database", "_expected", "_opening", "_session")

    _connection: AsyncConnection
    _session: DatabaseSession

    def __init__(self, database: Database, opening: str, *, expected: str) -> None:
        self._database = database
        self._opening = opening
        self._expected = expected

    async def __aenter__(self) -> DatabaseSession:
        self._connection, driver = await self._database.begin(self._opening, expected=self._expected)
        self._session = DatabaseSession(self._connection, driver)
        return self._session

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        session = self._session
        try:
            if error is None or (isinstance(error, AppError) and error.keeps_changes):
                await self._flush()
                await _commit(session.driver)
            elif isinstance(error, Exception) and (answer := as_app_error(error)) is not None:
                raise answer from error
        finally:
            try:
                if session.in_transaction():
                    await session.close()
            finally:
                await self._database.give_back(self._connection, session.driver)

    async def _flush(self) -> None:
        if self._session.in_transaction():  # else it was not used for objects
            try:
                await self._session.flush()
            except Exception as error:  # noqa: BLE001  # raised again, translated
                _raise_translated(error)


async def _open(driver: asyncpg.Connection, opening: str, expected: str | None) -> None:
    with RoundTrip("BEGIN"):
        tag = await driver.execute(opening)
    if tag != expected:
        raise Unauthorized


def _raise_translated(error: Exception) -> NoReturn:
    answer = as_app_error(error)
    if answer is None:
        raise error
    raise answer from error


def _is_answer_lost(error: Exception) -> bool:
    """Whether the server may have done what it was told to, without our hearing of it."""
    failure = classify(error)
    return failure is Failure.AWAY or (failure is Failure.SLOW and sqlstate(error) is None)


async def _commit(driver: asyncpg.Connection) -> None:
    """Raises CommitUnknown where the server's word on the COMMIT was lost."""
    try:
        with RoundTrip("COMMIT"):
            tag = await driver.execute("COMMIT")
    except Exception as error:
        if isinstance(error, asyncpg.PostgresError) and classify(error) is not Failure.AWAY:
            _raise_translated(error)  # the server itself says that it rolled back
        driver.terminate()
        raise CommitUnknown from error
    if tag != "COMMIT":
        raise RuntimeError("the transaction had failed before its COMMIT, and was rolled back")
