"""The tour in the README, run as it stands against a real server."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.core.config import REPOSITORY
from tests.conftest import free_port
from tests.factories import SECRET, Api

README = REPOSITORY / "README.md"


async def test_the_tour_works_as_written(own_database: str, tmp_path: Path) -> None:
    assert shutil.which("curl"), "the tour needs curl"
    blocks = re.findall(r"^```sh tour\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    port = free_port()
    script = "set -eu\n" + "\n".join(blocks).replace("localhost:8000", f"127.0.0.1:{port}")
    environment = {
        **os.environ,
        "DATABASE_URL": own_database,
        "SECRET_KEY": SECRET,
        "PORT": str(port),
        "ENVIRONMENT": "test",
    }
    server = subprocess.Popen([sys.executable, "-m", "src.cli", "serve"], cwd=REPOSITORY / "backend", env=environment)
    try:
        await until_alive(f"http://127.0.0.1:{port}")
        tour = await asyncio.to_thread(
            subprocess.run, ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
    finally:
        server.terminate()
        assert server.wait(30) == 0
    said = tour.stdout
    for expected in (
        '"email":"ana@example.com"',
        '"due_at":"2026-12-01T16:00:00Z"',
        '"is_completed":true',
        '"status":412',
        '"title":"Call Bo back"',
        '"is_current":true',
    ):
        assert expected in said
    assert said.count('"status":') == 1


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
