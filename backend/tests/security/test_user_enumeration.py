"""Telling from outside who has an account. Registration must say that an address is taken; nothing else tells.

What the time tells is measured in `test_timing`.
"""

import httpx
import pytest

from tests.factories import PASSWORD, Api, unique_email
from tests.security.conftest import Server

CHANGING = ("date", "x-request-id")


def bytes_of(response: httpx.Response) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers in their order, and the body, without the request's id and the time."""
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in CHANGING]
    return response.status_code, headers, response.text.replace(response.headers["x-request-id"], "")


async def deactivated(server: Server, caller: Api) -> None:
    await server.fetch("UPDATE users SET is_active = false WHERE id = $1", caller.id)


async def test_a_login_tells_the_same_of_all(server: Server, ana: Api, bob: Api, api: Api) -> None:
    await deactivated(server, bob)
    wrong, unknown, inactive = [
        await api.post("/auth/login", {"email": email, "password": password})
        for email, password in ((ana.email, "a wrong guess"), (unique_email(), PASSWORD), (bob.email, PASSWORD))
    ]
    assert bytes_of(wrong) == bytes_of(unknown) == bytes_of(inactive)
    assert wrong.status_code == 401


async def test_the_token_endpoint_tells_the_same_of_all(server: Server, ana: Api, bob: Api, api: Api) -> None:
    await deactivated(server, bob)
    wrong, unknown, inactive = [
        await api.request("POST", "/auth/token", data={"username": email, "password": password})
        for email, password in ((ana.email, "a wrong guess"), (unique_email(), PASSWORD), (bob.email, PASSWORD))
    ]
    assert bytes_of(wrong) == bytes_of(unknown) == bytes_of(inactive)
    assert wrong.status_code == 400


async def test_asking_for_a_link_tells_the_same_of_all(server: Server, ana: Api, bob: Api, api: Api) -> None:
    await deactivated(server, bob)
    known, inactive, unknown = [
        await api.post("/auth/forgot-password", {"email": email}) for email in (ana.email, bob.email, unique_email())
    ]
    assert bytes_of(known) == bytes_of(inactive) == bytes_of(unknown)
    assert known.status_code == 202


async def test_limits_count_alike_for_all(ana: Api, api: Api) -> None:
    def limited(responses: list[httpx.Response]) -> list[tuple[int, bool]]:
        return [(response.status_code, "retry-after" in response.headers) for response in responses]

    known, unknown = [
        limited([await api.post("/auth/login", {"email": email, "password": "a wrong guess"}) for _ in range(12)])
        for email in (ana.email, unique_email())
    ]
    assert known == unknown
    assert known[-1] == (429, True)


@pytest.mark.parametrize("name", ["email", "username"])
async def test_an_update_tells_it_only_to_whoever_may_set_it(ana: Api, bob: Api, name: str) -> None:
    """To try an address one needs the own password, of which there are ten tries."""
    username = f"u{bob.id.hex[:20]}"
    await bob.patch("/users/me", {"username": username})
    taken = {"email": bob.email, "username": username}[name]
    statuses = [(await ana.patch("/users/me", {name: taken})).status_code for _ in range(2)]
    assert statuses == ([422] * 2 if name == "email" else [409] * 2)


async def test_registrations_from_one_network_are_limited(api: Api) -> None:
    """So addresses cannot be tried by the thousand."""
    await api.register()
    statuses = [(await api.register()).status_code for _ in range(105)]
    assert statuses[:99] == [409] * 99
    assert 429 in statuses
