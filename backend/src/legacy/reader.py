"""One pass through the old file, row by row."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from src.legacy.conversion import Converted, OldRow
from src.legacy.findings import Refused, Remarks
from src.legacy.keys import shown
from src.legacy.priorities import Priorities, read_priorities
from src.legacy.sqlite_file import OldDatabase
from src.legacy.users import convert_user

Row = dict[str, Any]


class Reader:
    """One pass through the file. What cannot be moved as it is stands in ``remarks`` in the end."""

    def __init__(self, database: OldDatabase, remarks: Remarks, *, now: datetime) -> None:
        self.database = database
        self.remarks = remarks
        self.now = now
        self._taken: dict[str, object] = {}

    @cached_property
    def priorities(self) -> Priorities:
        return read_priorities(self.database)

    def users(self) -> Iterator[Row]:
        for row in self.rows("users", "true"):
            user = self.converted("users", row, lambda row: convert_user(row, self.now))
            if user is not None:
                self._refuse_taken(row, "the e-mail address", f"email {user['email_key']}")
                if user["username_key"] is not None:
                    self._refuse_taken(row, "the username", f"username {user['username_key']}")
                yield user

    def rows(
        self, table: str, condition: str, *, columns: str = "", order: str = "", **bound: object
    ) -> Iterator[OldRow]:
        """Those that can be moved, with their new keys. ``condition`` may name ``keys``, the table of these."""
        known = self.database.tables.get(table)
        if known is None:
            return iter(())
        return self.database.rows(
            f"SELECT {known.selection}, keys.id AS new_id{columns} FROM keys_of_{table} AS keys "  # noqa: S608  # made of known names
            f"JOIN main.{table} AS old ON {known.column('id')} = keys.old_id "
            f"WHERE {condition} ORDER BY {order} keys.rowid",
            **bound,
        )

    def converted(self, table: str, row: OldRow, convert: Callable[[OldRow], Converted]) -> Row | None:
        """With the old key as ``old_id``; None for a row that is refused."""
        try:
            values, mended = convert(row)
        except Refused as refused:
            for reason in refused.reasons:
                self.remarks.refused.add(table, row["id"], reason)
            return None
        for reason in mended:
            self.remarks.mended.add(table, row["id"], reason)
        return {**values, "old_id": row["id"]}

    def _refuse_taken(self, row: OldRow, what: str, key: str) -> None:
        first = self._taken.setdefault(key, row["id"])
        if first != row["id"]:
            self.remarks.refused.add("users", row["id"], f"{what} is that of user {shown(first)} too (case apart)")
