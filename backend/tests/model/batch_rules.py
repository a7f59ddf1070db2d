"""Many changes of tasks in one request, one line of text, and counts."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.answers import Query
from tests.model.bodies import series_body, task_body
from tests.model.drawn import CLIENT_IDS, Line, client_id, lines, operations, who
from tests.model.model import DAY, LEVELS, Body, Refused, Series, Task, same
from tests.model.series_rules import UNSET as SERIES_UNSET
from tests.model.task_model import Outcome
from tests.model.task_rules import UNSET, Address, TaskRules, addresses
from tests.model.world import Show, User, now

PLAIN_COLOR = "#6B7280"


class BatchRules(TaskRules):
    @rule(who=who, at=addresses, batch=st.lists(operations, min_size=1, max_size=5), partial=st.booleans())
    def bulk(self, who: int, at: Address, batch: list[Body], partial: bool) -> None:
        user = self.users[who]
        sent = [self.of_batch(user, operation) for operation in batch]
        made = [one["data"].get("id") for one in sent if one["op"] == "create"]
        if not any(self.is_unknown(user.account.tasks, task_id) for task_id in made):
            self.send_batch(user, at, sent, partial=partial)

    @rule(who=who, child=st.sampled_from(CLIENT_IDS), parent=st.sampled_from(CLIENT_IDS))
    def save_from_removal(self, who: int, child: str, parent: str) -> None:
        """A part leaves its parent just before that is removed for good."""
        self.put_below(who, child, parent)
        leave = {"op": "update", "id": child, "data": {"parent_id": None}}
        remove = {"op": "delete", "id": parent, "data": {"permanent": True}}
        self.send_batch(self.users[who], None, [leave, remove], partial=False)

    def send_batch(self, user: User, at: Address, sent: list[Body], *, partial: bool) -> None:
        def predict() -> tuple[int, Show]:
            outcomes = user.account.bulk(sent, UNSET, partial=partial)
            return 200, lambda told: self.show_batch(user, sent, outcomes, told)

        body = {"operations": sent, "partial": partial}
        self.ask(user, "POST", f"{self.path(user, at)}/bulk", predict, body=body)

    def of_batch(self, user: User, operation: Body) -> Body:
        """With ids in the place of picks."""
        sent = {**operation}
        if "id" in sent:
            sent["id"] = self.id_of(operation["id"], "task", user)
        if operation["op"] in ("create", "update"):
            sent["data"] = self.resolved(user, operation["data"])
        return sent

    def show_batch(self, user: User, sent: list[Body], outcomes: list[Outcome], told: Body) -> Body:
        """Learns the ids and places of what was made, and says what every single answer should have been."""
        results = []
        last = max((task.position for task in user.account.tasks.values() if task.position is not None), default="")
        for index, (operation, outcome, result) in enumerate(zip(sent, outcomes, told["results"], strict=True)):
            wanted: Body = {"index": index, "op": operation["op"], "status": outcome.status}
            if isinstance(outcome.refused, Refused):
                assert result["error"]["code"] == outcome.refused.code
                faults = [(fault["pointer"], fault["code"]) for fault in result["error"]["errors"]]
                assert faults == outcome.faults(index)
                wanted["error"] = result["error"]
            elif outcome.task is not None:
                self.learn(user, outcome, result["task"], last)
                self.instants.agree(result["task"], outcome.shown)
                wanted["task"] = result["task"]
            results.append(wanted)
        return {"results": results}

    def learn(self, user: User, outcome: Outcome, told: Body, last: str) -> None:
        task = outcome.task
        assert task is not None
        if outcome.status == 201 and task.id != told["id"]:
            assert told["id"] not in self.seen["task"]
            if user.account.tasks.pop(task.id, None) is not None:
                user.account.tasks[told["id"]] = task
            task.id = told["id"]
        if outcome.status == 201:
            self.see("task", told["id"])
            assert last < told["position"], "a new task comes last"
        if task.position is None:
            task.position = told["position"]
        outcome.shown |= {"id": told["id"], "position": task.position}

    @rule(who=who, at=addresses, task_id=client_id, line=lines)
    def quick_add(self, who: int, at: Address, task_id: str | None, line: Line) -> None:
        """In words that leave no doubt: how others are read is for tests of their own."""
        user = self.users[who]
        if self.is_unknown(user.account.tasks, task_id):
            return
        due_date = datetime.now(user.zone).date() + DAY if line.is_tomorrow else None
        body = UNSET | {"title": line.title, "priority": line.priority, "due_date": due_date}
        account = user.account

        def predict() -> tuple[int, Show]:
            before = account.create_quickly(task_id, str(line))
            return 200 if before else 201, lambda told: show(told, before)

        def show(told: Body, before: Task | None) -> Body:
            tags = self.tags_by_name(user, line.tag)
            if before is None:
                assert task_id in (None, told["task"]["id"])
                assert task_id or told["task"]["id"] not in self.seen["task"]
                positions = [task.position or "" for task in account.tasks.values()]
                task = account.add_task(self.see("task", told["task"]["id"]), body | {"tags": tags})
                task.made_from, task.position = {"quick": str(line)}, told["task"]["position"]
                assert all(position < task.position for position in positions)
            assert told["understood"]["title"] == line.title
            self.instants.agree(told["task"], task_body(account, before or task))
            return told

        sent = {"text": str(line)} if task_id is None else {"text": str(line), "id": task_id}
        self.ask(user, "POST", f"{self.path(user, at)}/quick", predict, body=sent)

    @rule(who=who, at=addresses, series_id=client_id, line=lines)
    def quick_add_series(self, who: int, at: Address, series_id: str | None, line: Line) -> None:
        user = self.users[who]
        if self.is_unknown(user.account.series, series_id):
            return
        account, text = user.account, f"{line} every day"
        start = datetime.now(user.zone).date() + (DAY if line.is_tomorrow else timedelta(0))
        body = SERIES_UNSET | {
            "title": line.title,
            "priority": line.priority,
            "rrule": "FREQ=DAILY",
            "start_date": start,
        }

        def predict() -> tuple[int, Show]:
            before = account.series.get(series_id or "")
            if before is not None:
                same(before, {"quick": text})
            return 200 if before else 201, lambda told: show(told, before)

        def show(told: Body, before: Series | None) -> Body:
            tags, series_told, task_told = self.tags_by_name(user, line.tag), told["recurring_task"], told["task"]
            if before is None:
                assert series_id in (None, series_told["id"])
                assert series_id or series_told["id"] not in self.seen["series"]
                series = account.add_series(self.see("series", series_told["id"]), body | {"tags": tags})
                series.made_from = {"quick": text}
            series = before or series
            self.instants.agree(series_told, series_body(account, series, series_told))
            days = sorted(str(task.occurrence_date) for task in account.open_tasks(series))
            assert (task_told and task_told["occurrence_date"]) == (days[0] if days else None)
            return told

        sent = {"text": text} if series_id is None else {"text": text, "id": series_id}
        self.ask(user, "POST", f"{self.path(user, at)}/quick", predict, body=sent)

    def tags_by_name(self, user: User, name: str | None) -> list[str]:
        """Those that are named; one that is not there is made."""
        if name is None:
            return []
        found = [tag.id for tag in user.account.tags.values() if tag.key == name.casefold()]
        if not found:
            shown = self.service.send(user.caller, "GET", "/tags?limit=200").json()["items"]
            new = next(tag["id"] for tag in shown if tag["name"] == name)
            assert new not in self.seen["tag"]
            user.account.add_tag(self.see("tag", new), {"name": name, "color": PLAIN_COLOR})
            found = [new]
        return found

    @rule(who=who, at=addresses, days=st.integers(1, 3))
    def count(self, who: int, at: Address, days: int) -> None:
        user = self.users[who]

        def show(told: Body) -> Body:
            return self.stats_of(user, days, told)

        self.ask(user, "GET", f"{self.path(user, at)}/stats?days={days}", lambda: (200, show))

    def stats_of(self, user: User, days: int, told: Body) -> Body:
        moment = now()
        kept = [task for task in user.account.tasks.values() if task.deleted is None]
        opened = [task for task in kept if not task.is_completed]
        today = moment.astimezone(user.zone).date()
        done = [self.instants.day_of(task.completed, user.zone, today) for task in kept if task.completed]
        by_priority = {name: sum(task.priority == name for task in opened) for name in LEVELS}

        def due(which: str) -> int:
            return len(Query({"due": which}).of(user.account, moment, self.common))

        days_back = [today - timedelta(days=back) for back in reversed(range(days))]
        return {
            "open": len(opened),
            "open_by_priority": by_priority | {"none": sum(task.priority is None for task in opened)},
            "due_today": due("today"),
            "overdue": due("overdue"),
            "completed_total": len(kept) - len(opened),
            "completed_per_day": [{"date": str(day), "count": done.count(day)} for day in days_back],
        }
