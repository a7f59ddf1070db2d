"""What every table shares. Keys and constraints are named by one convention, so that errors can be told apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, func
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Field, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


KeyText = Text(collation="C")
"""Text that is compared and sorted by code point, the same on every server."""


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ids made one after the other sort in that order."""
    return uuid_utils.compat.uuid7()


def columns_of(model: type[SQLModel]) -> ReadOnlyColumnCollection[str, Column[Any]]:
    """The columns of a table, for statements that read or write columns rather than entities."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel for ``table=True``
    return table.c


class Versioned(SQLModel):
    """A resource with an ETag: ``version`` grows by one with each change. The instants are the database's."""

    version: int = Field(default=1, sa_type=Integer, nullable=False, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    updated_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
