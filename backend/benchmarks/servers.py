"""The services that are compared: each a real uvicorn of one process, on the same database."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Final, Literal, NamedTuple

from benchmarks.cluster import SECRET, Database
from benchmarks.data import PASSWORD_ROUNDS
from src.core.config import REPOSITORY

Variant = Literal["limit", "usual", "ours"]
POOL: Final = 20
START_SECONDS: Final = 60.0
INHERITED: Final = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
SETTINGS: Final = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": SECRET,
    "HOST": "127.0.0.1",
    "WORKERS": "1",
    "WEB_APP_DIR": "off",
    "MAIL_DELIVERY": "off",
    "LOG_LEVEL": "warning",
    "PASSWORD_HASH_ROUNDS": str(PASSWORD_ROUNDS),
    "DATABASE_POOL_SIZE": str(POOL),
    "TRUSTED_PROXIES": "127.0.0.0/8",  # each login comes from a network of its own, for there are limits
}
_UVICORN = (
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--no-access-log",
    "--log-level",
    "warning",
    "--no-proxy-headers",
)
_COMMANDS: Final[dict[Variant, tuple[str, ...]]] = {
    "limit": ("uvicorn", "benchmarks.limit_app:app", *_UVICORN),
    "usual": ("uvicorn", "benchmarks.usual_app:app", *_UVICORN),
    "ours": ("src.cli", "serve"),
}
_READY = b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Answer(NamedTuple):
    status: int
    body: bytes


@dataclass(frozen=True)
class Server:
    variant: Variant
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def answer(self, request: bytes) -> Answer:
        """To one request, on a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS) as connection:
            connection.sendall(request)
            response = HTTPResponse(connection)
            response.begin()
            return Answer(response.status, response.read())

    @property
    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@asynccontextmanager
async def serving(variant: Variant, database: Database, **settings: str) -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = _launch(variant, database, Path(folder) / "log", settings)
        try:
            await _until_it_answers(server)
            yield server
        finally:
            server.process.terminate()
            await asyncio.to_thread(server.process.wait, 30)


def _launch(variant: Variant, database: Database, log: Path, settings: dict[str, str]) -> Server:
    port = _free_port()
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment = {**inherited, **SETTINGS, **settings, "DATABASE_URL": database.url, "PORT": str(port)}
    command = [sys.executable, "-m", *_COMMANDS[variant]]
    if variant != "ours":
        command += ["--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY / "backend", env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    return Server(variant, port, process, log)


async def _until_it_answers(server: Server) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            if server.process.poll() is not None:
                raise RuntimeError(f"{server.variant} does not start:\n{server.last_words}")
            with suppress(ConnectionError):
                await asyncio.to_thread(server.answer, _READY)
                return
            await asyncio.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
