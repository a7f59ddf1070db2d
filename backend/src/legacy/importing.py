"""From a file to a report: all of it is checked, then all of it is written in one transaction, or nothing at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.core import clock
from src.core.config import Settings
from src.core.errors import StartupError
from src.core.security import PasswordHasher
from src.database.roles import ensure_roles
from src.database.startup import connect, direct_engine, explained, prepare_database, target_of
from src.database.url import DatabaseTarget
from src.database.validation import validate_schema
from src.legacy.accounts import Account
from src.legacy.findings import Findings, Remarks
from src.legacy.reader import Reader, Row
from src.legacy.report import COUNTED, Report
from src.legacy.sqlite_file import ImportRefused, OldDatabase, opened
from src.legacy.staging import check_references, copy_keys, count_shared_tags
from src.legacy.statements import BECOME_SYSTEM, ONE_IMPORT_AT_A_TIME
from src.legacy.writer import Writer

STATEMENT_TIMEOUT: Final = 900.0
USERS_AT_ONCE: Final = 500

_HOW_TO_MEND: Final = (
    "Mend these rows in a copy of the file (NEON_MIGRATION.md shows how), and import the copy.\n"
    "Rows are named by their old keys."
)
_CLASH: Final = (
    "Look at these accounts on both sides. Where it is the same person, delete the new account or change its address\n"
    "or username before the import; where it is somebody else, change the old one in a copy of the file."
)


class ImportUnknown(ImportRefused):
    """The server's answer to the COMMIT was lost."""

    headline: ClassVar[str] = "It is not known whether the import was stored."


async def import_sqlite(settings: Settings, path: Path, *, dry_run: bool) -> str:
    """The report, in words. Raises ImportRefused or another StartupError; then nothing was written."""
    target = target_of(settings)
    with opened(path) as database:
        report = _checked(database, target, is_dry_run=dry_run)
        try:
            if not dry_run:
                await (await prepare_database(settings.model_copy(update={"migrate_on_start": True}))).close()
            async with direct_engine(target, statement_timeout=STATEMENT_TIMEOUT) as engine:
                await connect(engine, target, patience=settings.database_start_timeout)
                async with explained(target), engine.connect() as connection:
                    await _write_in_transaction(connection, settings, report)
        except StartupError as error:
            raise (error if isinstance(error, ImportRefused) else ImportRefused(error.problem, error.advice)) from None
        return str(report)


def _checked(database: OldDatabase, target: DatabaseTarget, *, is_dry_run: bool) -> Report:
    """Reads the whole file once. Raises ImportRefused, which names every row that stands in the way."""
    remarks, now = Remarks(), clock.now()
    copy_keys(database, remarks.refused)
    _refuse(remarks.refused, f"Rows of {database.path} have keys that cannot be used", _HOW_TO_MEND)
    check_references(database, remarks)
    for account in _accounts(database, remarks, now):
        for _ in account.task_batches():
            pass
    _refuse(remarks.refused, f"Rows of {database.path} cannot be moved as they are", _HOW_TO_MEND)
    place = f"{target.host}, database {target.database}"
    in_sqlite = Counter({table: database.count(table) for table in COUNTED})
    return Report(database, place, is_dry_run, remarks, now, in_sqlite, count_shared_tags(database))


async def _write_in_transaction(connection: AsyncConnection, settings: Settings, report: Report) -> None:
    transaction = await connection.begin()
    await _write(connection, settings, report)
    if report.is_dry_run:
        await transaction.rollback()
        return
    try:
        await transaction.commit()
    except (DBAPIError, OSError, EOFError) as error:
        raise ImportUnknown(
            f"The connection broke while the import was being committed ({type(error).__name__})",
            "All of it is stored, or nothing. Start it again: it tells what it finds, and makes nothing twice.",
        ) from None


async def _write(connection: AsyncConnection, settings: Settings, report: Report) -> None:
    await connection.execute(ONE_IMPORT_AT_A_TIME)
    await ensure_roles(connection)
    await validate_schema(connection)
    await connection.execute(BECOME_SYSTEM)
    writer = Writer(connection, report)
    await _write_users(writer, settings, report)
    _refuse(writer.wrong, "PostgreSQL has accounts that these clash with", _CLASH)
    for account in _accounts(report.database, Remarks(), report.now):
        await writer.write_account(account)
    told = "Start it again; if it happens again, something changes these rows at the same time."
    _refuse(writer.wrong, "What was written is not what was read", told)
    if differences := report.differences():
        raise ImportRefused("The counts on both sides do not match:\n" + "\n".join(differences), told)


async def _write_users(writer: Writer, settings: Settings, report: Report) -> None:
    users = Reader(report.database, Remarks(), now=report.now).users()
    for_who_had_none = PasswordHasher(settings.password_hash_rounds).hash_of_nobody()
    for batch in _batches(users, USERS_AT_ONCE):
        await writer.write_users([_with_password(user, for_who_had_none) for user in batch])


def _accounts(database: OldDatabase, remarks: Remarks, now: datetime) -> Iterator[Account]:
    reader = Reader(database, remarks, now=now)
    return (Account(reader, user) for user in reader.users())


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _with_password(user: Row, otherwise: str) -> Row:
    return {**user, "password_hash": user["password_hash"] or otherwise}


def _refuse(findings: Findings, problem: str, advice: str) -> None:
    if findings:
        raise ImportRefused(f"{problem}:\n" + "\n".join(f"- {line}" for line in findings.lines()), advice)
