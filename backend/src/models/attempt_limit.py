from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime
from sqlmodel import Field, SQLModel

from src.models.base import KeyText


class AttemptLimit(SQLModel, table=True):
    """The state of one limit on attempts: see `src.services.attempt_limits`.

    Unlogged: a crash of the server forgets attempts, and costs no write-ahead log. Nobody's data stand here.
    """

    __tablename__ = "attempt_limits"
    __table_args__ = (
        CheckConstraint("char_length(key) <= 200", name="key_length"),
        {"prefixes": ["UNLOGGED"]},
    )

    key: str = Field(primary_key=True, sa_type=KeyText)
    full_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False, index=True)
    is_allowed: bool = Field(sa_type=Boolean, nullable=False)
