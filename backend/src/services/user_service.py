"""Accounts: making, changing and deleting them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, TextClause, text

from src.core.errors import Conflict, Invalid, Unauthorized
from src.core.security import PasswordHasher, Principal
from src.core.security_events import record
from src.database.failures import IntegrityError, violated_constraint
from src.database.session import Database
from src.database.statements import DatabaseSession, fetch_first
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.user import PasswordChange, UserPublic, UserRegister, UserUpdate
from src.services.accounts import PUBLIC_COLUMNS, Account, find_account, public_user, refuse_weak_password
from src.services.attempt_limits import REGISTRATION_BY_NETWORK
from src.services.auth_service import AuthService, WrongPassword
from src.services.mails import Mailer
from src.services.preconditions import Precondition


class EmailTaken(Conflict):
    """Another account has this e-mail address."""

    code = "email_taken"
    title = "There is an account with this e-mail address"


class UsernameTaken(Conflict):
    """Another account has this username."""

    code = "username_taken"
    title = "There is an account with this username"


_TAKEN = {"uq_users_email_key": EmailTaken, "uq_users_username_key": UsernameTaken}

_INSERT = text(f"""
    INSERT INTO users (id, email, email_key, username, username_key, password_hash, first_name, last_name, timezone)
    VALUES (:id, :email, :email_key, :username, :username_key, :password_hash, :first_name, :last_name, :timezone)
    RETURNING {PUBLIC_COLUMNS}
""")  # noqa: S608  # made of constants

_READ = text(f"SELECT {PUBLIC_COLUMNS} FROM users WHERE id = :owner_id")  # noqa: S608  # made of constants
_LOCK = text(f"SELECT {PUBLIC_COLUMNS} FROM users WHERE id = :owner_id FOR UPDATE")  # noqa: S608  # made of constants

_CHANGE_PASSWORD = text("""
    UPDATE users SET password_hash = :new WHERE id = :id AND password_hash = :seen RETURNING id
""")
_IS_PASSWORD = text("SELECT id FROM users WHERE id = :id AND password_hash = :seen")
_END_OTHERS = text("DELETE FROM sessions WHERE user_id = :id AND id <> :session_id")
_DROP_RESET_TOKENS = text("DELETE FROM password_reset_tokens WHERE user_id = :id")
_DELETE = text("DELETE FROM users WHERE id = :id AND password_hash = :seen RETURNING id")


class UserService:
    """Given the database, not a session, for the reason that `src.services.auth_service` names."""

    def __init__(self, database: Database, *, hasher: PasswordHasher, auth: AuthService, mailer: Mailer) -> None:
        self._database = database
        self._hasher = hasher
        self._auth = auth
        self._mailer = mailer

    async def register(self, new: UserRegister, *, network: str) -> UserPublic:
        """Raises EmailTaken, UsernameTaken, Invalid (a weak password) or TooManyRequests."""
        refuse_weak_password(new.password, "/password", new)
        values = _with_keys(new.model_dump(exclude={"password"}))
        account = await find_account(
            self._database, [REGISTRATION_BY_NETWORK.on(network)], identities=[values["email_key"]]
        )
        if account is not None:
            raise EmailTaken
        values |= {"id": new_id(), "password_hash": await self._hasher.hash(new.password)}
        try:
            row = await self._database.run_alone(_INSERT, values)
        except IntegrityError as error:
            raise _taken(error) from None
        assert row is not None
        record("registered", user=row.id)
        return public_user(row)

    async def read(self, owner: Principal) -> UserPublic:
        async with self._database.as_user(owner) as session:
            return await _own(session, _READ, owner)

    async def update(self, owner: Principal, changes: UserUpdate, precondition: Precondition) -> UserPublic:
        """A new e-mail address needs the password. Raises WrongPassword, EmailTaken, PreconditionFailed, …"""
        values = _with_keys(changes.model_dump(exclude_unset=True, exclude={"current_password"}))
        confirmed = None
        if "email" in values and changes.current_password is not None:
            confirmed = await self._auth.confirm_password(owner.id, changes.current_password)
        async with self._database.as_user(owner) as session:
            current = await _own(session, _LOCK, owner)
            precondition.check(current.version)
            if values.get("email", current.email) != current.email:
                await _leave_address(session, confirmed)
                values["email_verified_at"] = None
            if all(getattr(current, name, value) == value for name, value in values.items()):
                return current
            changed = await _write(session, owner, values)
        if changed.email != current.email:
            record("address changed", user=owner.id, session=owner.session_id)
        return changed

    async def change_password(self, owner: Principal, change: PasswordChange) -> None:
        """Ends all other sessions. Raises WrongPassword or Invalid (a weak password)."""
        account = await self._auth.confirm_password(owner.id, change.current_password)
        refuse_weak_password(change.new_password, "/new_password", account.public)
        new_hash = await self._hasher.hash(change.new_password)
        async with self._database.as_user(owner) as session:
            seen = {"id": owner.id, "seen": account.password_hash}
            if await fetch_first(session, _CHANGE_PASSWORD, **seen, new=new_hash) is None:
                raise WrongPassword  # another request has changed it meanwhile
            await fetch_first(session, _DROP_RESET_TOKENS, id=owner.id)
            await fetch_first(session, _END_OTHERS, id=owner.id, session_id=owner.session_id)
        record("password changed", user=owner.id, session=owner.session_id)
        self._mailer.tell_of_new_password(account.public)

    async def delete(self, owner: Principal, password: str) -> None:
        """Removes the account and every row that belongs to it, at once and for good."""
        account = await self._auth.confirm_password(owner.id, password)
        async with self._database.as_user(owner) as session:
            if await fetch_first(session, _DELETE, id=owner.id, seen=account.password_hash) is None:
                raise WrongPassword
        record("account deleted", user=owner.id, session=owner.session_id)


async def _leave_address(session: DatabaseSession, confirmed: Account | None) -> None:
    """Raises Invalid without the password, and WrongPassword if it is another one by now."""
    if confirmed is None:
        raise Invalid.field("/current_password", "missing", "is required with a new e-mail address")
    if await fetch_first(session, _IS_PASSWORD, id=confirmed.id, seen=confirmed.password_hash) is None:
        raise WrongPassword
    await fetch_first(session, _DROP_RESET_TOKENS, id=confirmed.id)  # they were sent to the old address


async def _write(session: DatabaseSession, owner: Principal, values: Mapping[str, Any]) -> UserPublic:
    try:
        return await _own(session, _update_statement(frozenset(values)), owner, **values)
    except IntegrityError as error:
        raise _taken(error) from None


@lru_cache(maxsize=64)
def _update_statement(changed: frozenset[str]) -> TextClause:
    assigned = ", ".join(f"{name} = :{name}" for name in sorted(changed))
    return text(f"""
        UPDATE users SET {assigned}, version = version + 1, updated_at = now()
        WHERE id = :owner_id RETURNING {PUBLIC_COLUMNS}
    """)  # noqa: S608  # made of the names of columns


async def _own(session: DatabaseSession, statement: Executable, owner: Principal, **parameters: object) -> UserPublic:
    row = await fetch_first(session, statement, owner_id=owner.id, **parameters)
    if row is None:
        raise Unauthorized  # deleted by another request since the transaction was opened
    return public_user(row)


def _with_keys(values: dict[str, Any]) -> dict[str, Any]:
    """Whoever writes an e-mail address or a username writes the key it is compared by."""
    keys = {
        f"{name}_key": values[name] and identity_key(values[name]) for name in ("email", "username") if name in values
    }
    return {**values, **keys}


def _taken(error: Exception) -> Exception:
    taken = _TAKEN.get(violated_constraint(error) or "")
    return taken() if taken else error
