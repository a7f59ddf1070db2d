"""The same tables as entities, as tutorials of SQLModel declare them."""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import DateTime, FetchedValue, ForeignKeyConstraint, MetaData
from sqlmodel import Field, Relationship, SQLModel


def now() -> datetime:
    return datetime.now(UTC)


class Base(SQLModel):
    metadata = MetaData()


class User(Base, table=True):
    __tablename__ = "users"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str
    password_hash: str
    is_active: bool = True


class Session(Base, table=True):
    __tablename__ = "sessions"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    family_hash: bytes
    token_hash: bytes
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    ends_at: datetime = Field(sa_type=DateTime(timezone=True))


class PriorityBase(Base):
    name: str
    level: int
    color: str


class Priority(PriorityBase, table=True):
    __tablename__ = "priorities"

    id: int = Field(primary_key=True)


class PriorityRead(PriorityBase):
    id: int


class TaskTag(Base, table=True):
    __tablename__ = "task_tags"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "task_id"], ["tasks.user_id", "tasks.id"]),
        ForeignKeyConstraint(["user_id", "tag_id"], ["tags.user_id", "tags.id"]),
    )

    user_id: UUID = Field(primary_key=True)
    task_id: UUID = Field(primary_key=True)
    tag_id: UUID = Field(primary_key=True)


class TagBase(Base):
    name: str
    color: str


class Tag(TagBase, table=True):
    __tablename__ = "tags"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    id: UUID = Field(default_factory=uuid4, primary_key=True)


class TagRead(TagBase):
    id: UUID


class TaskBase(Base):
    title: str
    description: str | None = None
    is_completed: bool = False
    completed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    due_date: date | None = None
    due_time: time | None = None
    timezone: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    parent_id: UUID | None = None
    position: str | None = Field(default=None, sa_column_kwargs={"server_default": FetchedValue()})
    recurring_task_id: UUID | None = None
    occurrence_date: date | None = None
    deleted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    version: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class Task(TaskBase, table=True):
    __tablename__ = "tasks"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    title_key: str
    content_hash: bytes = bytes(32)
    priority_id: int | None = Field(default=None, foreign_key="priorities.id")
    priority: Priority | None = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
    tags: list[Tag] = Relationship(
        link_model=TaskTag, sa_relationship_kwargs={"lazy": "selectin", "order_by": "Tag.name"}
    )


class TaskRead(TaskBase):
    id: UUID
    user_id: UUID
    priority: PriorityRead | None
    tags: list[TagRead]


class TaskPage(Base):
    items: list[TaskRead]
    next_cursor: str | None = None


class TaskCreate(Base):
    title: str = Field(min_length=1, max_length=255)
    description: str | None = None
    priority: str | None = None
    due_date: date | None = None


class TaskUpdate(Base):
    title: str | None = None
    description: str | None = None
    due_date: date | None = None


class BulkOperation(Base):
    op: str
    data: TaskCreate


class Bulk(Base):
    operations: list[BulkOperation]


class BulkResult(Base):
    index: int
    op: str
    status: int
    task: TaskRead


class BulkResults(Base):
    results: list[BulkResult]


class Login(Base):
    email: str
    password: str


class LoggedIn(Base):
    access_token: str
    token_type: str = "bearer"  # noqa: S105
