"""Keys derived from SECRET_KEY, one for each purpose, and signatures made with them."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from src.core.config import Settings

SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A key and the public name (``kid``) by which a token says that it was signed with it."""

    kid: str
    secret: bytes


class Keyring:
    """The current key, which signs, and the previous one, whose signatures are still taken while keys rotate."""

    def __init__(self, settings: Settings) -> None:
        self._masters = [settings.secret_key.get_secret_value().encode()]
        if settings.secret_key_previous is not None:
            self._masters.append(settings.secret_key_previous.get_secret_value().encode())

    def keys_for(self, purpose: str) -> Sequence[SigningKey]:
        """The keys of one purpose, the current one first. Keys of two purposes tell nothing about each other."""
        return [
            SigningKey(kid=_derive(master, f"{purpose}/kid").hex()[:16], secret=_derive(master, purpose))
            for master in self._masters
        ]


def _derive(master: bytes, purpose: str) -> bytes:
    return hmac.digest(master, f"todo-api/{purpose}".encode(), "sha256")


def sign(key: SigningKey, message: bytes) -> bytes:
    """An HMAC-SHA-256, cut to 128 bits."""
    return hmac.digest(key.secret, message, "sha256")[:SIGNATURE_BYTES]


def is_signed(keys: Sequence[SigningKey], message: bytes, signature: bytes) -> bool:
    return any(hmac.compare_digest(sign(key, message), signature) for key in keys)


def fingerprint(data: bytes) -> bytes:
    """A SHA-256, for what is random enough to need no salt."""
    return hashlib.sha256(data).digest()
