"""Subtasks, order by hand, full-text search, and series of recurring tasks with their instances.

Tasks that are there keep the order in which they were made. What they are found by follows at the next start: the note
on `task_search` asks for it (see `src.database.search_backfill`).

Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"

OWNER = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

SERIES = (
    """
    CREATE TABLE recurring_tasks (
        user_id uuid CONSTRAINT fk_recurring_tasks_user_id REFERENCES users (id) ON DELETE CASCADE,
        id uuid,
        title text NOT NULL CONSTRAINT ck_recurring_tasks_title_length CHECK (char_length(title) BETWEEN 1 AND 255)
            CONSTRAINT ck_recurring_tasks_title_one_line
            CHECK (title = btrim(title) AND position(chr(10) IN title) = 0),
        description text
            CONSTRAINT ck_recurring_tasks_description_length CHECK (char_length(description) <= 10000),
        priority_id smallint CONSTRAINT fk_recurring_tasks_priority_id REFERENCES priorities (id),
        rrule text NOT NULL CONSTRAINT ck_recurring_tasks_rrule_length CHECK (char_length(rrule) BETWEEN 1 AND 500),
        start_date date NOT NULL
            CONSTRAINT ck_recurring_tasks_start_date_range CHECK (start_date BETWEEN '1900-01-01' AND '9998-12-31'),
        due_time time,
        timezone text NOT NULL
            CONSTRAINT ck_recurring_tasks_timezone_length CHECK (char_length(timezone) BETWEEN 1 AND 64),
        mode text NOT NULL
            CONSTRAINT ck_recurring_tasks_mode_known CHECK (mode = ANY (ARRAY['schedule', 'after_completion'])),
        missed text NOT NULL CONSTRAINT ck_recurring_tasks_missed_known CHECK (missed = ANY (ARRAY['skip', 'keep'])),
        is_active boolean NOT NULL DEFAULT true,
        content_hash bytea NOT NULL
            CONSTRAINT ck_recurring_tasks_content_hash_size CHECK (octet_length(content_hash) = 32),
        version integer NOT NULL DEFAULT 1 CONSTRAINT ck_recurring_tasks_version_positive CHECK (version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_recurring_tasks PRIMARY KEY (user_id, id)
    )
    """,
    "CREATE INDEX ix_recurring_tasks_user_id_created_at_id ON recurring_tasks (user_id, created_at, id)",
    """
    CREATE TABLE recurring_task_tags (
        user_id uuid,
        recurring_task_id uuid,
        tag_id uuid,
        CONSTRAINT pk_recurring_task_tags PRIMARY KEY (user_id, recurring_task_id, tag_id),
        CONSTRAINT fk_recurring_task_tags_user_id_recurring_task_id FOREIGN KEY (user_id, recurring_task_id)
            REFERENCES recurring_tasks (user_id, id) ON DELETE CASCADE,
        CONSTRAINT fk_recurring_task_tags_user_id_tag_id FOREIGN KEY (user_id, tag_id)
            REFERENCES tags (user_id, id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_recurring_task_tags_user_id_tag_id_recurring_task_id "
    "ON recurring_task_tags (user_id, tag_id, recurring_task_id)",
    """
    CREATE TABLE task_instances (
        user_id uuid,
        recurring_task_id uuid,
        occurrence_date date CONSTRAINT ck_task_instances_occurrence_date_range
            CHECK (occurrence_date BETWEEN '1900-01-01' AND '9998-12-31'),
        status text NOT NULL DEFAULT 'open'
            CONSTRAINT ck_task_instances_status_known CHECK (status = ANY (ARRAY['open', 'completed', 'skipped'])),
        closed_at timestamptz,
        CONSTRAINT pk_task_instances PRIMARY KEY (user_id, recurring_task_id, occurrence_date),
        CONSTRAINT fk_task_instances_user_id_recurring_task_id FOREIGN KEY (user_id, recurring_task_id)
            REFERENCES recurring_tasks (user_id, id) ON DELETE CASCADE,
        CONSTRAINT ck_task_instances_closed_at_matches CHECK ((status = 'open') = (closed_at IS NULL))
    )
    """,
    "CREATE INDEX ix_task_instances_user_id_recurring_task_id "
    "ON task_instances (user_id, recurring_task_id) WHERE status = 'open'",
)

COLUMNS = (
    """
    ALTER TABLE tasks
        ADD COLUMN parent_id uuid,
        ADD COLUMN position text COLLATE "C",
        ADD COLUMN recurring_task_id uuid,
        ADD COLUMN occurrence_date date
    """,
    # One pass over the table, which also checks the constraints. An UPDATE would leave every row behind twice.
    """
    ALTER TABLE tasks
        ALTER COLUMN position TYPE text COLLATE "C" USING
            lpad(to_hex((extract(epoch FROM created_at) * 1000000)::bigint), 14, '0')
            || substr(md5(id::text), 1, 3) || '8',
        ALTER COLUMN position SET NOT NULL,
        ALTER COLUMN position SET DEFAULT
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 14, '0')
            || substr(md5(random()::text), 1, 3) || '8',
        ADD CONSTRAINT ck_tasks_position_length CHECK (char_length(position) <= 200),
        ADD CONSTRAINT ck_tasks_position_format CHECK (position ~ '^[0-9a-f]{14}[0-9A-Za-z]*[1-9A-Za-z]$'),
        ADD CONSTRAINT ck_tasks_parent_is_another CHECK (parent_id <> id),
        ADD CONSTRAINT ck_tasks_occurrence_of_series
            CHECK ((recurring_task_id IS NULL) = (occurrence_date IS NULL)),
        ADD CONSTRAINT fk_tasks_user_id_parent_id FOREIGN KEY (user_id, parent_id)
            REFERENCES tasks (user_id, id) ON DELETE CASCADE,
        ADD CONSTRAINT fk_tasks_user_id_recurring_task_id_occurrence_date
            FOREIGN KEY (user_id, recurring_task_id, occurrence_date)
            REFERENCES task_instances (user_id, recurring_task_id, occurrence_date)
            ON DELETE SET NULL (recurring_task_id, occurrence_date)
    """,
    "CREATE INDEX ix_tasks_user_id_position_id ON tasks (user_id, position, id)",
    "CREATE INDEX ix_tasks_user_id_parent_id_id ON tasks (user_id, parent_id, id) WHERE parent_id IS NOT NULL",
    "CREATE UNIQUE INDEX ix_tasks_user_id_recurring_task_id_occurrence_date "
    "ON tasks (user_id, recurring_task_id, occurrence_date) WHERE recurring_task_id IS NOT NULL",
)

SEARCH = (
    """
    CREATE TABLE task_search (
        user_id uuid,
        task_id uuid,
        document tsvector NOT NULL,
        CONSTRAINT pk_task_search PRIMARY KEY (user_id, task_id),
        CONSTRAINT fk_task_search_user_id_task_id FOREIGN KEY (user_id, task_id)
            REFERENCES tasks (user_id, id) ON DELETE CASCADE
    )
    """,
    "COMMENT ON TABLE task_search IS 'to be filled with the tasks that are older than it'",
    """
    CREATE FUNCTION search_tasks(wanted tsquery, in_title tsquery, most integer)
    RETURNS TABLE (task_id uuid, is_in_title boolean)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 AS $$
    SELECT found.task_id, found.document @@ in_title
    FROM task_search AS found, nullif(current_setting('app.user_id', true), '') AS owner
    WHERE found.document @@ wanted
      AND (found.user_id = owner::uuid) IS TRUE -- so written that the index on documents is the one that serves
    LIMIT most
    $$
    """,
    """
    DO $$
    BEGIN
        EXECUTE format('ALTER FUNCTION search_tasks SET search_path = %I, pg_temp', current_schema());
    END $$
    """,
    "CREATE INDEX ix_task_search_document ON task_search USING gin (document) WITH (fastupdate = off)",
    "REVOKE EXECUTE ON FUNCTION search_tasks FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION search_tasks TO todo_app",
)

OWNED = ("recurring_tasks", "recurring_task_tags", "task_instances", "task_search")
PROTECTION = (
    *(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in OWNED),
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in OWNED if table != "task_search"),
    *(
        f"CREATE POLICY owner ON {table} TO todo_app USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})"
        for table in OWNED
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON recurring_tasks TO todo_app",
    "GRANT SELECT, INSERT, DELETE ON recurring_task_tags TO todo_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON task_instances TO todo_app",
    "GRANT SELECT, INSERT, UPDATE ON task_search TO todo_app",
)


def upgrade() -> None:
    for statement in (*SERIES, *COLUMNS, *SEARCH, *PROTECTION):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION search_tasks")
    op.execute("DROP TABLE task_search")
    op.execute(
        "ALTER TABLE tasks DROP COLUMN parent_id, DROP COLUMN position, "
        "DROP COLUMN recurring_task_id, DROP COLUMN occurrence_date"
    )
    for table in ("task_instances", "recurring_task_tags", "recurring_tasks"):
        op.execute(f"DROP TABLE {table}")
