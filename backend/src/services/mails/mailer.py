"""Sends the mails of this service, in the background, and keeps failures from whoever caused them."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

import structlog

from src.core import clock
from src.core.background import BackgroundJobs
from src.core.config import SMTP_PORTS, Settings
from src.core.mail import LogTransport, Mail, SmtpServer, SmtpTransport, Transport, parse_mailbox
from src.core.metrics import metrics
from src.schemas.user import UserPublic
from src.services.mails.messages import account_handed_over, password_changed, password_reset

DRAIN_SECONDS = 5.0  # a process manager waits 30 s, and requests may take 25
HOST_NAME = re.compile(r"[A-Za-z0-9.-]+", re.ASCII)

log = structlog.get_logger()


class Mailer:
    """Knows where links begin: at the configured address, whatever a request says of its host."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._transport = _transport(settings)
        self._jobs = BackgroundJobs()

    @property
    def is_on(self) -> bool:
        return self._transport is not None

    def run_later(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """For what leads to a mail and must not keep an answer waiting."""
        self._jobs.submit(name, job)

    async def send_reset_link(self, user: UserPublic, token: str) -> None:
        """Now; a failure is logged, not raised."""
        await self._send(password_reset(user, base_url=self._base_url, token=token))

    def tell_of_new_password(self, user: UserPublic) -> None:
        """In the background, so that the owner learns of a change that somebody else has made."""
        mail = password_changed(user, base_url=self._base_url, changed_at=clock.now())
        self.run_later("tell of a new password", partial(self._send, mail))

    def tell_of_handover(self, user: UserPublic) -> None:
        """In the background, so that the owner learns why the password of before is none any more."""
        mail = account_handed_over(user, base_url=self._base_url)
        self.run_later("tell of an account's handover", partial(self._send, mail))

    async def drain(self, patience: float = DRAIN_SECONDS) -> None:
        """Wait until nothing is left to be sent."""
        await self._jobs.drain(patience)

    async def _send(self, mail: Mail) -> None:
        if self._transport is None:
            return
        try:
            await self._transport.deliver(mail)
        except Exception as error:  # noqa: BLE001  # there is nobody left to tell
            metrics().mail("failed")
            # neither the address nor what the server said, which may repeat it
            log.error(  # noqa: TRY400  # the reason says more than a stack
                "a mail was not sent", mail=mail.subject, reason=_reason(error), smtp_code=getattr(error, "code", None)
            )
        else:
            metrics().mail("sent")
            log.info("mail handed over", mail=mail.subject)


def _transport(settings: Settings) -> Transport | None:
    if settings.mail_mode == "off":
        return None
    if settings.mail_mode == "log":
        return LogTransport()
    assert settings.smtp_host is not None
    assert settings.mail_from is not None
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port or SMTP_PORTS[settings.smtp_tls],
        tls=settings.smtp_tls,
        timeout=settings.smtp_timeout,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
    )
    host = urlsplit(settings.base_url).hostname or ""
    host_name = host if HOST_NAME.fullmatch(host) else "localhost"  # an IPv6 address is no name
    return SmtpTransport(server, sender=parse_mailbox(settings.mail_from), host_name=host_name)


def _reason(error: BaseException) -> str:
    """What went wrong and what caused it, by type: ``SMTPConnectError from SSLCertVerificationError``."""
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < 4:
        names.append(type(cause).__name__)
        cause = cause.__cause__
    return " from ".join(names)
