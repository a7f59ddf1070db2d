from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    Time,
    text,
    true,
)
from sqlmodel import Field, SQLModel

from src.models.base import Versioned, new_id


class RecurringTask(Versioned, table=True):
    """A series: what its tasks are made from, and by which rule. Days and times are wall-clock in ``timezone``."""

    __tablename__ = "recurring_tasks"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["priority_id"], ["priorities.id"]),
        CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title_length"),
        CheckConstraint("title = btrim(title) AND position(chr(10) IN title) = 0", name="title_one_line"),
        CheckConstraint("char_length(description) <= 10000", name="description_length"),
        CheckConstraint("char_length(rrule) BETWEEN 1 AND 500", name="rrule_length"),
        CheckConstraint("start_date BETWEEN '1900-01-01' AND '9998-12-31'", name="start_date_range"),
        CheckConstraint("char_length(timezone) BETWEEN 1 AND 64", name="timezone_length"),
        CheckConstraint("mode = ANY (ARRAY['schedule', 'after_completion'])", name="mode_known"),
        CheckConstraint("missed = ANY (ARRAY['skip', 'keep'])", name="missed_known"),
        CheckConstraint("octet_length(content_hash) = 32", name="content_hash_size"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(None, "user_id", "created_at", "id"),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(sa_type=Text, nullable=False)
    description: str | None = Field(default=None, sa_type=Text)
    priority_id: int | None = Field(default=None, sa_type=SmallInteger)
    rrule: str = Field(sa_type=Text, nullable=False)
    start_date: date = Field(sa_type=Date, nullable=False)
    due_time: time | None = Field(default=None, sa_type=Time)
    timezone: str = Field(sa_type=Text, nullable=False)
    mode: str = Field(sa_type=Text, nullable=False)
    missed: str = Field(sa_type=Text, nullable=False)
    is_active: bool = Field(default=True, sa_type=Boolean, nullable=False, sa_column_kwargs={"server_default": true()})
    content_hash: bytes = Field(sa_type=LargeBinary, nullable=False)


class RecurringTaskTag(SQLModel, table=True):
    """A tag that the tasks of a series get."""

    __tablename__ = "recurring_task_tags"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "recurring_task_id"], ["recurring_tasks.user_id", "recurring_tasks.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["user_id", "tag_id"], ["tags.user_id", "tags.id"], ondelete="CASCADE"),
        Index(None, "user_id", "tag_id", "recurring_task_id"),
    )

    user_id: UUID = Field(primary_key=True)
    recurring_task_id: UUID = Field(primary_key=True)
    tag_id: UUID = Field(primary_key=True)


class TaskInstance(SQLModel, table=True):
    """One occurrence of a series and what became of it, also when its task is gone.

    Its key is why no occurrence is made twice. The task, if there is one, names it by the same key.
    """

    __tablename__ = "task_instances"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "recurring_task_id"], ["recurring_tasks.user_id", "recurring_tasks.id"], ondelete="CASCADE"
        ),
        CheckConstraint("occurrence_date BETWEEN '1900-01-01' AND '9998-12-31'", name="occurrence_date_range"),
        CheckConstraint("status = ANY (ARRAY['open', 'completed', 'skipped'])", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_at_matches"),
        Index(None, "user_id", "recurring_task_id", postgresql_where=text("status = 'open'")),
    )

    user_id: UUID = Field(primary_key=True)
    recurring_task_id: UUID = Field(primary_key=True)
    occurrence_date: date = Field(primary_key=True, sa_type=Date)
    status: str = Field(default="open", sa_type=Text, nullable=False, sa_column_kwargs={"server_default": "open"})
    closed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
