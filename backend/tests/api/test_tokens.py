"""Access tokens that must not work, those that must, and the signed things that are made like them."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

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
from src.core.security import (
    AccessTokens,
    Cursors,
    InvalidAccessToken,
    InvalidCursor,
    Keyring,
    Position,
    Principal,
    RefreshToken,
    RefreshTokens,
    new_nonce,
)
from src.core.security.keys import SigningKey
from src.database.session import Database
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import BASE, PASSWORD, SECRET, Api, problem

NOWHERE = "postgresql://localhost/unused"
OTHER_SECRET = "another-Xw3nB8vC6zL1kJ5hG9fD2sA7pO4iU0yT"
LIFETIME = timedelta(minutes=15)


def keyring(**changes: object) -> Keyring:
    return Keyring(settings_for(NOWHERE, **changes))


def current_key(purpose: str = "access-token") -> SigningKey:
    return keyring().keys_for(purpose)[0]


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, claims: object, *, key: bytes | None = None, digest: str = "sha256") -> str:
    """A JWS with any header and any claims, and a signature that is right for them."""
    message = f"{encoded(header)}.{encoded(claims)}"
    signature = hmac.digest(key or current_key().secret, message.encode(), digest)
    return f"{message}.{encoded(signature)}"


def good_header(**changes: object) -> dict[str, object]:
    return without_omitted({"alg": "HS256", "typ": "at+jwt", "kid": current_key().kid, **changes})


def good_claims(principal: Principal, **changes: object) -> dict[str, object]:
    now = int(clock.now().timestamp())
    return without_omitted(
        {
            "iss": "todo-api",
            "aud": "todo-api",
            "sub": str(principal.id),
            "sid": str(principal.session_id),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 900,
            **changes,
        }
    )


OMITTED = object()


def without_omitted(values: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not OMITTED}


def token_of(caller: Api) -> str:
    return str(caller.client.headers["Authorization"]).removeprefix("Bearer ")


def principal_of(caller: Api) -> Principal:
    claims = jwt.get_unverified_claims(token_of(caller))
    return Principal(UUID(claims["sub"]), UUID(claims["sid"]))


def refusal(response: httpx.Response) -> tuple[dict[str, str], str]:
    """What a refused caller is told, but for the request id."""
    problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return headers, response.text.replace(response.headers["x-request-id"], "")


async def call(caller: Api, *authorization: str | bytes) -> httpx.Response:
    """GET /users/me with exactly these Authorization headers."""
    values = [value if isinstance(value, bytes) else value.encode() for value in authorization]
    caller.use(None)
    return await caller.client.get(f"{BASE}/users/me", headers=[(b"Authorization", value) for value in values])


ODD_HEADERS: dict[str, dict[str, object]] = {
    "alg none": {"alg": "none"},
    "alg None": {"alg": "None"},
    "alg NONE": {"alg": "NONE"},
    "alg nOnE": {"alg": "nOnE"},
    "alg empty": {"alg": ""},
    "alg null": {"alg": None},
    "alg missing": {"alg": OMITTED},
    "alg list": {"alg": ["HS256"]},
    "alg object": {"alg": {"HS256": 1}},
    "alg number": {"alg": 256},
    "alg in lower case": {"alg": "hs256"},
    "alg with a space": {"alg": "HS256 "},
    "alg HS384": {"alg": "HS384"},
    "alg HS512": {"alg": "HS512"},
    "alg RS256": {"alg": "RS256"},
    "alg ES256": {"alg": "ES256"},
    "alg dir": {"alg": "dir"},
    "kid missing": {"kid": OMITTED},
    "kid null": {"kid": None},
    "kid number": {"kid": 1},
    "kid list": {"kid": ["a"]},
    "kid object": {"kid": {}},
    "kid empty": {"kid": ""},
    "kid unknown": {"kid": "0" * 16},
    "kid path": {"kid": "../../../../dev/null"},
    "kid SQL": {"kid": "' UNION SELECT 'key"},
    "kid url": {"kid": "https://example.com/jwks.json"},
    "kid of another purpose": {"kid": keyring().keys_for("cursor")[0].kid},
    "typ missing": {"typ": OMITTED},
    "typ JWT": {"typ": "JWT"},
    "typ in capitals": {"typ": "AT+JWT"},
    "typ list": {"typ": ["at+jwt"]},
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

ODD_CLAIMS: dict[str, dict[str, object]] = {
    **{f"{name} missing": {name: OMITTED} for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")},
    **{f"{name} null": {name: None} for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")},
    "iss wrong": {"iss": "todo-api2"},
    "iss list": {"iss": ["todo-api"]},
    "aud wrong": {"aud": "todo-web"},
    "aud list": {"aud": ["todo-api"]},
    "aud list with others": {"aud": ["todo-api", "other"]},
    "aud empty": {"aud": ""},
    "sub not a UUID": {"sub": "ana@example.com"},
    "sub number": {"sub": 1},
    "sub list": {"sub": [str(uuid4())]},
    "sub SQL": {"sub": "'; RESET ROLE; --"},
    "sid not a UUID": {"sid": "1"},
    "sid number": {"sid": 7},
    "sid of nobody": {"sid": str(uuid4())},
    "sub of nobody": {"sub": str(uuid4())},
    "jti number": {"jti": 1},
    "iat in the future": {"iat": 2**31},
    "iat text": {"iat": "1"},
    "iat float": {"iat": 1.5},
    "iat boolean": {"iat": True},
    "iat huge": {"iat": 10**400},
    "exp past": {"exp": 1},
    "exp negative": {"exp": -1},
    "exp text": {"exp": "9999999999"},
    "exp float": {"exp": 9999999999.5},
    "exp boolean": {"exp": True},
    "exp list": {"exp": [9999999999]},
    "nbf in the future": {"nbf": 2**33},
}


class TestForgedTokens:
    async def test_the_one_that_is_forged_rightly_shows_that_the_others_fail_for_their_fault(self, ana: Api):
        token = signed(good_header(), good_claims(principal_of(ana)))
        assert (await call(ana, f"Bearer {token}")).status_code == 200

    async def test_with_an_odd_header_are_refused(self, ana: Api, api: Api):
        principal, expected = principal_of(ana), refusal(await call(api))
        for name, changes in ODD_HEADERS.items():
            token = signed(good_header(**changes), good_claims(principal))
            assert refusal(await call(api, f"Bearer {token}")) == expected, name
            unsigned = token.rpartition(".")[0] + "."
            assert refusal(await call(api, f"Bearer {unsigned}")) == expected, f"{name}, without signature"

    async def test_with_odd_claims_are_refused(self, ana: Api, api: Api):
        principal, expected = principal_of(ana), refusal(await call(api))
        for name, changes in ODD_CLAIMS.items():
            token = signed(good_header(), good_claims(principal, **changes))
            assert refusal(await call(api, f"Bearer {token}")) == expected, name

    async def test_of_another_algorithm_with_our_key_are_refused(self, ana: Api, api: Api):
        expected, claims = refusal(await call(api)), good_claims(principal_of(ana))
        for algorithm, digest in (("HS384", "sha384"), ("HS512", "sha512")):
            token = signed(good_header(alg=algorithm), claims, digest=digest)
            assert refusal(await call(api, f"Bearer {token}")) == expected, algorithm
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        token = jwt.encode(claims, pem.decode(), algorithm="RS256", headers={"typ": "at+jwt", "kid": current_key().kid})
        assert refusal(await call(api, f"Bearer {token}")) == expected

    @pytest.mark.parametrize("purpose", ["cursor", "refresh-token", "access-token/kid", ""])
    async def test_signed_with_a_key_of_another_purpose_are_refused(self, ana: Api, api: Api, purpose: str):
        key = current_key(purpose)
        for kid in (key.kid, current_key().kid):
            token = signed(good_header(kid=kid), good_claims(principal_of(ana)), key=key.secret)
            refusal(await call(api, f"Bearer {token}"))

    async def test_signed_with_the_master_secret_or_nothing_are_refused(self, ana: Api, api: Api):
        for key in (SECRET.encode(), b"\0", b"secret", current_key().kid.encode()):
            token = signed(good_header(), good_claims(principal_of(ana)), key=key)
            refusal(await call(api, f"Bearer {token}"))

    async def test_that_are_no_json_objects_are_refused(self, ana: Api, api: Api):
        expected, claims = refusal(await call(api)), good_claims(principal_of(ana))
        parts: list[tuple[object, object]] = [
            ([], claims),
            ("HS256", claims),
            (None, claims),
            (b"\xff\xfe", claims),
            (b"{", claims),
            (b"", claims),
            (b"[" * 1000, claims),
            (b'{"alg":' * 150, claims),
            (good_header(), []),
            (good_header(), None),
            (good_header(), b"\xff"),
            (good_header(), b""),
            (good_header(), b"[" * 1000),
            (good_header(), b'{"exp":NaN}'),
        ]
        for header, payload in parts:
            assert refusal(await call(api, f"Bearer {signed(header, payload)}")) == expected


class TestAlteredTokens:
    async def test_are_refused(self, ana: Api, api: Api):
        token, expected = token_of(ana), refusal(await call(api))
        head, claims, signature = token.split(".")
        other = signed(good_header(), good_claims(principal_of(ana))).split(".")
        altered = {
            "no signature": f"{head}.{claims}.",
            "two parts": f"{head}.{claims}",
            "one part": head,
            "four parts": f"{token}.{signature}",
            "no claims": f"{head}..{signature}",
            "another's signature": f"{head}.{claims}.{other[2]}",
            "another's claims": f"{head}.{other[1]}.{signature}",
            "a signature cut off": token[:-4],
            "a longer signature": f"{token}AAAA",
            "padding": f"{token}=",
            "a line break": f"{token[:-5]}\\n{token[-5:]}",
            "junk that base64 skips": f"{token[:-5]}!{token[-5:]}",
            "a space": f"{head}. {claims}.{signature}",
            "other base64": token.replace("-", "+").replace("_", "/") + "+",
            "twice": f"{token} {token}",
            "a comma": f"{token}, {token}",
            "quotes": f'"{token}"',
            "nothing": "",
        }
        for name, text in altered.items():
            assert refusal(await call(api, f"Bearer {text}")) == expected, name

    async def test_in_any_one_character_are_refused(self, app: FastAPI, ana: Api):
        token, tokens = token_of(ana), app.state.context.access_tokens
        assert tokens.verify(token) == principal_of(ana)
        for position in range(len(token)):
            for replacement in {chr(ord(token[position]) ^ 1), chr(ord(token[position]) ^ 4), "A", "é"}:
                if replacement != token[position]:
                    with pytest.raises(InvalidAccessToken):
                        tokens.verify(token[:position] + replacement + token[position + 1 :])

    async def test_as_refresh_tokens_or_the_other_way_round_are_refused(self, ana: Api, api: Api):
        form = {"username": ana.email, "password": PASSWORD}
        pair = (await api.request("POST", "/auth/token", data=form)).json()
        refusal(await call(api, f"Bearer {pair['refresh_token']}"))
        exchange = {"grant_type": "refresh_token", "refresh_token": pair["access_token"][:200]}
        problem(await api.request("POST", "/auth/token", data=exchange), 400, "invalid_grant")
        answer = await api.post("/auth/refresh", headers={"Cookie": f"refresh_token={pair['access_token']}"})
        problem(answer, 401, "invalid_refresh_token")


class TestTheAuthorizationHeader:
    async def test_of_any_other_form_is_refused(self, ana: Api, api: Api):
        token, expected = token_of(ana), refusal(await call(api))
        for value in (
            "",
            " ",
            token,
            "Bearer",
            "Bearer ",
            "Bearer  ",
            f"Bearer{token}",
            f"Bearer\t{token}",
            f"Bearer:{token}",
            f"Token {token}",
            f"Basic {base64.b64encode(token.encode()).decode()}",
            f"Digest {token}",
            f"Bearer Bearer {token}",
            f"Bearer,{token}",
            "Bearer null",
            "Bearer undefined",
            "Bearer " + "a" * 60_000,
            "Bearer " + ".".join(["a" * 20_000] * 3),
            "Bearer " + "." * 60_000,
            f"Bearer {token}".encode() + b"\xff",
            "Bearer é.ü.ñ".encode(),
            b"Bearer \xed\xa0\x80",
            b"\xff\xfe",
        ):
            assert refusal(await call(api, value)) == expected, value[:40]

    async def test_sent_twice_is_refused(self, ana: Api, api: Api):
        token, expected = token_of(ana), refusal(await call(api))
        for pair in ((token, token), (token, "x"), ("x", token)):
            assert refusal(await call(api, *(f"Bearer {value}" for value in pair))) == expected

    async def test_takes_its_scheme_in_any_case(self, ana: Api):
        token = token_of(ana)
        for scheme in ("Bearer", "bearer", "BEARER"):  # RFC 9110, 11.1
            assert (await call(ana, f"{scheme} {token}")).status_code == 200

    async def test_is_the_only_place_for_a_token(self, ana: Api, api: Api):
        token = token_of(ana)
        refusal(await api.get(f"/users/me?access_token={token}"))
        refusal(await api.get("/users/me", headers={"Cookie": f"access_token={token}"}))
        refusal(await api.get("/users/me", headers={"X-Authorization": f"Bearer {token}", "Token": token}))

    async def test_that_is_wrong_is_not_made_good_by_a_cookie(self, ana: Api):
        ana.use("wrong")
        problem(await ana.post("/auth/logout"), 401, "unauthorized")
        ana.use(None)
        assert (await ana.post("/auth/refresh")).status_code == 200  # the session was not ended


class TestTokensWhoseTimeIsOver:
    @pytest.fixture
    async def expected(self, api: Api) -> tuple[dict[str, str], str]:
        return refusal(await call(api))

    async def test_after_logout(self, ana: Api, api: Api, expected: object):
        token = token_of(ana)
        assert (await call(api, f"Bearer {token}")).status_code == 200
        assert (await ana.post("/auth/logout")).status_code == 204
        assert refusal(await call(api, f"Bearer {token}")) == expected

    async def test_after_the_session_was_ended_from_another_device(self, ana: Api, api: Api, expected: object):
        first = token_of(ana)
        await ana.log_in()
        assert (await ana.delete(f"/auth/sessions/{jwt.get_unverified_claims(first)['sid']}")).status_code == 204
        assert refusal(await call(api, f"Bearer {first}")) == expected

    async def test_after_all_other_sessions_were_ended(self, ana: Api, api: Api, expected: object):
        first = token_of(ana)
        await ana.log_in()
        assert (await ana.delete("/auth/sessions")).status_code == 204
        assert refusal(await call(api, f"Bearer {first}")) == expected
        assert (await ana.get("/users/me")).status_code == 200

    async def test_after_the_password_was_changed_elsewhere(self, ana: Api, api: Api, expected: object):
        first = token_of(ana)
        await ana.log_in()
        change = {"current_password": PASSWORD, "new_password": "staple the other horse"}
        assert (await ana.post("/auth/change-password", change)).status_code == 204
        assert refusal(await call(api, f"Bearer {first}")) == expected
        assert (await ana.get("/users/me")).status_code == 200

    async def test_of_a_deleted_user(self, ana: Api, api: Api, expected: object):
        token = token_of(ana)
        assert (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code == 204
        assert refusal(await call(api, f"Bearer {token}")) == expected

    async def test_of_a_deactivated_user(self, ana: Api, api: Api, admin: asyncpg.Connection, expected: object):
        token = token_of(ana)
        await admin.execute("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        assert refusal(await call(api, f"Bearer {token}")) == expected
        await admin.execute("UPDATE users SET is_active = true WHERE id = $1", ana.id)
        assert (await call(api, f"Bearer {token}")).status_code == 200

    async def test_of_a_session_that_has_expired(self, ana: Api, api: Api, admin: asyncpg.Connection, expected: object):
        token = token_of(ana)
        await admin.execute("UPDATE sessions SET expires_at = now() WHERE user_id = $1", ana.id)
        assert refusal(await call(api, f"Bearer {token}")) == expected

    async def test_at_every_route_that_needs_one(self, app: FastAPI, ana: Api):
        operations = [
            (method.upper(), path)
            for path, methods in app.openapi()["paths"].items()
            for method, operation in methods.items()
            if operation.get("security")
        ]
        task = await ana.create_task()
        assert (await ana.post("/auth/logout")).status_code == 204
        ids = {"user_id": str(ana.id), "task_id": task["id"], "tag_id": str(uuid4()), "session_id": str(uuid4())}
        ids |= {"recurring_task_id": str(uuid4()), "occurrence_date": "2026-12-01"}
        bodies = {
            "/api/v1/tasks": {"title": "x"},
            "/api/v1/users/{user_id}/tasks": {"title": "x"},
            "/api/v1/recurring-tasks": {"title": "x", "rrule": "FREQ=DAILY"},
            "/api/v1/recurring-tasks/preview": {"rrule": "FREQ=DAILY"},
            "/api/v1/auth/change-password": {"current_password": PASSWORD, "new_password": "staple the other horse"},
            "/api/v1/users/me": {"current_password": PASSWORD},
        }
        assert len(operations) > 15
        for method, path in operations:
            body = bodies.get(path, {}) if method in ("POST", "PATCH", "DELETE") else None
            answer = await ana.client.request(method, path.format(**ids), json=body)
            problem(answer, 401, "unauthorized")


class Clock:
    """Stands in for `src.core.clock.now`; it goes only when it is told to."""

    def __init__(self) -> None:
        self.instant = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.instant


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped)
    return stopped


class TestTheCacheOfVerifiedTokens:
    async def test_does_not_outlive_the_token(self, ana: Api, api: Api, moved: Clock):
        assert (await ana.log_in()).json()["expires_in"] == LIFETIME.total_seconds()
        issued = datetime.fromtimestamp(int(moved.instant.timestamp()), UTC)
        moved.instant = issued + LIFETIME - timedelta(seconds=1)
        assert (await ana.get("/users/me")).status_code == 200
        moved.instant = issued + LIFETIME
        refusal(await ana.get("/users/me"))
        refusal(await ana.get("/users/me"))

    async def test_does_not_outlive_the_session(self, ana: Api, api: Api):
        token = token_of(ana)
        for _ in range(3):
            assert (await call(api, f"Bearer {token}")).status_code == 200
        assert (await ana.post("/auth/logout")).status_code == 204
        refusal(await call(api, f"Bearer {token}"))

    def test_forgets_the_oldest_when_it_is_full(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("src.core.security.access_tokens.CACHE_SIZE", 3)
        tokens = AccessTokens(keyring(), LIFETIME)
        principals = [Principal(uuid4(), uuid4()) for _ in range(10)]
        issued = [tokens.issue(principal) for principal in principals]
        for _ in range(2):
            assert [tokens.verify(token) for token in issued] == principals
        assert len(tokens._verified) == 3

    def test_holds_nothing_that_was_refused(self):
        tokens = AccessTokens(keyring(), LIFETIME)
        for text in ("", "a.b.c", tokens.issue(Principal(uuid4(), uuid4()))[:-2] + "AA"):
            with pytest.raises(InvalidAccessToken):
                tokens.verify(text)
        assert tokens._verified == {}


class TestRotationOfTheKey:
    @pytest.fixture
    async def rotated(self, worker_database: str) -> Any:
        """The service after SECRET_KEY was replaced, on the same database."""
        application = create_app(
            settings_for(worker_database, secret_key=OTHER_SECRET, secret_key_previous=SECRET, database_pool_size=2)
        )
        async with application.router.lifespan_context(application):
            yield application

    async def test_logs_nobody_out(self, ana: Api, rotated: FastAPI):
        async with Api.of(rotated) as caller:
            caller.use(token_of(ana))
            assert (await caller.get("/users/me")).status_code == 200
            cookie = {"Cookie": f"refresh_token={ana.client.cookies['refresh_token']}"}
            assert (await caller.post("/auth/refresh", headers=cookie)).status_code == 200

    async def test_signs_new_tokens_with_the_new_key(self, ana: Api, rotated: FastAPI):
        async with Api.of(rotated) as caller:
            caller.email = ana.email
            assert (await caller.log_in()).status_code == 200
            new = token_of(caller)
            assert (await caller.get("/users/me")).status_code == 200
        kid = jwt.get_unverified_header(new)["kid"]
        assert kid == keyring(secret_key=OTHER_SECRET).keys_for("access-token")[0].kid
        refusal(await call(ana, f"Bearer {new}"))  # which the old key alone cannot verify

    async def test_goes_on_with_pages_that_were_begun(self, ana: Api, rotated: FastAPI):
        for _ in range(2):
            await ana.create_task()
        cursor = (await ana.get("/tasks?limit=1")).json()["next_cursor"]
        async with Api.of(rotated) as caller:
            caller.use(token_of(ana))
            assert len((await caller.get(f"/tasks?limit=1&cursor={cursor}")).json()["items"]) == 1

    async def test_without_the_previous_key_ends_old_tokens(self, ana: Api):
        tokens = AccessTokens(keyring(secret_key=OTHER_SECRET), LIFETIME)
        with pytest.raises(InvalidAccessToken):
            tokens.verify(token_of(ana))


class TestLoggingIn:
    async def test_forgets_old_attempts_now_and_then(
        self, ana: Api, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ):
        await admin.execute("INSERT INTO attempt_limits VALUES ('past', now() - interval '1 hour', true)")
        monkeypatch.setattr("src.services.attempt_limits.PURGE_CHANCE", 1.0)
        assert (await ana.log_in()).status_code == 200
        assert await admin.fetchval("SELECT count(*) FROM attempt_limits WHERE key = 'past'") == 0

    async def test_makes_a_token_with_exactly_the_claims_it_needs(self, ana: Api, database: Database):
        claims = jwt.get_unverified_claims(token_of(ana))
        assert claims.keys() == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
        assert jwt.get_unverified_header(token_of(ana)).keys() == {"alg", "typ", "kid"}
        assert claims["exp"] - claims["iat"] == 900
        assert ana.email not in json.dumps(claims)

    async def test_never_makes_the_same_token_twice(self, ana: Api, moved: Clock):
        tokens = AccessTokens(keyring(), LIFETIME)
        principal = principal_of(ana)
        assert tokens.issue(principal) != tokens.issue(principal)


TEXTS = st.text() | st.text("AEIMQUYcgkosw048-_.=+/ ", max_size=120)


class TestAccessTokens:
    @given(TEXTS)
    def test_of_any_text_are_refused(self, text: str):
        with pytest.raises(InvalidAccessToken):
            AccessTokens(keyring(), LIFETIME).verify(text)

    @given(st.uuids(), st.uuids())
    def test_say_whom_they_were_made_for(self, user_id: UUID, session_id: UUID):
        tokens = AccessTokens(keyring(), LIFETIME)
        principal = Principal(user_id, session_id)
        assert tokens.verify(tokens.issue(principal)) == principal

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists), st.sampled_from(
        ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "nbf"]
    ))  # fmt: skip
    def test_with_any_other_value_in_a_claim_are_refused_or_mean_the_same(self, value: object, name: str):
        principal, tokens = Principal(uuid4(), uuid4()), AccessTokens(keyring(), LIFETIME)
        try:
            verified = tokens.verify(signed(good_header(), good_claims(principal, **{name: value})))
        except InvalidAccessToken:
            return
        assert verified == principal


class TestRefreshTokens:
    @given(TEXTS | st.text("abcAEIMQ048-_", min_size=43, max_size=43).map(lambda part: f"{part}.{part}"))
    def test_of_any_text_are_none_or_that_text(self, text: str):
        token = RefreshToken.parse(text)
        assert token is None or str(token) == text

    @given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
    def test_are_read_as_they_were_written(self, family: bytes, secret: bytes):
        token = RefreshToken(family, secret)
        assert RefreshToken.parse(str(token)) == token
        assert RefreshToken.parse(f"{token}=") is None
        assert RefreshToken.parse(f" {token}") is None

    def test_do_not_show_themselves_in_logs(self):
        token = RefreshToken.new()
        assert str(token).partition(".")[0] not in repr(token)
        assert str(token).partition(".")[2] not in repr(token)

    def test_are_followed_by_one_successor_for_each_nonce(self):
        token, nonce, tokens = RefreshToken.new(), new_nonce(), RefreshTokens(keyring())
        successor = tokens.successor(token, nonce)
        assert successor == tokens.successor(token, nonce)
        assert successor.family == token.family
        assert successor.secret not in (token.secret, tokens.successor(token, new_nonce()).secret)
        assert successor != RefreshTokens(keyring(secret_key=OTHER_SECRET)).successor(token, nonce)


POSITIONS = st.builds(Position, st.none() | st.text() | st.integers(-(2**31), 2**31 - 1), st.uuids())
SCOPES = st.binary(max_size=60)


class TestCursors:
    @given(POSITIONS, SCOPES)
    def test_are_read_as_they_were_written(self, position: Position, scope: bytes):
        cursors = Cursors(keyring())
        assert cursors.read(cursors.write(position, scope=scope), scope=scope) == position

    @given(POSITIONS, SCOPES, st.data())
    def test_with_any_flipped_bit_are_refused(self, position: Position, scope: bytes, data: st.DataObject):
        cursors = Cursors(keyring())
        text = cursors.write(position, scope=scope)
        index, bit = data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(0, 6))
        flipped = text[:index] + chr(ord(text[index]) ^ (1 << bit)) + text[index + 1 :]
        with pytest.raises(InvalidCursor):
            cursors.read(flipped, scope=scope)

    @given(POSITIONS, SCOPES, SCOPES)
    def test_of_another_scope_are_refused(self, position: Position, scope: bytes, other: bytes):
        cursors = Cursors(keyring())
        text = cursors.write(position, scope=scope)
        if scope != other:
            with pytest.raises(InvalidCursor):
                cursors.read(text, scope=other)

    @given(POSITIONS, st.integers(0, 30))
    def test_of_a_scope_that_borrows_from_the_position_are_refused(self, position: Position, borrowed: int):
        cursors = Cursors(keyring())
        text = cursors.write(position, scope=b"tasks ")
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        shifted = encoded(raw[:16] + raw[16 + borrowed :])
        if borrowed:
            with pytest.raises(InvalidCursor):
                cursors.read(shifted, scope=b"tasks " + raw[16 : 16 + borrowed])

    @given(TEXTS | st.text("AZaz09-_", max_size=5000))
    def test_of_any_text_are_refused(self, text: str):
        with pytest.raises(InvalidCursor):
            Cursors(keyring()).read(text, scope=b"")

    def test_of_another_key_are_refused(self):
        text = Cursors(keyring(secret_key=OTHER_SECRET)).write(Position(1, uuid4()), scope=b"")
        with pytest.raises(InvalidCursor):
            Cursors(keyring()).read(text, scope=b"")


class TestKeyring:
    def test_has_another_key_for_each_purpose_and_each_secret(self):
        purposes = ("access-token", "refresh-token", "cursor", "access-token/kid", "")
        keys = [
            key
            for purpose in purposes
            for key in keyring(secret_key=OTHER_SECRET, secret_key_previous=SECRET).keys_for(purpose)
        ]
        assert len(keys) == 2 * len(purposes)
        assert len({key.secret for key in keys}) == len({key.kid for key in keys}) == len(keys)
        assert all(len(key.secret) == 32 for key in keys)

    def test_puts_the_current_key_first(self):
        both = keyring(secret_key=OTHER_SECRET, secret_key_previous=SECRET).keys_for("cursor")
        assert [key.kid for key in both] == [
            keyring(secret_key=secret).keys_for("cursor")[0].kid for secret in (OTHER_SECRET, SECRET)
        ]

    def test_shows_no_secret(self):
        key = current_key()
        for shown in (repr(key), str(key), repr(keyring()), f"{[key]}"):
            assert SECRET not in shown
            assert repr(key.secret) not in shown

    def test_names_keys_by_what_says_nothing_about_them(self):
        key = current_key()
        assert key.kid not in key.secret.hex()
