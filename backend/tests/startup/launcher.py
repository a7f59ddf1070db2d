"""Runs the command line interface many times without importing it anew each time, which takes seconds.

Reads one JSON request a line: ``{"arguments": […], "environment": {…}, "folder": "…"}``. Each becomes a process of its
own, forked from this one before anything has read a setting. What it prints goes to ``folder/stdout`` and
``folder/stderr``, its number to ``folder/pid``, its process group to ``folder/group`` and in the end its exit status to
``folder/status``. With LOCAL_DOMAIN in its environment, every host of that domain is this machine to it.
"""

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    from src.cli import cli

    for name in ("src.dev", "src.legacy", "src.main", "src.verification"):
        import_module(name)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if os.fork() == 0:
            become(request)
            if domain := os.environ.get("LOCAL_DOMAIN"):
                resolve_here(domain)
            cli(request["arguments"], prog_name="python -m src.cli")


def become(request: dict) -> None:
    """Returns in the process that is to run the program; its parent stays to write down how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = Path(request["folder"])
    os.setsid()
    write(folder / "group", os.getpid())
    pid = os.fork()
    if pid:
        write(folder / "pid", pid)
        _, status = os.waitpid(pid, 0)
        write(folder / "status", os.waitstatus_to_exitcode(status))
        os._exit(0)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(request["environment"])


def resolve_here(domain: str) -> None:
    """Hand uvloop an address, for it would ask the system and not Python. The names in certificates stay."""
    from asyncio import BaseEventLoop

    from uvloop import Loop

    def with_address(connect: Any) -> Any:
        def create_connection(self: Any, protocol: Any, host: Any = None, *args: Any, **options: Any) -> Any:
            address = "127.0.0.1" if str(host).endswith(domain) else host
            return connect(self, protocol, address, *args, **options)

        return create_connection

    for loop in (BaseEventLoop, Loop):
        loop.create_connection = with_address(loop.create_connection)  # type: ignore[method-assign]


def write(path: Path, number: int) -> None:
    path.with_suffix(".part").write_text(str(number))
    path.with_suffix(".part").rename(path)


if __name__ == "__main__":
    main()
