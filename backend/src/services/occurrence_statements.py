"""The SQL of instances: what becomes of them when their tasks change, and how those that follow are made.

Each statement works on many instances, of several series, and binds ``owner_id``. Whoever changes a series holds its
row; whoever changes a task besides takes the task first.
"""

from typing import Final

from sqlalchemy import text

from src.models.task import NEW_POSITION

SETTLE: Final = text("""
    WITH series AS (
        SELECT id FROM recurring_tasks WHERE user_id = :owner_id AND id = ANY (CAST(:series_ids AS uuid[]))
        ORDER BY id FOR NO KEY UPDATE
    ), touched AS (
        UPDATE recurring_tasks SET version = version + 1, updated_at = now() FROM series
        WHERE recurring_tasks.user_id = :owner_id AND recurring_tasks.id = series.id
    ), changed AS (
        SELECT changed.*,
            CASE WHEN tasks.is_completed THEN 'completed'
                 WHEN tasks.id IS NOT NULL AND tasks.deleted_at IS NULL THEN 'open' END AS status
        FROM unnest(CAST(:series_ids AS uuid[]), CAST(:days AS date[])) AS changed (recurring_task_id, occurrence_date)
        JOIN series ON series.id = changed.recurring_task_id
        LEFT JOIN tasks ON tasks.user_id = :owner_id AND tasks.recurring_task_id = changed.recurring_task_id
            AND tasks.occurrence_date = changed.occurrence_date
    )
    UPDATE task_instances SET status = coalesce(changed.status, 'skipped'),
        closed_at = CASE WHEN changed.status = 'open' THEN NULL ELSE CAST(:closed_at AS timestamptz) END
    FROM changed WHERE task_instances.user_id = :owner_id
        AND task_instances.recurring_task_id = changed.recurring_task_id
        AND task_instances.occurrence_date = changed.occurrence_date
        AND (task_instances.status <> changed.status OR (changed.status IS NULL AND task_instances.status = 'open'))
""")
"""Gives instances the status that their tasks say: completed, open, or skipped where the task is gone.

What was completed stays so when its task goes. Holds the rows of the series afterwards.
"""

STATES: Final = text("""
    SELECT series.id, series.title, series.description, series.rrule, series.start_date, series.due_time,
        series.timezone, series.mode, series.missed, series.is_active,
        (SELECT max(occurrence_date) FROM task_instances AS closed WHERE closed.user_id = series.user_id
            AND closed.recurring_task_id = series.id AND closed.status <> 'open') AS newest_closed,
        (SELECT array_agg(occurrence_date) FROM task_instances AS opened WHERE opened.user_id = series.user_id
            AND opened.recurring_task_id = series.id AND opened.status = 'open') AS open_days,
        (SELECT count(*) FROM task_instances AS counted WHERE counted.user_id = series.user_id
            AND counted.recurring_task_id = series.id AND series.mode = 'after_completion') AS instances,
        latest.occurrence_date AS latest_day, latest.status AS latest_status, latest.closed_at AS latest_closed_at,
        (SELECT array_agg(occurrence_date) FROM task_instances AS later WHERE later.user_id = series.user_id
            AND later.recurring_task_id = series.id AND later.occurrence_date >= latest.closed_at::date - 2) AS taken
    FROM recurring_tasks AS series LEFT JOIN LATERAL (
        SELECT occurrence_date, status, closed_at FROM task_instances AS done
        WHERE done.user_id = series.user_id AND done.recurring_task_id = series.id AND done.status <> 'open'
            AND series.mode = 'after_completion'
        ORDER BY closed_at DESC, occurrence_date DESC LIMIT 1
    ) AS latest ON true
    WHERE series.user_id = :owner_id AND series.id = ANY (CAST(:series_ids AS uuid[])) ORDER BY series.id
""")
"""What series are and how they stand, for `src.domain.recurrence.missing_dates`."""

OPEN: Final = text(f"""
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:series_ids AS uuid[]), CAST(:days AS date[]), CAST(:task_ids AS uuid[]),
            CAST(:due_ats AS timestamptz[]), CAST(:positions AS text[]))
            AS wanted (recurring_task_id, occurrence_date, task_id, due_at, position)
    ), titles AS (
        SELECT * FROM unnest(CAST(:titled_ids AS uuid[]), CAST(:title_keys AS text[]), CAST(:documents AS text[]))
            AS titles (recurring_task_id, title_key, document)
    ), labels AS (
        SELECT template.recurring_task_id, tags.id AS tag_id FROM recurring_task_tags AS template
        JOIN tags ON tags.user_id = template.user_id AND tags.id = template.tag_id
        WHERE template.user_id = :owner_id AND template.recurring_task_id = ANY (CAST(:titled_ids AS uuid[]))
        FOR KEY SHARE OF tags
    ), made AS (
        INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date)
        SELECT :owner_id, recurring_task_id, occurrence_date FROM wanted
        ON CONFLICT DO NOTHING RETURNING recurring_task_id, occurrence_date
    ), new AS (
        INSERT INTO tasks (user_id, id, title, title_key, description, priority_id, due_date, due_time, timezone,
            due_at, position, recurring_task_id, occurrence_date, content_hash)
        SELECT series.user_id, wanted.task_id, series.title, titles.title_key, series.description, series.priority_id,
            occurrence_date, series.due_time, CASE WHEN series.due_time IS NOT NULL THEN series.timezone END,
            wanted.due_at, coalesce(wanted.position, {NEW_POSITION}), recurring_task_id, occurrence_date, :content_hash
        FROM made JOIN wanted USING (recurring_task_id, occurrence_date) JOIN titles USING (recurring_task_id)
        JOIN recurring_tasks AS series ON series.user_id = :owner_id AND series.id = recurring_task_id
        ORDER BY recurring_task_id, occurrence_date
        RETURNING id, recurring_task_id
    ), indexed AS (
        INSERT INTO task_search (user_id, task_id, document)
        SELECT :owner_id, new.id, CAST(titles.document AS tsvector) FROM new JOIN titles USING (recurring_task_id)
    ), labelled AS (
        INSERT INTO task_tags (user_id, task_id, tag_id)
        SELECT :owner_id, new.id, labels.tag_id FROM new JOIN labels USING (recurring_task_id)
    )
    UPDATE tasks SET position = {NEW_POSITION}
    WHERE user_id = :owner_id AND id = ANY (CAST(:replaced_ids AS uuid[]))
""")  # noqa: S608
"""Makes instances with their tasks. Those whose positions the new tasks have taken over come last from then on."""
