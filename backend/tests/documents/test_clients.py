"""The clients that docs/api/clients.md shows: the types hold, and the Python works against a real server."""

import ast
import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.core.config import REPOSITORY
from tests.documents.blocks import shown
from tests.documents.openapi import OPENAPI, OPENAPI_FILE
from tests.startup.processes import BACKEND, Program

PAGE = "docs/api/clients.md"
NODE_MODULES = REPOSITORY / "frontend" / "node_modules"
MYPY_CACHE = BACKEND / ".mypy_cache" / "documents"
COMPILER = {"strict": True, "target": "ES2023", "module": "ESNext", "moduleResolution": "bundler", "types": []}


def output_of(*command: str | Path, folder: Path) -> str:
    run = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader has put the document."""
    shutil.copy(OPENAPI_FILE, tmp_path / "openapi.json")
    return tmp_path


@shown(PAGE, "python")
async def test_the_python_client_works(folder: Path, program: Program, own_database: str, script: str) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    (folder / "client.py").write_text(script.replace("http://localhost:8000", service.url))
    said = await asyncio.to_thread(output_of, sys.executable, "client.py", folder=folder)
    assert said.splitlines() == ["version_mismatch", "['Call Ana back']"]


@shown(PAGE, "python")
def test_the_python_client_is_typed(tmp_path: Path, script: str) -> None:
    (tmp_path / "client.py").write_text(script)
    output_of(sys.executable, "-m", "mypy", "--strict", "--cache-dir", MYPY_CACHE, "client.py", folder=tmp_path)
    tree = ast.parse(script).body
    (task,) = (node for node in tree if isinstance(node, ast.ClassDef) and node.name == "Task")
    fields = {ast.unparse(node.target) for node in task.body if isinstance(node, ast.AnnAssign)}
    assert fields <= OPENAPI["components"]["schemas"]["TaskPublic"]["properties"].keys()


@shown(PAGE, "sh types")
@shown(PAGE, "ts", as_="client")
@pytest.mark.skipif(
    not (NODE_MODULES.exists() or "CI" in os.environ), reason="the web app's packages are not installed"
)
def test_the_typescript_client_is_typed(folder: Path, script: str, client: str) -> None:
    (folder / "node_modules").symlink_to(NODE_MODULES)
    (folder / "client.ts").write_text(client)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER, "files": ["client.ts"]}))
    output_of("bash", "-euc", script, folder=folder)
    output_of(NODE_MODULES / ".bin" / "tsc", "--noEmit", "--skipLibCheck", folder=folder)
