"""Old accounts as rows of ``users``, checked by the rules that registration has."""

import re
from datetime import datetime

from src.domain.due_dates import zone_names
from src.domain.text import identity_key
from src.legacy.conversion import Converted, OldRow, checked, key_of, one_line, times
from src.legacy.findings import Refused
from src.legacy.values import flag, is_blank, words
from src.schemas.user import UserUpdate

_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


def convert_user(row: OldRow, now: datetime) -> Converted:
    """Without a ``password_hash`` where the old account has none. Raises Refused."""
    mended: list[str] = []
    account = checked(
        UserUpdate,
        {
            "email": words(row["email"], "email"),
            "username": _username(row, mended),
            "first_name": one_line(row, "first_name", mended) or _full_name(row, mended),
            "last_name": one_line(row, "last_name", mended),
            "timezone": _zone(row, mended),
        },
    )
    values = account.model_dump(exclude={"current_password"})
    values |= {
        "id": key_of(row),
        "email_key": identity_key(account.email),
        "username_key": account.username and identity_key(account.username),
        "password_hash": _password_hash(row, mended),
        "is_active": flag(row["is_active"], "is_active", default=True),
        **times(row, now),
    }
    return Converted(values, mended)


def _username(row: OldRow, mended: list[str]) -> str | None:
    username = one_line(row, "username", mended)
    if username is not None and identity_key(username) == identity_key(str(row["email"]).strip()):
        mended.append("the username was the e-mail address, which logs in as it is")
        return None
    return username


def _full_name(row: OldRow, mended: list[str]) -> str | None:
    """Whole, as the first name: where one name ends and the next begins is not ours to guess."""
    has_last_name = not is_blank(row["last_name"])
    return None if has_last_name else one_line(row, "full_name", mended)


def _zone(row: OldRow, mended: list[str]) -> str:
    zone = one_line(row, "timezone", mended)
    if zone is not None and zone not in zone_names():
        mended.append("the time zone is unknown: UTC instead")
    return zone if zone in zone_names() else "UTC"


def _password_hash(row: OldRow, mended: list[str]) -> str | None:
    stored = words(row["password"], "password") or ""
    if not stored.strip():
        mended.append("there is no password: a new one has to be asked for by mail")
        return None
    if not _BCRYPT.fullmatch(stored):
        raise Refused("the password hash is not one of bcrypt")
    return stored
