"""What the database itself holds about password reset tokens."""

import asyncpg
import pytest

from tests.factories import Api

INSERT = (
    "INSERT INTO password_reset_tokens (user_id, id, token_hash, expires_at) "
    "VALUES ($1, gen_random_uuid(), sha256($2::text::bytea), now() + $3 * interval '1 minute')"
)


async def test_a_user_may_drop_tokens_and_reads_none(admin: asyncpg.Connection) -> None:
    privileges = await admin.fetch(
        "SELECT column_name, privilege_type FROM information_schema.column_privileges "
        "WHERE grantee = 'todo_app' AND table_name = 'password_reset_tokens'"
    )
    assert [tuple(row) for row in privileges] == [("user_id", "SELECT")]
    assert await admin.fetchval("SELECT has_table_privilege('todo_app', 'password_reset_tokens', 'DELETE')")


async def test_a_user_has_one_at_most(ana: Api, admin: asyncpg.Connection) -> None:
    await admin.execute(INSERT, ana.id, "first", 30)
    with pytest.raises(asyncpg.UniqueViolationError):
        await admin.execute(INSERT, ana.id, "second", 30)


async def test_no_two_users_have_the_same(ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
    await admin.execute(INSERT, ana.id, str(ana.id), 30)
    with pytest.raises(asyncpg.UniqueViolationError):
        await admin.execute(INSERT, bob.id, str(ana.id), 30)


async def test_none_is_made_expired(ana: Api, admin: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(INSERT, ana.id, "expired", 0)
