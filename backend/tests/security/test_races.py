"""The same thing done twice at once: counted once, lost never."""

import asyncio

import asyncpg
import httpx

from tests.factories import PASSWORD, Api, make_series, problem
from tests.security.conftest import Server
from tests.startup.processes import eventually


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_of_two_updates_of_one_version_one_is_lost_openly(ana: Api) -> None:
    task = await ana.create_task()
    answers = await asyncio.gather(
        *(ana.patch(f"/tasks/{task['id']}", {"title": f"{n}"}, headers={"If-Match": '"1"'}) for n in range(10))
    )
    assert statuses(answers) == [200] + [412] * 9
    assert (await ana.get(f"/tasks/{task['id']}")).json()["version"] == 2


async def test_a_completion_makes_one_next_instance(ana: Api) -> None:
    series = await make_series(ana)
    (task,) = (await ana.get(f"/tasks?recurring_task_id={series['id']}")).json()["items"]
    done = {"is_completed": True}
    answers = await asyncio.gather(*(ana.patch(f"/tasks/{task['id']}/complete", done) for _ in range(10)))
    assert statuses(answers) == [200] * 10
    query = f"/tasks?recurring_task_id={series['id']}&completed=false"
    assert len((await ana.get(query)).json()["items"]) == 1


async def test_a_create_is_made_once(ana: Api) -> None:
    body = {"id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "title": "once"}
    answers = await asyncio.gather(*(ana.post("/tasks", body) for _ in range(10)))
    assert statuses(answers) == [200] * 9 + [201]
    assert len((await ana.get("/tasks")).json()["items"]) == 1


async def test_what_is_deleted_is_not_brought_back_by_an_update(ana: Api) -> None:
    task = await ana.create_task()
    path = f"/tasks/{task['id']}"
    answers = await asyncio.gather(
        ana.delete(f"{path}?permanent=true"), *(ana.patch(path, {"title": f"{n}"}) for n in range(10))
    )
    assert answers[0].status_code == 204
    assert {answer.status_code for answer in answers[1:]} <= {200, 404}
    assert (await ana.get(path)).status_code == 404


async def test_a_tag_that_is_merged_away_stays_on_no_task(ana: Api) -> None:
    work, home = [(await ana.post("/tags", {"name": name})).json()["id"] for name in ("work", "home")]
    tasks = [await ana.create_task() for _ in range(10)]
    answers = await asyncio.gather(
        ana.post(f"/tags/{work}/merge", {"into": home}),
        *(ana.patch(f"/tasks/{task['id']}", {"tags": [work]}) for task in tasks),
    )
    assert answers[0].status_code == 200
    assert {answer.status_code for answer in answers[1:]} <= {200, 422}
    tagged = [tag["id"] for task in (await ana.get("/tasks")).json()["items"] for tag in task["tags"]]
    assert set(tagged) <= {home}
    assert len(tagged) == statuses(answers[1:]).count(200)


async def test_two_moves_below_each_other_make_no_circle(ana: Api) -> None:
    one, other = [(await ana.create_task())["id"] for _ in range(2)]
    for _ in range(5):
        answers = await asyncio.gather(
            ana.patch(f"/tasks/{one}", {"parent_id": other}), ana.patch(f"/tasks/{other}", {"parent_id": one})
        )
        assert statuses(answers) == [200, 422]
        for task in (one, other):
            assert (await ana.patch(f"/tasks/{task}", {"parent_id": None})).status_code == 200


async def test_of_two_changes_of_the_password_one_wins(ana: Api) -> None:
    passwords = [f"staple the other horse {n}" for n in range(4)]
    answers = await asyncio.gather(
        *(ana.post("/auth/change-password", {"current_password": PASSWORD, "new_password": new}) for new in passwords)
    )
    assert statuses(answers) == [204, 403, 403, 403]
    winner = passwords[[answer.status_code for answer in answers].index(204)]
    assert [(await ana.log_in(password=each)).status_code for each in passwords].count(200) == 1
    assert (await ana.log_in(password=winner)).status_code == 200


async def test_what_is_made_while_its_account_is_deleted_is_refused(server: Server, ana: Api) -> None:
    deletion = await asyncpg.connect(server.database)
    try:
        async with deletion.transaction():
            await deletion.execute("DELETE FROM users WHERE id = $1", ana.id)
            creation = asyncio.create_task(ana.post("/tasks", {"title": "too late"}))

            async def is_waiting() -> object:
                return await server.fetch("SELECT 1 FROM pg_locks WHERE NOT granted")

            await eventually(is_waiting)
        problem(await creation, 401, "unauthorized")
    finally:
        await deletion.close()


async def test_an_account_that_is_deleted_under_load_leaves_nothing(server: Server, ana: Api) -> None:
    user_id = ana.id

    async def work(number: int) -> set[int]:
        seen = set()
        for _ in range(5):
            seen.add((await ana.post("/tasks", {"title": f"{number}"})).status_code)
            seen.add((await ana.post("/auth/login", {"email": ana.email, "password": PASSWORD})).status_code)
        return seen

    async def leave() -> int:
        await asyncio.sleep(0.1)
        return (await ana.delete("/users/me", {"current_password": PASSWORD})).status_code

    left, *seen = await asyncio.gather(leave(), *(work(number) for number in range(5)))
    assert left == 204
    assert set().union(*seen) <= {200, 201, 401, 429}
    tables = await server.fetch(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE relkind = 'r' AND attname = 'user_id' AND relnamespace = 'public'::regnamespace"
    )
    for (table,) in tables:
        assert await server.fetch(f"SELECT 1 FROM {table} WHERE user_id = $1", user_id) == [], table
