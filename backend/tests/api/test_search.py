"""Full-text search over titles and descriptions."""

from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from src.domain.search import search_document
from src.services.task_lists import CANDIDATES
from tests.factories import Api, problem


async def found(caller: Api, q: str, **query: str) -> list[str]:
    response = await caller.get("/tasks", params={"q": q, **query})
    assert response.status_code == 200, response.text
    return [item["title"] for item in response.json()["items"]]


async def add_many(admin: asyncpg.Connection, owner: UUID, count: int) -> None:
    """Task 1, 2, 3 …, each with "common" in its description, the odd ones with "odd" in the title; the oldest first."""
    titles = [f"{'odd' if number % 2 else 'even'} {number}" for number in range(1, count + 1)]
    await admin.execute(
        """
        WITH made AS (
            INSERT INTO tasks (user_id, id, title, title_key, description, content_hash, created_at)
            SELECT $1, gen_random_uuid(), title, title, 'common', sha256('x'),
                   now() - interval '1 day' + n * interval '1 second'
            FROM unnest($2::text[]) WITH ORDINALITY AS t (title, n) RETURNING id, title
        )
        INSERT INTO task_search (user_id, task_id, document)
        SELECT $1, made.id, document::tsvector FROM made
        JOIN unnest($2::text[], $3::text[]) AS d (title, document) USING (title)
        """,
        owner,
        titles,
        [search_document(owner, title, "common") for title in titles],
    )


class TestFinds:
    @pytest.mark.parametrize(
        "q",
        ["milk", "MILK", "mil", "brulee", "Brûlée", '"buy milk"', "milk creme", "shop", "munchen", "mün", "c++", "100%",
         "%", "议记", "milk -eggs", '"buy mi', "buy -\"milk buy\"", "🎉", "_"],
    )  # fmt: skip
    async def test_what_a_person_would_expect(self, ana: Api, q: str):
        await ana.create_task(title="Buy milk, Crème brûlée", description="shop in München,\nC++ 100% 会议记录 🎉 a_b")
        await ana.create_task(title="Something else")
        assert await found(ana, q) == ["Buy milk, Crème brûlée"]

    @pytest.mark.parametrize(
        "q", ["ilk", '"milk buy"', '"mil"', "-milk", "milk -buy", "brulee shop missing", "...", '"else milk"', "e"]
    )
    async def test_nothing_else(self, ana: Api, q: str):
        await ana.create_task(title="Buy milk", description="at the shop")
        assert await found(ana, q) == []

    async def test_no_phrase_that_runs_from_title_into_description(self, ana: Api):
        await ana.create_task(title="Buy", description="milk")
        assert await found(ana, '"buy milk"') == []
        assert await found(ana, "buy milk") == ["Buy"]

    async def test_what_was_changed_by_its_new_words_only(self, ana: Api):
        task = await ana.create_task(title="Old", description="ancient")
        await ana.patch(f"/tasks/{task['id']}", {"title": "New"})
        assert [await found(ana, q) for q in ("old", "new", "ancient")] == [[], ["New"], ["New"]]
        await ana.patch(f"/tasks/{task['id']}", {"description": None})
        assert await found(ana, "ancient") == []

    async def test_what_is_in_the_trash_only_there(self, ana: Api):
        task = await ana.create_task(title="Gone")
        await ana.delete(f"/tasks/{task['id']}")
        assert (await found(ana, "gone"), await found(ana, "gone", trash="true")) == ([], ["Gone"])
        await ana.delete(f"/tasks/{task['id']}?permanent=true")
        assert await found(ana, "gone", trash="true") == []

    async def test_ones_own_tasks_only(self, ana: Api, bob: Api, admin: asyncpg.Connection):
        await ana.create_task(title="Secret plan", description=f"/{bob.id} {bob.id}")
        await bob.create_task(title="Plan")
        assert await found(bob, "plan") == ["Plan"]
        assert await found(bob, "secret") == await found(bob, f'"{bob.id}"') == []

    async def test_together_with_other_filters(self, ana: Api):
        await ana.create_task(title="Milk", priority="high")
        await ana.create_task(title="Milk again", is_completed=True)
        assert await found(ana, "milk", priority="high") == ["Milk"]
        assert await found(ana, "milk", completed="true") == ["Milk again"]
        page = (await ana.get("/tasks?q=milk&completed=false&include_total=true")).json()
        assert page["total"] == 1

    @settings(max_examples=30)
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip))
    async def test_without_failing_whatever_is_typed(self, app: FastAPI, q: str):
        async with Api.of(app) as caller:
            await caller.register_and_log_in()
            task = await caller.create_task(title=q)
            response = await caller.get("/tasks", params={"q": q})
            assert response.status_code in (200, 422)
            assert all(item["id"] == task["id"] for item in response.json().get("items", []))


class TestOrder:
    async def test_is_by_relevance_found_in_the_title_first_then_the_newest(self, ana: Api):
        for title, description in (("Old milk", None), ("Shopping", "milk"), ("New milk", None), ("Later", "milk")):
            await ana.create_task(title=title, description=description)
        best_first = ["New milk", "Old milk", "Later", "Shopping"]
        assert await found(ana, "milk") == await found(ana, "milk", sort="relevance") == best_first
        assert await found(ana, "milk", sort="-relevance") == best_first[::-1]
        assert await found(ana, "milk", sort="title") == ["Later", "New milk", "Old milk", "Shopping"]

    async def test_by_relevance_needs_a_search(self, ana: Api):
        document = problem(await ana.get("/tasks?sort=relevance"), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "query/sort"

    @pytest.mark.parametrize("sort", ["relevance", "-relevance", "created_at", "-title", "due_date", "position"])
    @pytest.mark.parametrize("q", ["common", "odd", "commo odd", "common -odd"])
    @pytest.mark.parametrize("count", [30, CANDIDATES + 500])
    async def test_goes_on_from_page_to_page(self, ana: Api, admin: asyncpg.Connection, sort: str, q: str, count: int):
        """Both of few and of more than are sorted at once."""
        await add_many(admin, ana.id, count)
        in_one = (await ana.get("/tasks", params={"q": q, "sort": sort, "limit": 60})).json()["items"]
        walked, cursor = [], None
        while len(walked) < len(in_one):
            query = {"q": q, "sort": sort, "limit": 13, **({"cursor": cursor} if cursor else {})}
            page = (await ana.get("/tasks", params=query)).json()
            walked += page["items"]
            cursor = page["next_cursor"]
        assert walked[: len(in_one)] == in_one
        assert len(in_one) == min(60, count if q == "common" else count // 2)

    @pytest.mark.parametrize("count", [30, CANDIDATES + 500])
    async def test_of_all_pages_is_complete(self, ana: Api, admin: asyncpg.Connection, count: int):
        await add_many(admin, ana.id, count)
        walked, cursor = [], ""
        while cursor is not None:
            page = (await ana.get(f"/tasks?q=common&limit=200&include_total=true&{cursor}")).json()
            walked += [item["title"] for item in page["items"]]
            assert page["total"] == count
            cursor = page["next_cursor"] and f"cursor={page['next_cursor']}"
        assert len(walked) == len(set(walked)) == count


class TestQuery:
    @pytest.mark.parametrize("q", ["", "  ", "a" * 201, "a\x00", "two\nlines"])
    async def test_that_is_none_is_refused(self, ana: Api, q: str):
        document = problem(await ana.get("/tasks", params={"q": q}), 422, "validation_error")
        assert document["errors"][0]["pointer"] == "query/q"

    async def test_is_part_of_what_a_cursor_is_good_for(self, ana: Api):
        for _ in range(3):
            await ana.create_task(title="milk")
        cursor = (await ana.get("/tasks?q=milk&limit=1")).json()["next_cursor"]
        problem(await ana.get(f"/tasks?q=mil&limit=1&cursor={cursor}"), 422, "validation_error")
        assert (await ana.get(f"/tasks?q=milk&limit=1&cursor={cursor}")).status_code == 200

    async def test_needs_a_login(self, api: Api):
        problem(await api.get("/tasks?q=milk"), 401, "unauthorized")
