"""Names and passwords that look or count as others: one account for one address, and the whole of each password."""

import asyncio
from uuid import uuid4

from tests.factories import PASSWORD, Api, problem, unique_email
from tests.security.conftest import Server, caller_of

ADDRESSES = [
    ("ana@example.com", "ANA@EXAMPLE.COM"),
    ("ana@example.com", "Ana@Example.Com"),
    ("jos\u00e9@example.com", "jose\u0301@example.com"),
    ("ana@example.com", "\uff41\uff4e\uff41@example.com"),
    ("stra\u00dfe@example.com", "STRASSE@example.com"),
    ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
]


async def test_an_address_is_one_account_however_it_is_spelt(api: Api) -> None:
    for first, second in ADDRESSES:
        tag = uuid4().hex[:10]
        assert (await api.register(email=f"{tag}{first}")).status_code == 201
        assert (await api.register(email=f"{tag}{second}")).status_code in (409, 422), (first, second)


async def test_nobody_takes_anothers_address_as_a_username(ana: Api, bob: Api) -> None:
    for name in (ana.email, ana.email.replace("@", "\uff20"), ana.email.replace("@", "\ufe6b")):
        problem(await bob.patch("/users/me", {"username": name}), 422, "validation_error")


async def test_a_username_is_one_however_it_is_spelt(ana: Api, bob: Api) -> None:
    name = f"Zo\u00eb{uuid4().hex[:12]}"
    assert (await ana.patch("/users/me", {"username": name})).status_code == 200
    for other in (name.upper(), name.lower(), name.replace("\u00eb", "e\u0308"), name.replace("Z", "\uff3a")):
        problem(await bob.patch("/users/me", {"username": other}), 409, "username_taken")
    for other in (f"{name}\u200b", f"\u202e{name}", f"{name}\u00ad", f"{name}\0"):
        problem(await bob.patch("/users/me", {"username": other}), 422, "validation_error")


async def test_of_parallel_registrations_one_succeeds(api: Api) -> None:
    answers = await asyncio.gather(*(api.register(email=api.email.upper() if n % 2 else api.email) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19


LOOKALIKES = [
    ("a" * 72 + "right", "a" * 72 + "wrong"),
    ("a" * 73, "a" * 72),
    ("\U0001f600" * 64, "\U0001f600" * 63 + "\U0001f601"),
    ("before\0after", "before\0other"),
    ("before\0after", "before"),
    ("password with end ", "password with end"),
    (" starts with a space", "starts with a space"),
    ("CaseMattersHere", "casemattershere"),
    ("line\nbreak here", "line break here"),
]


async def test_passwords_that_share_a_beginning_are_different(server: Server) -> None:
    for right, wrong in LOOKALIKES:
        async with caller_of(server) as caller:
            assert (await caller.register(password=right)).status_code == 201, right
            assert (await caller.log_in(password=wrong)).status_code == 401, right
            assert (await caller.log_in(password=right)).status_code == 200, right


async def test_a_password_is_the_same_from_any_keyboard(api: Api) -> None:
    await api.register(password="contrase\u00f1a larga")
    assert (await api.log_in(password="contrasen\u0303a larga")).status_code == 200


async def test_passwords_that_everybody_tries_are_refused(api: Api) -> None:
    for password in ("password1", "Password123", "qwertyuiop", "12345678", api.email, api.email.partition("@")[0]):
        problem(await api.register(password=password), 422, "validation_error")
    for password in ("Sh0rt!!", "a" * 129, "", None, 12345678, ["correct horse battery"], "a" * 1_000_000):
        problem(await api.register(password=password), 422, "validation_error")


async def test_a_password_that_is_no_text_is_refused(api: Api) -> None:
    for raw in (b'"\\ud800 a lone surrogate"', b'"\xed\xa0\x80 the same in bytes"', b'"\xff\xfe no text"'):
        for path in ("/auth/register", "/auth/login"):
            body = b'{"email":"' + api.email.encode() + b'","password":' + raw + b"}"
            headers = {"Content-Type": "application/json"}
            problem(await api.request("POST", path, content=body, headers=headers), 422, "validation_error")


async def test_a_hash_is_no_password(server: Server, ana: Api) -> None:
    (row,) = await server.fetch("SELECT password_hash FROM users WHERE id = $1", ana.id)
    assert PASSWORD not in row["password_hash"]
    problem(await ana.log_in(password=row["password_hash"]), 401, "invalid_credentials")


async def test_an_address_is_handed_on_only_with_the_password(ana: Api) -> None:
    for body in ({}, {"current_password": "a wrong guess"}, {"current_password": ""}):
        response = await ana.patch("/users/me", {"email": unique_email(), **body})
        assert response.status_code in (403, 422)
    assert (await ana.get("/users/me")).json()["email"] == ana.email
