"""Front ends that bring their own login: what they say of a user becomes a session of ours (RFC 8693).

Inside the API there is one kind of token, whatever the front door. A subject token leads to an account like this:

- An identity (issuer and ``sub``) that was here before has its account, whatever the addresses are by now.
- A new one gets the account with its e-mail address, which the issuer has verified, or else a new account. That one
  has a password that nobody knows; a password reset sets one.
- An account whose address nobody has proved yet may have been made by somebody else, who waits for the owner to come.
  So whoever first proves the address, by such a token or by a password reset, has the account alone from then on: its
  sessions, its password and the identities it had before are worth nothing any more, and a mail tells of it.
"""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from src.core.errors import BadRequest
from src.core.security import PasswordHasher, Subject, SubjectTokens, UntrustedSubjectToken
from src.core.security_events import record, record_suspicion
from src.database.session import Database
from src.database.statements import DatabaseSession, fetch_first
from src.domain.text import identity_key
from src.models import new_id
from src.schemas.base import Email
from src.services.accounts import PUBLIC_COLUMNS, Account, public_user
from src.services.attempt_limits import TOKEN_EXCHANGE_BY_NETWORK, count_attempt
from src.services.auth_service import AuthService, Client, Grant, InvalidCredentials
from src.services.mails import Mailer


class InvalidSubjectToken(BadRequest):
    """It is not a token of the login service that this API trusts, has expired, or is older than an hour.

    Or it does not say that the e-mail address is verified (``email`` and ``"email_verified": true``), or its account
    is deactivated. RFC 8693, 2.2.2 has ``invalid_request`` for all of these.
    """

    code = "invalid_subject_token"
    title = "The subject token is not valid"
    members: ClassVar[Mapping[str, str]] = {"error": "invalid_request"}


_EMAIL: TypeAdapter[str] = TypeAdapter(Email)

_FIND = text("""
    SELECT users.id, users.password_hash
    FROM external_identities AS identity JOIN users ON users.id = identity.user_id
    WHERE identity.issuer = :issuer AND identity.subject = :subject
""")

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:subject AS text), 0))")

# the update changes nothing: it locks the account that is there
_HOLD_ACCOUNT = text(f"""
    INSERT INTO users (id, email, email_key, password_hash, email_verified_at)
    VALUES (:id, :email, :email_key, :password_hash, now())
    ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key
    RETURNING {PUBLIC_COLUMNS}, is_active, password_hash, email_verified_at IS NOT NULL AS is_proved
""")  # noqa: S608  # made of constants

_HAND_OVER = text("""
    WITH ended AS (DELETE FROM sessions WHERE user_id = :id),
    unlinked AS (DELETE FROM external_identities WHERE user_id = :id),
    dropped AS (DELETE FROM password_reset_tokens WHERE user_id = :id)
    UPDATE users SET password_hash = :password_hash, email_verified_at = now() WHERE id = :id
""")

_LINK = text("""
    INSERT INTO external_identities (user_id, id, issuer, subject) VALUES (:user_id, :id, :issuer, :subject)
""")


class TokenExchangeService:
    """Given the database, not a session, for the reason that `src.services.auth_service` names."""

    def __init__(
        self,
        database: Database,
        *,
        subject_tokens: SubjectTokens,
        hasher: PasswordHasher,
        auth: AuthService,
        mailer: Mailer,
    ) -> None:
        self._database = database
        self._subject_tokens = subject_tokens
        self._hasher = hasher
        self._auth = auth
        self._mailer = mailer

    async def exchange(self, subject_token: str, client: Client) -> Grant:
        """A new session for whom the token names. Raises InvalidSubjectToken or TooManyRequests."""
        await count_attempt(self._database, TOKEN_EXCHANGE_BY_NETWORK.on(client.network))
        subject = self._verified(subject_token)
        known = await self._database.run_alone(_FIND, _key_of(subject))
        user_id, password_hash = (known.id, known.password_hash) if known else await self._link(subject)
        try:
            return await self._auth.start_session(user_id, password_hash, client)
        except InvalidCredentials:
            raise InvalidSubjectToken from None

    def _verified(self, token: str) -> Subject:
        """With the address as registration would store it."""
        try:
            subject = self._subject_tokens.verify(token)
            return Subject(subject.issuer, subject.id, _EMAIL.validate_python(subject.email))
        except (UntrustedSubjectToken, ValidationError):
            record_suspicion("subject token refused")
            raise InvalidSubjectToken from None

    async def _link(self, subject: Subject) -> tuple[UUID, str]:
        """The id and the password hash of the account that the identity has from now on."""
        nobodys_hash = self._hasher.hash_of_nobody()
        async with self._database.as_system() as session:
            await fetch_first(session, _ONE_AT_A_TIME, subject=subject.id)
            known = await fetch_first(session, _FIND, **_key_of(subject))
            if known is not None:  # linked by a request that came at the same time
                return known.id, known.password_hash
            account, is_proved = await _hold_account(session, subject, nobodys_hash)
            if not is_proved:
                await fetch_first(session, _HAND_OVER, id=account.id, password_hash=nobodys_hash)
            await fetch_first(session, _LINK, user_id=account.id, id=new_id(), **_key_of(subject))
        record("identity linked", user=account.id)
        if is_proved:
            return account.id, account.password_hash
        self._tell_of_handover(account)
        return account.id, nobodys_hash

    def _tell_of_handover(self, account: Account) -> None:
        record_suspicion("account handed over", user=account.id)
        self._mailer.tell_of_handover(account.public)


async def _hold_account(session: DatabaseSession, subject: Subject, password_hash: str) -> tuple[Account, bool]:
    """The account with this address, or a new one, locked; and whether it is proved that the address is its user's."""
    row = await fetch_first(
        session,
        _HOLD_ACCOUNT,
        id=new_id(),
        email=subject.email,
        email_key=identity_key(subject.email),
        password_hash=password_hash,
    )
    assert row is not None
    if not row.is_active:
        raise InvalidSubjectToken
    public = public_user([row[column] for column in PUBLIC_COLUMNS.split(", ")])
    return Account(row.id, row.is_active, row.password_hash, public), row.is_proved


def _key_of(subject: Subject) -> dict[str, str]:
    return {"issuer": subject.issuer, "subject": subject.id}
