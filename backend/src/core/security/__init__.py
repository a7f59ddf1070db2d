"""Everything cryptographic, behind plain names."""

from src.core.security.access_tokens import AccessTokens, InvalidAccessToken, Principal
from src.core.security.cursors import Cursors, InvalidCursor, Position
from src.core.security.keys import Keyring, fingerprint
from src.core.security.passwords import PasswordHasher, Verdict, password_weakness
from src.core.security.refresh_tokens import RefreshToken, RefreshTokens, new_nonce
from src.core.security.reset_tokens import new_reset_token, reset_token_hash

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
    "new_reset_token",
    "password_weakness",
    "reset_token_hash",
]
