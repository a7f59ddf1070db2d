"""Requests that are larger than anybody needs: refused while the memory they take is small."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories import BASE, Api, problem
from tests.security.conftest import Server
from tests.security.wire import Wire, request

MIB = 1 << 20
MARGIN = 40  # MiB; what is sent is several times more


def memory_of(pid: int) -> int:
    """In MiB, at its highest so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) // 1024


@contextmanager
def little_memory(server: Server) -> Iterator[None]:
    """Asserts that the service takes little more memory at any moment meanwhile (where the system can tell)."""
    if not Path("/proc/self/clear_refs").exists():
        yield
        return
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    before = memory_of(server.process.pid)
    yield
    assert memory_of(server.process.pid) - before < MARGIN


async def endless(size: int, piece: bytes = b"[" * 65536) -> AsyncIterator[bytes]:
    for _ in range(0, size, len(piece)):
        yield piece


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", ["/tasks", "/tasks/bulk", "/auth/login", "/auth/register", "/users/me/import"])
async def test_a_hundred_mebibytes_without_a_length_are_refused(server: Server, ana: Api, path: str) -> None:
    with little_memory(server):
        response = await ana.request("POST", path, content=endless(100 * MIB), headers=JSON)
        problem(response, 413, "body_too_large")


async def test_so_are_they_in_the_form(server: Server, api: Api) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with little_memory(server):
        response = await api.request(
            "POST", "/auth/token", content=endless(100 * MIB, b"a=b&" * 16384), headers=headers
        )
        assert response.status_code in (400, 413)


async def test_with_a_length_they_are_refused_before_a_byte_is_read(server: Server) -> None:
    for length in (MIB + 1, 100 * MIB, 2**63 - 1):
        async with Wire.to(server.url) as wire:
            await wire.send(request("POST", f"{BASE}/auth/login", *headers(length)))
            answer = await wire.answer()
            assert answer is not None
            assert answer.status == 413


def headers(length: int) -> tuple[str, str]:
    return "Content-Type: application/json", f"Content-Length: {length}"


async def test_a_body_that_is_longer_than_it_says_is_cut_there(server: Server, ana: Api) -> None:
    token = f"Authorization: {ana.client.headers['Authorization']}"
    async with Wire.to(server.url) as wire:
        await wire.send(request("POST", f"{BASE}/tasks", token, *headers(13)), b'{"title":"x"}' + b"[" * 2000)
        first, second = await wire.answer(), await wire.answer()
    assert first is not None
    assert first.status in (201, 400)  # the rest may be looked at before the task is made
    assert second is None or second.status == 400


async def test_nothing_is_unpacked(server: Server, ana: Api) -> None:
    """A gzip bomb is a few bytes that are no JSON."""
    bomb = gzip.compress(b'{"title":"' + b"a" * (50 * MIB))
    with little_memory(server):
        for coding in ("gzip", "deflate", "br", "gzip, gzip"):
            response = await ana.request("POST", "/tasks", content=bomb, headers={**JSON, "Content-Encoding": coding})
            assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "piece",
    [b"X-Header: " + b"a" * 65536 + b"\r\n", b"a" * 65536, b"A: b\r\n" * 10_000],
    ids=["of long headers", "of one header", "of many headers"],
)
async def test_endless_heads_are_cut_off(server: Server, piece: bytes) -> None:
    with little_memory(server):
        async with Wire.to(server.url) as wire:
            await wire.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: ")
            with pytest.raises(ConnectionError):
                await wire.send(*[piece] * (200 * MIB // len(piece)))


async def test_an_endless_address_is_cut_off(server: Server) -> None:
    with little_memory(server):
        async with Wire.to(server.url) as wire:
            await wire.send(b"GET /")
            with pytest.raises(ConnectionError):
                await wire.send(*[b"a" * 65536] * 3200)


async def test_endless_trailers_are_cut_off(server: Server) -> None:
    with little_memory(server):
        async with Wire.to(server.url) as wire:
            await wire.send(request("POST", f"{BASE}/auth/login", "Transfer-Encoding: chunked"), b"0\r\n")
            with pytest.raises(ConnectionError):
                await wire.send(*[b"X-Trailer: " + b"a" * 65536 + b"\r\n"] * 3200)


async def test_a_head_of_any_usual_size_is_read(api: Api) -> None:
    """Proxies and browsers send some kilobytes."""
    cookies = {"Cookie": "; ".join(f"name{number}={'v' * 100}" for number in range(150))}
    assert (await api.client.get("/health/live", headers=cookies)).status_code == 200
