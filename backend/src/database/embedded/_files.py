import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from src.database.embedded._accounts import Account
from src.database.embedded._errors import EmbeddedServerError

if sys.platform != "win32":
    import fcntl


def absolute(data_dir: Path) -> Path:
    """Without following a last symlink: lock and password lie beside the name that the caller knows."""
    path = data_dir.absolute()
    return path.parent.resolve() / path.name


def beside(data_dir: Path, suffix: str) -> Path:
    return data_dir.with_name(data_dir.name + suffix)


@contextmanager
def locked(data_dir: Path, deadline: float) -> Iterator[None]:
    path = beside(data_dir, ".lock")
    lock = _open_lock(path)
    try:
        _acquire(lock, path, deadline)
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # close() alone would leave it to a child forked meanwhile
        os.close(lock)


def _open_lock(path: Path) -> int:
    """For reading only, which is enough for flock: so a lock file made by root serves everybody."""
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    with suppress(PermissionError):  # another user made it meanwhile
        os.fchmod(lock, 0o644)  # whatever the umask says
    return lock


def _acquire(lock: int, path: Path, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"Another process has held {path} for too long. End it (lsof {path}) and try again."
                ) from None
        time.sleep(0.02)


def write_private(path: Path, text: str, owner: Account) -> None:
    """Whole or not at all, and readable for `owner` alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        owner.own(Path(name))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
