"""Two instances on one database, one of them with two workers, and callers who reach them by way of a proxy."""

import asyncio
import ipaddress
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from tests.conftest import administer, database_url
from tests.factories import Api
from tests.scaling.balancer import Balancer
from tests.startup.processes import Process, Program, copied_program

PROXY = "127.0.0.1/32"


@dataclass
class Fleet:
    program: Program
    database: str
    instances: list[Process]
    balancer: Balancer

    @property
    def urls(self) -> list[str]:
        return [instance.url for instance in self.instances]

    async def start(self, **settings: str) -> Process:
        """One more instance."""
        return await start(self.program, self.database, **settings).serving()

    @asynccontextmanager
    async def caller(self) -> AsyncIterator[Api]:
        """From an address that no other caller has."""
        async with caller_at(self.balancer.url) as caller:
            yield caller


def start(program: Program, database: str, **settings: str) -> Process:
    return program.start_anew(
        "serve", DATABASE_URL=database, TRUSTED_PROXIES=PROXY, MAIL_DELIVERY="off", WEB_APP_DIR="off", **settings
    )


@asynccontextmanager
async def caller_at(url: str) -> AsyncIterator[Api]:
    """With a new connection for each request, so that any worker may take it."""
    transport = httpx.AsyncHTTPTransport(
        local_address=unique_address(), limits=httpx.Limits(max_keepalive_connections=0)
    )
    async with httpx.AsyncClient(base_url=url, timeout=60, transport=transport) as client:
        yield Api(client)


def unique_address() -> str:
    """Of this machine, and not the proxy's."""
    return str(ipaddress.IPv4Address(int(ipaddress.IPv4Address("127.1.0.0")) + secrets.randbelow(2**22)))


def at(caller: Api, url: str) -> Api:
    """The same person goes on at this instance."""
    caller.client.base_url = httpx.URL(url)
    return caller


@pytest.fixture(scope="session")
def scaled_program() -> Iterator[Program]:
    with copied_program() as program:
        yield program


@pytest.fixture(scope="session")
async def fleet(scaled_program: Program, worker_id: str) -> AsyncIterator[Fleet]:
    """Both started at the same moment, on an empty database."""
    name = f"todo_{worker_id}_fleet"
    await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    database = database_url(name)
    instances = [start(scaled_program, database, WORKERS=workers) for workers in ("2", "1")]
    await asyncio.gather(*(instance.serving() for instance in instances))
    async with Balancer.before(*(instance.url for instance in instances)) as balancer:
        yield Fleet(scaled_program, database, instances, balancer)
    scaled_program.end_all()
    await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def ana(fleet: Fleet) -> AsyncIterator[Api]:
    async with fleet.caller() as caller:
        await caller.register_and_log_in()
        yield caller
