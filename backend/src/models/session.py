from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint, func
from sqlmodel import Field, SQLModel

from src.models.base import new_id


class Session(SQLModel, table=True):
    """A login on one device, alive for as long as its row exists and ``expires_at`` is ahead.

    To end a session is to delete it. ``expires_at`` moves with each refresh (idle time) but never past
    ``ends_at`` (absolute time). How the hashes are used: `src.core.security.refresh_tokens`.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        UniqueConstraint("family_hash"),
        CheckConstraint("octet_length(family_hash) = 32", name="family_hash_size"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_size"),
        CheckConstraint("octet_length(previous_token_hash) = 32", name="previous_token_hash_size"),
        CheckConstraint("octet_length(nonce) = 32", name="nonce_size"),
        CheckConstraint(
            "(previous_token_hash IS NULL) = (nonce IS NULL) AND (nonce IS NULL) = (rotated_at IS NULL)",
            name="rotation_complete",
        ),
        CheckConstraint("expires_at <= ends_at", name="expires_before_end"),
        CheckConstraint("char_length(device) <= 200", name="device_length"),
        CheckConstraint("char_length(network) <= 50", name="network_length"),
    )

    user_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    family_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
    token_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
    previous_token_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    nonce: bytes | None = Field(default=None, sa_type=LargeBinary)
    rotated_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    device: str | None = Field(default=None, sa_type=Text)
    network: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    last_used_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
    ends_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
