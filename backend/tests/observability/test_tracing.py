"""Traces by OpenTelemetry: whole, without what users send, and never in the way."""

from tests.conftest import free_port
from tests.factories import Api
from tests.observability.collector import attributes, collector
from tests.startup.processes import Program

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_a_request_is_a_trace_with_its_statements(program: Program, own_database: str) -> None:
    with collector() as traces:
        process = await program.start(
            "serve", DATABASE_URL=own_database, OTEL_EXPORTER_OTLP_ENDPOINT=traces.url
        ).serving()
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            await ana.create_task(title="cAnArY")
            await ana.get("/tasks", params={"q": "cAnArY"}, headers={"traceparent": f"00-{PARENT}-00f067aa0ba902b7-01"})
            token = ana.client.headers["Authorization"].removeprefix("Bearer ")
        (line,) = [event for event in process.ended() if event.get("method") == "GET" and "user" in event]

    assert line["trace"] == PARENT
    assert traces.resource["service.name"] == "todo-api"
    assert traces.resource["service.version"]
    (listed,) = [span for span in traces.requests() if span.trace_id.hex() == PARENT]
    said = attributes(listed.attributes)
    assert said["http.route"] == "/api/v1/tasks"
    assert said["http.response.status_code"] == 200
    assert said["url.query"] == "REDACTED"
    statements = [span for span in traces.below(listed) if "db.system.name" in attributes(span.attributes)]
    assert [span.name for span in sorted(statements, key=lambda span: span.start_time_unix_nano)] == [
        "BEGIN",
        "TaskListService._rows",
        "COMMIT",
    ]
    assert not any(attributes(span.attributes).get("http.route") == "/health/live" for span in traces.requests())
    for secret in ("cAnArY", ana.email, token, "correct horse"):
        assert not any(secret.encode() in body for body in traces.bodies)


async def test_a_collector_that_is_away_harms_nobody(program: Program, own_database: str) -> None:
    process = await program.start(
        "serve",
        DATABASE_URL=own_database,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}",
        OTEL_BSP_SCHEDULE_DELAY="100",
    ).serving()
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        assert (await ana.create_task(title="Anyway"))["title"] == "Anyway"
    process.ended()


async def test_an_address_that_is_none_is_refused(program: Program, worker_database: str) -> None:
    process = program.run("serve", DATABASE_URL=worker_database, OTEL_EXPORTER_OTLP_ENDPOINT="localhost:4318")
    assert process.wait() == 78
    assert "OTEL_EXPORTER_OTLP_ENDPOINT: it is written scheme://host[:port][/path]" in process.stderr
