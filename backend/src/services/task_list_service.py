"""Lists of a user's tasks: filtered, searched, in order, a page at a time."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from src.core import clock
from src.core.errors import Invalid
from src.core.security import Cursors, InvalidCursor, Position, Principal
from src.database.keyset import Order
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.priorities import PRIORITY_IDS
from src.domain.search import parse_search
from src.domain.text import identity_key
from src.schemas.encoding import build
from src.schemas.task import TaskPage, TaskQuery
from src.services.task_lists import Matching, count_statement, list_statement, order_of
from src.services.task_rows import public_task
from src.services.time_zones import own_zone


class TaskListService:
    def __init__(self, session: DatabaseSession, owner: Principal, cursors: Cursors) -> None:
        self._session = session
        self._owner = owner
        self._cursors = cursors

    async def list_page(self, query: TaskQuery) -> TaskPage:
        """Raises Invalid for a cursor of another user, filter or order, and for relevance of no search."""
        sort = query.sort or ("relevance" if query.q is not None else "-created_at")
        if query.q is None and sort.endswith("relevance"):
            raise Invalid.field("query/sort", "relevance_without_search", "by relevance needs q")
        scope = self._scope(query)
        try:
            after = self._cursors.read(query.cursor, scope=scope) if query.cursor else None
        except InvalidCursor:
            raise _invalid_cursor() from None
        filters = await self._filters(query)
        if filters is None:
            return build(TaskPage, [], None, **({"total": 0} if query.include_total else {}))
        rows, order = await self._rows(sort, filters, after, limit=query.limit + 1)
        page = [public_task(row[:-1]) for row in rows[: query.limit]]
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        cursor = self._cursors.write(order.position(last.sorted_by, last.id), scope=scope) if last is not None else None
        total = {"total": await self._count(filters)} if query.include_total else {}
        return build(TaskPage, page, cursor, **total)

    async def _filters(self, query: TaskQuery) -> dict[str, object] | None:
        """What statements bind; None for a search that can find nothing."""
        filters = {"owner_id": self._owner.id, **_filter_values(query), **await self._due_values(query)}
        if query.q is None:
            return filters
        search = parse_search(self._owner.id, query.q)
        return None if search is None else {**filters, "q": search.anywhere, "q_in_title": search.in_title}

    async def _rows(
        self, sort: str, filters: Mapping[str, object], after: Position | None, *, limit: int
    ) -> tuple[Sequence[Row], Order]:
        """A page and one row more. A search that matches too much for one way of looking is looked for in the other."""
        for matching in _ways(sort, filters, after):
            order = order_of(sort, matching)
            try:
                bound = order.bound(after) if after else {}
            except InvalidCursor:
                raise _invalid_cursor() from None
            statement = list_statement(
                sort,
                frozenset(filters),
                matching,
                is_after=after is not None,
                is_after_null=after is not None and after.value is None,
            )
            rows = await fetch_all(self._session, statement, **filters, **bound, limit=limit)
            if rows:
                break
        return rows, order

    async def _due_values(self, query: TaskQuery) -> dict[str, object]:
        if query.due is None or query.due == "none":
            return {"due_none": True} if query.due else {}
        now = clock.now()
        today = now.astimezone(ZoneInfo(await own_zone(self._session, self._owner.id))).date()
        if query.due == "overdue":
            return {"overdue_at": now, "overdue_on": today}
        return {f"due_{query.due}": today}

    async def _count(self, filters: Mapping[str, object]) -> int:
        total = 0
        for matching in _ways("", filters, None):
            row = await fetch_first(self._session, count_statement(frozenset(filters), matching), **filters)
            total += row[0] if row is not None else 0
        return total

    def _scope(self, query: TaskQuery) -> bytes:
        shape = query.model_dump_json(exclude={"cursor", "limit", "include_total"})
        return f"tasks {self._owner.id} {shape}".encode()


def _ways(sort: str, filters: Mapping[str, object], after: Position | None) -> tuple[Matching, ...]:
    if "q" not in filters:
        return ("any",)
    if after is None or not sort.endswith("relevance"):
        return ("few", "many")
    return ("few",) if str(after.value).isdigit() else ("many",)  # the page before was made in one of the two ways


def _invalid_cursor() -> Invalid:
    return Invalid.field("query/cursor", "invalid_cursor", "is not a cursor of this list")


def _filter_values(query: TaskQuery) -> dict[str, object]:
    tag_keys = list(dict.fromkeys(map(identity_key, query.tag)))
    needs_all = query.tag_match == "all" and len(tag_keys) > 1
    values: dict[str, object] = {
        "trash" if query.trash else "kept": True,
        "completed": query.completed,
        "priorities": sorted(PRIORITY_IDS[name] for name in query.priority) or None,
        "tag_keys": tag_keys or None,
        "tags_needed" if needs_all else "tagged_with_any": len(tag_keys) or None,
        "due_before": query.due_before,
        "due_after": query.due_after,
        "top_level" if query.parent_id == "none" else "parent_id": query.parent_id,
        "recurring_task_id": query.recurring_task_id,
    }
    return {name: value for name, value in values.items() if value is not None}
