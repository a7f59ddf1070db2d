"""Handing mail over to real SMTP servers, and what a mail looks like when it arrives."""

import asyncio
import email
import email.policy
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiosmtplib
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from src.core import clock
from src.core.logging import configure_logging
from src.core.mail import LogTransport, Mail, SmtpServer, SmtpTransport, compose, parse_mailbox
from tests.conftest import free_port
from tests.mail_server import mail_server, server_context, silent_server, text_of

SENDER = Address("Todo", addr_spec="todo@example.com")
MAIL = Mail(to="ana@example.com", subject="Greetings", text="Hello Zoë,\n.\nbye\n", html="<p>Hello Zoë</p>\n")


def transport(port: int, tls: str = "none", **changes: object) -> SmtpTransport:
    values = {"host": "127.0.0.1", "port": port, "tls": tls, "timeout": 10.0, **changes}
    return SmtpTransport(SmtpServer(**values), sender=SENDER, host_name="todo.example.com")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts, as far as this test can see."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


class TestMessage:
    async def test_arrives_with_both_parts_and_all_headers(self) -> None:
        async with mail_server() as mailbox:
            await transport(mailbox.port).deliver(MAIL)
        envelope, (message,) = mailbox.envelopes[0], mailbox.messages
        assert (envelope.mail_from, envelope.rcpt_tos) == ("todo@example.com", ["ana@example.com"])
        assert (message["From"], message["To"]) == ("Todo <todo@example.com>", "ana@example.com")
        assert message["Subject"] == "Greetings"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"].endswith("@todo.example.com>")
        assert abs((parsedate_to_datetime(message["Date"]) - clock.now()).total_seconds()) < 60
        assert message.get_content_type() == "multipart/alternative"
        assert text_of(message, "plain").splitlines() == ["Hello Zoë,", ".", "bye"]
        assert text_of(message, "html").splitlines() == ["<p>Hello Zoë</p>"]

    async def test_says_who_it_is_and_not_the_name_of_the_machine(self) -> None:
        async with mail_server() as mailbox:
            await transport(mailbox.port).deliver(MAIL)
        assert mailbox.sessions[0].host_name == "todo.example.com"

    async def test_an_international_domain_goes_out_in_ascii(self) -> None:
        async with mail_server() as mailbox:
            await transport(mailbox.port).deliver(Mail("ana@bücher.example", "s", "t", "h"))
        assert mailbox.envelopes[0].rcpt_tos == ["ana@xn--bcher-kva.example"]
        assert not mailbox.envelopes[0].smtp_utf8

    async def test_a_name_that_is_not_ascii_needs_smtputf8(self) -> None:
        async with mail_server() as mailbox:
            await transport(mailbox.port).deliver(Mail("josé@bücher.example", "s", "t", "h"))
        envelope = mailbox.envelopes[0]
        assert (envelope.rcpt_tos, envelope.smtp_utf8) == (["josé@bücher.example"], True)
        assert "\r\nTo: josé@bücher.example\r\n".encode() in (envelope.original_content or b"")

    async def test_and_is_refused_where_the_server_does_not_know_it(self) -> None:
        async with mail_server(smtputf8=False) as mailbox:
            with pytest.raises(aiosmtplib.SMTPNotSupported):
                await transport(mailbox.port).deliver(Mail("josé@example.com", "s", "t", "h"))

    @pytest.mark.parametrize(
        "to",
        [
            "a\r\nBcc: b@example.com",
            "a@example.com\nBcc: b@example.com",
            "a@example.com, b@example.com",
            "<a>",
            "",
            "a",
        ],
    )
    async def test_what_is_no_address_reaches_no_header(self, to: str) -> None:
        with pytest.raises(ValueError):
            compose(Mail(to, "s", "t", "h"), sender=SENDER, host_name="x")

    @pytest.mark.parametrize("subject", ["\r", "\n", "s\r", "s\n", "s\r\nBcc: b@example.com", "s\u2028"])
    async def test_a_subject_is_one_line(self, subject: str) -> None:
        with pytest.raises(ValueError, match="a subject is one line"):
            compose(Mail("ana@example.com", subject, "t", "h"), sender=SENDER, host_name="x")

    @given(st.text(), st.text(), st.text())
    def test_no_text_makes_a_header_or_a_part(self, to: str, subject: str, text: str) -> None:
        """Whatever is put in: the mail has the headers it is meant to have, one recipient and two parts, or is none."""
        try:
            message = compose(Mail(f"{to}@example.com", subject, text, text), sender=SENDER, host_name="x")
        except ValueError:
            return
        arrived = parsed_bytes(message.as_bytes())
        assert sorted(arrived.keys()) == sorted(
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        )
        assert len(arrived["To"].addresses) == 1
        assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]

    @pytest.mark.parametrize(
        "sender", ["Todo\r\nBcc: x <a@example.com>", "Todo <a@example.com>, b@example.com", "Todo"]
    )
    def test_what_is_no_sender(self, sender: str) -> None:
        with pytest.raises(ValueError):
            parse_mailbox(sender)


def parsed_bytes(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


class TestTls:
    async def test_starttls(self, trusted: trustme.CA) -> None:
        async with mail_server(starttls=server_context("127.0.0.1", authority=trusted)) as mailbox:
            await transport(mailbox.port, "starttls").deliver(MAIL)
        assert mailbox.sessions[0].ssl is not None

    async def test_tls_from_the_first_byte(self, trusted: trustme.CA) -> None:
        async with mail_server(tls=server_context("127.0.0.1", authority=trusted)) as mailbox:
            await transport(mailbox.port, "tls").deliver(MAIL)
        assert len(mailbox.envelopes) == 1

    @pytest.mark.parametrize("tls", ["starttls", "tls"])
    async def test_a_certificate_of_an_unknown_authority_is_refused(self, trusted: trustme.CA, tls: str) -> None:
        context = server_context("127.0.0.1", authority=trustme.CA())
        await self.refused(context, tls)

    @pytest.mark.parametrize("tls", ["starttls", "tls"])
    async def test_a_certificate_of_another_host_is_refused(self, trusted: trustme.CA, tls: str) -> None:
        await self.refused(server_context("mail.example.com", authority=trusted), tls)

    async def refused(self, context: ssl.SSLContext, tls: str) -> None:
        async with mail_server(**{tls: context}) as mailbox:  # type: ignore[arg-type]
            with pytest.raises((aiosmtplib.SMTPException, ssl.SSLError)):
                await transport(mailbox.port, tls, username="todo", password="canary").deliver(MAIL)
        assert mailbox.envelopes == []

    @pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
    async def test_without_the_offer_of_starttls_nothing_is_sent_in_plain_text(self) -> None:
        async with mail_server(login=("todo", "canary")) as mailbox:
            with pytest.raises(aiosmtplib.SMTPException):
                await transport(mailbox.port, "starttls", username="todo", password="canary").deliver(MAIL)
        assert mailbox.envelopes == []
        assert mailbox.logins == []


class TestLogin:
    async def test_with_the_right_password(self, trusted: trustme.CA) -> None:
        context = server_context("127.0.0.1", authority=trusted)
        async with mail_server(starttls=context, login=("todo", "sésame")) as mailbox:
            await transport(mailbox.port, "starttls", username="todo", password="sésame").deliver(MAIL)
        assert len(mailbox.envelopes) == 1

    @pytest.mark.parametrize("login", [{}, {"username": "todo", "password": "a wrong guess"}])
    async def test_without_it(self, trusted: trustme.CA, login: dict[str, str]) -> None:
        context = server_context("127.0.0.1", authority=trusted)
        async with mail_server(starttls=context, login=("todo", "sesame")) as mailbox:
            with pytest.raises(aiosmtplib.SMTPException):
                await transport(mailbox.port, "starttls", **login).deliver(MAIL)
        assert mailbox.envelopes == []


class TestBadServers:
    @pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
    async def test_one_that_hangs_is_left_in_time(self, tls: str) -> None:
        async with silent_server() as port, asyncio.timeout(30):
            with pytest.raises((TimeoutError, aiosmtplib.SMTPException)):
                await transport(port, tls, timeout=0.3).deliver(MAIL)

    async def test_one_that_sends_a_byte_now_and_then_is_left_in_time(self) -> None:
        async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    writer.write(b"220-wait\r\n")
                    await asyncio.sleep(0.05)
            finally:
                writer.close()

        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server, asyncio.timeout(30):
            with pytest.raises((TimeoutError, aiosmtplib.SMTPException)):
                await transport(server.sockets[0].getsockname()[1], timeout=0.5).deliver(MAIL)

    async def test_one_that_is_not_there(self) -> None:
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await transport(free_port()).deliver(MAIL)

    async def test_one_that_does_not_want_the_mail(self) -> None:
        async with mail_server() as mailbox:
            mailbox.refusal = "550 no such user"
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
                await transport(mailbox.port).deliver(MAIL)


async def test_the_log_shows_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "console")
    await LogTransport().deliver(Mail("ana@example.com", "Greetings", "Hello,\n\nhttp://localhost/#token=abc\n", "<p>"))
    configure_logging("error")
    shown = capsys.readouterr().err
    assert all(part in shown for part in ("ana@example.com", "Greetings", "http://localhost/#token=abc"))
