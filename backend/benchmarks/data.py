"""The rows: users with tags and tasks, and what the tasks are found by. The same for the same numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import islice
from random import Random
from typing import Final
from uuid import UUID

import asyncpg

from benchmarks.vocabulary import phrase
from src.core.security import PasswordHasher
from src.domain.search import search_document
from src.domain.text import identity_key

VERSION: Final = 1
"""To be raised with any change of the rows: databases that were kept are then not used again."""
PASSWORD: Final = "correct horse battery"  # noqa: S105  # of everybody
PASSWORD_ROUNDS: Final = 12
DEVICE: Final = "benchmark"
TAGS: Final = ("errands", "family", "health", "home", "work")
LAST_CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Whatever is newer was made by a benchmark."""

_TWO_YEARS = timedelta(days=730)
_BATCH = 20_000
_COLUMNS = {
    "users": ("id", "email", "email_key", "password_hash"),
    "sessions": ("user_id", "id", "family_hash", "token_hash", "device", "expires_at", "ends_at"),
    "tags": ("user_id", "id", "name", "name_key", "color", "content_hash"),
    "tasks": (
        "user_id", "id", "title", "title_key", "description", "is_completed", "completed_at", "priority_id", "due_date",
        "position", "content_hash", "created_at", "updated_at",
    ),
    "task_tags": ("user_id", "task_id", "tag_id"),
    "task_search": ("user_id", "task_id", "document"),
}  # fmt: skip
Line = tuple[object, ...]
Lines = dict[str, list[Line]]


@dataclass(frozen=True, slots=True)
class Owner:
    id: UUID
    tags: list[UUID] = field(default_factory=list)


def population(tasks: int, users: int) -> list[int]:
    """How many tasks each user has: the first a tenth of all, the others the same number each."""
    if users == 1:
        return [tasks]
    first = tasks // 10
    each, more = divmod(tasks - first, users - 1)
    return [first, *(each + (number < more) for number in range(users - 1))]


async def load(connection: asyncpg.Connection, tasks_of_users: Sequence[int]) -> None:
    """Into an empty database of the service, as a superuser."""
    chance = Random(7)  # the same rows each time
    hasher = PasswordHasher(PASSWORD_ROUNDS)
    password_hash = await hasher.hash(PASSWORD)
    hasher.close()
    await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
    indexes = await connection.fetch(
        "SELECT format('%I.%I', schemaname, indexname) AS name, indexdef FROM pg_indexes "
        "WHERE tablename IN ('tasks', 'task_search', 'task_tags') AND indexname LIKE 'ix%'"
    )
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    owners = [Owner(_id_at(chance, number)) for number in range(len(tasks_of_users))]
    await _copy(connection, _users(chance, owners, password_hash))
    for batch in _tasks(chance, owners, tasks_of_users):
        await _copy(connection, batch)
    for index in indexes:
        await connection.execute(index["indexdef"])
    await connection.execute("RESET ALL")
    await connection.execute("VACUUM ANALYZE")


async def _copy(connection: asyncpg.Connection, lines: Lines) -> None:
    for table, rows in lines.items():
        source = BytesIO("".join("\t".join(map(_text, row)) + "\n" for row in rows).encode())
        await connection.copy_to_table(table, source=source, columns=_COLUMNS[table], format="text")


def _text(value: object) -> str:
    if value is None:
        return r"\N"
    return rf"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _users(chance: Random, owners: Iterable[Owner], password_hash: str) -> Lines:
    lines: Lines = {"users": [], "sessions": [], "tags": []}
    for number, owner in enumerate(owners):
        email = email_of(number)
        lines["users"].append((owner.id, email, identity_key(email), password_hash))
        hashes = chance.randbytes(32), chance.randbytes(32)
        lines["sessions"].append((owner.id, _id_at(chance, number), *hashes, DEVICE, "infinity", "infinity"))
        for place, name in enumerate(TAGS):
            owner.tags.append(_id_at(chance, place))
            lines["tags"].append((owner.id, owner.tags[-1], name, name, "#2563EB", bytes(32)))
    return lines


def email_of(number: int) -> str:
    return f"user-{number}@example.com"


def _tasks(chance: Random, owners: Sequence[Owner], tasks_of_users: Sequence[int]) -> Iterator[Lines]:
    """Everybody's in the order in which they were made, as in a table that has grown."""
    everybody = [owner for owner, tasks in zip(owners, tasks_of_users, strict=True) for _ in range(tasks)]
    chance.shuffle(everybody)
    step = _TWO_YEARS / len(everybody)
    numbered = enumerate(everybody)
    while batch := list(islice(numbered, _BATCH)):
        lines: Lines = {"tasks": [], "task_tags": [], "task_search": []}
        for number, owner in batch:
            _add_task(lines, chance, owner, LAST_CREATED - _TWO_YEARS + number * step)
        yield lines


def _add_task(lines: Lines, chance: Random, owner: Owner, created_at: datetime) -> None:
    microsecond = int(created_at.timestamp() * 1_000_000)
    task_id = _id_at(chance, microsecond // 1000)
    title = phrase(chance, chance.randint(3, 6))
    description = phrase(chance, 12) if chance.random() < 1 / 4 else None
    is_completed = chance.random() < 1 / 3
    due_date = (created_at + timedelta(days=chance.randrange(60))).date() if chance.random() < 2 / 3 else None
    priority_id = chance.choice((None, 1, 2, 3, 4))
    lines["tasks"].append(
        (
            *(owner.id, task_id, title, title, description, "t" if is_completed else "f"),
            *(created_at if is_completed else None, priority_id, due_date),
            *(f"{microsecond:014x}{chance.getrandbits(12):03x}8", bytes(32), created_at, created_at),
        )
    )
    lines["task_search"].append((owner.id, task_id, search_document(owner.id, title, description)))
    lines["task_tags"] += [(owner.id, task_id, tag) for tag in chance.sample(owner.tags, chance.randrange(4))]


def _id_at(chance: Random, millisecond: int) -> UUID:
    """A UUIDv7."""
    return UUID(int=millisecond << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))
