"""Password reset tokens: at most one for each user, seen by the system role only.

A user's own request may delete them (a new password or e-mail address makes links worthless), and reads none.

Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLE = """
    CREATE TABLE password_reset_tokens (
        user_id uuid CONSTRAINT fk_password_reset_tokens_user_id REFERENCES users (id) ON DELETE CASCADE
            CONSTRAINT uq_password_reset_tokens_user_id UNIQUE,
        id uuid,
        token_hash bytea NOT NULL CONSTRAINT uq_password_reset_tokens_token_hash UNIQUE
            CONSTRAINT ck_password_reset_tokens_token_hash_size CHECK (octet_length(token_hash) = 32),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_password_reset_tokens PRIMARY KEY (user_id, id),
        CONSTRAINT ck_password_reset_tokens_expires_after_creation CHECK (expires_at > created_at)
    )
"""

OWNER = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

PROTECTION = (
    "ALTER TABLE password_reset_tokens ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE password_reset_tokens FORCE ROW LEVEL SECURITY",
    "CREATE POLICY owner ON password_reset_tokens TO todo_app "
    f"USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})",
    "CREATE POLICY system ON password_reset_tokens TO todo_system USING (true) WITH CHECK (true)",
    "GRANT DELETE, SELECT (user_id) ON password_reset_tokens TO todo_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON password_reset_tokens TO todo_system",
)


def upgrade() -> None:
    for statement in (TABLE, *PROTECTION):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE password_reset_tokens")
