"""A connection on which any bytes can be sent, as no HTTP client would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 30.0  # only a hang gets there


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Wire"]:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def send(self, *pieces: bytes) -> None:
        """Raises ConnectionError once the server has closed the connection."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()

    async def answer(self, *, patience: float = PATIENCE) -> Answer | None:
        """The next answer, or None where the server closes the connection. TimeoutError where it does neither."""
        async with asyncio.timeout(patience):
            try:
                head = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            status_line, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
            return Answer(int(status_line.split(" ")[1]), headers, body)

    async def answers(self, *, quiet: float = 0.5) -> list[Answer]:
        """All answers, until the server closes the connection or says nothing for ``quiet`` seconds after one."""
        found: list[Answer] = []
        with suppress(TimeoutError):
            while (answer := await self.answer(patience=quiet if found else PATIENCE)) is not None:
                found.append(answer)
        return found

    async def is_closed(self, *, patience: float = PATIENCE) -> bool:
        """Whether the server closes the connection within so many seconds; what it says before is passed over."""
        try:
            async with asyncio.timeout(patience):
                while await self._reader.read(65536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


def request(method: str, target: str, *headers: str, body: bytes = b"", host: str = "localhost") -> bytes:
    """A request with a Host header and these; no length is added."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
