"""Which of the four priorities an old one is."""

from collections.abc import Mapping
from typing import Final

from src.domain.priorities import PRIORITIES, PRIORITY_IDS
from src.legacy.conversion import OldRow
from src.legacy.findings import Refused
from src.legacy.keys import new_key
from src.legacy.sqlite_file import OldDatabase
from src.legacy.values import is_blank

_SYNONYMS: Final = {"normal": "medium", "critical": "urgent"}
_NONE: Final = {"none", ""}
_BY_LEVEL: Final = {priority.level: priority.name.lower() for priority in PRIORITIES}

Priorities = Mapping[str, str | None]
"""Names of ours by the keys of the old table ``priorities``; None where a row of it means none of the four."""


def read_priorities(database: OldDatabase) -> Priorities:
    table = database.tables.get("priorities")
    if table is None:
        return {}
    rows = database.rows(f"SELECT {table.selection} FROM main.priorities AS old")  # noqa: S608  # known names
    return {str(new_key("priorities", row["id"])): _named(row["name"]) or _BY_LEVEL.get(row["level"]) for row in rows}


def priority_of(row: OldRow, known: Priorities) -> str | None:
    """The name of a task's or a series' priority. Raises Refused for one that is none of ours."""
    if not is_blank(row["priority_id"]):
        return _looked_up(row["priority_id"], known)
    value = row["priority"]
    if value is None or (isinstance(value, str) and value.strip().casefold() in _NONE):
        return None
    if isinstance(value, int):
        return _looked_up(value, known)
    name = _named(value)
    if name is None:
        raise Refused(f"the priority is none of {', '.join(PRIORITY_IDS)}")
    return name


def _named(value: object) -> str | None:
    word = str(value).strip().casefold()
    name = _SYNONYMS.get(word, word)
    return name if name in PRIORITY_IDS else None


def _looked_up(key: object, known: Priorities) -> str:
    name = known.get(str(new_key("priorities", key)))
    if name is None:
        raise Refused(f"its row of priorities is not there, or is none of {', '.join(PRIORITY_IDS)}")
    return name
