"""Is the schema in the database the one that this code was written for? Asked at every start, in one query.

What is expected stands in ``schema.json`` beside this file. It is generated from the migrations, and a test
holds it to them and them to the models.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from src.core.errors import StartupError
from src.database.roles import ROLES

SNAPSHOT_FILE = Path(__file__).with_name("schema.json")
_SNAPSHOT_SQL = Path(__file__).with_name("schema_snapshot.sql")

Facets = dict[str, str]
Snapshot = dict[str, dict[str, Facets]]

_HARMLESS_EXTRAS = {"index", "grant"}
"""What an administrator may add without changing what the service sees or may write."""


class SchemaMismatch(StartupError):
    """The database is not the one that this code was written for; ``differences`` says how, one a line."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__(
            "The database schema is not the one that this version needs:\n"
            + "\n".join(f"- {line}" for line in differences),
            "If the database is older than this version, run:  python -m src.cli migrate\n"
            "If it was changed by hand, undo that change, or restore a backup.",
        )
        self.differences = differences


def expected_tables() -> list[str]:
    return sorted(expected_snapshot()["table"])


@lru_cache(maxsize=1)
def expected_snapshot() -> Snapshot:
    snapshot: Snapshot = json.loads(SNAPSHOT_FILE.read_text())
    return snapshot


async def take_snapshot(connection: AsyncConnection, tables: list[str]) -> Snapshot:
    """The facts about these tables as the database's own catalogue tells them."""
    statement = text(_SNAPSHOT_SQL.read_text())
    document = (await connection.execute(statement, {"tables": tables, "roles": list(ROLES)})).scalar_one()
    snapshot: Snapshot = json.loads(document)
    return snapshot


async def validate_schema(connection: AsyncConnection) -> None:
    """Raises SchemaMismatch, which names every difference in words."""
    differences = compare(expected_snapshot(), await take_snapshot(connection, expected_tables()))
    if differences:
        raise SchemaMismatch(differences)


def compare(expected: Snapshot, found: Snapshot) -> list[str]:
    """Every difference in a sentence; missing tables first, and nothing more about those."""
    present, wanted = found.get("table", {}), expected["table"]
    missing = sorted(wanted.keys() - present.keys())
    lines = [f"Missing required tables: {', '.join(missing)}"] if missing else []
    for kind in sorted(expected.keys() | found.keys(), key=lambda kind: (kind != "table", kind)):
        lines += _compare_kind(kind, _of_present_tables(expected, kind, present), found.get(kind, {}))
        lines += _compare_extras(kind, expected, found)
    return lines


def _of_present_tables(snapshot: Snapshot, kind: str, present: dict[str, Facets]) -> dict[str, Facets]:
    return {name: facets for name, facets in snapshot.get(kind, {}).items() if name.split(".")[0] in present}


def _compare_kind(kind: str, expected: dict[str, Facets], found: dict[str, Facets]) -> list[str]:
    lines = [
        f"{_named(kind, name)} is missing ({_summary(expected[name])})"
        for name in sorted(expected.keys() - found.keys())
    ]
    for name in sorted(expected.keys() & found.keys()):
        for facet, value in expected[name].items():
            if found[name].get(facet) != value:
                lines.append(f"{_named(kind, name)}: {facet} is {found[name].get(facet)}, expected {value}")
    return lines


def _compare_extras(kind: str, expected: Snapshot, found: Snapshot) -> list[str]:
    extras = found.get(kind, {}).keys() - expected.get(kind, {}).keys()
    return [
        f"{_named(kind, name)} is not expected ({_summary(found[kind][name])})"
        for name in sorted(extras)
        if not _is_harmless(kind, name, expected, found)
    ]


def _named(kind: str, name: str) -> str:
    table, _, rest = name.partition(".")
    if kind in ("table", "column"):
        return f"{kind} {name}"
    return f"{kind} for {rest} on {table}" if kind == "grant" else f"{kind} {rest} on {table}"


def _summary(facets: Facets) -> str:
    return (
        next(iter(facets.values()))
        if len(facets) == 1
        else ", ".join(f"{facet} {value}" for facet, value in facets.items())
    )


def _is_harmless(kind: str, name: str, expected: Snapshot, found: Snapshot) -> bool:
    facets = found[kind][name]
    if kind in ("check constraint", "foreign key"):
        table = name.partition(".")[0]
        known = _columns_of(table, expected)
        new = {column: facets for column, facets in _columns_of(table, found).items() if column not in known}
        return _binds_new_columns_only(facets["definition"], known, new)
    if kind == "column":  # a newer version may have added one; it must not stop inserts of this one
        return facets["null"] == "nullable" or facets["default"] != "none" or facets["generated"] != "no"
    if kind == "index":
        return "UNIQUE" not in facets["definition"]
    return kind in _HARMLESS_EXTRAS


def _columns_of(table: str, snapshot: Snapshot) -> dict[str, Facets]:
    prefix = f"{table}."
    columns = snapshot.get("column", {}).items()
    return {name.removeprefix(prefix): facets for name, facets in columns if name.startswith(prefix)}


def _binds_new_columns_only(definition: str, known: dict[str, Facets], new: dict[str, Facets]) -> bool:
    """Whether rows in which this version writes what it knows keep the rule, as those did that were there before it.

    A reference of which one column is null is not looked up. Of a check nothing is understood but which columns it
    names, so one that says NOT is taken for one that wants a value.
    """
    names = set(re.findall(r"\w+", definition))
    if names & {"NOT", "MATCH"}:
        return False
    if definition.startswith("FOREIGN KEY"):
        own = set(re.findall(r"\w+", definition.partition(")")[0]))
        return any(new[name]["null"] == "nullable" and new[name]["default"] == "none" for name in own & new.keys())
    return not names.isdisjoint(new) and names.isdisjoint(known)
