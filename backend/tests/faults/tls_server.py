"""The system's PostgreSQL, which unlike the embedded one speaks TLS itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from src.database.embedded._accounts import server_account
from src.database.embedded._files import write_private
from src.database.embedded._programs import Programs
from tests.faults.pooler import free_port
from tests.startup.processes import open_folder

BINARIES = Path("/usr/lib/postgresql")
POSTGRES = max(BINARIES.glob("*/bin/postgres"), default=BINARIES / "15/bin/postgres")

ENCRYPTED_ONLY = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class TLSServer:
    folder: Path
    port: int
    password: str

    def url(self, host: str, query: str) -> str:
        return f"postgresql://postgres:{self.password}@{host}:{self.port}/postgres?{query}"


@contextmanager
def tls_server(authority: trustme.CA, *names: str) -> Iterator[TLSServer]:
    """With a certificate for these names; it refuses to speak in the clear."""
    account = server_account(Path("/nothing here"))
    programs = Programs(POSTGRES.parent, account)
    certificate = authority.issue_cert(*names)
    with open_folder() as folder:
        account.own(folder)
        server = TLSServer(folder, free_port(), secrets.token_hex(12))
        write_private(folder / "password", server.password, account)
        write_private(folder / "key.pem", certificate.private_key_pem.bytes().decode(), account)
        write_private(folder / "cert.pem", certificate.cert_chain_pems[0].bytes().decode(), account)
        write_private(folder / "hba", ENCRYPTED_ONLY, account)
        data = folder / "data"
        _run(programs, "initdb", "-D", data, "-U", "postgres", f"--pwfile={folder / 'password'}", "-E", "UTF8")
        options = {
            "port": server.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": folder / "cert.pem",
            "ssl_key_file": folder / "key.pem",
            "hba_file": folder / "hba",
        }
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        _run(programs, "pg_ctl", "-D", data, "-l", folder / "log", "-o", flags, "-w", "start")
        try:
            yield server
        finally:
            _run(programs, "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(programs: Programs, program: str, *arguments: str | Path) -> None:
    result = programs.run(program, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
