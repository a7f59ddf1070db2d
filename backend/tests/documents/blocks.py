"""The fenced blocks of all documents. What follows the fence says what runs a block: see `shown`."""

import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from src.core.config import REPOSITORY

MANUAL = "sh manual"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_NOT_OURS = re.compile(r"\..*|node_modules|dist")

RUN: set[tuple[str, str]] = set()
"""Document and info of the blocks that a test has asked for."""


@dataclass(frozen=True)
class Block:
    document: str
    info: str
    text: str

    @property
    def name(self) -> tuple[str, str]:
        return self.document, self.info


@lru_cache(maxsize=1)
def documents() -> dict[str, str]:
    """Every Markdown file of the repository, by its path there."""
    return {path.relative_to(REPOSITORY).as_posix(): path.read_text() for path in sorted(_markdown_files())}


def _markdown_files() -> Iterator[Path]:
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if not _NOT_OURS.fullmatch(name)]
        yield from (Path(folder) / name for name in files if name.endswith(".md"))


@lru_cache(maxsize=1)
def blocks() -> tuple[Block, ...]:
    return tuple(
        Block(document, fence["info"].strip(), textwrap.dedent(fence["text"]))
        for document, text in documents().items()
        for fence in _FENCE.finditer(text)
    )


def without_blocks(text: str) -> str:
    return _FENCE.sub("", text)


def shown(document: str, info: str, *, as_: str = "script") -> pytest.MarkDecorator:
    """Gives a test the text of these blocks, one after the other. They count as run by it."""
    texts = [block.text for block in blocks() if block.name == (document, info)]
    assert texts, f"{document} has no block of {info!r}"
    RUN.add((document, info))
    return pytest.mark.parametrize(as_, ["\n".join(texts)], ids=[info])
