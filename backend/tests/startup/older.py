"""A database as an older version has left it, and clients of that version, which know nothing of what came later."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import asyncpg
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from src.database.migrations import alembic_config
from src.database.roles import ensure_roles
from src.models import new_id
from tests.factories import unique_email
from tests.faults.ledger import Ledger, Told, Write

DIGEST = bytes(32)


async def bring_to(url: str, revision: str) -> None:
    """With the four priorities, as each version has them."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await ensure_roles(connection)
        await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), revision))
        await connection.exec_driver_sql(
            "INSERT INTO priorities VALUES (1, 'Low', 1, '#6B7280'), (2, 'Medium', 2, '#2563EB'), "
            "(3, 'High', 3, '#D97706'), (4, 'Urgent', 4, '#DC2626')"
        )
    await engine.dispose()


async def revision_of(database: asyncpg.Connection) -> str:
    revision: str = await database.fetchval("SELECT version_num FROM alembic_version")
    return revision


@asynccontextmanager
async def report(url: str) -> AsyncIterator[None]:
    """A transaction that has read the tasks, and takes its time."""
    reader = await asyncpg.connect(url)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM tasks")
        yield
    await reader.close()


@dataclass
class Task:
    mark: str
    id: UUID
    version: int = 1


@dataclass
class OldClient:
    """A user of the version whose schema was at ``revision``. Whatever fails is raised."""

    connection: asyncpg.Connection
    revision: str
    ledger: Ledger
    name: str
    user_id: UUID = field(default_factory=new_id)
    session_id: UUID = field(default_factory=new_id)
    tag_id: UUID = field(default_factory=new_id)
    tasks: list[Task] = field(default_factory=list)
    writes: int = 0
    renamed: int = 0
    """How often the account was renamed: the number is its first name."""
    is_done: bool = False

    @classmethod
    async def join(cls, url: str, revision: str, ledger: Ledger, name: str) -> Self:
        client = cls(await asyncpg.connect(url), revision, ledger, name)
        await client._register()
        return client

    async def write(self) -> None:
        """Until it is done."""
        draw = random.Random(self.name)
        kinds = ["retitle", "complete", "remove", *(["trash", "restore"] if self.revision >= "0003" else [])]
        while not self.is_done:
            await self.create()
            await self.create()
            for kind in draw.sample(kinds, 3):  # so that there is always a task
                await self.change(draw.choice(self.tasks), kind)
            await self.rename()

    async def create(self) -> Task:
        task = Task(f"{self.name}-{self.writes}", new_id())
        await self._noted(Write(task.mark, "create", task.mark), lambda: self._insert(task))
        self.tasks.append(task)
        return task

    async def change(self, task: Task, kind: str) -> None:
        value = {"retitle": f"Title {self.writes}", "complete": self.writes % 2 == 0}.get(kind)
        await self._noted(Write(task.mark, kind, value), lambda: self._update(task, kind, value))
        if kind == "remove":
            self.tasks.remove(task)
        task.version += 1

    async def rename(self) -> None:
        """The account: a request that reads a row and then changes it."""
        await self.begin()
        await self.set_first_name(str(self.renamed + 1))
        await self.connection.execute("COMMIT")
        self.renamed += 1

    async def begin(self) -> None:
        """As every request does: the role, the user, and whether the session is alive."""
        found = await self.connection.execute(f"""
            BEGIN; SET LOCAL ROLE todo_app; SET LOCAL app.user_id = '{self.user_id}';
            SELECT 1 FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.user_id = '{self.user_id}' AND sessions.id = '{self.session_id}'
            AND sessions.expires_at > now() AND users.is_active
        """)
        assert found == "SELECT 1"

    async def set_first_name(self, name: str) -> None:
        await self._run_on_one(
            "UPDATE users SET first_name = $1, version = version + 1, updated_at = now() WHERE id = $2",
            name,
            self.user_id,
        )

    async def insert(self, task: Task) -> None:
        await self.connection.execute(
            "INSERT INTO tasks (user_id, id, title, title_key, description, priority_id, content_hash) "
            "VALUES ($1, $2, $3, $3, $3, 2, $4)",
            self.user_id,
            task.id,
            task.mark,
            DIGEST,
        )

    async def first_name(self) -> str:
        await self.begin()
        name: str = await self.connection.fetchval("SELECT first_name FROM users")
        await self.connection.execute("COMMIT")
        return name

    async def _register(self) -> None:
        await self.connection.execute("BEGIN; SET LOCAL ROLE todo_system")
        await self.connection.execute(
            "INSERT INTO users (id, email, email_key, password_hash, first_name) VALUES ($1, $2, $2, '!', '0')",
            self.user_id,
            unique_email(),
        )
        await self.connection.execute(
            "INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at) "
            "VALUES ($1, $2, $3, $4, now() + interval '1 day', now() + interval '1 day')",
            self.user_id,
            self.session_id,
            self.session_id.bytes * 2,
            DIGEST,
        )
        await self.connection.execute("COMMIT")
        if self.revision >= "0002":
            await self.begin()
            await self.connection.execute(
                "INSERT INTO tags (user_id, id, name, name_key, color, content_hash) "
                "VALUES ($1, $2, 'home', 'home', '#000000', $3)",
                self.user_id,
                self.tag_id,
                DIGEST,
            )
            await self.connection.execute("COMMIT")

    async def _noted(self, write: Write, do: Any) -> None:
        number = self.ledger.sent(write)
        await self.begin()
        await do()
        await self.connection.execute("COMMIT")
        self.ledger.told(number, Told.ACKNOWLEDGED)
        self.writes += 1

    async def _insert(self, task: Task) -> None:
        await self.insert(task)
        if self.revision >= "0002":
            await self.connection.execute(
                "INSERT INTO task_tags (user_id, task_id, tag_id) VALUES ($1, $2, $3)",
                self.user_id,
                task.id,
                self.tag_id,
            )
        if self.revision >= "0005":
            await self.connection.execute(
                "INSERT INTO task_search (user_id, task_id, document) VALUES ($1, $2, '')", self.user_id, task.id
            )

    async def _update(self, task: Task, kind: str, value: object) -> None:
        assert task.version == await self.connection.fetchval("SELECT version FROM tasks WHERE id = $1", task.id)
        if kind == "remove":
            await self._run_on_one("DELETE FROM tasks WHERE user_id = $1 AND id = $2", self.user_id, task.id)
            return
        assigned = {
            "retitle": "title = $4, title_key = $4",
            "complete": "is_completed = $4, completed_at = CASE WHEN $4 THEN now() END",
            "trash": "deleted_at = now()",
            "restore": "deleted_at = NULL",
        }[kind]
        await self._run_on_one(
            f"UPDATE tasks SET {assigned}, version = version + 1, updated_at = now() "
            "WHERE user_id = $1 AND id = $2 AND version = $3",
            self.user_id,
            task.id,
            task.version,
            *([] if value is None else [value]),
        )

    async def _run_on_one(self, statement: str, *arguments: object) -> None:
        assert (await self.connection.execute(statement, *arguments)).endswith(" 1")
