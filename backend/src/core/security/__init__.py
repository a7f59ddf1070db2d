"""Everything cryptographic, behind plain names."""

from src.core.security.access_tokens import AccessTokens, InvalidAccessToken, Principal
from src.core.security.cursors import Cursors, InvalidCursor, Position
from src.core.security.keys import Keyring, fingerprint
from src.core.security.passwords import PasswordHasher, Verdict, password_weakness
from src.core.security.refresh_tokens import RefreshToken, RefreshTokens, new_nonce

__all__ = [
    "AccessTokens",
    "Cursors",
    "InvalidAccessToken",
    "InvalidCursor",
    "Keyring",
    "PasswordHasher",
    "Position",
    "Principal",
    "RefreshToken",
    "RefreshTokens",
    "Verdict",
    "fingerprint",
    "new_nonce",
    "password_weakness",
]
