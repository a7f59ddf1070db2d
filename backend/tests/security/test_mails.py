"""Texts of users in mails: no headers, no markup, no links, and none for anybody but the owner of the address."""

from tests.factories import PASSWORD, Api, problem, unique_email
from tests.mail_server import text_of
from tests.security.conftest import OWN_PAGE, Server, caller_of

NAMES = [
    "<b>Ana</b>",
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png>",
    "[click](https://evil.example)",
    "https://evil.example",
    "evil.example/x",
    "Ana https://evil.example Ana",
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "%(link)s {link} ${link}",
    "\u202egro.elpmaxe",
    "Ana=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
]


async def test_a_name_is_no_markup_and_no_link(server: Server) -> None:
    for name in NAMES:
        async with caller_of(server) as ana:
            if not (await ana.register(first_name=name)).is_success:
                continue
            await ana.post("/auth/forgot-password", {"email": ana.email})
            (text,) = await server.mails_to(ana.email)
            (message,) = server.mailbox.to(ana.email)
        html = text_of(message, "html")
        for part in (text, html):
            assert "evil.example" not in part, name
            assert "gro.elpmaxe" not in part, name
            assert "49" not in part.partition("http")[0], name
            assert part.count("http") == part.count(OWN_PAGE), name
        assert "<script" not in html
        assert "<img" not in html
        assert "<b>" not in html


async def test_no_address_adds_a_header_or_a_recipient(server: Server, api: Api) -> None:
    sent = len(server.mailbox.envelopes)
    local = unique_email().partition("@")[0]
    for email in (
        f"{local}@example.com\r\nBcc: evil@evil.example",
        f"{local}@example.com\nSubject: forged",
        f"{local}@example.com%0d%0aBcc:evil@evil.example",
        f"{local}@example.com,evil@evil.example",
        f"{local}@example.com;evil@evil.example",
        f"{local}@example.com evil@evil.example",
        f"evil@evil.example <{local}@example.com>",
        f"<{local}@example.com>",
        f'"{local}\r\nBcc: evil"@example.com',
        f"{local}@example.com\0.evil.example",
        f"{local}@[127.0.0.1]",
        f"{local}@localhost",
        f"{local}(comment)@example.com",
        f"@evil.example:{local}@example.com",
        [f"{local}@example.com", "evil@evil.example"],
        {"email": f"{local}@example.com"},
    ):
        for path, body in (
            ("/auth/register", {"email": email, "password": PASSWORD}),
            ("/auth/forgot-password", {"email": email}),
        ):
            problem(await api.post(path, body), 422, "validation_error")
    assert len(server.mailbox.envelopes) == sent


async def test_a_link_goes_to_the_address_of_the_account_not_to_the_one_that_was_typed(
    server: Server, ana: Api, api: Api
) -> None:
    """Two addresses that fold to one key could belong to two people."""
    typed = ana.email.upper()
    await api.post("/auth/forgot-password", {"email": typed})
    await server.mails_to(ana.email)
    assert server.mailbox.to(typed) == []


async def test_its_headers_are_those_that_are_meant(server: Server, ana: Api) -> None:
    await ana.post("/auth/forgot-password", {"email": ana.email})
    await server.mails_to(ana.email)
    (message,) = server.mailbox.to(ana.email)
    assert set(map(str.lower, message.keys())) == {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type",
    }  # fmt: skip
    assert (message["From"], message["To"]) == ("Todo <todo@example.com>", ana.email)
