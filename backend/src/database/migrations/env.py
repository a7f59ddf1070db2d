"""Alembic's entry: runs on the connection it is given, inside the transaction that is open there, or prints."""

from alembic import context
from sqlmodel import SQLModel

import src.models  # noqa: F401  # registers the tables

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},  # else every % is written twice
        target_metadata=SQLModel.metadata,
        literal_binds=True,
        transactional_ddl=False,
    )
else:
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
