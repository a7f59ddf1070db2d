"""The migrations make the schema that the models describe, and the one that is checked at start."""

import asyncio
import json

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from src.database.migrations import VERSIONS, current_revision, head_revision, migrate, revisions
from src.database.startup import prepare_database
from src.database.validation import SNAPSHOT_FILE, expected_tables, take_snapshot
from tests.conftest import settings_for


def engine_for(url: str):
    return create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))


async def test_models_and_migrations_say_the_same(own_database: str) -> None:
    engine = engine_for(own_database)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True, "compare_server_default": True}),
                SQLModel.metadata,
            )
        )
    await engine.dispose()
    assert differences == []


async def test_models_and_migrations_have_the_same_checks_and_collations(
    own_database: str, empty_database: str
) -> None:
    """What `compare_metadata` does not look at."""
    made_by_models, made_by_migrations = engine_for(empty_database), engine_for(own_database)
    async with made_by_models.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
        from_models = await take_snapshot(connection, expected_tables())
    async with made_by_migrations.connect() as connection:
        from_migrations = await take_snapshot(connection, expected_tables())
    await made_by_models.dispose()
    await made_by_migrations.dispose()
    for kind in ("column", "primary key", "foreign key", "unique constraint", "check constraint", "index"):
        assert from_models[kind] == from_migrations[kind]


async def test_the_snapshot_is_what_the_migrations_make(own_database: str) -> None:
    """After a new migration run ``python -m src.cli schema-snapshot > src/database/schema.json``."""
    engine = engine_for(own_database)
    async with engine.connect() as connection:
        snapshot = await take_snapshot(connection, [table.name for table in SQLModel.metadata.sorted_tables])
    await engine.dispose()
    assert json.loads(SNAPSHOT_FILE.read_text()) == snapshot


async def test_any_number_of_starters_migrate_once(empty_database: str) -> None:
    engines = [engine_for(empty_database) for _ in range(6)]
    assert await asyncio.gather(*(migrate(engine) for engine in engines)) == [head_revision()] * 6
    for engine in engines:
        await engine.dispose()


async def test_what_another_process_has_migrated_meanwhile_is_seen(empty_database: str) -> None:
    engine, another = engine_for(empty_database), engine_for(empty_database)
    async with engine.connect() as waiting, another.connect() as other:
        await waiting.begin()
        assert await current_revision(waiting) is None
        await other.execute(text("CREATE TABLE alembic_version (version_num text)"))
        await other.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
        await other.commit()
        assert await current_revision(waiting) == "0001"
    await engine.dispose()
    await another.dispose()


def test_files_are_named_for_their_revisions() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(VERSIONS.parent)).walk_revisions()
    assert [script.revision for script in scripts] == revisions()[::-1]


async def test_going_down_leaves_nothing_behind(own_database: str) -> None:
    from alembic import command

    from src.database.migrations import alembic_config

    engine = engine_for(own_database)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "base"))
        tables = (await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
    await engine.dispose()
    assert [row[0] for row in tables] == ["alembic_version"]


async def test_seeding_again_changes_nothing_and_mends_what_differs(own_database: str) -> None:
    connection = await asyncpg.connect(own_database)
    before = await connection.fetch("SELECT xmin, * FROM priorities ORDER BY id")
    assert [tuple(row)[1:4] for row in before] == [(1, "Low", 1), (2, "Medium", 2), (3, "High", 3), (4, "Urgent", 4)]
    await (await prepare_database(settings_for(own_database))).close()
    assert await connection.fetch("SELECT xmin, * FROM priorities ORDER BY id") == before
    await connection.execute(
        "UPDATE priorities SET color = '#000000' WHERE id = 1; DELETE FROM priorities WHERE id = 4"
    )
    await (await prepare_database(settings_for(own_database))).close()
    after = await connection.fetch("SELECT * FROM priorities ORDER BY id")
    assert [tuple(row) for row in after] == [tuple(row)[1:] for row in before]
    await connection.close()
