"""What Prometheus reads: right however many workers there are, and for nobody else."""

import asyncio
import os
import signal

import httpx

from tests.factories import Api, problem
from tests.observability.measured import METRICS_TOKEN, Measured
from tests.startup.processes import Program, eventually

DAY = "2026-12-01"


async def test_every_request_and_statement_is_counted_once(measured: Measured) -> None:
    before = await measured.figures()
    await asyncio.gather(*(measured.ana.get("/tasks") for _ in range(40)))
    problem(await measured.ana.get("/tasks/01900000-0000-7000-8000-000000000000"), 404, "not_found")
    after = await measured.figures()

    listed = {"method": "GET", "route": "/api/v1/tasks"}
    assert after.since(before, "http_requests_total", **listed, status="200") == 40
    assert after.since(before, "http_request_duration_seconds_count", **listed) == 40
    assert after.since(before, "http_request_duration_seconds_bucket", **listed, le="+Inf") == 40
    assert after.since(before, "http_request_duration_seconds_sum", **listed) > 0
    assert after.since(before, "http_requests_total", route="/api/v1/tasks/{task_id}", status="404") == 1
    assert after.since(before, "database_statement_duration_seconds_count", statement="BEGIN") == 41
    assert after.since(before, "database_statement_duration_seconds_count", statement="COMMIT") == 40
    assert after.since(before, "database_statement_duration_seconds_count", statement="ROLLBACK") == 1
    assert after.since(before, "database_statement_duration_seconds_count", statement="TaskListService._rows") == 40


async def test_gauges_come_back_to_where_they_were(measured: Measured) -> None:
    await asyncio.gather(*(measured.ana.get("/tasks") for _ in range(20)))
    figures = await measured.figures()  # once none is in progress but this one
    assert figures.total("database_connections_in_use") == 0
    assert figures.total("database_connections_max") == 20 * measured.workers
    assert figures.total("todo_info") >= 1


async def test_security_events_and_what_series_make_are_counted(measured: Measured) -> None:
    before = await measured.figures()
    for _ in range(3):
        await measured.ana.log_in(password="wrong horse battery")
    body = {"title": "Water the plants", "rrule": "FREQ=DAILY", "start_date": DAY}
    assert (await measured.ana.post("/recurring-tasks", body)).status_code == 201
    after = await measured.figures()
    assert after.since(before, "security_events_total", what="login failed") == 3
    assert after.since(before, "security_events_total", what="registered") == 0
    assert after.since(before, "recurring_instances_total") == 1


async def test_attempts_beyond_a_limit_are_counted_by_its_name(measured: Measured) -> None:
    before = await measured.figures()
    refused = 0
    while refused < 2:
        refused += (await measured.ana.log_in(password="wrong horse battery")).status_code == 429
    after = await measured.figures()
    assert after.since(before, "attempts_limited_total") == 2
    assert after.since(before, "security_events_total", what="attempts limited") == 2
    assert all(after.values("attempts_limited_total", "limit"))


async def test_each_worker_tells_its_memory_and_processor_time(measured: Measured) -> None:

    async def all_have_answered() -> bool:
        await asyncio.gather(*(measured.ana.get("/tasks") for _ in range(20)))
        return len((await measured.figures()).values("process_resident_memory_bytes", "pid")) == measured.workers

    await eventually(all_have_answered)
    figures = await measured.figures()
    assert figures.total("process_resident_memory_bytes") > measured.workers * 2**20
    assert figures.total("process_cpu_seconds_total") > 0


async def test_what_a_dead_worker_counted_stays_and_what_it_was_doing_does_not(
    program: Program, own_database: str
) -> None:
    process = await program.start(
        "serve", DATABASE_URL=own_database, METRICS_TOKEN=METRICS_TOKEN, WORKERS="2"
    ).serving()
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        measured = Measured(process, ana, workers=2)
        before = await measured.figures()
        victims = before.values("process_resident_memory_bytes", "pid")
        for pid in victims:
            os.kill(int(pid), signal.SIGKILL)
        await process.serving()

        async def are_replaced() -> bool:
            try:
                figures = await measured.figures()
            except httpx.TransportError:
                return False
            return not victims & figures.values("process_resident_memory_bytes", "pid")

        await eventually(are_replaced)
        after = await measured.figures()
        registered = {"route": "/api/v1/auth/register", "status": "201"}
        assert after.total("http_requests_total", **registered) == 1


class TestWhoMayRead:
    async def test_only_who_brings_the_token(self, measured: Measured) -> None:
        own = measured.ana.client.headers["Authorization"]
        async with httpx.AsyncClient(base_url=measured.process.url) as client:
            for header in (None, "Bearer", f"Bearer {METRICS_TOKEN}x", f"Basic {METRICS_TOKEN}", METRICS_TOKEN, own):
                answer = await client.get("/metrics", headers={"Authorization": header} if header is not None else {})
                problem(answer, 401, "unauthorized")
                assert answer.headers["www-authenticate"] == "Bearer"
                assert METRICS_TOKEN not in answer.text
            assert (await client.post("/metrics")).status_code == 405
        assert METRICS_TOKEN not in measured.process.output

    async def test_nobody_where_there_is_no_token(self, ana: Api) -> None:
        answer = await ana.client.get("/metrics", headers={"Authorization": "Bearer None"})
        problem(answer, 404, "not_found")

    async def test_it_holds_nothing_of_what_users_send(self, measured: Measured) -> None:
        await measured.ana.create_task(title="cAnArY")
        await measured.ana.get("/tasks", params={"q": "cAnArY"})
        await measured.ana.client.request("cAnArY", "/api/v1/tasks")
        await measured.ana.client.get("/cAnArY", headers={"X-Request-ID": "cAnArY-cAnArY"})
        task = await measured.ana.create_task(title="Another")
        figures = await measured.figures()
        assert "cAnArY" not in figures.text
        assert task["id"] not in figures.text
        assert measured.ana.email not in figures.text


async def test_a_token_that_can_be_guessed_is_refused(program: Program, worker_database: str) -> None:
    process = program.run("serve", DATABASE_URL=worker_database, METRICS_TOKEN="prometheus")
    assert process.wait() == 78
    assert "METRICS_TOKEN: it needs at least 32 bytes, and has 10" in process.stderr


async def test_it_is_read_also_when_there_is_too_much_to_do(program: Program, own_database: str) -> None:
    process = await program.start(
        "serve", DATABASE_URL=own_database, METRICS_TOKEN=METRICS_TOKEN, MAX_CONCURRENT_REQUESTS="1"
    ).serving()
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        measured = Measured(process, ana, workers=1)
        asked = [ana.get("/tasks") for _ in range(60)]
        read = [measured.figures_now() for _ in range(10)]  # each of which has to be answered
        answers, _ = await asyncio.gather(asyncio.gather(*asked), asyncio.gather(*read))
        refused = sum(answer.status_code == 503 for answer in answers)
        figures = await measured.figures()
        assert refused > 0
        assert figures.total("http_requests_refused_total") == refused
        assert figures.total("http_requests_total", status="503") == refused
