"""What clients are told when the database fails in the middle of their request, and what is stored then."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.factories import Api, problem, task_data
from tests.faults.conftest import Serve, Service
from tests.faults.proxy import Fault
from tests.startup.processes import Program, eventually

SOON = 3.5  # seconds: a refusal is due after about two, and the machine may be busy


@asynccontextmanager
async def soon() -> AsyncIterator[None]:
    """What is inside does not hang."""
    started = time.monotonic()
    async with asyncio.timeout(15):
        yield
    assert time.monotonic() - started < SOON


@asynccontextmanager
async def held(service: Service, task: dict) -> AsyncIterator[None]:
    """Whoever changes this task waits until the context ends."""
    async with service.superuser.transaction():
        await service.superuser.execute("SELECT 1 FROM tasks WHERE id = $1 FOR UPDATE", task["id"])
        yield


class TestConnectionCut:
    async def test_before_a_transaction_it_is_not_noticed(self, service: Service) -> None:
        service.proxy.once("BEGIN", Fault.CUT)
        await service.ana.create_task(title="Once")
        assert service.proxy.happened == ["BEGIN"]
        assert await service.stored() == ["Once"]

    async def test_while_the_connection_is_idle_it_is_not_noticed(self, service: Service) -> None:
        for _ in range(3):
            service.proxy.cut()
            assert (await service.ana.get("/tasks")).status_code == 200

    @pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOSE_ANSWER])
    async def test_at_the_statement_nothing_is_stored_and_the_next_request_works(
        self, service: Service, fault: Fault
    ) -> None:
        service.proxy.once("INSERT INTO tasks", fault)
        response = await service.ana.post("/tasks", task_data(title="Lost"))
        problem(response, 503, "unavailable")
        assert int(response.headers["retry-after"]) > 0
        assert service.proxy.happened == ["INSERT INTO tasks"]
        assert await service.stored() == []
        await service.ana.create_task(title="Kept")
        assert await service.stored() == ["Kept"]

    async def test_at_the_statement_of_a_change_the_old_values_stay(self, service: Service) -> None:
        task = await service.ana.create_task(title="Old")
        service.proxy.once("UPDATE tasks", Fault.LOSE_ANSWER)
        problem(await service.ana.patch(f"/tasks/{task['id']}", {"title": "New"}), 503, "unavailable")
        assert (await service.ana.get(f"/tasks/{task['id']}")).json() == task


class TestCommit:
    async def test_one_that_never_reaches_the_server_is_not_reported_as_done(self, service: Service) -> None:
        service.proxy.once("COMMIT", Fault.CUT)
        response = await service.ana.post("/tasks", task_data(title="Lost"))
        problem(response, 503, "commit_unknown")
        assert "retry-after" in response.headers
        assert service.proxy.happened == ["COMMIT"]
        await eventually(lambda: _is(service.transactions(), 0))
        assert await service.stored() == []

    async def test_one_whose_answer_is_lost_is_settled_by_sending_the_create_again(self, service: Service) -> None:
        body = task_data(id=str(uuid4()), title="Once")
        service.proxy.once("COMMIT", Fault.LOSE_ANSWER)
        problem(await service.ana.post("/tasks", body), 503, "commit_unknown")
        assert await service.stored() == ["Once"]
        again = await service.ana.post("/tasks", body)
        assert again.status_code == 200
        assert again.json()["id"] == body["id"]
        assert await service.stored() == ["Once"]

    async def test_one_that_never_arrived_is_settled_in_the_same_way(self, service: Service) -> None:
        body = task_data(id=str(uuid4()), title="Once")
        service.proxy.once("COMMIT", Fault.CUT)
        problem(await service.ana.post("/tasks", body), 503, "commit_unknown")
        assert (await service.ana.post("/tasks", body)).status_code == 201
        assert await service.stored() == ["Once"]

    @pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOSE_ANSWER])
    async def test_a_deletion_of_unknown_end_can_be_sent_again(self, service: Service, fault: Fault) -> None:
        task = await service.ana.create_task()
        service.proxy.once("COMMIT", fault)
        problem(await service.ana.delete(f"/tasks/{task['id']}"), 503, "commit_unknown")
        assert (await service.ana.delete(f"/tasks/{task['id']}")).status_code == 204
        assert (await service.ana.get("/tasks")).json()["items"] == []
        (trashed,) = (await service.ana.get("/tasks?trash=true")).json()["items"]
        assert (trashed["id"], trashed["version"]) == (task["id"], 2)

    @pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOSE_ANSWER])
    async def test_a_removal_of_unknown_end_can_be_sent_again(self, service: Service, fault: Fault) -> None:
        task = await service.ana.create_task()
        service.proxy.once("COMMIT", fault)
        problem(await service.ana.delete(f"/tasks/{task['id']}?permanent=true"), 503, "commit_unknown")
        again = await service.ana.delete(f"/tasks/{task['id']}?permanent=true")
        assert again.status_code == (204 if fault is Fault.CUT else 404)
        assert await service.stored() == []

    @pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOSE_ANSWER])
    async def test_a_registration_of_unknown_end_is_not_reported_as_done(self, service: Service, fault: Fault) -> None:
        async with Api.of(service.app) as bob:
            service.proxy.once("$bcrypt", fault)  # the hash of the password goes along with the new account
            problem(await bob.register(), 503, "commit_unknown")
            assert service.proxy.happened
            assert (await bob.log_in()).status_code == (401 if fault is Fault.CUT else 200)

    async def test_one_that_gets_stuck_is_not_reported_as_done(self, serve: Serve) -> None:
        async with serve(database_statement_timeout=1) as service, soon():
            service.proxy.once("COMMIT", Fault.STALL)
            problem(await service.ana.post("/tasks", task_data()), 503, "commit_unknown")
            await service.ana.create_task(title="Next")

    @pytest.mark.parametrize(
        ("sqlstate", "status", "code"),
        [("P0001", 500, "internal_error"), ("40001", 503, "unavailable"), ("23505", 500, "internal_error")],
    )
    async def test_one_that_the_server_refuses_is_an_error_and_stores_nothing(
        self, service: Service, sqlstate: str, status: int, code: str
    ) -> None:
        await service.superuser.execute(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = '{sqlstate}'; END $$;
            CREATE CONSTRAINT TRIGGER refuses AFTER INSERT OR UPDATE ON tasks DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION refuse();
        """)
        response = await service.ana.post("/tasks", task_data())
        problem(response, status, code)
        assert "not today" not in response.text
        assert await service.stored() == []
        await service.superuser.execute("DROP TRIGGER refuses ON tasks")
        await service.ana.create_task(title="Kept")
        assert await service.stored() == ["Kept"]


class TestNoRoomLeft:
    @pytest.mark.parametrize("sqlstate", ["53100", "53200"])
    async def test_a_write_is_refused_and_what_was_there_stays(self, service: Service, sqlstate: str) -> None:
        await service.ana.create_task(title="Old")
        await service.superuser.execute(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{sqlstate}'; END $$;
            CREATE TRIGGER refuses BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION refuse();
        """)
        response = await service.ana.post("/tasks", task_data())
        problem(response, 503, "unavailable")
        assert int(response.headers["retry-after"]) > 0
        assert await service.stored() == ["Old"]
        await service.superuser.execute("DROP TRIGGER refuses ON tasks")
        await service.ana.create_task(title="New")


class TestDatabaseAway:
    async def test_requests_are_refused_soon_and_work_again_by_themselves(self, service: Service) -> None:
        task = await service.ana.create_task()
        await service.proxy.refuse()
        for response in await self.refused(service):
            problem(response, 503, "unavailable")
            assert int(response.headers["retry-after"]) > 0
        await service.proxy.accept()
        assert (await service.ana.get(f"/tasks/{task['id']}")).json() == task
        assert (await service.ana.get("/health")).status_code == 200

    async def refused(self, service: Service) -> list[httpx.Response]:
        async with soon(), Api.of(service.app) as bob:
            return await asyncio.gather(
                service.ana.get("/tasks"), service.ana.post("/tasks", task_data()), bob.register(), bob.log_in()
            )

    async def test_a_short_absence_is_waited_out(self, service: Service) -> None:
        await service.proxy.refuse()
        request = asyncio.create_task(service.ana.post("/tasks", task_data(title="Patient")))
        await asyncio.sleep(0.4)
        assert not request.done()
        await service.proxy.accept()
        assert (await request).status_code == 201
        assert await service.stored() == ["Patient"]

    @pytest.mark.parametrize("how", ["down", "stalled"])
    async def test_health_says_so_soon_and_the_process_lives(self, service: Service, how: str) -> None:
        if how == "down":
            await service.proxy.refuse()
        else:
            service.proxy.is_stalled = True
        async with soon():
            health, ready, live = await asyncio.gather(
                *(service.ana.get(path) for path in ("/health", "/health/ready", "/health/live"))
            )
        assert live.status_code == 200
        for response in (health, ready):
            assert response.status_code == 503
            assert response.json()["status"] == "unhealthy"
            assert response.json()["database"]["status"] == "unreachable"
        service.proxy.is_stalled = False
        if how == "down":
            await service.proxy.accept()
        await eventually(lambda: self.is_healthy(service))

    async def is_healthy(self, service: Service) -> bool:
        return (await service.ana.get("/health")).status_code == 200

    async def test_terminated_backends_are_replaced_without_an_error(self, service: Service) -> None:
        for _ in range(4):
            warm = await asyncio.gather(*(service.ana.get("/tasks") for _ in range(6)))
            assert {response.status_code for response in warm} == {200}
            await service.superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            after = await asyncio.gather(*(service.ana.post("/tasks", task_data()) for _ in range(6)))
            assert {response.status_code for response in after} == {201}
        assert len(await service.stored()) == 24

    async def test_a_backend_terminated_within_a_statement_is_a_refusal(self, service: Service) -> None:
        task = await service.ana.create_task(title="Old")
        async with held(service, task):
            change = asyncio.create_task(service.ana.patch(f"/tasks/{task['id']}", {"title": "New"}))
            await eventually(service.waiting)
            await service.superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            problem(await change, 503, "unavailable")
        assert await service.stored() == ["Old"]


class TestPoolExhausted:
    async def test_others_are_refused_soon_and_served_afterwards(self, serve: Serve) -> None:
        async with serve(database_pool_size=1) as service:
            task = await service.ana.create_task(title="Old")
            async with held(service, task):
                change = asyncio.create_task(service.ana.patch(f"/tasks/{task['id']}", {"title": "New"}))
                await eventually(service.waiting)
                async with soon():
                    responses = await asyncio.gather(
                        *(service.ana.get("/tasks") for _ in range(3)), service.ana.get("/health")
                    )
                for response in responses[:3]:
                    problem(response, 503, "unavailable")
                    assert "retry-after" in response.headers
                assert responses[3].status_code == 503
                assert (await service.ana.get("/health/live")).status_code == 200
            assert (await change).status_code == 200
            assert [item["title"] for item in (await service.ana.get("/tasks")).json()["items"]] == ["New"]


class TestStalledDatabase:
    async def test_a_request_is_refused_when_its_time_is_up(self, serve: Serve) -> None:
        async with serve(database_statement_timeout=1) as service:
            service.proxy.is_stalled = True
            async with soon():
                problem(await service.ana.post("/tasks", task_data()), 503, "unavailable")
            service.proxy.is_stalled = False
            await service.ana.create_task(title="Next")
            assert await service.stored() == ["Next"]

    async def test_a_statement_that_gets_stuck_stores_nothing(self, serve: Serve) -> None:
        async with serve(database_statement_timeout=1) as service:
            service.proxy.once("INSERT INTO tasks", Fault.STALL)
            async with asyncio.timeout(12):
                problem(await service.ana.post("/tasks", task_data()), 503, "unavailable")
            await service.ana.create_task(title="Next")
            assert await service.stored() == ["Next"]

    async def test_a_lock_that_is_never_released_ends_the_statement(self, serve: Serve) -> None:
        async with serve(database_statement_timeout=1) as service:
            task = await service.ana.create_task(title="Old")
            async with held(service, task), soon():
                problem(await service.ana.patch(f"/tasks/{task['id']}", {"title": "New"}), 503, "unavailable")
                await eventually(lambda: _is(service.waiting(), 0), timeout=5)
            assert (await service.ana.patch(f"/tasks/{task['id']}", {"title": "New"})).status_code == 200


class TestAbandonedRequests:
    async def test_nothing_of_a_cancelled_one_meets_the_next_user(self, serve: Serve) -> None:
        async with (
            serve(database_pool_size=1) as service,
            Api.of(service.app) as bob,
        ):
            await bob.register_and_log_in()
            task = await service.ana.create_task(title="Ana's")
            for _ in range(3):
                async with held(service, task):
                    change = asyncio.create_task(service.ana.patch(f"/tasks/{task['id']}", {"title": "Never"}))
                    await eventually(service.waiting)
                    change.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await change
                await eventually(lambda: _is(service.transactions(), 0), timeout=5)
                assert (await bob.get("/tasks")).json()["items"] == []
                assert (await bob.get(f"/tasks/{task['id']}")).status_code == 404
                assert (await bob.get("/users/me")).json()["id"] == bob.user["id"]
            assert (await service.ana.get("/tasks")).json()["items"] == [task]

    async def test_requests_cancelled_at_any_moment_leave_the_pool_whole(self, serve: Serve) -> None:
        async with serve(database_pool_size=2) as service, Api.of(service.app) as bob:
            await bob.register_and_log_in()
            for step in range(40):
                request = asyncio.create_task(service.ana.post("/tasks", task_data()))
                await asyncio.sleep(step * 0.0004)
                request.cancel()
                await asyncio.gather(request, return_exceptions=True)
            await eventually(lambda: _is(service.transactions(), 0), timeout=5)
            pages = await asyncio.gather(*(user.get("/tasks") for user in (service.ana, bob) * 4))
            assert {page.status_code for page in pages} == {200}
            assert all(page.json()["items"] == [] for page in pages[1::2])
            assert {item["user_id"] for page in pages for item in page.json()["items"]} <= {service.ana.user["id"]}
            assert service.app.state.context.database.engine.pool.checkedout() == 0

    async def test_no_write_joins_a_transaction_that_a_cancelled_request_left(self, serve: Serve) -> None:
        async with serve(database_pool_size=1) as service:
            for step in range(12):
                request = asyncio.create_task(service.ana.get("/tasks"))
                await asyncio.sleep(step * 0.0003)
                request.cancel()
                await asyncio.gather(request, return_exceptions=True)
                async with Api.of(service.app) as bob:
                    await bob.register_and_log_in()
                    count = await service.superuser.fetchval("SELECT count(*) FROM users WHERE email = $1", bob.email)
                    assert count == 1
            assert await service.transactions() == 0

    async def test_a_client_that_hangs_up_leaves_nothing_open(self, program: Program, own_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=own_database, DATABASE_POOL_SIZE="1").serving()
        superuser = await asyncpg.connect(own_database)
        async with Api.at(process.url) as ana, Api.at(process.url) as bob, Api.at(process.url) as impatient:
            await ana.register_and_log_in()
            await bob.register_and_log_in()
            impatient.client.headers.update(ana.client.headers)
            task = await ana.create_task(title="Ana's")
            service = Service(None, ana, None, superuser)  # type: ignore[arg-type]
            async with held(service, task):
                with pytest.raises(httpx.ReadTimeout):
                    await impatient.patch(f"/tasks/{task['id']}", {"description": "Perhaps"}, timeout=0.5)
                assert await service.waiting() <= 1
            await eventually(lambda: _is(service.transactions(), 0), timeout=5)
            assert (await bob.get("/tasks")).json()["items"] == []
            assert (await ana.get(f"/tasks/{task['id']}")).json()["title"] == "Ana's"
        await superuser.close()


async def _is(awaitable: object, value: object) -> bool:
    return await awaitable == value  # type: ignore[misc]
