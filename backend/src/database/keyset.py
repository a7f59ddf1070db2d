"""Pages by key, not by offset: page 2,000 costs what page 1 costs, and rows that come and go shift nothing.

Rows without a value come last in either direction. An index sorts them last in one direction only, so a page is read in
two ranges of the same index, the rows with a value and then those without, each bounded by the page's size. The second
is not looked at where the first fills the page: under a filter that few of its rows pass, that would take long.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    Column,
    ColumnElement,
    Select,
    asc,
    bindparam,
    desc,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from src.core.security import InvalidCursor, Position

_limit: BindParameter[Any] = bindparam("limit", type_=None)


@dataclass(frozen=True, slots=True)
class Order:
    """By ``column``, ties by ``id_column`` in the same direction. Both must be the tail of an index.

    In place of a column stands an expression where the rows to be sorted are few. It has no nulls.
    """

    column: ColumnElement[Any]
    id_column: Column[Any]
    is_descending: bool

    @property
    def has_nulls(self) -> bool:
        return isinstance(self.column, Column) and bool(self.column.nullable)

    def bound(self, position: Position) -> dict[str, object]:
        """The parameters of `page_statement` for what follows ``position``."""
        kind = self.column.type.python_type
        value: object = position.value
        try:
            if value is not None and kind in (date, datetime):
                value = kind.fromisoformat(str(value))
        except ValueError:
            raise InvalidCursor from None
        return {"after_value": value, "after_id": position.id} if value is not None else {"after_id": position.id}

    def position(self, value: object, row_id: Any) -> Position:
        return Position(value.isoformat() if isinstance(value, date) else value, row_id)  # type: ignore[arg-type]


def page_statement(base: Select[Any], order: Order, *, after: Position | None) -> Select[Any]:
    """The rows of ``base``, in order, after a position; the value sorted by is added as the last column, ``sorted_by``.

    Parameters: ``limit``, and what `Order.bound` gives. Only whether ``after`` is None, or holds a None, matters here.
    """
    if not order.has_nulls:
        return _range(base, order, _follows(order, after))
    if after is not None and after.value is None:
        return _range(base, order, [order.column.is_(None), *_follows_id(order, after)])
    with_value = _range(base, order, [order.column.is_not(None), *_follows(order, after)])
    first = with_value.cte("with_value").prefix_with("MATERIALIZED")
    is_page_open = select(func.count()).select_from(first).scalar_subquery() < _limit
    return _one_after_the_other(first, _range(base, order, [is_page_open, order.column.is_(None)]), order)


def _range(base: Select[Any], order: Order, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Sorted by the value even where there is none, or the index would not be known to have the order."""
    direction = desc if order.is_descending else asc
    return (
        base.add_columns(order.column.label("sorted_by"))
        .where(*conditions)
        .order_by(direction(order.column), direction(order.id_column))
        .limit(_limit)
    )


def _follows(order: Order, after: Position | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    here = tuple_(order.column, order.id_column)
    there = tuple_(bindparam("after_value", type_=order.column.type), bindparam("after_id", type_=order.id_column.type))
    return [here < there if order.is_descending else here > there]


def _follows_id(order: Order, after: Position | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    there = bindparam("after_id", type_=order.id_column.type)
    return [order.id_column < there if order.is_descending else order.id_column > there]


def _one_after_the_other(first: CTE, second: Select[Any], order: Order) -> Select[Any]:
    parts = union_all(
        select(first, literal_column("0").label("part")),
        select(second.add_columns(literal_column("1").label("part")).subquery()),
    ).subquery()
    direction = desc if order.is_descending else asc
    columns = [column for column in parts.c if column.name != "part"]
    ids = parts.c[order.id_column.key]
    return select(*columns).order_by(parts.c.part, direction(parts.c.sorted_by), direction(ids)).limit(_limit)
