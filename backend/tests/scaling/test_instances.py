"""What one instance was told, all of them know: nothing has to come back to where it was begun."""

import asyncio
import signal
from contextlib import suppress
from http.cookies import SimpleCookie
from uuid import uuid4

import httpx
import pytest

from tests.factories import BASE, PASSWORD, Api, problem, task_data
from tests.scaling.balancer import Balancer
from tests.scaling.conftest import Fleet, at, caller_at
from tests.startup.processes import until

GUESS = "a wrong guess"
TOKEN = f"{'A' * 43}"
WAYS_TO_TRY = [
    ("/auth/login", {"password": GUESS}, 10, 401),
    ("/auth/forgot-password", {}, 60, 202),
    ("/auth/reset-password", {"token": TOKEN, "new_password": "staple the other horse"}, 60, 400),
]


def token_in(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return SimpleCookie(response.headers["set-cookie"])["refresh_token"].value


async def refresh(caller: Api, url: str, token: str) -> httpx.Response:
    return await caller.client.post(f"{url}{BASE}/auth/refresh", headers={"Cookie": f"refresh_token={token}"})


def test_started_together_on_an_empty_database_they_migrate_once(fleet: Fleet) -> None:
    def told() -> list[str]:
        return [event["event"] for instance in fleet.instances for event in instance.events()]

    until(lambda: told().count("ready to serve") == 3)
    assert told().count("database migrated") == 1


class TestLimitsOnAttempts:
    @pytest.mark.parametrize(("path", "body", "quota", "status"), WAYS_TO_TRY)
    async def test_are_one_for_all(
        self, fleet: Fleet, path: str, body: dict[str, str], quota: int, status: int
    ) -> None:
        async with fleet.caller() as stranger:
            before = fleet.balancer.answered.copy()
            body = body if "token" in body else {"email": stranger.email, **body}
            answers = await asyncio.gather(*(stranger.post(path, body) for _ in range(quota + 10)))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {status, 429}
        assert quota <= statuses.count(status) <= quota + 3  # on a slow machine some come back meanwhile
        assert len(fleet.balancer.answered - before) == len(fleet.instances)

    async def test_count_the_clients_address_and_not_the_proxys(self, fleet: Fleet, ana: Api) -> None:
        async with fleet.caller() as thief:
            thief.email = ana.email
            guesses = [await thief.log_in(password=GUESS) for _ in range(11)]
            assert [guess.status_code for guess in guesses] == [401] * 10 + [429]
            thief.client.headers["X-Forwarded-For"] = "192.0.2.7"  # the proxy's word stands behind it
            assert (await thief.log_in(password=GUESS)).status_code == 429
        assert (await ana.log_in()).status_code == 200


class TestSessions:
    async def test_that_end_on_one_are_over_on_all_at_once(self, fleet: Fleet, ana: Api) -> None:
        for url in fleet.urls:
            assert (await at(ana, url).get("/users/me")).status_code == 200
        assert (await at(ana, fleet.urls[1]).post("/auth/logout")).status_code == 204
        for url in fleet.urls:
            problem(await at(ana, url).get("/users/me"), 401, "unauthorized")

    async def test_are_over_on_all_with_a_new_password(self, fleet: Fleet, ana: Api) -> None:
        async with fleet.caller() as elsewhere:
            elsewhere.email = ana.email
            await elsewhere.log_in()
            change = {"current_password": PASSWORD, "new_password": "staple the other horse"}
            assert (await at(ana, fleet.urls[0]).post("/auth/change-password", change)).status_code == 204
            for url in fleet.urls:
                problem(await at(elsewhere, url).get("/users/me"), 401, "unauthorized")

    async def test_go_on_in_one_chain_when_two_refresh_at_the_same_moment(self, fleet: Fleet, ana: Api) -> None:
        token = ana.client.cookies["refresh_token"]
        for _ in range(5):
            answers = await asyncio.gather(*(refresh(ana, url, token) for url in fleet.urls * 2))
            successors = {token_in(answer) for answer in answers}
            assert len(successors) == 1
            token = successors.pop()
        ana.use(answers[0].json()["access_token"])
        assert len((await ana.get("/auth/sessions")).json()["items"]) == 1

    async def test_end_everywhere_when_a_token_comes_again_elsewhere(self, fleet: Fleet, ana: Api) -> None:
        stolen = ana.client.cookies["refresh_token"]
        second = token_in(await refresh(ana, fleet.urls[0], stolen))
        third = token_in(await refresh(ana, fleet.urls[1], second))
        problem(await refresh(ana, fleet.urls[1], stolen), 401, "invalid_refresh_token")
        problem(await refresh(ana, fleet.urls[0], third), 401, "invalid_refresh_token")


class TestTasks:
    async def test_are_read_on_one_as_they_were_written_on_another(self, fleet: Fleet, ana: Api) -> None:
        one, other = fleet.urls
        for number in range(6):
            task = await at(ana, one).create_task(title=f"{number}")
            assert (await at(ana, other).get(f"/tasks/{task['id']}")).json() == task
            one, other = other, one

    async def test_have_the_same_etags_everywhere(self, fleet: Fleet, ana: Api) -> None:
        one, other = fleet.urls
        path = f"/tasks/{(await at(ana, one).create_task())['id']}"
        etag = (await ana.get(path)).headers["etag"]
        at(ana, other)
        assert (await ana.get(path, headers={"If-None-Match": etag})).status_code == 304
        assert (await ana.patch(path, {"title": "new"}, headers={"If-Match": etag})).status_code == 200
        at(ana, one)
        problem(await ana.patch(path, {"title": "old"}, headers={"If-Match": etag}), 412, "version_mismatch")

    async def test_are_paged_through_from_one_to_the_other(self, fleet: Fleet, ana: Api) -> None:
        made = [(await ana.create_task(title=f"{number}"))["id"] for number in range(5)]
        listed: list[str] = []
        cursor: dict[str, str] = {}
        for url in (fleet.urls * 3)[:5]:
            page = (await at(ana, url).get("/tasks", params={"limit": 1, "sort": "created_at", **cursor})).json()
            listed += [task["id"] for task in page["items"]]
            cursor = {"cursor": page["next_cursor"]}
        assert listed == made

    async def test_are_made_once_though_sent_to_both(self, fleet: Fleet, ana: Api) -> None:
        body = task_data(id=str(uuid4()))
        url = f"{BASE}/tasks"
        answers = await asyncio.gather(*(ana.client.post(f"{each}{url}", json=body) for each in fleet.urls * 3))
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
        assert len((await ana.get("/tasks")).json()["items"]) == 1


async def test_an_instance_that_is_stopped_takes_nobody_with_it(fleet: Fleet) -> None:
    """Behind a proxy that goes on to the next where one refuses. What was on its way may break, and is sent again."""
    leaving = await fleet.start(WORKERS="2")
    async with Balancer.before(leaving.url, fleet.urls[1]) as balancer, caller_at(balancer.url) as ana:
        await ana.register_and_log_in()
        writing = [asyncio.create_task(write_tasks(ana, number=25)) for _ in range(4)]
        while balancer.answered[balancer.ports[0]] < 10:
            await asyncio.sleep(0.01)
        leaving.send(signal.SIGTERM)
        written = await asyncio.gather(*writing)
        assert await asyncio.to_thread(leaving.wait) == 0
        listed = (await ana.get("/tasks?limit=200")).json()["items"]
    assert sorted(task["id"] for task in listed) == sorted(task_id for ids in written for task_id in ids)


async def write_tasks(caller: Api, *, number: int) -> list[str]:
    """The ids; each is sent until it is answered, and nothing but a broken connection may come in the place of that."""
    ids = [str(uuid4()) for _ in range(number)]
    for task_id in ids:
        answer = None
        while answer is None:
            with suppress(httpx.TransportError):
                answer = await caller.post("/tasks", task_data(id=task_id))
        assert answer.status_code in (200, 201), answer.text
    return ids
