"""What a request says of the host that it was sent to: it leads nobody anywhere."""

import re

import pytest

from tests.factories import BASE, Api
from tests.security.conftest import OWN_PAGE, Server, caller_of
from tests.security.wire import Wire

EVIL = "evil.example"
POISON = {
    "host": {"Host": EVIL},
    "host with a port": {"Host": f"{EVIL}:443"},
    "host with credentials": {"Host": f"todo.example.com@{EVIL}"},
    "host with a path": {"Host": f"{EVIL}/todo.example.com"},
    "forwarded host": {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "http", "X-Forwarded-Port": "81"},
    "forwarded": {"Forwarded": f"host={EVIL};proto=http;for=1.2.3.4"},
    "other names": {"X-Host": EVIL, "X-Original-Host": EVIL, "X-HTTP-Host-Override": EVIL, "X-Forwarded-Server": EVIL},
    "rewritten": {"X-Original-URL": f"http://{EVIL}/", "X-Rewrite-URL": f"http://{EVIL}/", "X-Forwarded-Prefix": EVIL},
    "page": {"Referer": f"https://{EVIL}/", "Origin": f"https://{EVIL}"},
}


async def test_the_link_of_a_mail_leads_to_the_configured_address(server: Server) -> None:
    for name, headers in POISON.items():
        async with caller_of(server) as ana:
            await ana.register()
            assert (await ana.post("/auth/forgot-password", {"email": ana.email}, headers=headers)).status_code == 202
            (text,) = await server.mails_to(ana.email)
        links = [link.partition("#")[0] for link in re.findall(r"https?://\S+", text)]
        assert links == [f"{OWN_PAGE}/reset-password"], name
        assert EVIL not in text, name


REQUESTS = [("GET", "/tasks?limit=1"), ("POST", "/tasks"), ("GET", "/nothing"), ("GET", f"//{EVIL}")]


async def test_no_answer_repeats_it(ana: Api) -> None:
    for _ in range(2):
        await ana.create_task()
    for headers in POISON.values():
        for method, path in REQUESTS:
            options = {"json": {"title": "x"}} if method == "POST" else {}
            response = await ana.client.request(method, f"{BASE}{path}", headers=headers, **options)
            assert EVIL not in response.text
            assert EVIL not in str(response.headers)
            assert not response.is_redirect


@pytest.mark.parametrize(
    "lines",
    [
        ("Host: localhost", f"Host: {EVIL}"),
        (f"Host: {EVIL}", "Host: localhost"),
        ("Host: localhost", f" {EVIL}"),
        ("Host:",),
        (),
    ],
)
async def test_two_hosts_or_none_do_no_harm(server: Server, lines: tuple[str, ...]) -> None:
    for target in ("/api/v1/tasks", f"http://{EVIL}/api/v1/tasks", f"//{EVIL}/api/v1/tasks"):
        async with Wire.to(server.url) as wire:
            await wire.send("\r\n".join([f"GET {target} HTTP/1.1", *lines, "", ""]).encode())
            answer = await wire.answer()
            assert answer is not None
            assert answer.status in (400, 401, 404)
            assert EVIL.encode() not in answer.body
