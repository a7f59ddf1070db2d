"""From a URL to a database that is known to be the right one: connect, migrate, validate, seed.

Each step logs one line and fails with a StartupError that a person can act on.
"""

import asyncio
import random
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from src.core.config import Settings
from src.core.errors import ConfigurationError, StartupError
from src.database.engine import create_engine, create_plain_engine
from src.database.failures import Failure, classify, message, sqlstate
from src.database.migrations import BASE, current_revision, migrate
from src.database.refusals import find_refusal
from src.database.roles import ensure_roles
from src.database.search_backfill import backfill_search
from src.database.seed_data import seed
from src.database.session import Database
from src.database.url import DatabaseTarget, InvalidDatabaseURL, parse_database_url
from src.database.validation import validate_schema

OLDEST_SERVER = 15
FIRST_DELAY, LONGEST_DELAY = 0.25, 4.0
NEON_WAKE_TIMEOUT, WAKE_TIMEOUT = 10.0, 1.8
MIGRATION_TIMEOUT = 900.0
SUPPORTED_SHARE = 0.8

log = structlog.get_logger()


class DatabaseUnreachable(StartupError):
    """The database could not be connected to."""


def target_of(settings: Settings) -> DatabaseTarget:
    """What DATABASE_URL means. Raises ConfigurationError (78): waiting or another try would not help."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    try:
        target = parse_database_url(
            url,
            connect_timeout=settings.database_connect_timeout,
            command_timeout=settings.database_statement_timeout,
        )
    except InvalidDatabaseURL as error:
        raise ConfigurationError(error.problem, error.advice) from None
    if target.ignored:
        log.warning("parameters of DATABASE_URL without effect", parameters=", ".join(target.ignored))
    return target


async def prepare_database(settings: Settings) -> Database:
    """Everything up to serving. The caller closes what it is given."""
    target = target_of(settings)
    await _prepare_schema(target, settings)
    engine = create_engine(target.main, settings)
    default = NEON_WAKE_TIMEOUT if target.neon else WAKE_TIMEOUT
    return Database(engine, settings, wake_timeout=settings.database_wake_timeout or default)


async def find_revision(settings: Settings) -> str:
    """Where the database stands; nothing is changed."""
    target = target_of(settings)
    async with direct_engine(target) as engine, explained(target):
        await connect(engine, target, patience=settings.database_start_timeout)
        async with engine.connect() as connection:
            return await current_revision(connection) or BASE


async def _prepare_schema(target: DatabaseTarget, settings: Settings) -> None:
    async with direct_engine(target) as engine:
        await connect(engine, target, patience=settings.database_start_timeout)
        async with explained(target):
            await _warn_of_scarce_connections(engine, settings)
            if settings.migrate_on_start:
                await _migrate(target, settings)
            async with engine.begin() as connection:
                await ensure_roles(connection)
                await validate_schema(connection)
                log.info("Database schema validation passed")
                await seed(connection)
            await backfill_search(engine)


async def _migrate(target: DatabaseTarget, settings: Settings) -> None:
    async with direct_engine(target, statement_timeout=MIGRATION_TIMEOUT) as engine:
        await migrate(engine, patience=settings.database_start_timeout)


@asynccontextmanager
async def direct_engine(
    target: DatabaseTarget, *, statement_timeout: float | None = None
) -> AsyncIterator[AsyncEngine]:
    """An engine for migrations and checks, which a transaction-mode pooler would get in the way of."""
    engine = create_plain_engine(target.direct, statement_timeout=statement_timeout)
    try:
        yield engine
    finally:
        await engine.dispose()


async def connect(engine: AsyncEngine, target: DatabaseTarget, *, patience: float) -> None:
    """Wait up to ``patience`` seconds for a database that is asleep or restarting; refuse at once what won't change."""
    deadline = time.monotonic() + patience
    delay = FIRST_DELAY
    while True:
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), FIRST_DELAY)), engine.connect() as connection:
                await _check_server(connection, target)
                return
        except StartupError:
            raise
        except Exception as error:  # noqa: BLE001  # told apart below
            if not _is_worth_waiting(error) or time.monotonic() + delay > deadline:
                raise_unreachable(error, target)
            log.warning("database not reachable yet, trying again", host=target.host, error=type(error).__name__)
        await asyncio.sleep(delay * random.uniform(0.75, 1.25))  # noqa: S311  # spreads load, guards nothing
        delay = min(2 * delay, LONGEST_DELAY)


async def _check_server(connection: AsyncConnection, target: DatabaseTarget) -> None:
    row = (
        await connection.execute(
            text("SELECT current_setting('server_version_num')::int, current_user, current_database()")
        )
    ).one()
    major = row[0] // 10_000
    if major < OLDEST_SERVER:
        raise StartupError(
            f"PostgreSQL {major} at {target.host} is too old",
            f"Use PostgreSQL {OLDEST_SERVER} or later. On Neon the version is chosen when a project is created.",
        )
    log.info("Database connection successful", host=target.host, database=row[2], login=row[1], postgresql=major)


def _is_worth_waiting(error: Exception) -> bool:
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN
    return classify(error, connecting=True) in (Failure.AWAY, Failure.SLOW)


async def _warn_of_scarce_connections(engine: AsyncEngine, settings: Settings) -> None:
    async with engine.connect() as connection:
        limit = int((await connection.execute(text("SHOW max_connections"))).scalar_one())
    wanted = settings.workers * settings.database_pool_size
    if wanted > SUPPORTED_SHARE * limit:
        log.warning("the pools may ask for more connections than the server should give", wanted=wanted, limit=limit)


@asynccontextmanager
async def explained(target: DatabaseTarget) -> AsyncIterator[None]:
    """Turns what goes wrong between connecting and serving into words."""
    try:
        yield
    except DBAPIError as error:
        if sqlstate(error) == "42501":
            raise_forbidden(target)
        if classify(error) is Failure.COLLISION:
            raise StartupError(
                "The migration could not get a lock on a table within its time limit",
                "Something holds the table: a long query, a dump, another migration. Nothing is half done: try again.",
            ) from None
        if classify(error) is Failure.OTHER:
            raise StartupError(
                f"The database refused a statement at start (SQLSTATE {sqlstate(error)})",
                "Compare the database with a fresh one made by:  python -m src.cli migrate",
            ) from error
        raise_unreachable(error, target)
    except (OSError, EOFError) as error:
        raise_unreachable(error, target)


def raise_forbidden(target: DatabaseTarget) -> NoReturn:
    login = target.main.url.username or "LOGIN"
    raise StartupError(
        f'The login "{login}" lacks a privilege in the database "{target.database}"',
        f"Ask an administrator to run, in that database:\n"
        f'  GRANT CREATE, USAGE ON SCHEMA public TO "{login}";\n'
        f"and, where another login owns the tables of this service, to hand them over with ALTER TABLE … OWNER TO.",
    ) from None


def raise_unreachable(error: Exception, target: DatabaseTarget) -> NoReturn:
    reason, advice = _reason(error, target)
    server = "Neon PostgreSQL" if target.neon else "PostgreSQL"
    place = target.host if target.port is None else f"{target.host}:{target.port}"
    at = f" at {place}" if not target.neon else f" ({place})"
    raise DatabaseUnreachable(f"Failed to connect to {server}{at}: {reason}", advice) from None


def _reason(error: Exception, target: DatabaseTarget) -> tuple[str, str]:
    if refusal := find_refusal(message(error)):
        return refusal.reason, refusal.advice
    if reason := _reason_by_state(sqlstate(error), target):
        return reason
    if isinstance(error, socket.gaierror):
        return "the host name is unknown", "Check the host in DATABASE_URL, and this machine's DNS."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "the server's certificate could not be verified",
            "Check the host name. For a private certificate authority add sslrootcert=FILE to DATABASE_URL.",
        )
    if isinstance(error, ssl.SSLError):
        return "no encrypted connection could be made", "Check sslmode in DATABASE_URL and the server's TLS versions."
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused", "Is the server running, and is the port in DATABASE_URL right?"
    if isinstance(error, TimeoutError):
        return (
            "no answer in time",
            "Check host, port and firewall. A Neon compute wakes within seconds of a connection.",
        )
    state = sqlstate(error)
    return f"{type(error).__name__}{f' ({state})' if state else ''}", "Check DATABASE_URL, and the server's own log."


def _reason_by_state(state: str | None, target: DatabaseTarget) -> tuple[str, str] | None:
    if state in ("28P01", "28000"):
        return "the login was refused", "Check user and password in DATABASE_URL; copy it anew from the console."
    if state == "3D000":
        return f'there is no database "{target.database}"', "Check the database name in DATABASE_URL, or create it."
    if state == "42501":
        return "the login may not connect", f'Grant it:  GRANT CONNECT ON DATABASE "{target.database}" TO …;'
    if state == "XX000" and target.neon:
        return "Neon could not reach the compute", "Try again; if it stays so, see the console, and neonstatus.com."
    return None
