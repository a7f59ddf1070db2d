"""What the OpenAPI document promises, the real server keeps: schemathesis tries every operation, in all its phases."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.startup.processes import BACKEND, Program

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "20")


async def test_schemathesis_finds_nothing(program: Program, own_database: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": own_database, "TRUSTED_PROXIES": "127.0.0.1"}
    server = await program.start("serve", **settings).serving()
    async with httpx.AsyncClient() as client:
        paths = (await client.get(f"{server.url}/openapi.json")).json()["paths"]
    done = await asyncio.to_thread(schemathesis, server.url, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"(Examples|Coverage|Fuzzing|Stateful)\n", done.stdout.partition("Test Phases")[2]) == [
        "Examples",
        "Coverage",
        "Fuzzing",
        "Stateful",
    ]
    operations = sum(len(operations) for operations in paths.values())
    assert f"Tested: {operations}\n" in done.stdout, done.stdout


def schemathesis(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """With the same seed in CI, and elsewhere with a new one."""
    seed = ("--seed", "1") if "CI" in os.environ else ()
    known = {"SCHEMATHESIS_HOOKS": "tests.proof.contract_hooks", "CONTRACT_URL": url}
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", HERE / "schemathesis.toml"),
            *("run", f"{url}/openapi.json", "--max-examples", EXAMPLES, "--continue-on-failure", "--no-shrink", *seed),
        ],
        cwd=folder,  # where it keeps what it has found
        env={**os.environ, **known, "PYTHONPATH": os.pathsep.join([str(BACKEND), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
