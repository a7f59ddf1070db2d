"""The service on Neon: what it says at start, and what it answers while the compute sleeps or is refused."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.factories import Api, problem, task_data
from tests.faults.compute import DATABASE, LOGIN, PASSWORD
from tests.faults.neon import (
    COMPUTE_AWAY,
    DIRECT,
    INSECURE,
    POOLED,
    REGION,
    UNKNOWN_ENDPOINT,
    Neon,
    Refusal,
)
from tests.faults.pooler import PGBOUNCER, needs
from tests.startup.processes import Process, Program, eventually
from tests.startup.test_refusals import refused

pytestmark = needs(PGBOUNCER, "pgbouncer")

AWAY = [
    Refusal(COMPUTE_AWAY),
    Refusal("Control plane request failed"),
    Refusal("Control plane request failed: endpoint is temporarily unavailable. Check your quotas and/or contact us."),
    Refusal("Failed to acquire permit to connect to the database. Too many database connection attempts are ongoing."),
    Refusal("Too many connections attempts"),
    Refusal("Too many connections to this endpoint. Please try again later."),
    Refusal("The request could not be authorized due to an internal error"),
    Refusal("Authentication timed out"),
    Refusal("remaining connection slots are reserved for roles with the SUPERUSER attribute", "53300"),
    Refusal("the database system is starting up", "57P03"),
    Refusal("terminating connection due to administrator command", "57P01"),
    Refusal("connection failure", "08006"),
    Refusal("no more connections allowed (max_client_conn)", "08P01"),
    Refusal("client_login_timeout (server down)", "08P01"),
]
FOR_GOOD = [
    (Refusal(UNKNOWN_ENDPOINT), "Neon knows no such endpoint"),
    (Refusal("Control plane request failed: endpoint cannot be found"), "Neon knows no such endpoint"),
    (Refusal("Endpoint ID is not specified. Either please upgrade the postgres client library"), "no such endpoint"),
    (Refusal(f"password authentication failed for user '{LOGIN}'"), "the login was refused"),
    (Refusal(f"password authentication failed for user '{LOGIN}'", "28P01"), "the login was refused"),
    (Refusal("The endpoint has been disabled. Enable it using Neon API and retry."), "the endpoint is disabled"),
    (Refusal("Control plane request failed: endpoint is disabled"), "the endpoint is disabled"),
    (Refusal("Your project has exceeded the compute time quota. Upgrade your plan to increase limits."), "used up"),
    (Refusal("You have exceeded the limit of concurrently active endpoints."), "used up"),
    (Refusal("This IP address 192.0.2.7 is not allowed to connect to this endpoint."), "may not connect"),
    (Refusal("unsupported startup parameter: search_path", "08P01"), "does not take a parameter"),
]


@pytest.fixture(scope="module")
async def stand_in() -> AsyncIterator[Neon]:
    async with Neon.running() as running:
        yield running


@pytest.fixture
def neon(stand_in: Neon) -> Neon:
    """Awake, and with the right certificate."""
    stand_in.refusal = None
    stand_in.next_refusals.clear()
    stand_in.present(f"*.{REGION}")
    return stand_in


@pytest.fixture(scope="module")
async def process(stand_in: Neon, copied: Program) -> Process:
    return await copied.start("serve", **stand_in.settings(), TRUSTED_PROXIES="127.0.0.1").serving()


@pytest.fixture
async def ana(neon: Neon, process: Process) -> AsyncIterator[Api]:
    """A user of a service that the other tests use too."""
    async with Api.at(process.url) as caller:
        caller.client.headers["X-Forwarded-For"] = f"192.0.2.{neon.connections.total() % 256}"
        await caller.register_and_log_in()
        yield caller


async def refused_at_once(process: Process, phrase: str) -> None:
    await asyncio.to_thread(refused, process, 1, "Failed to connect to Neon PostgreSQL", phrase, hidden=(PASSWORD,))
    assert "trying again" not in process.stderr


async def cut_noticeably(neon: Neon) -> None:
    """As it is in the end of a long sleep: the service has heard that its connections are gone."""
    neon.cut()
    await asyncio.sleep(0.3)


class TestTheStandIn:
    """It refuses what Neon refuses."""

    async def test_without_tls_it_says_what_is_missing(self, neon: Neon) -> None:
        with pytest.raises(asyncpg.InternalServerError, match="connection is insecure") as caught:
            await asyncpg.connect(host="127.0.0.1", port=neon.port, user=LOGIN, database=DATABASE, ssl=False)
        assert str(caught.value) == INSECURE

    async def test_it_knows_endpoints_by_the_name_in_the_handshake_alone(self, neon: Neon) -> None:
        context = ssl.create_default_context(cafile=str(neon.compute.folder / "ca.pem"))
        context.check_hostname = False
        with pytest.raises(asyncpg.InternalServerError, match="could not be found"):
            await asyncpg.connect(host="localhost", port=neon.port, user=LOGIN, database=DATABASE, ssl=context)


class TestStarting:
    async def test_by_the_url_of_the_console_it_migrates_directly_and_serves_through_the_pooler(
        self, neon: Neon, program: Program
    ) -> None:
        superuser = await neon.compute.connect()
        await superuser.execute(f"CREATE DATABASE fresh OWNER {LOGIN}")
        await superuser.close()
        neon.said.clear()
        process = await program.start("serve", **neon.settings(database="fresh")).serving()
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            task = await ana.create_task(title="By way of the pooler")
            assert (await ana.get("/tasks")).json()["items"] == [task]
        assert b"CREATE TABLE tasks" in neon.said[DIRECT]
        assert b"CREATE TABLE" not in neon.said[POOLED]
        assert b"By way of the pooler" in neon.said[POOLED]
        assert b"By way of the pooler" not in neon.said[DIRECT]

    async def test_what_passes_is_waited_for(self, neon: Neon, program: Program) -> None:
        neon.next_refusals = [AWAY[0], AWAY[8], AWAY[12]]
        process = await program.start("serve", **neon.settings()).serving()
        assert neon.next_refusals == []
        assert process.stderr.count("database not reachable yet, trying again") == 3

    async def test_a_sleeping_compute_is_waited_for(self, neon: Neon, program: Program) -> None:
        sleep = asyncio.create_task(neon.suspend(2))
        process = await program.start("serve", **neon.settings()).serving()
        await sleep
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()

    async def test_one_that_never_wakes_is_told_in_words(self, neon: Neon, program: Program) -> None:
        neon.refusal = Refusal(COMPUTE_AWAY)
        process = program.start("serve", **neon.settings(), DATABASE_START_TIMEOUT="1.5")
        phrase = "Neon could not reach the compute"
        await asyncio.to_thread(refused, process, 1, "Failed to connect to Neon PostgreSQL", phrase, hidden=(PASSWORD,))
        assert "trying again" in process.stderr

    @pytest.mark.parametrize(("refusal", "phrase"), FOR_GOOD)
    async def test_what_does_not_pass_is_told_at_once(
        self, neon: Neon, program: Program, refusal: Refusal, phrase: str
    ) -> None:
        neon.refusal = refusal
        await refused_at_once(program.start("serve", **neon.settings()), phrase)

    async def test_an_unknown_endpoint_is_told_at_once(self, neon: Neon, program: Program) -> None:
        settings = neon.settings(POOLED.replace("quiet", "loud"))
        await refused_at_once(program.start("serve", **settings), "Neon knows no such endpoint")

    async def test_a_wrong_password_is_told_at_once(self, neon: Neon, program: Program) -> None:
        settings = neon.settings()
        settings["DATABASE_URL"] = settings["DATABASE_URL"].replace(PASSWORD, "wrong")
        await refused_at_once(program.start("serve", **settings), "the login was refused")

    async def test_verify_goes_both_ways_too(self, neon: Neon, program: Program) -> None:
        before = dict(neon.connections)
        process = program.start("verify", **neon.settings())
        assert await asyncio.to_thread(process.wait) == 0, process.output
        assert "All good" in process.stdout
        assert all(neon.connections[host] > before.get(host, 0) for host in (DIRECT, POOLED))


class TestServing:
    @pytest.mark.parametrize("refusal", AWAY, ids=lambda refusal: refusal.text[:40])
    async def test_what_passes_is_waited_for(self, neon: Neon, ana: Api, refusal: Refusal) -> None:
        neon.next_refusals = [refusal, refusal]
        await cut_noticeably(neon)
        assert (await ana.post("/tasks", task_data())).status_code == 201
        neon.next_refusals += [refusal, refusal]
        await cut_noticeably(neon)
        assert (await ana.log_in()).status_code == 200
        assert neon.next_refusals == []

    @pytest.mark.parametrize("refusal", [refusal for refusal, _ in FOR_GOOD], ids=lambda refusal: refusal.text[:40])
    async def test_what_does_not_pass_is_a_refusal_at_once(self, neon: Neon, ana: Api, refusal: Refusal) -> None:
        neon.refusal = refusal
        await cut_noticeably(neon)
        before = neon.connections[POOLED]
        answers = [await ana.post("/tasks", task_data()), await ana.log_in()]
        for answer in answers:
            problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert neon.connections[POOLED] - before == len(answers)
        neon.refusal = None
        assert (await ana.get("/tasks")).json()["items"] == []

    async def test_an_unused_service_lets_the_compute_sleep(self, neon: Neon, ana: Api) -> None:
        def contacts() -> tuple[int, int]:
            return neon.connections.total(), sum(map(len, neon.said.values()))

        before = contacts()
        for _ in range(20):
            assert (await ana.get("/health/live")).status_code == 200
        assert contacts() == before
        assert (await ana.get("/health")).status_code == 200
        assert contacts() != before

    @pytest.mark.parametrize("host", [POOLED, DIRECT])
    async def test_one_that_fell_asleep_over_open_connections_is_not_noticed(
        self, neon: Neon, program: Program, host: str
    ) -> None:
        process = await program.start("serve", **neon.settings(host)).serving()
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            await asyncio.gather(*(ana.create_task() for _ in range(6)))
            for refusal in (None, Refusal(COMPUTE_AWAY)):
                sleep = asyncio.create_task(neon.suspend(1, refusal=refusal))
                await eventually(lambda: asyncio.sleep(0, neon.is_asleep))
                answers = await asyncio.gather(*(ana.post("/tasks", task_data()) for _ in range(6)))
                assert {answer.status_code for answer in answers} == {201}
                await sleep
            assert len((await ana.get("/tasks")).json()["items"]) == 18
