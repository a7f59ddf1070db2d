"""What the README shows to be typed, run as it stands against a real server."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from src.core.config import REPOSITORY
from tests.conftest import free_port
from tests.factories import SECRET, Api

README = REPOSITORY / "README.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```sh {kind}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


async def output_of(script: str, database: str, **settings: str) -> str:
    """What a reader sees who runs it against a server with these settings."""
    assert shutil.which("curl"), "the tour needs curl"
    port = free_port()
    script = f"set -eu\n{script}".replace("localhost:8000", f"127.0.0.1:{port}")
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "SECRET_KEY": SECRET,
        "PORT": str(port),
        "ENVIRONMENT": "test",
        **settings,
    }
    server = subprocess.Popen([sys.executable, "-m", "src.cli", "serve"], cwd=REPOSITORY / "backend", env=environment)
    try:
        await until_alive(f"http://127.0.0.1:{port}")
        run = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={**os.environ, **settings},
        )
    finally:
        server.terminate()
        assert server.wait(30) == 0
    return run.stdout


async def test_the_tour_works_as_written(own_database: str) -> None:
    tour = blocks("tour")
    assert len(tour) == 6
    said = await output_of("\n".join(tour), own_database)
    for expected in (
        '"email":"ana@example.com"',
        '"due_at":"2026-12-01T16:00:00Z"',
        '"description":"every month on the last Friday"',
        '"rrule_description":"every 3 days"',
        '"rrule_description":"every month on the 1st"',
        '"is_completed":true',
        '"status":412',
        '"title":"Call Bo back"',
        '"is_current":true',
    ):
        assert expected in said
    assert said.count('"status":') == 1


async def test_a_token_is_exchanged_as_written(own_database: str) -> None:
    (exports,), exchange = blocks("exchange settings"), blocks("exchange")
    assert len(exchange) == 2
    names = re.findall(r"^export (\w+)", exports, re.MULTILINE)
    script = f"{exports}\nprintenv {' '.join(names)}"
    shown = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    settings = dict(zip(names, shown.stdout.splitlines(), strict=True))
    said = json.loads(await output_of("\n".join(exchange), own_database, **settings))
    assert said["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"


async def until_alive(url: str) -> None:
    import httpx

    async with Api.at(url) as caller:
        for _ in range(200):
            try:
                if (await caller.get("/health/live")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the server did not start")
