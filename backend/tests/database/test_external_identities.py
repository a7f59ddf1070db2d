"""What the database itself holds about external identities."""

import asyncpg
import pytest

from tests.factories import PASSWORD, Api

INSERT = (
    "INSERT INTO external_identities (user_id, id, issuer, subject) VALUES ($1, gen_random_uuid(), 'https://a.b', $2)"
)


async def test_a_user_may_neither_read_nor_write_any(admin: asyncpg.Connection) -> None:
    privileges = (
        "SELECT privilege_type FROM information_schema.column_privileges "
        "WHERE grantee = 'todo_app' AND table_name = 'external_identities'"
    )
    assert await admin.fetch(privileges) == []
    assert not await admin.fetchval("SELECT has_table_privilege('todo_app', 'external_identities', 'DELETE')")


async def test_no_two_users_have_the_same(ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
    await admin.execute(INSERT, ana.id, str(ana.id))
    with pytest.raises(asyncpg.UniqueViolationError):
        await admin.execute(INSERT, bob.id, str(ana.id))


async def test_a_user_may_have_several(ana: Api, admin: asyncpg.Connection) -> None:
    for n in range(2):
        await admin.execute(INSERT, ana.id, f"{n} {ana.id}")


@pytest.mark.parametrize("subject", ["", "x" * 256])
async def test_none_is_empty_or_endless(ana: Api, admin: asyncpg.Connection, subject: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(INSERT, ana.id, subject)


async def test_a_new_address_is_not_proved(ana: Api, admin: asyncpg.Connection) -> None:
    """Whatever was proved of the one before."""
    proved = "SELECT email_verified_at IS NOT NULL FROM users WHERE id = $1"
    await admin.execute("UPDATE users SET email_verified_at = now() WHERE id = $1", ana.id)
    await ana.patch("/users/me", {"first_name": "Ana", "email": ana.email})
    assert await admin.fetchval(proved, ana.id)
    body = {"email": f"new-{ana.email}", "current_password": PASSWORD}
    assert (await ana.patch("/users/me", body)).status_code == 200
    assert not await admin.fetchval(proved, ana.id)
