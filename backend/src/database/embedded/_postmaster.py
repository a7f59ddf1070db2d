"""The live server of a data directory, as its postmaster.pid describes it."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from src.database.embedded._errors import EmbeddedServerError


class Postmaster(NamedTuple):
    pid: int
    data_dir: str
    port: int
    is_ready: bool

    def is_alive(self) -> bool:
        """Whether the process is still this server: after a kill, the number may soon be another's."""
        return f"--port={self.port}".encode() in command_line(self.pid)


def find_postmaster(data_dir: Path) -> Postmaster | None:
    """The server of this directory, even if moved meanwhile; for a copy, not the original's server."""
    lines = [*_pid_file_lines(data_dir), *[""] * 8]
    try:
        postmaster = Postmaster(int(lines[0]), lines[1], int(lines[3]), lines[7].strip() == "ready")
    except ValueError:
        return None
    if not postmaster.is_alive() or _is_copy(data_dir, Path(postmaster.data_dir)):
        return None
    return postmaster


def _is_copy(data_dir: Path, original: Path) -> bool:
    with suppress(OSError):
        return not original.samefile(data_dir)
    return False  # there is nothing at the old place: it was moved


def stale_pid(data_dir: Path) -> str:
    """The number that a killed server left in postmaster.pid, else an empty string."""
    pid = next(iter(_pid_file_lines(data_dir)), "")
    return pid if pid.isdecimal() and find_postmaster(data_dir) is None else ""


def signal_and_wait(postmaster: Postmaster, signal_number: int, deadline: float) -> None:
    with suppress(ProcessLookupError):
        os.kill(postmaster.pid, signal_number)
    while postmaster.is_alive():
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"The PostgreSQL of {postmaster.data_dir} (pid {postmaster.pid}) did not stop in time. "
                "Close its clients, or stop it with mode='immediate'."
            )
        time.sleep(0.02)


def command_line(pid: int) -> bytes:
    """Empty for a process that has ended, even if nobody has waited for it yet."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        return b""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def _pid_file_lines(data_dir: Path) -> list[str]:
    try:
        return os.fsdecode((data_dir / "postmaster.pid").read_bytes()).split("\n")
    except FileNotFoundError:
        return []
