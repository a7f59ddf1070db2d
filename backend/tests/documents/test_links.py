"""Links between the documents, and from them to files, lead somewhere."""

import re

import pytest

from src.core.config import REPOSITORY
from tests.documents.blocks import documents, without_blocks
from tests.documents.commands import MAKEFILE

_LINK = re.compile(r"""\]\((?!https?:)([^)\s]+)\)|src="([^"]+)\"""")


@pytest.mark.parametrize("name", documents())
def test_each_leads_somewhere(name: str) -> None:
    assert [link for link in _links(documents()[name]) if not _leads_somewhere(link, name)] == []


def test_a_slip_is_seen() -> None:
    assert list(_links('[a](README.md) [b](#no-such) `[c](d)` <img src="none.png">')) == [
        "README.md",
        "#no-such",
        "none.png",
    ]
    for link in ("#no-such-place", "NEON_MIGRATION.md#no-such-place", "nothing.md"):
        assert not _leads_somewhere(link, "README.md")
    assert _leads_somewhere("NEON_MIGRATION.md#when-it-refuses", "README.md")


def _links(text: str) -> list[str]:
    prose = re.sub("`[^`\n]*`", "", without_blocks(text))
    return [path or source for path, source in _LINK.findall(prose)]


def _leads_somewhere(link: str, name: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (REPOSITORY / name).parent / path if path else REPOSITORY / name
    if f"writes {link}" in MAKEFILE:  # whoever runs that target has it
        return True
    return target.exists() and (not anchor or anchor in _anchors(target.read_text()))


def _anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
