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
    false,
    text,
)
from sqlmodel import Field

from src.models.base import KeyText, Versioned, new_id

NEW_POSITION = (  # as PostgreSQL writes it: the microsecond, and digits that keep two tasks of the same one apart
    "((lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint), 14, '0'::text) "
    "|| substr(md5((random())::text), 1, 3)) || '8'::text)"
)


class Task(Versioned, table=True):
    """A task of one user, who stands first in its key: another user's task cannot be named, only one's own.

    ``title_key`` is what titles are sorted by. ``content_hash`` tells a retried create from another one with the same
    id. Each index serves one order of the list, both ways. A task with ``deleted_at`` is in the trash. ``position``
    sorts tasks by hand (see `src.domain.ordering`); a new one comes last. An instance of a series has its occurrence.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["priority_id"], ["priorities.id"]),
        ForeignKeyConstraint(["user_id", "parent_id"], ["tasks.user_id", "tasks.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["user_id", "recurring_task_id", "occurrence_date"],
            ["task_instances.user_id", "task_instances.recurring_task_id", "task_instances.occurrence_date"],
            ondelete="SET NULL (recurring_task_id, occurrence_date)",
        ),
        CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title_length"),
        CheckConstraint("title = btrim(title) AND position(chr(10) IN title) = 0", name="title_one_line"),
        CheckConstraint("char_length(title_key) <= 255", name="title_key_length"),
        CheckConstraint("char_length(description) <= 10000", name="description_length"),
        CheckConstraint("is_completed = (completed_at IS NOT NULL)", name="completed_at_matches"),
        CheckConstraint("due_date BETWEEN '1900-01-01' AND '9998-12-31'", name="due_date_range"),
        CheckConstraint("due_time IS NULL OR due_date IS NOT NULL", name="due_time_needs_date"),
        CheckConstraint("due_time IS NULL OR timezone IS NOT NULL", name="due_time_needs_zone"),
        CheckConstraint("(due_time IS NULL) = (due_at IS NULL)", name="due_at_matches"),
        CheckConstraint("char_length(timezone) BETWEEN 1 AND 64", name="timezone_length"),
        CheckConstraint("parent_id <> id", name="parent_is_another"),
        CheckConstraint("char_length(position) <= 200", name="position_length"),
        CheckConstraint("position ~ '^[0-9a-f]{14}[0-9A-Za-z]*[1-9A-Za-z]$'", name="position_format"),
        CheckConstraint("(recurring_task_id IS NULL) = (occurrence_date IS NULL)", name="occurrence_of_series"),
        CheckConstraint("octet_length(content_hash) = 32", name="content_hash_size"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(None, "user_id", "created_at", "id"),
        Index(None, "user_id", "updated_at", "id"),
        Index(None, "user_id", "due_date", "id"),
        Index(None, "user_id", "priority_id", "id"),
        Index(None, "user_id", "title_key", "id"),
        Index(None, "user_id", "completed_at", "id"),
        Index(None, "user_id", "position", "id"),
        Index(None, "user_id", "deleted_at", "id", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(None, "user_id", "parent_id", "id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(
            None,
            "user_id",
            "recurring_task_id",
            "occurrence_date",
            unique=True,
            postgresql_where=text("recurring_task_id IS NOT NULL"),
        ),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(sa_type=Text, nullable=False)
    title_key: str = Field(sa_type=KeyText, nullable=False)
    description: str | None = Field(default=None, sa_type=Text)
    is_completed: bool = Field(
        default=False, sa_type=Boolean, nullable=False, sa_column_kwargs={"server_default": false()}
    )
    completed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    priority_id: int | None = Field(default=None, sa_type=SmallInteger)
    due_date: date | None = Field(default=None, sa_type=Date)
    due_time: time | None = Field(default=None, sa_type=Time)
    timezone: str | None = Field(default=None, sa_type=Text)
    due_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    parent_id: UUID | None = Field(default=None)
    position: str = Field(
        default=None, sa_type=KeyText, nullable=False, sa_column_kwargs={"server_default": text(NEW_POSITION)}
    )
    recurring_task_id: UUID | None = Field(default=None)
    occurrence_date: date | None = Field(default=None, sa_type=Date)
    deleted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    content_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
