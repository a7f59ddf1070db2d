import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedServerError(RuntimeError):
    """The server cannot be used. The first line says why and what to do; the end of a log may follow."""


@contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """Turn what the system refuses (a full disk, a missing right) into an EmbeddedServerError."""
    if sys.platform == "win32":
        raise EmbeddedServerError("The embedded server needs Linux or macOS: use WSL, or set DATABASE_URL.")
    try:
        yield
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(f"The embedded PostgreSQL cannot use {data_dir}: {error}") from error


def tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-12:])
