"""What the README shows to be typed, as it stands."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from src.database.embedded import status, stop
from tests.conftest import free_port
from tests.documents.blocks import shown
from tests.documents.reader import Reader, reader
from tests.startup.processes import Program

README = "README.md"
ACCOUNT = {"email": "ana@example.com", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def ana() -> Iterator[Reader]:
    with reader() as somebody:
        yield somebody


@shown(README, "sh run")
def test_it_runs_on_a_postgresql_of_its_own_and_keeps_the_data(ana: Reader, script: str) -> None:
    cluster = ana.root / ".data" / "postgres"
    try:
        with ana.starts(script) as url:
            assert httpx.post(f"{url}/api/v1/auth/register", json=ACCOUNT).status_code == 201
            assert status(cluster) is not None
        assert status(cluster) is None
        with ana.starts(script) as url:
            assert httpx.post(f"{url}/api/v1/auth/login", json=ACCOUNT).status_code == 200
    finally:
        stop(cluster, mode="immediate")


@shown(README, "sh run elsewhere")
def test_it_runs_on_a_database_that_is_given(ana: Reader, own_database: str, script: str) -> None:
    port = str(free_port())
    typed = script.replace("9000", port).replace("postgresql://user:password@host/database", own_database)
    assert typed.count(port) == typed.count(own_database) == 1
    with ana.starts(typed, PORT=port) as url:
        assert httpx.post(f"{url}/api/v1/auth/register", json=ACCOUNT).status_code == 201


@shown(README, "sh serve")
def test_it_is_deployed_with_three_settings(ana: Reader, empty_database: str, script: str) -> None:
    assert script.count("postgresql://…") == 1
    with ana.starts(script.replace("postgresql://…", empty_database)) as url:
        assert httpx.get(f"{url}/health").json()["schema"]["status"] == "valid"
        assert httpx.get(f"{url}/docs").status_code == 404, "it is production"


@shown(README, "sh tour")
async def test_the_tour_works(program: Program, own_database: str, tmp_path: Path, script: str) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    said = Reader(tmp_path).types(script.replace("http://localhost:8000", service.url))
    for expected in (
        '"email":"ana@example.com"',
        '"due_at":"2026-12-01T16:00:00Z"',
        '"description":"every month on the last Friday"',
        '"rrule_description":"every 3 days"',
        '"rrule_description":"every month on the 1st"',
        '"is_completed":true',
        '"status":412',
        '"title":"Call Bo back"',
        '"is_current":true',
    ):
        assert expected in said
    assert said.count('"status":') == 1
