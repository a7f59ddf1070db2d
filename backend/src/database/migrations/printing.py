"""The migrations as a script, for administrators who change schemas themselves."""

from io import StringIO
from typing import Final

from sqlalchemy.dialects import postgresql

from src.database.migrations import BASE, OPENING, alembic_config, pending_revisions
from src.database.roles import quoted, roles_sql
from src.database.seed_data import seeding

_HEAD: Final = """\
-- From revision {before} to {after}, each in a transaction of its own.
-- To be run by the login of the service, or by a superuser:  psql -v ON_ERROR_STOP=1 -f FILE
-- If it ends early (a table was in use), print it anew and run that: what is done is then left out."""


def migration_script(before: str, login: str | None) -> str:
    """What `migrate` would do to a database at revision ``before``.

    Args:
        login: the service's, to which all will belong; whoever runs the script, when not given.
    """
    pending = pending_revisions(None if before == BASE else before)
    if not pending:
        return f"-- Nothing to do: the database is at revision {before}."
    parts = [_HEAD.format(before=before, after=pending[-1]), f"{roles_sql(login)};"]
    for revision in pending:
        parts.append(_transaction(login, *OPENING, *_expected(before), _upgrade(before, revision)))
        before = revision
    return "\n\n".join([*parts, _transaction(login, _seeding())])


def _transaction(login: str | None, *statements: str) -> str:
    owner = [f"SET LOCAL ROLE {quoted(login)}"] if login else []
    return "\n".join(
        f"{statement.rstrip().removesuffix(';')};" for statement in ("BEGIN", *owner, *statements, "COMMIT")
    )


def _expected(revision: str) -> list[str]:
    """Stops what would be run on another database than it was printed for, or a second time."""
    if revision == BASE:
        return []  # where the first statement makes the table of revisions
    return [
        f"""\
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM alembic_version WHERE version_num = '{revision}') THEN
        RAISE EXCEPTION 'The database is not at revision {revision}: print the script anew.';
    END IF;
END $$"""
    ]


def _upgrade(before: str, revision: str) -> str:
    from alembic import command

    printed = StringIO()
    command.upgrade(alembic_config(output=printed), f"{before}:{revision}", sql=True)
    return printed.getvalue()


def _seeding() -> str:
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return str(seeding().compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
