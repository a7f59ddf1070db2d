"""Evading the limits on guesses, and turning them against their owner."""

import asyncio

import httpx
import pytest

from tests.factories import BASE, PASSWORD, Api, unique_email
from tests.security.conftest import Server, caller_of, unique_address

GUESS = "a wrong guess"


async def guesses(client: httpx.AsyncClient, email: str, headers: list[dict[str, str]]) -> list[int]:
    """The statuses of as many guesses as there are headers."""
    return [
        (await client.post(f"{BASE}/auth/login", json={"email": email, "password": GUESS}, headers=each)).status_code
        for each in headers
    ]


STOPPED = [401] * 10 + [429] * 2
SPOOFED = ["X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Forwarded", "Via"]


@pytest.mark.parametrize("name", SPOOFED)
async def test_no_header_gives_another_address_where_no_proxy_is_trusted(production: str, name: str) -> None:
    async with httpx.AsyncClient(base_url=production, timeout=60, verify=False) as client:
        spoofed = [{name: f"for={unique_address()}" if name == "Forwarded" else unique_address()} for _ in range(12)]
        assert await guesses(client, unique_email(), spoofed) == STOPPED


async def test_what_is_left_of_the_proxys_word_counts_for_nothing(server: Server, api: Api) -> None:
    true = unique_address()
    for made_up in (
        lambda: f"{unique_address()}, {true}",
        lambda: f"127.0.0.1, {unique_address()}, {true}",
        lambda: f"{unique_address()},,{true},127.0.0.1",
        lambda: f"{'9' * 5000}, {true}",
        lambda: f"::1, [{unique_address()}], unknown, _hidden, {true}",
    ):
        headers = [{"X-Forwarded-For": made_up()} for _ in range(12)]
        assert await guesses(api.client, unique_email(), headers) == STOPPED


async def test_two_headers_are_one_list(api: Api) -> None:
    true, email = unique_address(), unique_email()
    statuses = [
        (
            await api.client.post(
                f"{BASE}/auth/login",
                json={"email": email, "password": GUESS},
                headers=httpx.Headers([("X-Forwarded-For", unique_address()), ("X-Forwarded-For", true)]),
            )
        ).status_code
        for _ in range(12)
    ]
    assert statuses == STOPPED


async def test_the_addresses_of_one_ipv6_network_are_one_however_they_are_spelt(api: Api) -> None:
    forms = ["2001:db8:0:7::{:x}", "2001:0DB8:0000:0007:0:0:0:{:X}", "2001:db8::7:0:0:0:{:x}"]
    addresses = [forms[number % 3].format(number + 1) for number in range(12)]
    assert await guesses(api.client, unique_email(), [{"X-Forwarded-For": each} for each in addresses]) == STOPPED


async def test_an_ipv4_address_is_the_same_inside_ipv6(api: Api) -> None:
    address = unique_address()
    headers = [{"X-Forwarded-For": f"::ffff:{address}" if number % 2 else address} for number in range(12)]
    assert await guesses(api.client, unique_email(), headers) == STOPPED


async def test_an_account_is_the_same_however_it_is_spelt(ana: Api, api: Api) -> None:
    spellings = [ana.email.upper(), f" {ana.email} ", ana.email.title(), ana.email.replace("e", "ｅ")] * 3
    statuses = []
    for email in spellings:
        statuses += await guesses(api.client, email, [{}])
    assert statuses == STOPPED


async def test_parallel_guesses_count_exactly(api: Api) -> None:
    email = unique_email()
    answers = await asyncio.gather(*(guesses(api.client, email, [{}]) for _ in range(30)))
    assert sorted(status for (status,) in answers) == [401] * 10 + [429] * 20


async def test_both_ways_to_log_in_count_together(api: Api) -> None:
    email = unique_email()
    assert await guesses(api.client, email, [{}] * 10) == [401] * 10
    form = {"username": email, "password": GUESS}
    assert (await api.request("POST", "/auth/token", data=form)).status_code == 429


async def test_a_refused_guess_is_no_guess(ana: Api, api: Api) -> None:
    """Who is over the limit does not learn that the password was right."""
    await guesses(api.client, ana.email, [{}] * 10)
    response = await api.post("/auth/login", {"email": ana.email, "password": PASSWORD})
    assert (response.status_code, "set-cookie" in response.headers) == (429, False)


async def test_nobody_locks_another_out_from_elsewhere(ana: Api, api: Api) -> None:
    await guesses(api.client, ana.email, [{}] * 15)
    assert (await ana.log_in()).status_code == 200


async def test_passwords_are_not_sprayed_over_many_accounts(api: Api) -> None:
    statuses = [await guesses(api.client, unique_email(), [{}]) for _ in range(210)]
    assert 200 <= [status for (status,) in statuses].count(401) <= 205  # one comes back every 4.5 seconds


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/auth/change-password", {"current_password": GUESS, "new_password": "staple the other horse"}),
        ("DELETE", "/users/me", {"current_password": GUESS}),
        ("PATCH", "/users/me", {"current_password": GUESS, "email": "new@example.com"}),
    ],
)
async def test_a_stolen_session_does_not_find_the_password(ana: Api, method: str, path: str, body: object) -> None:
    statuses = [(await ana.request(method, path, json=body)).status_code for _ in range(12)]
    assert statuses == [403] * 10 + [429] * 2


async def test_the_three_ways_to_try_it_count_together(ana: Api) -> None:
    for _ in range(10):
        await ana.delete("/users/me", {"current_password": GUESS})
    change = {"current_password": PASSWORD, "new_password": "staple the other horse"}
    assert (await ana.post("/auth/change-password", change)).status_code == 429


async def test_one_address_gets_few_mails_from_however_many_networks(server: Server, ana: Api) -> None:
    for _ in range(8):
        async with caller_of(server) as stranger:
            assert (await stranger.post("/auth/forgot-password", {"email": ana.email})).status_code == 202
    await server.mails_to(ana.email, number=5)
    async with caller_of(server) as last:  # whose mail comes after all those that were asked for before
        await last.register()
        await last.post("/auth/forgot-password", {"email": last.email})
        await server.mails_to(last.email)
    assert len(server.mailbox.to(ana.email)) == 5
