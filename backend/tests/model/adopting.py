"""What the model does not foresee, it adopts: a new rule for a series, an import. The rest must be as it was."""

from datetime import date, datetime, time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.account import Account
from tests.model.answers import Query, days_from_today
from tests.model.bodies import series_body, tag_body
from tests.model.drawn import Pick, limits, picks, who
from tests.model.model import Body, Instance, Series, Tag, Task
from tests.model.series_model import RULES
from tests.model.task_rules import TaskRules
from tests.model.words import Piece, Search
from tests.model.world import User

EXPORTS_KEPT = 6
rarely = precondition(lambda self: self.requests % 3 == 0)


class Adopting(TaskRules):
    exports: list[Body]

    def check_everything(self, user: User, limit: int = 200) -> None:
        """Every list of all that there is; afterwards all instants are known."""
        self.check_list(user, None, Query({}, None, "position"), limit)
        self.check_list(user, None, Query({"trash": True}, None, "-updated_at"), limit)
        account = user.account
        tags, series = (self.pages(user, path, [], limit) or [] for path in ("/tags", "/recurring-tasks"))
        told = {item["id"]: item for item in series}
        assert {item["id"] for item in tags} == account.tags.keys()
        assert told.keys() == account.series.keys()
        self.agree_on_items(tags, [tag_body(account, account.tags[item["id"]]) for item in tags])
        self.agree_on_items(series, [series_body(account, account.series[item["id"]], item) for item in series])

    def check_found(self, user: User) -> None:
        """The tasks below each tag's name, also below those that only others have, and the tasks with common words."""
        for key in sorted({tag.key for each in self.users for tag in each.account.tags.values()}):
            self.check_list(user, None, Query({"tag": [key]}, None, "position"), limit=200)
        for word in ("mil", "cafe", "7"):
            self.check_list(user, None, Query({}, Search((Piece(word),)), None), limit=200)

    @rarely
    @rule(who=who, limit=limits)
    def look_at_everything(self, who: int, limit: int) -> None:
        if self.users[who].is_logged_in:
            self.check_everything(self.users[who], limit)

    @rule(
        who=who,
        pick=picks(),
        body=st.fixed_dictionaries(
            {},
            optional={
                "rrule": st.sampled_from(list(RULES)),
                "start_date": st.sampled_from([0, -3, 4]),
                "mode": st.sampled_from(["schedule", "after_completion"]),
                "title": st.just("rescheduled"),
            },
        ),
        since=st.none() | st.sampled_from([0, 1, -2, 6]),
    )
    def reschedule(self, who: int, pick: Pick, body: Body, since: int | None) -> None:
        """Of the whole series, or from a day on, in a series of its own."""
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)
        if not user.is_logged_in:
            return
        self.check_everything(user)
        sent = body | ({"start_date": days_from_today(body["start_date"])} if "start_date" in body else {})
        query = "" if since is None else f"?scope=future&from={days_from_today(since)}"
        response = self.send(user, "PATCH", f"/recurring-tasks/{series_id}{query}", body=sent)
        if series_id not in user.account.series:
            assert response.status_code == 404, response.text
        if not response.is_success:
            assert response.status_code in (404, 422), response.text
            self.look_at_rows()
            return
        self.look_at_rows(may_change=user)
        before, series = user.account.tasks, user.account.series[series_id]
        touched = {task.id for task in before.values() if task.series_id == series_id}
        touched |= {part.id for task_id in touched for part in user.account._below(task_id)}
        self.adopt(user)
        told = response.json()
        assert {name: told[name] for name in body if name in ("title", "mode")} == {
            name: body[name] for name in body if name in ("title", "mode")
        }
        if series.mode == "after_completion" and told["id"] != series_id:
            kept = instances_before(series, days_from_today(since or 0))
            assert kept
            assert user.account.series[series_id].count in (None, len(kept))
        for task in before.values():
            assert task.id in touched or user.account.tasks[task.id] == task, "another task has changed"
        assert {task.series_id for task in user.account.tasks.values()} <= {None, *user.account.series}
        self.check_everything(user)

    # — reading an account back

    def adopt(self, user: User) -> None:
        account = user.account
        tags, series = (self.pages(user, path, [], 200) or [] for path in ("/tags", "/recurring-tasks"))
        account.tags = {item["id"]: self.tag_from(account, item) for item in tags}
        account.series = {item["id"]: self.series_from(user, item) for item in series}
        found = {item["id"]: self.task_from(account, item) for item in self.everything(user)}
        stored = self.service.ids_of_tasks(account.id)
        account.tasks = {t.id: t for t in account.tasks.values() if t.is_expired and t.id in stored} | found
        for kind, ids in (("tag", account.tags), ("series", account.series), ("task", account.tasks)):
            for some_id in ids:
                self.see(kind, some_id)

    def made_from(self, before: dict[str, Any], item: Body) -> Body | None:
        return before[item["id"]].made_from if item["id"] in before else None

    def tag_from(self, account: Account, item: Body) -> Tag:
        made_from = self.made_from(account.tags, item)
        created, updated = self.instants.tick_of(item["created_at"]), self.instants.tick_of(item["updated_at"])
        return Tag(item["id"], item["name"], item["color"], made_from, created, updated, item["version"])

    def series_from(self, user: User, item: Body) -> Series:
        every, count, until = _read_rule(item["rrule"])
        told = self.pages(user, f"/recurring-tasks/{item['id']}/instances", [], 200) or []
        before = user.account.series.get(item["id"])
        known = before.instances if before else {}
        instances = {}
        for each in told:
            day, status = date.fromisoformat(each["occurrence_date"]), each["status"]
            closed_at = each["closed_at"] and datetime.fromisoformat(each["closed_at"])
            is_known = day in known and known[day].closed is not None
            tick = known[day].closed if is_known else closed_at and self.instants.tick_of(each["closed_at"])
            instances[day] = Instance(status, tick if closed_at else None, closed_at)
        return Series(
            **{name: item[name] for name in ("id", "title", "rrule", "timezone", "description", "mode", "missed")},
            **{name: item[name] for name in ("is_active", "version")},
            every=every,
            count=count,
            until=until,
            start_date=date.fromisoformat(item["start_date"]),
            made_from=self.made_from(user.account.series, item),
            created=self.instants.tick_of(item["created_at"]),
            updated=self.instants.tick_of(item["updated_at"]),
            priority=item["priority"] and item["priority"]["name"].lower(),
            due_time=item["due_time"] and time.fromisoformat(item["due_time"]),
            tags={tag["id"] for tag in item["tags"]},
            instances=instances,
        )

    def task_from(self, account: Account, item: Body) -> Task:
        def day(name: str) -> date | None:
            return item[name] and date.fromisoformat(item[name])

        def tick(name: str) -> Any:
            return item[name] and self.instants.tick_of(item[name])

        return Task(
            **{name: item[name] for name in ("id", "title", "description", "is_completed", "timezone", "parent_id")},
            **{name: item[name] for name in ("position", "version")},
            made_from=self.made_from(account.tasks, item),
            created=tick("created_at"),
            updated=tick("updated_at"),
            completed=tick("completed_at"),
            deleted=tick("deleted_at"),
            priority=item["priority"] and item["priority"]["name"].lower(),
            due_date=day("due_date"),
            due_time=item["due_time"] and time.fromisoformat(item["due_time"]),
            tags={tag["id"] for tag in item["tags"]},
            series_id=item["recurring_task_id"],
            occurrence_date=day("occurrence_date"),
        )


def instances_before(series: Series, day: date) -> list[date]:
    """That stay when another series goes on from a day: what is open, and can only be done from then on, goes along."""
    statuses = ("completed", "skipped") if day <= series.today() else ("completed", "skipped", "open")
    return [each for each in series.with_status(*statuses) if each < day]


def _read_rule(rrule: str) -> tuple[int, int | None, date | None]:
    parts = dict(part.split("=") for part in rrule.split(";"))
    every = int(parts.get("INTERVAL", 1)) * (7 if parts["FREQ"] == "WEEKLY" else 1)
    until = date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else None
    return every, int(parts["COUNT"]) if "COUNT" in parts else None, until
