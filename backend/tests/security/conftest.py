"""One server for the run, behind what it takes for its proxy; callers of it; and a second one as in production."""

import asyncio
import ipaddress
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.api.test_token_exchange import CONFIGURED
from tests.conftest import administer, clone, database_url
from tests.factories import PASSWORD, Api
from tests.mail_server import Mailbox, mail_server, text_of
from tests.security.wire import PATIENCE
from tests.startup.processes import Process, Program, copied_program, eventually

CANARY = "cAnArY"
OWN_PAGE = "https://todo.example.com"
WEB_APP = {
    "index.html": "<!doctype html><title>Todo</title>",
    "assets/index-DuFgfgYr.js": "console.log('todo')",
    ".env": CANARY,
    "../secret.txt": CANARY,
}


@dataclass
class Server:
    """A running service."""

    process: Process
    url: str
    database: str
    mailbox: Mailbox
    openapi: dict[str, Any]

    @property
    def log_size(self) -> int:
        return (self.process.folder / "stderr").stat().st_size

    def logged_since(self, size: int) -> str:
        with (self.process.folder / "stderr").open("rb") as log:
            log.seek(size)
            return log.read().decode()

    async def fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        """As superuser."""
        connection = await asyncpg.connect(self.database)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query, *parameters)
            return rows
        finally:
            await connection.close()

    async def mails_to(self, address: str, *, number: int = 1) -> list[str]:
        """The texts of the mails to this address, once there are so many."""

        async def have_come() -> bool:
            return len(self.mailbox.to(address)) >= number

        await eventually(have_come)
        return [text_of(message) for message in self.mailbox.to(address)]


@pytest.fixture(scope="session")
def web_app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built web app with a secret inside, one beside it, and a link that leads out."""
    folder = tmp_path_factory.mktemp("web") / "dist"
    for name, text in WEB_APP.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "leak.txt").symlink_to(folder / "../secret.txt")
    return folder


@pytest.fixture(scope="session")
def programs() -> Iterator[Program]:
    with copied_program() as program:
        yield program


@pytest.fixture(scope="session")
async def attacked_database(worker_id: str) -> AsyncIterator[str]:
    name = f"todo_{worker_id}_attacked"
    await clone(name)
    yield database_url(name)
    await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture(scope="session")
async def server(programs: Program, attacked_database: str, mailbox: Mailbox, web_app_folder: Path) -> Server:
    """Whoever calls it is taken for its proxy, so each caller can have a network of its own."""
    settings = {
        "DATABASE_URL": attacked_database,
        "PUBLIC_BASE_URL": OWN_PAGE,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mailbox.port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "Todo <todo@example.com>",
        "CORS_ORIGINS": OWN_PAGE,
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "WEB_APP_DIR": str(web_app_folder),
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
        **{name.upper(): value for name, value in CONFIGURED.items()},
    }
    process = await (await asyncio.to_thread(programs.start, "serve", **settings)).serving()
    async with Api.at(process.url) as caller:
        openapi = (await caller.client.get("/openapi.json")).json()
    return Server(process, process.url, attacked_database, mailbox, openapi)


@pytest.fixture(scope="session")
async def production(programs: Program, attacked_database: str) -> str:
    """The address of a service set up as in production, with nothing before it that it trusts."""
    settings = {
        "DATABASE_URL": attacked_database,
        "ENVIRONMENT": "production",
        "PASSWORD_HASH_ROUNDS": "10",
        "MAIL_DELIVERY": "off",
        "WEB_APP_DIR": "off",
        "LOG_FORMAT": "json",
    }
    process = await (await asyncio.to_thread(programs.start, "serve", **settings)).serving()
    return process.url


@pytest.fixture(autouse=True)
def nothing_breaks_and_no_secret_is_logged(server: Server) -> Iterator[None]:
    """Whatever the attack: no 5xx, no error in the log, no line that is not the service's own, no password."""
    before = server.log_size
    yield
    written = server.logged_since(before)
    assert PASSWORD not in written
    assert CANARY not in written
    for line in written.splitlines():
        event = json.loads(line)
        assert event["level"] != "error", line
        assert event.get("status", 0) < 500, line


@asynccontextmanager
async def caller_of(server: Server) -> AsyncIterator[Api]:
    """From a network that no other caller has."""
    headers = {"X-Forwarded-For": unique_address()}
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, headers=headers, verify=False) as client:
        yield Api(client)  # certificates would take longer to be read than most tests take


def unique_address() -> str:
    return str(ipaddress.IPv4Address(0x0A000000 + secrets.randbelow(2**24)))


@pytest.fixture
async def api(server: Server) -> AsyncIterator[Api]:
    async with caller_of(server) as caller:
        yield caller


@pytest.fixture
async def ana(server: Server) -> AsyncIterator[Api]:
    async with caller_of(server) as caller:
        await caller.register_and_log_in()
        yield caller


@pytest.fixture
async def bob(server: Server) -> AsyncIterator[Api]:
    async with caller_of(server) as caller:
        await caller.register_and_log_in()
        yield caller
