"""Sessions: planted, stolen, replayed, raced for, and ended."""

import asyncio
from http.cookies import SimpleCookie

import httpx

from tests.factories import PASSWORD, Api, problem
from tests.security.conftest import Server


def cookie_in(response: httpx.Response) -> str:
    return SimpleCookie(response.headers["set-cookie"])["refresh_token"].value


async def refresh(caller: Api, token: str) -> httpx.Response:
    return await caller.post("/auth/refresh", headers={"Cookie": f"refresh_token={token}"})


class TestFixation:
    async def test_a_planted_cookie_is_not_the_session_that_a_login_makes(self, ana: Api, bob: Api, api: Api):
        planted = bob.client.cookies["refresh_token"]
        body = {"email": ana.email, "password": PASSWORD}
        response = await api.post("/auth/login", body, headers={"Cookie": f"refresh_token={planted}"})
        assert cookie_in(response) != planted
        assert cookie_in(response).partition(".")[0] != planted.partition(".")[0]
        bob.use((await refresh(bob, planted)).json()["access_token"])
        assert (await bob.get("/users/me")).json()["email"] == bob.email

    async def test_a_made_up_cookie_is_never_taken_over(self, ana: Api):
        planted = f"{'A' * 43}.{'A' * 43}"
        body = {"email": ana.email, "password": PASSWORD}
        await ana.post("/auth/login", body, headers={"Cookie": f"refresh_token={planted}"})
        problem(await refresh(ana, planted), 401, "invalid_refresh_token")

    async def test_nobody_chooses_the_id_of_a_session(self, ana: Api, bob: Api):
        (session,) = (await bob.get("/auth/sessions")).json()["items"]
        for name in ("id", "sid", "session_id"):
            problem(await ana.log_in(**{name: session["id"]}), 422, "validation_error")

    async def test_every_login_is_a_session_of_its_own(self, ana: Api):
        tokens = {cookie_in(await ana.log_in()).partition(".")[0] for _ in range(3)}
        assert len(tokens) == 3


class TestReplay:
    async def test_of_an_old_refresh_token_ends_the_session_for_thief_and_owner(self, ana: Api):
        stolen = ana.client.cookies["refresh_token"]
        second = cookie_in(await refresh(ana, stolen))
        third = cookie_in(await refresh(ana, second))
        problem(await refresh(ana, stolen), 401, "invalid_refresh_token")
        problem(await refresh(ana, third), 401, "invalid_refresh_token")
        problem(await ana.get("/users/me"), 401, "unauthorized")

    async def test_of_the_last_one_after_its_grace(self, server: Server, ana: Api):
        stolen = ana.client.cookies["refresh_token"]
        successor = cookie_in(await refresh(ana, stolen))
        await server.fetch(
            "UPDATE sessions SET rotated_at = rotated_at - interval '11 seconds' WHERE user_id = $1", ana.id
        )
        problem(await refresh(ana, stolen), 401, "invalid_refresh_token")
        problem(await refresh(ana, successor), 401, "invalid_refresh_token")

    async def test_in_parallel_leaves_one_chain(self, ana: Api):
        token = ana.client.cookies["refresh_token"]
        answers = await asyncio.gather(*(refresh(ana, token) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({cookie_in(answer) for answer in answers}) == 1
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 1

    async def test_after_a_logout_of_either_kind(self, ana: Api):
        for with_access_token in (True, False):
            await ana.log_in()
            token = ana.client.cookies["refresh_token"]
            if not with_access_token:
                ana.use(None)
            assert (await ana.post("/auth/logout")).status_code == 204
            problem(await refresh(ana, token), 401, "invalid_refresh_token")

    async def test_of_parts_of_two_tokens(self, ana: Api, bob: Api):
        hers, his = (caller.client.cookies["refresh_token"].partition(".") for caller in (ana, bob))
        problem(await refresh(bob, f"{his[0]}.{hers[2]}"), 401, "invalid_refresh_token")
        assert (await ana.get("/users/me")).status_code == 200


class TestTheCookie:
    async def test_is_out_of_reach_of_scripts_and_other_sites(self, server: Server, ana: Api):
        headers = {"Host": "todo.example.com"}
        response = await ana.post("/auth/login", {"email": ana.email, "password": PASSWORD}, headers=headers)
        cookie = SimpleCookie(response.headers["set-cookie"])["refresh_token"]
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "strict", True)
        assert (cookie["path"], cookie["domain"]) == ("/api/v1/auth", "")

    async def test_alone_opens_nothing_but_its_own_routes(self, ana: Api):
        cookie = {"Cookie": f"refresh_token={ana.client.cookies['refresh_token']}"}
        ana.use(None)
        for path in ("/users/me", "/tasks", "/auth/sessions", "/users/me/export"):
            problem(await ana.get(path, headers=cookie), 401, "unauthorized")

    async def test_is_in_no_body(self, ana: Api):
        response = await ana.log_in()
        assert cookie_in(response) not in response.text
        assert cookie_in(response) not in (await ana.get("/auth/sessions")).text


async def test_a_hundred_and_one_logins_do_not_fill_the_table(server: Server, ana: Api) -> None:
    await server.fetch(
        "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at) "
        "SELECT $1, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), sha256('x'), "
        "now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, 200)",
        ana.id,
    )
    await ana.log_in()
    assert len((await ana.get("/auth/sessions")).json()["items"]) <= 100


async def test_what_the_database_holds_opens_no_session(server: Server, ana: Api) -> None:
    """Whoever reads the table has no token."""
    (row,) = await server.fetch("SELECT row_to_json(s)::text AS held FROM sessions AS s WHERE user_id = $1", ana.id)
    for part in ana.client.cookies["refresh_token"].split("."):
        assert part not in row["held"]
