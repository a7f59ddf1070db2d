"""Exports, and imports of what was exported before, by whoever it was."""

import csv
import io
from itertools import pairwise
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.account import Account
from tests.model.adopting import Adopting, rarely
from tests.model.drawn import Pick, who
from tests.model.import_model import Import
from tests.model.model import Body, Task
from tests.model.task_model import DEEPEST
from tests.model.world import UNCONDITIONAL, User

EXPORTS_KEPT = 6
NEW_AND_SINGLE = {"recurring_task_id": None, "occurrence_date": None, "deleted_at": None}


class PortabilityRules(Adopting):
    exports: list[Body]

    @rarely
    @rule(who=who)
    def export_account(self, who: int) -> None:
        """All that there is of it."""
        user = self.users[who]
        response = self.send(user, "GET", "/users/me/export")
        self.look_at_rows()
        assert response.status_code == (200 if user.is_logged_in else 401)
        if not user.is_logged_in:
            return
        account, document = user.account, response.json()
        told = {item["id"]: (item["title"], set(item["tags"]), item["parent_id"]) for item in document["tasks"]}
        tasks = [task for task in account.tasks.values() if not task.is_expired]
        assert told == {task.id: (task.title, task.tags, task.parent_id) for task in tasks}
        assert {item["id"]: item["name"] for item in document["tags"]} == {t.id: t.name for t in account.tags.values()}
        assert {item["id"]: set(item["tags"]) for item in document["recurring_tasks"]} == {
            series.id: series.tags for series in account.series.values()
        }
        assert {(item["recurring_task_id"], item["occurrence_date"]) for item in document["task_instances"]} == {
            (series.id, str(day)) for series in account.series.values() for day in series.instances
        }
        assert document["user"]["email"] == user.caller.email
        self.exports = [*self.exports[-EXPORTS_KEPT:], document]

    @rarely
    @rule(who=who, kind=st.sampled_from(["csv", "ics"]))
    def export_tasks(self, who: int, kind: str) -> None:
        user = self.users[who]
        response = self.send(user, "GET", f"/tasks/export?format={kind}")
        self.look_at_rows()
        assert response.status_code == (200 if user.is_logged_in else 401)
        if user.is_logged_in:
            told = tasks_of_table(response.text) if kind == "csv" else tasks_of_calendar(response.text)
            kept = {task.id: task for task in user.account.tasks.values() if task.deleted is None}
            assert told.keys() == kept.keys()
            for task_id, (title, tags, repeats) in told.items():
                task = kept[task_id]
                assert (title, tags) == (task.title, {user.account.tags[tag_id].name for tag_id in task.tags})
                wanted = self.repeats(user.account, task)
                assert None in (wanted, repeats) or wanted == repeats

    def repeats(self, account: Account, task: Task) -> bool | None:
        """Whether the rule stands with this task; None where that is another test's concern."""
        if task.series_id is None:
            return False
        series = account.series[task.series_id]
        if series.count is not None or series.until is not None:
            return None
        is_newest = max(series.with_status("open"), default=None) == task.occurrence_date
        return series.is_active and not task.is_completed and is_newest

    @rule(
        who=who,
        number=st.integers(0, EXPORTS_KEPT),
        by_hand=st.none() | st.integers(0, 7),
        is_dry=st.sampled_from([False, False, True]),
    )
    def import_account(self, who: int, number: int, by_hand: int | None, is_dry: bool) -> None:
        """Of anyone: what was exported before, by whoever it was; as it is, or changed ``by_hand``."""
        user = self.users[who]
        if not self.exports or not user.is_logged_in:
            return
        self.check_everything(user)
        document = self.exports[number % len(self.exports)]
        if by_hand is not None:
            document = changed_by_hand(document, user.account, by_hand)
        wanted = Import(user.account, document, self.instants)
        query = "?dry_run=true" if is_dry else ""
        response = self.send(user, "POST", f"/users/me/import{query}", body=document)
        assert response.status_code == (422 if wanted.is_too_deep else 200), response.text
        if is_dry or wanted.is_too_deep:
            self.look_at_rows()
        else:
            self.look_at_rows(may_change=user)
            self.adopt(user)
            wanted.check(user.account)
            self.check_everything(user)
        if not wanted.is_too_deep:
            report = response.json()
            assert (report["created"], report["existing"]) == (wanted.created, wanted.existing)

    @rarely
    @rule(who=who, number=st.integers(0, 7))
    def restore_a_backup(self, who: int, number: int) -> None:
        """What was lost since comes back, and stands for its occurrence again."""
        user = self.users[who]
        tasks = [task.id for task in user.account.tasks.values() if task.series_id and not task.deleted]
        if tasks and user.is_logged_in:
            task_id = tasks[-1 - number % len(tasks)]
            self.complete_task(who, None, self.pick_of(user, task_id), wanted=True, match=UNCONDITIONAL)
            self.export_account(who)
            self.delete_task(who, None, self.pick_of(user, task_id), is_permanent=True, match=UNCONDITIONAL)
            self.import_account(who, len(self.exports) - 1, by_hand=None, is_dry=False)

    def pick_of(self, user: User, task_id: str) -> Pick:
        return Pick("own", user.own("task")[::-1].index(task_id))


def changed_by_hand(document: Body, account: Account, number: int) -> Body:
    """Without zones, and with more tasks: each below the one before, the first below one of the account."""
    there = [task.id for task in account.tasks.values() if not task.is_expired]
    tasks = [item | {"timezone": None} for item in document["tasks"]]
    more = [item | NEW_AND_SINGLE | {"id": str(uuid4())} for item in tasks[:1] for _ in range(DEEPEST)]
    for parent, task in pairwise([{"id": there[-1 - number % len(there)] if there else None}, *more]):
        task["parent_id"] = parent["id"]
    return document | {"tasks": tasks + more}


Told = dict[str, tuple[str, set[str], bool | None]]
"""Id → title, names of tags, and whether it repeats, if the format says so."""


def tasks_of_table(text: str) -> Told:
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    told = {row["id"]: (row["title"], set(filter(None, row["tags"].split(","))), None) for row in rows}
    assert len(told) == len(rows)
    return told


def tasks_of_calendar(text: str) -> Told:
    told: Told = {}
    todos = text.replace("\r\n ", "").split("BEGIN:VTODO")[1:]
    for todo in todos:
        lines = dict(line.split(":", 1) for line in todo.split("END:VTODO")[0].split("\r\n") if line)
        tags = set(filter(None, lines.get("CATEGORIES", "").split(",")))
        told[lines["UID"]] = (lines["SUMMARY"], tags, "RRULE" in lines)
    assert len(told) == len(todos)
    return told
