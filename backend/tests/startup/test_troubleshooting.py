"""NEON_MIGRATION.md explains every message of a service that does not start, and no other."""

import re
from collections import Counter

from src.core.config import REPOSITORY
from tests.startup.messages import printed_messages

DOCUMENT = (REPOSITORY / "NEON_MIGRATION.md").read_text()
ROWS = re.findall(
    r"^\| `(.+?)` \| (.+) \| (.+) \|$", DOCUMENT.partition("\n## When it does not start\n")[2], re.MULTILINE
)


def test_every_message_is_explained() -> None:
    assert printed_messages() - {message for message, _, _ in ROWS} == set()


def test_nothing_is_explained_that_cannot_be_printed() -> None:
    assert {message for message, _, _ in ROWS} - printed_messages() == set()


def test_each_is_explained_once() -> None:
    assert {message: rows for message, rows in Counter(row[0] for row in ROWS).items() if rows > 1} == {}
