"""Pages of other sites, in the browser of somebody who is logged in: CSRF, CORS and their look-alikes."""

import httpx
import pytest

from tests.factories import PASSWORD, Api, problem
from tests.security.conftest import OWN_PAGE, Server

FOREIGN = [
    "https://evil.example",
    "null",
    "https://todo.example.com.evil.example",
    "https://eviltodo.example.com",
    "https://todo.example.com@evil.example",
    "https://todo.example.com:8443",
    "http://todo.example.com",
    "https://TODO.example.com",
    "https://todo.example.com/",
    "https://todo.example.com, https://evil.example",
    "https://sub.todo.example.com",
    "https://todo_example.com",
    "https://example.com",
    "file://",
    "*",
    "",
]
WITH_THE_COOKIE = ["/auth/refresh", "/auth/logout"]


async def test_cannot_use_the_cookie(ana: Api) -> None:
    ana.use(None)
    for origin in FOREIGN:
        for path in WITH_THE_COOKIE:
            problem(await ana.post(path, headers={"Origin": origin}), 403, "foreign_origin")
    assert (await ana.post("/auth/refresh")).status_code == 200  # the session goes on


@pytest.mark.parametrize("path", WITH_THE_COOKIE)
async def test_cannot_use_it_by_a_form_or_a_link(ana: Api, path: str) -> None:
    ana.use(None)
    problem(await ana.post(path, headers={"Sec-Fetch-Site": "cross-site"}), 403, "foreign_origin")
    problem(
        await ana.post(path, headers=httpx.Headers([("Origin", OWN_PAGE), ("Origin", "https://evil.example")])),
        403,
        "foreign_origin",
    )
    assert (await ana.get(path)).status_code == 405


async def test_cannot_log_somebody_in_as_somebody_else(ana: Api) -> None:
    body = {"email": ana.email, "password": PASSWORD}
    for origin in FOREIGN:
        response = await ana.post("/auth/login", body, headers={"Origin": origin})
        problem(response, 403, "foreign_origin")
        assert "set-cookie" not in response.headers


async def test_get_no_cookie_from_the_form_that_they_may_send(ana: Api) -> None:
    form = {"username": ana.email, "password": PASSWORD}
    response = await ana.request("POST", "/auth/token", data=form, headers={"Origin": "https://evil.example"})
    assert "set-cookie" not in response.headers
    assert "access-control-allow-origin" not in response.headers


async def test_cannot_send_json_as_what_needs_no_preflight(ana: Api) -> None:
    body = b'{"email":"%s","password":"%s"}' % (ana.email.encode(), PASSWORD.encode())
    for path in ("/auth/login", "/auth/register", "/auth/forgot-password", "/tasks"):
        for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            response = await ana.request("POST", path, content=body, headers={"Content-Type": media_type})
            problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/tasks", "/auth/refresh", "/no-such-route"])
async def test_may_not_read_answers(ana: Api, path: str) -> None:
    wanted = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "Authorization"}
    for origin in FOREIGN:
        plain = await ana.get(path, headers={"Origin": origin})
        preflight = await ana.request("OPTIONS", path, headers={"Origin": origin, **wanted})
        assert "access-control-allow-origin" not in plain.headers
        assert "access-control-allow-origin" not in preflight.headers


async def test_the_own_page_may(ana: Api) -> None:
    answer = await ana.get("/tasks", headers={"Origin": OWN_PAGE})
    assert answer.headers["access-control-allow-origin"] == OWN_PAGE
    assert "origin" in answer.headers["vary"].lower()
    assert (await ana.post("/auth/refresh", headers={"Origin": OWN_PAGE})).status_code == 200


async def test_no_page_frames_or_sniffs_an_answer(server: Server, ana: Api) -> None:
    for path in ("/api/v1/tasks", "/api/v1/nothing", "/health", "/", "/docs"):
        headers = (await ana.client.get(path, headers={"Accept": "text/html"})).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "no-referrer", path
