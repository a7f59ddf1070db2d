"""Access tokens: JWTs (RFC 7519, profile RFC 9068) signed with HS256."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from jose import jwt
from jose.exceptions import JOSEError

from src.core import clock
from src.core.security.keys import Keyring

ALGORITHM: Final = "HS256"
JWT_TYPE: Final = "at+jwt"
ISSUER: Final = "todo-api"
AUDIENCE: Final = "todo-api"
HEADER_NAMES: Final = frozenset({"alg", "typ", "kid"})
CLAIM_NAMES: Final = frozenset({"iss", "aud", "sub", "sid", "jti", "iat", "exp"})
MAXIMUM_LENGTH: Final = 2048
FORM: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""The one spelling of a JWS with a signature of 32 bytes; the decoder skips characters that base64 does not have."""
CACHE_SIZE: Final = 10_000


class InvalidAccessToken(Exception):
    """The token is not one of ours, was altered, or has expired."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a user and the session of that user. That the session is alive, only the database can tell."""

    id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    expires: float


class AccessTokens:
    """Makes and verifies access tokens.

    A verified token is remembered until it expires, because the signature costs more than all else here. That is
    sound only because every request asks the database whether the session is still alive.
    """

    def __init__(self, keyring: Keyring, lifetime: timedelta) -> None:
        keys = keyring.keys_for("access-token")
        self._current = keys[0]
        self._secrets = {key.kid: key.secret for key in keys}
        self._verified: dict[str, _Verified] = {}
        self.lifetime = lifetime

    def issue(self, principal: Principal) -> str:
        issued = int(clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(principal.id),
            "sid": str(principal.session_id),
            "jti": str(uuid4()),
            "iat": issued,
            "exp": issued + int(self.lifetime.total_seconds()),
        }
        headers = {"typ": JWT_TYPE, "kid": self._current.kid}
        return jwt.encode(claims, self._current.secret, algorithm=ALGORITHM, headers=headers)

    def verify(self, token: str) -> Principal:
        """Raises InvalidAccessToken, which never says why."""
        now = clock.now().timestamp()
        known = self._verified.get(token)
        if known is None:
            known = self._verify(token, now)
            self._remember(token, known)
        if known.expires <= now:
            self._verified.pop(token, None)
            raise InvalidAccessToken
        return known.principal

    def _verify(self, token: str, now: float) -> _Verified:
        if len(token) > MAXIMUM_LENGTH or not FORM.fullmatch(token):
            raise InvalidAccessToken
        try:
            secret = self._secret_for(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options={"verify_exp": False}
            )
        except (JOSEError, ValueError, TypeError, RecursionError):
            raise InvalidAccessToken from None
        return _checked(claims, now)

    def _secret_for(self, header: Mapping[str, Any]) -> bytes:
        # python-jose ignores `crit` and takes any `typ`; nothing that we did not write ourselves is let through
        if header.keys() != HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != JWT_TYPE:
            raise InvalidAccessToken
        kid = header["kid"]
        if not isinstance(kid, str) or kid not in self._secrets:
            raise InvalidAccessToken
        return self._secrets[kid]

    def _remember(self, token: str, verified: _Verified) -> None:
        if len(self._verified) >= CACHE_SIZE:
            self._verified.pop(next(iter(self._verified)))
        self._verified[token] = verified


def _checked(claims: Mapping[str, Any], now: float) -> _Verified:
    if not claims.keys() >= CLAIM_NAMES:
        raise InvalidAccessToken
    issued, expires = claims["iat"], claims["exp"]
    if type(issued) is not int or type(expires) is not int or not issued <= now + 60 or expires <= now:
        raise InvalidAccessToken
    if not isinstance(claims["aud"], str) or not isinstance(claims["jti"], str):
        raise InvalidAccessToken
    try:
        principal = Principal(id=UUID(claims["sub"]), session_id=UUID(claims["sid"]))
    except (ValueError, TypeError, AttributeError):
        raise InvalidAccessToken from None
    return _Verified(principal, expires)
