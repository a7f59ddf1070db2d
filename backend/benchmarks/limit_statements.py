"""The SQL of the limit: one statement a request. ``$1`` is the owner."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

_OWN_TAGS = "(SELECT string_agg(id::text || color || name, E'\\n' ORDER BY name_key) FROM tags WHERE user_id = $1)"
_COLUMNS = """
    t.id, t.user_id, t.title, t.description, t.is_completed, t.completed_at, t.priority_id, t.due_date, t.due_time,
    t.timezone, t.due_at, ARRAY(SELECT tag_id FROM task_tags AS l WHERE l.user_id = $1 AND l.task_id = t.id) AS tags,
    t.parent_id, t.position, t.recurring_task_id, t.occurrence_date, t.deleted_at, t.version, t.created_at, t.updated_at
"""
_NEWEST_FIRST = "t.created_at DESC, t.id DESC"
_BEST_FIRST = f"found.is_in_title DESC, {_NEWEST_FIRST}"


def _in_first_row(order: str) -> str:
    """All tags of the owner, once for a page."""
    return f"CASE WHEN row_number() OVER (ORDER BY {order}) = 1 THEN {_OWN_TAGS} END"


_KEPT = "t.user_id = $1 AND t.deleted_at IS NULL"

GET: Final = f"SELECT {_COLUMNS}, {_OWN_TAGS} FROM tasks AS t WHERE t.user_id = $1 AND t.id = $2"
TOGGLE: Final = f"""
    UPDATE tasks AS t SET is_completed = NOT is_completed, version = version + 1, updated_at = now(),
        completed_at = CASE WHEN is_completed THEN NULL ELSE now() END
    WHERE {_KEPT} AND t.id = $2
    RETURNING {_COLUMNS}, {_OWN_TAGS}
"""
RENAME: Final = f"""
    WITH indexed AS (
        UPDATE task_search SET document = $4::text::tsvector WHERE user_id = $1 AND task_id = $2
    )
    UPDATE tasks AS t SET title = $3, title_key = lower($3), version = version + 1, updated_at = now()
    WHERE {_KEPT} AND t.id = $2
    RETURNING {_COLUMNS}, {_OWN_TAGS}
"""
"""For tasks without a description, which would have to be read before they could be found by it again."""
CREATE: Final = f"""
    WITH t AS (
        INSERT INTO tasks (user_id, id, title, title_key, priority_id, due_date, content_hash)
        SELECT $1, id, title, lower(title), priority_id, due_date, decode(repeat('00', 32), 'hex')
        FROM unnest($2::uuid[], $3::text[], $4::smallint[], $5::date[]) AS new (id, title, priority_id, due_date)
        RETURNING *
    ), indexed AS (
        INSERT INTO task_search (user_id, task_id, document)
        SELECT $1, id, document::tsvector FROM unnest($2::uuid[], $6::text[]) AS new (id, document)
    )
    SELECT {_COLUMNS}, NULL FROM t
"""
SEARCH: Final = f"""
    WITH found AS MATERIALIZED (
        SELECT task_id, document @@ $3::text::tsquery AS is_in_title FROM task_search
        WHERE document @@ $2::text::tsquery AND (user_id = $1) IS TRUE
    )
    SELECT {_COLUMNS}, {_in_first_row(_BEST_FIRST)} FROM tasks AS t JOIN found ON found.task_id = t.id
    WHERE {_KEPT} ORDER BY {_BEST_FIRST} LIMIT $4
"""
FILTERS: Final = {
    "completed": "t.is_completed = $",
    "priority": "t.priority_id = $",
    "tag": "EXISTS (SELECT FROM task_tags AS l JOIN tags AS g ON g.user_id = l.user_id AND g.id = l.tag_id "
    "WHERE l.user_id = $1 AND l.task_id = t.id AND g.name_key = $",
}
_CLOSED_BY = {"tag": ")"}


@lru_cache
def page(filters: Collection[str], *, is_after: bool) -> str:
    """``$2`` is how many; then come the values of the filters, and the instant and the id of the row before."""
    conditions = [f"{FILTERS[name]}{number}{_CLOSED_BY.get(name, '')}" for number, name in enumerate(filters, start=3)]
    if is_after:
        conditions.append(f"(t.created_at, t.id) < (${len(filters) + 3}, ${len(filters) + 4})")
    return f"""
        SELECT {_COLUMNS}, {_in_first_row(_NEWEST_FIRST)} FROM tasks AS t
        WHERE {" AND ".join([_KEPT, *conditions])} ORDER BY {_NEWEST_FIRST} LIMIT $2
    """
