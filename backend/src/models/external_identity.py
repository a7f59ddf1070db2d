from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, UniqueConstraint, func
from sqlmodel import Field, SQLModel

from src.models.base import KeyText, new_id


class ExternalIdentity(SQLModel, table=True):
    """Somebody whom another login service knows as ``subject``, and whose account here this is.

    It stays when the e-mail address changes, here or there. A user may have several, an identity has one user.
    """

    __tablename__ = "external_identities"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("char_length(issuer) BETWEEN 1 AND 255", name="issuer_length"),
        CheckConstraint("char_length(subject) BETWEEN 1 AND 255", name="subject_length"),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    issuer: str = Field(sa_type=KeyText, nullable=False)
    subject: str = Field(sa_type=KeyText, nullable=False)
    created_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
