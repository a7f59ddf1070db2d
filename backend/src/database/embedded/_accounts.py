"""Whom the server runs as: PostgreSQL refuses root."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from src.database.embedded._errors import EmbeddedServerError

if sys.platform != "win32":
    import pwd


class Account(NamedTuple):
    """Without ids, the account of this process: it needs no change."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def server_account(data_dir: Path) -> Account:
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()))
    if not data_dir.exists():
        return _unprivileged_account()
    found = data_dir.stat()
    if found.st_uid != 0:
        return _account(found.st_uid, fallback_gid=found.st_gid)
    account = _unprivileged_account()
    if any(data_dir.iterdir()):
        raise EmbeddedServerError(
            f"{data_dir} belongs to root, as whom PostgreSQL refuses to run. "
            f"If it holds a database, give it away: chown -R {account.name} {data_dir.resolve()}"
        )
    return account


def refuse_foreign_directory(data_dir: Path) -> None:
    if os.geteuid() == 0 or not data_dir.exists():
        return
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedServerError(
            f"{data_dir} belongs to {_name(owner)}, and this runs as {_name(os.geteuid())}. Run it as "
            f"{_name(owner)} or as root, or stop the server there and move the directory away."
        )


def _unprivileged_account() -> Account:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return _account(pwd.getpwnam(name).pw_uid)
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and there is no account postgres or nobody. "
        "Add one (useradd --system postgres), or run this as an ordinary user."
    )


def _account(uid: int, *, fallback_gid: int = 0) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(_name(uid), uid, fallback_gid)
    return Account(entry.pw_name, uid, entry.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user {uid}"
