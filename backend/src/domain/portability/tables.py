"""CSV as programs write it (RFC 4180), read row by row with the line on which each row starts."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.domain.portability.records import MAX_ITEMS, NOT_UTF8, Unreadable

_MAX_COLUMNS = 200
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` by the names of their columns; a cell that the row does not have is empty."""

    line: int
    cells: Mapping[str, str]
    extra: int
    """How many cells there are beyond the columns."""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` as they are written, on line ``line``. Reading ``rows`` raises Unreadable."""

    line: int
    columns: tuple[str, ...]
    rows: Iterator[Row]


def decode(body: bytes) -> str:
    """Raises Unreadable for what is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, *NOT_UTF8) from None


def read_table(body: bytes, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """The first row for which ``is_header`` holds names the columns. Raises Unreadable where there is none."""
    lines = _rows(decode(body), body)
    for line, cells in lines:
        names = [cell.strip() for cell in cells]
        if len(names) <= _MAX_COLUMNS and is_header(names):
            if len(set(names)) < len(names):
                raise Unreadable(line, "repeated_column", "A column stands there twice")
            return Table(line, tuple(names), _named(names, lines))
    raise Unreadable(1, "no_header", "The row with the names of the columns is missing")


def _rows(text: str, body: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(body), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = "A quoted cell that starts here is not closed, or is too long"
            raise Unreadable(line, "malformed_csv", message) from None
        if any(cells):
            yield line, cells


def _delimiter(body: bytes) -> str:
    """That of the first line: spreadsheets write a semicolon where the comma stands in numbers."""
    first = body[:2_000].partition(b"\n")[0].decode(errors="replace")
    return max(_DELIMITERS, key=first.count)


def _named(names: list[str], lines: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, (line, cells) in enumerate(lines):
        if number == MAX_ITEMS:
            raise Unreadable(line, "too_many_items", f"The file must hold at most {MAX_ITEMS} rows")
        yield Row(line, dict(zip(names, cells, strict=False)), max(0, len(cells) - len(names)))
