"""Everything cryptographic, behind plain names. The only package that knows python-jose and passlib."""

from src.core.security.access_tokens import AccessTokens, InvalidAccessToken, Principal
from src.core.security.cursors import Cursors, InvalidCursor, Position
from src.core.security.keys import Keyring, fingerprint
from src.core.security.passwords import PasswordHasher, Verdict, password_weakness
from src.core.security.refresh_tokens import RefreshToken, RefreshTokens, new_nonce
from src.core.security.reset_tokens import new_reset_token, reset_token_hash
from src.core.security.subject_tokens import MAXIMUM_LENGTH as SUBJECT_TOKEN_MAX_LENGTH
from src.core.security.subject_tokens import Subject, SubjectTokens, UntrustedSubjectToken

__all__ = [
    "SUBJECT_TOKEN_MAX_LENGTH",
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
    "Subject",
    "SubjectTokens",
    "UntrustedSubjectToken",
    "Verdict",
    "fingerprint",
    "new_nonce",
    "new_reset_token",
    "password_weakness",
    "reset_token_hash",
]
