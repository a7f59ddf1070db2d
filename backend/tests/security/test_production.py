"""The service as it is set up in production: what a stranger can find out and reach."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.factories import PASSWORD, unique_email
from tests.security.wire import PATIENCE


@pytest.fixture
async def stranger(production: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=production, timeout=PATIENCE, verify=False) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/docs", "/redoc", "/openapi.json", "/docs/start.js", "/docs/assets/swagger-ui.css", "/metrics", "/debug",
     "/admin", "/console", "/server-status", "/actuator", "/graphql", "/.well-known/openid-configuration"],
)  # fmt: skip
async def test_what_is_for_developers_is_not_there(stranger: httpx.AsyncClient, path: str) -> None:
    assert (await stranger.get(path)).status_code == 404


async def test_browsers_are_told_to_insist_on_tls(stranger: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/api/v1/tasks", "/nothing"):
        assert "max-age=63072000" in (await stranger.get(path)).headers["strict-transport-security"]


async def test_health_names_no_host_and_no_credential(stranger: httpx.AsyncClient) -> None:
    text = (await stranger.get("/health")).text.lower()
    for word in ("127.0.0.1", "postgres", "password", "@", "todo_gw", "todo_master"):
        assert word not in text


async def test_a_refusal_says_as_little_as_elsewhere(stranger: httpx.AsyncClient) -> None:
    response = await stranger.post("/api/v1/auth/login", json={"email": unique_email(), "password": PASSWORD})
    assert response.status_code == 401
    assert response.json().keys() == {"type", "title", "status", "code", "detail", "instance", "request_id"}


async def test_no_debugger_answers_to_a_query_or_a_header(stranger: httpx.AsyncClient) -> None:
    for options in ({"params": {"debug": "1", "__debugger__": "yes"}}, {"headers": {"X-Debug": "1", "DNT": "1"}}):
        response = await stranger.post("/api/v1/auth/login", content=b"{", **options)
        assert response.status_code in (415, 422)
        assert "Traceback" not in response.text
