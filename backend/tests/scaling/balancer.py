"""A proxy before several instances: each request goes to the next one, with the client's address as proxies say it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

END_OF_HEAD = b"\r\n\r\n"
CHUNK = 65_536


@dataclass
class Balancer:
    ports: list[int]
    url: str = ""
    answered: Counter[int] = field(default_factory=Counter)
    """How many requests each port has been given."""
    _turn: int = 0

    @classmethod
    @asynccontextmanager
    async def before(cls, *urls: str) -> AsyncIterator["Balancer"]:
        balancer = cls([int(url.rpartition(":")[2]) for url in urls])
        async with await asyncio.start_server(balancer._serve, "127.0.0.1", 0) as listener:
            balancer.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
            yield balancer

    async def _serve(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """One request a connection; where it breaks on one side, it is broken off on the other."""
        with suppress(OSError, EOFError):
            head = await client_reader.readuntil(END_OF_HEAD)
            reader, instance = await self._connect()
            instance.write(_forwarded(head, address=client.get_extra_info("peername")[0]))
            sending = asyncio.create_task(_carry(client_reader, instance))
            await _carry(reader, client)
            sending.cancel()
            instance.close()
        client.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the instance whose turn it is; past those that refuse."""
        for _ in self.ports:
            port = self.ports[self._turn % len(self.ports)]
            self._turn += 1
            with suppress(ConnectionRefusedError):
                connection = await asyncio.open_connection("127.0.0.1", port)
                self.answered[port] += 1
                return connection
        raise ConnectionRefusedError


def _forwarded(head: bytes, *, address: str) -> bytes:
    lines = head.removesuffix(END_OF_HEAD).split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close", f"X-Forwarded-For: {address}".encode()]) + END_OF_HEAD


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
