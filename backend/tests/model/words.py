"""What a search finds, told the plain way: words one by one. It shares nothing with the service's own reading."""

import re
import unicodedata
from dataclasses import dataclass


def plain(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_in(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(text))


@dataclass(frozen=True)
class Piece:
    """A part of a search: a word that may be only begun, a "quoted phrase" (perhaps not yet ended), or -without one."""

    text: str
    is_quoted: bool = False
    is_ended: bool = True
    is_unwanted: bool = False

    def __str__(self) -> str:
        quoted = f'"{self.text}{chr(34) if self.is_ended else ""}' if self.is_quoted else self.text
        return f"{'-' if self.is_unwanted else ''}{quoted}"

    @property
    def is_typed_on(self) -> bool:
        return not self.is_unwanted and not (self.is_quoted and self.is_ended)

    def is_in(self, text: str) -> bool:
        wanted, words = words_in(self.text), words_in(text)
        return any(self._begins(wanted, words[start:]) for start in range(len(words)))

    def _begins(self, wanted: list[str], words: list[str]) -> bool:
        *before, last = wanted
        if words[: len(before)] != before or len(words) < len(wanted):
            return False
        found = words[len(before)]
        return found.startswith(last) if self.is_typed_on else found == last


@dataclass(frozen=True)
class Search:
    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.pieces))

    def finds(self, title: str, description: str | None) -> bool:
        texts = (title, description or "")
        return all(any(piece.is_in(text) for text in texts) != piece.is_unwanted for piece in self.pieces)

    def finds_in_title(self, title: str) -> bool:
        return all(piece.is_in(title) for piece in self.pieces if not piece.is_unwanted)
