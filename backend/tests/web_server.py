"""The service for tests in a browser: ``python -m tests.web_server``, on an embedded PostgreSQL of its own.

Prints one line of JSON once it serves: ``url``; ``mails``, a file that gets each mail as a line of JSON; ``log``,
a file too; and ``service``, by which one more process of it is started on the same data. It ends with its parent, that
is when its standard input does, and leaves nothing behind.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from src.core.config import REPOSITORY
from src.database.embedded import start, stop
from tests.conftest import FAST, free_port
from tests.mail_server import parsed, text_of
from tests.startup.processes import copied_program, environment


async def main(port: int) -> None:
    ended = _end_of_input_or_signal()
    with copied_program() as program, _cluster(program.root / "cluster") as database:
        mails = program.root / "mails.jsonl"
        async with _mail_server(mails) as smtp_port:
            settings = _settings(database, smtp_port, port or free_port())
            process = await program.start_anew("serve", **settings).serving()
            service = {
                "command": [sys.executable, "-m", "src.cli", "serve"],
                "cwd": str(program.backend),
                "env": environment(**settings),
            }
            log = str(process.folder / "stderr")
            print(json.dumps({"url": process.url, "mails": str(mails), "log": log, "service": service}), flush=True)
            await ended.wait()


def _settings(database: str, smtp_port: int, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "WEB_APP_DIR": str(REPOSITORY / "frontend" / "dist"),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "Todo <todo@example.com>",
        # a test says by X-Forwarded-For that it comes from a network of its own: so none meets the limits of another
        "TRUSTED_PROXIES": "127.0.0.0/8",
    }


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    try:
        yield start(folder, settings=FAST).url
    finally:
        stop(folder, mode="immediate")


class MailFile:
    """Adds what arrives to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = parsed(envelope)
        mail = {"to": envelope.rcpt_tos[0], "subject": message["Subject"], "text": text_of(message)}
        with self._path.open("a") as file:
            file.write(json.dumps(mail) + "\n")
        return "250 OK"


@asynccontextmanager
async def _mail_server(path: Path) -> AsyncIterator[int]:
    handler = MailFile(path)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _end_of_input_or_signal() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def read_to_the_end() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read_to_the_end, daemon=True).start()
    return ended


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="any free one if not given")
    asyncio.run(main(parser.parse_args().port))
