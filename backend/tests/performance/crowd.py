"""One user with twenty thousand tasks, among others who have some too: written by SQL, as clients would leave it.

Of the tasks a third is completed, a quarter has no day, one in fifty lies in the trash, and one in a thousand is
urgent. The newest has five hundred parts, and one series five hundred instances. All tasks are found by "common", one
in twenty by "middling", and five by "rare".
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from src.domain.search import search_document
from src.models import new_id

TASKS: Final = 20_000
PARTS: Final = 500
OTHERS: Final = 400
TASKS_OF_OTHERS: Final = 50

_USERS = """
    INSERT INTO users (id, email, email_key, password_hash) SELECT id, id, id, 'x' FROM unnest($1::uuid[]) AS id
"""
_TASKS = """
    INSERT INTO tasks (user_id, id, title, title_key, content_hash, created_at, updated_at, is_completed,
                       completed_at, due_date, priority_id, deleted_at, position)
    SELECT owner, gen_random_uuid(), 'Task ' || n, 'task ' || n, sha256('x'),
           now() - n * interval '1 minute', now() - n * 7 % $2 * interval '1 minute', n % 3 = 0,
           CASE WHEN n % 3 = 0 THEN now() - n * 11 % $2 * interval '1 minute' END,
           CASE WHEN n % 4 <> 0 THEN current_date - 300 + (n * 13 % 600)::int END,
           CASE WHEN n % 1000 = 1 THEN 4 ELSE nullif(n % 5 % 4, 0) END,
           CASE WHEN n % 50 = 7 THEN now() - n % 20 * interval '1 day' END,
           lpad(to_hex(n * 17 % $2), 14, '0') || '8'
    FROM unnest($1::uuid[]) AS owner, generate_series(1, $2) AS n
"""
_DOCUMENTS = """
    INSERT INTO task_search (user_id, task_id, document)
    SELECT user_id, id, (CASE WHEN n % 4000 = 3 THEN rare WHEN n % 20 = 3 THEN middling ELSE common END)::tsvector
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS owner (user_id, rare, middling, common)
    JOIN (SELECT user_id, id, substr(title, 6)::int AS n FROM tasks) AS numbered USING (user_id)
"""
_TAGS = """
    INSERT INTO tags (user_id, id, name, name_key, color, content_hash)
    SELECT owner, gen_random_uuid(), name, name, '#112233', sha256('x')
    FROM unnest($1::uuid[]) AS owner, unnest(ARRAY['half', 'most', 'rare', 'of none', 'another']) AS name
"""
_TAGGED = """
    INSERT INTO task_tags (user_id, task_id, tag_id)
    SELECT user_id, numbered.id, tags.id FROM tags
    JOIN (SELECT user_id, id, substr(title, 6)::int AS n FROM tasks) AS numbered USING (user_id)
    WHERE user_id = ANY ($1::uuid[])
      AND (name = 'most' OR name = 'half' AND n % 2 = 0 OR name = 'rare' AND n % 4000 = 5)
"""
_TREE = """
    UPDATE tasks SET parent_id = whole.id FROM (SELECT id FROM tasks WHERE user_id = $1 AND title = 'Task 1') AS whole
    WHERE user_id = $1 AND title IN (SELECT 'Task ' || n FROM generate_series(2, $2 + 1) AS n) RETURNING parent_id
"""
_SERIES = """
    INSERT INTO recurring_tasks
        (user_id, id, title, rrule, start_date, timezone, mode, missed, created_at, content_hash)
    SELECT owner, gen_random_uuid(), 'Series ' || n, 'FREQ=DAILY', current_date - 600, 'UTC', 'schedule', 'skip',
           now() - n * interval '1 hour', sha256('x')
    FROM unnest($1::uuid[]) AS owner, generate_series(1, $2) AS n RETURNING id
"""
_INSTANCES = """
    WITH days AS (
        INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date, status, closed_at)
        SELECT $1, $2, current_date - n, 'completed', now() FROM generate_series(1, $3) AS n RETURNING occurrence_date
    )
    UPDATE tasks SET recurring_task_id = $2, occurrence_date = days.occurrence_date FROM days
    WHERE user_id = $1 AND title = 'Task ' || (10000 + current_date - days.occurrence_date)
"""
_INSTANCES_OF_OTHERS = """
    WITH labelled AS (
        INSERT INTO recurring_task_tags (user_id, recurring_task_id, tag_id)
        SELECT user_id, recurring_tasks.id, tags.id FROM recurring_tasks JOIN tags USING (user_id)
    )
    INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date, status, closed_at)
    SELECT user_id, id, current_date - n, 'completed', now() FROM recurring_tasks, generate_series(1, 10) AS n
"""
_SESSIONS = """
    INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at)
    SELECT owner, gen_random_uuid(), sha256(random()::text::bytea), sha256('x'), now() + interval '1 day',
           now() + interval '1 day' FROM unnest($1::uuid[]) AS owner, generate_series(1, $2)
"""


class Crowd(NamedTuple):
    """What lists can be narrowed to."""

    whole: UUID
    series: UUID
    today: str


async def gather(admin: asyncpg.Connection, owner: UUID) -> Crowd:
    """Tasks of this user, who has none, and of others who are made."""
    others = [new_id() for _ in range(OTHERS)]
    await admin.execute(_USERS, others)
    await _fill(admin, others, TASKS_OF_OTHERS)
    await _fill(admin, [owner], TASKS)
    await admin.execute(_SESSIONS, [owner], 90)
    await admin.execute(_SESSIONS, others, 10)
    await admin.execute(_SERIES, others, 5)
    await admin.execute(_INSTANCES_OF_OTHERS)
    series = await admin.fetch(_SERIES, [owner], PARTS)
    await admin.execute(_INSTANCES, owner, series[0]["id"], PARTS)
    whole = await admin.fetchval(_TREE, owner, PARTS)
    await admin.execute("ANALYZE")
    return Crowd(whole, series[0]["id"], datetime.now(UTC).date().isoformat())


async def _fill(admin: asyncpg.Connection, owners: list[UUID], count: int) -> None:
    titles = ("common middling rare", "common middling", "common")
    await admin.execute(_TASKS, owners, count)
    documents = ([search_document(owner, title, None) for owner in owners] for title in titles)
    await admin.execute(_DOCUMENTS, owners, *documents)
    await admin.execute(_TAGS, owners)
    await admin.execute(_TAGGED, owners)
