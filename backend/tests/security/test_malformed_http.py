"""Bytes that two servers in a row could read differently (request smuggling), and bytes that are no HTTP at all."""

import pytest

from tests.factories import Api
from tests.security.conftest import Server
from tests.security.wire import Wire, request

SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
LENGTH = f"Content-Length: {len(SMUGGLED)}"

AMBIGUOUS = {
    "two lengths": ("Content-Length: 0", LENGTH),
    "two lengths in one": (f"Content-Length: 0, {len(SMUGGLED)}",),
    "the same length twice": (LENGTH, LENGTH),
    "a length and chunks": (LENGTH, "Transfer-Encoding: chunked"),
    "chunks and a length": ("Transfer-Encoding: chunked", "Content-Length: 0"),
    "a signed length": (f"Content-Length: +{len(SMUGGLED)}",),
    "a negative length": ("Content-Length: -1",),
    "a length in hexadecimal": ("Content-Length: 0x1b",),
    "a length with an underscore": ("Content-Length: 2_7",),
    "a length that overflows": (f"Content-Length: {2**64 + 4}",),
    "a length of thousands of digits": ("Content-Length: " + "9" * 5000,),
    "no length": ("Content-Length:",),
    "a space before the colon": (f"Content-Length : {len(SMUGGLED)}",),
    "a folded header": ("X: y\r\n Content-Length: 5",),
    "a header without a name": (": y",),
    "a header without a colon": ("Content-Length",),
    "a NUL in a header": ("X: a\0b",),
    "a bare line feed in a header": ("X: a\nContent-Length: 5",),
    "a bare carriage return in a header": ("X: a\rContent-Length: 5",),
    "an unknown coding": ("Transfer-Encoding: xchunked",),
    "chunks that are not last": ("Transfer-Encoding: chunked, identity",),
    "chunks twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "quoted chunks": ('Transfer-Encoding: "chunked"',),
    "chunks after a control": ("Transfer-Encoding: \x0bchunked",),
    "chunks in another coding": ("Transfer-Encoding: gzip, chunked",),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_a_body_of_two_lengths_holds_no_second_request(server: Server, name: str) -> None:
    """What follows is body, or the connection is closed; never is it answered as a request of its own."""
    async with Wire.to(server.url) as wire:
        await wire.send(request("POST", "/api/v1/auth/login", "Content-Type: application/json", *AMBIGUOUS[name]))
        await wire.send(SMUGGLED)
        answers = await wire.answers()
    assert len(answers) == 1
    assert answers[0].status in (400, 415, 422)


CHUNKS = {
    "a size that is none": b"xyz\r\n",
    "a size that overflows": b"fffffffffffffffff\r\n",
    "a negative size": b"-1\r\n",
    "a size with a sign": b"+5\r\nhello\r\n",
    "a size in another base": b"0x5\r\nhello\r\n",
    "a size with an underscore": b"0_5\r\nhello\r\n",
    "no size": b"\r\n",
    "a size cut by a line feed": b"5\nhello\r\n0\r\n\r\n",
    "no end of line after a chunk": b"5\r\nhello0\r\n\r\n",
    "an extension with a line feed": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", CHUNKS)
async def test_chunks_that_are_none_hold_no_second_request(server: Server, name: str) -> None:
    async with Wire.to(server.url) as wire:
        head = ("Content-Type: application/json", "Transfer-Encoding: chunked")
        await wire.send(request("POST", "/api/v1/auth/login", *head), CHUNKS[name] + SMUGGLED)
        answers = await wire.answers()
    assert len(answers) <= 1
    assert all(400 <= answer.status < 500 for answer in answers)


async def test_what_stands_behind_a_body_is_no_header(server: Server, ana: Api) -> None:
    """A proxy that checks or sets headers looks at those before it."""
    token = ana.client.headers["Authorization"].encode()
    async with Wire.to(server.url) as wire:
        head = ("Content-Type: application/json", "Transfer-Encoding: chunked", "Trailer: Authorization")
        await wire.send(request("POST", "/api/v1/tasks", *head))
        await wire.send(b'd\r\n{"title":"x"}\r\n0\r\n', b"Authorization: " + token + b"\r\n\r\n")
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 401


REQUESTS = {
    "HTTP/0.9": b"GET /api/v1/tasks\r\n\r\n",
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.7": b"GET / HTTP/3.7\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    "two spaces": b"GET  /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tab": b"GET\t/health/live\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in the path": b"GET /health/\0live HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "no path": b"GET HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an odd method": b"G\xc3\x89T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long method": b"A" * 50_000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "nothing but line breaks": b"\r\n" * 5000,
    "random bytes": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_what_is_no_request_is_refused_without_a_word_about_it(server: Server, name: str) -> None:
    async with Wire.to(server.url) as wire:
        await wire.send(REQUESTS[name], SMUGGLED)
        answer = await wire.answer()
    assert answer is None or answer.status in (400, 401, 404, 405, 200)
    if answer is not None and answer.status == 400:
        assert answer.body == b"Invalid HTTP request received."


@pytest.mark.parametrize("target", ["evil.example:443", "*", "http://evil.example/", "//evil.example/", "/%2f%2fevil/"])
@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "TRACK", "OPTIONS", "DEBUG", "PURGE", "PROPFIND"])
async def test_nothing_is_forwarded_traced_or_purged(server: Server, method: str, target: str) -> None:
    async with Wire.to(server.url) as wire:
        await wire.send(request(method, target, "X-Secret: hunter2"))
        answer = await wire.answer()
    assert answer is None or (400 <= answer.status < 500 and b"hunter2" not in answer.body)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
async def test_the_method_is_the_one_of_the_request_line(ana: Api, name: str) -> None:
    task = await ana.create_task()
    for options in ({"headers": {name: "DELETE"}}, {"params": {name: "DELETE"}}):
        await ana.get(f"/tasks/{task['id']}", **options)
    assert (await ana.get(f"/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "TLS/1.0"])
async def test_no_other_protocol_is_taken_up(server: Server, protocol: str) -> None:
    upgrade = (f"Upgrade: {protocol}", "Connection: Upgrade", "Sec-WebSocket-Key: eA==", "Sec-WebSocket-Version: 13")
    async with Wire.to(server.url) as wire:
        await wire.send(request("GET", "/api/v1/tasks", *upgrade))
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 401


async def test_requests_one_after_the_other_stay_apart(server: Server, ana: Api) -> None:
    """Hers and a stranger's on one connection: the token counts for its own request."""
    token = ana.client.headers["Authorization"]
    async with Wire.to(server.url) as wire:
        hers, nobodys = (
            request("GET", "/api/v1/users/me", f"Authorization: {token}"),
            request("GET", "/api/v1/users/me"),
        )
        await wire.send(hers + nobodys + hers + nobodys)
        answers = [await wire.answer() for _ in range(4)]
    assert [answer and answer.status for answer in answers] == [200, 401, 200, 401]
