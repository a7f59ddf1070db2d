"""The service as a process of its own, run from a copy of the program where no developer's .env reaches it."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx

from tests.factories import SECRET

BACKEND = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("launcher.py")
INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
SERVICE = {
    "ENVIRONMENT": "test",
    "SECRET_KEY": SECRET,
    "HOST": "127.0.0.1",
    "PORT": "0",
    "WORKERS": "1",
    "PASSWORD_HASH_ROUNDS": "4",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "auto",
}
T = TypeVar("T")

LONG = 40.0  # far beyond what anything here takes: only a hang gets there


@dataclass
class Process:
    """A running process of the service; what it prints is in files, so that it never waits for a reader."""

    folder: Path
    status_of: Callable[[], int | None]
    pid: int

    @property
    def stdout(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def url(self) -> str:
        """Where it serves; PORT=0 lets the system choose."""
        found = until(lambda: re.search(r"Serving on http://[^:]+:(\d+)", self.stderr), or_ended=self)
        return f"http://127.0.0.1:{found[1]}"

    def events(self) -> list[dict]:
        """The structured log so far, whose lines are JSON objects where nobody looks at a terminal."""
        lines = self.stderr.splitlines(keepends=True)
        return [
            json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")
        ]  # the last may be torn

    def ended(self) -> list[dict]:
        """The whole log of a service, told to stop: a request's line is written after its answer has gone out."""
        self.send(signal.SIGTERM)
        assert self.wait() == 0, self.output
        return self.events()

    def wait(self, timeout: float = LONG) -> int:
        """Its exit status."""
        until(lambda: self.status_of() is not None, timeout=timeout, doing=f"waiting for its end:\n{self.output}")
        status = self.status_of()
        assert status is not None
        return status

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> None:
        """With all of its children, whatever they are doing."""
        if self.status_of() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with suppress(AssertionError):
                self.wait(5)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, signal.SIGKILL)

    @property
    def group(self) -> int:
        group = self.folder / "group"
        return int(group.read_text()) if group.exists() else self.pid

    async def serving(self) -> Self:
        """Once it is healthy."""
        url = await asyncio.to_thread(lambda: self.url)  # its database may be behind something of this event loop
        async with httpx.AsyncClient(timeout=10) as client:
            deadline = time.monotonic() + LONG
            while time.monotonic() < deadline:
                with suppress(httpx.TransportError):
                    if (await client.get(f"{url}/health")).status_code == 200:
                        return self
                assert self.status_of() is None, self.output
                await asyncio.sleep(0.03)
        raise AssertionError(f"It does not serve:\n{self.output[-5000:]}")


@dataclass
class Program:
    """A copy of the program in a folder of its own, and all the processes that were started from it."""

    root: Path
    processes: list[Process] = field(default_factory=list)
    launcher: subprocess.Popen[bytes] | None = None

    @property
    def backend(self) -> Path:
        return self.root / "backend"

    def start(self, *arguments: str, **settings: str | None) -> Process:
        """``src.cli`` in a new process, forked from one that has imported it."""
        folder = self._folder()
        request = {"arguments": arguments, "environment": environment(**settings), "folder": str(folder)}
        self._send(json.dumps(request).encode() + b"\n")
        until((folder / "pid").exists)
        pid = int((folder / "pid").read_text())
        return self._remember(Process(folder, lambda: _number_in(folder / "status"), pid))

    def start_anew(self, *arguments: str, module: str | None = "src.cli", **settings: str | None) -> Process:
        """As a person does: ``python -m src.cli …``, or without a module ``python …``."""
        folder = self._folder()
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            popen = subprocess.Popen(
                [sys.executable, *(("-m", module) if module else ()), *arguments],
                cwd=self.backend,
                env=environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        return self._remember(Process(folder, popen.poll, popen.pid))

    def run(self, *arguments: str, **settings: str | None) -> Process:
        process = self.start(*arguments, **settings)
        process.wait()
        return process

    def end_all(self) -> None:
        for process in self.processes:
            process.end()
        self.processes.clear()

    def close(self) -> None:
        self.end_all()
        if self.launcher is not None and self.launcher.stdin is not None:
            self.launcher.stdin.close()
            self.launcher.wait(10)

    def _folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(dir=os.environ.get("TODO_TEST_LOGS", self.root)))  # where others look at them
        for name in ("stdout", "stderr"):
            (folder / name).touch()
        return folder

    def _remember(self, process: Process) -> Process:
        self.processes.append(process)
        return process

    def _send(self, line: bytes) -> None:
        if self.launcher is None:
            self.launcher = subprocess.Popen(
                [sys.executable, LAUNCHER],
                cwd=self.backend,
                env=environment() | {"PYTHONPATH": str(self.backend)},
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        assert self.launcher.stdin is not None
        self.launcher.stdin.write(line)
        self.launcher.stdin.flush()


@contextmanager
def copied_program() -> Iterator[Program]:
    with open_folder() as root:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(BACKEND / "src", root / "backend" / "src", ignore=ignored)
        shutil.copy(BACKEND / "verify_neon_connection.py", root / "backend")
        program = Program(root)
        try:
            yield program
        finally:
            program.close()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own account can enter, unlike pytest's tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="todo-processes-")).resolve()
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(**settings: str | None) -> dict[str, str]:
    """All that a process sees. None takes a setting away."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {name: value for name, value in {**inherited, **SERVICE, **settings}.items() if value is not None}


def until(
    condition: Callable[[], T], *, timeout: float = LONG, doing: str = "waiting", or_ended: Process | None = None
) -> T:
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if or_ended is not None:
            assert or_ended.status_of() is None, or_ended.output
        assert time.monotonic() < deadline, f"gave up {doing}"
        time.sleep(0.01)
    return result


async def eventually(condition: Callable[[], Awaitable[object]], timeout: float = LONG) -> None:
    """Until the awaited condition holds."""
    deadline = time.monotonic() + timeout
    while not await condition():
        assert time.monotonic() < deadline, "gave up waiting"
        await asyncio.sleep(0.02)


def password_of(url: str) -> str:
    password = urlsplit(url).password
    assert password
    return password


def _number_in(path: Path) -> int | None:
    return int(path.read_text()) if path.exists() else None
