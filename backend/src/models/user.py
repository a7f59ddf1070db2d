from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, DateTime, Text, UniqueConstraint, true
from sqlmodel import Field

from src.models.base import KeyText, Versioned, new_id


class User(Versioned, table=True):
    """An account. The ``…_key`` columns hold what e-mail and username are compared by: case and Unicode form apart.

    ``email_verified_at``: when somebody first proved to hold the present address; null while nobody has.
    """

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email_key"),
        UniqueConstraint("username_key"),
        CheckConstraint("char_length(email) BETWEEN 3 AND 254", name="email_length"),
        CheckConstraint("char_length(username) BETWEEN 3 AND 50", name="username_length"),
        CheckConstraint("(username IS NULL) = (username_key IS NULL)", name="username_has_key"),
        CheckConstraint("position('@' IN username) = 0", name="username_is_no_email"),
        CheckConstraint("char_length(first_name) BETWEEN 1 AND 100", name="first_name_length"),
        CheckConstraint("char_length(last_name) BETWEEN 1 AND 100", name="last_name_length"),
        CheckConstraint("char_length(timezone) BETWEEN 1 AND 64", name="timezone_length"),
        CheckConstraint("version >= 1", name="version_positive"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(sa_type=Text, nullable=False)
    email_key: str = Field(sa_type=KeyText, nullable=False)
    username: str | None = Field(default=None, sa_type=Text)
    username_key: str | None = Field(default=None, sa_type=KeyText)
    email_verified_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    password_hash: str = Field(sa_type=Text, nullable=False)
    first_name: str | None = Field(default=None, sa_type=Text)
    last_name: str | None = Field(default=None, sa_type=Text)
    timezone: str = Field(default="UTC", sa_type=Text, nullable=False, sa_column_kwargs={"server_default": "UTC"})
    is_active: bool = Field(default=True, sa_type=Boolean, nullable=False, sa_column_kwargs={"server_default": true()})
