"""Setting a new password with a link that came by mail.

Lock order, here and wherever tokens are deleted: the row of the user first, then the token.
"""

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import text

from src.core.errors import BadRequest, TooManyRequests
from src.core.security import PasswordHasher, new_reset_token, reset_token_hash
from src.core.security_events import record, record_suspicion
from src.database.session import Database
from src.database.statements import fetch_first
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.password_reset import PasswordReset
from src.schemas.user import UserPublic
from src.services.accounts import PUBLIC_COLUMNS, find_account, public_user, refuse_weak_password
from src.services.attempt_limits import (
    LOGIN_BY_ACCOUNT_AND_NETWORK,
    RESET_BY_NETWORK,
    RESET_REQUEST_BY_ACCOUNT,
    RESET_REQUEST_BY_NETWORK,
    count_attempt,
)
from src.services.mails import LINK_LIFETIME, Mailer

log = structlog.get_logger()


class InvalidResetToken(BadRequest):
    """The link was used before, has expired, or a newer one was sent; or password or address have changed since.

    Ask for a new one with ``POST /auth/forgot-password``.
    """

    code = "invalid_reset_token"
    title = "The link is not valid, or not any more"


_ISSUE = text("""
    WITH account AS (
        SELECT id FROM users WHERE id = :user_id AND is_active AND email_key = :email_key FOR SHARE
    )
    INSERT INTO password_reset_tokens (user_id, id, token_hash, expires_at)
    SELECT id, :id, :token_hash, now() + CAST(:lifetime AS interval) FROM account
    ON CONFLICT (user_id) DO UPDATE SET
        id = excluded.id, token_hash = excluded.token_hash, created_at = now(), expires_at = excluded.expires_at
    RETURNING user_id
""")

_FIND = text(f"""
    SELECT {", ".join(f"users.{column}" for column in PUBLIC_COLUMNS.split(", "))}
    FROM password_reset_tokens AS token JOIN users ON users.id = token.user_id
    WHERE token.token_hash = :token_hash AND token.expires_at > now() AND users.is_active
""")  # noqa: S608  # made of constants

_SET_PASSWORD = text("UPDATE users SET password_hash = :new WHERE id = :id AND is_active RETURNING id")
_USE = text("""
    DELETE FROM password_reset_tokens
    WHERE user_id = :id AND token_hash = :token_hash AND expires_at > now() RETURNING id
""")
_HAND_OVER = text("""
    WITH forgiven AS (DELETE FROM attempt_limits WHERE key = :forgiven),
    ended AS (DELETE FROM sessions WHERE user_id = :id),
    unlinked AS (
        DELETE FROM external_identities USING users
        WHERE user_id = :id AND users.id = :id AND users.email_verified_at IS NULL
    )
    UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = :id
""")
"""Whoever first proves the address has the account alone: see `src.services.token_exchange_service`."""


class PasswordResetService:
    """Given the database, not a session, for the reason that `src.services.auth_service` names."""

    def __init__(self, database: Database, *, hasher: PasswordHasher, mailer: Mailer) -> None:
        self._database = database
        self._hasher = hasher
        self._mailer = mailer

    async def request(self, email: str, *, network: str) -> None:
        """Have a link sent, if there is such an account. Raises TooManyRequests, for the network only.

        Nothing that is done before the answer looks at accounts, so its time tells nothing of them.
        """
        await count_attempt(self._database, RESET_REQUEST_BY_NETWORK.on(network))
        if self._mailer.is_on:
            self._mailer.run_later("send a password reset link", partial(self._send_link, email))
        else:
            log.warning("a password reset was asked for, but mail is switched off (MAIL_DELIVERY=off)")

    async def reset(self, request: PasswordReset, *, network: str) -> None:
        """Ends all sessions. Raises InvalidResetToken, Invalid (a weak password: the link stays good), …"""
        await count_attempt(self._database, RESET_BY_NETWORK.on(network))
        token_hash = reset_token_hash(request.token)
        row = await self._database.run_alone(_FIND, {"token_hash": token_hash})
        if row is None:
            record_suspicion("reset token refused")
            raise InvalidResetToken
        user = public_user(row)
        refuse_weak_password(request.new_password, "/new_password", user)
        await self._use(token_hash, user, await self._hasher.hash(request.new_password), network)
        record("password reset", user=user.id)
        self._mailer.tell_of_new_password(user)

    async def _use(self, token_hash: bytes, user: UserPublic, new_hash: str, network: str) -> None:
        # guesses at the old password no longer count: who has forgotten it has made some
        forgiven = LOGIN_BY_ACCOUNT_AND_NETWORK.on(identity_key(user.email), network)
        async with self._database.as_system() as session:
            if await fetch_first(session, _SET_PASSWORD, id=user.id, new=new_hash) is None:
                raise InvalidResetToken
            if await fetch_first(session, _USE, id=user.id, token_hash=token_hash) is None:
                raise InvalidResetToken  # used or replaced by another request meanwhile; the password is as it was
            await fetch_first(session, _HAND_OVER, id=user.id, forgiven=forgiven.key)

    async def _send_link(self, email: str) -> None:
        key = identity_key(email)
        try:
            account = await find_account(self._database, [RESET_REQUEST_BY_ACCOUNT.on(key)], identities=[key])
        except TooManyRequests:
            log.warning("a password reset was asked for too often for one address; no mail was sent")
            return
        if account is None or not account.is_active:
            return
        token = new_reset_token()
        issued = await self._database.run_alone(_ISSUE, _issue(account.public, key, token, LINK_LIFETIME))
        if issued is not None:  # else the address was changed since it was looked up
            record("reset link sent", user=account.id)
            await self._mailer.send_reset_link(account.public, token)


def _issue(user: UserPublic, email_key: str, token: str, lifetime: timedelta) -> dict[str, object]:
    return {
        "user_id": user.id,
        "email_key": email_key,
        "id": new_id(),
        "token_hash": reset_token_hash(token),
        "lifetime": lifetime,
    }
