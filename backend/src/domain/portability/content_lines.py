"""iCalendar's content lines (RFC 5545, 3.1): unfolding, parameters and escapes, with the line each began on.

Read by hand, because a library that makes an object of every property takes ten times as long, without lines to report.
The tests hold it against that library.
"""

import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from src.domain.portability.records import NOT_UTF8, Unreadable

FOLD_AT: Final = 75

_NAME = re.compile(r"[A-Za-z0-9-]++")
_PARAMETER = re.compile(r';([A-Za-z0-9-]++)=((?:"[^"]*+"|[^":;,]*+)(?:,(?:"[^"]*+"|[^":;,]*+))*+)')
_ESCAPE = re.compile(r"\\([\\;,Nn])")
_LISTED = re.compile(r"((?:[^\\,]|\\.?)++)", re.DOTALL)
_TO_ESCAPE = re.compile(r"[\\;,\n]")
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True, slots=True)
class ContentLine:
    """``name`` and those of the ``parameters`` in capitals, parameters without quotes, ``value`` as it stands there."""

    line: int
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        return unescape(self.value)

    @property
    def texts(self) -> Iterator[str]:
        """Of a list with commas."""
        return (unescape(match[1]) for match in _LISTED.finditer(self.value))


def content_lines(body: bytes, wanted: frozenset[str]) -> Iterator[ContentLine | int]:
    """The lines of the ``wanted`` names, unfolded; of what is no content line its number. Raises Unreadable."""
    for number, text in _unfolded(body):
        name = _NAME.match(text)
        if name is None:
            yield number
            continue
        if name[0].upper() not in wanted:
            continue
        parameters, end = {}, name.end()
        while parameter := _PARAMETER.match(text, end):
            parameters[parameter[1].upper()] = parameter[2].strip('"')
            end = parameter.end()
        if text[end : end + 1] == ":":
            yield ContentLine(number, name[0].upper(), parameters, text[end + 1 :])
        else:
            yield number


def _unfolded(body: bytes) -> Iterator[tuple[int, str]]:
    """A fold may stand in the middle of a character, so bytes are joined before they are decoded."""
    pieces: list[bytes] = []
    started = 1
    for number, raw in enumerate(io.BytesIO(body.removeprefix(BOM_UTF8)), start=1):
        line = raw.rstrip(b"\r\n")
        if line[:1] in (b" ", b"\t") and pieces:
            pieces.append(line[1:])
            continue
        if pieces:
            yield started, _decoded(pieces, started)
        pieces, started = ([line], number) if line.strip() else ([], number)
    if pieces:
        yield started, _decoded(pieces, started)


def _decoded(pieces: list[bytes], line: int) -> str:
    try:
        return b"".join(pieces).decode()
    except UnicodeDecodeError:
        raise Unreadable(line, *NOT_UTF8) from None


def write_line(name: str, value: str) -> str:
    """Folded after 75 octets, never within a character. ``name`` may hold parameters."""
    line = f"{name}:{value}".encode()
    pieces, start, room = [], 0, FOLD_AT
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(line[start:end])
        start, room = end, FOLD_AT - 1
    return b"\r\n ".join([*pieces, line[start:]]).decode() + "\r\n"


def escape(text: str) -> str:
    return _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)


def unescape(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
