"""The SQL of lists of tasks: filters, orders, search.

Built once for each kind of list. Every statement binds ``owner_id``.

A search asks the index for the first `CANDIDATES` tasks that match. When that is all of them, they are filtered and
sorted. When there are more, a list in any order meets one soon: it goes along the index of that order and looks at
what each task is found by. What is common among the newest tasks is not even looked for in the index, which would have
to collect all places of a common word before it could give the first.
"""

from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    not_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from src.core.security import Position
from src.database.keyset import Order, page_statement
from src.models import Tag, Task, TaskSearch, TaskTag, columns_of
from src.services.task_statements import COLUMNS, IS_EXPIRED, IS_IN_TRASH, OWNER_ID

CANDIDATES: Final = 2_000
SAMPLE: Final = 500
COMMON: Final = 25
Matching = Literal["any", "few", "many"]
"""Whether a search matches few tasks, all of which are sorted, or many, or there is none."""

_task = columns_of(Task)
_tag = columns_of(Tag)
_link = columns_of(TaskTag)
_search = columns_of(TaskSearch)


def _any_of(ids: Select[Any]) -> ColumnElement[Any]:
    """As an array: what has one of them is looked up, rather than met on the way through all that the user has."""
    return func.any(func.array(ids.scalar_subquery()))


_SORTS = {
    "created_at": _task.created_at,
    "updated_at": _task.updated_at,
    "due_date": _task.due_date,
    "priority": _task.priority_id,
    "title": _task.title_key,
    "completed_at": _task.completed_at,
    "position": _task.position,
}
_tag_keys = bindparam("tag_keys", type_=ARRAY(Text))
_is_named = _tag.name_key == func.any(_tag_keys)
_is_identified = cast(_tag.id, Text) == func.any(_tag_keys)
_wanted_tags = select(_tag.id).where(_tag.user_id == OWNER_ID, _is_named | _is_identified)
_carriers = select(_link.task_id).where(_link.user_id == OWNER_ID, _link.tag_id == _any_of(_wanted_tags))
_carriers_of_all = (
    _carriers.join(Tag, (_tag.user_id == _link.user_id) & (_tag.id == _link.tag_id))
    .group_by(_link.task_id)
    .having(func.sum(_is_named.cast(Integer) + _is_identified.cast(Integer)) >= bindparam("tags_needed", type_=Integer))
)
FILTERS: Final = {
    "trash": IS_IN_TRASH & not_(IS_EXPIRED),
    "kept": not_(IS_IN_TRASH),
    "tagged_with_any": _task.id == _any_of(_carriers),
    "tags_needed": _task.id == _any_of(_carriers_of_all),
    "owner_id": _task.user_id == OWNER_ID,
    "completed": _task.is_completed == bindparam("completed", type_=_task.is_completed.type),
    "priorities": _task.priority_id == func.any(bindparam("priorities", type_=ARRAY(SmallInteger))),
    "due_none": _task.due_date.is_(None),
    "due_today": _task.due_date == bindparam("due_today", type_=Date),
    "due_upcoming": _task.due_date > bindparam("due_upcoming", type_=Date),
    "overdue_at": not_(_task.is_completed)
    & (
        (_task.due_at < bindparam("overdue_at", type_=_task.due_at.type))
        | (_task.due_time.is_(None) & (_task.due_date < bindparam("overdue_on", type_=Date)))
    ),
    "due_before": _task.due_date < bindparam("due_before", type_=Date),
    "due_after": _task.due_date > bindparam("due_after", type_=Date),
    "top_level": _task.parent_id.is_(None),
    "parent_id": _task.parent_id == bindparam("parent_id", type_=_task.id.type),
    "recurring_task_id": _task.recurring_task_id == bindparam("recurring_task_id", type_=_task.id.type),
}
_q = cast(cast(bindparam("q", type_=Text), Text), TSQUERY)
_q_in_title = cast(cast(bindparam("q_in_title", type_=Text), Text), TSQUERY)
_found = (
    select(column("task_id", _task.id.type), column("is_in_title", _task.is_completed.type))
    .select_from(
        func.search_tasks(_q, _q_in_title, literal_column(str(CANDIDATES + 1))).table_valued("task_id", "is_in_title")
    )
    .cte("found")
    .prefix_with("MATERIALIZED")
)
_newest = (
    select(_task.id)
    .where(_task.user_id == OWNER_ID)
    .order_by(_task.created_at.desc(), _task.id.desc())
    .limit(literal_column(f"(SELECT {SAMPLE})"))  # a plain number would be most of what most users have: a sort of all
    .subquery("newest")
)


def _is_match(task_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Looked up task by task: as EXISTS it would become a join that begins with all that the user has."""
    document = _search.document.bool_op("@@")(_q)
    return select(document).where(_search.user_id == OWNER_ID, _search.task_id == task_id).scalar_subquery()


_is_common = select(func.count()).select_from(_newest).where(_is_match(_newest.c.id)).scalar_subquery() >= COMMON
_size = (
    select(
        case(  # what need not be known is not computed
            (_is_common, true()), else_=select(func.count()).select_from(_found).scalar_subquery() > CANDIDATES
        ).label("is_many")
    )
    .cte("size")
    .prefix_with("MATERIALIZED")
)
_is_many = select(_size.c.is_many).scalar_subquery()
_RELEVANCE = case((_found.c.is_in_title, "1"), else_="0") + func.to_char(
    func.timezone("UTC", _task.created_at), "YYYYMMDDHH24MISSUS"
)


def order_of(sort: str, matching: Matching = "any") -> Order:
    """``sort`` as clients write it: a field, with ``-`` before it for descending; relevance begins with the best.

    Of many that match, the newest are the most relevant.
    """
    field, is_descending = sort.removeprefix("-"), sort.startswith("-")
    if field != "relevance":
        return Order(_SORTS[field], _task.id, is_descending=is_descending)
    by: ColumnElement[Any] = _task.created_at if matching == "many" else _RELEVANCE
    return Order(by, _task.id, is_descending=not is_descending)


@lru_cache(maxsize=1024)
def list_statement(
    sort: str, filters: frozenset[str], matching: Matching, *, is_after: bool, is_after_null: bool
) -> Select[Any]:
    """A page; each of ``filters`` binds a parameter of its name."""
    after = Position(None if is_after_null else 0, UUID(int=0)) if is_after else None
    return page_statement(_filtered(filters, matching), order_of(sort, matching), after=after)


@lru_cache(maxsize=64)
def count_statement(filters: frozenset[str], matching: Matching) -> Select[Any]:
    return select(func.count()).select_from(_filtered(filters, matching).subquery())


def _filtered(filters: frozenset[str], matching: Matching) -> Select[Any]:
    tasks = select(*COLUMNS).where(*(FILTERS[name] for name in sorted(filters | {"owner_id"}) if name in FILTERS))
    if matching == "few":
        is_found = _task.id == _any_of(select(_found.c.task_id))
        return tasks.join(_found, _found.c.task_id == _task.id).where(is_found, not_(_is_many))
    return tasks.where(_is_many, _is_match(_task.id)) if matching == "many" else tasks
