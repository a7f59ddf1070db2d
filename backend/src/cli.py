"""``python -m src.cli``: everything that is run by hand or by a process manager."""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from src.core.config import Settings, load_settings, load_settings_to_look
from src.core.errors import StartupError
from src.core.logging import configure_logging
from src.core.metrics import MULTIPROCESS_DIRECTORY
from src.database.migrations import BASE, revisions
from src.database.startup import connect, direct_engine, explained, find_revision, prepare_database, target_of

GRACEFUL_SECONDS = 25
KEEP_ALIVE_SECONDS = 75
LOADING_SECONDS = 30
DOORS = 16

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@contextmanager
def readable_failures() -> Iterator[None]:
    """A refusal is one block on standard error and its exit status, never a traceback."""
    try:
        yield
    except StartupError as error:
        typer.echo(error.block(), err=True)
        raise SystemExit(error.exit_status) from None


@cli.command()
def serve(workers: Annotated[int | None, typer.Option(help="processes; WORKERS if not given")] = None) -> None:
    """Serve the API. Needs DATABASE_URL and SECRET_KEY."""
    with readable_failures():
        settings = _settings(workers)
        _serve(settings)


@cli.command()
def dev(
    hot: Annotated[bool, typer.Option("--hot", help="with Vite and its hot reload beside the API")] = False,
) -> None:
    """Serve on this machine: with DATABASE_URL on that database, else on an embedded PostgreSQL that keeps its data."""
    from src.dev import development, hot_reload

    with readable_failures(), development():
        settings = _settings(None)
        with hot_reload(settings.port) if hot else nullcontext():
            _serve(settings)


@cli.command()
def migrate(
    sql: Annotated[bool, typer.Option("--sql", help="change nothing, and print what an administrator may run")] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="REVISION", help="with --sql: from there, or from base; no database is asked where it is"
        ),
    ] = None,
) -> None:
    """Bring the database's schema to this version, check it, and seed it."""
    if since and (not sql or since not in (BASE, *revisions())):
        raise typer.BadParameter(f"with --sql, one of {', '.join((BASE, *revisions()))}", param_hint="--from")
    with readable_failures():
        if sql:
            typer.echo(_migration_script(since))
            return
        settings = _settings(None)
        asyncio.run(_prepare(settings.model_copy(update={"migrate_on_start": True})))


@cli.command()
def seed() -> None:
    """Write the rows that every database holds. Running it again changes nothing."""
    with readable_failures():
        settings = _settings(None)
        asyncio.run(_prepare(settings.model_copy(update={"migrate_on_start": False})))


@cli.command()
def verify() -> None:
    """Check the database of DATABASE_URL step by step, with a real write and read. Exit status 1 if anything fails."""
    from src.verification import verify_database

    raise SystemExit(0 if asyncio.run(verify_database()) else 1)


@cli.command()
def import_sqlite(
    file: Annotated[Path, typer.Argument(help="the SQLite file of the old app; it is only read")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="do all of it, and take it back")] = False,
) -> None:
    """Move the users and tasks of the old SQLite app into DATABASE_URL: everything, or nothing. Safe to run again."""
    from src.legacy import import_sqlite

    with readable_failures():
        typer.echo(asyncio.run(import_sqlite(_settings(None), file, dry_run=dry_run)))


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from src.main import create_app

    settings = Settings(_env_file=None, environment="test", secret_key="openapi" + os.urandom(32).hex())
    typer.echo(json.dumps(create_app(settings).openapi(), indent=2, ensure_ascii=False, sort_keys=True))


@cli.command()
def schema_snapshot() -> None:
    """Print the schema of DATABASE_URL as src/database/schema.json has it; to be run after a new migration."""
    with readable_failures():
        typer.echo(asyncio.run(_snapshot(_settings(None))))


def _settings(workers: int | None) -> Settings:
    if workers is not None:
        os.environ["WORKERS"] = str(workers)  # the worker processes read the settings anew
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return settings


def _serve(settings: Settings) -> None:
    target_of(settings)  # a wrong DATABASE_URL is told before anything else
    listener = _listen(settings)
    if settings.workers > 1:  # one refusal for all, instead of one a worker, again and again
        asyncio.run(_prepare(settings))
    config = uvicorn.Config(
        "src.main:app",
        http=_protocol(),
        workers=settings.workers,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=LOADING_SECONDS,  # a worker answers once it has loaded, and is killed if it does not
    )
    if settings.workers > 1:
        _announce(listener)
        _end_well_on_sigterm()
        workers = _Workers(config, sockets=_doors(listener))
        with _shared_metrics(settings):
            workers.run()
        if workers.have_failed:
            raise SystemExit(1)
    else:
        _serve_alone(config, listener)


def _protocol() -> type[asyncio.Protocol] | Literal["auto"]:
    if sys.platform == "win32":  # where httptools is not installed
        return "auto"
    from src.api.connections import BoundedConnection

    return BoundedConnection


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if not self.started and hasattr(
            self, "lifespan"
        ):  # uvicorn would go on waiting for a database that may not come
            self.lifespan.startup_event.set()
            self.lifespan.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets:
            _announce(sockets[0])


class _Workers(Multiprocess):
    have_failed = False

    def keep_subprocess_alive(self) -> None:
        """Uvicorn stops all of them where one cannot start any more, and does not say so."""
        for worker in self.processes:
            worker.child_conn.close()  # it has its own: else its end would not be noticed while it is asked how it does
        was_stopped = self.should_exit.is_set()
        super().keep_subprocess_alive()
        self.have_failed = self.should_exit.is_set() and not was_stopped

    def terminate_all(self) -> None:
        for listener in self.sockets:
            listener.close()  # else clients could still connect, and nobody would answer them
        super().terminate_all()


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[None]:
    """A place where the workers count together, unless the environment names one."""
    if settings.metrics_token is None or MULTIPROCESS_DIRECTORY in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="todo-metrics-") as directory:
        os.environ[MULTIPROCESS_DIRECTORY] = directory
        yield


def _serve_alone(config: uvicorn.Config, listener: socket.socket) -> None:
    config.load()
    server = _Server(config)
    _end_well_on_sigterm()
    with suppress(SystemExit):  # uvicorn's status 3; the reason has been printed
        server.run(sockets=_doors(listener))
    if not server.started:
        raise SystemExit(0 if server.should_exit else 1)


def _end_well_on_sigterm() -> None:
    """Uvicorn raises the signal again once all is closed; then it means exit status 0."""
    signal.signal(signal.SIGTERM, lambda *_: None)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartupError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror or error}",
            "Stop what is listening there, or choose another PORT or HOST.",
        ) from None
    listener.set_inheritable(True)
    return listener


def _doors(listener: socket.socket) -> list[socket.socket]:
    """The same socket several times: libuv accepts one connection of each at a time, and then turns to all others.

    With only one, a process that has much to do serves those who are connected, and lets the new ones wait for seconds.
    """
    return [listener, *(listener.dup() for _ in range(DOORS - 1))]


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
    typer.echo(f"Serving on http://{shown}:{port}  (the API is below /api/v1)", err=True)


async def _prepare(settings: Settings) -> None:
    await (await prepare_database(settings)).close()


def _migration_script(since: str | None) -> str:
    from src.database.migrations.printing import migration_script

    settings = load_settings_to_look()
    configure_logging(settings.log_level, settings.log_format)
    before = since or asyncio.run(find_revision(settings))
    login = target_of(settings).main.url.username if settings.database_url else None
    return migration_script(before, login)


async def _snapshot(settings: Settings) -> str:
    from sqlmodel import SQLModel

    from src.database.validation import take_snapshot

    target = target_of(settings)
    async with direct_engine(target) as engine, explained(target):
        await connect(engine, target, patience=settings.database_start_timeout)
        async with engine.connect() as connection:
            snapshot = await take_snapshot(connection, [table.name for table in SQLModel.metadata.sorted_tables])
    return json.dumps(snapshot, indent=1, sort_keys=True)


if __name__ == "__main__":
    cli()
