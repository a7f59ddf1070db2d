"""Mail that cannot be sent: the answer is what it always is, and the log says what happened, but not to whom."""

import asyncio
from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from src.core.logging import configure_logging
from src.main import create_app
from tests.conftest import free_port, settings_for
from tests.factories import Api
from tests.mail_server import mail_server, mail_settings, silent_server


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    yield
    configure_logging("error")


async def asked(database: str, **settings: object) -> tuple[httpx.Response, str]:
    """The answer to somebody who has an account and forgot the password, and the address; the service has stopped."""
    application = create_app(settings_for(database, **settings))
    configure_logging("info", "json")
    async with application.router.lifespan_context(application), Api.of(application) as caller:
        await caller.register()
        async with asyncio.timeout(10):
            return await caller.post("/auth/forgot-password", {"email": caller.email}), caller.email


async def test_a_server_that_is_not_there(worker_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    response, email = await asked(worker_database, **mail_settings(free_port()))
    logged = capsys.readouterr().err
    assert response.status_code == 202
    assert "a mail was not sent" in logged
    assert "SMTPConnectError" in logged
    assert email not in logged


async def test_a_server_that_refuses(worker_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with mail_server() as box:
        box.refusal = "550 no such user"
        response, email = await asked(worker_database, **mail_settings(box.port))
    logged = capsys.readouterr().err
    assert response.status_code == 202
    assert "SMTPRecipientsRefused" in logged
    assert email not in logged


async def test_a_server_that_hangs(worker_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with silent_server() as port:
        response, email = await asked(worker_database, **mail_settings(port, smtp_timeout=1))
    logged = capsys.readouterr().err
    assert response.status_code == 202
    assert "a mail was not sent" in logged
    assert email not in logged


async def test_what_was_asked_for_is_sent_before_the_service_stops(worker_database: str) -> None:
    async with mail_server() as box:
        _, email = await asked(worker_database, **mail_settings(box.port))
        assert len(box.to(email)) == 1


async def test_without_a_server_development_shows_the_link(
    worker_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    response, _ = await asked(worker_database, environment="development", port=8123)
    assert response.status_code == 202
    assert "http://localhost:8123/reset-password#token=" in capsys.readouterr().err


async def test_with_mail_off_it_is_said_in_the_log(
    worker_database: str, capsys: pytest.CaptureFixture[str], admin: asyncpg.Connection
) -> None:
    before = await admin.fetchval("SELECT count(*) FROM password_reset_tokens")
    response, email = await asked(worker_database, mail_delivery="off")
    logged = capsys.readouterr().err
    assert response.status_code == 202
    assert "MAIL_DELIVERY=off" in logged
    assert email not in logged
    assert "token=" not in logged
    assert await admin.fetchval("SELECT count(*) FROM password_reset_tokens") == before
