"""Users are kept apart three times over. Here each net is tried alone, with the other two taken away."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, get_args
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import select

from src.core.errors import NotFound, PreconditionFailed, Unauthorized
from src.core.security import Cursors, Keyring, Principal
from src.database.session import Database
from src.database.startup import prepare_database
from src.database.statements import DatabaseSession
from src.models import Session, Task
from src.schemas.task import TaskCreate, TaskQuery, TaskSort, TaskUpdate
from src.schemas.task_bulk import TaskBulk
from src.schemas.task_stats import TaskStatsQuery
from src.services.preconditions import Precondition
from src.services.session_service import SessionService
from src.services.task_bulk_service import TaskBulkService
from src.services.task_list_service import TaskListService
from src.services.task_service import TaskService
from src.services.task_stats_service import TaskStatsService
from tests.api.test_isolation import rows_of
from tests.conftest import settings_for
from tests.factories import Api

OWNED_TABLES = {"users": "id", "sessions": "user_id", "tasks": "user_id"}


@pytest.fixture
async def ana_task(ana: Api) -> dict[str, Any]:
    return await ana.create_task(title="Ana's", description="secret")


@pytest.fixture
async def bob_task(bob: Api) -> dict[str, Any]:
    return await bob.create_task(title="Bob's")


async def principal_of(caller: Api) -> Principal:
    sessions = (await caller.get("/auth/sessions")).json()["items"]
    return Principal(caller.id, UUID(next(item["id"] for item in sessions if item["is_current"])))


async def values(session: DatabaseSession, statement: str, **parameters: object) -> list[Any]:
    connection = await session.connection()
    return list((await connection.execute(text(statement), parameters)).scalars())


async def run(session: DatabaseSession, statement: str, **parameters: object) -> int:
    """How many rows it touched."""
    connection = await session.connection()
    return (await connection.execute(text(statement), parameters)).rowcount


def sqlstate(refusal: pytest.ExceptionInfo[Any]) -> str | None:
    """What the database itself said, below what the service made of it."""
    error: BaseException | None = refusal.value
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__
    return getattr(getattr(error, "orig", None), "sqlstate", None)


async def is_refused(database: Database, principal: Principal, statement: str, **parameters: object) -> None:
    with pytest.raises(Exception) as refusal:
        async with database.as_user(principal) as session:
            await run(session, statement, **parameters)
    assert sqlstate(refusal) == "42501", statement  # insufficient_privilege


class TestPoliciesAlone:
    """Raw SQL that names no user: what is left is row-level security and the grants of the role."""

    @pytest.mark.parametrize("table", OWNED_TABLES)
    async def test_a_query_sees_only_ones_own_rows(
        self, database: Database, ana: Api, bob: Api, ana_task: dict, bob_task: dict, table: str
    ):
        async with database.as_user(await principal_of(bob)) as session:
            owners = await values(session, f"SELECT {OWNED_TABLES[table]} FROM {table}")
        assert set(owners) == {bob.id}

    @pytest.mark.parametrize("table", OWNED_TABLES)
    async def test_asking_for_another_user_by_name_finds_nothing(
        self, database: Database, ana: Api, bob: Api, ana_task: dict, table: str
    ):
        async with database.as_user(await principal_of(bob)) as session:
            found = await values(session, f"SELECT 1 FROM {table} WHERE {OWNED_TABLES[table]} = :id", id=ana.id)
        assert found == []

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE tasks SET title = 'changed', version = version + 1",
            "DELETE FROM tasks",
            "UPDATE users SET first_name = 'changed'",
            "DELETE FROM sessions",
            "DELETE FROM users",
        ],
    )
    async def test_a_change_without_a_condition_touches_only_ones_own_rows(
        self, database: Database, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict, bob_task: dict,
        change: str,
    ):  # fmt: skip
        before = await rows_of(admin, ana.id)
        async with database.as_user(await principal_of(bob)) as session:
            assert await run(session, change) == 1
        assert await rows_of(admin, ana.id) == before

    async def test_no_row_can_be_given_to_another_user(
        self, database: Database, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        before = await rows_of(admin, ana.id), await rows_of(admin, bob.id)
        principal = await principal_of(bob)
        await is_refused(database, principal, "UPDATE tasks SET user_id = :ana", ana=ana.id)
        await is_refused(
            database,
            principal,
            "INSERT INTO tasks (user_id, id, title, title_key, content_hash)"
            " VALUES (:ana, :id, 'planted', 'planted', sha256(''))",
            ana=ana.id,
            id=uuid4(),
        )
        await is_refused(
            database,
            principal,
            "INSERT INTO tasks (user_id, id, title, title_key, content_hash)"
            " VALUES (:ana, :id, 'planted', 'planted', sha256('')) ON CONFLICT (user_id, id) DO UPDATE SET title = 'x'",
            ana=ana.id,
            id=UUID(ana_task["id"]),
        )
        assert (await rows_of(admin, ana.id), await rows_of(admin, bob.id)) == before

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT * FROM attempt_limits",
            "DELETE FROM attempt_limits",
            "INSERT INTO attempt_limits VALUES ('key', now(), true)",
            "SELECT user_id FROM external_identities",
            "DELETE FROM external_identities",
            "INSERT INTO external_identities SELECT id, gen_random_uuid(), 'https://a.b', 'subject' FROM users",
            "UPDATE users SET is_active = is_active",
            "UPDATE users SET id = id",
            "UPDATE users SET created_at = now()",
            "INSERT INTO users (id, email, email_key, password_hash) VALUES (gen_random_uuid(), 'a@b.c', 'a@b.c', '')",
            "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at)"
            " SELECT id, gen_random_uuid(), sha256('a'), sha256('b'), now(), now() FROM users",
            "UPDATE sessions SET expires_at = ends_at",
            "UPDATE priorities SET name = 'x'",
            "DELETE FROM priorities",
            "TRUNCATE tasks",
            "SELECT * FROM alembic_version",
            "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE public.mine (id int)",
            "DROP TABLE tasks",
        ],
    )
    async def test_a_user_may_not(self, database: Database, bob: Api, statement: str):
        await is_refused(database, await principal_of(bob), statement)

    async def test_the_system_sees_no_task(self, database: Database, ana: Api, ana_task: dict):
        for statement in ("SELECT * FROM tasks", "DELETE FROM tasks", "UPDATE tasks SET title = 'x'"):
            with pytest.raises(Exception) as refusal:
                async with database.as_system() as session:
                    await run(session, statement)
            assert sqlstate(refusal) == "42501"

    async def test_without_a_user_nothing_is_there(self, worker_database: str, ana: Api, ana_task: dict):
        connection = await asyncpg.connect(worker_database)
        try:
            for user in (None, ""):
                async with connection.transaction():
                    await connection.execute("SET LOCAL ROLE todo_app")
                    if user is not None:
                        await connection.execute("SELECT set_config('app.user_id', $1, true)", user)
                    for table in OWNED_TABLES:
                        assert await connection.fetch(f"SELECT 1 FROM {table}") == []
        finally:
            await connection.close()

    async def test_a_user_id_that_is_none_is_refused(self, worker_database: str):
        connection = await asyncpg.connect(worker_database)
        try:
            await connection.execute("BEGIN; SET LOCAL ROLE todo_app; SET LOCAL app.user_id = 'everybody'")
            with pytest.raises(asyncpg.InvalidTextRepresentationError):
                await connection.fetch("SELECT 1 FROM tasks")
        finally:
            await connection.close()

    async def test_a_dead_session_opens_no_transaction(self, database: Database, ana: Api, bob: Api):
        hers, his = await principal_of(ana), await principal_of(bob)
        for principal in (
            Principal(bob.id, uuid4()),
            Principal(uuid4(), his.session_id),
            Principal(ana.id, his.session_id),
            Principal(bob.id, hers.session_id),
        ):
            with pytest.raises(Unauthorized):
                async with database.as_user(principal):
                    pass


class TestWhatTheRoleCannotPrevent:
    """SQL that runs as the user may leave the role or name another user: the role binds our mistakes, not an attacker
    who can send SQL. That none can, is the work of bound parameters. What holds then is written down here."""

    async def test_leaving_the_role_is_possible_and_ends_with_the_transaction(
        self, database: Database, bob: Api, bob_task: dict
    ):
        async with database.as_user(await principal_of(bob)) as session:
            assert await values(session, "SELECT current_user") == ["todo_app"]
            await run(session, "RESET ROLE")
            assert await values(session, "SELECT current_user") != ["todo_app"]
        async with database.as_user(await principal_of(bob)) as session:
            assert await values(session, "SELECT current_user") == ["todo_app"]

    async def test_naming_another_user_is_possible_and_ends_with_the_transaction(
        self, database: Database, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        async with database.as_user(await principal_of(bob)) as session:
            await values(session, "SELECT set_config('app.user_id', :id, true)", id=str(ana.id))
            assert await values(session, "SELECT id FROM tasks") == [UUID(ana_task["id"])]
        async with database.as_user(await principal_of(bob)) as session:
            assert await values(session, "SELECT id FROM tasks") == [UUID(bob_task["id"])]

    async def test_input_never_becomes_sql(self, ana: Api, bob: Api, ana_task: dict, admin: asyncpg.Connection):
        before = await rows_of(admin, ana.id)
        for title in (
            "'; RESET ROLE; UPDATE tasks SET title = 'x'; --",
            f"', true); SELECT set_config('app.user_id', '{ana.id}', true); --",
            "$1 %s :title {0} \\' \\\\",
        ):
            task = await bob.create_task(title=title, description=title)
            assert (task["title"], task["description"]) == (title, title)
        assert await rows_of(admin, ana.id) == before


@pytest.fixture
async def single(worker_database: str) -> AsyncIterator[Database]:
    """A database behind a pool of one connection, so that every transaction comes after another on the same one."""
    settings = settings_for(worker_database, database_pool_size=1)
    opened = await prepare_database(settings)
    yield opened
    await opened.close()


class TestThePooledConnection:
    async def test_keeps_nothing_of_the_user_before(
        self, single: Database, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        hers, his = await principal_of(ana), await principal_of(bob)
        backends = set()
        for principal, task in ((hers, ana_task), (his, bob_task)) * 2:
            async with single.as_user(principal) as session:
                assert await values(session, "SELECT id FROM tasks") == [UUID(task["id"])]
                backends |= set(await values(session, "SELECT pg_backend_pid()"))
        async with single.as_system() as session:
            assert await values(session, "SELECT current_user") == ["todo_system"]
            assert not any(await values(session, "SELECT current_setting('app.user_id', true)"))
            backends |= set(await values(session, "SELECT pg_backend_pid()"))
        assert len(backends) == 1

    @pytest.mark.parametrize("ending", ["SELECT 1", "SELECT nothing FROM nowhere", "COMMIT", "RESET ROLE", "ROLLBACK"])
    @pytest.mark.parametrize("fails", [True, False])
    async def test_is_clean_however_a_transaction_ends(
        self, single: Database, ana: Api, bob: Api, ana_task: dict, bob_task: dict, ending: str, fails: bool
    ):
        hers, his = await principal_of(ana), await principal_of(bob)
        with suppress(DBAPIError, RuntimeError):
            async with single.as_user(hers) as session:
                await run(session, ending)
                if fails:
                    raise RuntimeError("a fault of ours")
        row = await single.run_alone(text("SELECT current_user, current_setting('app.user_id', true)"))
        assert row is not None
        assert row[0] not in ("todo_app", "todo_system")
        assert not row[1]
        async with single.as_user(his) as session:
            assert await values(session, "SELECT id FROM tasks") == [UUID(bob_task["id"])]

    async def test_with_a_setting_that_outlives_its_transaction_still_shows_the_next_user_only_his_own(
        self, single: Database, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        hers, his = await principal_of(ana), await principal_of(bob)
        async with single.as_user(hers) as session:
            await values(session, "SELECT set_config('app.user_id', :id, false)", id=str(ana.id))
        async with single.as_user(his) as session:
            assert await values(session, "SELECT id FROM tasks") == [UUID(bob_task["id"])]
        with pytest.raises(ProgrammingError, match="permission denied"):  # whatever is set
            async with single.as_system() as session:
                await values(session, "SELECT id FROM tasks")

    async def test_is_clean_after_a_refused_opening(self, single: Database, ana: Api, bob: Api, bob_task: dict):
        with pytest.raises(Unauthorized):
            async with single.as_user(Principal(ana.id, uuid4())):
                pass
        row = await single.run_alone(text("SELECT current_user, current_setting('app.user_id', true)"))
        assert row is not None
        assert row[0] != "todo_app"
        assert not row[1]
        async with single.as_user(await principal_of(bob)) as session:
            assert await values(session, "SELECT id FROM tasks") == [UUID(bob_task["id"])]


@pytest.fixture(scope="module")
async def unguarded(worker_database: str) -> AsyncIterator[AsyncEngine]:
    """An engine of the superuser: no policy binds it, no session is asked for."""
    engine = create_async_engine(worker_database.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def superuser(engine: AsyncEngine) -> AsyncIterator[DatabaseSession]:
    async with engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await connection.execute(text("SELECT 1"))  # by which SQLAlchemy begins the transaction
        session = DatabaseSession(connection, driver)
        yield session
        await session.flush()


def cursors() -> Cursors:
    return Cursors(Keyring(settings_for("postgresql://localhost/unused")))


class TestServiceFilterAlone:
    """The services on a superuser's session, where nothing but their own conditions keeps users apart."""

    async def test_the_superuser_would_see_all(self, unguarded: AsyncEngine, ana: Api, bob: Api, ana_task: dict):
        async with superuser(unguarded) as session:
            assert UUID(ana_task["id"]) in set(await values(session, "SELECT id FROM tasks"))

    async def test_tasks_of_another_user_are_not_found(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict
    ):
        before = await rows_of(admin, ana.id)
        task_id, any_version, version_1 = UUID(ana_task["id"]), Precondition(), Precondition(frozenset({1}))
        async with superuser(unguarded) as session:
            service = TaskService(session, await principal_of(bob))
            for attempt in (
                lambda: service.read(task_id),
                lambda: service.update(task_id, TaskUpdate(title="stolen"), any_version),
                lambda: service.update(task_id, TaskUpdate(title="stolen"), version_1),
                lambda: service.update(task_id, TaskUpdate(title="stolen"), Precondition(frozenset({9}))),
                lambda: service.delete(task_id, any_version),
                lambda: service.delete(task_id, version_1),
                lambda: service.delete(task_id, Precondition(frozenset())),
                lambda: service.complete(task_id, is_completed=None, precondition=any_version),
                lambda: service.complete(task_id, is_completed=True, precondition=version_1),
                lambda: service.complete(task_id, is_completed=False, precondition=any_version),
            ):
                with pytest.raises(NotFound):
                    await attempt()
        assert await rows_of(admin, ana.id) == before

    async def test_lists_and_counts_leave_others_out(
        self, unguarded: AsyncEngine, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        async with superuser(unguarded) as session:
            service = TaskListService(session, await principal_of(bob), cursors())
            for sort in get_args(TaskSort):
                if sort.endswith("relevance"):
                    continue  # a search asks the database whose it is, which nobody has told it here
                page = await service.list_page(TaskQuery(sort=sort, include_total=True))
                assert ([task.id for task in page.items], page.total) == ([UUID(bob_task["id"])], 1), sort
            filtered = await service.list_page(TaskQuery(completed=True, include_total=True))
            assert (filtered.items, filtered.total) == ([], 0)

    async def test_pages_never_cross_to_another_user(self, unguarded: AsyncEngine, ana: Api, bob: Api):
        for number in range(4):
            await ana.create_task(title=f"Ana's {number}")
            await bob.create_task(title=f"Bob's {number}")
        seen, cursor = [], None
        async with superuser(unguarded) as session:
            service = TaskListService(session, await principal_of(bob), cursors())
            while True:
                page = await service.list_page(TaskQuery(limit=1, sort="priority", cursor=cursor))
                seen += [task.title for task in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert sorted(seen) == [f"Bob's {number}" for number in range(4)]

    async def test_a_create_with_an_id_of_another_user_makes_ones_own(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict
    ):
        before = await rows_of(admin, ana.id)
        async with superuser(unguarded) as session:
            service = TaskService(session, await principal_of(bob))
            stored = await service.create(TaskCreate(id=UUID(ana_task["id"]), title="Bob's"))
        assert (stored.is_new, stored.task.user_id, stored.task.title) == (True, bob.id, "Bob's")
        assert await rows_of(admin, ana.id) == before

    async def test_with_ids_used_by_both_only_ones_own_changes(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict
    ):
        await bob.create_task(id=ana_task["id"], title="Bob's")
        before = await rows_of(admin, ana.id)
        task_id = UUID(ana_task["id"])
        async with superuser(unguarded) as session:
            service = TaskService(session, await principal_of(bob))
            assert (await service.read(task_id)).title == "Bob's"
            await service.update(task_id, TaskUpdate(title="Changed"), Precondition())
            await service.complete(task_id, None, Precondition())
            with pytest.raises(PreconditionFailed):
                await service.delete(task_id, Precondition(frozenset({1})))
            await service.delete(task_id, Precondition())
        assert await rows_of(admin, ana.id) == before

    async def test_batches_find_and_change_only_ones_own(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict
    ):
        tag = (await ana.post("/tags", {"name": "Ana's"})).json()
        part = await ana.create_task(parent_id=ana_task["id"])
        both = str(uuid4())
        await ana.create_task(id=both, parent_id=ana_task["id"], tags=[tag["id"]])
        await bob.create_task(id=both)
        before = await rows_of(admin, ana.id)
        foreign = [
            {"op": "create", "data": {"title": "planted", "parent_id": ana_task["id"]}},
            {"op": "create", "data": {"title": "planted", "tags": [tag["id"]]}},
            {"op": "update", "id": both, "data": {"parent_id": part["id"]}},
            {"op": "update", "id": both, "data": {"tags": [tag["id"]]}},
            *({"op": op, "id": ana_task["id"]} for op in ("complete", "delete", "restore")),
            {"op": "delete", "id": part["id"], "data": {"permanent": True}},
        ]
        own = [
            {"op": "update", "id": both, "data": {"title": "Bob's", "tags": []}},
            {"op": "delete", "id": both},
            {"op": "restore", "id": both},
            {"op": "delete", "id": both, "data": {"permanent": True}},
            {"op": "create", "data": {"id": part["id"], "title": "Bob's"}},
        ]
        async with superuser(unguarded) as session:
            service = TaskBulkService(session, await principal_of(bob))
            bulk = TaskBulk.model_validate({"operations": [*foreign, *own], "partial": True})
            statuses = [result.status for result in (await service.run(bulk)).results]
        assert statuses == [422] * 4 + [404] * 4 + [200, 204, 200, 204, 201]
        assert await rows_of(admin, ana.id) == before

    async def test_stats_leave_others_out(self, unguarded: AsyncEngine, ana: Api, bob: Api, bob_task: dict):
        await ana.create_task(is_completed=True)
        await ana.create_task(due_date="2020-01-01")
        async with superuser(unguarded) as session:
            stats = await TaskStatsService(session, await principal_of(bob)).read(TaskStatsQuery())
        assert (stats.open, stats.overdue, stats.completed_total) == (1, 0, 0)
        assert {day.count for day in stats.completed_per_day} == {0}

    async def test_the_default_zone_is_ones_own(self, unguarded: AsyncEngine, ana: Api, bob: Api):
        await ana.patch("/users/me", {"timezone": "Asia/Tokyo"})
        await bob.patch("/users/me", {"timezone": "America/Lima"})
        async with superuser(unguarded) as session:
            service = TaskService(session, await principal_of(bob))
            new = TaskCreate.model_validate({"title": "x", "due_date": "2026-12-01", "due_time": "10:00"})
            assert (await service.create(new)).task.timezone == "America/Lima"

    async def test_sessions_of_another_user_are_neither_listed_nor_ended(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api
    ):
        before = await rows_of(admin, ana.id)
        hers, his = await principal_of(ana), await principal_of(bob)
        async with superuser(unguarded) as session:
            service = SessionService(session, his)
            assert [(item.id, item.is_current) for item in await service.list_all()] == [(his.session_id, True)]
            with pytest.raises(NotFound):
                await service.end(hers.session_id)
            await service.end_others()
            with pytest.raises(NotFound):
                await SessionService(session, Principal(bob.id, hers.session_id)).end_current()
            await service.end_current()
        assert await rows_of(admin, ana.id) == before
        assert (await rows_of(admin, bob.id))["sessions"] == []


def raw_task(user_id: UUID, task_id: UUID) -> Task:
    return Task(user_id=user_id, id=task_id, title="x", title_key="x", content_hash=secrets.token_bytes(32))


class TestKeysAlone:
    """No policy, no service: a row of another user still cannot be named by an id, nor referred to."""

    async def test_an_id_names_a_task_only_together_with_its_owner(
        self, unguarded: AsyncEngine, ana: Api, bob: Api, ana_task: dict
    ):
        task_id = UUID(ana_task["id"])
        async with superuser(unguarded) as session:
            assert await session.get(Task, (bob.id, task_id)) is None
            assert await session.get(Task, (ana.id, task_id)) is not None

    async def test_an_id_names_a_session_only_together_with_its_owner(self, unguarded: AsyncEngine, ana: Api, bob: Api):
        session_id = (await principal_of(ana)).session_id
        async with superuser(unguarded) as session:
            assert await session.get(Session, (bob.id, session_id)) is None
            assert await session.get(Session, (ana.id, session_id)) is not None

    async def test_the_same_id_of_two_users_is_two_tasks(
        self, unguarded: AsyncEngine, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict
    ):
        before = await rows_of(admin, ana.id)
        task_id = UUID(ana_task["id"])
        async with superuser(unguarded) as session:
            session.add(raw_task(bob.id, task_id))
        async with superuser(unguarded) as session:
            owners = (await session.exec(select(Task.user_id).where(Task.id == task_id))).all()
            await session.delete(await session.get(Task, (bob.id, task_id)))
        assert set(owners) == {ana.id, bob.id}
        assert await rows_of(admin, ana.id) == before

    async def test_the_same_id_of_one_user_is_one_task(self, unguarded: AsyncEngine, ana: Api, ana_task: dict):
        with pytest.raises(IntegrityError, match="pk_tasks"):
            async with superuser(unguarded) as session:
                session.add(raw_task(ana.id, UUID(ana_task["id"])))

    async def test_a_task_of_nobody_is_refused(self, unguarded: AsyncEngine):
        with pytest.raises(IntegrityError, match="fk_tasks_user_id"):
            async with superuser(unguarded) as session:
                session.add(raw_task(uuid4(), uuid4()))

    async def test_a_session_of_nobody_is_refused(self, unguarded: AsyncEngine):
        with pytest.raises(IntegrityError, match="fk_sessions_user_id"):
            async with superuser(unguarded) as session:
                await run(
                    session,
                    "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at)"
                    " VALUES (:user, :id, :hash, :hash, now(), now())",
                    user=uuid4(),
                    id=uuid4(),
                    hash=secrets.token_bytes(32),
                )

    async def test_every_key_of_what_a_user_owns_begins_with_the_user(self, admin: asyncpg.Connection):
        keys = await admin.fetch(
            """
            SELECT c.relname AS table_name, a.attname AS first_column, k.confrelid::regclass::text AS target
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
            WHERE k.contype IN ('p', 'f') AND EXISTS (
                SELECT 1 FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'user_id')
            """
        )
        assert {row["table_name"] for row in keys} >= {"tasks", "sessions"}
        shared = {"priorities"}  # the same for everybody
        for row in keys:
            assert row["first_column"] == "user_id" or row["target"] in shared, dict(row)

    async def test_with_the_account_goes_all_that_it_owned_and_nothing_else(
        self, admin: asyncpg.Connection, ana: Api, bob: Api, ana_task: dict, bob_task: dict
    ):
        before = await rows_of(admin, ana.id)
        await admin.execute("DELETE FROM users WHERE id = $1", bob.id)
        assert not any((await rows_of(admin, bob.id)).values())
        assert await rows_of(admin, ana.id) == before
