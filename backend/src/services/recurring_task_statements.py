"""The SQL of series. Every statement binds ``owner_id``, and most ``series_id``."""

from typing import Final

from sqlalchemy import text

_COLUMNS = """
    series.id, series.user_id, series.title, series.description, series.priority_id,
    (SELECT string_agg(tags.id::text || tags.color || tags.name, E'\\n' ORDER BY tags.name_key)
     FROM recurring_task_tags AS template JOIN tags ON tags.user_id = template.user_id AND tags.id = template.tag_id
     WHERE template.user_id = series.user_id AND template.recurring_task_id = series.id) AS tags,
    series.rrule, series.start_date, series.due_time, series.timezone, series.mode, series.missed, series.is_active,
    instances.next_date, instances.completed_count, instances.skipped_count,
    series.version, series.created_at, series.updated_at
"""
_FROM = """
    FROM recurring_tasks AS series CROSS JOIN LATERAL (
        SELECT min(occurrence_date) FILTER (WHERE status = 'open') AS next_date,
            count(*) FILTER (WHERE status = 'completed') AS completed_count,
            count(*) FILTER (WHERE status = 'skipped') AS skipped_count
        FROM task_instances
        WHERE task_instances.user_id = series.user_id AND task_instances.recurring_task_id = series.id
    ) AS instances
"""
PRIORITY_AT: Final = 4
TAGS_AT: Final = 5
RRULE_AT: Final = 6
READ: Final = text(f"""
    SELECT {_COLUMNS}, series.content_hash {_FROM} WHERE series.user_id = :owner_id AND series.id = :series_id
""")
LIST: Final = text(f"""
    SELECT {_COLUMNS}, NULL {_FROM}
    WHERE series.user_id = :owner_id AND series.is_active = ANY (CAST(:wanted AS boolean[]))
        AND (series.created_at, series.id) < (CAST(:after_value AS timestamptz), CAST(:after_id AS uuid))
    ORDER BY series.created_at DESC, series.id DESC LIMIT :limit
""")
COUNT: Final = text("""
    SELECT count(*) FROM recurring_tasks WHERE user_id = :owner_id AND is_active = ANY (CAST(:wanted AS boolean[]))
""")
CREATE: Final = text("""
    INSERT INTO recurring_tasks (user_id, id, title, description, priority_id, rrule, start_date, due_time, timezone,
        mode, missed, is_active, content_hash)
    VALUES (:owner_id, :series_id, :title, :description, :priority_id, :rrule, :start_date, :due_time, :timezone,
        :mode, :missed, :is_active, :content_hash)
    ON CONFLICT (user_id, id) DO NOTHING RETURNING id
""")
UPDATE: Final = text("""
    UPDATE recurring_tasks SET title = :title, description = :description, priority_id = :priority_id, rrule = :rrule,
        start_date = :start_date, due_time = :due_time, timezone = :timezone, mode = :mode, missed = :missed,
        is_active = :is_active, version = version + 1, updated_at = now()
    WHERE user_id = :owner_id AND id = :series_id
""")
DELETE: Final = text("DELETE FROM recurring_tasks WHERE user_id = :owner_id AND id = :series_id")
SET_TAGS: Final = text("""
    WITH wanted AS (
        SELECT id FROM tags WHERE user_id = :owner_id AND id = ANY (CAST(:tag_ids AS uuid[])) FOR KEY SHARE
    ), gone AS (
        DELETE FROM recurring_task_tags
        WHERE user_id = :owner_id AND recurring_task_id = :series_id AND tag_id <> ALL (CAST(:tag_ids AS uuid[]))
    ), new AS (
        INSERT INTO recurring_task_tags (user_id, recurring_task_id, tag_id)
        SELECT :owner_id, :series_id, id FROM wanted ON CONFLICT DO NOTHING
    )
    SELECT count(*) AS found FROM wanted
""")
"""Makes ``tag_ids`` the whole set of a series, and tells how many of them are the owner's tags."""

LOCK: Final = text("""
    SELECT id, version FROM recurring_tasks WHERE user_id = :owner_id AND id = :series_id FOR NO KEY UPDATE
""")
LOCK_TASKS: Final = text("""
    SELECT id FROM tasks WHERE user_id = :owner_id AND recurring_task_id = :series_id
        AND (NOT :only_open OR (NOT is_completed AND deleted_at IS NULL))
    ORDER BY id FOR NO KEY UPDATE
""")
"""To be run before `LOCK`: whoever completes a task takes it first, and its series then."""

LOCK_INSTANCE: Final = text("""
    SELECT id FROM tasks
    WHERE user_id = :owner_id AND recurring_task_id = :series_id AND occurrence_date = :day FOR NO KEY UPDATE
""")
READ_INSTANCE: Final = text("""
    SELECT tasks.id, instance.recurring_task_id, instance.occurrence_date, tasks.position, instance.status
    FROM task_instances AS instance LEFT JOIN tasks ON tasks.user_id = instance.user_id
        AND tasks.recurring_task_id = instance.recurring_task_id AND tasks.occurrence_date = instance.occurrence_date
    WHERE instance.user_id = :owner_id AND instance.recurring_task_id = :series_id AND instance.occurrence_date = :day
""")
LIST_INSTANCES: Final = text("""
    SELECT instance.occurrence_date, instance.status, instance.closed_at, (
        SELECT tasks.id FROM tasks
        WHERE tasks.user_id = instance.user_id AND tasks.recurring_task_id = instance.recurring_task_id
            AND tasks.occurrence_date = instance.occurrence_date
            AND (tasks.deleted_at IS NULL OR tasks.deleted_at >= now() - CAST(:trash_keeps AS interval))
    ) AS task_id
    FROM task_instances AS instance
    WHERE instance.user_id = :owner_id AND instance.recurring_task_id = :series_id
        AND instance.status = ANY (CAST(:wanted AS text[])) AND instance.occurrence_date < CAST(:after AS date)
    ORDER BY instance.occurrence_date DESC LIMIT :limit
""")
COUNT_INSTANCES: Final = text("""
    SELECT count(*) FROM task_instances
    WHERE user_id = :owner_id AND recurring_task_id = :series_id AND status = ANY (CAST(:wanted AS text[]))
""")
TRASH_TASK: Final = text("""
    UPDATE tasks SET deleted_at = now(), version = version + 1, updated_at = now()
    WHERE user_id = :owner_id AND id = :task_id AND deleted_at IS NULL
""")
RELEASE_TASKS: Final = text("""
    UPDATE tasks SET recurring_task_id = NULL, occurrence_date = NULL, version = version + 1, updated_at = now(),
        deleted_at = CASE WHEN is_completed THEN deleted_at ELSE coalesce(deleted_at, now()) END
    WHERE user_id = :owner_id AND recurring_task_id = :series_id RETURNING id, is_completed
""")
"""Makes the tasks of a series ordinary ones, the open ones of them in the trash."""
