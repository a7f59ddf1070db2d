"""The connection pool."""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from src.core.config import Settings
from src.database.url import Endpoint

RECYCLE_SECONDS = 300
IDLE_SECONDS = 30.0
PING_TIMEOUT = 3.0


def create_engine(endpoint: Endpoint, settings: Settings) -> AsyncEngine:
    """A pool of connections on which neither SQLAlchemy nor the driver begins a transaction of its own.

    `src.database.session` begins them, with the user in the same round trip.
    """
    engine = create_async_engine(
        endpoint.url,
        connect_args=endpoint.connect_args,
        isolation_level="AUTOCOMMIT",
        pool_size=settings.database_pool_size,
        max_overflow=0,  # such connections are closed at once: under load, a login to the database for each request
        pool_recycle=RECYCLE_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    _check_at_checkout(engine)
    return engine


def create_plain_engine(endpoint: Endpoint, *, statement_timeout: float | None = None) -> AsyncEngine:
    """For migrations and checks: a connection or two, with SQLAlchemy's ordinary transactions.

    Args:
        statement_timeout: seconds, where the endpoint's own would be too short.
    """
    connect_args = dict(endpoint.connect_args)
    if statement_timeout is not None:
        connect_args["command_timeout"] = statement_timeout
    return create_async_engine(
        endpoint.url, connect_args=connect_args, pool_size=1, max_overflow=1, hide_parameters=True
    )


def _check_at_checkout(engine: AsyncEngine) -> None:
    """Never hand out a dead connection, at no round trip: `pool_pre_ping` would add three to every request.

    What the event loop has seen closed is replaced at once. Only a connection that lay idle is asked, briefly.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def _remember(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["idle_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _check(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError("the server closed the connection")
        if time.monotonic() - entry.info.get("idle_since", time.monotonic()) > IDLE_SECONDS:
            connection.run_async(_ping)


async def _ping(driver: Any) -> None:
    try:
        await driver.execute(";", timeout=PING_TIMEOUT)
    except Exception as error:
        driver.terminate()  # a polite close would wait for a peer that is gone
        raise DisconnectionError("the connection went stale while idle") from error
