"""Tasks: at both addresses, in the trash, in trees, in the order by hand."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.account import Account
from tests.model.account_rules import nothing
from tests.model.answers import Query, days_from_today
from tests.model.bodies import task_body
from tests.model.drawn import (
    CLIENT_IDS,
    USERS,
    Pick,
    client_id,
    filters,
    limits,
    matches,
    new_tasks,
    picks,
    searches,
    sorts,
    task_changes,
    who,
)
from tests.model.model import Body, Match, Task
from tests.model.words import Search
from tests.model.world import Predict, Show, User, World, now

addresses = st.sampled_from([*[None] * 5, *["own"] * 4, *range(len(USERS))])
"""Whose path is used; None for the one without a user."""
Address = int | Literal["own"] | None

UNSET = {"description": None, "is_completed": False, "priority": None, "due_date": None, "due_time": None}
UNSET |= {"timezone": None, "tags": [], "parent_id": None}


class TaskRules(World):
    def path(self, user: User, at: Address) -> str:
        if at is None:
            return "/tasks"
        return f"/users/{(user if at == 'own' else self.users[at]).account.id}/tasks"

    def resolved(self, user: User, body: Body) -> Body:
        """With ids in the place of picks and days in the place of distances from today."""
        values = {**body}
        if isinstance(body.get("parent_id"), Pick):
            values["parent_id"] = self.id_of(body["parent_id"], "task", user)
        if "tags" in body:
            values["tags"] = list(dict.fromkeys(self.id_of(pick, "tag", user) for pick in body["tags"]))
        if body.get("due_date") is not None:
            values["due_date"] = days_from_today(body["due_date"])
        return values

    @rule(who=who, at=addresses, task_id=client_id, body=new_tasks)
    def create_task(self, who: int, at: Address, task_id: str | None, body: Body) -> None:
        user = self.users[who]
        if self.is_unknown(user.account.tasks, task_id):
            return
        sent = self.resolved(user, body)

        def predict() -> tuple[int, Show]:
            before = user.account.create_task(task_id, UNSET | sent)
            return (201, add) if before is None else (200, lambda _: task_body(user.account, before))

        def add(told: Body) -> Body:
            assert task_id in (None, told["id"])
            assert task_id or told["id"] not in self.seen["task"]
            positions = [task.position or "" for task in user.account.tasks.values()]
            task = user.account.add_task(self.see("task", told["id"]), UNSET | sent)
            task.position = told["position"]
            assert all(position < told["position"] for position in positions), "a new task comes last"
            return task_body(user.account, task)

        path = self.path(user, at)
        response = self.ask(user, "POST", path, predict, body=sent if task_id is None else sent | {"id": task_id})
        if response.is_success:
            assert response.headers["location"] == f"/api/v1{path}/{response.json()['id']}"

    @rule(who=who, at=addresses, pick=picks())
    def read_task(self, who: int, at: Address, pick: Pick) -> None:
        user = self.users[who]
        task_id = self.id_of(pick, "task", user)
        self.ask(user, "GET", f"{self.path(user, at)}/{task_id}", told(user, lambda account: account.task(task_id)))

    @rule(who=who, pick=picks(), version=st.integers(1, 4))
    def read_task_if_changed(self, who: int, pick: Pick, version: int) -> None:
        user = self.users[who]
        task_id = self.id_of(pick, "task", user)
        response = self.service.send(user.caller, "GET", f"/tasks/{task_id}", headers={"If-None-Match": f'"{version}"'})
        stored = user.account.tasks.get(task_id)
        if user.is_logged_in and stored is not None and not stored.is_expired:
            assert response.status_code == (304 if stored.version == version else 200)
        else:
            assert response.status_code == (404 if user.is_logged_in else 401)

    @rule(who=who, at=addresses, pick=picks(), body=task_changes, match=matches)
    def change_task(self, who: int, at: Address, pick: Pick, body: Body, match: Match) -> None:
        user = self.users[who]
        task_id, sent = self.id_of(pick, "task", user), self.resolved(user, body)
        predict = told(user, lambda account: account.update_task(task_id, sent, match))
        self.ask(user, "PATCH", f"{self.path(user, at)}/{task_id}", predict, body=sent, match=match)

    @rule(who=who, ids=st.permutations(CLIENT_IDS[1:]))
    def line_up(self, who: int, ids: list[str]) -> None:
        """Each below the one before, of ids that several users have: what is above for one is below for another."""
        for parent, child in pairwise(ids):
            self.put_below(who, child, parent)

    def put_below(self, who: int, child: str, parent: str) -> None:
        user, sent = self.users[who], {"parent_id": parent}
        predict = told(user, lambda account: account.update_task(child, sent, Match()))
        self.ask(user, "PATCH", f"/tasks/{child}", predict, body=sent)

    @rule(who=who, at=addresses, pick=picks(), wanted=st.none() | st.booleans(), match=matches)
    def complete_task(self, who: int, at: Address, pick: Pick, wanted: bool | None, match: Match) -> None:
        user = self.users[who]
        task_id = self.id_of(pick, "task", user)
        predict = told(user, lambda account: account.complete_task(task_id, wanted, match))
        body = None if wanted is None else {"is_completed": wanted}
        self.ask(user, "PATCH", f"{self.path(user, at)}/{task_id}/complete", predict, body=body, match=match)

    @rule(who=who, at=addresses, pick=picks(), is_permanent=st.sampled_from([False, False, True]), match=matches)
    def delete_task(self, who: int, at: Address, pick: Pick, is_permanent: bool, match: Match) -> None:
        user = self.users[who]
        task_id = self.id_of(pick, "task", user)

        def predict() -> tuple[int, Show]:
            user.account.delete_task(task_id, match, permanent=is_permanent)
            return 204, nothing

        query = "?permanent=true" if is_permanent else ""
        self.ask(user, "DELETE", f"{self.path(user, at)}/{task_id}{query}", predict, match=match)

    @rule(who=who, at=addresses, pick=picks(), match=matches)
    def restore_task(self, who: int, at: Address, pick: Pick, match: Match) -> None:
        user = self.users[who]
        in_trash = [task.id for task in user.account.tasks.values() if task.deleted]
        is_sent_there = pick.among == "own" and in_trash
        task_id = in_trash[pick.number % len(in_trash)] if is_sent_there else self.id_of(pick, "task", user)
        predict = told(user, lambda account: account.restore_task(task_id, match))
        self.ask(user, "POST", f"{self.path(user, at)}/{task_id}/restore", predict, match=match)

    @rule(
        who=who,
        at=addresses,
        pick=picks(),
        side=st.sampled_from(["before", "after"]),
        beside=picks(),
        match=matches,
    )
    def move_task(
        self, who: int, at: Address, pick: Pick, side: Literal["before", "after"], beside: Pick, match: Match
    ) -> None:
        user = self.users[who]
        task_id, target_id = self.id_of(pick, "task", user), self.id_of(beside, "task", user)
        moved: list[Task | None] = []

        def predict() -> tuple[int, Show]:
            moved.extend(user.account.move_task(task_id, side, target_id, match))
            task = user.account.task(task_id)

            def show(told: Body) -> Body:
                task.position = told["position"]
                return task_body(user.account, task)

            _, before, after = moved
            if before is not None and after is not None and before.position == after.position:
                user.account.spread()
            return 200, show

        self.ask(user, "POST", f"{self.path(user, at)}/{task_id}/move", predict, body={side: target_id}, match=match)
        if moved:
            self.check_place(user, *moved)

    def check_place(self, user: User, task: Task | None, before: Task | None, after: Task | None) -> None:
        if before is not None and after is not None and before.position == after.position:
            self.learn_positions(user, moved=task)
        here = [each for each in (before, task, after) if each is not None]
        assert sorted(here, key=lambda each: each.position or "") == here, "it is not where it was moved to"
        assert len({each.position for each in here}) == len(here)

    def learn_positions(self, user: User, *, moved: Task | None) -> None:
        """After all have got new ones. Their order is the one they had."""
        others = [task for task in user.account.tasks.values() if task is not moved and not task.is_expired]
        before = [task.id for task in sorted(others, key=lambda task: (task.position, task.id))]
        for query in ("", "?trash=true"):
            for item in self.service.send(user.caller, "GET", f"/tasks{query}").json()["items"]:
                user.account.tasks[item["id"]].position = item["position"]
        assert [task.id for task in sorted(others, key=lambda task: task.position or "")] == before

    @rule(who=who, at=addresses, chosen=filters, search=st.none() | searches, sort=st.none() | sorts, limit=limits)
    def list_tasks(
        self, who: int, at: Address, chosen: Body, search: Search | None, sort: str | None, limit: int
    ) -> None:
        user = self.users[who]
        self.check_list(user, at, Query(self.resolved_filters(user, chosen), search, sort), limit)

    @rule(
        who=who, chosen=filters, search=searches, sort=st.sampled_from([None, "relevance", "-relevance"]), limit=limits
    )
    def search_tasks(self, who: int, chosen: Body, search: Search, sort: str | None, limit: int) -> None:
        user = self.users[who]
        chosen = {"trash": chosen["trash"]} if "trash" in chosen else {}
        self.check_list(user, None, Query(chosen, search, sort), limit)

    def resolved_filters(self, user: User, chosen: Body) -> Body:
        values = {**chosen}
        if isinstance(chosen.get("parent_id"), Pick):
            values["parent_id"] = self.id_of(chosen["parent_id"], "task", user)
        if "tag" in chosen:
            values["tag"] = [self.id_of(tag, "tag", user) if isinstance(tag, Pick) else tag for tag in chosen["tag"]]
        if "recurring_task_id" in chosen:
            values["recurring_task_id"] = self.id_of(chosen["recurring_task_id"], "series", user)
        for name in ("due_before", "due_after"):
            if name in chosen:
                values[name] = days_from_today(chosen[name])
        return values

    def check_list(self, user: User, at: Address, query: Query, limit: int) -> None:
        before = now()
        items = self.pages(user, self.path(user, at), query.parameters, limit)
        if items is not None:
            wanted, later = (query.of(user.account, moment, self.common) for moment in (before, now()))
            is_as_later = [item["id"] for item in items] == [task.id for task in later]
            self.agree_on_items(items, [task_body(user.account, task) for task in (later if is_as_later else wanted)])

    @rule(who=who)
    def thirty_days_pass_for_the_trash(self, who: int) -> None:
        user = self.users[who]
        user.account.expire_trash()
        self.execute(
            "UPDATE tasks SET deleted_at = deleted_at - interval '31 days' WHERE user_id = $1", user.account.id
        )

    @rule(who=who)
    def all_tasks_get_the_same_place(self, who: int) -> None:
        """As two that are moved at once may: only then is there no room between them."""
        user = self.users[who]
        positions = [task.position for task in user.account.tasks.values() if task.position is not None]
        if positions:
            for task in user.account.tasks.values():
                task.position = min(positions)
            self.execute("UPDATE tasks SET position = $2 WHERE user_id = $1", user.account.id, min(positions))


def told(user: User, request: Callable[[Account], Task]) -> Predict:
    def predict() -> tuple[int, Show]:
        task = request(user.account)

        def show(answer: Body) -> Body:
            if task.position is None:  # it has given its place to the next instance, and comes last
                task.position = answer["position"]
            return task_body(user.account, task)

        return 200, show

    return predict
