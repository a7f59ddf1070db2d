"""The SQL of what becomes of instances when their series changes. Every statement binds ``owner_id``, ``series_id``."""

from typing import Final

from sqlalchemy import text

OPEN_TASKS: Final = text("""
    SELECT id, title, description, priority_id, due_date, due_time, timezone, due_at, occurrence_date FROM tasks
    WHERE user_id = :owner_id AND recurring_task_id = :series_id AND NOT is_completed AND deleted_at IS NULL
    ORDER BY occurrence_date FOR NO KEY UPDATE
""")
REWRITE: Final = text("""
    WITH rewritten AS (
        SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:title AS text[]), CAST(:title_key AS text[]),
            CAST(:description AS text[]), CAST(:priority_id AS smallint[]), CAST(:due_date AS date[]),
            CAST(:due_time AS time[]), CAST(:timezone AS text[]), CAST(:due_at AS timestamptz[]),
            CAST(:was_on AS date[]), CAST(:occurrence_date AS date[]), CAST(:document AS text[]))
            AS rewritten (id, title, title_key, description, priority_id, due_date, due_time, timezone, due_at,
                was_on, occurrence_date, document)
    ), moved AS (
        UPDATE task_instances SET occurrence_date = rewritten.occurrence_date FROM rewritten
        WHERE task_instances.user_id = :owner_id AND task_instances.recurring_task_id = :series_id
            AND task_instances.occurrence_date = rewritten.was_on AND rewritten.occurrence_date <> rewritten.was_on
    ), indexed AS (
        INSERT INTO task_search (user_id, task_id, document)
        SELECT :owner_id, id, CAST(document AS tsvector) FROM rewritten WHERE document IS NOT NULL
        ON CONFLICT (user_id, task_id) DO UPDATE SET document = EXCLUDED.document
    )
    UPDATE tasks SET title = rewritten.title, title_key = rewritten.title_key, description = rewritten.description,
        priority_id = rewritten.priority_id, due_date = rewritten.due_date, due_time = rewritten.due_time,
        timezone = rewritten.timezone, due_at = rewritten.due_at, occurrence_date = rewritten.occurrence_date,
        version = version + CAST(:step AS integer), updated_at = now()
    FROM rewritten WHERE tasks.user_id = :owner_id AND tasks.id = rewritten.id
""")
"""Writes open tasks anew, and moves their instances along. ``step`` is 0 where they have their new version already."""

RETAG: Final = text("""
    WITH wanted AS (
        SELECT tag_id AS id FROM recurring_task_tags WHERE user_id = :owner_id AND recurring_task_id = :series_id
    ), gone AS (
        DELETE FROM task_tags WHERE user_id = :owner_id AND task_id = ANY (CAST(:task_ids AS uuid[]))
            AND tag_id NOT IN (SELECT id FROM wanted)
    )
    INSERT INTO task_tags (user_id, task_id, tag_id)
    SELECT :owner_id, tasks.id, wanted.id FROM unnest(CAST(:task_ids AS uuid[])) AS tasks (id) CROSS JOIN wanted
    ON CONFLICT DO NOTHING
""")
"""Gives tasks the tags of their series, which this transaction has just set and so holds."""

DROP: Final = text("""
    WITH dropped AS (
        DELETE FROM task_instances WHERE user_id = :owner_id AND recurring_task_id = :series_id
            AND occurrence_date = ANY (CAST(:days AS date[]))
    )
    UPDATE tasks SET recurring_task_id = NULL, occurrence_date = NULL, deleted_at = now(), version = version + 1,
        updated_at = now()
    WHERE user_id = :owner_id AND recurring_task_id = :series_id AND occurrence_date = ANY (CAST(:days AS date[]))
    RETURNING id
""")
"""Forgets instances; their tasks lie in the trash, as ordinary ones."""

COUNT_BEFORE: Final = text("""
    SELECT count(*) FROM task_instances WHERE user_id = :owner_id AND recurring_task_id = :series_id
        AND occurrence_date < :day AND occurrence_date <> ALL (CAST(:days AS date[]))
""")
HAND_OVER: Final = text("""
    WITH moved AS (
        UPDATE task_instances SET recurring_task_id = :new_id
        WHERE user_id = :owner_id AND recurring_task_id = :series_id
            AND (occurrence_date >= :day OR occurrence_date = ANY (CAST(:days AS date[])))
    )
    UPDATE tasks SET recurring_task_id = :new_id, version = version + 1, updated_at = now()
    WHERE user_id = :owner_id AND recurring_task_id = :series_id
        AND (occurrence_date >= :day OR occurrence_date = ANY (CAST(:days AS date[])))
""")
"""Instances from a day on, and those of ``days``, belong to another series from now on, with their tasks."""
