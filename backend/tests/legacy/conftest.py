"""Importing into a database of the test's own, and the service on it afterwards."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from src.legacy import import_sqlite
from src.legacy.sqlite_file import ImportRefused
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import Api
from tests.legacy.old_app import PASSWORD

Import = Callable[..., Awaitable[str]]
LogIn = Callable[..., AbstractAsyncContextManager[Api]]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Where a test makes the file of the old app."""
    return tmp_path / "old app.db"


@pytest.fixture
def imported(own_database: str) -> Import:
    """Imports a file into this test's own database; the report."""

    async def run(path: Path, *, dry_run: bool = False) -> str:
        return await import_sqlite(settings_for(own_database), path, dry_run=dry_run)

    return run


@pytest.fixture
def checked() -> Import:
    """As `imported`, where there is no PostgreSQL at all: the file is refused before anybody looks for it."""

    async def run(path: Path, *, dry_run: bool = False) -> str:
        return await import_sqlite(settings_for("postgresql://ana:pw@127.0.0.1:1/todo"), path, dry_run=dry_run)

    return run


@pytest.fixture
async def stored(own_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to it."""
    connection = await asyncpg.connect(own_database)
    yield connection
    await connection.close()


@pytest.fixture
def logged_in(own_database: str) -> LogIn:
    """The service on it, called by somebody who has logged in there."""
    return partial(_logged_in, own_database)


@asynccontextmanager
async def _logged_in(url: str, email: str = "user-1@example.com", password: str = PASSWORD) -> AsyncIterator[Api]:
    app: FastAPI = create_app(settings_for(url))
    async with app.router.lifespan_context(app), Api.of(app) as caller:
        assert (await caller.log_in(email=email, password=password)).status_code == 200
        yield caller


async def tasks_of(caller: Api, **query: object) -> dict[str, dict[str, Any]]:
    """By title, in the order in which they are listed."""
    response = await caller.get("/tasks", params={"sort": "position", "limit": 200, **query})
    assert response.status_code == 200, response.text
    return {task["title"]: task for task in response.json()["items"]}


async def refused(imported: Import, path: Path, *phrases: str) -> str:
    """Assert that it is refused in these words, with and without a dry run; the whole block."""
    blocks = []
    for dry_run in (True, False):
        with pytest.raises(ImportRefused) as refusal:
            await imported(path, dry_run=dry_run)
        blocks.append(refusal.value.block())
    assert blocks[0] == blocks[1]
    assert blocks[0].splitlines()[1] == "Nothing was imported."
    for phrase in phrases:
        assert phrase in blocks[0]
    assert "What to do:" in blocks[0]
    return blocks[0]
