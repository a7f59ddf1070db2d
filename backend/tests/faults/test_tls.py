"""A PostgreSQL that speaks TLS: whose word the service takes, and whose not."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import trustme

from tests.faults.pooler import needs
from tests.faults.tls_server import POSTGRES, TLSServer, tls_server
from tests.startup.processes import Program
from tests.startup.test_refusals import refused, use_everything

pytestmark = needs(POSTGRES, "postgresql")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def root(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "root.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[TLSServer]:
    with tls_server(authority, "localhost") as started:
        yield started


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require", "prefer"])
async def test_the_right_server_is_served_from_by_an_encrypted_connection(
    program: Program, server: TLSServer, root: Path, mode: str
) -> None:
    verified = f"&sslrootcert={root}" if mode.startswith("verify") else ""
    process = await program.start("serve", DATABASE_URL=server.url("localhost", f"sslmode={mode}{verified}")).serving()
    await use_everything(process.url)
    superuser = await asyncpg.connect(server.url("localhost", "sslmode=require"))
    encrypted = await superuser.fetch(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'todo-api'"
    )
    assert encrypted
    assert all(row["ssl"] for row in encrypted)
    await superuser.close()


@pytest.mark.parametrize("binding", ["", "&channel_binding=require"])
def test_the_name_of_the_server_is_verified(program: Program, server: TLSServer, root: Path, binding: str) -> None:
    """The certificate is good, and for `localhost`."""
    mode = "require" if binding else "verify-full"
    query = f"sslmode={mode}&sslrootcert={root}{binding}"
    process = program.run("serve", DATABASE_URL=server.url("127.0.0.1", query))
    refused(process, 1, "the server's certificate could not be verified", hidden=(server.password,))
    assert "trying again" not in process.stderr


def test_without_its_authority_it_is_refused(program: Program, server: TLSServer) -> None:
    process = program.run("serve", DATABASE_URL=server.url("localhost", "sslmode=verify-full"))
    refused(process, 1, "the server's certificate could not be verified", hidden=(server.password,))


def test_a_server_that_wants_encryption_says_so(program: Program, server: TLSServer) -> None:
    process = program.run("serve", DATABASE_URL=server.url("localhost", "sslmode=disable"))
    refused(process, 1, "no rule that lets this login in", "sslmode=require", hidden=(server.password,))
