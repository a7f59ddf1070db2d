"""One data directory: its making, its password and its databases."""

import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Self

from src.database.embedded._accounts import server_account
from src.database.embedded._daemon import serve
from src.database.embedded._errors import EmbeddedServerError, tail
from src.database.embedded._files import beside, write_private
from src.database.embedded._postmaster import Postmaster, signal_and_wait
from src.database.embedded._programs import Programs, usable_programs

ROOT_STORE = Path("/var/lib/todo-postgres")
_CREATE_DATABASE = r"""
    SELECT format('CREATE DATABASE %I', :'name')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
"""


@dataclass(frozen=True)
class Cluster:
    """`data_dir` is the caller's name for it, which may be a symlink; `real_dir` is where it is."""

    data_dir: Path
    real_dir: Path
    programs: Programs

    @classmethod
    def open(cls, data_dir: Path, deadline: float) -> Self:
        """The cluster, made by initdb if it is missing. Refuses a directory with anything else in it."""
        if data_dir.is_symlink() and not data_dir.exists():
            raise EmbeddedServerError(
                f"{data_dir} points to {data_dir.readlink()}, which is missing. "
                "Bring that directory back, or delete the link to begin with an empty database."
            )
        programs = usable_programs(server_account(data_dir))
        cluster = cls(data_dir, data_dir.resolve(), programs)
        if not cluster._exists():
            return cluster._create(deadline)
        cluster._check_version()
        return cluster

    @property
    def password_file(self) -> Path:
        return beside(self.data_dir, ".password")

    def serve(self, settings: Mapping[str, str], deadline: float) -> Postmaster:
        postmaster = serve(self.programs, self.real_dir, settings, deadline=deadline)
        if self.password_file.exists():
            return postmaster
        signal_and_wait(postmaster, signal.SIGINT, deadline)
        self._renew_password(deadline)
        return serve(self.programs, self.real_dir, settings, deadline=deadline)

    def ensure_database(self, name: str, port: int, deadline: float) -> None:
        result = self._psql(name, port, deadline)
        while "the database system is" in result.stderr and time.monotonic() < deadline:
            time.sleep(0.1)  # it recovers from the crash of one of its processes
            result = self._psql(name, port, deadline)
        if "password authentication failed" in result.stderr:
            raise EmbeddedServerError(
                f"{self.password_file} holds another password than the server has. Delete that file and "
                "start again: a new password is then set, and the data stay."
            )
        if result.returncode:
            raise EmbeddedServerError(f"Database {name!r} could not be made.\n{tail(result.stderr)}")

    def _exists(self) -> bool:
        if not self.real_dir.exists():
            return False
        if not self.programs.can_enter(self.real_dir):
            raise EmbeddedServerError(
                f"{self.real_dir} is closed to {self.programs.account.name}, as whom PostgreSQL would run. "
                f"Open its parent directories, or move it below {ROOT_STORE} and leave a symlink there."
            )
        if all((self.real_dir / part).is_file() for part in ("PG_VERSION", "global/pg_control")):
            return True
        if any(self.real_dir.iterdir()):
            raise EmbeddedServerError(
                f"{self.data_dir} is not empty, and is no complete PostgreSQL cluster. "
                "Choose another directory, or move this one away; nothing in it was changed."
            )
        return False

    def _check_version(self) -> None:
        data_version = (self.real_dir / "PG_VERSION").read_text().strip()
        version = self.programs.version()
        if version.split(".")[0] != data_version:
            raise EmbeddedServerError(
                f"{self.data_dir} was made by PostgreSQL {data_version}, and this is {version}. "
                f"Dump it with PostgreSQL {data_version} and restore that here, or move the directory away."
            )

    def _create(self, deadline: float) -> Self:
        """Run initdb beside the place, then rename: an interruption leaves nothing that looks complete."""
        real_dir = self._place()
        _remove_unfinished(real_dir)
        staging = Path(tempfile.mkdtemp(prefix=_unfinished_prefix(real_dir), dir=real_dir.parent))
        try:
            password = secrets.token_hex(16)
            self.programs.account.own(staging)
            write_private(staging / "password", password, self.programs.account)
            self._initdb(staging, deadline)
            write_private(self.password_file, password, self.programs.account)
            (staging / "data").rename(real_dir)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        if real_dir != self.real_dir:
            self.data_dir.symlink_to(real_dir)
        return replace(self, real_dir=real_dir)

    def _place(self) -> Path:
        if self.programs.can_enter(self.real_dir.parent):
            return self.real_dir
        ROOT_STORE.mkdir(parents=True, exist_ok=True)
        ROOT_STORE.chmod(0o755)
        if self.data_dir.exists():
            self.data_dir.rmdir()  # it is empty, or _exists() had refused it
        return ROOT_STORE / secrets.token_hex(8)

    def _initdb(self, staging: Path, deadline: float) -> None:
        result = self.programs.run(
            "initdb",
            *("--pgdata", staging / "data", "--username", "postgres", "--pwfile", staging / "password"),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums", "--no-instructions"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            timeout=deadline - time.monotonic(),
        )
        if result.returncode:
            raise EmbeddedServerError(
                f"initdb could not make {self.data_dir}: check the rights and the space there.\n"
                f"{tail(result.stdout + result.stderr)}"
            )

    def _renew_password(self, deadline: float) -> None:
        """In single-user mode, which asks for no password and listens nowhere."""
        password = secrets.token_hex(16)
        result = self.programs.run(
            *("postgres", "--single", "-D", self.real_dir, "postgres"),
            stdin=f"ALTER ROLE postgres PASSWORD '{password}'\n",
            timeout=deadline - time.monotonic(),
        )
        if result.returncode or "ERROR:" in result.stderr:
            raise EmbeddedServerError(
                f"{self.password_file} is lost, and PostgreSQL could not set a new password: "
                f"{tail(result.stderr).replace(password, '…')}"
            )
        write_private(self.password_file, password, self.programs.account)

    def _psql(self, name: str, port: int, deadline: float) -> CompletedProcess[str]:
        return self.programs.run(
            "psql",
            *("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--set", f"name={name}"),
            *("--host", "127.0.0.1", "--port", str(port), "--username", "postgres", "--dbname", "postgres"),
            stdin=_CREATE_DATABASE,
            env={"PGPASSWORD": self.password_file.read_text().strip(), "PGCLIENTENCODING": "UTF8"},
            timeout=deadline - time.monotonic(),
        )


def _unfinished_prefix(real_dir: Path) -> str:
    return f".{real_dir.name}.initdb-"


def _remove_unfinished(real_dir: Path) -> None:
    """What a killed initdb left. No server has ever run there, so nobody's data can be in it."""
    for path in real_dir.parent.iterdir():
        if path.name.startswith(_unfinished_prefix(real_dir)):
            shutil.rmtree(path, ignore_errors=True)
