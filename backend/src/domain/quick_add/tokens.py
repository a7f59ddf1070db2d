"""A text as words, punctuation marks and literal pieces, each with its place in the original."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from src.domain.quick_add.vocabulary import MONTHS, WEEKDAYS

OPENING: Final = frozenset("([{<¿¡")
CLOSING: Final = frozenset(",.;:!?)]}>…")

_CHUNK = re.compile(r"\S+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"|[“„]([^“”„]*+)[”“]', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_BANGS = re.compile(r"!{2,4}(?=[,.;:?)\]]*$)")
_ABBREVIATION = re.compile(r"(?:[0-9]{1,2}(?:[:.][0-9]{2})?)?[ap]\.m|[a-z]{3,5}")


@dataclass(frozen=True, slots=True)
class Token:
    """``key`` is what phrases are read by; it is empty where nothing may be read. ``text`` is what a title keeps."""

    start: int
    end: int
    kind: Literal["word", "mark", "literal", "quoted_tag"]
    text: str
    key: str
    spaced: bool


class Line:
    """The tokens of a text. Reading beyond either end finds nothing."""

    def __init__(self, text: str) -> None:
        self.tokens = tuple(_tokens(text))
        self._ends_word = self._word_ends()

    def key(self, at: int) -> str:
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def follows(self, at: int, *words: str) -> bool:
        """Whether exactly these words stand at ``at``."""
        return all(self.key(at + i) == word for i, word in enumerate(words))

    def skip(self, at: int, *words: str) -> int:
        """The place behind one of these words, if one is there."""
        return at + 1 if self.key(at) in words else at

    def begins_word(self, at: int) -> bool:
        before = self.tokens[at - 1]
        return self.tokens[at].spaced or (before.kind == "mark" and before.text in OPENING)

    def ends_word(self, at: int) -> bool:
        """Whether a phrase may end before ``at``: at white space, or at punctuation with white space behind it."""
        return self._ends_word[at]

    def only_marks(self, first: int, last: int) -> bool:
        return all(token.kind == "mark" for token in self.tokens[first:last])

    def _word_ends(self) -> list[bool]:
        ends = [True]
        for token in reversed(self.tokens):
            ends.append(token.spaced or (token.kind == "mark" and token.text in CLOSING and ends[-1]))
        return ends[::-1]


def _tokens(text: str) -> Iterator[Token]:
    at, opened = 0, False
    while chunk := _CHUNK.search(text, at):
        spaced = chunk.start() > at or at == 0
        at = chunk.start()
        tokens = _word_start(text, at, spaced=spaced, end=chunk.end()) if spaced or opened else None
        tokens = tokens or list(_plain(chunk[0], at, spaced=spaced))
        yield from tokens
        at = tokens[-1].end
        opened = tokens[-1].text in OPENING and tokens[-1].kind == "mark"


def _word_start(text: str, at: int, *, spaced: bool, end: int) -> list[Token] | None:
    """What only the beginning of a word can be: an opening bracket, a quotation, a quoted tag, an escaped word."""
    if text[at] in OPENING:
        return [Token(at, at + 1, "mark", text[at], text[at], spaced)]
    if quotation := _QUOTED.match(text, at):
        return [Token(at, quotation.end(), "literal", _inside(quotation), "", spaced)]
    if text[at] == "#" and (quotation := _QUOTED.match(text, at + 1)):
        return [Token(at, quotation.end(), "quoted_tag", text[at : quotation.end()], _inside(quotation), spaced)]
    if text[at] == "\\" and at + 1 < end:
        return [Token(at, end, "literal", text[at + 1 : end], "", spaced)]
    return None


def _inside(quotation: re.Match[str]) -> str:
    straight, curly = quotation.groups()
    return _ESCAPED.sub(r"\1", straight) if curly is None else curly


def _plain(chunk: str, offset: int, *, spaced: bool) -> Iterator[Token]:
    """Words between commas, then the punctuation behind them."""
    core = _core_length(chunk)
    at = 0
    while at < len(chunk):
        comma = chunk.find(",", at, core)
        end = (comma if comma >= 0 else core) if at < core else at
        if end > at:
            yield Token(offset + at, offset + end, "word", chunk[at:end], _key(chunk[at:end]), spaced)
        else:
            end = at + 1
            yield Token(offset + at, offset + end, "mark", chunk[at], chunk[at], spaced)
        at, spaced = end, False


def _core_length(chunk: str) -> int:
    if bangs := _BANGS.match(chunk):
        return bangs.end()
    core = len(chunk)
    while core and chunk[core - 1] in CLOSING:
        core -= 1
    return core + 1 if chunk[core : core + 1] == "." and _is_abbreviation(chunk[:core].casefold()) else core


def _is_abbreviation(word: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(word)) and (word.endswith(".m") or word in MONTHS or word in WEEKDAYS)


def _key(word: str) -> str:
    folded = word.casefold().replace("’", "'")
    return folded[:-1] if folded.endswith(".") else folded
