"""Mail: what one is made of, and the ways it can take.

Addresses reach this module checked, and are checked again: what is no address, or holds a line break, is never written
into a header or an SMTP command. Server certificates are always verified.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import make_msgid
from typing import Literal, Protocol

import aiosmtplib
import structlog
from email_validator import validate_email

from src.core import clock

GOODBYE_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mail:
    """To one address, with the same content as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class Transport(Protocol):
    async def deliver(self, mail: Mail) -> None:
        """Raises whatever kept the mail from being handed over."""


@dataclass(frozen=True, slots=True, repr=False)
class SmtpServer:
    """Where mail is handed over. ``timeout``: seconds for a whole delivery."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    timeout: float
    username: str | None = None
    password: str | None = None


class SmtpTransport:
    """Hands each mail over on a connection of its own.

    Args:
        sender: the From address, checked.
        host_name: what this service calls itself, in HELO and in Message-ID.
    """

    def __init__(self, server: SmtpServer, *, sender: Address, host_name: str) -> None:
        self._server = server
        self._sender = sender
        self._host_name = host_name
        # read once: loading the certificates of the system takes tens of milliseconds
        self._tls_context = None if server.tls == "none" else ssl.create_default_context()

    async def deliver(self, mail: Mail) -> None:
        message = compose(mail, sender=self._sender, host_name=self._host_name)
        client = self._client()
        try:
            async with asyncio.timeout(self._server.timeout):  # each command has a limit, and so has their sum
                await client.connect()
                await client.send_message(message)
            with suppress(aiosmtplib.SMTPException):  # the mail is on its way already
                await client.quit(timeout=GOODBYE_SECONDS)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",  # required then: never a fall-back to plain text
            tls_context=self._tls_context,
            local_hostname=self._host_name,
            timeout=server.timeout,
        )


class LogTransport:
    """Shows mails in the log, links and all: for development only."""

    async def deliver(self, mail: Mail) -> None:
        log.info("mail, shown here instead of being sent", to=mail.to, subject=mail.subject)
        for line in filter(None, mail.text.splitlines()):
            log.info("mail", line=line)


def compose(mail: Mail, *, sender: Address, host_name: str) -> EmailMessage:
    """The message as RFC 5322 and MIME want it. Raises ValueError for what is no address, and for line breaks."""
    if mail.subject.splitlines() not in ([], [mail.subject]):
        raise ValueError("a subject is one line")  # the library lets a break at its end through
    recipient = parse_mailbox(mail.to)
    message = EmailMessage(policy=SMTP if recipient.addr_spec.isascii() else SMTPUTF8)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = clock.now()
    message["Message-ID"] = make_msgid(domain=host_name)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def parse_mailbox(text: str) -> Address:
    """``ana@example.com`` or ``Ana <ana@example.com>``, with an international domain in its ASCII form.

    Raises ValueError. Only an address that is not ASCII before the @ needs a server with SMTPUTF8 (RFC 6531).
    """
    valid = validate_email(text, check_deliverability=False, allow_display_name=True)
    if valid.ascii_email is not None:
        return Address(valid.display_name or "", addr_spec=valid.ascii_email)
    return Address(valid.display_name or "", username=valid.local_part, domain=valid.domain)
