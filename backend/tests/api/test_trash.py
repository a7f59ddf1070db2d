"""The trash: what is deleted can come back for thirty days."""

import asyncio

import asyncpg
import pytest

from tests.factories import Api, problem


async def age(admin: asyncpg.Connection, task: dict[str, object], days: int) -> None:
    """Let it have been in the trash for this long."""
    await admin.execute("UPDATE tasks SET deleted_at = now() - $2 * interval '1 day' WHERE id = $1", task["id"], days)


class TestDelete:
    async def test_moves_a_task_out_of_the_lists_into_the_trash(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        task, kept = await ana.create_task(tags=[tag["id"]]), await ana.create_task()
        assert (await ana.delete(f"/tasks/{task['id']}")).status_code == 204
        page = (await ana.get("/tasks?include_total=true")).json()
        assert (page["items"], page["total"]) == ([kept], 1)
        (trashed,) = (await ana.get("/tasks?trash=true")).json()["items"]
        assert trashed == {
            **task,
            "version": 2,
            "deleted_at": trashed["updated_at"],
            "updated_at": trashed["updated_at"],
        }
        assert (await ana.get(f"/tasks/{task['id']}")).json() == trashed
        assert (await ana.get(f"/tags/{tag['id']}")).json()["task_count"] == 0

    async def test_again_changes_nothing(self, ana: Api) -> None:
        task = await ana.create_task()
        for _ in range(2):
            assert (await ana.delete(f"/tasks/{task['id']}")).status_code == 204
        assert (await ana.get(f"/tasks/{task['id']}")).json()["version"] == 2
        problem(await ana.delete(f"/tasks/{task['id']}", headers={"If-Match": '"1"'}), 412, "version_mismatch")

    @pytest.mark.parametrize("is_in_trash", [True, False])
    async def test_for_good(self, ana: Api, admin: asyncpg.Connection, is_in_trash: bool) -> None:
        task = await ana.create_task()
        if is_in_trash:
            await ana.delete(f"/tasks/{task['id']}")
        assert (await ana.delete(f"/tasks/{task['id']}?permanent=true")).status_code == 204
        problem(await ana.get(f"/tasks/{task['id']}"), 404, "not_found")
        assert await admin.fetchval("SELECT count(*) FROM tasks WHERE id = $1", task["id"]) == 0

    async def test_sending_the_create_again_does_not_bring_it_back(self, ana: Api) -> None:
        body = {"id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "title": "Once"}
        await ana.post("/tasks", body)
        await ana.delete(f"/tasks/{body['id']}")
        again = await ana.post("/tasks", body)
        assert (again.status_code, again.json()["deleted_at"] is None) == (200, False)
        assert (await ana.get("/tasks")).json()["items"] == []

    async def test_an_id_is_free_again_once_its_task_has_left_the_trash(
        self, ana: Api, admin: asyncpg.Connection
    ) -> None:
        task = await ana.create_task(title="Old")
        await ana.delete(f"/tasks/{task['id']}")
        await age(admin, task, 31)
        new = await ana.create_task(id=task["id"], title="New")
        assert (new["title"], new["version"]) == ("New", 1)


class TestInTheTrash:
    async def test_nothing_can_be_changed(self, ana: Api) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"
        await ana.delete(path)
        trashed = (await ana.get(path)).json()
        problem(await ana.patch(path, {"title": "New"}), 409, "in_trash")
        for body in (None, {"is_completed": True}, {"is_completed": False}):
            problem(await ana.patch(f"{path}/complete", body), 409, "in_trash")
        assert (await ana.get(path)).json() == trashed

    async def test_it_empties_itself_after_thirty_days(self, ana: Api, bob: Api, admin: asyncpg.Connection) -> None:
        old, recent, other = [await ana.create_task() for _ in range(3)]
        his = await bob.create_task()
        for caller, task, days in ((ana, old, 31), (ana, recent, 29), (bob, his, 31)):
            await caller.delete(f"/tasks/{task['id']}")
            await age(admin, task, days)
        assert [task["id"] for task in (await ana.get("/tasks?trash=true")).json()["items"]] == [recent["id"]]
        problem(await ana.get(f"/tasks/{old['id']}"), 404, "not_found")
        problem(await ana.post(f"/tasks/{old['id']}/restore"), 404, "not_found")
        await ana.delete(f"/tasks/{other['id']}")
        stored = {str(row["id"]) for row in await admin.fetch("SELECT id FROM tasks WHERE user_id = $1", ana.id)}
        assert stored == {recent["id"], other["id"]}
        assert await admin.fetchval("SELECT count(*) FROM tasks WHERE id = $1", his["id"]) == 1

    async def test_what_was_there_for_too_long_is_gone_for_every_request(
        self, ana: Api, admin: asyncpg.Connection
    ) -> None:
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"
        await ana.delete(path)
        await age(admin, task, 31)
        for answer in (
            await ana.get(path),
            await ana.patch(path, {"title": "New"}),
            await ana.patch(f"{path}/complete"),
            await ana.post(f"{path}/restore"),
            await ana.delete(f"{path}?permanent=true"),
            await ana.delete(path),
        ):
            problem(answer, 404, "not_found")


class TestRestore:
    async def test_brings_everything_back(self, ana: Api) -> None:
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        task = await ana.create_task(tags=[tag["id"]], due_date="2026-12-01", due_time="10:00", is_completed=True)
        await ana.delete(f"/tasks/{task['id']}")
        response = await ana.post(f"/tasks/{task['id']}/restore")
        assert response.json() == {**task, "version": 3, "updated_at": response.json()["updated_at"]}
        assert response.headers["etag"] == '"3"'
        assert (await ana.get("/tasks")).json()["items"] == [response.json()]

    async def test_what_is_not_in_the_trash_stays_as_it_is(self, ana: Api) -> None:
        task = await ana.create_task()
        assert (await ana.post(f"/tasks/{task['id']}/restore")).json() == task

    async def test_of_another_version_is_refused(self, ana: Api) -> None:
        task = await ana.create_task()
        await ana.delete(f"/tasks/{task['id']}")
        response = await ana.post(f"/tasks/{task['id']}/restore", headers={"If-Match": '"1"'})
        problem(response, 412, "version_mismatch")

    async def test_against_deleting_for_good_ends_in_one_or_the_other(self, ana: Api) -> None:
        for _ in range(5):
            task = await ana.create_task()
            await ana.delete(f"/tasks/{task['id']}")
            restore = ana.post(f"/tasks/{task['id']}/restore")
            restored, removed = await asyncio.gather(restore, ana.delete(f"/tasks/{task['id']}?permanent=true"))
            assert removed.status_code == 204
            assert restored.status_code in (200, 404)
            problem(await ana.get(f"/tasks/{task['id']}"), 404, "not_found")
