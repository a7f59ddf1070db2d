"""What the application sends to its database, statement by statement."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from src.database.session import Database

OF_THE_DRIVER = ("typeinfo_tree", "set_config('jit'")
"""By what one knows its own questions: what a type is, once for each connection."""


class Sent:
    """The statements since `forget`, the opening of each transaction and its COMMIT among them."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def hear(self, statement: str) -> None:
        self._texts.append(" ".join(statement.split()))

    async def texts(self) -> list[str]:
        await asyncio.sleep(0)  # the driver tells what it has sent when the event loop comes round
        return list(self._texts)

    async def forget(self) -> None:
        await self.texts()
        self._texts.clear()

    async def count(self) -> int:
        return len(await self.texts())


@contextmanager
def sent_by(database: Database) -> Iterator[Sent]:
    """SQLAlchemy tells of what it executes, the driver of what goes past it: the openings and the COMMITs."""
    sent = Sent()
    engine = database.engine.sync_engine
    heard: set[Any] = set()

    def hear_driver(record: Any) -> None:
        if not any(sign in record.query for sign in OF_THE_DRIVER):
            sent.hear(record.query)

    def listen(connection: Any, *_: Any) -> None:
        driver = connection.driver_connection
        if driver not in heard:
            heard.add(driver)
            driver.add_query_logger(hear_driver)

    def hear_sqlalchemy(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.hear(statement)

    event.listen(engine, "checkout", listen)
    event.listen(engine, "before_cursor_execute", hear_sqlalchemy)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", listen)
        event.remove(engine, "before_cursor_execute", hear_sqlalchemy)
        for driver in heard:
            if not driver.is_closed():
                driver.remove_query_logger(hear_driver)
