from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel


class TaskSearch(SQLModel, table=True):
    """What a task is found by (see `src.domain.search`), apart from it: most changes of a task leave this alone.

    Row-level security keeps the index from the requests of users. They ask ``search_tasks()``, a function that works
    as the owner of the table, which is therefore not forced to obey the policies.
    """

    __tablename__ = "task_search"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "task_id"], ["tasks.user_id", "tasks.id"], ondelete="CASCADE"),
        Index(None, "document", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    user_id: UUID = Field(primary_key=True)
    task_id: UUID = Field(primary_key=True)
    document: Any = Field(sa_type=TSVECTOR, nullable=False)
