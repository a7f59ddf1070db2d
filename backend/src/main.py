"""The application: settings in, ASGI out.

``uvicorn src.main:app`` serves it; ``python -m src.cli serve`` does so with the right options and exit statuses.
"""

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.deps import AppContext
from src.api.docs import assets, docs
from src.api.errors import answer_internal_error, install_error_handlers
from src.api.metrics import measurements
from src.api.middleware import UNLIMITED, BodyLimit, ConcurrencyLimit, RequestContext
from src.api.portability import IMPORT_ROUTE, MAX_IMPORT_BYTES
from src.api.router import routes
from src.api.routing import openapi_document
from src.api.web_app import web_app
from src.core.config import Settings, load_settings
from src.core.errors import ConfigurationError, StartupError
from src.core.logging import configure_logging
from src.core.metrics import count_with
from src.core.security import AccessTokens, Cursors, Keyring, PasswordHasher, RefreshTokens, SubjectTokens
from src.database.round_trips import watch
from src.database.startup import prepare_database
from src.services.admission import Admission
from src.services.export_service import AT_ONCE as EXPORTS_AT_ONCE
from src.services.export_service import AT_ONCE_OF_USER as EXPORTS_OF_USER
from src.services.health_service import SERVICE, HealthService
from src.services.import_service import ImportWorkers
from src.services.mails import Mailer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

__all__ = ["app", "create_app"]  # noqa: F822  # `app` is made when it is first asked for

VERSION = "0.1.0"
MAX_BODY_BYTES = 1 << 20
DESCRIPTION = "A todo service for many users. Nothing acknowledged is lost, and nobody sees another user's data."
API_CSP = "default-src 'none'; frame-ancestors 'none'"

log = structlog.get_logger()


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application. It connects to the database when its lifespan starts."""
    configure_logging(settings.log_level, settings.log_format)
    tracer = _tracer_provider(settings)
    application = FastAPI(
        title="Todo API",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.serves_docs else None,
        telemetry=TelemetryConfig(
            tracing=tracer is not None,
            tracer_provider=tracer,
            metrics=False,
            logs=False,
            exclude=lambda scope: scope.get("path") in UNLIMITED,
        ),
    )
    application.state.settings = settings
    application.state.tracer = tracer
    application.router.routes.extend(routes)
    application.openapi = lambda: openapi_document(application)  # type: ignore[method-assign]
    if settings.serves_docs:
        application.router.routes.extend([*docs.routes, assets()])
    if settings.metrics_token is not None:
        application.router.routes.extend(measurements.routes)
    install_error_handlers(application)
    application.add_middleware(ConcurrencyLimit, most=settings.max_concurrent_requests)
    if settings.cors_origins:
        application.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-ID"],
            expose_headers=["Content-Disposition", "ETag", "Link", "Location", "Retry-After", "X-Request-ID"],
        )
    application.add_middleware(BodyLimit, limit=MAX_BODY_BYTES, limits={IMPORT_ROUTE: MAX_IMPORT_BYTES})
    application.add_middleware(
        RequestContext,
        headers=_security_headers(settings),
        last_resort=answer_internal_error,
        shows_timing=settings.environment == "development",
    )
    application.add_middleware(ReadableStartup)
    return application


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    settings: Settings = application.state.settings
    tracer: TracerProvider | None = application.state.tracer
    watch(slow_seconds=settings.slow_statement_ms / 1000, tracer=tracer.get_tracer("todo") if tracer else None)
    if settings.metrics_token is not None:
        _count_for_prometheus(settings)
    database = await prepare_database(settings)
    keyring = Keyring(settings)
    context = AppContext(
        settings=settings,
        database=database,
        hasher=PasswordHasher(settings.password_hash_rounds),
        access_tokens=AccessTokens(keyring, timedelta(minutes=settings.access_token_minutes)),
        refresh_tokens=RefreshTokens(keyring),
        subject_tokens=SubjectTokens.configured(settings),
        cursors=Cursors(keyring),
        health=HealthService(database, version=VERSION),
        mailer=Mailer(settings),
        exports=Admission(EXPORTS_AT_ONCE, most_of_user=EXPORTS_OF_USER),
        import_workers=ImportWorkers(),
    )
    application.state.context = context
    application.router.default = web_app(settings.web_app_dir, otherwise=application.router.not_found)
    _drain_on_signal(context)
    gc.freeze()  # what was made until now stays
    log.info("ready to serve", version=VERSION, environment=settings.environment)
    try:
        yield
    finally:
        await asyncio.gather(context.mailer.drain(), _stop_tracing(tracer))
        context.hasher.close()
        context.import_workers.close()
        await database.close()
        log.info("stopped")


def _tracer_provider(settings: Settings) -> "TracerProvider | None":
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    from src.core.tracing import tracer_provider  # takes long to load

    return tracer_provider(settings.otel_exporter_otlp_endpoint, service=SERVICE, version=VERSION)


async def _stop_tracing(tracer: "TracerProvider | None") -> None:
    if tracer is not None:
        await asyncio.to_thread(tracer.shutdown)


def _count_for_prometheus(settings: Settings) -> None:
    from src.core.prometheus import PrometheusMetrics  # takes long to load

    count_with(PrometheusMetrics(version=VERSION, pool_size=settings.database_pool_size))


class ReadableStartup:
    """Prints why the service refuses to start as one block, where Starlette would hand the server a traceback."""

    def __init__(self, wrapped: ASGIApp) -> None:
        self._app = wrapped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            error = sys.exc_info()[1]
            if message["type"] == "lifespan.startup.failed" and isinstance(error, StartupError):
                print(error.block(), file=sys.stderr, flush=True)
                message = {**message, "message": ""}
            await send(message)

        await self._app(scope, receive, send_on)


def _security_headers(settings: Settings) -> dict[str, str]:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
        "Content-Security-Policy": API_CSP,
    }
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def _drain_on_signal(context: AppContext) -> None:
    """Let `/health/ready` say no as soon as the process is told to stop, before the server's own handler runs."""
    if threading.current_thread() is not threading.main_thread():
        return
    previous = signal.getsignal(signal.SIGTERM)

    def drain(number: int, frame: FrameType | None) -> None:
        context.is_draining = True
        if callable(previous):
            previous(number, frame)

    if callable(previous):
        signal.signal(signal.SIGTERM, drain)


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    try:
        return create_app(load_settings())
    except ConfigurationError as error:
        print(error.block(), file=sys.stderr, flush=True)
        raise SystemExit(error.exit_status) from None
