"""Is the database there, and is its schema the right one? Answers within two seconds, whatever happens."""

import asyncio
import time

from sqlalchemy import text

from src.core.errors import AppError
from src.database.migrations import head_revision
from src.database.session import Database
from src.schemas.health import DatabaseHealth, Health, SchemaHealth

SERVICE = "todo-api"
TIMEOUT = 1.7

_REVISION = text("SELECT version_num FROM alembic_version")


class HealthService:
    def __init__(self, database: Database, *, version: str) -> None:
        self._database = database
        self._version = version
        self._head = head_revision()

    async def check(self) -> Health:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT):
                row = await self._database.run_alone(_REVISION)
        except (AppError, TimeoutError):
            return self._health(DatabaseHealth(status="unreachable"), SchemaHealth(status="unknown"))
        except Exception:  # noqa: BLE001  # the table is gone, or closed to us
            return self._health(DatabaseHealth(status="connected"), SchemaHealth(status="unknown"))
        latency = round((time.perf_counter() - started) * 1000, 2)
        revision = str(row[0]) if row else None
        schema = SchemaHealth(status="valid" if revision == self._head else "outdated", revision=revision)
        return self._health(DatabaseHealth(status="connected", latency_ms=latency), schema)

    def _health(self, database: DatabaseHealth, schema: SchemaHealth) -> Health:
        is_healthy = database.status == "connected" and schema.status == "valid"
        return Health(
            status="healthy" if is_healthy else "unhealthy",
            service=SERVICE,
            version=self._version,
            database=database,
            schema=schema,
        )
