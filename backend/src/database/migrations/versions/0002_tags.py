"""Tags, and which tasks carry them.

Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"

OWNER = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

STATEMENTS = (
    """
    CREATE TABLE tags (
        user_id uuid CONSTRAINT fk_tags_user_id REFERENCES users (id) ON DELETE CASCADE,
        id uuid,
        name text NOT NULL CONSTRAINT ck_tags_name_length CHECK (char_length(name) BETWEEN 1 AND 50)
            CONSTRAINT ck_tags_name_one_line CHECK (name = btrim(name) AND position(chr(10) IN name) = 0),
        name_key text COLLATE "C" NOT NULL,
        color text NOT NULL CONSTRAINT ck_tags_color_format CHECK (color ~ '^#[0-9A-F]{6}$'),
        content_hash bytea NOT NULL CONSTRAINT ck_tags_content_hash_size CHECK (octet_length(content_hash) = 32),
        version integer NOT NULL DEFAULT 1 CONSTRAINT ck_tags_version_positive CHECK (version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_tags PRIMARY KEY (user_id, id),
        CONSTRAINT uq_tags_user_id_name_key UNIQUE (user_id, name_key)
    )
    """,
    """
    CREATE TABLE task_tags (
        user_id uuid,
        task_id uuid,
        tag_id uuid,
        CONSTRAINT pk_task_tags PRIMARY KEY (user_id, task_id, tag_id),
        CONSTRAINT fk_task_tags_user_id_task_id FOREIGN KEY (user_id, task_id)
            REFERENCES tasks (user_id, id) ON DELETE CASCADE,
        CONSTRAINT fk_task_tags_user_id_tag_id FOREIGN KEY (user_id, tag_id)
            REFERENCES tags (user_id, id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_task_tags_user_id_tag_id_task_id ON task_tags (user_id, tag_id, task_id)",
    *(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in ("tags", "task_tags")),
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in ("tags", "task_tags")),
    *(
        f"CREATE POLICY owner ON {table} TO todo_app USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})"
        for table in ("tags", "task_tags")
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO todo_app",
    "GRANT SELECT, INSERT, DELETE ON task_tags TO todo_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE task_tags")
    op.execute("DROP TABLE tags")
