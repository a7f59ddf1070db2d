"""Clients that connect and say little, or slowly: they do not hold up others, and are not waited for without end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from src.api import connections
from src.api.connections import BoundedConnection
from tests.factories import BASE, Api
from tests.security.conftest import Server
from tests.security.wire import PATIENCE, Wire, request
from tests.startup.processes import eventually

HEAD = ("Content-Type: application/json", "Content-Length: 1000")
CHUNKED = ("Content-Type: application/json", "Transfer-Encoding: chunked")
BEGUN = {
    "nothing": b"",
    "half a line": b"GET /api/v1/ta",
    "half a head": b"GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": request("POST", f"{BASE}/auth/login", *HEAD) + b'{"email":"',
    "half a chunk": request("POST", f"{BASE}/auth/login", *CHUNKED) + b'ff\r\n{"email":"',
    "half a trailer": request("POST", f"{BASE}/auth/login", *CHUNKED) + b"2\r\n{}\r\n0\r\nX-Slow: ",
}


@pytest.mark.parametrize("name", BEGUN)
async def test_two_hundred_of_them_hold_nobody_up(server: Server, ana: Api, name: str) -> None:
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
        for _ in range(200):
            wire = await stack.enter_async_context(Wire.to(server.url))
            await wire.send(BEGUN[name])
        for _ in range(5):
            assert (await ana.create_task())["title"] == "Call Ana"
            assert (await ana.get("/tasks")).status_code == 200
            assert (await ana.client.get("/health")).status_code == 200


@pytest.mark.parametrize("path", ["/tasks", "/auth/login", "/auth/token", "/users/me/import"])
async def test_those_who_go_away_midway_are_no_fault_of_the_service(server: Server, ana: Api, path: str) -> None:
    kind = "application/x-www-form-urlencoded" if path.endswith("token") else "application/json"
    token = f"Authorization: {ana.client.headers['Authorization']}"
    before = server.log_size
    for framing in ("Content-Length: 1000", "Transfer-Encoding: chunked"):
        async with Wire.to(server.url) as wire:
            await wire.send(request("POST", f"{BASE}{path}", token, f"Content-Type: {kind}", framing), b"10\r\n{")

    async def both_are_logged() -> bool:
        return server.logged_since(before).count(f'"route": "{BASE}{path}"') == 2

    await eventually(both_are_logged)
    assert '"level": "error"' not in server.logged_since(before)


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address of a server with the service's own connections that have little time."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_SECONDS", 1.0)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except ClientDisconnect:
            return
        await asyncio.sleep(2.0 if scope["path"] == "/slow" else 0.0)
        await Response(status_code=204)(scope, receive, send)

    config, state = uvicorn.Config(application, http=BoundedConnection, log_config=None), ServerState()
    config.load()
    listening = await asyncio.get_running_loop().create_server(
        lambda: BoundedConnection(config, state, {}), "127.0.0.1", 0
    )
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("name", BEGUN)
async def test_they_are_not_waited_for_without_end(impatient: str, name: str) -> None:
    """Each byte on its own does not begin the time anew."""
    piece = b"\r\n" if name == "nothing" else b"a"
    async with Wire.to(impatient) as wire:
        await wire.send(BEGUN[name])
        async with asyncio.timeout(PATIENCE):
            while not await wire.is_closed(patience=0.1):
                try:
                    await wire.send(piece)
                except ConnectionError:
                    break


async def test_who_says_nothing_any_more_after_a_request_is_let_go_too(impatient: str) -> None:
    async with Wire.to(impatient) as wire:
        await wire.send(request("GET", "/"))
        assert await wire.answer() is not None
        async with asyncio.timeout(PATIENCE):
            while not await wire.is_closed(patience=0.1):
                try:
                    await wire.send(b"\r\n")
                except ConnectionError:
                    break


async def test_an_answer_that_takes_long_is_waited_for(impatient: str) -> None:
    async with Wire.to(impatient) as wire:
        await wire.send(request("GET", "/slow"), b"\r\n")
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 204
