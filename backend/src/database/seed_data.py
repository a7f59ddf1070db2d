"""Rows that every database of this service holds."""

from dataclasses import asdict

from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from src.domain.priorities import PRIORITIES
from src.models import Priority, columns_of


def seeding() -> Insert:
    """The four priorities, as the code has them. Running it again changes nothing."""
    statement = insert(Priority).values([asdict(priority) for priority in PRIORITIES])
    new, stored = statement.excluded, columns_of(Priority)
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={"name": new.name, "level": new.level, "color": new.color},
        where=(stored.name != new.name) | (stored.level != new.level) | (stored.color != new.color),
    )


async def seed(connection: AsyncConnection) -> None:
    await connection.execute(seeding())
