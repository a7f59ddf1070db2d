"""Checks a database step by step, for a person who is about to deploy on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import typer
from sqlalchemy import text

from src.core.config import Settings, load_settings_to_look
from src.core.errors import AppError, StartupError
from src.core.logging import configure_logging
from src.core.security import Principal, RefreshToken
from src.database.engine import create_engine
from src.database.migrations import current_revision, head_revision
from src.database.roles import ensure_roles
from src.database.session import Database
from src.database.startup import connect, direct_engine, explained, target_of
from src.database.url import DatabaseTarget
from src.database.validation import validate_schema
from src.models import new_id


class Check:
    """Prints a line for each step, and remembers whether all went well."""

    def __init__(self) -> None:
        self.is_good = True

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        try:
            yield
        except StartupError as error:
            self.is_good = False
            typer.echo(f"✗ {name}")
            for line in [*error.problem.splitlines(), *error.advice.splitlines()]:
                typer.echo(f"    {line}")
            raise _Stop from error
        typer.echo(f"✓ {name}")


class _Stop(Exception):
    """A step failed, and the ones after it would say nothing new."""


async def verify_database() -> bool:
    """Prints what it finds. True if the service can run on this database."""
    check = Check()
    try:
        async with check.step("the settings are readable"):
            settings = _settings()
        async with check.step("DATABASE_URL is a PostgreSQL address"):
            target = target_of(settings)
        typer.echo(f"    {_described(target)}")
        await _check_direct(check, target, settings)
        await _check_main(check, target, settings)
    except _Stop:
        typer.echo("\nThe service would not start on this database.")
        return False
    typer.echo("\nAll good: the service can run on this database.")
    return check.is_good


def _settings() -> Settings:
    settings = load_settings_to_look()
    configure_logging("error", settings.log_format)
    return settings


def _described(target: DatabaseTarget) -> str:
    kind = "Neon" if target.neon else "PostgreSQL"
    way = "through a pooler" if target.pooled else "directly"
    return f"{kind} at {target.host}, database {target.database}, {way}, sslmode {target.sslmode}"


async def _check_direct(check: Check, target: DatabaseTarget, settings: Settings) -> None:
    async with direct_engine(target) as engine:
        async with check.step("the server answers (directly, as migrations need it)"):
            await connect(engine, target, patience=settings.database_start_timeout)
        async with check.step("the roles that keep users apart exist"), explained(target), engine.begin() as connection:
            await ensure_roles(connection)
        async with check.step("the schema is migrated"), explained(target), engine.connect() as connection:
            await _require_head(await current_revision(connection))
        async with (
            check.step("the schema is the one that this version needs"),
            explained(target),
            engine.connect() as connection,
        ):
            await validate_schema(connection)


async def _require_head(revision: str | None) -> None:
    if revision != head_revision():
        raise StartupError(
            f"The database is at revision {revision or 'none'}, this version needs {head_revision()}",
            "Run:  python -m src.cli migrate   (or start the service, which does it too)",
        )


async def _check_main(check: Check, target: DatabaseTarget, settings: Settings) -> None:
    engine = create_engine(target.main, settings)
    database = Database(engine, settings, wake_timeout=settings.database_start_timeout)
    user = Principal(new_id(), new_id())
    try:
        async with check.step("a user can be written (the way that requests take)"), explained(target), _in_words():
            await _write_user(database, user)
        try:
            async with check.step("the user reads back own rows, and nobody else's"), explained(target), _in_words():
                await _read_back(database, user)
        finally:
            async with check.step("the test user is removed again"), explained(target), _in_words():
                await _remove_user(database, user)
    finally:
        await database.close()


@asynccontextmanager
async def _in_words() -> AsyncIterator[None]:
    try:
        yield
    except AppError as error:
        raise StartupError(
            f"The database did not do it: {error.detail}", "See the steps above, and try again."
        ) from error


async def _write_user(database: Database, user: Principal) -> None:
    token = RefreshToken.new()
    async with database.as_system() as session:
        connection = await session.connection()
        await connection.execute(
            text("INSERT INTO users (id, email, email_key, password_hash) VALUES (:id, :email, :email, '!')"),
            {"id": user.id, "email": f"verify-{user.id}@example.invalid"},
        )
        await connection.execute(
            text(
                "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at) "
                "VALUES (:user_id, :id, :family, :token, now() + :life, now() + :life)"
            ),
            {
                "user_id": user.id,
                "id": user.session_id,
                "family": token.family_hash,
                "token": token.secret_hash,
                "life": timedelta(minutes=5),
            },
        )


async def _read_back(database: Database, user: Principal) -> None:
    async with database.as_user(user) as session:
        rows = (await (await session.connection()).execute(text("SELECT id FROM users"))).scalars().all()
    if list(rows) != [user.id]:
        raise StartupError(
            f"The user sees {len(rows)} accounts, and should see one: row-level security does not hold",
            "Restore the policies by running the migrations on an empty database and comparing.",
        )


async def _remove_user(database: Database, user: Principal) -> None:
    async with database.as_user(user) as session:
        await (await session.connection()).execute(text("DELETE FROM users WHERE id = :id"), {"id": user.id})
