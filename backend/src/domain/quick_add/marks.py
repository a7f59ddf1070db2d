"""Tags and priorities: #home, #"two words", !high, !1, !!!, p1."""

import re
import unicodedata
from typing import Final

from src.domain.priorities import PriorityName
from src.domain.quick_add.readings import ANYWHERE, AT_EITHER_END, Priority, Reading, Tag
from src.domain.quick_add.tokens import Line
from src.domain.text import is_visible

MAX_TAG_LENGTH: Final = 50
_JOINERS: Final = "\u200c\u200d"  # Persian and Indic words hold them
_LEVELS: Final[dict[str, PriorityName]] = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}
_PRIORITIES: Final[dict[str, PriorityName]] = {
    "!low": "low",
    "!medium": "medium",
    "!med": "medium",
    "!high": "high",
    "!urgent": "urgent",
    "!!": "medium",
    "!!!": "high",
    "!!!!": "urgent",
    **{f"!{level}": name for level, name in _LEVELS.items()},
}
_PLAIN: Final = re.compile(r"p([1-4])")


def read_priority(line: Line, at: int) -> Reading | None:
    """Numbers as in Todoist, 1 is the most urgent; exclamation marks as in Reminders, more is more urgent."""
    word = line.key(at)
    if word in _PRIORITIES:
        return Reading(at + 1, Priority(_PRIORITIES[word]), ANYWHERE)
    match = _PLAIN.fullmatch(word)
    return Reading(at + 1, Priority(_LEVELS[match[1]]), AT_EITHER_END) if match else None


def read_tag(line: Line, at: int) -> Reading | None:
    token = line.tokens[at]
    if token.kind == "quoted_tag":
        name = _normal(" ".join(token.key.split()))
        return Reading(at + 1, Tag(name)) if is_visible(name) and len(name) <= MAX_TAG_LENGTH else None
    name = _normal(token.text[1:])
    wanted = token.kind == "word" and token.text[0] == "#" and len(name) <= MAX_TAG_LENGTH
    return Reading(at + 1, Tag(name)) if wanted and _is_name(name) else None


def _is_name(name: str) -> bool:
    """Letters, digits, _ and -, with a letter among them."""
    categories = [unicodedata.category(c)[0] for c in name]
    allowed = all(kind in "LMN" or c in "_-" or c in _JOINERS for kind, c in zip(categories, name, strict=True))
    return allowed and "L" in categories and categories[0] != "M"


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name)
