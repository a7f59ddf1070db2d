from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from src.models.base import KeyText, Versioned, new_id


class Tag(Versioned, table=True):
    """A label of one user. ``name_key`` is what names are compared by: case and Unicode form apart."""

    __tablename__ = "tags"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        UniqueConstraint("user_id", "name_key"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50", name="name_length"),
        CheckConstraint("name = btrim(name) AND position(chr(10) IN name) = 0", name="name_one_line"),
        CheckConstraint("color ~ '^#[0-9A-F]{6}$'", name="color_format"),
        CheckConstraint("octet_length(content_hash) = 32", name="content_hash_size"),
        CheckConstraint("version >= 1", name="version_positive"),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(sa_type=Text, nullable=False)
    name_key: str = Field(sa_type=KeyText, nullable=False)
    color: str = Field(sa_type=Text, nullable=False)
    content_hash: bytes = Field(sa_type=LargeBinary, nullable=False)


class TaskTag(SQLModel, table=True):
    """A tag on a task. Both keys begin with the owner, so a task cannot carry another user's tag."""

    __tablename__ = "task_tags"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "task_id"], ["tasks.user_id", "tasks.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["user_id", "tag_id"], ["tags.user_id", "tags.id"], ondelete="CASCADE"),
        Index(None, "user_id", "tag_id", "task_id"),
    )

    user_id: UUID = Field(primary_key=True)
    task_id: UUID = Field(primary_key=True)
    tag_id: UUID = Field(primary_key=True)
