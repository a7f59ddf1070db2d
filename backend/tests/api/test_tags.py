"""Tags: their routes, how tasks carry them, and how lists are filtered by them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from src.core.security import Principal
from src.database.session import Database
from src.database.statements import fetch_all
from tests.factories import Api, problem


async def make_tag(caller: Api, name: str, **changes: object) -> dict[str, Any]:
    response = await caller.post("/tags", {"name": name, **changes})
    assert response.status_code == 201, response.text
    tag: dict[str, Any] = response.json()
    return tag


def of_task(tag: dict[str, Any]) -> dict[str, Any]:
    return {key: tag[key] for key in ("id", "name", "color")}


class TestCreate:
    async def test_answers_with_the_tag_its_place_and_its_version(self, ana: Api) -> None:
        response = await ana.post("/tags", {"name": " Work ", "color": "#2563eb"})
        tag = response.json()
        assert response.status_code == 201
        assert (response.headers["location"], response.headers["etag"]) == (f"/api/v1/tags/{tag['id']}", '"1"')
        assert (tag["name"], tag["color"], tag["task_count"], tag["version"]) == ("Work", "#2563EB", 0, 1)

    async def test_a_name_is_the_same_in_any_case_and_form(self, ana: Api, bob: Api) -> None:
        await make_tag(ana, "Caf\u00e9")
        problem(await ana.post("/tags", {"name": "CAFE\u0301"}), 409, "name_taken")
        await make_tag(bob, "Café")

    async def test_can_be_sent_again(self, ana: Api) -> None:
        body = {"id": str(uuid4()), "name": "Work"}
        answers = await asyncio.gather(*(ana.post("/tags", body) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        problem(await ana.post("/tags", {**body, "name": "Other"}), 409, "id_in_use")

    async def test_of_parallel_creates_of_one_name_one_succeeds(self, ana: Api) -> None:
        answers = await asyncio.gather(*(ana.post("/tags", {"name": "Work"}) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9

    @pytest.mark.parametrize(
        "body", [{}, {"name": ""}, {"name": "x" * 51}, {"name": "a\nb"}, {"name": "x", "color": "red"}]
    )
    async def test_refuses_bad_values(self, ana: Api, body: dict[str, object]) -> None:
        problem(await ana.post("/tags", body), 422, "validation_error")

    async def test_anonymous_callers_are_refused(self, api: Api) -> None:
        problem(await api.post("/tags", {"name": "x"}), 401, "unauthorized")
        problem(await api.get("/tags"), 401, "unauthorized")


class TestList:
    async def test_by_name_a_page_at_a_time(self, ana: Api, bob: Api) -> None:
        for name in ("beta", "Alpha", "gamma", "Delta"):
            await make_tag(ana, name)
        await make_tag(bob, "theirs")
        first = await ana.get("/tags?limit=3&include_total=true")
        assert [tag["name"] for tag in first.json()["items"]] == ["Alpha", "beta", "Delta"]
        assert first.json()["total"] == 4
        following = await ana.client.get(first.headers["link"][1:].partition(">")[0])
        assert [tag["name"] for tag in following.json()["items"]] == ["gamma"]
        assert following.json()["next_cursor"] is None

    async def test_refuses_a_foreign_cursor(self, ana: Api, bob: Api) -> None:
        for name in "ab":
            await make_tag(bob, name)
        cursor = (await bob.get("/tags?limit=1")).json()["next_cursor"]
        problem(await ana.get(f"/tags?cursor={cursor}"), 422, "validation_error")

    async def test_counts_open_tasks(self, ana: Api) -> None:
        tag = await make_tag(ana, "Work")
        await ana.create_task(tags=[tag["id"]])
        await ana.create_task(tags=[tag["id"]], is_completed=True)
        await ana.create_task()
        assert (await ana.get("/tags")).json()["items"][0]["task_count"] == 1
        assert (await ana.get(f"/tags/{tag['id']}")).json()["task_count"] == 1


class TestUpdate:
    async def test_shows_on_the_tasks_and_gives_them_a_new_version(self, ana: Api) -> None:
        tag = await make_tag(ana, "Work")
        task = await ana.create_task(tags=[tag["id"]])
        other = await ana.create_task()
        changed = (await ana.patch(f"/tags/{tag['id']}", {"name": "Office"})).json()
        assert (changed["name"], changed["color"], changed["version"]) == ("Office", tag["color"], 2)
        shown = (await ana.get(f"/tasks/{task['id']}")).json()
        assert (shown["tags"][0]["name"], shown["version"]) == ("Office", 2)
        assert (await ana.get(f"/tasks/{other['id']}")).json() == other

    async def test_the_case_of_a_name_can_change(self, ana: Api) -> None:
        tag = await make_tag(ana, "work")
        assert (await ana.patch(f"/tags/{tag['id']}", {"name": "Work"})).json()["name"] == "Work"

    async def test_what_changes_nothing_is_no_change(self, ana: Api) -> None:
        tag = await make_tag(ana, "Work")
        assert (await ana.patch(f"/tags/{tag['id']}", {"name": "Work"})).json() == tag

    async def test_refuses_a_taken_name_and_another_version(self, ana: Api) -> None:
        tag = await make_tag(ana, "Work")
        await make_tag(ana, "Home")
        problem(await ana.patch(f"/tags/{tag['id']}", {"name": "HOME"}), 409, "name_taken")
        response = await ana.patch(f"/tags/{tag['id']}", {"name": "Office"}, headers={"If-Match": '"2"'})
        problem(response, 412, "version_mismatch")
        assert (await ana.get(f"/tags/{tag['id']}")).json() == tag


class TestDelete:
    async def test_leaves_the_tasks(self, ana: Api) -> None:
        tag, kept = await make_tag(ana, "Work"), await make_tag(ana, "Home")
        task = await ana.create_task(tags=[tag["id"], kept["id"]])
        assert (await ana.delete(f"/tags/{tag['id']}")).status_code == 204
        problem(await ana.get(f"/tags/{tag['id']}"), 404, "not_found")
        left = (await ana.get(f"/tasks/{task['id']}")).json()
        assert (left["tags"], left["version"]) == ([of_task(kept)], 2)


class TestMerge:
    async def test_gives_the_tasks_to_the_other(self, ana: Api) -> None:
        old, new = await make_tag(ana, "Job"), await make_tag(ana, "Work")
        only_old = await ana.create_task(tags=[old["id"]])
        both = await ana.create_task(tags=[old["id"], new["id"]])
        response = await ana.post(f"/tags/{old['id']}/merge", {"into": new["id"]})
        assert (response.status_code, response.json()["task_count"]) == (200, 2)
        for task in (only_old, both):
            assert (await ana.get(f"/tasks/{task['id']}")).json()["tags"] == [of_task(new)]
        problem(await ana.get(f"/tags/{old['id']}"), 404, "not_found")

    async def test_loses_nothing_to_a_parallel_attach(self, ana: Api) -> None:
        for _ in range(5):
            old, new = await make_tag(ana, f"Old {uuid4()}"), await make_tag(ana, f"New {uuid4()}")
            merge = ana.post(f"/tags/{old['id']}/merge", {"into": new["id"]})
            creates = [ana.post("/tasks", {"title": "x", "tags": [old["id"]]}) for _ in range(4)]
            merged, *answers = await asyncio.gather(merge, *creates)
            assert merged.status_code in (200, 503)
            assert {answer.status_code for answer in answers} <= {201, 422, 503}
            if merged.status_code == 200:
                for answer in answers:
                    if answer.status_code == 201:
                        shown = (await ana.get(f"/tasks/{answer.json()['id']}")).json()
                        assert [tag["id"] for tag in shown["tags"]] == [new["id"]]

    async def test_refuses_itself_and_what_is_not_there(self, ana: Api, bob: Api) -> None:
        tag, theirs = await make_tag(ana, "Work"), await make_tag(bob, "Work")
        for into in (tag["id"], theirs["id"], str(uuid4())):
            problem(await ana.post(f"/tags/{tag['id']}/merge", {"into": into}), 422, "validation_error")
        problem(await ana.post(f"/tags/{theirs['id']}/merge", {"into": tag["id"]}), 404, "not_found")
        assert (await bob.get(f"/tags/{theirs['id']}")).json() == theirs


class TestOnTasks:
    async def test_are_nested_by_name(self, ana: Api) -> None:
        work, home = await make_tag(ana, "work", color="#2563EB"), await make_tag(ana, "Home")
        task = await ana.create_task(tags=[work["id"], home["id"], work["id"]])
        assert task["tags"] == [of_task(home), of_task(work)]
        assert (await ana.get(f"/tasks/{task['id']}")).json() == task
        assert (await ana.get("/tasks")).json()["items"] == [task]
        assert (await ana.patch(f"/tasks/{task['id']}/complete")).json()["tags"] == task["tags"]

    async def test_a_patch_gives_the_whole_set_or_leaves_it(self, ana: Api) -> None:
        work, home = await make_tag(ana, "Work"), await make_tag(ana, "Home")
        task = await ana.create_task(tags=[work["id"]])
        path = f"/tasks/{task['id']}"
        assert (await ana.patch(path, {"title": "New"})).json()["tags"] == [of_task(work)]
        swapped = (await ana.patch(path, {"tags": [home["id"]]})).json()
        assert (swapped["tags"], swapped["version"]) == ([of_task(home)], 3)
        assert (await ana.patch(path, {"tags": [home["id"]]})).json() == swapped
        assert (await ana.patch(path, {"tags": []})).json()["tags"] == []
        assert (await ana.get(path)).json()["tags"] == []

    async def test_another_users_tag_is_as_unknown_as_any(self, ana: Api, bob: Api) -> None:
        theirs, task = await make_tag(bob, "Theirs"), await ana.create_task()
        for tag_id in (theirs["id"], str(uuid4())):
            created = problem(await ana.post("/tasks", {"title": "x", "tags": [tag_id]}), 422, "validation_error")
            assert created["errors"][0] == {
                "pointer": "/tags",
                "code": "unknown_tag",
                "message": "must be ids of your tags",
            }
            problem(await ana.patch(f"/tasks/{task['id']}", {"tags": [tag_id]}), 422, "validation_error")
        assert (await ana.get("/tasks")).json()["items"] == [task]

    async def test_the_database_refuses_another_users_tag_too(
        self, ana: Api, bob: Api, admin: asyncpg.Connection
    ) -> None:
        theirs, task = await make_tag(bob, "Theirs"), await ana.create_task()
        for owner in (ana.id, bob.id):
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await admin.execute("INSERT INTO task_tags VALUES ($1, $2, $3)", owner, task["id"], theirs["id"])

    async def test_the_policies_show_and_accept_ones_own_only(self, ana: Api, bob: Api, database: Database) -> None:
        hers, his = await make_tag(ana, "Work"), await make_tag(bob, "Work")
        await ana.create_task(tags=[hers["id"]])
        task = await bob.create_task(tags=[his["id"]])
        session_id = (await bob.get("/auth/sessions")).json()["items"][0]["id"]
        async with database.as_user(Principal(bob.id, UUID(session_id))) as session:
            tags = await fetch_all(session, text("UPDATE tags SET name = 'Mine', name_key = 'mine' RETURNING id"))
            links = await fetch_all(session, text("DELETE FROM task_tags RETURNING task_id"))
            assert [str(row.id) for row in tags] == [his["id"]]
            assert [str(row.task_id) for row in links] == [task["id"]]
        assert (await ana.get("/tags")).json()["items"][0] == {**hers, "task_count": 1}

    async def test_at_most_fifty(self, ana: Api) -> None:
        problem(
            await ana.post("/tasks", {"title": "x", "tags": [str(uuid4()) for _ in range(51)]}), 422, "validation_error"
        )


class TestFilter:
    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("tag=work", {"a", "c"}),
            ("tag=WORK&tag=home", {"c"}),
            ("tag=work&tag=home&tag_match=any", {"a", "b", "c"}),
            ("tag={work}", {"a", "c"}),
            ("tag={work}&tag=Work", {"a", "c"}),
            ("tag={home}&tag=work", {"c"}),
            ("tag=nothing", set()),
            ("tag=nothing&tag=work&tag_match=any", {"a", "c"}),
            ("tag=work&completed=false", {"a"}),
        ],
    )
    async def test_by_id_or_name_all_or_any(self, ana: Api, query: str, titles: set[str]) -> None:
        work, home = await make_tag(ana, "Work"), await make_tag(ana, "Home")
        await ana.create_task(title="a", tags=[work["id"]])
        await ana.create_task(title="b", tags=[home["id"]])
        await ana.create_task(title="c", tags=[work["id"], home["id"]], is_completed=True)
        await ana.create_task(title="d")
        found = (await ana.get("/tasks?" + query.format(work=work["id"], home=home["id"].upper()))).json()["items"]
        assert {task["title"] for task in found} == titles

    async def test_another_users_tag_of_the_same_name_does_not_count(self, ana: Api, bob: Api) -> None:
        theirs = await make_tag(bob, "Work")
        await bob.create_task(tags=[theirs["id"]])
        for tag in ("Work", theirs["id"]):
            assert (await ana.get(f"/tasks?tag={tag}")).json()["items"] == []
