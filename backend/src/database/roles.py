"""The two roles that the service works as, and how they come to be.

`todo_app` is what a request of a logged-in user becomes: row-level security shows it that user's rows only.
`todo_system` is what works before there is a user (registration, login, refresh): it sees accounts and sessions, and
no task of anybody. Neither can log in, and neither bypasses row-level security, as logins made in Neon's console do.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.core.errors import StartupError

APP_ROLE: Final = "todo_app"
SYSTEM_ROLE: Final = "todo_system"
ROLES: Final = (APP_ROLE, SYSTEM_ROLE)

_STATE = text("""
    SELECT current_user,
           current_setting('server_version_num')::int,
           coalesce(array_agg(wanted) FILTER (WHERE role.oid IS NULL), '{}'),
           coalesce(array_agg(wanted) FILTER (WHERE role.rolbypassrls OR role.rolsuper), '{}'),
           coalesce(array_agg(wanted) FILTER (
               WHERE NOT coalesce(pg_has_role(current_user, role.oid, :may_set), false)), '{}')
    FROM unnest(CAST(:roles AS text[])) AS wanted LEFT JOIN pg_roles AS role ON role.rolname = wanted
    GROUP BY 1, 2
""")


class RolesMissing(StartupError):
    """The roles are not there and this login may not make them: somebody who may has to run the SQL in the advice."""


async def ensure_roles(connection: AsyncConnection) -> None:
    """Create the roles, and let the login switch to them. Takes one query when all is well."""
    version = (await connection.execute(text("SELECT current_setting('server_version_num')::int"))).scalar_one()
    may_set = "SET" if version >= 160_000 else "MEMBER"
    state = (await connection.execute(_STATE, {"roles": list(ROLES), "may_set": may_set})).one()
    login, _, absent, unbound, unreachable = state
    if unbound:
        raise StartupError(
            f"The role {unbound[0]} bypasses row-level security, so it would not keep users apart",
            f"ALTER ROLE {unbound[0]} NOBYPASSRLS NOSUPERUSER;",
        )
    statements = administrator_sql(login, version, absent=absent, unreachable=unreachable)
    for statement in statements:
        await _run(connection, statement, login, wanted=statements)


def administrator_sql(login: str, version: int, *, absent: list[str], unreachable: list[str]) -> list[str]:
    """The statements that make the roles and grant them to ``login``; on PostgreSQL 16 and later with SET."""
    return [
        *(_creation(role) for role in absent),
        *(_grant(role, quoted(login), with_options=version >= 160_000) for role in unreachable),
    ]


def roles_sql(login: str | None) -> str:
    """As `administrator_sql`, but asks the server when it is run. Without a login, for the one that runs it."""
    grantee = quoted(login) if login else "CURRENT_USER"
    name = _literal(login) if login else "current_user"
    return "\n".join(["DO $$", "BEGIN", *(_ensured(role, grantee, name) for role in ROLES), "END $$"])


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _creation(role: str) -> str:
    return f"CREATE ROLE {role} NOLOGIN NOBYPASSRLS"


def _grant(role: str, grantee: str, *, with_options: bool) -> str:
    inherit = {APP_ROLE: "FALSE", SYSTEM_ROLE: "TRUE"}[role]
    return f"GRANT {role} TO {grantee}" + (f" WITH SET TRUE, INHERIT {inherit}" if with_options else "")


def _ensured(role: str, grantee: str, name: str) -> str:
    # EXECUTE, because PostgreSQL 15 would not even read the options of the grant
    return f"""\
    IF to_regrole('{role}') IS NULL THEN
        {_creation(role)};
    END IF;
    IF current_setting('server_version_num')::int < 160000 THEN
        IF NOT pg_has_role({name}, '{role}', 'MEMBER') THEN
            {_grant(role, grantee, with_options=False)};
        END IF;
    ELSIF NOT pg_has_role({name}, '{role}', 'SET') THEN
        EXECUTE {_literal(_grant(role, grantee, with_options=True))};
    END IF;"""


async def _run(connection: AsyncConnection, statement: str, login: str, *, wanted: list[str]) -> None:
    try:
        async with connection.begin_nested():
            await connection.execute(text(statement))
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in ("42710", "23505"):  # another database of this server has just made it
            return
        if state != "42501":
            raise
        raise RolesMissing(
            f'The login "{login}" may not create or use the roles {" and ".join(ROLES)}, which keep users apart',
            "\n".join(["Ask an administrator of the server to run:", *(f"  {line};" for line in wanted)]),
        ) from None
