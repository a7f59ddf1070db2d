"""Launches the server and waits until it accepts connections."""

import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from src.database.embedded._errors import EmbeddedServerError, tail
from src.database.embedded._postmaster import Postmaster, command_line, find_postmaster, stale_pid
from src.database.embedded._programs import Programs

_PORTS = range(20_000, 32_000)  # below the ephemeral ports, which outgoing connections take at random
_DEFAULTS = {"timezone": "UTC", "log_timezone": "UTC"}
_FIXED = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
# What a launch may meet and outlast: a port taken meanwhile, and the children of a killed server.
_PASSING_TROUBLES = ("could not bind", "pre-existing shared memory block")
# The shell ends at once: so the daemon is init's child, and leaves no zombie to a caller that lives on.
_LAUNCH = 'log=$1; shift; exec "$@" </dev/null >>"$log" 2>&1 & echo $!'


def serve(programs: Programs, data_dir: Path, settings: Mapping[str, str], *, deadline: float) -> Postmaster:
    """The server that is there, else a new one; launched again after a trouble that passes."""
    log = data_dir / "server.log"
    launched, log_start = 0, 0
    while time.monotonic() < deadline:
        postmaster = find_postmaster(data_dir)
        if postmaster and postmaster.is_ready:
            return postmaster
        if not postmaster and not (launched and _lives(launched)):
            if launched:
                _raise_unless_passing(data_dir, _read(log, log_start))
            log_start = log.stat().st_size if log.exists() else 0
            launched = _launch(programs, data_dir, log, settings)
        time.sleep(0.02)
    recent_log = tail(_read(log, log_start))
    raise EmbeddedServerError(f"{data_dir} was not ready in time: try again, or read {log}.\n{recent_log}")


def _lives(pid: int) -> bool:
    """Looks twice: a process that is becoming another program has no command line for a moment."""
    if not command_line(pid):
        time.sleep(0.1)
    return bool(command_line(pid))


def _launch(programs: Programs, data_dir: Path, log: Path, settings: Mapping[str, str]) -> int:
    options = {**_DEFAULTS, **settings, **_FIXED, "port": str(_free_port())}
    result = programs.run(
        "/bin/sh",
        *("-c", _LAUNCH, "sh", log, programs.bin_dir / "postgres", "-D", data_dir),
        *(f"--{name}={value}" for name, value in options.items()),
        env=_pardon(stale_pid(data_dir)),
    )
    if result.returncode or result.stderr:
        raise EmbeddedServerError(f"PostgreSQL could not be launched in {data_dir}.\n{tail(result.stderr)}")
    return int(result.stdout)


def _pardon(pid: str) -> dict[str, str]:
    """Let PostgreSQL start though the process of an old postmaster.pid lives, which is no server of ours.

    PostgreSQL judges by the bare number, and excepts this one. It still refuses as long as anything uses the
    shared memory of the old server.
    """
    return {"PG_GRANDPARENT_PID": pid} if pid else {}


def _free_port() -> int:
    for _ in range(100):
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise EmbeddedServerError(f"No port from {_PORTS.start} to {_PORTS.stop} can be bound on 127.0.0.1.")


def _raise_unless_passing(data_dir: Path, log: str) -> None:
    if not any(trouble in log for trouble in _PASSING_TROUBLES):
        raise EmbeddedServerError(f"The PostgreSQL of {data_dir} ended at once. Its log:\n{tail(log)}")


def _read(log: Path, start: int) -> str:
    with suppress(OSError), log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")
    return ""
