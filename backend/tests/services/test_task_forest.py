"""Trees of tasks in memory. That they change as those in the database do, the law of batches says."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from src.services.task_forest import MAXIMUM_PARTS, TaskForest, TooManyParts, Values

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def task(number: int, parent: int | None = None) -> Values:
    return {
        "id": UUID(int=number),
        "parent_id": None if parent is None else UUID(int=parent),
        "deleted_at": None,
        "is_completed": False,
        "recurring_task_id": None,
        "version": 1,
        "updated_at": NOW,
    }


def test_work_on_parts_is_bounded_and_what_is_refused_changes_nothing() -> None:
    forest = TaskForest([task(0), *(task(number, 0) for number in range(1, 1001))])
    root = forest.find(UUID(int=0))
    assert root is not None
    for turn in range(MAXIMUM_PARTS // 1000):
        (forest.restore if turn % 2 else forest.trash)(root, now=NOW)
    before = [dict(values) for _, values in forest.changed()]
    with pytest.raises(TooManyParts):
        forest.trash(root, now=NOW)
    assert [values for _, values in forest.changed()] == before


def test_what_is_as_it_was_is_no_change() -> None:
    forest = TaskForest([task(0), task(1, 0)])
    assert (forest.changed(), forest.new(), forest.removed) == ([], [], set())
