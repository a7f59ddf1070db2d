"""Somebody with a copy of the repository, who types what a document shows."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from src.core.config import REPOSITORY
from tests.conftest import free_port
from tests.startup.processes import INHERITED, LONG, copied_program, until


@dataclass(frozen=True)
class Reader:
    root: Path

    def types(self, script: str, *, at: str = ".", **settings: str) -> str:
        """What it prints; it has to end well."""
        run = subprocess.run(
            ["bash", "-euc", script],
            cwd=self.root / at,
            env=_environment(settings),
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * LONG,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    @contextmanager
    def starts(self, script: str, *, at: str = ".", **settings: str) -> Iterator[str]:
        """A script whose last command serves until it is interrupted; gives the address of the service."""
        port = str(free_port())
        with (self.root / "output").open("w+") as output:
            process = subprocess.Popen(
                ["bash", "-euc", script],
                cwd=self.root / at,
                env=_environment({"PORT": port, **settings}),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            url = f"http://127.0.0.1:{settings.get('PORT', port)}"
            try:
                until(lambda: process.poll() is not None or _is_healthy(url), doing="waiting for the service")
                assert process.poll() is None, (self.root / "output").read_text()
                yield url
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
                process.wait(LONG)


@contextmanager
def reader() -> Iterator[Reader]:
    """With all that `make` needs to find: nothing is installed anew."""
    with copied_program() as program:
        for name in ("Makefile", "backend/requirements-dev.txt"):
            shutil.copy(REPOSITORY / name, program.root / name)
        environment = program.root / ".venv"
        environment.mkdir()
        for path in Path(sys.prefix).iterdir():
            if path.name != ".ready":
                (environment / path.name).symlink_to(path)
        (environment / ".ready").touch()
        yield Reader(program.root)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    return {**{name: os.environ[name] for name in INHERITED if name in os.environ}, **settings}


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False
