"""Probes, outside the versioned API."""

from fastapi import APIRouter, Response

from src.api.deps import ContextDep
from src.api.routing import Responses
from src.schemas.health import Health, Liveness

health = APIRouter(tags=["health"])
UNHEALTHY: Responses = {
    503: {"model": Health, "description": "the database is away or its schema is not the right one"}
}


@health.get("/health", responses=UNHEALTHY)
async def check(context: ContextDep, response: Response) -> Health:
    """Is the service able to work? Asks the database."""
    result = await context.health.check()
    if result.status != "healthy":
        response.status_code = 503
    return result


@health.get("/health/live")
async def live() -> Liveness:
    """Does the process answer? Never touches the database, so that a probe each second lets it sleep."""
    return Liveness()


@health.get("/health/ready", responses=UNHEALTHY)
async def ready(context: ContextDep, response: Response) -> Health:
    """Should requests be sent here? As `/health`, and 503 while the process shuts down."""
    result = await check(context, response)
    if context.is_draining:
        response.status_code = 503
    return result
