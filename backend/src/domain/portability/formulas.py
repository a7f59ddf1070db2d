"""Cells that a spreadsheet would run (CSV injection, CWE-1236), and how they are kept from it.

An apostrophe goes before a cell that starts with a character that begins a formula, behind other apostrophes too. On
reading one is taken off again, so every cell comes back as it was, and ``'tis`` is left alone.
"""

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def neutralise(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """The inverse of `neutralise`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
