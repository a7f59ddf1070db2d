"""Series and their instances."""

from datetime import date, datetime

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.account_rules import nothing
from tests.model.answers import days_from_today
from tests.model.bodies import due_at, series_body
from tests.model.drawn import Pick, client_id, limits, matches, new_series, picks, series_changes, who
from tests.model.model import DAY, Body, Match, Series
from tests.model.series_model import RULES
from tests.model.world import Show, User, World

UNSET = {"description": None, "priority": None, "tags": [], "start_date": None, "due_time": None, "timezone": None}
UNSET |= {"mode": "schedule", "missed": "skip", "is_active": True}
nearby_days = st.integers(-3, 8)


class SeriesRules(World):
    def of_series(self, user: User, body: Body) -> Body:
        values = {**body}
        if "tags" in body:
            values["tags"] = list(dict.fromkeys(self.id_of(pick, "tag", user) for pick in body["tags"]))
        if body.get("start_date") is not None:
            values["start_date"] = days_from_today(body["start_date"])
        return values

    @rule(who=who, series_id=client_id, body=new_series)
    def create_series(self, who: int, series_id: str | None, body: Body) -> None:
        user = self.users[who]
        if self.is_unknown(user.account.series, series_id):
            return
        sent = self.of_series(user, body)

        def predict() -> tuple[int, Show]:
            before = user.account.create_series(series_id, UNSET | sent)
            return (201, add) if before is None else (200, lambda told: series_body(user.account, before, told))

        def add(told: Body) -> Body:
            assert series_id in (None, told["id"])
            assert series_id or told["id"] not in self.seen["series"]
            series = user.account.add_series(self.see("series", told["id"]), UNSET | sent)
            return series_body(user.account, series, told)

        body = sent if series_id is None else sent | {"id": series_id}
        self.ask(user, "POST", "/recurring-tasks", predict, body=body)

    @rule(who=who, pick=picks())
    def read_series(self, who: int, pick: Pick) -> None:
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)

        def predict() -> tuple[int, Show]:
            series = user.account.one_series(series_id)
            return 200, lambda told: series_body(user.account, series, told)

        self.ask(user, "GET", f"/recurring-tasks/{series_id}", predict)

    @rule(who=who, pick=picks(), body=series_changes, match=matches)
    def change_series(self, who: int, pick: Pick, body: Body, match: Match) -> None:
        user = self.users[who]
        series_id, sent = self.id_of(pick, "series", user), self.of_series(user, body)

        def predict() -> tuple[int, Show]:
            series = user.account.update_series(series_id, sent, match)
            return 200, lambda told: series_body(user.account, series, told)

        self.ask(user, "PATCH", f"/recurring-tasks/{series_id}", predict, body=sent, match=match)

    @rule(who=who, pick=picks(), match=matches)
    def delete_series(self, who: int, pick: Pick, match: Match) -> None:
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)

        def predict() -> tuple[int, Show]:
            user.account.delete_series(series_id, match)
            return 204, nothing

        self.ask(user, "DELETE", f"/recurring-tasks/{series_id}", predict, match=match)

    @rule(who=who, pick=picks(), number=nearby_days, is_known=st.booleans(), match=matches)
    def skip_instance(self, who: int, pick: Pick, number: int, is_known: bool, match: Match) -> None:
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)
        series = user.account.series.get(series_id)
        known = sorted(series.instances) if series and is_known else []
        day = known[number % len(known)] if known else days_from_today(number)

        def predict() -> tuple[int, Show]:
            skipped = user.account.skip(series_id, day, match)
            return 200, lambda told: series_body(user.account, skipped, told)

        self.ask(user, "POST", f"/recurring-tasks/{series_id}/instances/{day}/skip", predict, match=match)

    @rule(who=who, is_active=st.none() | st.booleans(), limit=limits)
    def list_series(self, who: int, is_active: bool | None, limit: int) -> None:
        user = self.users[who]
        query = [] if is_active is None else [("is_active", str(is_active).lower())]
        told = self.pages(user, "/recurring-tasks", query, limit)
        if told is not None:
            wanted = [one for one in user.account.series.values() if is_active in (None, one.is_active)]
            wanted.sort(key=lambda one: (one.created, one.id), reverse=True)
            assert [item["id"] for item in told] == [one.id for one in wanted]
            self.agree_on_items(told, [series_body(user.account, *pair) for pair in zip(wanted, told, strict=True)])

    @rule(who=who, pick=picks(), status=st.sampled_from([None, "open", "completed", "skipped"]), limit=limits)
    def list_instances(self, who: int, pick: Pick, status: str | None, limit: int) -> None:
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)
        path, one = f"/recurring-tasks/{series_id}/instances", user.account.one_series
        told = self.pages(user, path, [("status", status)] if status else [], limit, of=lambda: one(series_id))
        if told is not None:
            series = one(series_id)
            days = series.with_status(*([status] if status else ["open", "completed", "skipped"]))
            assert [_shown(item) for item in told] == [self.instance_of(user, series, day) for day in reversed(days)]

    def instance_of(self, user: User, series: Series, day: date) -> tuple[str, str, bool, str | None]:
        instance, task = series.instances[day], user.account.task_of(series, day)
        return day.isoformat(), instance.status, instance.closed is not None, task and task.id

    @rule(who=who, pick=picks(), after=nearby_days, days=st.integers(1, 20))
    def list_occurrences(self, who: int, pick: Pick, after: int, days: int) -> None:
        user = self.users[who]
        series_id = self.id_of(pick, "series", user)
        first, end = days_from_today(after) + DAY, days_from_today(after + days)

        def predict() -> tuple[int, Show]:
            series = user.account.one_series(series_id)
            if series.mode == "after_completion":
                return 200, lambda told: told
            found = [day for day in series.days(end) if day >= first]
            items = [{"date": str(day), "due_at": due_at(day, series.due_time, series.timezone)} for day in found]
            return 200, lambda _: {"items": items, "next_after": None}

        self.ask(user, "GET", f"/recurring-tasks/{series_id}/occurrences?after={first - DAY}&before={end}", predict)

    @rule(who=who, rrule=st.sampled_from(list(RULES)))
    def preview(self, who: int, rrule: str) -> None:
        """In the user's own zone."""
        user = self.users[who]
        every, count = RULES[rrule]

        def show(told: Body) -> Body:
            today = datetime.now(user.zone).date()
            days = [today + number * every * DAY for number in range(min(10, count or 10))]
            items = [{"date": str(day), "due_at": None} for day in days]
            return {"rrule": rrule, "description": told["description"], "occurrences": items}

        self.ask(user, "POST", "/recurring-tasks/preview", lambda: (200, show), body={"rrule": rrule})


def _shown(item: Body) -> tuple[str, str, bool, str | None]:
    return item["occurrence_date"], item["status"], item["closed_at"] is not None, item["task_id"]
