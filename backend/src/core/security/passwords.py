"""Passwords: which are accepted, and how they are hashed without holding up anything else.

The only module that knows passlib.
"""

import asyncio
import os
import secrets
import string
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from src.core.errors import Unavailable
from src.core.threads import lower_priority

with warnings.catch_warnings():
    # passlib 1.7.4 imports the crypt module, which Python 3.13 dropped; it does so only for hashes not used here
    warnings.filterwarnings("ignore", message="'crypt' is deprecated", category=DeprecationWarning)
    from passlib.context import CryptContext
    from passlib.exc import PasswordValueError
    from passlib.hash import bcrypt_sha256

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 128
THREADS = 1 if (os.cpu_count() or 1) <= 2 else 2  # a processor is left to the requests
WAITING_LIMIT = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right, and the hash to store instead where the stored one is of an old kind."""

    is_valid: bool
    new_hash: str | None = None


class PasswordHasher:
    """bcrypt over SHA-256, so that all of a long password counts, in one or two threads of low priority.

    A hash at cost 12 takes a quarter of a second of a core. Callers hold no database connection meanwhile.
    Beyond 64 waiting calls the answer is Unavailable.
    """

    def __init__(self, rounds: int) -> None:
        self._context = CryptContext(
            schemes=["bcrypt_sha256", "bcrypt"],
            deprecated=["bcrypt"],
            bcrypt_sha256__default_rounds=rounds,
            bcrypt_sha256__min_rounds=rounds,
        )
        self._executor = ThreadPoolExecutor(THREADS, "password", initializer=lower_priority)
        self._waiting = 0
        self._rounds = rounds
        self._dummy_hash = self.hash_of_nobody()

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._context.hash(_canonical(password)))

    def hash_of_nobody(self) -> str:
        """A hash for an account without a password: no password has it, and to try one takes as long as for others.

        To make it takes a millisecond: it is one of a random password at the least cost, which then claims that of all.
        """
        quick = bcrypt_sha256.using(rounds=bcrypt_sha256.min_rounds).hash(secrets.token_urlsafe(32))  # type: ignore[no-untyped-call]
        return str(quick).replace(f",r={bcrypt_sha256.min_rounds}$", f",r={self._rounds}$")

    async def verify(self, password: str, hashed: str | None) -> Verdict:
        """Without a stored hash (an unknown account) a dummy is verified, so that the time tells nothing."""
        return await self._run(lambda: self._verify(password, hashed))

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, hashed: str | None) -> Verdict:
        # An imported hash was made of what was typed, as it was typed. Both forms are always tried: stopping at the
        # first one that fits would tell by the time whether there is an account.
        canonical, stored = _canonical(password), hashed or self._dummy_hash
        fitting = [self._fits(form, stored) for form in dict.fromkeys((canonical, password))]
        if hashed is None or not any(fitting):
            return Verdict(is_valid=False)
        is_old = self._context.needs_update(hashed)
        return Verdict(is_valid=True, new_hash=self._context.hash(canonical) if is_old else None)

    def _fits(self, form: str, stored: str) -> bool:
        try:
            return bool(self._context.verify(form, stored))
        except PasswordValueError:  # NUL, which plain bcrypt hashes of old accounts cannot hold
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_LIMIT:
            raise Unavailable("Too many passwords are being checked at once", retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._waiting -= 1


def _canonical(password: str) -> str:
    """The same characters typed on two keyboards are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MINIMUM_LENGTH)


def password_weakness(password: str, *, own_words: Iterable[str | None]) -> str | None:
    """Why a password of allowed length is refused, or None.

    Args:
        own_words: the user's names and e-mail address, which the first guesses of an attacker will hold.
    """
    folded = _canonical(password).casefold()
    if folded in _common_passwords():
        return "is one of the most common passwords"
    core = folded.strip(string.digits + string.punctuation + string.whitespace)
    own = {word.casefold() for words in own_words if words for word in (words, words.partition("@")[0])}
    if own & {folded, core}:
        return "must not be your name or e-mail address"
    return None
