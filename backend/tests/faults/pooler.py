"""PgBouncer in transaction mode, with the settings that Neon gives it."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from src.database.embedded._accounts import server_account
from src.database.embedded._files import write_private
from tests.startup.processes import open_folder, until

PGBOUNCER = Path(shutil.which("pgbouncer", path=f"{os.defpath}:/usr/sbin:/opt/homebrew/bin") or "/usr/sbin/pgbouncer")

SETTINGS = {
    "listen_addr": "127.0.0.1",
    "unix_socket_dir": "",
    "auth_type": "scram-sha-256",
    "auth_file": "users",
    "pool_mode": "transaction",
    "max_client_conn": "10000",
    "default_pool_size": "64",
    "ignore_startup_parameters": "extra_float_digits",
    "log_connections": "0",
    "log_disconnections": "0",
}


def needs(program: Path, package: str) -> pytest.MarkDecorator:
    """Without the program the test is skipped; not in CI, where it fails."""
    is_missing = not program.exists() and "CI" not in os.environ
    return pytest.mark.skipif(is_missing, reason=f"{program} is missing: apt install {package}")


@dataclass
class Pooler:
    folder: Path
    port: int
    users: Mapping[str, str]
    """The passwords by login."""
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self, server_port: int) -> None:
        """Before the PostgreSQL of this port. Returns once it accepts connections."""
        account = server_account(self.folder / "none yet")
        self._configure(server_port)
        write_private(self.folder / "users", "".join(f'"{u}" "{p}"\n' for u, p in self.users.items()), account)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PGBOUNCER, "pgbouncer.ini"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.uid is None else [],
                start_new_session=True,
            )
        until(self._accepts, doing=f"starting PgBouncer:\n{self.log}")

    def stop_between_transactions(self) -> None:
        """Those that run may end; those that would begin are not heard any more."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(20)
            self._process = None

    def _configure(self, server_port: int) -> None:
        settings = {**SETTINGS, **_of_version(), "listen_port": str(self.port), **self.settings}
        lines = [f"{name} = {value}" for name, value in settings.items()]
        path = self.folder / "pgbouncer.ini"
        path.write_text("\n".join(["[databases]", f"* = host=127.0.0.1 port={server_port}", "[pgbouncer]", *lines, ""]))

    def _accepts(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


def through_port(url: str, port: int, *, is_told: bool = True) -> str:
    """The same database by way of a pooler there. `pgbouncer=true` tells of it, as hosts other than Neon's must."""
    parts = urlsplit(url)
    netloc = f"{parts.username}:{parts.password}@127.0.0.1:{port}"
    return parts._replace(netloc=netloc, query="sslmode=disable" + "&pgbouncer=true" * is_told).geturl()


@contextmanager
def pooler_before(url: str, **settings: str) -> Iterator[Pooler]:
    """A running one before the server of this URL, for its login."""
    parts = urlsplit(url)
    assert parts.username
    assert parts.password
    assert parts.port
    with open_folder() as folder:
        pooler = Pooler(folder, free_port(), {parts.username: parts.password}, settings)
        try:
            pooler.start(parts.port)
            yield pooler
        finally:
            pooler.kill()


def free_port() -> int:
    """One that is still free after a restart: below those that outgoing connections take."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def _of_version() -> dict[str, str]:
    """From 1.21 on it can follow prepared statements, and from 1.24 on it does; Neon's does not."""
    told = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)\.(\d+)", told)
    assert version
    is_able = (int(version[1]), int(version[2])) >= (1, 21)
    return {"max_prepared_statements": "0"} if is_able else {}
