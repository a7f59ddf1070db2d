"""Links that set a password: used twice, late, in parallel, after something newer, or made up."""

import asyncio

import httpx

from tests.factories import PASSWORD, Api, problem, unique_email
from tests.security.conftest import Server

NEW_PASSWORD = "staple the other horse"


async def token_for(server: Server, caller: Api, *, number: int = 1) -> str:
    """The newest, of a link that is asked for now; ``number``: how many mails there are then."""
    assert (await caller.post("/auth/forgot-password", {"email": caller.email})).status_code == 202
    mails = await server.mails_to(caller.email, number=number)
    return mails[-1].partition("#token=")[2].split()[0]


async def reset(caller: Api, token: str, password: str = NEW_PASSWORD) -> httpx.Response:
    return await caller.post("/auth/reset-password", {"token": token, "new_password": password})


async def test_it_works_once_and_ends_every_session(server: Server, ana: Api, api: Api) -> None:
    token = await token_for(server, ana)
    assert (await reset(api, token)).status_code == 204
    problem(await reset(api, token, "another good password"), 400, "invalid_reset_token")
    problem(await ana.get("/users/me"), 401, "unauthorized")
    problem(await ana.post("/auth/refresh"), 401, "invalid_refresh_token")
    assert (await ana.log_in()).status_code == 401
    assert (await ana.log_in(password=NEW_PASSWORD)).status_code == 200


async def test_of_twenty_at_once_one_works(server: Server, ana: Api, api: Api) -> None:
    token = await token_for(server, ana)
    answers = await asyncio.gather(*(reset(api, token, f"{NEW_PASSWORD} {n}") for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 19


async def test_a_newer_one_makes_it_worthless(server: Server, ana: Api, api: Api) -> None:
    older = await token_for(server, ana)
    newer = await token_for(server, ana, number=2)
    problem(await reset(api, older), 400, "invalid_reset_token")
    assert (await reset(api, newer)).status_code == 204


async def test_time_makes_it_worthless(server: Server, ana: Api, api: Api) -> None:
    token = await token_for(server, ana)
    await server.fetch(
        "UPDATE password_reset_tokens SET created_at = created_at - interval '31 minutes', "
        "expires_at = expires_at - interval '31 minutes' WHERE user_id = $1",
        ana.id,
    )
    problem(await reset(api, token), 400, "invalid_reset_token")


async def test_a_new_address_makes_it_worthless(server: Server, ana: Api, api: Api) -> None:
    """Whoever has got at the old mailbox does not get the account with it."""
    token = await token_for(server, ana)
    change = {"email": unique_email(), "current_password": PASSWORD}
    assert (await ana.patch("/users/me", change)).status_code == 200
    problem(await reset(api, token), 400, "invalid_reset_token")


async def test_a_new_password_makes_it_worthless(server: Server, ana: Api, api: Api) -> None:
    token = await token_for(server, ana)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await ana.post("/auth/change-password", change)).status_code == 204
    problem(await reset(api, token, "another good password"), 400, "invalid_reset_token")


async def test_a_made_up_one_is_refused_in_the_same_words(server: Server, ana: Api, api: Api) -> None:
    used = await token_for(server, ana)
    await reset(api, used)
    refused = set()
    for token in (used, "A" * 43, "x", "%", "' OR 1=1 --", "../../x", "é", ana.client.cookies["refresh_token"][:43]):
        response = await reset(api, token)
        refused.add((response.status_code, response.text.replace(response.headers["x-request-id"], "")))
    assert len(refused) == 1
    assert refused.pop()[0] == 400


async def test_it_logs_nobody_in(server: Server, ana: Api, api: Api) -> None:
    response = await reset(api, await token_for(server, ana))
    assert "set-cookie" not in response.headers
    assert response.content == b""


async def test_the_database_does_not_hold_it(server: Server, ana: Api) -> None:
    token = await token_for(server, ana)
    (row,) = await server.fetch(
        "SELECT row_to_json(t)::text AS held FROM password_reset_tokens AS t WHERE user_id = $1", ana.id
    )
    assert token not in row["held"]


async def test_no_address_but_its_own_page_sees_it(server: Server, ana: Api) -> None:
    """It stands behind the #, which browsers send to no server, in no Referer and to no log."""
    await token_for(server, ana)
    (text,) = await server.mails_to(ana.email)
    (link,) = [word for word in text.split() if word.startswith("http")]
    assert httpx.URL(link).query == b""
    assert httpx.URL(link).fragment.startswith("token=")
