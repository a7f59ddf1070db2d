"""Front ends that bring their own login: whose tokens become sessions of ours, and what becomes of the accounts."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from jose import jwt

from src.core import clock
from src.core.logging import configure_logging
from src.core.security import Subject, SubjectTokens, UntrustedSubjectToken
from src.main import create_app
from tests.api.test_password_reset import NEW_PASSWORD, Resets, without_id
from tests.api.test_tokens import OMITTED, TEXTS, Clock, encoded, signed, token_of, without_omitted
from tests.conftest import settings_for
from tests.factories import PASSWORD, SECRET, Api, problem, unique_email
from tests.mail_server import Mailbox, mail_server, mail_settings, text_of

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SHARED_SECRET = "front-end-Kc4mT9wQ2xN7vB5jH8gR3dS6fL1pZ0aY"
ISSUER = "https://app.example.com"
AUDIENCE = "https://api.example.com"
CONFIGURED = {
    "better_auth_secret": SHARED_SECRET,
    "better_auth_issuer": ISSUER,
    "better_auth_audience": AUDIENCE,
}


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
async def app(worker_database: str, mailbox: Mailbox) -> AsyncIterator[FastAPI]:
    """The application with a trusted login service and a mail server; `ana`, `bob` and `api` are callers of it."""
    application = create_app(settings_for(worker_database, **mail_settings(mailbox.port), **CONFIGURED))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
def resets(app: FastAPI, mailbox: Mailbox) -> Resets:
    return Resets(app, mailbox)


@pytest.fixture
async def eve(app: FastAPI) -> AsyncIterator[Api]:
    """An attacker, not registered."""
    async with Api.of(app) as caller:
        yield caller


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped)
    return stopped


def claims(email: str, /, **changes: object) -> dict[str, object]:
    """What the login service says of a user; ``sub`` is the address where nothing else is said."""
    now = int(clock.now().timestamp())
    told = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"user of {email}",
        "iat": now,
        "exp": now + 300,
        "email": email,
        "email_verified": True,
    }
    return without_omitted({**told, **changes})


def subject_token(told: object, *, key: str = SHARED_SECRET, **header: object) -> str:
    head = without_omitted({"alg": "HS256", "typ": "JWT", **header})
    return signed(head, told, key=key.encode())


async def send(caller: Api, token: str, **changes: object) -> httpx.Response:
    form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": JWT, **changes}
    return await caller.request("POST", "/auth/token", data=without_omitted(form))


async def exchange(caller: Api, **changes: object) -> httpx.Response:
    """By a token for the caller's address. On success the client goes on as that user."""
    response = await send(caller, subject_token(claims(caller.email, **changes)))
    if response.status_code == 200:
        caller.use(response.json()["access_token"])
        caller.user = (await caller.get("/users/me")).json()
    return response


async def exchanged(caller: Api, **changes: object) -> dict[str, Any]:
    response = await exchange(caller, **changes)
    assert response.status_code == 200, response.text
    return caller.user


def refusal(response: httpx.Response) -> tuple[dict[str, str], str]:
    """What is told of a subject token that is not valid, but for the request id: the same for every fault."""
    document = problem(response, 400, "invalid_subject_token")
    assert document["error"] == "invalid_request"  # RFC 8693, 2.2.2
    assert response.headers["cache-control"] == "no-store"
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return headers, without_id(response)


class TestExchange:
    async def test_makes_an_account_and_gives_an_ordinary_session(self, api: Api) -> None:
        response = await exchange(api)
        body = response.json()
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert body.keys() == {"access_token", "issued_token_type", "token_type", "expires_in", "refresh_token"}
        assert (body["issued_token_type"], body["token_type"], body["expires_in"]) == (ACCESS_TOKEN, "bearer", 900)
        assert (api.user["email"], api.user["timezone"], api.user["version"]) == (api.email, "UTC", 1)
        assert jwt.get_unverified_claims(body["access_token"])["iss"] == "todo-api"
        await api.create_task()

        form = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}
        refreshed = await api.request("POST", "/auth/token", data=form)
        assert refreshed.json().keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (await api.post("/auth/logout")).status_code == 204
        problem(await api.get("/users/me"), 401, "unauthorized")

    async def test_comes_back_to_the_same_account(self, api: Api, eve: Api) -> None:
        first = await exchanged(api)
        assert await exchanged(api) == first
        assert len((await api.get("/auth/sessions")).json()["items"]) == 2
        assert (await exchanged(eve))["id"] != first["id"]

    @pytest.mark.parametrize("kind", [JWT, ID_TOKEN])
    async def test_takes_a_jwt_or_an_id_token(self, api: Api, kind: str) -> None:
        token = subject_token(claims(api.email, nonce="x", at_hash="x", azp="y"), kid="1")
        answer = await send(api, token, subject_token_type=kind, requested_token_type=ACCESS_TOKEN, scope="x")
        assert answer.status_code == 200

    @pytest.mark.parametrize("header", [{"typ": OMITTED}, {"typ": "jwt"}, {"kid": "any"}])
    async def test_takes_the_header_as_issuers_write_it(self, api: Api, header: dict[str, object]) -> None:
        assert (await send(api, subject_token(claims(api.email), **header))).status_code == 200

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"subject_token": OMITTED}, "/subject_token"),
            ({"subject_token_type": OMITTED}, "/subject_token_type"),
            ({"subject_token_type": ACCESS_TOKEN}, "/subject_token_type"),
            ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "/subject_token_type"),
            ({"requested_token_type": JWT}, "/requested_token_type"),
            ({"grant_type": "client_credentials"}, "/grant_type"),
        ],
    )
    async def test_names_what_is_missing_or_not_known(self, api: Api, fields: dict[str, object], pointer: str) -> None:
        answer = await send(api, subject_token(claims(api.email)), **fields)
        (error,) = problem(answer, 422, "validation_error")["errors"]
        assert error["pointer"] == pointer
        if pointer == "/grant_type":
            assert error["message"] == f"must be 'password', 'refresh_token' or '{GRANT}'"

    async def test_writes_the_address_as_registration_would(self, api: Api) -> None:
        name = uuid4().hex
        assert (await exchanged(api, email=f" {name}@EXAMPLE.com "))["email"] == f"{name}@example.com"

    async def test_any_spelling_of_the_address_is_the_same_account(self, api: Api, eve: Api) -> None:
        first = await exchanged(api, email=f"jos\u00e9{api.email}")
        assert (await exchanged(eve, email=f"JOSE\u0301{api.email}"))["id"] == first["id"]

    async def test_the_longest_subject_is_found_again(self, api: Api) -> None:
        subject = (uuid4().hex * 8)[:254] + "\U0001f600"
        assert await exchanged(api, sub=subject) == await exchanged(api, sub=subject)

    async def test_a_subject_is_not_the_same_in_another_case(self, api: Api, eve: Api) -> None:
        subject = f"Subject-{uuid4()}"
        assert (await exchanged(api, sub=subject))["id"] != (await exchanged(eve, sub=subject.lower()))["id"]

    async def test_finds_the_account_when_the_address_has_changed_at_the_issuer(self, api: Api) -> None:
        first = await exchanged(api, sub=f"subject of {api.email}")
        assert await exchanged(api, sub=f"subject of {api.email}", email=unique_email()) == first

    async def test_finds_the_account_when_the_address_has_changed_here(self, api: Api, resets: Resets) -> None:
        first = await exchanged(api)
        assert (await resets.reset(api, await resets.token(api))).status_code == 204
        assert (await api.log_in(password=NEW_PASSWORD)).status_code == 200
        changes = {"email": unique_email(), "current_password": NEW_PASSWORD}
        assert (await api.patch("/users/me", changes)).status_code == 200
        assert (await exchanged(api))["id"] == first["id"]

    async def test_deletion_forgets_the_identity(self, api: Api, resets: Resets, admin: asyncpg.Connection) -> None:
        first = await exchanged(api)
        await resets.reset(api, await resets.token(api))
        await api.log_in(password=NEW_PASSWORD)
        assert (await api.delete("/users/me", {"current_password": NEW_PASSWORD})).status_code == 204
        count = "SELECT count(*) FROM external_identities WHERE subject = $1"
        assert await admin.fetchval(count, f"user of {api.email}") == 0
        assert (await exchanged(api))["id"] != first["id"]


class TestParallelFirstExchanges:
    @pytest.mark.parametrize("is_registered", [False, True])
    async def test_of_one_subject_make_one_account(
        self, api: Api, admin: asyncpg.Connection, is_registered: bool
    ) -> None:
        if is_registered:
            await api.register()
        token = subject_token(claims(api.email))
        answers = await asyncio.gather(*(send(api, token) for _ in range(20)))
        assert [answer.status_code for answer in answers] == [200] * 20
        subjects = {jwt.get_unverified_claims(answer.json()["access_token"])["sub"] for answer in answers}
        assert len(subjects) == 1
        for answer in answers:  # and none of them has ended the session of another
            api.use(answer.json()["access_token"])
            assert (await api.get("/users/me")).status_code == 200
        assert await admin.fetchval("SELECT count(*) FROM users WHERE email = $1", api.email) == 1

    async def test_of_several_subjects_with_one_address_make_one_account(
        self, api: Api, admin: asyncpg.Connection
    ) -> None:
        tokens = [subject_token(claims(api.email, sub=f"{n} {api.email}")) for n in range(10)]
        answers = await asyncio.gather(*(send(api, token) for token in tokens))
        assert [answer.status_code for answer in answers] == [200] * 10
        user_id = await admin.fetchval("SELECT id FROM users WHERE email = $1", api.email)
        assert await admin.fetchval("SELECT count(*) FROM external_identities WHERE user_id = $1", user_id) == 10

    async def test_of_one_subject_with_several_addresses_make_one_account(
        self, api: Api, admin: asyncpg.Connection
    ) -> None:
        subject, addresses = str(uuid4()), [unique_email() for _ in range(5)]
        tokens = [subject_token(claims(email, sub=subject)) for email in addresses]
        answers = await asyncio.gather(*(send(api, token) for token in tokens))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert await admin.fetchval("SELECT count(*) FROM users WHERE email = ANY ($1::text[])", addresses) == 1

    async def test_and_a_registration_make_one_account(self, app: FastAPI, admin: asyncpg.Connection) -> None:
        for _ in range(5):
            async with Api.of(app) as api:
                registered, exchanged = await asyncio.gather(api.register(), exchange(api))
                assert (registered.status_code in (201, 409), exchanged.status_code) == (True, 200)
                assert await admin.fetchval("SELECT count(*) FROM users WHERE email = $1", api.email) == 1
                assert (await api.log_in()).status_code == 401


class TestAccountsWithoutAPassword:
    async def test_refuse_every_password_as_any_account_does(self, api: Api, eve: Api) -> None:
        await exchanged(api)
        unknown = await eve.log_in()
        for password in (PASSWORD, "nobody has this password", "", "!", "\x00"):
            answer = await api.log_in(password=password)
            problem(answer, 401, "invalid_credentials")
            assert without_id(answer) == without_id(unknown)

    async def test_take_as_long_to_refuse_one(self, api: Api, ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
        await exchanged(api)
        await exchanged(bob)  # whose password is gone

        async def parameters_of(caller: Api) -> str:
            stored = await admin.fetchval("SELECT password_hash FROM users WHERE id = $1", caller.id)
            return str(stored).split("$")[2]

        assert await parameters_of(api) == await parameters_of(bob) == await parameters_of(ana)

    async def test_do_not_share_a_hash(self, api: Api, eve: Api, admin: asyncpg.Connection) -> None:
        ids = [(await exchanged(caller))["id"] for caller in (api, eve)]
        hashes = await admin.fetch("SELECT DISTINCT password_hash FROM users WHERE id = ANY ($1::uuid[])", ids)
        assert len(hashes) == 2

    async def test_get_one_by_a_reset_and_keep_it(self, api: Api, resets: Resets) -> None:
        first = await exchanged(api)
        assert (await resets.reset(api, await resets.token(api))).status_code == 204
        assert (await api.log_in(password=NEW_PASSWORD)).status_code == 200
        assert await exchanged(api) == first
        assert (await api.log_in(password=NEW_PASSWORD)).status_code == 200

    async def test_need_one_for_what_asks_for_it(self, api: Api) -> None:
        await exchanged(api)
        problem(await api.delete("/users/me", {"current_password": ""}), 403, "wrong_password")
        body = {"email": unique_email(), "current_password": PASSWORD}
        problem(await api.patch("/users/me", body), 403, "wrong_password")


class TestAccountsThatWereThereBefore:
    async def test_are_handed_over_to_whoever_first_proves_the_address(
        self, api: Api, eve: Api, resets: Resets, mailbox: Mailbox, app: FastAPI, admin: asyncpg.Connection
    ) -> None:
        """The attacker registers with the victim's address, and waits."""
        eve.email = api.email
        await eve.register_and_log_in(first_name="Eve")
        form = {"grant_type": "password", "username": api.email, "password": PASSWORD}
        refresh_token = (await eve.request("POST", "/auth/token", data=form)).json()["refresh_token"]
        link = await resets.token(eve)

        victim = await exchanged(api)
        assert victim["id"] == eve.user["id"]

        problem(await eve.get("/users/me"), 401, "unauthorized")
        problem(await eve.post("/auth/refresh"), 401, "invalid_refresh_token")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        problem(await eve.request("POST", "/auth/token", data=form), 400, "invalid_grant")
        problem(await eve.log_in(), 401, "invalid_credentials")
        problem(await resets.reset(eve, link), 400, "invalid_reset_token")
        assert len((await api.get("/auth/sessions")).json()["items"]) == 1
        await app.state.context.mailer.drain(30)
        assert "nobody had proved that the address" in text_of(mailbox.to(api.email)[-1])

    async def test_are_handed_over_once(self, ana: Api, resets: Resets) -> None:
        await exchanged(ana)
        await resets.reset(ana, await resets.token(ana))
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200
        session = token_of(ana)
        await exchanged(ana)
        await exchanged(ana, sub=f"another login of {ana.email}")
        ana.use(session)
        assert (await ana.get("/users/me")).status_code == 200
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200

    async def test_keep_their_password_and_sessions_if_a_reset_has_proved_the_address(
        self, ana: Api, resets: Resets
    ) -> None:
        await resets.reset(ana, await resets.token(ana))
        await ana.log_in(password=NEW_PASSWORD)
        session, user_id = token_of(ana), ana.user["id"]
        assert (await exchanged(ana))["id"] == user_id
        ana.use(session)
        assert (await ana.get("/users/me")).status_code == 200
        assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200

    async def test_keep_what_they_hold(self, ana: Api) -> None:
        task = await ana.create_task()
        await exchanged(ana)
        assert (await ana.get(f"/tasks/{task['id']}")).json() == task

    @pytest.mark.parametrize("by", ["exchange", "reset"])
    async def test_do_not_keep_an_identity_of_whoever_had_them_before(
        self, api: Api, eve: Api, resets: Resets, by: str
    ) -> None:
        """The attacker links a login of their own, and gives the account the victim's address."""
        account = await exchanged(eve)
        await resets.reset(eve, await resets.token(eve))
        await eve.log_in(password=NEW_PASSWORD)
        body = {"email": api.email, "current_password": NEW_PASSWORD}
        assert (await eve.patch("/users/me", body)).status_code == 200
        session = token_of(eve)

        if by == "exchange":
            assert (await exchanged(api))["id"] == account["id"]
        else:
            assert (await resets.reset(api, await resets.token(api), "a password of the victim")).status_code == 204
            assert (await api.log_in(password="a password of the victim")).status_code == 200

        eve.use(session)
        problem(await eve.get("/users/me"), 401, "unauthorized")
        problem(await eve.log_in(email=api.email, password=NEW_PASSWORD), 401, "invalid_credentials")
        assert (await exchanged(eve))["id"] != account["id"]
        assert (await api.get("/users/me")).json()["id"] == account["id"]

    async def test_a_login_at_the_same_time_leaves_no_session(self, app: FastAPI) -> None:
        for _ in range(5):
            async with Api.of(app) as victim, Api.of(app) as attacker:
                attacker.email = victim.email
                await attacker.register()
                login, taken = await asyncio.gather(attacker.log_in(), exchange(victim))
                assert taken.status_code == 200
                if login.status_code == 200:
                    problem(await attacker.get("/users/me"), 401, "unauthorized")

    async def test_stay_shut_if_they_are_deactivated(self, ana: Api, api: Api, admin: asyncpg.Connection) -> None:
        expected = refusal(await send(api, "x"))
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        token = subject_token(claims(ana.email))
        assert refusal(await send(api, token)) == expected
        assert await admin.fetchval("SELECT count(*) FROM external_identities WHERE user_id = $1", ana.id) == 0
        await admin.execute("UPDATE users SET is_active = true WHERE id = $1", ana.id)
        assert (await ana.log_in()).status_code == 200  # nothing was taken from it
        assert (await send(api, token)).status_code == 200
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        assert refusal(await send(api, token)) == expected


ODD_HEADERS: dict[str, dict[str, object]] = {
    **{f"alg {alg}": {"alg": alg} for alg in ("none", "None", "nOnE", "", "hs256", "HS256 ", "HS384", "HS512")},
    **{f"alg {alg}": {"alg": alg} for alg in ("RS256", "PS256", "ES256", "EdDSA", "dir")},
    "alg missing": {"alg": OMITTED},
    "alg null": {"alg": None},
    "alg list": {"alg": ["HS256"]},
    "alg object": {"alg": {"HS256": 1}},
    "alg number": {"alg": 256},
    "typ of an access token": {"typ": "at+jwt"},
    "typ of an access token in full": {"typ": "application/at+jwt"},
    "typ of a logout token": {"typ": "logout+jwt"},
    "typ null": {"typ": None},
    "typ list": {"typ": ["JWT"]},
    "kid number": {"kid": 1},
    "kid list": {"kid": ["a"]},
    "crit": {"crit": ["exp"]},
    "crit empty": {"crit": []},
    "crit unknown": {"crit": ["magic"], "magic": True},
    "b64 false": {"b64": False, "crit": ["b64"]},
    "b64 true": {"b64": True},
    "jku": {"jku": "https://example.com/jwks.json"},
    "jwk": {"jwk": {"kty": "oct", "k": "AA"}},
    "x5u": {"x5u": "https://example.com/cert"},
    "zip": {"zip": "DEF"},
    "cty": {"cty": "JWT"},
}

NAMES = ("iss", "aud", "sub", "iat", "exp", "email", "email_verified")
ODD_CLAIMS: dict[str, dict[str, object]] = {
    **{f"{name} missing": {name: OMITTED} for name in NAMES},
    **{f"{name} null": {name: None} for name in NAMES},
    **{f"{name} list": {name: [1]} for name in NAMES},
    **{f"{name} object": {name: {}} for name in NAMES},
    **{f"{name} boolean": {name: True} for name in ("iss", "aud", "sub", "iat", "exp", "nbf", "email")},
    **{f"{name} text": {name: "9999999999"} for name in ("iat", "exp", "nbf")},
    **{f"{name} not a number": {name: float("nan")} for name in ("iat", "exp", "nbf")},
    **{f"{name} infinite": {name: float("inf")} for name in ("iat", "exp", "nbf")},
    "iss of another": {"iss": "https://app.example.com.evil.example"},
    "iss with a slash": {"iss": f"{ISSUER}/"},
    "iss in capitals": {"iss": ISSUER.upper()},
    "iss ours": {"iss": "todo-api"},
    "aud of another": {"aud": "https://other.example.com"},
    "aud ours": {"aud": "todo-api"},
    "aud empty": {"aud": ""},
    "aud list of one": {"aud": [AUDIENCE]},
    "aud list with others": {"aud": [AUDIENCE, "other"]},
    "sub empty": {"sub": ""},
    "sub number": {"sub": 7},
    "sub too long": {"sub": "x" * 256},
    "sub with NUL": {"sub": "a\x00b"},
    "sub with a line break": {"sub": "a\nb"},
    "sub with half a character": {"sub": "a\ud800"},
    "iat in the future": {"iat": 2**33},
    "iat huge": {"iat": 10**400},
    "iat negative": {"iat": -1},
    "exp past": {"exp": 1},
    "exp negative": {"exp": -(10**400)},
    "nbf in the future": {"nbf": 2**33},
    "nbf null": {"nbf": None},
    "email_verified false": {"email_verified": False},
    "email_verified text": {"email_verified": "true"},
    "email_verified number": {"email_verified": 1},
    "email no address": {"email": "ana"},
    "email empty": {"email": ""},
    "email with a name": {"email": "Ana <ana@example.com>"},
    "email with two addresses": {"email": "ana@example.com, eve@example.com"},
    "email with a line break": {"email": "ana@example.com\r\nBcc: eve@example.com"},
    "email with NUL": {"email": "ana\x00@example.com"},
    "email with half a character": {"email": "ana\ud800@example.com"},
    "email too long": {"email": "a" * 300 + "@example.com"},
}


class TestTokensThatAreNotValid:
    @pytest.fixture
    async def expected(self, api: Api) -> tuple[dict[str, str], str]:
        return refusal(await send(api, "x"))

    @pytest.fixture(autouse=True)
    async def nothing_is_stored(self, api: Api, admin: asyncpg.Connection) -> AsyncIterator[None]:
        counts = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM external_identities)"
        before = await admin.fetchrow(counts)
        yield
        assert await admin.fetchrow(counts) == before

    async def test_for_their_header(self, api: Api, expected: object) -> None:
        for name, header in ODD_HEADERS.items():
            token = subject_token(claims(api.email), **header)
            assert refusal(await send(api, token)) == expected, name
            assert refusal(await send(api, token.rpartition(".")[0] + ".")) == expected, f"{name}, without signature"

    async def test_for_their_claims(self, api: Api, expected: object) -> None:
        for name, changes in ODD_CLAIMS.items():
            assert refusal(await send(api, subject_token(claims(api.email, **changes)))) == expected, name

    async def test_for_their_algorithm(self, api: Api, expected: object) -> None:
        told = claims(api.email)
        for algorithm, digest in (("HS384", "sha384"), ("HS512", "sha512")):
            token = signed({"alg": algorithm, "typ": "JWT"}, told, key=SHARED_SECRET.encode(), digest=digest)
            assert refusal(await send(api, token)) == expected, algorithm
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        assert refusal(await send(api, jwt.encode(told, pem.decode(), algorithm="RS256"))) == expected

    @pytest.mark.parametrize("key", [SECRET, "another secret of somebody else 0123456789", "", ISSUER, "\0"])
    async def test_for_their_secret(self, api: Api, expected: object, key: str) -> None:
        assert refusal(await send(api, subject_token(claims(api.email), key=key))) == expected

    async def test_for_being_no_json_objects(self, api: Api, expected: object) -> None:
        header, told = {"alg": "HS256", "typ": "JWT"}, claims(api.email)
        parts: list[tuple[object, object]] = [
            ([], told),
            ("HS256", told),
            (None, told),
            (b"\xff\xfe", told),
            (b"{", told),
            (b"", told),
            (b"[" * 1000, told),
            (b'{"alg":' * 150, told),
            (header, []),
            (header, None),
            (header, b"\xff"),
            (header, b""),
            (header, b'{"x":' + b"[" * 5000),
            (header, b'{"exp":1e400}'),
            (header, b'{"exp":' + b"9" * 4400 + b"}"),
        ]
        for head, payload in parts:
            token = signed(head, payload, key=SHARED_SECRET.encode())
            assert refusal(await send(api, token)) == expected, (head, payload)

    async def test_for_any_change(self, api: Api, expected: object) -> None:
        token = subject_token(claims(api.email))
        header, payload, signature = token.split(".")
        for changed in (
            token[:-1] + ("A" if token[-1] != "A" else "E"),
            f"{header}.{encoded(claims(unique_email()))}.{signature}",
            f"{encoded({'alg': 'none'})}.{payload}.",
            f"{header}.{payload}",
            f"{token}.",
            f"{token}.{signature}",
            f"{token}=",
            f"{token}\n",
            f" {token}",
            f"Bearer {token}",
            f"{header}.{payload}.{signature[:-1]}",
            "." * 10,
            "ä.ö.ü",
        ):
            assert refusal(await send(api, changed)) == expected, changed

    async def test_for_their_length(self, api: Api, expected: object) -> None:
        for length in (8192, 100_000, 500_000):
            assert refusal(await send(api, subject_token(claims(api.email, padding="x" * length)))) == expected

    async def test_for_being_ours(self, ana: Api, api: Api, expected: object, admin: asyncpg.Connection) -> None:
        form = {"grant_type": "password", "username": ana.email, "password": PASSWORD}
        pair = (await ana.request("POST", "/auth/token", data=form)).json()
        for token in (pair["access_token"], pair["refresh_token"], token_of(ana)):
            assert refusal(await send(api, token)) == expected
        ours = subject_token(claims(ana.email), typ="at+jwt", kid=jwt.get_unverified_header(token_of(ana))["kid"])
        assert refusal(await send(api, ours)) == expected
        await admin.execute("DELETE FROM users WHERE id = $1", ana.id)

    async def test_as_access_or_refresh_tokens(self, api: Api) -> None:
        token = subject_token(claims(api.email))
        problem(await api.get("/users/me", headers={"Authorization": f"Bearer {token}"}), 401, "unauthorized")
        form = {"grant_type": "refresh_token", "refresh_token": token[:200]}
        problem(await api.request("POST", "/auth/token", data=form), 400, "invalid_grant")


class TestTheTimeOfAToken:
    """The clocks may differ by 30 seconds, and a token can be exchanged for an hour."""

    @pytest.mark.parametrize(
        ("seconds", "changes"),
        [
            (330, {}),
            (-31, {}),
            (30, {"exp": 0}),
            (-31, {"nbf": 0}),
            (3630, {"exp": 10**6}),
            (3630, {"exp": 10**6, "nbf": -(10**6)}),
        ],
    )
    async def test_is_over_or_has_not_come(self, api: Api, moved: Clock, seconds: int, changes: dict[str, int]) -> None:
        token = self.issued(api, moved, changes)
        moved.instant += timedelta(seconds=seconds)
        refusal(await send(api, token))

    @pytest.mark.parametrize(
        ("seconds", "changes"),
        [(329, {}), (-30, {}), (29, {"exp": 0}), (-30, {"nbf": 0}), (3629, {"exp": 10**6}), (0, {"nbf": -(10**6)})],
    )
    async def test_is_there(self, api: Api, moved: Clock, seconds: int, changes: dict[str, int]) -> None:
        token = self.issued(api, moved, changes)
        moved.instant += timedelta(seconds=seconds)
        assert (await send(api, token)).status_code == 200

    async def test_may_have_a_fraction(self, api: Api) -> None:
        now = clock.now().timestamp()
        assert (await send(api, subject_token(claims(api.email, iat=now, exp=now + 0.5)))).status_code == 200

    @staticmethod
    def issued(api: Api, moved: Clock, changes: dict[str, int]) -> str:
        """``changes`` are seconds from now."""
        moved.instant = datetime.fromtimestamp(int(moved.instant.timestamp()), UTC)
        now = int(moved.instant.timestamp())
        return subject_token(claims(api.email, **{name: now + value for name, value in changes.items()}))


class TestWithoutTheSettings:
    @pytest.fixture
    async def plain(self, worker_database: str) -> AsyncIterator[Api]:
        application = create_app(settings_for(worker_database))
        async with application.router.lifespan_context(application), Api.of(application) as caller:
            yield caller

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"subject_token": OMITTED},
            {"subject_token_type": OMITTED},
            {"subject_token_type": "x"},
            {"requested_token_type": "x"},
            {"subject_token": "x" * 100_000},
        ],
    )
    async def test_the_grant_is_as_unknown_as_any_other(self, plain: Api, changes: dict[str, object]) -> None:
        token = subject_token(claims(plain.email))
        answer, other = await send(plain, token, **changes), await send(plain, "x", grant_type="client_credentials")
        told, expected = problem(answer, 422, "validation_error"), problem(other, 422, "validation_error")
        assert {**told, "request_id": ""} == {**expected, "request_id": ""}
        assert told["errors"] == [
            {"pointer": "/grant_type", "code": "literal_error", "message": "must be 'password' or 'refresh_token'"}
        ]


class TestLimits:
    async def test_one_network_is_told_to_wait(self, api: Api, eve: Api) -> None:
        answers: list[httpx.Response] = []
        while not answers or answers[-1].status_code == 400:  # on a slow machine there are more: one each 4.5 seconds
            answers += await asyncio.gather(*(send(api, "x") for _ in range(20)))
            answers.sort(key=lambda answer: answer.status_code)
            assert len(answers) < 1000
        problem(answers[-1], 429, "too_many_requests")
        assert answers[-1].headers["ratelimit-policy"] == '"token-exchange-network";q=200;w=900'
        assert [answer.status_code for answer in answers].count(400) >= 200
        assert (await exchange(eve)).status_code == 200

    async def test_they_are_not_those_of_a_login(self, ana: Api) -> None:
        for start in range(0, 200, 20):
            await asyncio.gather(*(send(ana, "x") for _ in range(start, start + 20)))
        assert (await ana.log_in()).status_code == 200


async def test_nothing_of_a_token_reaches_the_log(ana: Api, api: Api) -> None:
    configure_logging("debug", "json")
    written = io.StringIO()
    logging.getLogger().handlers[0].setStream(written)  # type: ignore[attr-defined]
    logging.getLogger("httpx").setLevel(logging.WARNING)
    tokens = [subject_token(claims(caller.email)) for caller in (ana, api)]
    refused = subject_token(claims(ana.email, exp=1))
    assert [(await send(api, token)).status_code for token in (*tokens, refused)] == [200, 200, 400]
    configure_logging("error")
    logged = written.getvalue()
    assert str(ana.id) in logged  # of the handover
    for token in (*tokens, refused):
        assert not [part for part in token.split(".")[1:] if part in logged]
    assert not [secret for secret in (SHARED_SECRET, ana.email, api.email) if secret in logged]


def trusted() -> SubjectTokens:
    return SubjectTokens(SHARED_SECRET, issuer=ISSUER, audience=AUDIENCE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class TestSubjectTokens:
    @given(TEXTS | st.text("abcAEIMQ048-_", min_size=43, max_size=43).map(lambda part: f"{part}.{part}.{part}"))
    def test_of_any_text_are_refused(self, text: str):
        with pytest.raises(UntrustedSubjectToken):
            trusted().verify(text)

    @given(st.text(st.characters(codec="utf-8"), max_size=300), st.text(st.characters(codec="utf-8"), max_size=300))
    def test_say_whom_they_were_made_for_or_are_refused(self, subject: str, email: str):
        try:
            verified = trusted().verify(subject_token(claims(email, sub=subject)))
        except UntrustedSubjectToken:
            assert not (0 < len(subject) <= 255 and subject.isprintable())
        else:
            assert verified == Subject(ISSUER, subject, email)

    @given(st.sampled_from([*NAMES, "nbf"]), JSON)
    def test_with_any_other_value_in_a_claim_are_refused_or_say_just_that(self, name: str, value: object):
        told = claims("ana@example.com", **{name: value})
        try:
            verified = trusted().verify(subject_token(told))
        except UntrustedSubjectToken:
            return
        assert verified == Subject(ISSUER, str(told["sub"]), str(told["email"]))
        assert (told["iss"], told["aud"], told["email_verified"]) == (ISSUER, AUDIENCE, True)

    def test_are_verified_with_the_secret_as_it_is_written(self):
        for secret in (f'"{SHARED_SECRET}"', '{"kty":"oct","k":"AAAA"}' + SHARED_SECRET, "1" * 40, f"[{SECRET!r}]"):
            tokens = SubjectTokens(secret, issuer=ISSUER, audience=AUDIENCE)
            assert tokens.verify(subject_token(claims("ana@example.com"), key=secret)).email == "ana@example.com"
