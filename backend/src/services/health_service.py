"""Is the database there, and is its schema the right one? Answers within two seconds, whatever happens."""

import asyncio
import time

from sqlalchemy import text

from src.core.errors import AppError
from src.database.migrations import revisions
from src.database.session import Database
from src.database.statements import Row
from src.schemas.health import DatabaseHealth, Health, SchemaHealth

SERVICE = "todo-api"
TIMEOUT = 1.7

_REVISION = text("SELECT version_num FROM alembic_version")


class HealthService:
    def __init__(self, database: Database, *, version: str) -> None:
        self._database = database
        self._version = version
        self._outdated = {
            None,
            *revisions()[:-1],
        }  # one that is not known was made by a newer version, beside this one
        self._queries: set[asyncio.Task[Row | None]] = set()  # the event loop alone would not keep them

    async def check(self) -> Health:
        started = time.perf_counter()
        try:
            row = await self._ask()
        except (AppError, TimeoutError):
            return self._health(DatabaseHealth(status="unreachable"), SchemaHealth(status="unknown"))
        except Exception:  # noqa: BLE001  # the table is gone, or closed to us
            return self._health(DatabaseHealth(status="connected"), SchemaHealth(status="unknown"))
        latency = round((time.perf_counter() - started) * 1000, 2)
        revision = str(row[0]) if row else None
        schema = SchemaHealth(status="outdated" if revision in self._outdated else "valid", revision=revision)
        return self._health(DatabaseHealth(status="connected", latency_ms=latency), schema)

    async def _ask(self) -> Row | None:
        """Gives up in time. The driver's tidying up waits for the server once more, which nobody here waits for."""
        query = asyncio.create_task(self._database.run_alone(_REVISION))
        self._queries.add(query)
        query.add_done_callback(self._queries.discard)
        try:
            if not (await asyncio.wait({query}, timeout=TIMEOUT))[0]:
                raise TimeoutError
            return query.result()
        finally:
            query.cancel()

    def _health(self, database: DatabaseHealth, schema: SchemaHealth) -> Health:
        is_healthy = database.status == "connected" and schema.status == "valid"
        return Health(
            status="healthy" if is_healthy else "unhealthy",
            service=SERVICE,
            version=self._version,
            database=database,
            schema=schema,
        )
