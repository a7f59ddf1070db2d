"""One user's account: every method is one request; it raises Refused, and then nothing has changed."""

from tests.model.bodies import task_body
from tests.model.model import Body, Match, Task, Tick
from tests.model.series_model import SeriesModel


class Account(SeriesModel):
    def __init__(self, user: Body) -> None:
        self.user = user
        self.now = Tick(0)
        self.tasks = {}
        self.tags = {}
        self.series = {}
        self.new_tasks = []
        self.removed = []

    @property
    def id(self) -> str:  # type: ignore[override]
        return str(self.user["id"])

    @property
    def zone(self) -> str:
        return str(self.user["timezone"])

    def update_user(self, body: Body, match: Match) -> Body:
        match.check(self.user["version"])
        if any(self.user[name] != value for name, value in body.items()):
            self.user |= {**body, "version": self.user["version"] + 1}
        return self.user

    def shown(self, task: Task) -> Body:
        return task_body(self, task)
