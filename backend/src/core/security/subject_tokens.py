"""Subject tokens: JWTs (RFC 7519) by which a front end with a login of its own says who has logged in there."""

import base64
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from jose import jwk, jws
from jose.exceptions import JOSEError

from src.core import clock
from src.core.config import Settings
from src.core.security.access_tokens import ALGORITHM, FORM

LEEWAY: Final = 30
"""Seconds by which the clocks of the two servers may differ."""
MAXIMUM_AGE: Final = 60 * 60
"""Seconds for which a token can be exchanged, however late it says that it expires."""
MAXIMUM_LENGTH: Final = 8192

Instant = int | float
"""Seconds since 1970 (RFC 7519, 2)."""


class UntrustedSubjectToken(Exception):
    """The token is not one of the configured issuer's for us, was altered, is too old, or proves no address."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody as the issuer knows them. The address has been verified there; whether it is one, was not looked at."""

    issuer: str
    id: str
    email: str


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    # `crit`, `b64`, `jku` and all others are refused, not ignored; there is one key, so `kid` says nothing
    alg: Literal["HS256"]
    typ: Literal["JWT", "jwt"] = "JWT"  # above all not `at+jwt`, which our own access tokens are
    kid: str = ""


class _Claims(msgspec.Struct):
    iss: str
    aud: str
    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    iat: Instant
    exp: Instant
    email: str
    email_verified: bool
    nbf: Instant | msgspec.UnsetType = msgspec.UNSET


class SubjectTokens:
    """Verifies the tokens of one issuer, signed with HS256 and a secret shared with it."""

    def __init__(self, secret: str, *, issuer: str, audience: str) -> None:
        self._key = jwk.construct(secret.encode(), ALGORITHM)  # a text would be searched for JWKs first
        self._issuer = issuer
        self._audience = audience

    @classmethod
    def configured(cls, settings: Settings) -> "SubjectTokens | None":
        """None where the settings name no issuer."""
        secret, issuer, audience = (
            settings.better_auth_secret,
            settings.better_auth_issuer,
            settings.better_auth_audience,
        )
        if secret is None or issuer is None or audience is None:
            return None
        return cls(secret.get_secret_value(), issuer=issuer, audience=audience)

    def verify(self, token: str) -> Subject:
        """Raises UntrustedSubjectToken, which never says why."""
        if len(token) > MAXIMUM_LENGTH or not FORM.fullmatch(token):
            raise UntrustedSubjectToken
        try:
            msgspec.json.decode(_decoded(token.partition(".")[0]), type=_Header)
            claims = msgspec.json.decode(jws.verify(token, self._key, [ALGORITHM]), type=_Claims)
        except (JOSEError, ValueError, RecursionError):
            raise UntrustedSubjectToken from None
        if not (self._is_for_us(claims) and _is_timely(claims) and _is_proof(claims)):
            raise UntrustedSubjectToken
        return Subject(issuer=claims.iss, id=claims.sub, email=claims.email)

    def _is_for_us(self, claims: _Claims) -> bool:
        return claims.iss == self._issuer and claims.aud == self._audience


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_timely(claims: _Claims) -> bool:
    now = clock.now().timestamp()
    begins = claims.iat if claims.nbf is msgspec.UNSET else max(claims.iat, claims.nbf)
    return begins <= now + LEEWAY and claims.exp > now - LEEWAY and claims.iat > now - MAXIMUM_AGE - LEEWAY


def _is_proof(claims: _Claims) -> bool:
    return claims.email_verified is True and claims.sub.isprintable()  # no NUL, which PostgreSQL cannot hold
