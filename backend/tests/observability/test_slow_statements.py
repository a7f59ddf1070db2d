"""The log of slow statements: by name and text, with no value in it; and what each request's line says of its time."""

from tests.factories import Api
from tests.startup.processes import Program


async def test_a_slow_statement_is_told_by_its_name_and_never_by_its_values(
    program: Program, own_database: str
) -> None:
    process = await program.start("serve", DATABASE_URL=own_database, SLOW_STATEMENT_MS="1").serving()
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        task = await ana.create_task(title="cAnArY")
        await ana.get("/tasks", params={"q": "cAnArY"})
    events = process.ended()
    requests = {event["id"] for event in events if event["event"] == "request"}
    slow = [event for event in events if event["event"] == "slow statement"]
    named = [event for event in slow if event["statement"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
    assert named
    assert all(event["ms"] >= 1 and event["text"] for event in named)
    assert {event["id"] for event in named if "id" in event} <= requests
    for secret in ("cAnArY", task["id"], ana.email):
        assert not any(secret in str(event) for event in slow)


async def test_the_line_of_a_request_says_what_of_its_time_was_the_databases(
    program: Program, own_database: str
) -> None:
    process = await program.start("serve", DATABASE_URL=own_database).serving()
    async with Api.at(process.url) as ana:
        await ana.register_and_log_in()
        await ana.get("/tasks")
        await ana.get("/health/live")
    events = process.ended()
    lines = {event["route"]: event for event in events if event["event"] == "request"}
    listed = lines["/api/v1/tasks"]
    assert listed["db_trips"] == 3
    assert 0 < listed["db_ms"] <= listed["ms"]
    assert lines["/health/live"]["db_trips"] == 0
    assert not any(event["event"] == "slow statement" for event in events)
    assert not any("trace" in line for line in lines.values())


class TestServerTiming:
    async def test_development_shows_it(self, program: Program, own_database: str) -> None:
        process = await program.start("serve", DATABASE_URL=own_database, ENVIRONMENT="development").serving()
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            timing = (await ana.get("/tasks")).headers["server-timing"]
        database, total = timing.split(", ")
        assert database.startswith("db;dur=")
        assert database.endswith(';desc="3 round trips"')
        took = [float(part.split("dur=")[1].split(";")[0]) for part in (database, total)]
        assert took[0] <= took[1]

    async def test_nobody_else_does(self, ana: Api) -> None:
        assert "server-timing" not in (await ana.get("/tasks")).headers
