"""How many rows PostgreSQL reads for an answer: no more for one who has twenty thousand than the page needs.

As the service sends its statements, under row-level security, and planned as statements are that are kept: for all
users and values alike.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.main import create_app
from tests.conftest import administer, clone, database_url, settings_for
from tests.database.test_keyset import SORTS
from tests.factories import BASE, Api
from tests.performance.crowd import PARTS, TASKS, Crowd, gather
from tests.performance.plans import Plans, explain_everything, plans_of

PAGE: Final = 800
"""Rows of tables and indexes for a page of fifty: its tasks, those that a filter leaves out, and their tags."""
OF_ONE_THING: Final = PAGE + 2 * PARTS
"""Where all parts of a task or instances of a series are looked at."""
SAMPLED: Final = 5 * 1_500
"""Where a search looks at the newest five hundred first, and goes on along the order."""
BLOCKS: Final = 3
"""For each of these rows: to walk through an index, comparing, reads blocks but no rows."""
SMALL: Final = {"priorities", "alembic_version"}
"""Tables that may be read from one end to the other."""


@dataclass(frozen=True)
class Read:
    """``rows``: the most that may be read. ``index``: one that must serve. ``why`` it is more than a page needs."""

    path: str
    rows: int = PAGE
    index: str = ""
    why: str = ""

    def __str__(self) -> str:
        return self.path


INDEXES: Final = {"priority": "priority_id", "title": "title_key"}


def ordered(sort: str) -> Read:
    field = sort.removeprefix("-")
    return Read(f"/tasks?sort={sort}", index=f"ix_tasks_user_id_{INDEXES.get(field, field)}_id")


NARROWED: Final = [
    "completed=true",
    "completed=false",
    "priority=low",
    "priority=low&priority=high&completed=false",
    "due_before={today}",
    "due_after={today}",
    "due=overdue",
    "due=upcoming",
    "due=none",
    "due=today",
    "parent_id=none",
]
"""What many tasks pass."""

MET: Final = "one in a thousand is met on the way through all: how rare a value is, a kept plan cannot know"
CONTRARY: Final = "what is looked for stands last in this order, and the rest is gone through first"
CARRIED: Final = "all that carry the tag are looked at, and sorted"
FOUND: Final = "a search looks at the newest tasks, and at what it found"
ALL: Final = "counts everything"
LISTS: Final = [
    *map(ordered, SORTS),
    *(Read(f"/tasks?{narrowed}") for narrowed in NARROWED),
    *(Read(f"/tasks?{narrowed}&sort=due_date", index="ix_tasks_user_id_due_date_id") for narrowed in NARROWED),
    *(Read(f"/tasks?{narrowed}&sort=-priority") for narrowed in NARROWED),
    Read("/tasks?completed=true&sort=-completed_at", index="ix_tasks_user_id_completed_at_id"),
    Read("/tasks?completed=false&sort=-completed_at", TASKS, why=CONTRARY),
    Read("/tasks?due=overdue&sort=-completed_at", TASKS, why=CONTRARY),
    Read("/tasks?priority=urgent", TASKS + PAGE, why=MET),
    Read("/tasks?priority=urgent&sort=due_date", TASKS + PAGE, why=MET),
    Read("/tasks?tag=rare"),
    Read("/tasks?tag=rare&sort=due_date"),
    Read("/tasks?tag=half", TASKS + PAGE, why=CARRIED),
    Read("/tasks?tag=half&tag=rare&tag_match=any&sort=due_date", TASKS + PAGE, why=CARRIED),
    Read("/tasks?tag=half&tag=most", 4 * TASKS, why=CARRIED),
    Read("/tasks?tag=rare&tag=most&sort=title", 4 * TASKS, why=CARRIED),
    Read("/tasks?parent_id={whole}", OF_ONE_THING, "ix_tasks_user_id_parent_id_id", "sorts all parts of a task"),
    Read("/tasks?parent_id={whole}&sort=due_date", OF_ONE_THING, why="sorts all parts of a task"),
    Read(
        "/tasks?recurring_task_id={series}",
        OF_ONE_THING,
        "ix_tasks_user_id_recurring_task_id_occurrence_date",
        "sorts all instances of a series",
    ),
    Read("/tasks?trash=true", index="ix_tasks_user_id_deleted_at_id"),
    Read("/tasks?trash=true&sort=due_date"),
    *(
        Read(f"/tasks?q={words}&sort={sort}", SAMPLED, why=FOUND)
        for words in ("common", "middling", "rare", "nowhere", "common middling", "midd", "common -rare")
        for sort in ("relevance", "title", "due_date")
    ),
    Read("/tasks?q=rare", SAMPLED, "ix_task_search_document", FOUND),
    Read("/tasks?include_total=true", 2 * TASKS + PAGE, why=ALL),
]
OTHERS: Final = [
    Read("/tasks/{whole}", 10, "pk_tasks"),
    Read("/tasks/stats", 3 * TASKS, why=ALL),
    Read("/tags", TASKS * 4, why="counts the open tasks of each tag"),
    Read("/recurring-tasks", OF_ONE_THING, "ix_recurring_tasks_user_id_created_at_id", "counts instances"),
    Read("/recurring-tasks/{series}", OF_ONE_THING, "pk_recurring_tasks", "counts instances"),
    Read("/recurring-tasks/{series}/instances", OF_ONE_THING, "pk_task_instances", "counts instances"),
    Read("/auth/sessions", 200, "pk_sessions"),
    Read("/users/me", 10, "pk_users"),
    Read("/priorities", 10),
]


@dataclass(frozen=True)
class Asker:
    """Who has the twenty thousand tasks."""

    app: FastAPI
    caller: Api
    plans: Plans
    crowd: Crowd

    async def get(self, read: Read) -> httpx.Response:
        response = await self.caller.get(read.path.format(**self.crowd._asdict()))
        assert response.status_code == 200, response.text
        return response

    async def judge(self, read: Read) -> None:
        """The second time, when the driver knows the types."""
        await self.get(read)
        await self.plans.forget()
        await self.get(read)
        plans = await self.plans.all()
        assert sum(plan.rows_read() for plan in plans) <= read.rows
        assert sum(plan.blocks_read() for plan in plans) <= BLOCKS * read.rows
        assert set().union(*(plan.read_whole() for plan in plans)) <= SMALL
        assert not read.index or read.index in set().union(*(plan.indexes() for plan in plans))


@pytest.fixture(scope="module")
async def asker(worker_id: str) -> AsyncIterator[Asker]:
    name = f"todo_{worker_id}_plans"
    await clone(name)
    admin = await asyncpg.connect(database_url(name))
    app = create_app(settings_for(database_url(name)))
    async with app.router.lifespan_context(app), Api.of(app) as caller:
        await caller.register_and_log_in()
        crowd = await gather(admin, caller.id)
        await explain_everything(admin, name)
        await admin.close()
        database = app.state.context.database
        await database.engine.dispose()  # what is connected now would not explain
        with plans_of(database) as plans:
            yield Asker(app, caller, plans, crowd)
    await administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("read", [*LISTS, *OTHERS], ids=str)
async def test_no_more_rows_are_read_than_is_said(asker: Asker, read: Read) -> None:
    await asker.judge(read)


def test_what_reads_more_than_a_page_needs_says_why() -> None:
    assert [str(read) for read in (*LISTS, *OTHERS) if (read.rows > PAGE) != bool(read.why)] == []


@pytest.mark.parametrize("sort", ["-created_at", "completed_at"])
async def test_a_late_page_reads_no_more_than_the_first(asker: Asker, sort: str) -> None:
    """Of those with a value, and past them."""
    pages, path = 0, f"/tasks?sort={sort}&limit=200"
    while pages < 45:
        page = await asker.get(Read(path))
        path = page.headers["link"][1:].partition(">")[0].removeprefix(BASE)
        pages += 1
    await asker.judge(Read(path.replace("limit=200", "limit=50")))


def test_every_filter_is_looked_at(asker: Asker) -> None:
    asked = {name for read in LISTS for name in httpx.URL(read.path).params}
    parameters = asker.app.openapi()["paths"][f"{BASE}/tasks"]["get"]["parameters"]
    assert {each["name"] for each in parameters} - asked == {"limit", "cursor"}
