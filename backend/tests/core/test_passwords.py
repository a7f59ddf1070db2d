"""Passwords: which are taken, and what is kept of them."""

import asyncio
import unicodedata
from collections.abc import Iterator

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from passlib.hash import bcrypt

from src.core.errors import Unavailable
from src.core.security import PasswordHasher, password_weakness
from src.core.security.passwords import WAITING_LIMIT
from tests.factories import PASSWORD, Api, problem

ROUNDS = 4
NAMES = ["ana.lopez@example.com", "ana-the-great", "Anastasia", None]


@pytest.fixture(scope="module")
def hasher() -> Iterator[PasswordHasher]:
    made = PasswordHasher(ROUNDS)
    yield made
    made.close()


async def is_right(hasher: PasswordHasher, password: str, hashed: str) -> bool:
    return (await hasher.verify(password, hashed)).is_valid


class TestAHash:
    @pytest.mark.parametrize(
        "password",
        [
            "short",
            "a" * 72,
            "a" * 73,
            "a" * 1024,
            "🔥" * 64,
            "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 20,
            "nul\x00in the middle",
            "\x00" * 8,
            "مرحبا بالعالم",
            " leading and trailing ",
            "",
        ],
        ids=lambda password: f"{len(password)} characters",
    )
    async def test_takes_the_whole_password_and_no_other(self, hasher: PasswordHasher, password: str):
        hashed = await hasher.hash(password)
        assert await is_right(hasher, password, hashed)
        for other in (f"{password}x", password[:-1] or "x", f"x{password}"):
            assert not await is_right(hasher, other, hashed)

    async def test_tells_passwords_apart_that_share_their_first_72_bytes(self, hasher: PasswordHasher):
        for start in ("a" * 72, "é" * 36, "🔥" * 18, "\x00" * 72):
            hashed = await hasher.hash(start + "one tail")
            assert await is_right(hasher, start + "one tail", hashed)
            assert not await is_right(hasher, start + "another", hashed)
            assert not await is_right(hasher, start, hashed)

    async def test_tells_passwords_apart_that_differ_after_a_nul(self, hasher: PasswordHasher):
        hashed = await hasher.hash("before\x00after")
        assert not await is_right(hasher, "before\x00other", hashed)
        assert not await is_right(hasher, "before", hashed)

    @settings(max_examples=15)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=128))
    async def test_is_the_same_password_in_either_unicode_form(self, text: str):
        hasher = PasswordHasher(ROUNDS)
        try:
            hashed = await hasher.hash(unicodedata.normalize("NFC", text))
            assert await is_right(hasher, unicodedata.normalize("NFD", text), hashed)
        finally:
            hasher.close()

    async def test_is_another_one_each_time(self, hasher: PasswordHasher):
        assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)

    async def test_tells_upper_from_lower_case(self, hasher: PasswordHasher):
        assert not await is_right(hasher, PASSWORD.upper(), await hasher.hash(PASSWORD))


class TestOldHashes:
    async def test_of_plain_bcrypt_are_verified_and_replaced(self, hasher: PasswordHasher):
        old = bcrypt.using(rounds=ROUNDS).hash(PASSWORD)
        verdict = await hasher.verify(PASSWORD, old)
        assert verdict.is_valid
        assert verdict.new_hash is not None
        assert verdict.new_hash.startswith("$bcrypt-sha256$")
        assert await is_right(hasher, PASSWORD, verdict.new_hash)

    async def test_with_fewer_rounds_are_replaced(self):
        cheap, dear = PasswordHasher(4), PasswordHasher(5)
        try:
            verdict = await dear.verify(PASSWORD, await cheap.hash(PASSWORD))
            assert verdict.is_valid
            assert verdict.new_hash is not None
        finally:
            cheap.close()
            dear.close()

    async def test_of_today_are_kept(self, hasher: PasswordHasher):
        assert (await hasher.verify(PASSWORD, await hasher.hash(PASSWORD))).new_hash is None

    async def test_are_not_replaced_for_a_wrong_password(self, hasher: PasswordHasher):
        verdict = await hasher.verify("wrong", bcrypt.using(rounds=ROUNDS).hash(PASSWORD))
        assert (verdict.is_valid, verdict.new_hash) == (False, None)

    async def test_of_plain_bcrypt_refuse_a_nul(self, hasher: PasswordHasher):
        verdict = await hasher.verify("be\x00fore", bcrypt.using(rounds=ROUNDS).hash("be"))
        assert not verdict.is_valid

    @pytest.mark.parametrize("typed", ["two\u00b2 and a \u00b4", "\uff41\uff42\uff43 and more", "e\u0301tude no 3"])
    async def test_were_made_of_what_was_typed_as_it_was_typed(self, hasher: PasswordHasher, typed: str):
        verdict = await hasher.verify(typed, bcrypt.using(rounds=ROUNDS).hash(typed))
        assert verdict.is_valid
        assert verdict.new_hash is not None
        assert await is_right(hasher, unicodedata.normalize("NFC", typed), verdict.new_hash)

    async def test_are_upgraded_by_a_login_which_then_goes_on_working(self, ana: Api, admin: asyncpg.Connection):
        old = bcrypt.using(rounds=ROUNDS).hash(PASSWORD)
        await admin.execute("UPDATE users SET password_hash = $1 WHERE id = $2", old, ana.id)
        problem(await ana.log_in(password="wrong"), 401, "invalid_credentials")
        assert await admin.fetchval("SELECT password_hash FROM users WHERE id = $1", ana.id) == old
        assert (await ana.log_in()).status_code == 200
        stored = await admin.fetchval("SELECT password_hash FROM users WHERE id = $1", ana.id)
        assert stored.startswith("$bcrypt-sha256$")
        assert (await ana.log_in()).status_code == 200
        assert await admin.fetchval("SELECT password_hash FROM users WHERE id = $1", ana.id) == stored


class TestAnUnknownAccount:
    async def test_is_never_right(self, hasher: PasswordHasher):
        for password in ("", PASSWORD, "nobody has this password", "nul\x00"):
            verdict = await hasher.verify(password, None)
            assert (verdict.is_valid, verdict.new_hash) == (False, None)

    async def test_costs_what_a_known_one_costs(self, hasher: PasswordHasher):
        dearer = PasswordHasher(ROUNDS + 1)
        try:
            for each in (hasher, dearer):
                known = await each.hash(PASSWORD)
                for unknown in (each._dummy_hash, each.hash_of_nobody()):
                    assert len(unknown) == len(known)
                    assert unknown.rsplit("$", 2)[0] == known.rsplit("$", 2)[0]
                    assert not await is_right(each, PASSWORD, unknown)
        finally:
            dearer.close()

    async def test_is_each_time_another(self, hasher: PasswordHasher):
        assert hasher.hash_of_nobody() != hasher.hash_of_nobody()


class TestManyAtOnce:
    async def test_beyond_the_limit_are_sent_away_and_the_others_served(self):
        hasher = PasswordHasher(ROUNDS)
        try:
            hashed = await hasher.hash(PASSWORD)
            outcomes = await asyncio.gather(
                *(hasher.verify(PASSWORD, hashed) for _ in range(WAITING_LIMIT + 10)), return_exceptions=True
            )
            refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
            served = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
            assert (len(refused), len(served)) == (10, WAITING_LIMIT)
            assert all(verdict.is_valid for verdict in served)
            assert all("Retry-After" in error.headers for error in refused)
            assert await is_right(hasher, PASSWORD, hashed)
        finally:
            hasher.close()

    async def test_leave_room_again_when_their_callers_go_away(self):
        hasher = PasswordHasher(ROUNDS)
        try:
            waiting = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(WAITING_LIMIT)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert await hasher.hash(PASSWORD)
        finally:
            hasher.close()


class TestWeakness:
    @pytest.mark.parametrize(
        "password",
        ["password", "PASSWORD", "Password", "iloveyou", "12345678", "qwertyui", "trustno1", "\uff50assword"],
    )
    def test_is_seen_in_the_commonest(self, password: str):
        assert password_weakness(password, own_words=[]) is not None

    @pytest.mark.parametrize(
        "password",
        [
            "ana.lopez@example.com",
            "ANA.LOPEZ@EXAMPLE.COM",
            "ana.lopez",
            "ana.lopez1",
            "ana-the-great",
            "Ana-The-Great!!",
            "anastasia1999",
            "  anastasia",
            "123ANASTASIA!",
        ],
    )
    def test_is_seen_in_ones_own_names(self, password: str):
        assert password_weakness(password, own_words=NAMES) is not None

    @pytest.mark.parametrize("password", [PASSWORD, "🔥" * 8, "zxq!vbn8aaw", "anastasia likes tea", "x" * 9 + "q"])
    def test_is_not_seen_in_others(self, password: str):
        assert password_weakness(password, own_words=NAMES) is None

    @given(st.text(max_size=128), st.lists(st.none() | st.text(max_size=30), max_size=4))
    def test_is_told_without_repeating_the_password(self, password: str, own_words: list[str | None]):
        told = password_weakness(password, own_words=own_words)
        assert told in (None, "is one of the most common passwords", "must not be your name or e-mail address")

    def test_of_a_missing_name_is_none(self):
        assert password_weakness("12345678!!!!x", own_words=["", None]) is None
        assert password_weakness("!!!!????!!!!", own_words=["", None, "   "]) is None
