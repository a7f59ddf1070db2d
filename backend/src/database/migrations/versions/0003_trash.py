"""A trash for tasks.

Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE tasks ADD COLUMN deleted_at timestamptz")
    op.execute(
        "CREATE INDEX ix_tasks_user_id_deleted_at_id ON tasks (user_id, deleted_at, id) WHERE deleted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DELETE FROM tasks WHERE deleted_at IS NOT NULL")
    op.execute("ALTER TABLE tasks DROP COLUMN deleted_at")
