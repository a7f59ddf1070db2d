"""A relay between the service and PostgreSQL that fails where a test says, at a chosen message of the protocol.

It can also be as slow as a long way, and counts how often the service waits for an answer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import urlsplit


class Fault(Enum):
    CUT = auto()
    """The message never reaches the server: both sides lose the connection."""
    LOSE_ANSWER = auto()
    """The server acts on the message, and the connection breaks before its answer arrives."""
    STALL = auto()
    """The message and all that follows it, in both directions, gets stuck."""


@dataclass(eq=False)
class Link:
    """One connection of a client, and its twin to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    listener: asyncio.StreamWriter | None = None
    """Whichever of the two was sent something last."""
    is_losing_answers: bool = False
    is_stalled: bool = False

    def cut(self) -> None:
        for writer in (self.client, self.server):
            writer.transport.abort()


@dataclass(eq=False)
class Proxy:
    host: str
    server_port: int
    port: int = 0
    delay: float = 0.0
    """Seconds that it takes to either side."""
    round_trips: int = 0
    """How often a client has sent something, however many messages at once, and got an answer."""
    is_stalled: bool = False
    happened: list[str] = field(default_factory=list)
    _armed: list[tuple[bytes, Fault]] = field(default_factory=list)
    _links: set[Link] = field(default_factory=set)
    _listener: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Proxy"]:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        proxy = cls(parts.hostname, parts.port)
        await proxy.accept()
        try:
            yield proxy
        finally:
            await proxy.refuse()
            await asyncio.gather(*proxy._tasks, return_exceptions=True)

    def url(self, url: str) -> str:
        """The same database, by way of this proxy."""
        parts = urlsplit(url)
        netloc = f"{parts.username}:{parts.password}@127.0.0.1:{self.port}"
        return parts._replace(netloc=netloc, query="sslmode=disable").geturl()

    def once(self, text: str, fault: Fault) -> None:
        """The next message of a client that holds this text meets this fault."""
        self._armed.append((text.encode(), fault))

    async def accept(self) -> None:
        """Listen, always on the same port."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """As a server that is down: nothing listens, and every connection is gone."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.cut()

    def cut(self) -> None:
        for link in list(self._links):
            link.cut()

    async def _serve(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            server_reader, server = await asyncio.open_connection(self.host, self.server_port)
        except OSError:
            client.transport.abort()
            return
        link = Link(client, server)
        self._links.add(link)
        try:
            with suppress(OSError, EOFError):
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._ended_by(link, self._carry_messages(client_reader, link)))
                    both.create_task(self._ended_by(link, self._carry_answers(server_reader, link)))
        finally:
            link.cut()
            self._links.discard(link)

    async def _ended_by(self, link: Link, carrying: object) -> None:
        try:
            with suppress(OSError, EOFError):
                await carrying  # type: ignore[misc]
        finally:
            link.cut()

    async def _carry_messages(self, reader: asyncio.StreamReader, link: Link) -> None:
        """The first message has no type; a request to cancel is nothing but such a message."""
        size = await reader.readexactly(4)
        await self._send(link, link.server, size + await reader.readexactly(int.from_bytes(size) - 4))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            if not self._meets_fault(body, link):
                return
            await self._send(link, link.server, head + body)

    def _meets_fault(self, body: bytes, link: Link) -> bool:
        """Whether the message may go on to the server."""
        armed = next((each for each in self._armed if each[0] in body), None)
        if armed is None:
            return True
        self._armed.remove(armed)
        text, fault = armed
        self.happened.append(text.decode())
        link.is_losing_answers |= fault is Fault.LOSE_ANSWER
        link.is_stalled |= fault is Fault.STALL
        return fault is not Fault.CUT

    async def _carry_answers(self, reader: asyncio.StreamReader, link: Link) -> None:
        while data := await reader.read(65_536):
            if link.is_losing_answers:
                return
            await self._send(link, link.client, data)

    async def _send(self, link: Link, writer: asyncio.StreamWriter, data: bytes) -> None:
        while self.is_stalled or link.is_stalled:
            if writer.transport.is_closing():
                raise ConnectionError
            await asyncio.sleep(0.01)
        if writer is not link.listener:  # what is sent after this, before there is an answer, travels beside it
            await asyncio.sleep(self.delay)
            link.listener = writer
            self.round_trips += writer is link.client
        writer.write(data)
        await writer.drain()
