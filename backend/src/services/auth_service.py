"""Logging in, staying logged in, logging out.

While a password is hashed no database connection is held, so this service is given the database, not a session, and
opens short transactions itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import text

from src.core.config import Settings
from src.core.errors import AppError, BadRequest, Forbidden, Unauthorized
from src.core.security import AccessTokens, PasswordHasher, Principal, RefreshToken, RefreshTokens, Verdict, new_nonce
from src.core.security_events import record, record_suspicion
from src.database.session import Database
from src.database.statements import DatabaseSession, Row, fetch_first
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.user import UserPublic
from src.services.accounts import Account, find_account
from src.services.attempt_limits import (
    LOGIN_BY_ACCOUNT,
    LOGIN_BY_ACCOUNT_AND_NETWORK,
    LOGIN_BY_NETWORK,
    PASSWORD_CONFIRMATION,
    Attempt,
)

GRACE = timedelta(seconds=10)
SESSIONS_KEPT = 100
DEVICE_LENGTH = 200


class InvalidCredentials(AppError):
    """E-mail and password do not belong together, or there is no such account: the answer is the same for both."""

    status = 401
    code = "invalid_credentials"
    title = "The e-mail address or the password is wrong"


class InvalidGrant(BadRequest):
    """What was presented at the token endpoint is wrong, has expired, or was used before (RFC 6749, 5.2)."""

    code = "invalid_grant"
    title = "The credentials or the refresh token are not valid"
    members: ClassVar[Mapping[str, str]] = {"error": "invalid_grant"}


class InvalidRefreshToken(Unauthorized):
    """The refresh token is unknown, has expired, or belongs to a session that ended. Log in again."""

    code = "invalid_refresh_token"
    title = "The refresh token is not valid"


class RefreshTokenReused(InvalidRefreshToken):
    """A refresh token came a second time, after its successor had been given out: one of the two holders stole it."""


class WrongPassword(Forbidden):
    """``current_password`` is not the password of this account."""

    code = "wrong_password"
    title = "The current password is wrong"


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end, as far as it can be told. ``network``: an IPv4 address or an IPv6 /64."""

    network: str
    device: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A live session's new tokens."""

    principal: Principal
    access_token: str
    expires_in: int
    refresh_token: str
    cookie_seconds: int


_START_SESSION = text(f"""
    WITH surplus AS (
        DELETE FROM sessions WHERE user_id = :user_id AND (expires_at <= now() OR id IN (
            SELECT id FROM sessions WHERE user_id = :user_id
            ORDER BY last_used_at DESC OFFSET {SESSIONS_KEPT - 1}))
    ), forgiven AS (
        DELETE FROM attempt_limits WHERE key = :forgiven
    ), account AS (
        SELECT id FROM users WHERE id = :user_id AND is_active AND password_hash = :password_hash FOR SHARE
    )
    INSERT INTO sessions (user_id, id, family_hash, token_hash, device, network, expires_at, ends_at)
    SELECT id, :id, :family_hash, :token_hash, :device, :network,
           now() + least(CAST(:idle AS interval), CAST(:whole AS interval)), now() + CAST(:whole AS interval)
    FROM account
    RETURNING id
""")  # noqa: S608  # made of constants

_REHASH = text("UPDATE users SET password_hash = :new WHERE id = :id AND password_hash = :old")

_LOCK_FAMILY = text("""
    SELECT sessions.user_id, sessions.id, token_hash, previous_token_hash, nonce,
           rotated_at > clock_timestamp() - CAST(:grace AS interval) AS in_grace,
           sessions.expires_at > now() AND users.is_active AS is_alive,
           extract(epoch FROM sessions.expires_at - now())::int AS seconds_left
    FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE family_hash = :family_hash FOR UPDATE OF sessions
""")

_ROTATE = text("""
    UPDATE sessions SET token_hash = :token_hash, previous_token_hash = token_hash, nonce = :nonce,
        rotated_at = clock_timestamp(), last_used_at = now(),
        expires_at = least(now() + CAST(:idle AS interval), ends_at), device = :device, network = :network
    WHERE user_id = :user_id AND id = :id
    RETURNING extract(epoch FROM expires_at - now())::int AS seconds_left
""")

_END_SESSION = text("DELETE FROM sessions WHERE user_id = :user_id AND id = :id")
_END_FAMILY = text("DELETE FROM sessions WHERE family_hash = :family_hash RETURNING user_id, id")


class AuthService:
    def __init__(
        self,
        database: Database,
        *,
        hasher: PasswordHasher,
        access_tokens: AccessTokens,
        refresh_tokens: RefreshTokens,
        settings: Settings,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._access_tokens = access_tokens
        self._refresh_tokens = refresh_tokens
        self._idle = timedelta(days=settings.session_idle_days)
        self._whole = timedelta(days=settings.session_max_days)

    async def log_in(self, identity: str, password: str, client: Client) -> tuple[Grant, UserPublic]:
        """``identity`` is an e-mail address or a username. Raises InvalidCredentials or TooManyRequests."""
        key = identity_key(identity.strip())
        here = LOGIN_BY_ACCOUNT_AND_NETWORK.on(key, client.network)
        attempts = [here, LOGIN_BY_ACCOUNT.on(key), LOGIN_BY_NETWORK.on(client.network)]
        account = await find_account(self._database, attempts, identities=[key])
        verdict = await self._hasher.verify(password, account.password_hash if account else None)
        if account is None or not verdict.is_valid or not account.is_active:
            record_suspicion("login failed", user=account.id if account else None)
            raise InvalidCredentials
        grant = await self.start_session(account.id, account.password_hash, client, forgiven=here)
        await self._upgrade_hash(account, verdict)
        return grant, account.public

    async def start_session(
        self, user_id: UUID, password_hash: str, client: Client, *, forgiven: Attempt | None = None
    ) -> Grant:
        """For whom it has been proved to be the user, while the account had this password hash.

        Raises InvalidCredentials if the password was changed since, or the account deactivated or deleted.
        """
        token, session_id = RefreshToken.new(), new_id()
        started = await self._database.run_alone(
            _START_SESSION,
            {
                "user_id": user_id,
                "id": session_id,
                "password_hash": password_hash,
                "family_hash": token.family_hash,
                "token_hash": token.secret_hash,
                "idle": self._idle,
                "whole": self._whole,
                "forgiven": forgiven and forgiven.key,
                **_described(client),
            },
        )
        if started is None:
            record_suspicion("login failed", user=user_id)
            raise InvalidCredentials
        record("session started", user=user_id, session=session_id)
        seconds = int(min(self._idle, self._whole).total_seconds())
        return self._grant(Principal(user_id, session_id), token, seconds)

    async def refresh(self, presented: str, client: Client) -> Grant:
        """Exchange a refresh token for its successor and an access token. Raises InvalidRefreshToken."""
        token = RefreshToken.parse(presented)
        if token is None:
            raise InvalidRefreshToken
        async with self._database.as_system() as session:
            family = await fetch_first(session, _LOCK_FAMILY, family_hash=token.family_hash, grace=GRACE)
            if family is None or not family.is_alive:
                record_suspicion("refresh token refused", user=family and family.user_id, session=family and family.id)
                raise InvalidRefreshToken
            return await self._successor(session, family, token, client)

    async def end_by_refresh_token(self, presented: str) -> None:
        """Ends the session of the token; nothing happens if there is none."""
        token = RefreshToken.parse(presented)
        if token is not None:
            async with self._database.as_system() as session:
                ended = await fetch_first(session, _END_FAMILY, family_hash=token.family_hash)
            if ended is not None:
                record("session ended", user=ended.user_id, session=ended.id)

    async def confirm_password(self, user_id: UUID, password: str) -> Account:
        """The account, if this is its password. Raises WrongPassword or TooManyRequests."""
        account = await find_account(self._database, [PASSWORD_CONFIRMATION.on(str(user_id))], user_id=user_id)
        verdict = await self._hasher.verify(password, account.password_hash if account else None)
        if account is None or not verdict.is_valid:
            record_suspicion("password not confirmed", user=user_id)
            raise WrongPassword
        return account

    async def _upgrade_hash(self, account: Account, verdict: Verdict) -> None:
        if verdict.new_hash is not None:
            await self._database.run_alone(
                _REHASH, {"id": account.id, "old": account.password_hash, "new": verdict.new_hash}
            )

    async def _successor(self, session: DatabaseSession, family: Row, token: RefreshToken, client: Client) -> Grant:
        principal = Principal(family.user_id, family.id)
        if token.secret_hash == family.token_hash:
            return await self._rotate(session, principal, token, client)
        if token.secret_hash == family.previous_token_hash and family.in_grace:
            successor = self._refresh_tokens.given_successor(token, family.nonce, family.token_hash)
            if successor is None:  # SECRET_KEY was replaced within the grace, and the other one is not known here
                raise InvalidRefreshToken
            return self._grant(principal, successor, family.seconds_left)
        await fetch_first(session, _END_SESSION, user_id=family.user_id, id=family.id)
        record_suspicion("refresh token reused", user=family.user_id, session=family.id)
        raise RefreshTokenReused(keeps_changes=True)

    async def _rotate(
        self, session: DatabaseSession, principal: Principal, token: RefreshToken, client: Client
    ) -> Grant:
        nonce = new_nonce()
        successor = self._refresh_tokens.successor(token, nonce)
        changed = {"token_hash": successor.secret_hash, "nonce": nonce, "idle": self._idle, **_described(client)}
        where = {"user_id": principal.id, "id": principal.session_id}
        rotated = await fetch_first(session, _ROTATE, **changed, **where)
        assert rotated is not None
        return self._grant(principal, successor, rotated.seconds_left)

    def _grant(self, principal: Principal, token: RefreshToken, cookie_seconds: int) -> Grant:
        return Grant(
            principal=principal,
            access_token=self._access_tokens.issue(principal),
            expires_in=int(self._access_tokens.lifetime.total_seconds()),
            refresh_token=str(token),
            cookie_seconds=cookie_seconds,
        )


def _described(client: Client) -> dict[str, str | None]:
    return {"device": client.device[:DEVICE_LENGTH] if client.device else None, "network": client.network}
