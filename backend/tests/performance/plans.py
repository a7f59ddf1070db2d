"""What PostgreSQL did for a request: its own account of each statement, as the service sent it, with the rows read.

`auto_explain` tells the client; so the role, row-level security, the parameters and the plan are those of the request.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import event

from src.database.session import Database

SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "plan_cache_mode": "force_generic_plan",  # as a statement that is kept is planned: for all users and values alike
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_level": "notice",
    "auto_explain.log_format": "json",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_nested_statements": "on",
}
Node = dict[str, Any]


async def explain_everything(admin: asyncpg.Connection, name: str) -> None:
    """In this database, on connections that are made from now on."""
    for setting, value in SETTINGS.items():
        await admin.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")


@dataclass(frozen=True)
class Plan:
    statement: str
    root: Node

    def nodes(self) -> Iterator[Node]:
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    def rows_read(self) -> int:
        """Of tables and of indexes, whatever became of them."""
        return round(sum(_rows_of(node) for node in self.nodes() if "Scan" in node["Node Type"]))

    def blocks_read(self) -> int:
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    def read_whole(self) -> set[str]:
        """Tables that were read from one end to the other."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}


def _rows_of(node: Node) -> float:
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    each = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
    return float(each * node["Actual Loops"])


class Plans:
    """Those of the statements since `forget`."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []

    def hear(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        told = message.message.partition("plan:\n")[2]
        if told:
            document = json.loads(told)
            self._plans.append(Plan(document["Query Text"], document["Plan"]))

    async def all(self) -> list[Plan]:
        await asyncio.sleep(0)  # the driver tells what it was told when the event loop comes round
        return list(self._plans)

    async def forget(self) -> None:
        await self.all()
        self._plans.clear()


@contextmanager
def plans_of(database: Database) -> Iterator[Plans]:
    plans = Plans()
    heard: set[Any] = set()

    def listen(connection: Any, *_: Any) -> None:
        driver = connection.driver_connection
        if driver not in heard:
            heard.add(driver)
            driver.add_log_listener(plans.hear)

    event.listen(database.engine.sync_engine, "checkout", listen)
    try:
        yield plans
    finally:
        event.remove(database.engine.sync_engine, "checkout", listen)
