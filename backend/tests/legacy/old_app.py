"""Files of the old app, in the shapes that its versions left them in."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid5

from passlib.hash import bcrypt

from src.legacy.keys import NAMESPACE

PASSWORD = "the old password"
MADE = "2023-04-05 06:07:08.091011"

Rows = Sequence[dict[str, Any]]


def hash_of(password: str = PASSWORD, ident: str = "2b") -> str:
    return str(bcrypt.using(rounds=4, ident=ident).hash(password))


HASH = hash_of()


def user(key: object = 1, **values: object) -> dict[str, Any]:
    return {"id": key, "email": f"user-{key}@example.com", "hashed_password": HASH, "created_at": MADE, **values}


def task(key: object = 1, **values: object) -> dict[str, Any]:
    return {"id": key, "user_id": 1, "title": f"Task {key}", "is_completed": 0, "created_at": MADE, **values}


def series(key: object = 1, **values: object) -> dict[str, Any]:
    return {"id": key, "user_id": 1, "title": f"Series {key}", "recurrence_type": "daily", "created_at": MADE, **values}


def old_file(path: Path, **tables: Rows) -> Path:
    """A table for each list of rows, with every column that one of them has; without types, as SQLite allows."""
    with closing(sqlite3.connect(path)) as connection:
        for name, rows in ({"users": [user()], "tasks": [task()]} | tables).items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            for row in rows:
                names, values = ", ".join(row), tuple(row.values())
                connection.execute(f"INSERT INTO {name} ({names}) VALUES ({', '.join('?' * len(row))})", values)
        connection.commit()
    return path


def executed(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def key(table: str, old: object) -> str:
    """The id that a row gets here whose old key is no UUID."""
    return str(uuid5(NAMESPACE, f"{table}/{old}"))
