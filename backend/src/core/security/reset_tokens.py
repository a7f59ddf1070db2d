"""Password reset tokens: 256 random bits in base64url. The database holds their SHA-256 only."""

import secrets

from src.core.security.keys import fingerprint

TOKEN_BYTES = 32


def new_reset_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def reset_token_hash(token: str) -> bytes:
    """What is stored of a token, and looked for when one comes back; whatever was never given out is just unknown."""
    return fingerprint(token.encode())
