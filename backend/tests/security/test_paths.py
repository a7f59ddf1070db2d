"""Addresses that would lead out of the web app's files, the documentation's files and the routes."""

import pytest

from tests.security.conftest import CANARY, Server
from tests.security.wire import Wire, request

SECRET_FILES = ["secret.txt", "../secret.txt", "leak.txt", ".env", ".env.br", "../dist/.env", "etc/passwd"]
UP = [
    "..",
    "%2e%2e",
    "%2E.",
    "..%00",
    "%252e%252e",
    "..;",
    "....//..",
    "%c0%ae%c0%ae",
    "%u002e%u002e",
    "\\..",
    "..%5c..",
]
PREFIXES = ["", "/assets", "/docs/assets", "/api/v1", "/problems", "/static", "/today", "//", "/\\", "/%2f", "/%5c"]
TARGETS = [
    *(f"{prefix}/{name}" for prefix in PREFIXES for name in SECRET_FILES),
    *(f"{prefix}/{'/'.join([up] * 8)}/etc/passwd" for prefix in PREFIXES for up in UP),
    *(f"{prefix}/{up}/secret.txt" for prefix in PREFIXES for up in UP),
    *(f"{prefix}/{up}/{up}/backend/src/main.py" for prefix in PREFIXES[:5] for up in UP),
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "/index.html%00.js",
    "/assets/index-DuFgfgYr.js/../../.env",
    "/C:/Windows/win.ini",
    "/proc/self/environ",
    "/.git/config",
    "/backend/.env",
    "/assets/",
    "/docs/assets/",
    "/docs/assets",
]


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
async def test_no_address_leads_out(server: Server, accept: str) -> None:
    for target in TARGETS:
        async with Wire.to(server.url) as wire:
            await wire.send(request("GET", target, f"Accept: {accept}", "Connection: close"))
            answer = await wire.answer()
        assert answer is not None, target
        assert answer.status < 500, target
        for secret in (CANARY.encode(), b"root:", b"SECRET_KEY", b"create_app", b"Index of"):
            assert secret not in answer.body, target
        assert not 300 <= answer.status < 400, target


async def test_a_long_address_is_refused_or_not_found(server: Server) -> None:
    for target in ("/" + "a/" * 5000, "/" + "%2e%2e%2f" * 3000, "/api/v1/tasks/" + "9" * 20_000):
        async with Wire.to(server.url) as wire:
            await wire.send(request("GET", target))
            answer = await wire.answer()
        assert answer is not None
        assert 400 <= answer.status < 500


async def test_a_path_means_what_the_router_says_it_means(server: Server) -> None:
    """No second spelling of a route: a proxy that guards one would not see the other."""
    spellings = [
        "/api/v1//users/me",
        "/api/v1/./users/me",
        "/api/v1/users/me/",
        "/API/v1/users/me",
        "/api/v1/users/me;x=1",
    ]
    spellings += [
        "/api/v1/x/../users/me",
        "/api/v1/users/me%00",
        "/api/v1/users/me%20",
        "/api/v1/users/me.json",
        "//api/v1/users/me",
    ]
    for target in spellings:
        async with Wire.to(server.url) as wire:
            await wire.send(request("GET", target))
            answer = await wire.answer()
        assert answer is not None
        assert answer.status == 404, target
