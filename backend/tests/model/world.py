"""Three users, one service, and a model of each account: every answer is compared, and every stored row watched."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import httpx
from hypothesis.stateful import RuleBasedStateMachine

from tests.factories import PASSWORD, Api
from tests.model.account import Account
from tests.model.answers import Common, Instants
from tests.model.drawn import CLIENT_IDS, NOBODYS_ID, USERS, ZONES, Pick
from tests.model.model import Body, Match, Refused, Series, Tag, Task, Tick
from tests.model.service import Rows, Service, session_of

Show = Callable[[Body], Body | None]
"""From what was told, which names what only the service knows, to what should have been told."""
Predict = Callable[[], tuple[int, Show]]

UNCONDITIONAL = Match()
SPACING = 1000  # between the ticks of two requests: there may be more in one


class User:
    """A caller, and what the model holds of them. ``sessions``: id → whether it is alive, last used last."""

    def __init__(self, caller: Api) -> None:
        self.caller = caller
        self.account = Account(caller.user)
        self.sessions = {session_of(caller): True}
        self.current = self.of_cookie = session_of(caller)
        """The sessions of the access token, and of the refresh token in the cookie."""
        self.subject = f"user of {caller.email}"
        self.is_linked = self.is_proved = False
        """Whether another service's login opens the account; whether the e-mail address is its user's."""
        self.is_active = True
        self.attempts = 0
        self.refusals = 0

    @property
    def is_outside(self) -> bool:
        """Whether it is time to come back in."""
        self.refusals = 0 if self.is_logged_in else self.refusals + 1
        return self.refusals > 3

    @property
    def is_logged_in(self) -> bool:
        return self.is_active and self.sessions.get(self.current, False)

    def own(self, kind: str) -> list[str]:
        account = self.account
        found = {"task": account.tasks, "tag": account.tags, "series": account.series, "session": self.sessions}
        return list(found[kind])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.account.zone)


class World(RuleBasedStateMachine):
    service: ClassVar[Service]
    common: ClassVar[Common]
    examples: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        World.examples += 1
        self.requests = 0
        self.instants = Instants()
        self.seen = {kind: list(CLIENT_IDS) for kind in ("task", "tag", "series")} | {"session": [], "user": []}
        self.users = [User(self.service.caller()) for _ in USERS]
        self.rows: dict[str, Rows] = {}
        self.asker = ""
        """Whose the last request was."""
        self.is_sound = True
        for user, zone in zip(self.users, ZONES, strict=True):
            user.account.user = self.service.send(user.caller, "PATCH", "/users/me", json={"timezone": zone}).json()
            self.meet(user)

    def meet(self, user: User) -> None:
        self.see("user", user.account.id)
        self.service.give_same_hash(user.account.id)
        self.see_session(user)

    def see_session(self, user: User) -> None:
        self.service.give_twin(self.see("session", user.current))
        self.look_anew()

    def teardown(self) -> None:
        self.service.let_go()

    # — ids

    def is_unknown(self, things: Mapping[str, Tag | Task | Series], some_id: str | None) -> bool:
        """Whether it was adopted, so that nobody knows what it was made from."""
        return some_id in things and things[str(some_id)].made_from is None

    def see(self, kind: str, some_id: str) -> str:
        if some_id not in self.seen[kind]:
            self.seen[kind].append(some_id)
        return some_id

    def id_of(self, pick: Pick, kind: str, user: User) -> str:
        if pick.among == "any":
            found = [some_id for ids in self.seen.values() for some_id in ids]
        else:
            found = user.own(kind) if pick.among == "own" else self.seen[kind]
        return found[-1 - pick.number % len(found)] if found else NOBODYS_ID

    # — requests

    def ask(
        self,
        user: User,
        method: str,
        path: str,
        predict: Predict,
        *,
        body: Body | None = None,
        match: Match = UNCONDITIONAL,
    ) -> httpx.Response:
        """Send a request as this user and compare: the answer with the model's, the stored rows with those before."""
        if user.is_outside:
            self.let_in(user)
        last = max((task.position for task in user.account.tasks.values() if task.position is not None), default="")
        response = self.send(user, method, path, body=body, match=match)
        may_change = self.compare(user, response, path, predict) and method != "GET"
        self.look_at_rows(may_change=user if may_change else None)
        if may_change:
            self.find_new_tasks(user, last=last)
        return response

    def find_new_tasks(self, user: User, *, last: str) -> None:
        """Those that series have made, and whose place they took: they come last, or where the one before was.

        ``last``: where the last was before the request. Of those to which one request gives new places any may be last.
        """
        tasks, account = user.account.tasks, user.account
        unplaced = [task for task in tasks.values() if task.position is None and not task.is_expired]
        if not unplaced and not account.new_tasks:
            return
        by_day = {(task.series_id, str(task.occurrence_date)): task for task in account.new_tasks}
        new_ids: list[str] = []
        for item in self.everything(user):
            task = by_day.pop((item["recurring_task_id"], item["occurrence_date"]), None)
            if task is not None:
                del tasks[task.id]
                assert item["id"] not in self.seen["task"]
                new_ids.append(item["id"])
                task.id = self.see("task", item["id"])
                tasks[task.id] = task
        assert by_day == {}, "an instance is missing"
        for item in self.everything(user):
            task = tasks[item["id"]]
            assert task.position == item["position"] if task.position is not None else last < item["position"]
            task.position = item["position"]
        account.new_tasks.clear()
        if new_ids:
            self.service.give_twins(new_ids)
            self.look_anew()

    def everything(self, user: User) -> list[Body]:
        kept, trash = (self.service.send(user.caller, "GET", f"/tasks?limit=200{q}") for q in ("", "&trash=true"))
        return [*kept.json()["items"], *trash.json()["items"]]

    def send(
        self,
        user: User,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        match: Match = UNCONDITIONAL,
        **options: Any,
    ) -> httpx.Response:
        self.requests += 1
        self.is_sound = False
        self.asker = user.account.id
        user.account.now = Tick(self.requests * SPACING)
        if match.header is not None:
            options["headers"] = {"If-Match": match.header}
        if body is not None:
            options["json"] = _written(body)
        response = self.service.send(user.caller, method, path, **options)
        assert response.status_code < 500, response.text
        return response

    def compare(self, user: User, response: httpx.Response, path: str, predict: Predict) -> bool:
        """Whether the request is one that succeeds."""
        told = f"{response.request.method} {path} told {response.status_code} {response.text[:600]}"
        try:
            self._require_way_in(user, path)
            status, show = predict()
        except Refused as refused:
            agree_on_refusal(response, refused, told)
            return False
        assert response.status_code == status, f"{told}, wanted {status}"
        expected = show(response.json() if response.content else {})
        if expected is None:
            assert not response.content, told
            return True
        self.instants.agree(response.json(), expected)
        if "version" in expected:
            assert response.headers["etag"] == f'"{expected["version"]}"'
        return True

    def _require_way_in(self, user: User, path: str) -> None:
        if path.startswith("/users/") and not path.startswith(("/users/me", f"/users/{user.account.id}/")):
            raise Refused(403, "not_your_path")
        if not user.is_logged_in:
            raise Refused(401, "unauthorized")

    def pages(
        self,
        user: User,
        path: str,
        parameters: list[tuple[str, str]],
        limit: int,
        of: Callable[[], object] = lambda: None,
    ) -> list[Body] | None:
        """All items of a list, page by page; None where it is refused, as it should be. ``of`` finds what it is of."""
        items: list[Body] = []
        query = [*parameters, ("limit", str(limit)), ("include_total", "true")]
        while True:
            response = self.send(user, "GET", path, params=query)
            if not self.compare(user, response, path, lambda: (of(), (200, lambda told: told))[1]):
                return None
            page = response.json()
            items += page["items"]
            assert len(page["items"]) <= limit
            if page["next_cursor"] is None:
                break
            query = [*query[: len(parameters) + 2], ("cursor", page["next_cursor"])]
        self.look_at_rows()
        assert page["total"] == len(items), f"total {page['total']} of {len(items)}"
        return items

    def agree_on_items(self, told: list[Body], wanted: list[Body]) -> None:
        assert [item["id"] for item in told] == [item["id"] for item in wanted]
        for item, expected in zip(told, wanted, strict=True):
            self.instants.agree(item, expected)

    def start_session(self, user: User) -> None:
        response = self.send(user, "POST", "/auth/login", body={"email": user.caller.email, "password": PASSWORD})
        assert response.status_code == (200 if user.is_active else 401), response.text
        self.look_at_rows(may_change=user if user.is_active else None)
        if user.is_active:
            user.caller.use(response.json()["access_token"])
            user.current = user.of_cookie = session_of(user.caller)
            self.see_session(user)
            user.sessions = {key: True for key, is_alive in user.sessions.items() if is_alive} | {user.current: True}

    def enable(self, user: User, *, is_active: bool) -> None:
        user.is_active = is_active
        self.execute("UPDATE users SET is_active = $2 WHERE id = $1", user.account.id, is_active)

    def let_in(self, user: User) -> None:
        self.enable(user, is_active=True)
        self.start_session(user)

    def look_at_rows(self, *, may_change: User | None = None) -> None:
        """Nothing that a user does changes or locks a row of another; nothing that is refused changes any."""
        rows = self.service.rows_of([self.service.bystander, *self.seen["user"]])
        for owner, before in self.rows.items():
            if may_change is None or owner != may_change.account.id:
                assert owner in rows, f"rows of {self.name_of(owner)} are gone"
                assert rows[owner].lines == before.lines, f"rows of {self.name_of(owner)} have changed"
            if owner != self.asker:
                assert rows[owner].locks <= before.locks, f"rows of {self.name_of(owner)} were locked"
        self.rows = rows
        self.is_sound = True

    def name_of(self, owner: str) -> str:
        names = {user.account.id: name for user, name in zip(self.users, USERS, strict=True)}
        return "the bystander" if owner == self.service.bystander else names.get(owner, "somebody who is gone")

    def execute(self, statement: str, *parameters: object) -> None:
        """What no request can do: time passes, an operator acts."""
        self.service.execute(statement, *parameters)
        self.look_anew()

    def look_anew(self) -> None:
        self.rows = {}
        self.look_at_rows()


def agree_on_refusal(response: httpx.Response, wanted: Refused, told: str) -> None:
    assert response.status_code == wanted.status, f"{told}, wanted {wanted}"
    assert response.json()["code"] == wanted.code, f"{told}, wanted {wanted}"
    faults = [(fault["pointer"], fault["code"]) for fault in response.json().get("errors", [])]
    assert faults == wanted.faults, f"{told}, wanted {wanted}"


def _written(value: object) -> object:
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def now() -> datetime:
    return datetime.now(UTC)
