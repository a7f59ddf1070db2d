"""Access tokens that were forged, altered, put elsewhere, or are not any more: each refused like no token at all."""

import base64

import httpx
import pytest

from src.core import clock
from tests.api.test_tokens import ODD_CLAIMS, ODD_HEADERS, good_claims, good_header, principal_of, signed, token_of
from tests.factories import BASE, PASSWORD, Api, problem
from tests.security.conftest import Server
from tests.security.operations import operations_of
from tests.security.wire import Wire, request

NEW_PASSWORD = "staple the other horse"


async def present(api: Api, *values: str) -> httpx.Response:
    """GET /users/me with exactly these Authorization headers."""
    return await api.client.get(f"{BASE}/users/me", headers=[("Authorization", value) for value in values])


def told(response: httpx.Response) -> tuple[dict[str, str], str]:
    """What a refused caller is told, but for the request id and the time."""
    problem(response, 401, "unauthorized")
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "x-request-id")}
    return headers, response.text.replace(response.headers["x-request-id"], "")


class TestForged:
    async def test_one_that_is_forged_rightly_shows_that_the_others_fail_for_their_fault(self, ana: Api, api: Api):
        token = signed(good_header(), good_claims(principal_of(ana)))
        assert (await present(api, f"Bearer {token}")).status_code == 200

    async def test_with_an_odd_header(self, ana: Api, api: Api):
        expected = told(await present(api))
        for name, changes in ODD_HEADERS.items():
            token = signed(good_header(**changes), good_claims(principal_of(ana)))
            for text in (token, token.rpartition(".")[0] + "."):
                assert told(await present(api, f"Bearer {text}")) == expected, name

    async def test_with_odd_claims(self, ana: Api, api: Api):
        expected = told(await present(api))
        for name, changes in ODD_CLAIMS.items():
            token = signed(good_header(), good_claims(principal_of(ana), **changes))
            assert told(await present(api, f"Bearer {token}")) == expected, name

    async def test_for_another_user_in_the_own_session(self, ana: Api, bob: Api, api: Api):
        mixed = good_claims(principal_of(bob), sub=str(ana.id))
        assert told(await present(api, f"Bearer {signed(good_header(), mixed)}")) == told(await present(api))

    async def test_of_deeply_nested_parts(self, ana: Api, api: Api):
        claims, expected = good_claims(principal_of(ana)), told(await present(api))
        for depth in (1, 150, 1000, 100_000):
            for header, payload in ((b"[" * depth, claims), (good_header(), b'{"exp":' * depth)):
                token = signed(header, payload)[:60_000]
                assert told(await present(api, f"Bearer {token}")) == expected, depth


class TestPresentedOddly:
    async def test_in_another_form(self, ana: Api, api: Api):
        token, expected = token_of(ana), told(await present(api))
        for form in ("{}", "Basic {}", "Token {}", "Bearer{}", "Bearer Bearer {}", "Bearer,{}", "Bearer {}, {}", ""):
            assert told(await present(api, form.format(token, token))) == expected, form

    async def test_twice(self, ana: Api, api: Api):
        good = f"Bearer {token_of(ana)}"
        for pair in ((good, good), (good, "Bearer x"), ("Bearer x", good)):
            assert told(await present(api, *pair)) == told(await present(api))

    async def test_elsewhere(self, ana: Api, api: Api):
        token = token_of(ana)
        for options in (
            {"params": {"access_token": token}},
            {"headers": {"Cookie": f"access_token={token}; token={token}"}},
            {"headers": {"X-Authorization": f"Bearer {token}", "X-Auth-Token": token, "X-User-Id": str(ana.id)}},
        ):
            assert told(await api.get("/users/me", **options)) == told(await present(api))

    async def test_in_bytes_that_are_no_text(self, server: Server, ana: Api):
        for value in (b"\xff\xfe", b"Bearer \xed\xa0\x80", f"Bearer {token_of(ana)}".encode() + b"\xff"):
            async with Wire.to(server.url) as wire:
                await wire.send(b"GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: " + value + b"\r\n\r\n")
                answer = await wire.answer()
                assert answer is not None
                assert answer.status == 401

    async def test_of_sixty_kilobytes(self, api: Api):
        for text in ("a" * 60_000, ".".join(["a" * 20_000] * 3), "." * 60_000):
            assert told(await present(api, f"Bearer {text}")) == told(await present(api))


class TestOfAnotherKind:
    async def test_a_refresh_token(self, ana: Api, api: Api):
        assert told(await present(api, f"Bearer {ana.client.cookies['refresh_token']}")) == told(await present(api))

    async def test_a_cursor_and_a_reset_token(self, server: Server, ana: Api, api: Api):
        for number in range(2):
            await ana.create_task(title=str(number))
        cursor = (await ana.get("/tasks?limit=1")).json()["next_cursor"]
        await ana.post("/auth/forgot-password", {"email": ana.email})
        (mail,) = await server.mails_to(ana.email)
        for text in (cursor, mail.partition("#token=")[2].split()[0]):
            assert told(await present(api, f"Bearer {text}")) == told(await present(api))

    async def test_an_access_token_as_a_refresh_token(self, ana: Api, api: Api):
        token = token_of(ana)
        form = {"grant_type": "refresh_token", "refresh_token": token[:200]}
        problem(await api.request("POST", "/auth/token", data=form), 400, "invalid_grant")
        answer = await api.post("/auth/refresh", headers={"Cookie": f"refresh_token={token}"})
        problem(answer, 401, "invalid_refresh_token")


class TestWhoseTimeIsOver:
    async def test_expired(self, ana: Api, api: Api):
        past = int(clock.now().timestamp()) - 1
        token = signed(good_header(), good_claims(principal_of(ana), iat=past - 900, exp=past))
        assert told(await present(api, f"Bearer {token}")) == told(await present(api))

    @pytest.mark.parametrize("how", ["logout", "change of password", "deletion", "deactivation"])
    async def test_after_a(self, server: Server, ana: Api, api: Api, how: str):
        first = token_of(ana)
        if how == "change of password":
            await ana.log_in()  # the session that changes it goes on
        assert (await present(api, f"Bearer {first}")).status_code == 200
        match how:
            case "logout":
                await ana.post("/auth/logout")
            case "change of password":
                change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
                assert (await ana.post("/auth/change-password", change)).status_code == 204
            case "deletion":
                assert (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code == 204
            case "deactivation":
                await server.fetch("UPDATE users SET is_active = false WHERE id = $1", ana.id)
        assert told(await present(api, f"Bearer {first}")) == told(await present(api))

    async def test_on_every_route_that_needs_a_user(self, server: Server, ana: Api):
        ids = {"user_id": str(ana.id), "occurrence_date": "2026-12-01"}
        await ana.post("/auth/logout")
        closed = [operation for operation in operations_of(server) if operation.needs_user]
        assert len(closed) >= 49
        for operation in closed:
            path = operation.path.format(**dict.fromkeys(operation.ids, str(ana.id)) | ids)
            answer = await ana.client.request(operation.method, path, json=operation.example())
            problem(answer, 401, "unauthorized")


async def test_no_route_is_open_but_those_that_must_be(server: Server) -> None:
    """What the document says needs no user, and so is not attacked above."""
    open_routes = {str(operation).replace(BASE, "") for operation in operations_of(server) if not operation.needs_user}
    assert open_routes == {
        *(f"GET /health{path}" for path in ("", "/live", "/ready")),
        "GET /problems/{name}",
        *(f"POST /auth/{name}" for name in ("register", "login", "token", "refresh", "logout")),
        *(f"POST /auth/{name}" for name in ("forgot-password", "reset-password")),
    }


async def test_credentials_in_the_address_are_no_credentials(server: Server, ana: Api) -> None:
    basic = base64.b64encode(f"{ana.email}:{PASSWORD}".encode()).decode()
    async with Wire.to(server.url) as wire:
        await wire.send(request("GET", "/api/v1/users/me", f"Authorization: Basic {basic}"))
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 401
