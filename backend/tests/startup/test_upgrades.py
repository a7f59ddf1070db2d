"""A database of any older version is upgraded while clients of that version go on with their work.

What an older version writes after the upgrade can be read and changed; search finds it once it is changed (0005).
"""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from src.core.errors import StartupError
from src.database.migrations import head_revision, revisions
from src.database.search_backfill import BATCH, NOTE
from src.database.startup import prepare_database
from src.domain.search import search_document
from src.models import new_id
from tests.conftest import settings_for
from tests.faults.ledger import Findings, Ledger, compared
from tests.startup.conftest import Logins
from tests.startup.older import DIGEST, OldClient, Task, bring_to, report, revision_of
from tests.startup.processes import eventually
from tests.startup.test_starting import is_somebody_waiting

CLIENTS = 4
WRITES = 15
OLDER = pytest.mark.parametrize("revision", revisions()[:-1])


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


async def upgrade(url: str, *, patience: float = 30) -> None:
    await (await prepare_database(settings_for(url, database_start_timeout=patience))).close()


async def have_written(clients: list[OldClient], writes: list[int]) -> bool:
    return all(client.writes >= count for client, count in zip(clients, writes, strict=True))


@OLDER
async def test_nobody_fails_and_nothing_is_lost(
    empty_database: str, administrator: asyncpg.Connection, ledger: Ledger, revision: str
) -> None:
    await bring_to(empty_database, revision)
    clients = [await OldClient.join(empty_database, revision, ledger, f"c{number}") for number in range(CLIENTS)]
    async with asyncio.TaskGroup() as writing:
        for client in clients:
            writing.create_task(client.write())
        await eventually(lambda: have_written(clients, [WRITES] * CLIENTS))
        await upgrade(empty_database)
        so_far = [client.writes for client in clients]
        await eventually(lambda: have_written(clients, [count + WRITES for count in so_far]))
        for client in clients:
            client.is_done = True
    assert await revision_of(administrator) == head_revision()
    assert await compared(ledger.possible(), administrator) == Findings()
    for client in clients:
        assert await client.first_name() == str(client.renamed)
        await client.connection.close()
    if revision >= "0002":
        untagged = "SELECT count(*) FROM tasks LEFT JOIN task_tags ON task_id = id WHERE tag_id IS NULL"
        assert await administrator.fetchval(untagged) == 0


@pytest.mark.parametrize("revision", [revision for revision in revisions() if revision < "0005"])
async def test_tasks_of_before_keep_their_order_and_are_found(
    logins: Logins, administrator: asyncpg.Connection, ledger: Ledger, revision: str
) -> None:
    """For an ordinary login, whom row-level security lets see nothing of its own tables."""
    url = await logins.add(
        "GRANT todo_app TO {login} WITH SET TRUE, INHERIT FALSE",
        "GRANT todo_system TO {login} WITH SET TRUE, INHERIT TRUE",
        "GRANT CREATE, USAGE ON SCHEMA public TO {login}",
    )
    await bring_to(url, revision)
    for number in range(3):
        client = await OldClient.join(url, revision, ledger, f"c{number}")
        await client.create()
        await client.connection.close()
    await administrator.executemany(
        "INSERT INTO tasks (user_id, id, title, title_key, created_at, content_hash) "
        "VALUES ($1, $2, $3, $3, now() - $4 * interval '1 hour', $5)",
        [(client.user_id, new_id(), f"Crème {age}", age, DIGEST) for age in range(2 * BATCH + 1)],
    )
    await upgrade(url)
    assert await not_found_by_their_words(administrator) == []
    by_position, by_age = await administrator.fetchrow(
        "SELECT array_agg(id ORDER BY position), array_agg(id ORDER BY created_at) FROM tasks"
    )
    assert by_position == by_age

    await administrator.execute(
        "DELETE FROM task_search WHERE hashtext(task_id::text) % 3 = 0"
    )  # as if it was broken off
    await upgrade(url)
    assert await not_found_by_their_words(administrator) != []
    await administrator.execute(f"COMMENT ON TABLE task_search IS '{NOTE}'")
    await upgrade(url)
    assert await not_found_by_their_words(administrator) == []
    assert await administrator.fetchval("SELECT obj_description('task_search'::regclass)") is None


async def not_found_by_their_words(database: asyncpg.Connection) -> list[str]:
    tasks = await database.fetch("SELECT user_id, id, title, description FROM tasks")
    documents = [search_document(task["user_id"], task["title"], task["description"]) for task in tasks]
    rows = await database.fetch(
        "SELECT id FROM unnest($1::uuid[], $2::text[]) AS wanted (id, document) WHERE NOT EXISTS "
        "(SELECT FROM task_search WHERE task_id = id AND task_search.document = wanted.document::tsvector)",
        [task["id"] for task in tasks],
        documents,
    )
    return [row["id"] for row in rows]


async def test_a_long_reader_makes_it_give_up_in_words_and_try_again_later(
    empty_database: str, administrator: asyncpg.Connection, ledger: Ledger
) -> None:
    await bring_to(empty_database, "0001")
    client = await OldClient.join(empty_database, "0001", ledger, "c")
    async with report(empty_database):
        with pytest.raises(StartupError, match="could not get a lock on a table"):
            await upgrade(empty_database, patience=1)
        await client.create()
        assert await revision_of(administrator) == "0002"
    await client.create()
    await client.connection.close()
    await upgrade(empty_database)
    assert await revision_of(administrator) == head_revision()
    assert await compared(ledger.possible(), administrator) == Findings()


async def test_a_reader_that_ends_in_time_is_waited_for(empty_database: str, administrator: asyncpg.Connection) -> None:
    await bring_to(empty_database, "0002")
    async with report(empty_database):
        upgrading = asyncio.create_task(upgrade(empty_database))
        await eventually(lambda: is_somebody_waiting(administrator))
    await upgrading
    assert await revision_of(administrator) == head_revision()


async def test_where_it_and_a_request_wait_for_each_other_it_gives_way(
    empty_database: str, administrator: asyncpg.Connection, ledger: Ledger
) -> None:
    """The request has a task, and the migration of series the accounts; then each wants what the other has."""
    await bring_to(empty_database, "0004")
    client = await OldClient.join(empty_database, "0004", ledger, "c")
    await client.begin()
    await client.insert(Task("c", new_id()))
    upgrading = asyncio.create_task(upgrade(empty_database))
    await eventually(lambda: is_somebody_waiting(administrator))
    await asyncio.sleep(1.3)  # PostgreSQL looks for deadlocks once a second of waiting is over, and only then
    await client.set_first_name("Ana")
    await client.connection.execute("COMMIT")
    await upgrading
    assert await client.first_name() == "Ana"
    assert await revision_of(administrator) == head_revision()
    await client.connection.close()
