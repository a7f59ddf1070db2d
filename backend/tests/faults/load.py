"""Clients that read and write all the time, and what they were told compared with what is stored in the end.

Each has its own account and does one thing after the other, so that what may be stored of each of its tasks is
known: one title, or after a `commit_unknown` one of two.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from uuid import uuid4

import asyncpg
import httpx

from tests.factories import PASSWORD, Api
from tests.proof.report import Row

NOTHING = None


@dataclass(eq=False)
class Client:
    api: Api
    row: Row
    slowest_refusal: float = 0.0
    may_be_stored: dict[str, set[str | None]] = field(default_factory=dict)
    """By task its title; nothing where it may be missing."""
    count: int = 0

    async def join(self) -> None:
        """With an account of its own. What refuses it counts as any other refusal."""
        body = {"email": self.api.email, "password": PASSWORD}
        if (await self.send("POST", "/auth/register", json=body)).status_code == 201:
            answer = await self.send("POST", "/auth/login", json=body)
            if answer.status_code == 200:
                self.api.user = answer.json()["user"]
                self.api.use(answer.json()["access_token"])

    async def work(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await random.choice([self.create, self.create, self.retitle, self.read, self.list])()

    async def create(self) -> None:
        task_id = str(uuid4())
        self.may_be_stored[task_id] = {NOTHING}
        await self.write("POST", "/tasks", task_id, {"id": task_id, "title": self.new_title()}, 201)

    async def retitle(self) -> None:
        if self.may_be_stored:
            task_id = random.choice(list(self.may_be_stored))
            await self.write("PATCH", f"/tasks/{task_id}", task_id, {"title": self.new_title()}, 200)

    async def write(self, method: str, path: str, task_id: str, body: dict[str, str], success: int) -> None:
        response = await self.send(method, path, json=body)
        possible = self.may_be_stored[task_id]
        if response.status_code == success:
            self.row.acknowledged += 1
            self.may_be_stored[task_id] = {body["title"]}
        elif response.status_code == 503 and response.json()["code"] == "commit_unknown":
            self.may_be_stored[task_id] = possible | {body["title"]}
        elif response.status_code != 503 and not (response.status_code == 404 and NOTHING in possible):
            self.row.breaches.append(f"{method} was answered {response.status_code} {response.text}")

    async def read(self) -> None:
        if self.may_be_stored:
            task_id = random.choice(list(self.may_be_stored))
            response = await self.send("GET", f"/tasks/{task_id}")
            if response.status_code == 200:
                self.compare(response.json())
            elif response.status_code != 503 and NOTHING not in self.may_be_stored[task_id]:
                self.row.breaches.append(f"a task of ours was answered {response.status_code}")

    async def list(self) -> None:
        response = await self.send("GET", "/tasks")
        for task in response.json()["items"] if response.status_code == 200 else ():
            self.compare(task)

    def compare(self, task: dict[str, str]) -> None:
        possible = self.may_be_stored.get(task["id"])
        if possible is None:
            self.row.leaks += 1
        elif task["title"] not in possible:
            self.row.breaches.append(f"read {task['title']}, where {possible} was due")

    async def send(self, method: str, path: str, **options: object) -> httpx.Response:
        started = time.monotonic()
        response = await self.api.request(method, path, **options)
        seconds = time.monotonic() - started
        self.row.operations += 1
        if response.status_code == 503 and int(response.headers.get("retry-after", 0)) > 0:
            self.row.refused += 1
            self.slowest_refusal = max(self.slowest_refusal, seconds)
            await asyncio.sleep(0.1)
        elif response.status_code >= 500:
            self.row.errors += 1
        else:
            self.row.slowest = max(self.row.slowest, seconds)
        return response

    def new_title(self) -> str:
        self.count += 1
        return f"Title {self.count} of {self.api.email}"


@dataclass
class Load:
    url: str
    row: Row
    clients: list[Client] = field(default_factory=list)

    async def add(self) -> Client:
        """One more, from a network of its own, so that none meets the limits of another."""
        headers = {"X-Forwarded-For": str(IPv4Address(0x0A000000 + len(self.clients)))}
        client = Client(Api(httpx.AsyncClient(base_url=self.url, timeout=60, headers=headers)), self.row)
        self.clients.append(client)
        await client.join()
        return client

    @asynccontextmanager
    async def running(self, clients: int = 5) -> AsyncIterator[None]:
        """They work until the context ends; then each finishes what it is at."""
        ended = asyncio.Event()
        working = [asyncio.create_task((await self.add()).work(ended)) for _ in range(clients)]
        try:
            yield
        finally:
            ended.set()
            await asyncio.gather(*working)

    @property
    def slowest_refusal(self) -> float:
        return max(client.slowest_refusal for client in self.clients)

    async def audit(self, database: asyncpg.Connection) -> None:
        """What is stored, past the service, against what each client was told."""
        for client in self.clients:
            if not client.api.user:
                continue
            rows = await database.fetch("SELECT id::text, title FROM tasks WHERE user_id = $1", client.api.id)
            stored = {row["id"]: row["title"] for row in rows}
            self.row.duplicated += len(stored.keys() - client.may_be_stored.keys())
            for task_id, possible in client.may_be_stored.items():
                found = stored.get(task_id, NOTHING)
                if found in possible:
                    continue
                if possible == {NOTHING}:
                    self.row.breaches.append(f"stored although refused: {found}")
                else:
                    self.row.lost += 1

    async def close(self) -> None:
        for client in self.clients:
            await client.api.client.aclose()
