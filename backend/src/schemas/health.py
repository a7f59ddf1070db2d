from typing import Literal

from pydantic import Field

from src.schemas.base import Output


class DatabaseHealth(Output):
    status: Literal["connected", "unreachable"]
    latency_ms: float | None = None


class SchemaHealth(Output):
    status: Literal["valid", "outdated", "unknown"]
    revision: str | None = None


class Health(Output):
    status: Literal["healthy", "unhealthy"]
    service: str
    version: str
    database: DatabaseHealth
    schema_: SchemaHealth = Field(alias="schema")


class Liveness(Output):
    status: Literal["alive"] = "alive"
