"""Clients that write through HTTP as long as they may, and note in the ledger what they were told."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from tests.factories import Api, make_series
from tests.faults.ledger import Ledger, Told, Write
from tests.proof.report import Row

KINDS = {
    "create": 5, "retitle": 4, "complete": 3, "trash": 1, "restore": 1, "remove": 1, "advance": 3, "count": 3, "look": 2
}  # fmt: skip
"""How often each is drawn."""
PAUSE = 0.05  # seconds before a client tries again
RECOVERY = 60.0  # seconds after the last fault in which everything that was begun has to be settled
Body = dict[str, Any]


@dataclass
class Client:
    """A person with two devices. One works through a list; both count up one task, each time against its version.

    Args:
        url: where the service is at the moment.
        has_ids: creates carry an id of the client's own, so that they can be sent again.
    """

    api: Api
    url: Callable[[], str]
    name: str
    ledger: Ledger
    row: Row
    has_ids: bool
    random: random.Random
    ids: dict[str, str] = field(default_factory=dict)  # of the tasks that there are, by mark
    trash: set[str] = field(default_factory=set)
    series: Body = field(default_factory=dict)
    counter: str = ""
    made: int = 0
    over_since: float | None = None

    async def begin(self) -> None:
        await self.api.register_and_log_in()
        counter, series = f"counter {self.name}", f"series {self.name}"
        self.counter = (await self.api.create_task(title="0", description=counter))["id"]
        self.series = await make_series(self.api, description=series, missed="keep")
        for mark in (counter, series):
            self.ledger.told(self.ledger.sent(Write(mark, "begin", 0)), Told.ACKNOWLEDGED)

    async def write(self) -> None:
        """Until `end`; what was begun is sent until it is settled, so that the ledger is left with few doubts."""
        while self.over_since is None:
            (kind,) = self.random.choices(list(KINDS), list(KINDS.values()))
            if kind == "look":
                await self._read("/tasks?limit=20")
            elif kind == "count":
                await asyncio.gather(self._count(), self._count())
            elif kind == "advance":
                await self._advance()
            elif kind == "create":
                await self._create()
            else:
                await self._change(kind)

    def end(self) -> None:
        self.over_since = time.monotonic()

    async def _create(self) -> None:
        self.made += 1
        mark, title = f"task {self.name} {self.made}", f"Title {self.made}"
        body = {"title": title, "description": mark}
        if self.has_ids:
            body["id"] = str(UUID(int=self.random.getrandbits(128), version=4))
        created = await self._settled(Write(mark, "create", title), "POST", "/tasks", body)
        if created is not None:
            self.ids[mark] = created.json()["id"]

    async def _change(self, kind: str) -> None:
        among = self.trash if kind == "restore" else self.ids.keys() - self.trash
        if not among:
            return
        mark = self.random.choice(sorted(among))
        value: Any = {"retitle": f"Another {self.random.random()}", "complete": self.random.random() < 0.5}.get(kind)
        path = f"/tasks/{self.ids[mark]}"
        request: tuple[str, str, Body | None] = {
            "retitle": ("PATCH", path, {"title": value}),
            "complete": ("PATCH", f"{path}/complete", {"is_completed": value}),
            "trash": ("DELETE", path, None),
            "remove": ("DELETE", f"{path}?permanent=true", None),
            "restore": ("POST", f"{path}/restore", None),
        }[kind]
        await self._settled(Write(mark, kind, value), *request)
        if kind == "remove":
            del self.ids[mark]
        elif kind == "trash":
            self.trash.add(mark)
        elif kind == "restore":
            self.trash.remove(mark)

    async def _advance(self) -> None:
        """Completes the open task of the series, which makes the next one."""
        found = await self._read(f"/tasks?recurring_task_id={self.series['id']}&completed=false")
        if found is None:
            return
        if len(found["items"]) != 1:
            self.row.breaches.append(f"a series has {len(found['items'])} open tasks")
            return
        (task,) = found["items"]
        days = date.fromisoformat(task["occurrence_date"]) - date.fromisoformat(self.series["start_date"])
        write = Write(f"series {self.name}", "advance", days.days + 1)
        await self._settled(write, "PATCH", f"/tasks/{task['id']}/complete", {"is_completed": True})

    async def _count(self) -> None:
        """Never sent again: the version says whether somebody has counted since it was read."""
        read = await self._read(f"/tasks/{self.counter}")
        if read is not None:
            change = {"title": str(int(read["title"]) + 1)}
            guard = {"If-Match": f'"{read["version"]}"'}
            await self._attempt(
                Write(f"counter {self.name}", "count"), "PATCH", f"/tasks/{self.counter}", change, guard
            )

    async def _settled(self, write: Write, method: str, path: str, body: Body | None) -> httpx.Response | None:
        """The answer that acknowledges the write, however often it has to be sent; None if there is no hope."""
        is_doubtful = False
        while True:
            response, told = await self._attempt(write, method, path, body)
            if told is Told.ACKNOWLEDGED:
                return response
            if response is not None and response.status_code < 500:
                if not (write.kind == "remove" and is_doubtful and response.status_code == 404):
                    self.row.breaches.append(f"{write} was answered {response.status_code} {response.text}")
                return None
            is_doubtful |= told is Told.UNKNOWN
            if self.over_since is not None and time.monotonic() > self.over_since + RECOVERY:
                self.row.breaches.append(f"{write} could not be settled after the last fault")
                return None
            await asyncio.sleep(PAUSE)

    async def _attempt(
        self, write: Write, method: str, path: str, body: Body | None, headers: dict[str, str] | None = None
    ) -> tuple[httpx.Response | None, Told]:
        number = self.ledger.sent(write)
        response, told = await self._send(method, path, body, headers)
        self.ledger.told(number, told)
        self.row.acknowledged += told is Told.ACKNOWLEDGED
        return response, told

    async def _read(self, path: str) -> Body | None:
        response, told = await self._send("GET", path)
        return response.json() if response is not None and told is Told.ACKNOWLEDGED else None

    async def _send(
        self, method: str, path: str, body: Body | None = None, headers: dict[str, str] | None = None
    ) -> tuple[httpx.Response | None, Told]:
        self.row.operations += 1
        started = time.monotonic()
        self.api.client.base_url = httpx.URL(self.url())
        try:
            response = await self.api.request(method, path, json=body, headers=headers)
        except httpx.ConnectError:
            return None, Told.REFUSED
        except httpx.TransportError:
            return None, Told.UNKNOWN
        if response.is_success:
            self.row.slowest = max(self.row.slowest, time.monotonic() - started)
            self._look_for_others(response)
            return response, Told.ACKNOWLEDGED
        if response.status_code < 500:
            return response, Told.REFUSED
        if response.status_code == 503 and "retry-after" in response.headers:
            self.row.refused += 1
            return response, Told.UNKNOWN if response.json()["code"] == "commit_unknown" else Told.REFUSED
        self.row.errors += 1
        return response, Told.UNKNOWN

    def _look_for_others(self, response: httpx.Response) -> None:
        with suppress(ValueError):  # a 204 has no body
            answer = response.json()
            tasks = answer.get("items", [answer])
            self.row.leaks += sum(task["description"].split()[1] != self.name for task in tasks)
