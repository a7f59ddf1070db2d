"""Refresh tokens, and how one follows from another (RFC 9700, 4.14.2: rotation with reuse detection).

A token is ``family.secret``, 256 random bits each. The family stays for the life of a session; the secret changes at
each use. The database holds SHA-256 sums only. A known family with a secret that is neither the current one nor
the one just before it was stolen or copied: whoever sends it must once have held a token that was really issued.

The successor is computed from the token that it replaces and a fresh nonce, so that tabs racing with the same token,
or a client that lost the answer, are given the same successor, and there is one chain.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass

from src.core.security.keys import Keyring, fingerprint

PART_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    family: bytes
    secret: bytes

    @classmethod
    def new(cls) -> "RefreshToken":
        return cls(secrets.token_bytes(PART_BYTES), secrets.token_bytes(PART_BYTES))

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """None for anything that was never written by ``str()``."""
        family, _, secret = text.partition(".")
        parts = _decoded(family), _decoded(secret)
        token = cls(*parts) if all(len(part) == PART_BYTES for part in parts) else None
        return token if token is not None and str(token) == text else None

    def __str__(self) -> str:
        return f"{_encoded(self.family)}.{_encoded(self.secret)}"

    @property
    def family_hash(self) -> bytes:
        return fingerprint(self.family)

    @property
    def secret_hash(self) -> bytes:
        return fingerprint(self.secret)


class RefreshTokens:
    """Computes successors with a key that the database does not hold."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = [key.secret for key in keyring.keys_for("refresh-token")]

    def successor(self, token: RefreshToken, nonce: bytes) -> RefreshToken:
        """The one token that follows ``token`` under ``nonce`` (32 fresh random bytes, kept with the session)."""
        return _successor(token, nonce, self._keys[0])

    def given_successor(self, token: RefreshToken, nonce: bytes, secret_hash: bytes) -> RefreshToken | None:
        """The one that was given out, by a process whose current key is known here; None if it is another."""
        successors = (_successor(token, nonce, key) for key in self._keys)
        return next((successor for successor in successors if successor.secret_hash == secret_hash), None)


def _successor(token: RefreshToken, nonce: bytes, key: bytes) -> RefreshToken:
    return RefreshToken(token.family, hmac.digest(key, nonce + token.secret, "sha256"))


def new_nonce() -> bytes:
    return secrets.token_bytes(PART_BYTES)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        return b""
