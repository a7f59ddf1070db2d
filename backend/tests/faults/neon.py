"""Neon, as far as a client can tell: a proxy that reads the endpoint from the TLS handshake, a pooler, and a compute
that is suspended and woken.

What it says, and by which SQLSTATE, is what Neon's own proxy says: nearly everything is XX000.
"""

import asyncio
import ssl
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import trustme

from tests.faults.compute import DATABASE, LOGIN, PASSWORD, Compute
from tests.startup.processes import open_folder

REGION = "eu-central-1.aws.neon.tech"
ENDPOINT = "ep-quiet-moon-a2b4c6d8"
DIRECT, POOLED = f"{ENDPOINT}.{REGION}", f"{ENDPOINT}-pooler.{REGION}"

INSECURE = "connection is insecure (try using `sslmode=require`)"
UNKNOWN_ENDPOINT = (
    "The requested endpoint could not be found, or you don't have access to it. "
    "Please check the provided ID and try again."
)
COMPUTE_AWAY = "Couldn't connect to compute node"

SSL_REQUEST = (80877103).to_bytes(4)
CUT_OFF = OSError, EOFError, asyncio.CancelledError


@dataclass(frozen=True)
class Refusal:
    """What new connections are answered, instead of being served."""

    text: str
    sqlstate: str = "XX000"

    def message(self) -> bytes:
        fields = {"S": "FATAL", "V": "FATAL", "C": self.sqlstate, "M": self.text}
        body = b"".join(name.encode() + value.encode() + b"\0" for name, value in fields.items()) + b"\0"
        return b"E" + (len(body) + 4).to_bytes(4) + body


@dataclass(eq=False)
class Neon:
    compute: Compute
    port: int = 0
    refusal: Refusal | None = None
    """What everybody is told who connects, if anything."""
    next_refusals: list[Refusal] = field(default_factory=list)
    """What the next ones are told before that."""
    connections: Counter[str] = field(default_factory=Counter)
    """By host, how many came so far."""
    said: defaultdict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    """By host, what clients said there."""
    authority: trustme.CA = field(default_factory=trustme.CA)
    _certificate: ssl.SSLContext | None = None
    _is_awake: asyncio.Event = field(default_factory=asyncio.Event)
    _is_cold_until: float = 0
    _listener: asyncio.Server | None = None
    _links: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator["Neon"]:
        with open_folder() as folder:
            neon = cls(Compute.of(folder))
            try:
                await asyncio.to_thread(neon.compute.start)
                await neon.compute.make_owner()
                neon.authority.cert_pem.write_to_path(folder / "ca.pem")
                neon.present(f"*.{REGION}")
                neon._is_awake.set()
                await neon._accept()
                yield neon
            finally:
                neon._hang_up()
                neon.cut()
                await asyncio.gather(*neon._links, return_exceptions=True)
                await asyncio.to_thread(neon.compute.end)

    def present(self, name: str, authority: trustme.CA | None = None) -> None:
        """From now on a certificate for this name, of our own authority or of another."""
        self._certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (authority or self.authority).issue_cert(name).configure_cert(self._certificate)
        self._certificate.sni_callback = lambda tls, host, _: setattr(tls, "asked_for", host)

    def settings(self, host: str = POOLED, *, database: str = DATABASE) -> dict[str, str]:
        """For a process of the service: the URL as the console shows it, and the way to this machine."""
        query = "sslmode=require&channel_binding=require"
        return {
            "DATABASE_URL": f"postgresql://{LOGIN}:{PASSWORD}@{host}:{self.port}/{database}?{query}",
            "SSL_CERT_FILE": str(self.compute.folder / "ca.pem"),
            "LOCAL_DOMAIN": ".neon.tech",
        }

    @property
    def is_asleep(self) -> bool:
        return self.compute.server is None

    async def suspend(self, seconds: float, *, refusal: Refusal | None = None, is_deaf: bool = False) -> None:
        """The compute sleeps so long, and is slow at first.

        Meanwhile whoever connects waits, or with a `refusal` is told that, or if it `is_deaf` finds nobody listening.
        """
        self._is_awake.clear()
        self.refusal = refusal
        if is_deaf:
            self._hang_up()
        await asyncio.to_thread(self.compute.suspend)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.compute.start)
        self.refusal = None
        self._is_cold_until = asyncio.get_running_loop().time() + 0.5
        self._is_awake.set()
        if is_deaf:
            await self._accept()

    def cut(self) -> None:
        """Every connection, at once."""
        for link in list(self._links):
            link.cancel()

    async def _accept(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        try:
            await self._welcome(reader, writer)
            writer.close()  # what is written yet is sent
        except CUT_OFF:
            writer.transport.abort()
        finally:
            self._links.discard(link)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await _first_message(reader) != SSL_REQUEST:
            await _tell(writer, Refusal(INSECURE))
            return
        writer.write(b"S")
        assert self._certificate
        await writer.start_tls(self._certificate)
        host = writer.get_extra_info("ssl_object").asked_for or ""
        self.connections[host] += 1
        opening = await _first_message(reader)
        if refusal := self._refusal_for(host):
            await _tell(writer, refusal)
        else:
            await self._is_awake.wait()
            await self._relay(host, opening, reader, writer)

    def _refusal_for(self, host: str) -> Refusal | None:
        if host not in (DIRECT, POOLED):
            return Refusal(UNKNOWN_ENDPOINT)
        return self.next_refusals.pop(0) if self.next_refusals else self.refusal

    async def _relay(
        self, host: str, opening: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            port = self.compute.port(is_pooled=host == POOLED)
            server_reader, server = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await _tell(writer, Refusal(COMPUTE_AWAY))
            return
        server.write((len(opening) + 4).to_bytes(4) + opening)
        ways = [self._carry_questions(host, reader, server), self._carry_answers(server_reader, writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            server.transport.abort()

    async def _carry_questions(self, host: str, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        with suppress(*CUT_OFF):
            while data := await reader.read(65_536):
                self.said[host] += data
                server.write(data)
                await server.drain()

    async def _carry_answers(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*CUT_OFF):
            while data := await server.read(65_536):
                if asyncio.get_running_loop().time() < self._is_cold_until:
                    await asyncio.sleep(0.1)
                writer.write(data)
                await writer.drain()


async def _first_message(reader: asyncio.StreamReader) -> bytes:
    """It has no type."""
    size = int.from_bytes(await reader.readexactly(4))
    return await reader.readexactly(size - 4)


async def _tell(writer: asyncio.StreamWriter, refusal: Refusal) -> None:
    writer.write(refusal.message())
    await writer.drain()
