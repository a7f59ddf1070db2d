"""``migrate --sql`` prints what an administrator may run instead of letting the service migrate."""

import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

from src.database.embedded import RunningServer
from src.database.migrations import BASE, head_revision, revisions
from tests.faults.ledger import Findings, Ledger, compared
from tests.startup.conftest import Logins
from tests.startup.older import OldClient, bring_to, report, revision_of
from tests.startup.processes import Program
from tests.startup.test_refusals import use_everything

PSQL = shutil.which("psql") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"), reverse=True)), None)
NOTHING = f"-- Nothing to do: the database is at revision {head_revision()}.\n"
OLDER = pytest.mark.parametrize("revision", [BASE, *revisions()[:-1]])


def script(program: Program, *options: str, url: str | None) -> str:
    process = program.run("migrate", "--sql", *options, DATABASE_URL=url, SECRET_KEY=None)
    assert process.wait() == 0, process.output
    return process.stdout


@OLDER
async def test_it_makes_of_any_older_database_one_that_the_service_starts_on(
    program: Program, empty_database: str, administrator: asyncpg.Connection, tmp_path: Path, revision: str
) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.path.touch()
    if revision != BASE:
        await bring_to(empty_database, revision)
        client = await OldClient.join(empty_database, revision, ledger, "c")
        await client.create()
        await client.connection.close()
    relations = "SELECT relname, xmin FROM pg_class ORDER BY relname"
    before = await administrator.fetch(relations)
    printed = script(program, url=empty_database)
    assert await administrator.fetch(relations) == before

    await administrator.execute(printed)
    assert await compared(ledger.possible(), administrator) == Findings()
    assert await administrator.fetchval("SELECT count(*) FROM priorities") == 4
    assert script(program, url=empty_database) == NOTHING
    process = await program.start("serve", DATABASE_URL=empty_database, MIGRATE_ON_START="false").serving()
    assert "database migrated" not in process.stderr
    await use_everything(process.url)


@OLDER
async def test_with_a_revision_it_asks_no_database(
    program: Program, empty_database: str, administrator: asyncpg.Connection, revision: str
) -> None:
    if revision != BASE:
        await bring_to(empty_database, revision)
    printed = script(program, "--from", revision, url=None)
    await administrator.execute(printed)
    assert script(program, "--from", head_revision(), url=None) == script(program, url=empty_database) == NOTHING


async def test_for_another_database_or_a_second_time_it_does_nothing(
    program: Program, empty_database: str, administrator: asyncpg.Connection
) -> None:
    await bring_to(empty_database, "0003")
    printed = script(program, "--from", "0004", url=None)
    with pytest.raises(asyncpg.RaiseError, match="The database is not at revision 0004"):
        await administrator.execute(printed)
    await administrator.execute("ROLLBACK")
    assert await revision_of(administrator) == "0003"

    await administrator.execute(script(program, "--from", "0003", url=None))
    with pytest.raises(asyncpg.RaiseError):
        await administrator.execute(printed)
    await administrator.execute("ROLLBACK")
    assert script(program, url=empty_database) == NOTHING


async def test_where_a_table_is_in_use_it_ends_early_and_the_next_one_goes_on(
    program: Program, empty_database: str, administrator: asyncpg.Connection
) -> None:
    await bring_to(empty_database, "0001")
    async with report(empty_database):
        with pytest.raises(asyncpg.LockNotAvailableError):
            await administrator.execute(script(program, url=empty_database))
        await administrator.execute("ROLLBACK")
        assert await revision_of(administrator) == "0002"
    await administrator.execute(script(program, url=empty_database))
    assert await revision_of(administrator) == head_revision()


async def test_run_by_a_superuser_it_gives_all_to_the_login_of_the_service(
    program: Program, untouched_server: RunningServer
) -> None:
    service = Logins(untouched_server.url)
    url = await service.add("GRANT ALL ON SCHEMA public TO {login}")
    superuser = await asyncpg.connect(untouched_server.url)
    await superuser.execute(script(program, url=url))
    owners = await superuser.fetch("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert [row[0] for row in owners] == service.names
    await superuser.close()
    process = await program.start("serve", DATABASE_URL=url, MIGRATE_ON_START="false").serving()
    await use_everything(process.url)


@pytest.mark.skipif(PSQL is None, reason="psql is missing: apt install postgresql-client")
def test_psql_runs_it(program: Program, empty_database: str) -> None:
    printed = script(program, url=empty_database)
    command = [str(PSQL), "-v", "ON_ERROR_STOP=1", "-q", "-f", "-", empty_database]
    done = subprocess.run(command, input=printed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert program.run("verify", DATABASE_URL=empty_database).wait() == 0


@pytest.mark.parametrize(
    "options", [["--sql", "--from", "0000"], ["--from", head_revision()]], ids=["unknown", "without --sql"]
)
def test_a_revision_that_makes_no_sense_is_refused(program: Program, options: list[str]) -> None:
    process = program.run("migrate", *options)
    assert process.wait() == 2
    assert "--from" in process.stderr
    assert process.stdout == ""
