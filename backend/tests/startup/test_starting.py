"""What happens from the first log line to the last."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from src.core.config import REPOSITORY
from src.database.embedded import status, stop
from src.verification import verify_database
from tests.conftest import free_port
from tests.factories import SECRET, Api, task_data
from tests.startup.processes import Process, Program, copied_program, environment, eventually, password_of, until

FRONTEND = REPOSITORY / "frontend"
STEPS = ["Database connection successful", "Database schema validation passed", "ready to serve"]


async def test_the_walk_through_of_the_readme_works_from_the_first_start(program: Program, empty_database: str) -> None:
    process = await program.start("serve", DATABASE_URL=empty_database).serving()
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


class TestLog:
    async def test_it_tells_each_step_and_no_credential(self, program: Program, empty_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=empty_database, LOG_LEVEL="debug").serving()
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            await ana.create_task(title="Nobody else's business")
            token = ana.client.headers["Authorization"].removeprefix("Bearer ")
        told = [event["event"] for event in process.ended()]
        assert [step for step in told if step in STEPS] == STEPS
        assert told.index("database migrated") < told.index(STEPS[1])
        assert told[-1] == "stopped"
        for secret in (SECRET, password_of(empty_database), token, "Nobody else's business", "correct horse"):
            assert secret not in process.output

    async def test_every_line_is_json_where_no_terminal_reads_it(self, program: Program, worker_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=worker_database).serving()
        lines = [line for line in process.stderr.splitlines() if not line.startswith("Serving on ")]
        assert all(json.loads(line)["timestamp"] for line in lines)
        connected = next(event for event in process.events() if event["event"] == STEPS[0])
        assert connected["host"] == "127.0.0.1"
        assert connected["login"] == "postgres"
        assert connected["level"] == "info"

    async def test_it_is_for_people_where_that_is_asked_for(self, program: Program, worker_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=worker_database, LOG_FORMAT="console").serving()
        assert STEPS[0] in process.stderr
        assert process.events() == []


class TestMigratingAtStart:
    async def test_of_four_processes_at_the_same_moment_one_migrates_and_all_serve(
        self, program: Program, empty_database: str
    ) -> None:
        processes = [program.start("serve", DATABASE_URL=empty_database) for _ in range(4)]
        await asyncio.gather(*(process.serving() for process in processes))
        told = [event["event"] for process in processes for event in process.events()]
        assert told.count("database migrated") == 1
        assert told.count(STEPS[1]) == 4

    async def test_the_second_start_changes_nothing(self, program: Program, empty_database: str) -> None:
        first = await program.start("serve", DATABASE_URL=empty_database).serving()
        async with Api.at(first.url) as ana:
            await ana.register_and_log_in()
            task = await ana.create_task()
            first.send(signal.SIGTERM)
            assert first.wait() == 0
            second = await program.start("serve", DATABASE_URL=empty_database).serving()
            ana.client.base_url = httpx.URL(second.url)
            assert (await ana.get("/tasks")).json()["items"] == [task]
        assert "database migrated" not in second.stderr

    async def test_uvicorn_alone_does_the_same(self, program: Program, empty_database: str) -> None:
        process = program.start_anew("src.main:app", "--port", "0", module="uvicorn", DATABASE_URL=empty_database)
        until(lambda: "ready to serve" in process.stderr, or_ended=process)
        told = [event["event"] for event in process.events()]
        assert [step for step in told if step in [*STEPS, "database migrated"]] == [
            STEPS[0],
            "database migrated",
            *STEPS[1:],
        ]


@asynccontextmanager
async def held_row(url: str, task_id: str) -> AsyncIterator[asyncpg.Connection]:
    """Whoever changes this task waits until the context ends."""
    holder = await asyncpg.connect(url)
    try:
        async with holder.transaction():
            await holder.execute("SELECT 1 FROM tasks WHERE id = $1 FOR UPDATE", task_id)
            yield holder
    finally:
        await holder.close()


async def is_somebody_waiting(holder: asyncpg.Connection) -> bool:
    return bool(
        await holder.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    )


async def stop_during_a_request(process: Process, url: str) -> None:
    """Tell it to stop while a change waits for a row, and assert that the change is finished and answered."""
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        task = await ana.create_task()
        async with held_row(url, task["id"]) as holder:
            change = asyncio.create_task(ana.patch(f"/tasks/{task['id']}", {"title": "Finished"}))
            await eventually(lambda: is_somebody_waiting(holder))
            process.send(signal.SIGTERM)
            await eventually(lambda: refuses_connections(process))
            assert not change.done()
        response = await change
    assert response.status_code == 200
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT title FROM tasks") == response.json()["title"] == "Finished"
    await connection.close()


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_can_be_stopped_while_it_waits_for_its_database(self, program: Program, number: int) -> None:
        nobody = "postgresql://postgres@127.0.0.1:1/todo"
        process = program.start("serve", DATABASE_URL=nobody, DATABASE_START_TIMEOUT="600")
        until(lambda: "trying again" in process.stderr, or_ended=process)
        process.send(number)
        assert process.wait() == 0

    async def test_a_request_in_flight_is_finished(self, program: Program, own_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=own_database).serving()
        await stop_during_a_request(process, own_database)
        assert process.wait() == 0

    async def test_four_workers_migrate_once_and_finish_what_is_in_flight(
        self, program: Program, empty_database: str
    ) -> None:
        process = program.start_anew("serve", "--workers", "4", DATABASE_URL=empty_database)
        await process.serving()
        until(lambda: sum(event["event"] == "ready to serve" for event in process.events()) == 4)
        assert sum(event["event"] == "database migrated" for event in process.events()) == 1
        await stop_during_a_request(process, empty_database)
        assert process.wait() == 0
        assert sum(event["event"] == "stopped" for event in process.events()) == 4

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_it_ends_without_a_traceback(self, program: Program, worker_database: str, number: int) -> None:
        process = await program.start("serve", DATABASE_URL=worker_database).serving()
        process.send(number)
        assert process.wait() == (0 if number == signal.SIGTERM else process.status_of())
        assert "Traceback" not in process.output
        assert process.events()[-1]["event"] == "stopped"

    async def test_it_leaves_no_connection_behind(self, program: Program, own_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=own_database).serving()
        process.send(signal.SIGTERM)
        assert process.wait() == 0
        connection = await asyncpg.connect(own_database)
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        await eventually(lambda: _equals(connection.fetchval(statement), 1), timeout=5)
        await connection.close()


async def _equals(awaitable: object, value: object) -> bool:
    return await awaitable == value  # type: ignore[misc]


async def refuses_connections(process: Process) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", int(process.url.rpartition(":")[2]))
    except OSError:
        return True
    writer.close()
    return False


class TestVerify:
    @pytest.fixture
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in environment(DATABASE_START_TIMEOUT="1").items():
            monkeypatch.setenv(name, value)

    @pytest.mark.parametrize("way", [("-m", "src.cli", "verify"), ("verify_neon_connection.py",)])
    async def test_a_good_database_passes_every_step(
        self, program: Program, own_database: str, way: tuple[str, ...]
    ) -> None:
        process = program.start_anew(*way, module=None, DATABASE_URL=own_database, SECRET_KEY=None)
        assert process.wait() == 0, process.output
        steps = [line for line in process.stdout.splitlines() if line.startswith(("✓", "✗"))]
        assert len(steps) == 9
        assert all(line.startswith("✓") for line in steps)
        assert "All good" in process.stdout
        assert password_of(own_database) not in process.output
        assert await users_in(own_database) == 0

    async def test_a_database_without_a_schema_fails_with_advice(self, program: Program, empty_database: str) -> None:
        process = program.run("verify", DATABASE_URL=empty_database)
        assert process.wait() == 1
        assert "✓ the server answers" in process.stdout
        assert "✗ the schema is migrated" in process.stdout
        assert "python -m src.cli migrate" in process.stdout
        assert "The service would not start on this database." in process.stdout
        assert "Traceback" not in process.output

    async def test_a_wrong_password_fails_without_showing_it(self, program: Program, worker_database: str) -> None:
        url = worker_database.replace(password_of(worker_database), "wr0ng-passw0rd")
        process = program.start_anew("verify_neon_connection.py", module=None, DATABASE_URL=url)
        assert process.wait() == 1
        assert "✗ the server answers" in process.stdout
        assert "the login was refused" in process.stdout
        assert "wr0ng-passw0rd" not in process.output
        assert "Traceback" not in process.output

    @pytest.mark.parametrize(
        ("damage", "phrase"),
        [
            ("ALTER POLICY owner ON tasks USING (true)", "policy owner on tasks: using is true"),
            ("ALTER POLICY owner ON users USING (true)", "policy owner on users: using is true"),
            ("ALTER TABLE users DISABLE ROW LEVEL SECURITY", "table users: row-level security is off"),
            ("REVOKE INSERT ON users FROM todo_system", "grant for todo_system on users"),
            ("DROP TABLE tasks CASCADE", "Missing required tables: tasks"),
        ],
    )
    async def test_a_changed_schema_fails_and_no_user_is_left(
        self,
        own_database: str,
        quick: None,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        damage: str,
        phrase: str,
    ) -> None:
        connection = await asyncpg.connect(own_database)
        await connection.execute(damage)
        await connection.close()
        monkeypatch.setenv("DATABASE_URL", own_database)
        assert await verify_database() is False
        told = capsys.readouterr().out
        assert "✗ the schema is the one that this version needs" in told
        assert phrase in told
        assert await users_in(own_database) == 0

    async def test_a_database_that_accepts_no_writes_fails(
        self, own_database: str, quick: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = own_database.rpartition("/")[2]
        connection = await asyncpg.connect(own_database)
        await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await connection.close()
        monkeypatch.setenv("DATABASE_URL", own_database)
        assert await verify_database() is False
        told = capsys.readouterr().out
        assert "✗ a user can be written" in told

    @pytest.mark.parametrize("url", ["", "sqlite:///x.db"])
    def test_a_wrong_url_fails_at_the_first_step(self, program: Program, url: str) -> None:
        process = program.run("verify", DATABASE_URL=url)
        assert process.wait() == 1
        assert "✗ DATABASE_URL is a PostgreSQL address" in process.stdout
        assert "Traceback" not in process.output


async def users_in(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM users"))
    finally:
        await connection.close()


class TestCommands:
    async def test_migrate_makes_the_schema_and_seed_can_be_repeated(
        self, program: Program, empty_database: str
    ) -> None:
        assert program.run("seed", DATABASE_URL=empty_database).wait() == 1
        assert program.run("migrate", DATABASE_URL=empty_database).wait() == 0
        connection = await asyncpg.connect(empty_database)
        seeded = await connection.fetch("SELECT * FROM priorities ORDER BY id")
        assert len(seeded) == 4
        await connection.execute("DELETE FROM priorities WHERE id > 2")
        for _ in range(2):
            assert program.run("seed", DATABASE_URL=empty_database).wait() == 0
            assert await connection.fetch("SELECT * FROM priorities ORDER BY id") == seeded
        again = program.run("migrate", DATABASE_URL=empty_database, MIGRATE_ON_START="false")
        assert again.wait() == 0
        assert "database migrated" not in again.stderr
        await connection.close()

    def test_openapi_prints_one_json_document_and_needs_no_setting(self, program: Program) -> None:
        process = program.run("openapi", SECRET_KEY=None, DATABASE_URL=None)
        assert process.wait() == 0
        document = json.loads(process.stdout)
        assert document["openapi"].startswith("3.")
        assert "/api/v1/tasks" in document["paths"]

    def test_schema_snapshot_prints_the_file_that_starts_are_checked_against(
        self, program: Program, worker_database: str
    ) -> None:
        process = program.run("schema-snapshot", DATABASE_URL=worker_database)
        assert process.wait() == 0
        expected = (program.backend / "src/database/schema.json").read_text()
        assert process.stdout.strip() == expected.strip()


@pytest.fixture(scope="module")
def tree() -> Iterator[Program]:
    with copied_program() as program:
        yield program
        stop(data_of(program), mode="immediate")


@pytest.fixture
def dev(tree: Program) -> Iterator[Program]:
    yield tree
    tree.end_all()
    stop(data_of(tree), mode="immediate")


class TestDevelopment:
    """`dev` keeps its data beside the program: each test starts from the copy's own `.data`."""

    async def test_it_serves_once_and_ctrl_c_stops_the_server_and_the_database(self, dev: Program) -> None:
        first = await dev.start("dev", SECRET_KEY=None).serving()
        async with Api.at(first.url) as ana:
            await ana.register_and_log_in()
            await ana.create_task()
        assert status(data_of(dev)) is not None

        second = dev.run("dev", SECRET_KEY=None)
        assert second.wait() == 1
        assert f"It is running already, as process {first.pid}" in second.stderr
        assert "Traceback" not in second.output
        assert (await _get(f"{first.url}/health")).status_code == 200

        first.send(signal.SIGINT)
        first.wait()
        assert "Traceback" not in first.output
        assert status(data_of(dev)) is None

    @pytest.mark.parametrize("with_the_database", [False, True])
    async def test_killed_it_starts_again_and_has_kept_every_row(self, dev: Program, with_the_database: bool) -> None:
        first = await dev.start_anew("dev", SECRET_KEY=None).serving()
        async with Api.at(first.url) as ana:
            await ana.register_and_log_in()
            tasks = [await ana.create_task(title=f"Task {number}") for number in range(5)]
            if with_the_database:
                stop(data_of(dev), mode="immediate")
            first.send(signal.SIGKILL)
            first.wait()

            second = await dev.start("dev", SECRET_KEY=None).serving()
            how = "started" if with_the_database else "was still running"
            assert f"PostgreSQL {how} on port" in second.stderr
            ana.client.base_url = httpx.URL(second.url)
            # the kept secret key still signs: the old token is good
            kept = (await ana.get("/tasks", params={"sort": "created_at"})).json()["items"]
        assert kept == tasks

    async def test_with_a_url_it_uses_that_database_and_starts_none(self, program: Program, own_database: str) -> None:
        process = await program.start("dev", DATABASE_URL=own_database).serving()
        assert "Using the database of DATABASE_URL." in process.stderr
        assert not data_of(program).exists()
        process.send(signal.SIGTERM)
        assert process.wait() == 0


@pytest.mark.skipif(not (FRONTEND / "node_modules" / "vite").exists(), reason="needs the web app's modules")
class TestHotReload:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    async def test_it_serves_the_sources_beside_the_api_and_leaves_nothing_behind(
        self, program: Program, own_database: str, number: int
    ) -> None:
        link = program.root / "frontend"
        link.symlink_to(FRONTEND, target_is_directory=True)
        port = str(free_port())
        process = await program.start_anew("dev", "--hot", DATABASE_URL=own_database, PORT=port).serving()
        vite = until(lambda: re.search(r"http://localhost:\d+(?=/)", process.stdout), or_ended=process)[0]
        try:
            assert "/@vite/client" in (await _get(f"{vite}/today")).text
            assert (await _get(f"{vite}/health")).json()["status"] == "healthy"
            async with Api.at(vite) as ana:
                ana.client.headers["Origin"] = vite
                await ana.register_and_log_in()
        finally:
            process.send(number)
            process.wait()
            link.unlink()
        await eventually(lambda: _is_closed(vite))


async def _is_closed(url: str) -> bool:
    try:
        await _get(url)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        pass  # what is being ended may still take a connection, and break it
    return False


def data_of(program: Program) -> Path:
    return program.root / ".data" / "postgres"


async def _get(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url)
