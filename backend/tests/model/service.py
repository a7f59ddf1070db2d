"""The service for callers that are not asynchronous: the application on an event loop of its own, and its database."""

import asyncio
import base64
import json
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self, TypeVar
from uuid import uuid4

import asyncpg
import httpx

from src.core.security import PasswordHasher, new_reset_token, reset_token_hash
from src.main import create_app
from tests.api.test_token_exchange import CONFIGURED
from tests.conftest import settings_for
from tests.factories import PASSWORD, Api
from tests.model.drawn import CLIENT_IDS

T = TypeVar("T")
ROUNDS, OLD_ROUNDS = 5, 4
BEHIND, AHEAD = timedelta(days=3), timedelta(days=40)
"""From when on the bystander's series are: open on the days of other series, or later than all of those."""

OWNED_TABLES = """
    SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind = 'r' AND attname = 'user_id' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""

SESSIONS_AHEAD = """
    INSERT INTO sessions (user_id, id, family_hash, token_hash, last_used_at, expires_at, ends_at)
    SELECT $1::uuid, gen_random_uuid(), sha256((n::text || $1::uuid::text)::bytea), sha256(n::text::bytea),
           now() + interval '1 day', now() + interval '2 days', now() + interval '2 days'
    FROM generate_series(1, 120) AS n
"""
"""More than anybody keeps, and used later than all others."""

TWIN = """
    INSERT INTO sessions (user_id, id, family_hash, token_hash, expires_at, ends_at)
    SELECT $1::uuid, $2::uuid, sha256($2::uuid::text::bytea), sha256(''::bytea), now() + interval '2 days',
           now() + interval '2 days'
"""
LINKED = """
    INSERT INTO external_identities (user_id, id, issuer, subject)
    VALUES ($1, gen_random_uuid(), 'bystander', $1::uuid::text)
"""
TWIN_TASKS = """
    WITH twins AS (
        INSERT INTO tasks SELECT (jsonb_populate_record(tasks, jsonb_build_object('id', twin))).*
        FROM tasks, unnest($3::uuid[]) AS twin WHERE user_id = $1 AND id = $2 RETURNING id
    )
    INSERT INTO task_tags (user_id, task_id, tag_id) SELECT $1, twins.id, tags.id FROM twins, tags WHERE user_id = $1
"""
"""Of one of the tasks, with all tags."""
PASSED_DAYS = """
    WITH passed AS (
        INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date, status, closed_at)
        SELECT user_id, id, day, 'completed', now() FROM recurring_tasks,
            generate_series(current_date - 10, current_date + 10, interval '1 day') AS day
        WHERE user_id = $1 ON CONFLICT DO NOTHING RETURNING recurring_task_id, occurrence_date
    )
    INSERT INTO tasks SELECT (jsonb_populate_record(tasks, to_jsonb(passed) || jsonb_build_object(
        'id', gen_random_uuid(), 'is_completed', true, 'completed_at', now()))).*
    FROM tasks, passed WHERE user_id = $1 AND id = $2
"""
EXPIRED = "UPDATE sessions SET expires_at = now() - interval '1 day' WHERE user_id = $1 AND id = $2"

LINK = """
    INSERT INTO password_reset_tokens (user_id, id, token_hash, expires_at)
    VALUES ($1, gen_random_uuid(), $2, now() + interval '1 hour')
    ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
"""
LONG_IN_TRASH = "UPDATE tasks SET deleted_at = deleted_at - interval '31 days' WHERE user_id = $1 AND id = $2"


@dataclass(frozen=True)
class Rows:
    """A digest of rows, and of those of them that somebody has locked with who that was.

    A row keeps the number of the transaction that locked it last, however that ended, until it is changed or vacuumed.
    """

    lines: str
    locks: frozenset[str]


class Service:
    def __init__(self, database_url: str) -> None:
        self._runner = asyncio.Runner()
        self._open, self._callers = AsyncExitStack(), AsyncExitStack()
        self._database_url = database_url
        self._rows_query = ""

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self.run(self._start())
        return self

    def __exit__(self, *error: object) -> None:
        self.run(self._open.aclose())
        self._runner.__exit__(*error)

    async def _start(self) -> None:
        self.app = create_app(settings_for(self._database_url, password_hash_rounds=ROUNDS, **CONFIGURED))
        await self._open.enter_async_context(self.app.router.lifespan_context(self.app))
        self.admin = await asyncpg.connect(self._database_url)
        self._open.push_async_callback(self.admin.close)
        tables = {row["relname"]: "user_id" for row in await self.admin.fetch(OWNED_TABLES)} | {"users": "id"}
        lines = (
            f"SELECT {owner} AS owner, '{table}' || t::text AS line, xmax::text AS lock FROM {table} AS t "
            f"WHERE {owner} = ANY ($1::uuid[])"
            for table, owner in tables.items()
        )
        hasher = PasswordHasher(rounds=OLD_ROUNDS)
        self._hash = await hasher.hash(PASSWORD)
        hasher.close()
        self.bystander = await self._make_bystander()
        self._rows_query = (
            "SELECT owner::text, md5(string_agg(line, E'\\n' ORDER BY line)) AS lines, "
            "array_agg(md5(line) || lock) FILTER (WHERE lock <> '0') AS locks "
            f"FROM ({' UNION ALL '.join(lines)}) AS owned GROUP BY owner"
        )

    async def _make_bystander(self) -> str:
        """Somebody who has something of everything, with the ids that all clients choose, and does nothing."""
        async with Api.of(self.app) as api:
            await api.register_and_log_in()
            await self.admin.execute(SESSIONS_AHEAD, api.id)
            await self.admin.execute(LINKED, api.id)
            long_ago = uuid4()
            await self.admin.execute(TWIN, api.id, long_ago)
            await self.admin.execute(EXPIRED, api.id, long_ago)
            for number, (parent_id, some_id) in enumerate(pairwise((None, *CLIENT_IDS))):
                start = datetime.now(UTC).date() + (AHEAD if number % 2 else -BEHIND)
                series = {"id": some_id, "title": "Milk", "rrule": "FREQ=DAILY", "tags": [some_id], "missed": "keep"}
                series["start_date"] = start.isoformat()
                tag = {"id": some_id, "name": f"Bystander's {some_id}"}
                assert (await api.post("/tags", tag)).status_code == 201
                await api.create_task(id=some_id, title="Milk café", tags=[some_id], parent_id=parent_id)
                assert (await api.post("/recurring-tasks", series)).status_code == 201
            await self.admin.execute(PASSED_DAYS, api.id, CLIENT_IDS[0])
            for some_id in reversed(CLIENT_IDS[3:]):
                assert (await api.delete(f"/tasks/{some_id}")).status_code == 204
            await self.admin.execute(LONG_IN_TRASH, api.id, CLIENT_IDS[4])
            assert (await api.post("/auth/forgot-password", {"email": api.email})).status_code == 202
            await self.app.state.context.mailer.drain()
            await self.admin.execute("UPDATE users SET password_hash = $2 WHERE id = $1", api.id, self._hash)
            return str(api.id)

    def give_twin(self, session_id: str) -> None:
        """Nobody can choose the id of a session. The bystander has one of the same, so that only the owner tells."""
        self.execute(TWIN, self.bystander, session_id)

    def give_twins(self, task_ids: Iterable[str]) -> None:
        """Nor the ids of tasks that a series makes."""
        self.execute(TWIN_TASKS, self.bystander, CLIENT_IDS[0], list(task_ids))

    def give_same_hash(self, owner: str) -> None:
        """Nor the salt of a password; it is also an old hash, which is made anew at the next login."""
        self.execute("UPDATE users SET password_hash = $2 WHERE id = $1", owner, self._hash)

    def give_link(self, owner: str) -> str:
        """The token of a link as it comes by mail."""
        token = new_reset_token()
        self.execute(LINK, owner, reset_token_hash(token))
        return token

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def caller(self) -> Api:
        """Somebody with an address of their own, who is logged in."""
        return self.run(self._caller())

    async def _caller(self) -> Api:
        api = await self._callers.enter_async_context(Api.of(self.app))
        await api.register_and_log_in()
        return api

    def let_go(self) -> None:
        """Of all callers."""
        self.run(self._callers.aclose())

    def send(self, caller: Api, method: str, path: str, **options: Any) -> httpx.Response:
        """A request, and what it leaves to be done in the background."""
        return self.run(self._send(caller, method, path, options))

    async def _send(self, caller: Api, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        response = await caller.request(method, path, **options)
        await self.app.state.context.mailer.drain()
        return response

    def execute(self, statement: str, *parameters: object) -> None:
        """As superuser: what no request can do."""
        self.run(self.admin.execute(statement, *parameters))

    def is_linked(self, owner: str) -> bool:
        """Whether another service's login is known to be this user's."""
        query = "SELECT EXISTS (SELECT 1 FROM external_identities WHERE user_id = $1)"
        return bool(self.run(self.admin.fetchval(query, owner)))

    def ids_of_tasks(self, owner: str) -> set[str]:
        """Also of those that no request sees any more."""
        rows = self.run(self.admin.fetch("SELECT id::text FROM tasks WHERE user_id = $1", owner))
        return {row["id"] for row in rows}

    def rows_of(self, owners: Iterable[str]) -> dict[str, Rows]:
        """All that is stored of each of these users, in whatever table."""
        found = self.run(self.admin.fetch(self._rows_query, list(owners)))
        return {row["owner"]: Rows(row["lines"], frozenset(row["locks"] or ())) for row in found}


def session_of(caller: Api) -> str:
    """The id of the session that a caller's access token is of."""
    payload = caller.client.headers["Authorization"].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sid"])
