"""``/metrics``, for Prometheus: only where METRICS_TOKEN is set, and only for whoever brings it."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response

from src.api.deps import ContextDep
from src.core.errors import Unauthorized
from src.core.metrics import metrics

PATH = "/metrics"

measurements = APIRouter(include_in_schema=False)


@measurements.get(PATH)
async def read(request: Request, context: ContextDep) -> Response:
    token = context.settings.metrics_token
    assert token is not None, "without one there is no such route"
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(given, b"Bearer " + token.get_secret_value().encode()):
        raise Unauthorized("The token is not METRICS_TOKEN")
    exposition = await asyncio.to_thread(metrics().exposition)
    assert exposition is not None
    return Response(exposition.text, headers={"Content-Type": exposition.content_type})
