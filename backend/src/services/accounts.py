"""Finding an account and counting the attempt on it, in one statement and one round trip; what passwords may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from src.core.errors import Invalid
from src.core.security import password_weakness
from src.database.session import Database
from src.database.statements import Row
from src.schemas.encoding import build
from src.schemas.user import UserPublic, UserRegister
from src.services.attempt_limits import COUNT_ATTEMPTS, Attempt, parameters, purge_now_and_then, refuse_excess

PUBLIC_COLUMNS = "id, email, username, first_name, last_name, timezone, version, created_at, updated_at"

_FIND = text(f"""
    WITH counted AS ({COUNT_ATTEMPTS}),
    outcome AS (
        SELECT array_agg(key) AS keys_counted, array_agg(is_allowed) AS allowed, array_agg(backlog) AS backlogs
        FROM counted
    )
    SELECT outcome.keys_counted, outcome.allowed, outcome.backlogs, account.password_hash, account.is_active,
           {", ".join(f"account.{column}" for column in PUBLIC_COLUMNS.split(", "))}
    FROM outcome LEFT JOIN users AS account
      ON account.email_key = ANY (CAST(:identities AS text[]))
      OR account.username_key = ANY (CAST(:identities AS text[]))
      OR account.id = CAST(:id AS uuid)
    LIMIT 1
""")  # noqa: S608  # made of constants


@dataclass(frozen=True, slots=True)
class Account:
    """A row of users, with what only the server may see."""

    id: UUID
    is_active: bool
    password_hash: str
    public: UserPublic


async def find_account(
    database: Database, attempts: Sequence[Attempt], *, identities: Sequence[str] = (), user_id: UUID | None = None
) -> Account | None:
    """The account with one of these keys (see `identity_key`), or with this id.

    Raises TooManyRequests; the attempts are counted whether or not there is such an account.
    """
    bound = {**parameters(attempts), "identities": list(identities), "id": user_id}
    row = await database.run_alone(_FIND, bound)
    assert row is not None
    outcome = zip(row.allowed, row.backlogs, strict=True)
    refuse_excess(attempts, dict(zip(row.keys_counted, outcome, strict=True)))
    await purge_now_and_then(database)
    if row.id is None:
        return None
    public = public_user([row[column] for column in PUBLIC_COLUMNS.split(", ")])
    return Account(id=row.id, is_active=row.is_active, password_hash=row.password_hash, public=public)


def public_user(row: Row | Sequence[Any]) -> UserPublic:
    """``row`` holds `PUBLIC_COLUMNS`, in that order."""
    return build(UserPublic, *row)


def refuse_weak_password(password: str, pointer: str, user: UserPublic | UserRegister) -> None:
    """Raises Invalid for a password that is common, or the user's own name or address."""
    own_words = (user.email, user.username, user.first_name, user.last_name)
    if (weakness := password_weakness(password, own_words=own_words)) is not None:
        raise Invalid.field(pointer, "weak_password", weakness)
