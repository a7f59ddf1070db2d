"""One PostgreSQL cluster a run, one database a worker, an application on it, and users to call it as."""

import asyncio
import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from src.core.config import Settings
from src.core.errors import StartupError
from src.database.embedded import start, stop
from src.database.session import Database
from src.database.startup import prepare_database
from src.main import create_app
from tests.factories import SECRET, Api
from tests.faults.pooler import pooler_before, through_port
from tests.series import Travel
from tests.startup.processes import Program, copied_program
from tests.statements import Sent, sent_by

TEMPLATE = "todo_template"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300", "jit": "off"}

hypothesis_settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,
    derandomize="CI" in os.environ,  # what lands is decided by the change, not by the draw; elsewhere it is explored
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the cluster; xdist's workers find it in the environment they inherit."""
    if "TODO_TEST_CLUSTER" in os.environ:
        return
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)  # the tests say what they need
    folder = tempfile.mkdtemp(prefix="todo-tests-")
    Path(folder).chmod(0o755)
    server = start(Path(folder) / "cluster", settings=FAST)
    os.environ["TODO_TEST_CLUSTER"] = server.url_for("postgres")
    os.environ["TODO_TEST_DATABASE"] = server.url_for(TEMPLATE)
    asyncio.run(_make_template())
    config.add_cleanup(lambda: _remove(Path(folder)))
    if "TODO_TEST_POOLER" in os.environ:  # whatever its value: the applications then go by way of PgBouncer
        stack = ExitStack()
        config.add_cleanup(stack.close)
        os.environ["TODO_TEST_POOLER_PORT"] = str(stack.enter_context(pooler_before(server.url)).port)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Writes down what was skipped, for the last lines of ``make test``."""
    if not terminalreporter.config.pluginmanager.hasplugin("cacheprovider"):
        return  # a run inside a test
    reasons = Counter(report.longrepr[2] for report in terminalreporter.getreports("skipped"))
    lines = (f"NOT RUN: {count} of the API's tests. {reason}\n" for reason, count in sorted(reasons.items()))
    (terminalreporter.config.cache.mkdir("not-run") / "lines").write_text("".join(lines))


def _remove(folder: Path) -> None:
    stop(folder / "cluster", mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)
    del os.environ["TODO_TEST_CLUSTER"]


async def _make_template() -> None:
    await administer(f"CREATE DATABASE {TEMPLATE}")
    database = await prepare_database(settings_for(database_url(TEMPLATE)))
    await database.close()


async def administer(*statements: str) -> None:
    connection = await asyncpg.connect(os.environ["TODO_TEST_CLUSTER"])
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def database_url(name: str) -> str:
    """The superuser's URL of a database of the test cluster."""
    return os.environ["TODO_TEST_CLUSTER"].rpartition("/")[0] + f"/{name}"


def settings_for(url: str, **changes: object) -> Settings:
    if "TODO_TEST_POOLER_PORT" in os.environ and url.startswith(os.environ["TODO_TEST_CLUSTER"].rpartition("/")[0]):
        url = through_port(url, int(os.environ["TODO_TEST_POOLER_PORT"]))
    values: dict[str, object] = {
        "environment": "test",
        "secret_key": SECRET,
        "database_url": url,
        "password_hash_rounds": 4,
        "log_level": os.environ.get("TODO_TEST_LOG_LEVEL", "error"),
        "web_app_dir": "off",
    }
    return Settings(_env_file=None, **{**values, **changes})  # type: ignore[arg-type]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def worker_database(worker_id: str) -> str:
    """The URL of this worker's own database, migrated and seeded."""
    name = f"todo_{worker_id}"
    asyncio.run(clone(name))
    return database_url(name)


async def clone(name: str) -> None:
    await administer(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy"
    )


@pytest.fixture
def own_database(worker_id: str) -> Iterator[str]:
    """The URL of a database of this test alone, migrated and seeded, which it may break."""
    name = f"todo_{worker_id}_own"
    asyncio.run(clone(name))
    yield database_url(name)
    asyncio.run(administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture
def empty_database(worker_id: str) -> Iterator[str]:
    """The URL of an empty database of this test alone."""
    name = f"todo_{worker_id}_empty"
    asyncio.run(administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}"))
    yield database_url(name)
    asyncio.run(administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
async def app(worker_database: str) -> AsyncIterator[FastAPI]:
    application = create_app(settings_for(worker_database))
    try:
        async with application.router.lifespan_context(application):
            yield application
    except StartupError as error:
        pytest.exit(error.block(), returncode=1)


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    """The application's own way to its database."""
    opened: Database = app.state.context.database
    return opened


@pytest.fixture
async def admin(worker_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as superuser, to look at what is really stored and to arrange what no route can."""
    connection = await asyncpg.connect(worker_database)
    yield connection
    await connection.close()


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[Api]:
    """An anonymous caller from a network of its own, so that no test meets the limits of another."""
    async with Api.of(app) as caller:
        yield caller


@pytest.fixture
async def ana(app: FastAPI) -> AsyncIterator[Api]:
    """A registered, logged-in user."""
    async with Api.of(app) as caller:
        await caller.register_and_log_in()
        yield caller


@pytest.fixture
async def bob(app: FastAPI) -> AsyncIterator[Api]:
    """Another one."""
    async with Api.of(app) as caller:
        await caller.register_and_log_in()
        yield caller


@pytest.fixture
def travel(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Travel:
    """Moves the service's clock."""
    return Travel(app, monkeypatch)


@pytest.fixture
def sent(database: Database) -> Iterator[Sent]:
    """What the application sends to its database during this test."""
    with sent_by(database) as statements:
        yield statements


@pytest.fixture(scope="session")
def copied() -> Iterator[Program]:
    with copied_program() as program:
        yield program


@pytest.fixture
def program(copied: Program) -> Iterator[Program]:
    """The program; whatever of it a test leaves running is ended."""
    yield copied
    copied.end_all()
