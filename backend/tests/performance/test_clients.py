"""What the clients of the benchmarks do when a service answers otherwise than it should."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.measuring import Amount, BadAnswers, clients
from benchmarks.servers import Server

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
IN_PIECES = (b"HTTP/1.1 200 OK\r\nContent-", b"Length: 2\r\n\r\n{", b"}")
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
AMOUNT = Amount(connections=3, seconds=0.1, warm_up=0.05)


@pytest.fixture
async def process() -> AsyncIterator[subprocess.Popen[bytes]]:
    """Whose processor time is read."""
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield running
    running.communicate(b"\n")


async def load_on(answers: list[tuple[bytes, ...]], process: subprocess.Popen[bytes], folder: Path) -> int:
    """How many requests a server answered that gives these answers, one after the other, and the last one forever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            for piece in answers.pop(0) if len(answers) > 1 else answers[0]:
                writer.write(piece)
                await asyncio.sleep(0)
        writer.close()

    log = folder / "log"
    log.write_text("the server's last words")
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening, clients() as load:
        server = Server("ours", listening.sockets[0].getsockname()[1], process, log)
        return (await load.measure(server, os.getpid(), [b"GET\n"], AMOUNT)).requests


@pytest.mark.parametrize("good", [(GOOD,), IN_PIECES])
async def test_answers_are_counted(good: tuple[bytes, ...], process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert await load_on([good], process, tmp_path) >= AMOUNT.connections


@pytest.mark.parametrize("good_before", [0, 5])
async def test_one_refusal_fails_the_benchmark(
    good_before: int, process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    answers = [*[(GOOD,)] * good_before, (REFUSAL,), (GOOD,)]
    with pytest.raises(BadAnswers, match=r"(?s)503: 1.*last words"):
        await load_on(answers, process, tmp_path)


async def test_an_end_of_the_connection_fails_the_benchmark(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    (tmp_path / "log").touch()
    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listening, clients() as load:
        server = Server("ours", listening.sockets[0].getsockname()[1], process, tmp_path / "log")
        with pytest.raises(BadAnswers, match="0: not at all"):
            await load.measure(server, os.getpid(), [b"GET\n"], AMOUNT)
