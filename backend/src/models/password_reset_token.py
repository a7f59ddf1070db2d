from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, LargeBinary, UniqueConstraint, func
from sqlmodel import Field, SQLModel

from src.models.base import new_id


class PasswordResetToken(SQLModel, table=True):
    """The one link that may set a user's password: a new one replaces it, and using it deletes it."""

    __tablename__ = "password_reset_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        UniqueConstraint("user_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_size"),
        CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
    created_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
