import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from src.database.embedded._accounts import refuse_foreign_directory
from src.database.embedded._cluster import Cluster
from src.database.embedded._errors import EmbeddedServerError, explained
from src.database.embedded._files import absolute, beside, locked
from src.database.embedded._postmaster import Postmaster, find_postmaster, signal_and_wait

StopMode = Literal["smart", "fast", "immediate"]


@dataclass(frozen=True)
class RunningServer:
    """A server that accepts connections; `was_running` tells that this call did not start it."""

    data_dir: Path
    port: int
    pid: int
    was_running: bool
    database: str
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        return self.url_for(self.database)

    def url_for(self, database: str) -> str:
        """The URL of another database of this cluster, whether it exists or not."""
        secret, name = quote(self.password, safe=""), quote(database, safe="")
        return f"postgresql://postgres:{secret}@127.0.0.1:{self.port}/{name}"


def start(
    data_dir: Path,
    *,
    database: str = "todo",
    settings: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> RunningServer:
    """Make the cluster, the server and the database, as far as they are missing.

    Safe to call from many processes at once, for `timeout` seconds at most; the server outlives them.
    `settings` are PostgreSQL's own (`{"fsync": "off"}`), and hold for a server that this call starts.
    If the password file is lost, a new password is set, for which a running server is started anew.
    Raises EmbeddedServerError.
    """
    deadline = time.monotonic() + timeout
    with _opened(data_dir) as folder:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder, deadline):
            before = find_postmaster(folder)
            cluster = Cluster.open(folder, deadline)
            postmaster = cluster.serve(settings or {}, deadline)
            cluster.ensure_database(database, postmaster.port, deadline)
            was_running = before is not None and before.pid == postmaster.pid
            return _describe(folder, postmaster, database, was_running=was_running)


def stop(data_dir: Path, *, mode: StopMode = "fast", timeout: float = 60) -> bool:
    """Stop the server and wait for its end; False if none ran. The modes are those of `pg_ctl stop`.

    Raises EmbeddedServerError.
    """
    deadline = time.monotonic() + timeout
    signals = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
    with _opened(data_dir) as folder:
        if not folder.exists():
            return False
        with locked(folder, deadline):
            postmaster = find_postmaster(folder)
            if postmaster:
                signal_and_wait(postmaster, signals[mode], deadline)
            return postmaster is not None


def status(data_dir: Path, *, database: str = "todo") -> RunningServer | None:
    """The server if it accepts connections. Waits for nothing, changes nothing.

    Raises EmbeddedServerError.
    """
    with _opened(data_dir) as folder:
        postmaster = find_postmaster(folder)
        if not postmaster or not postmaster.is_ready:
            return None
        return _describe(folder, postmaster, database, was_running=True)


@contextmanager
def _opened(data_dir: Path) -> Iterator[Path]:
    with explained(data_dir):
        folder = absolute(data_dir)
        refuse_foreign_directory(folder)
        yield folder


def _describe(data_dir: Path, postmaster: Postmaster, database: str, *, was_running: bool) -> RunningServer:
    password_file = beside(data_dir, ".password")
    if not password_file.exists():
        raise EmbeddedServerError(f"{password_file} is lost. Start the server: a new password is then set.")
    password = password_file.read_text().strip()
    return RunningServer(data_dir, postmaster.port, postmaster.pid, was_running, database, password)
