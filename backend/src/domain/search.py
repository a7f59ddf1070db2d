"""Full-text search: what a task is found by, and what a person means by the words in a search box.

Words are compared without case and accents, the same on every server. Scripts that are written without spaces are cut
into their characters, so that a part of a sentence is found as a phrase. Symbols ("c++", "100%", an emoji) count;
other punctuation only separates.
"""

import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from src.domain.text import folded

MAX_QUERY_LENGTH: Final = 200
_MAX_WORD: Final = 64
_MAX_POSITIONS: Final = 255  # of one word; PostgreSQL keeps no more
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+|[%#&@_$+<=>^`|~]")
_SYMBOLS: Final = frozenset("%#&@_")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_PIECE: Final = re.compile(r'(?<!\S)(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<bare>\S+))')


class Search(NamedTuple):
    """Two texts of PostgreSQL's type tsquery: what a task must match, and what its title must match to come first."""

    anywhere: str
    in_title: str


def search_document(owner: UUID, title: str, description: str | None) -> str:
    """A text of PostgreSQL's type tsvector: the words with their places, those of the title with weight A.

    Each word begins with a mark of its owner, so an index on documents alone has every user's words for themselves: how
    common a word is among everybody else's, or how many begin like it, costs nothing. The mark is also a word.
    """
    places: dict[str, list[str]] = {}
    last = _index(places, title, weight="A", start=1)
    _index(places, description or "", weight="", start=last + 2)  # no phrase runs from one into the other
    mark = _mark(owner)
    return " ".join([f"'{mark}'", *(f"'{mark}{word}':{','.join(found)}" for word, found in places.items())])


def _mark(owner: UUID) -> str:
    """The random end of a UUIDv7. That two users share one is rare, and only makes the function look at both."""
    return urlsafe_b64encode(owner.bytes[-6:]).decode()


def parse_search(owner: UUID, text: str) -> Search | None:
    """Words that a task must have (each may be the beginning of one), "phrases" word for word, and -exclusions.

    None where nothing in it could be found: it is punctuation only.
    """
    wanted, in_title, unwanted = [], [], []
    mark = _mark(owner)
    for piece in _PIECE.finditer(text):
        quoted = piece["phrase"] is not None
        words = [mark + word for word in words_of(piece["phrase"] if quoted else piece["bare"])]
        if not words:
            continue
        is_open = not piece["closed"]
        if piece["minus"]:
            unwanted.append(f"!{_phrase(words)}")
        else:
            wanted.append(_phrase(words, is_open=is_open))
            in_title.append(_phrase(words, is_open=is_open, weight="A"))
    if not wanted and not unwanted:
        return None
    wanted, in_title = wanted or [f"'{mark}'"], in_title or [f"'{mark}'"]
    return Search(" & ".join([*wanted, *unwanted]), " & ".join(in_title))


def words_of(text: str) -> Iterator[str]:
    """In their order, folded."""
    plain = folded(text)
    return iter(_cut(_ASCII_WORD.findall(plain))) if plain.isascii() else _cut(_words(plain))


def _index(places: dict[str, list[str]], text: str, *, weight: str, start: int) -> int:
    """Returns the last place that was taken."""
    place = start - 1
    for place, word in enumerate(words_of(text), start=start):
        found = places.setdefault(word, [])
        if len(found) < _MAX_POSITIONS:
            found.append(f"{place}{weight}")
    return place


def _cut(words: Iterable[str]) -> Iterator[str]:
    return (word[:_MAX_WORD] for word in words)


def _words(text: str) -> Iterator[str]:
    word: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        is_alone = category[0] == "S" or character in _SYMBOLS or _UNSPACED.match(character) is not None
        if category[0] in "LMN" and not is_alone:
            word.append(character)
            continue
        if word:
            yield "".join(word)
            word.clear()
        if is_alone:
            yield character
    if word:
        yield "".join(word)


def _phrase(words: list[str], *, is_open: bool = False, weight: str = "") -> str:
    """``is_open``: the last word may go on, as it does while somebody is typing it."""
    *before, last = words
    goes_on = "*" if is_open and last[-1].isalnum() and not _UNSPACED.match(last[-1]) else ""
    flags = goes_on + weight
    terms = [f"'{word}'{weight and ':' + weight}" for word in before]
    return "(" + " <-> ".join([*terms, f"'{last}'{flags and ':' + flags}"]) + ")"
