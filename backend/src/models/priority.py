from sqlalchemy import CheckConstraint, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class Priority(SQLModel, table=True):
    """One of the four seeded priorities. Its id is its level, so that tasks sort by it without a join."""

    __tablename__ = "priorities"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("level"),
        CheckConstraint("id = level", name="id_is_level"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_range"),
        CheckConstraint("color ~ '^#[0-9A-F]{6}$'", name="color_format"),
    )

    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text, nullable=False)
    level: int = Field(sa_type=SmallInteger, nullable=False)
    color: str = Field(sa_type=Text, nullable=False)
