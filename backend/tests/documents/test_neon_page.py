"""What NEON_MIGRATION.md shows to be typed, as it stands: starting, moving there from elsewhere, and dumps."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import httpx
import pytest
import trustme

from src.core.config import Settings
from src.database.embedded import start, stop
from src.database.roles import administrator_sql
from tests.conftest import FAST
from tests.documents.blocks import shown
from tests.documents.reader import Reader, reader
from tests.factories import SECRET, Api
from tests.faults.pooler import needs
from tests.faults.tls_server import POSTGRES, TLSServer, tls_server
from tests.legacy.old_app import old_file, task, user
from tests.startup.processes import Program, open_folder
from tests.startup.test_refusals import use_everything

NEON = "NEON_MIGRATION.md"
PATH = f"{POSTGRES.parent}:{os.environ['PATH']}"


@pytest.fixture
def ana() -> Iterator[Reader]:
    with reader() as somebody:
        yield somebody


@shown(NEON, "sh key", as_="make_key")
@shown(NEON, "sh start", as_="prepare")
@shown(NEON, "sh serve")
def test_the_first_start(ana: Reader, empty_database: str, make_key: str, prepare: str, script: str) -> None:
    key = ana.types(make_key).strip()
    Settings(_env_file=None, environment="test", secret_key=key)
    (ana.root / ".env").write_text(f"DATABASE_URL={empty_database}\nSECRET_KEY={key}\nMAIL_DELIVERY=off\n")
    assert "All good: the service can run on this database." in ana.types(prepare)
    with ana.starts(script, at="backend") as url:
        assert httpx.get(f"{url}/health").json()["status"] == "healthy"


@shown(NEON, "sql login")
async def test_a_login_of_its_own(program: Program, script: str) -> None:
    made = {line.rstrip(";") for line in script.splitlines()}
    roles = ["todo_app", "todo_system"]
    assert {
        sql.replace('"', "") for sql in administrator_sql("todo_service", 160_000, absent=roles, unreachable=roles)
    } < made
    with open_folder() as folder:
        server = start(folder / "cluster", settings=FAST)
        try:
            administrator = await asyncpg.connect(server.url)
            await administrator.execute(script)
            await administrator.close()
            place = server.url.rpartition("@")[2]
            url = f"postgresql://todo_service:a%20long%20random%20password@{place}"
            service = await program.start("serve", DATABASE_URL=url).serving()
            await use_everything(service.url)
        finally:
            program.end_all()
            stop(folder / "cluster", mode="immediate")


@shown(NEON, "sh import")
def test_the_old_app_is_tried_and_mended(ana: Reader, empty_database: str, tmp_path: Path, script: str) -> None:
    if shutil.which("sqlite3") is None:
        assert "CI" not in os.environ, "apt install sqlite3"
        pytest.skip("it needs the program sqlite3")
    old = old_file(tmp_path / "old.db", users=[user()], tasks=[task(1), task(17, title="Good")])
    typed = script.replace("/path/to/old.db", str(old)).replace("/path/to/copy.db", str(tmp_path / "copy.db"))
    assert str(tmp_path) in typed
    said = ana.types(typed, DATABASE_URL=empty_database, SECRET_KEY=os.urandom(32).hex(), MAIL_DELIVERY="off")
    assert said.count("in SQLite") == 2
    assert [_title(path) for path in (old, tmp_path / "copy.db")] == ["Good", "Untitled"]


def _title(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        (title,) = connection.execute("SELECT title FROM tasks WHERE id = 17").fetchone()
    return str(title)


@needs(POSTGRES, "postgresql")
class TestFromAnotherPostgreSQL:
    """Between two servers of the version that has `pg_dump`, the new one with a login such as Neon gives."""

    @pytest.fixture
    def old(self, authority: trustme.CA) -> Iterator[TLSServer]:
        with tls_server(authority, "localhost") as server:
            yield server

    @pytest.fixture
    def new(self, authority: trustme.CA) -> Iterator[TLSServer]:
        with tls_server(authority, "localhost") as server:
            yield server

    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @shown(NEON, "sh dump", as_="dump")
    @shown(NEON, "sh move")
    async def test_all_is_moved(
        self, program: Program, ana: Reader, old: TLSServer, new: TLSServer, dump: str, script: str
    ) -> None:
        old_url, new_url = old.url("localhost", "sslmode=require"), await _neondb(new)
        service = await program.start("serve", DATABASE_URL=old_url).serving()
        async with Api.at(service.url) as bo:
            await bo.register_and_log_in()
            await bo.post("/recurring-tasks", {"title": "Pay the rent", "rrule": "FREQ=MONTHLY;BYMONTHDAY=1"})
            await bo.create_task(title="Call Ana", tags=[(await bo.post("/tags", {"name": "home"})).json()["id"]])
            before = (await bo.get("/tasks")).json()
            program.end_all()
            with pytest.raises(AssertionError, match="would be affected by row-level security policy"):
                ana.types(dump, PATH=PATH, DIRECT_URL=await _bound_by_policies(old))
            ana.types(dump, PATH=PATH, DIRECT_URL=old_url)
            (ana.root / ".env").write_text(f"DATABASE_URL={new_url}\nSECRET_KEY={SECRET}\nMAIL_DELIVERY=off\n")
            said = ana.types(script, at="backend", PATH=PATH, OLD_URL=old_url, NEW_URL=new_url)
            assert "All good: the service can run on this database." in said
            assert re.findall(r"^ +(\d+) \| +(\d+)$", said, re.MULTILINE) == [("1", "2")] * 2

            service = await program.start("serve", DATABASE_URL=new_url).serving()
            bo.client.base_url = httpx.URL(service.url)
            assert (await bo.get("/tasks")).json() == before, "the token is good there too"
            assert [found["title"] for found in (await bo.get("/tasks", params={"q": "rent"})).json()["items"]] == [
                "Pay the rent"
            ]
        await use_everything(service.url)
        assert len(list(ana.root.glob("todo-*.dump"))) == 1


async def _neondb(server: TLSServer) -> str:
    """A database whose owner may make roles and passes by the policies, and is no superuser."""
    superuser = await asyncpg.connect(server.url("localhost", "sslmode=require"))
    await superuser.execute(
        f"CREATE ROLE neondb_owner LOGIN CREATEROLE CREATEDB BYPASSRLS PASSWORD '{server.password}'"
    )
    await superuser.execute("CREATE DATABASE neondb OWNER neondb_owner")
    await superuser.close()
    return f"postgresql://neondb_owner:{server.password}@localhost:{server.port}/neondb?sslmode=require"


async def _bound_by_policies(server: TLSServer) -> str:
    superuser = await asyncpg.connect(server.url("localhost", "sslmode=require"))
    await superuser.execute(f"CREATE ROLE reader LOGIN PASSWORD '{server.password}' IN ROLE pg_read_all_data")
    await superuser.close()
    return f"postgresql://reader:{server.password}@localhost:{server.port}/postgres?sslmode=require"
