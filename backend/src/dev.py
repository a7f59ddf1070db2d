"""What ``make run`` adds to the service: an embedded PostgreSQL and a secret key, both kept in ``.data/``.

``make dev`` also has Vite serve the web app from its sources.
"""

import contextlib
import fcntl
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from dotenv import dotenv_values

from src.core.config import ENV_FILES, REPOSITORY
from src.core.errors import StartupError
from src.database.embedded import EmbeddedServerError, start, stop

DATA = REPOSITORY / ".data"
FRONTEND = REPOSITORY / "frontend"


@contextmanager
def development() -> Iterator[None]:
    """Fills in what the environment does not set. An embedded server is stopped at the end; its data stay."""
    DATA.mkdir(exist_ok=True)
    os.environ.setdefault("ENVIRONMENT", "development")
    if not _is_set("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _kept_secret(DATA / "secret_key")
    if _is_set("DATABASE_URL"):
        typer.echo("Using the database of DATABASE_URL.", err=True)
        yield
        return
    with _only_one(DATA / "dev.lock"), _embedded_server(DATA / "postgres"):
        yield


@contextmanager
def hot_reload(port: int) -> Iterator[None]:
    """Vite serves the web app from its sources, and asks the API, which is on ``port``, for all else."""
    read_input = "data:text/javascript,process.stdin.resume()"  # then its end, when this process is killed, ends Vite
    vite = subprocess.Popen(
        ["node", "--import", read_input, "node_modules/vite/bin/vite.js"],
        cwd=FRONTEND,
        env={**os.environ, "API_URL": f"http://127.0.0.1:{port}"},
        stdin=subprocess.PIPE,
    )
    try:
        yield
    finally:
        vite.terminate()
        vite.wait()


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name)) or any(dotenv_values(path).get(name) for path in ENV_FILES)


def _kept_secret(path: Path) -> str:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, secrets.token_urlsafe(48).encode())
        os.close(descriptor)
    return path.read_text().strip()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StartupError(
                f"It is running already, as process {file.read().strip() or 'unknown'}",
                "Use that one, or stop it first. For a second one on other data, set DATABASE_URL and PORT.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _embedded_server(data_dir: Path) -> Iterator[None]:
    try:
        server = start(data_dir)
    except EmbeddedServerError as error:
        raise StartupError(str(error), "The data are untouched. See the server's log in .data/.") from None
    how = "was still running" if server.was_running else "started"
    typer.echo(f"PostgreSQL {how} on port {server.port}; its data are in {data_dir}", err=True)
    os.environ["DATABASE_URL"] = server.url
    try:
        yield
    finally:
        stop(data_dir)
