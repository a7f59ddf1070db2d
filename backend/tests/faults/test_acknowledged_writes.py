"""Nothing that was acknowledged is lost, whoever is killed in the middle of writing."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from src.database.embedded import RunningServer, start, stop
from tests.factories import Api, task_data
from tests.startup.processes import Process, Program, eventually, open_folder

WRITERS = 6


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A cluster that writes through to the disk, as in production."""
    with open_folder() as folder:
        try:
            yield folder / "cluster"
        finally:
            stop(folder / "cluster", mode="immediate")


async def test_the_walk_through_of_the_readme_works_from_the_first_start(program: Program, cluster: Path) -> None:
    process = await program.start("serve", DATABASE_URL=start(cluster).url).serving()
    async with Api.at(process.url) as ana:
        assert (await ana.register()).status_code == 201
        assert (await ana.log_in()).status_code == 200
        body = task_data(title="Pay the rent", priority="high", due_date="2026-12-01", due_time="17:00")
        created = await ana.post("/tasks", body)
        assert created.status_code == 201
        assert created.headers["location"].endswith(created.json()["id"])
        listed = (await ana.get("/tasks")).json()
        assert listed["items"] == [created.json()]
        completed = await ana.patch(f"/tasks/{created.json()['id']}/complete")
        assert completed.json()["is_completed"] is True
        assert (await ana.get("/tasks", params={"completed": "false"})).json()["items"] == []
        assert (await ana.get("/tasks", params={"completed": "true"})).json()["items"] == [completed.json()]


class Writer:
    """Creates tasks with ids of its own and changes some, and remembers what was answered."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.acknowledged: dict[str, dict] = {}
        self.unanswered: dict[str, dict] = {}

    async def write_until_cut_off(self) -> None:
        try:
            while True:
                body = task_data(id=str(uuid4()), title=f"Task {len(self.acknowledged)}", priority="low")
                self.unanswered[str(body["id"])] = body
                response = await self.api.post("/tasks", body)
                if response.status_code != 201:
                    assert response.status_code == 503, response.text
                    continue
                self.acknowledged[response.json()["id"]] = response.json()
                del self.unanswered[str(body["id"])]
        except httpx.TransportError:
            return

    async def stored(self) -> list[dict]:
        items, params = [], {"limit": "100", "sort": "created_at"}
        while True:
            page = (await self.api.get("/tasks", params=params)).json()
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            params["cursor"] = page["next_cursor"]


def kill(*, process: Process, server: RunningServer, victims: str) -> None:
    if "database" in victims:
        os.kill(server.pid, signal.SIGKILL)
    if "service" in victims:
        process.send(signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("victims", ["service", "database and service"])
async def test_every_acknowledged_write_survives_a_kill_and_the_others_end_up_once(
    program: Program, cluster: Path, victims: str
) -> None:
    server = start(cluster)
    process = await program.start("serve", DATABASE_URL=server.url).serving()
    writers = [Writer(Api(httpx.AsyncClient(base_url=process.url, timeout=20))) for _ in range(WRITERS)]
    await asyncio.gather(*(writer.api.register_and_log_in() for writer in writers))
    writing = [asyncio.create_task(writer.write_until_cut_off()) for writer in writers]
    await eventually(lambda: _is_enough(writers, 60))
    kill(process=process, server=server, victims=victims)
    await asyncio.gather(*writing)
    assert any(writer.unanswered for writer in writers)

    server = start(cluster)
    process = await program.start("serve", DATABASE_URL=server.url).serving()
    for writer in writers:
        writer.api.client.base_url = httpx.URL(process.url)
    assert sum(len(writer.acknowledged) for writer in writers) >= 60
    await asyncio.gather(*(check(writer) for writer in writers))
    await check_the_rows(server, writers)
    for writer in writers:
        await writer.api.client.aclose()
    process.end()


async def _is_enough(writers: list[Writer], count: int) -> bool:
    return sum(len(writer.acknowledged) for writer in writers) >= count


async def check(writer: Writer) -> None:
    found = {task["id"]: task for task in await writer.stored()}
    for task_id, task in writer.acknowledged.items():
        assert found[task_id] == task
    assert found.keys() <= writer.acknowledged.keys() | writer.unanswered.keys()

    for task_id, body in writer.unanswered.items():
        again = await writer.api.post("/tasks", body)
        assert again.status_code == (200 if task_id in found else 201)
        assert (again.json()["id"], again.json()["title"]) == (task_id, body["title"])
    stored = [task["id"] for task in await writer.stored()]
    assert sorted(stored) == sorted(writer.acknowledged | writer.unanswered)


async def check_the_rows(server: RunningServer, writers: list[Writer]) -> None:
    """Around the service: what each writer's rows really are."""
    connection = await asyncpg.connect(server.url)
    for writer in writers:
        count = await connection.fetchval("SELECT count(*) FROM tasks WHERE user_id = $1", writer.api.id)
        assert count == len(writer.acknowledged) + len(writer.unanswered)
    await connection.close()
