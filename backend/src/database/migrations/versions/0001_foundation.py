"""Accounts, sessions, tasks and priorities, with the roles' grants and the row-level security between users.

Revises: nothing
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE users (
        id uuid CONSTRAINT pk_users PRIMARY KEY,
        email text NOT NULL CONSTRAINT ck_users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
        email_key text COLLATE "C" NOT NULL CONSTRAINT uq_users_email_key UNIQUE,
        username text CONSTRAINT ck_users_username_length CHECK (char_length(username) BETWEEN 3 AND 50)
            CONSTRAINT ck_users_username_is_no_email CHECK (position('@' IN username) = 0),
        username_key text COLLATE "C" CONSTRAINT uq_users_username_key UNIQUE,
        password_hash text NOT NULL,
        first_name text CONSTRAINT ck_users_first_name_length CHECK (char_length(first_name) BETWEEN 1 AND 100),
        last_name text CONSTRAINT ck_users_last_name_length CHECK (char_length(last_name) BETWEEN 1 AND 100),
        timezone text NOT NULL DEFAULT 'UTC'
            CONSTRAINT ck_users_timezone_length CHECK (char_length(timezone) BETWEEN 1 AND 64),
        is_active boolean NOT NULL DEFAULT true,
        version integer NOT NULL DEFAULT 1 CONSTRAINT ck_users_version_positive CHECK (version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT ck_users_username_has_key CHECK ((username IS NULL) = (username_key IS NULL))
    )
    """,
    """
    CREATE TABLE sessions (
        user_id uuid CONSTRAINT fk_sessions_user_id REFERENCES users (id) ON DELETE CASCADE,
        id uuid,
        family_hash bytea NOT NULL CONSTRAINT uq_sessions_family_hash UNIQUE
            CONSTRAINT ck_sessions_family_hash_size CHECK (octet_length(family_hash) = 32),
        token_hash bytea NOT NULL CONSTRAINT ck_sessions_token_hash_size CHECK (octet_length(token_hash) = 32),
        previous_token_hash bytea
            CONSTRAINT ck_sessions_previous_token_hash_size CHECK (octet_length(previous_token_hash) = 32),
        nonce bytea CONSTRAINT ck_sessions_nonce_size CHECK (octet_length(nonce) = 32),
        rotated_at timestamptz,
        device text CONSTRAINT ck_sessions_device_length CHECK (char_length(device) <= 200),
        network text CONSTRAINT ck_sessions_network_length CHECK (char_length(network) <= 50),
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT pk_sessions PRIMARY KEY (user_id, id),
        CONSTRAINT ck_sessions_rotation_complete CHECK (
            (previous_token_hash IS NULL) = (nonce IS NULL) AND (nonce IS NULL) = (rotated_at IS NULL)
        ),
        CONSTRAINT ck_sessions_expires_before_end CHECK (expires_at <= ends_at)
    )
    """,
    """
    CREATE TABLE priorities (
        id smallint CONSTRAINT pk_priorities PRIMARY KEY,
        name text NOT NULL CONSTRAINT uq_priorities_name UNIQUE,
        level smallint NOT NULL CONSTRAINT uq_priorities_level UNIQUE
            CONSTRAINT ck_priorities_level_range CHECK (level BETWEEN 1 AND 4),
        color text NOT NULL CONSTRAINT ck_priorities_color_format CHECK (color ~ '^#[0-9A-F]{6}$'),
        CONSTRAINT ck_priorities_id_is_level CHECK (id = level)
    )
    """,
    """
    CREATE TABLE tasks (
        user_id uuid CONSTRAINT fk_tasks_user_id REFERENCES users (id) ON DELETE CASCADE,
        id uuid,
        title text NOT NULL CONSTRAINT ck_tasks_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
        title_key text COLLATE "C" NOT NULL
            CONSTRAINT ck_tasks_title_key_length CHECK (char_length(title_key) <= 255),
        description text CONSTRAINT ck_tasks_description_length CHECK (char_length(description) <= 10000),
        is_completed boolean NOT NULL DEFAULT false,
        completed_at timestamptz,
        priority_id smallint CONSTRAINT fk_tasks_priority_id REFERENCES priorities (id),
        due_date date CONSTRAINT ck_tasks_due_date_range CHECK (due_date BETWEEN '1900-01-01' AND '9998-12-31'),
        due_time time,
        timezone text CONSTRAINT ck_tasks_timezone_length CHECK (char_length(timezone) BETWEEN 1 AND 64),
        due_at timestamptz,
        content_hash bytea NOT NULL CONSTRAINT ck_tasks_content_hash_size CHECK (octet_length(content_hash) = 32),
        version integer NOT NULL DEFAULT 1 CONSTRAINT ck_tasks_version_positive CHECK (version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_tasks PRIMARY KEY (user_id, id),
        CONSTRAINT ck_tasks_title_one_line CHECK (title = btrim(title) AND position(chr(10) IN title) = 0),
        CONSTRAINT ck_tasks_completed_at_matches CHECK (is_completed = (completed_at IS NOT NULL)),
        CONSTRAINT ck_tasks_due_time_needs_date CHECK (due_time IS NULL OR due_date IS NOT NULL),
        CONSTRAINT ck_tasks_due_time_needs_zone CHECK (due_time IS NULL OR timezone IS NOT NULL),
        CONSTRAINT ck_tasks_due_at_matches CHECK ((due_time IS NULL) = (due_at IS NULL))
    )
    """,
    """
    CREATE UNLOGGED TABLE attempt_limits (
        key text COLLATE "C" CONSTRAINT pk_attempt_limits PRIMARY KEY
            CONSTRAINT ck_attempt_limits_key_length CHECK (char_length(key) <= 200),
        full_at timestamptz NOT NULL,
        is_allowed boolean NOT NULL
    )
    """,
)

INDEXES = (
    "CREATE INDEX ix_tasks_user_id_created_at_id ON tasks (user_id, created_at, id)",
    "CREATE INDEX ix_tasks_user_id_updated_at_id ON tasks (user_id, updated_at, id)",
    "CREATE INDEX ix_tasks_user_id_due_date_id ON tasks (user_id, due_date, id)",
    "CREATE INDEX ix_tasks_user_id_priority_id_id ON tasks (user_id, priority_id, id)",
    "CREATE INDEX ix_tasks_user_id_title_key_id ON tasks (user_id, title_key, id)",
    "CREATE INDEX ix_tasks_user_id_completed_at_id ON tasks (user_id, completed_at, id)",
    "CREATE INDEX ix_attempt_limits_full_at ON attempt_limits (full_at)",
)

OWNER = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

POLICIES = (
    *(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in ("users", "sessions", "tasks")),
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in ("users", "sessions", "tasks")),
    f"CREATE POLICY owner ON users TO todo_app USING (id = {OWNER}) WITH CHECK (id = {OWNER})",
    f"CREATE POLICY owner ON sessions TO todo_app USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})",
    f"CREATE POLICY owner ON tasks TO todo_app USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})",
    "CREATE POLICY system ON users TO todo_system USING (true) WITH CHECK (true)",
    "CREATE POLICY system ON sessions TO todo_system USING (true) WITH CHECK (true)",
)

PROFILE = (
    "email, email_key, username, username_key, password_hash, first_name, last_name, timezone, version, updated_at"
)

GRANTS = (
    f"GRANT SELECT, DELETE, UPDATE ({PROFILE}) ON users TO todo_app",
    "GRANT SELECT, DELETE ON sessions TO todo_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO todo_app",
    "GRANT SELECT ON priorities TO todo_app",
    "GRANT SELECT, INSERT, UPDATE ON users TO todo_system",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO todo_system",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON attempt_limits TO todo_system",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *POLICIES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("attempt_limits", "tasks", "priorities", "sessions", "users"):
        op.execute(f"DROP TABLE {table}")
