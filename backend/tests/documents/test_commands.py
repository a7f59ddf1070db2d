"""Every command that a document shows is run by a test, or is named here with the reason why not."""

import importlib
import re
from pathlib import Path

import pytest

from src.core.config import HOW_TO_MAKE_A_KEY, REPOSITORY
from tests.documents.blocks import MANUAL, RUN, blocks, documents, without_blocks
from tests.documents.commands import faults_in

NOT_RUN = {
    "python3 -m venv .venv": "makes a second environment, as large as that of the tests",
    ".venv/bin/pip install --require-hashes -r backend/requirements.txt": "loads all packages from the registry",
    "make web": "builds the web app, which takes long; the browser tests run on what it builds",
}
COMMAND = re.compile(
    r"^(\$ |export \w+=|cd |curl |make |python3? |(\S*/)?bin/\w+ |pg_\w+ |psql |docker |npm |npx |git |apt )",
    re.MULTILINE,
)


@pytest.fixture(scope="module", autouse=True)
def _all_that_run_blocks() -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(f"{__package__}.{path.stem}")


def test_every_block_that_can_be_run_names_the_test_that_does() -> None:
    named = {block.name for block in blocks() if block.info not in ("", "json", MANUAL)}
    assert named == RUN


def test_what_is_not_run_is_named_with_its_reason() -> None:
    lines = {line for block in blocks() if block.info == MANUAL for line in block.text.splitlines()}
    assert lines == NOT_RUN.keys()


def test_no_other_block_has_commands() -> None:
    assert [block for block in blocks() if not block.info and COMMAND.search(block.text)] == []


@pytest.mark.parametrize("name", [*documents(), ".env.example", "docker-compose.yml"])
def test_what_is_run_by_name_exists(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    spans = re.findall(r"`([^`\n]+)`", without_blocks(text)) if name.endswith(".md") else []
    shown = [block.text for block in blocks() if block.document == name]
    assert faults_in("\n".join([*spans, *shown] or [text])) == []


@pytest.mark.parametrize("name", ["NEON_MIGRATION.md", ".env.example"])
def test_a_key_is_made_everywhere_in_the_same_way(name: str) -> None:
    assert HOW_TO_MAKE_A_KEY in (REPOSITORY / name).read_text()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("make everything", "make has no target everything"),
        ("make proof MINUTES=5", "make knows no variable MINUTES"),
        ("python -m src.cli downgrade", "src.cli has no command downgrade"),
        ("python -m src.cli import-sqlite --force old.db", "src.cli import-sqlite has no option --force"),
        ("../.venv/bin/python -m tests.nothing", "tests.nothing cannot be run"),
        ("python -m tests.factories", "tests.factories cannot be run"),
        ("python -m benchmarks --onyl list", "benchmarks has no option --onyl"),
        ("python -m pytest tests/nothing -n auto", "there is no tests/nothing"),
        ("python3 -m no_such_module", "there is no module no_such_module"),
    ],
)
def test_a_slip_is_seen(text: str, fault: str) -> None:
    assert faults_in(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "make check && git push",
        "PORT=9000 make run",
        "cd backend && ../.venv/bin/python -m benchmarks --only list,get --seconds 1",
        "python -m src.cli import-sqlite --dry-run /path/to/old.db",
        "python -m src.cli schema-snapshot > src/database/schema.json",
    ],
)
def test_what_is_right_is_not(text: str) -> None:
    assert faults_in(text) == []
