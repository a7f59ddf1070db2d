"""The old app's file: opened for reading only, in one snapshot, and looked through for what is in it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, NoReturn

from src.core.errors import StartupError
from src.legacy.keys import new_key, shown
from src.legacy.layout import SHAPES, Table, fitted, quoted

BUSY_SECONDS = 5.0
FAULTS_SHOWN = 5
_OF_NO_INTEREST: Final = {"alembic_version"}


class ImportRefused(StartupError):
    """The old data are not imported. Nothing was written."""

    headline: ClassVar[str] = "Nothing was imported."


@dataclass(frozen=True, slots=True)
class OldDatabase:
    """A file and the tables that are moved from it; ``others`` are names and row counts of those that are not."""

    path: Path
    connection: sqlite3.Connection
    tables: Mapping[str, Table]
    others: Mapping[str, int]

    def count(self, table: str) -> int:
        return _count(self.connection, table) if table in self.tables else 0

    def rows(self, statement: str, **bound: object) -> Iterator[sqlite3.Row]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(statement, bound)

    def unmoved_columns(self) -> Iterator[tuple[str, str, int]]:
        """Table, column, and how many rows hold something in it, where any does."""
        for table in self.tables.values():
            for column in table.unknown:
                held = f"SELECT count({quoted(column)}) FROM main.{quoted(table.name)}"  # noqa: S608  # quoted
                if count := self.connection.execute(held).fetchone()[0]:
                    yield table.name, shown(column), count


@contextmanager
def opened(path: Path) -> Iterator[OldDatabase]:
    """Raises ImportRefused for a file that is no sound SQLite database with the tables of the old app."""
    if not path.is_file():
        raise ImportRefused(f"There is no file {path}", "Give the path of the old app's SQLite file.")
    try:
        with closing(_connect(path)) as connection:
            yield _looked_through(path, connection)
    except sqlite3.Error as error:
        _explain(error, path)


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        return _begun(uri)
    except sqlite3.OperationalError as error:
        log = path.with_name(path.name + "-wal")
        if error.sqlite_errorname not in ("SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN") or _holds_something(log):
            raise
        return _begun(f"{uri}&immutable=1")  # a folder that cannot be written, and no log: nobody is at work on it


def _holds_something(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _begun(uri: str) -> sqlite3.Connection:
    """With a transaction open: all that is read belongs to one moment, though the old app may be running."""
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        connection.create_function("new_key", 2, _new_key, deterministic=True)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _new_key(table: str, old: object) -> str | None:
    key = new_key(table, old)
    return None if key is None else key.hex


def _looked_through(path: Path, connection: sqlite3.Connection) -> OldDatabase:
    faults = [row[0] for row in connection.execute(f"PRAGMA integrity_check({FAULTS_SHOWN})")]
    if faults != ["ok"]:
        _refuse_damaged(path, "\n".join(f"- {shown(fault)}" for fault in faults))
    names = [
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not row[0].startswith("sqlite_") and row[0] not in _OF_NO_INTEREST
    ]
    tables = _fitted_tables(path, connection, {name.casefold(): name for name in names})
    moved = {table.casefold() for table in tables}
    others = {shown(name): _count(connection, name) for name in names if name.casefold() not in moved}
    return OldDatabase(path, connection, tables, others)


def _fitted_tables(path: Path, connection: sqlite3.Connection, present: Mapping[str, str]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    missing: list[str] = []
    for name, shape in SHAPES.items():
        if name in present:
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")]
            table = fitted(name, columns)
            if isinstance(table, Table):
                tables[name] = table
            else:
                missing += [f"- the table {name} has no column {column}" for column in table]
        elif shape.is_needed:
            missing.append(f"- there is no table {name}")
    if missing:
        raise ImportRefused(
            f"{path} is not a database of the old app:\n" + "\n".join(missing),
            "Give the file that the old app's DATABASE_URL named.",
        )
    return tables


def _count(connection: sqlite3.Connection, table: str) -> int:
    statement = f"SELECT count(*) FROM main.{quoted(table)}"  # noqa: S608  # quoted
    return int(connection.execute(statement).fetchone()[0])


def _explain(error: sqlite3.Error, path: Path) -> NoReturn:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_NOTADB":
        raise ImportRefused(
            f"{path} is not an SQLite database (or it is encrypted)", "Give the path of the old app's SQLite file."
        ) from None
    if name.startswith("SQLITE_CORRUPT"):
        _refuse_damaged(path, f"- {shown(error)}")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        raise ImportRefused(f"{path} is being written to", "Stop the old app, and run this again.") from None
    if name == "SQLITE_READONLY_ROLLBACK":
        raise ImportRefused(
            f"{path} was left in the middle of a write, which its -journal file can undo",
            "Start the old app once and stop it in good order; then run this again.",
        ) from None
    raise ImportRefused(
        f"{path} cannot be read: {shown(error)}",
        "Copy it, together with the files beside it whose names end in -wal and -shm, into a folder of yours,\n"
        "and give the path of the copy.",
    ) from None


def _refuse_damaged(path: Path, faults: str) -> NoReturn:
    raise ImportRefused(
        f"{path} is damaged:\n{faults}",
        "Restore a backup of it. Without one, sqlite.org/recovery.html tells how to save what can be read.",
    ) from None
