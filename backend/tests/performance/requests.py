"""A request for each operation of the service, and how often it waits for the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import asyncpg
import httpx

from tests.api.test_token_exchange import GRANT, JWT
from tests.factories import BASE, PASSWORD, Api
from tests.performance.given import (
    Maker,
    instance,
    known_subject,
    made_for,
    tagged,
    task_with_a_part,
    timed,
    trashed,
)
from tests.portability import everything

READS: Final = 3
WRITES: Final = 4
"""What is thought right: the opening of the transaction, a statement or two, the COMMIT."""

LONGER = "/users/{user_id}/tasks"


@dataclass(frozen=True)
class Asked:
    """``operation`` as the OpenAPI document has it, below `BASE` unless it begins with ``/health`` or ``/problems``.

    Args:
        trips: round trips to the database, on a connection that has seen the statements before.
        why: it takes more than `READS` or `WRITES`.
        name: what tells it from other requests of the same operation.
        makers: where something else than usual is to be there before it.
    """

    operation: str
    trips: int
    why: str = ""
    name: str = ""
    query: str = ""
    body: object = None
    form: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, Maker] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]

    @property
    def path(self) -> str:
        path = self.operation.partition(" ")[2]
        return path if path.startswith(("/health", "/problems")) else BASE + path

    @property
    def budget(self) -> int:
        return READS if self.method == "GET" else WRITES

    def __str__(self) -> str:
        return " ".join(filter(None, [self.operation, self.query, self.name]))

    async def prepared(self, caller: Api, admin: asyncpg.Connection) -> httpx.Request:
        """The request of this caller, for whom everything that it names is there now."""
        template = json.dumps([self.path + self.query, self.body, dict(self.form)])
        made = await made_for(template, caller, admin, self.makers)
        for name, value in made.items():
            template = template.replace(f"{{{name}}}", value)
        url, body, form = json.loads(template)
        content: dict[str, Any] = {} if body is None else {"json": body}
        return caller.client.build_request(self.method, url, **content, **({"data": form} if form else {}))


ZONE: Final = "the zone, which says what day it is, comes first"
TASKS: Final = [
    Asked("GET /tasks", 3),
    Asked("POST /tasks", 3, body={"title": "Call Ana", "priority": "high", "due_date": "2026-12-01"}),
    Asked("GET /tasks/{task_id}", 3),
    Asked("PATCH /tasks/{task_id}", 4, body={"priority": "low"}),
    Asked("DELETE /tasks/{task_id}", 4),
    Asked("POST /tasks/{task_id}/restore", 4, makers={"task_id": trashed}),
    Asked("POST /tasks/{task_id}/move", 4, body={"before": "{other_id}"}),
    Asked("PATCH /tasks/{task_id}/complete", 3),
    Asked("POST /tasks/quick", 4, body={"text": "Call Ana tomorrow !high"}),
    Asked("GET /tasks/stats", 4, ZONE),
    Asked("GET /tasks/export", 6, "a statement for each kind of thing"),
    Asked(
        "POST /tasks/bulk",
        8,
        "a statement for each kind of change, however many there are",
        body={"operations": [{"op": "create", "data": {"title": "Call Ana"}}, {"op": "delete", "id": "{task_id}"}]},
    ),
]
TWO_WAYS: Final = "what is not found in one way is looked for in the other"
OF_TASKS: Final = [
    Asked("GET /tasks", 3, query="?limit=1&cursor={cursor}"),
    Asked("GET /tasks", 3, query="?tag={tag_id}&priority=low&completed=false&sort=-due_date"),
    Asked("GET /tasks", 3, query="?due=none"),
    Asked("GET /tasks", 4, ZONE, query="?due=today"),
    Asked("GET /tasks", 4, ZONE, query="?due=overdue"),
    Asked("GET /tasks", 4, ZONE, query="?due=upcoming"),
    Asked("GET /tasks", 3, query="?trash=true"),
    Asked("GET /tasks", 3, query="?q={rare}"),
    Asked("GET /tasks", 4, TWO_WAYS, query="?q={common}"),
    Asked("GET /tasks", 4, TWO_WAYS, query="?q=nowhere"),
    Asked("GET /tasks", 4, "counts too", query="?include_total=true"),
    Asked("POST /tasks", 4, name="with tags", body={"title": "Call Ana", "tags": ["{tag_id}"]}),
    Asked("POST /tasks", 4, name="at a time", body={"title": "x", "due_date": "2026-12-01", "due_time": "10:00"}),
    Asked(
        "POST /tasks",
        6,
        "locks the trees and the whole, and measures how deep it gets",
        name="as a part",
        body={"title": "x", "parent_id": "{task_id}"},
    ),
    Asked("PATCH /tasks/{task_id}", 3, name="no change", body={"title": "Call Ana"}),
    Asked("PATCH /tasks/{task_id}", 4, name="title", body={"title": "Call Bob"}),
    Asked("PATCH /tasks/{task_id}", 4, name="tags", body={"tags": ["{tag_id}"]}),
    Asked("PATCH /tasks/{task_id}", 4, name="day", body={"due_date": "2026-12-01"}, makers={"task_id": tagged}),
    Asked("PATCH /tasks/{task_id}", 4, name="time", body={"due_time": "11:00"}, makers={"task_id": timed}),
    Asked("PATCH /tasks/{task_id}", 4, name="completed", body={"is_completed": True}),
    Asked(
        "PATCH /tasks/{task_id}",
        7,
        "locks the trees, the task and the whole, and measures how deep it gets",
        name="whole",
        body={"parent_id": "{other_id}"},
    ),
    Asked(
        "DELETE /tasks/{task_id}",
        5,
        "looks again while it finds parts",
        name="with a part",
        makers={"task_id": task_with_a_part},
    ),
    Asked("DELETE /tasks/{task_id}", 3, query="?permanent=true"),
    Asked("PATCH /tasks/{task_id}/complete", 3, name="set", body={"is_completed": True}),
    Asked(
        "PATCH /tasks/{task_id}/complete",
        7,
        "settles the instance, asks how the series stands, makes the next task, reads",
        name="of a series",
        makers={"task_id": instance},
    ),
    Asked("POST /tasks/quick", 7, "finds or makes the tag", name="with a tag", body={"text": "Call Ana #home"}),
    Asked("POST /tasks/quick", 9, "a series with its first task", name="series", body={"text": "Call Ana every day"}),
    Asked("POST /tasks/quick", 3, name="dry run", body={"text": "Call Ana", "dry_run": True}),
    Asked("GET /tasks/export", 3, query="?format=csv"),
    Asked("GET /tasks/export", 3, query="?format=ics"),
]
FOLLOWS: Final = "asks how the series stands, and makes its tasks follow"
SERIES: Final = [
    Asked("GET /recurring-tasks", 3),
    Asked("POST /recurring-tasks", 7, FOLLOWS, body={"title": "Water the plants", "rrule": "FREQ=DAILY"}),
    Asked("POST /recurring-tasks/preview", 3, body={"rrule": "FREQ=DAILY"}),
    Asked("GET /recurring-tasks/{recurring_task_id}", 3),
    Asked("PATCH /recurring-tasks/{recurring_task_id}", 10, FOLLOWS, body={"title": "Water the roses"}),
    Asked(
        "PATCH /recurring-tasks/{recurring_task_id}", 10, FOLLOWS, query="?scope=future", body={"rrule": "FREQ=WEEKLY"}
    ),
    Asked("DELETE /recurring-tasks/{recurring_task_id}", 7, "releases its tasks, and trashes the open ones' parts"),
    Asked("GET /recurring-tasks/{recurring_task_id}/instances", 3),
    Asked("GET /recurring-tasks/{recurring_task_id}/occurrences", 3),
    Asked("POST /recurring-tasks/{recurring_task_id}/instances/{occurrence_date}/skip", 11, FOLLOWS),
]
TOUCHES: Final = "gives what carries it a new version, before and after whoever attaches it has to wait"
TAGS: Final = [
    Asked("GET /tags", 3),
    Asked("POST /tags", 3, body={"name": "home"}),
    Asked("GET /tags/{tag_id}", 3),
    Asked("PATCH /tags/{tag_id}", 6, TOUCHES, body={"color": "#123456"}),
    Asked("DELETE /tags/{tag_id}", 5, TOUCHES),
    Asked("POST /tags/{tag_id}/merge", 9, TOUCHES, body={"into": "{other_tag_id}"}),
]
ASKS_BEFORE: Final = "finds the account, and opens its transaction once the password is hashed"
EXCHANGE: Final = {"grant_type": GRANT, "subject_token": "{subject_token}", "subject_token_type": JWT}
ACCOUNTS: Final = [
    Asked("POST /auth/register", 2, body={"email": "{unused}", "password": PASSWORD}),
    Asked("POST /auth/login", 2, body={"email": "{email}", "password": PASSWORD}),
    Asked("POST /auth/refresh", 4),
    Asked("POST /auth/logout", 3),
    Asked("GET /auth/sessions", 3),
    Asked("DELETE /auth/sessions", 3),
    Asked("DELETE /auth/sessions/{session_id}", 3),
    Asked(
        "POST /auth/change-password",
        6,
        ASKS_BEFORE,
        body={"current_password": PASSWORD, "new_password": "staple the other horse"},
    ),
    Asked("POST /auth/token", 2, form={"grant_type": "password", "username": "{email}", "password": PASSWORD}),
    Asked(
        "POST /auth/token",
        4,
        name="refresh",
        form={"grant_type": "refresh_token", "refresh_token": "{refresh_token}"},
    ),
    Asked("POST /auth/token", 3, name="exchange", form=EXCHANGE, makers={"subject_token": known_subject}),
    Asked("POST /auth/token", 10, "links the account", name="first exchange", form=EXCHANGE),
    Asked("POST /auth/forgot-password", 3, name="of which the answer waits for one", body={"email": "{email}"}),
    Asked(
        "POST /auth/reset-password",
        7,
        "counts the attempt, finds the token, and takes it once the password is hashed",
        body={"token": "{reset_token}", "new_password": "staple the other horse"},
    ),
    Asked("GET /users/me", 3),
    Asked("PATCH /users/me", 4, body={"first_name": "Ana"}),
    Asked(
        "PATCH /users/me",
        7,
        "confirms the password, and drops the links sent to the address before",
        name="address",
        body={"email": "{unused}", "current_password": PASSWORD},
    ),
    Asked("DELETE /users/me", 4, body={"current_password": PASSWORD}),
    Asked("GET /users/me/export", 7, "a statement for each kind of thing"),
    Asked("POST /users/me/import", 20, "a statement for each kind of thing and of reference", body=everything()),
]
OTHERS: Final = [
    Asked("GET /priorities", 3),
    Asked("GET /health", 1),
    Asked("GET /health/live", 0),
    Asked("GET /health/ready", 1),
    Asked("GET /problems/{name}", 0),
]
REQUESTS: Final = [
    *TASKS,
    *(replace(asked, operation=asked.operation.replace("/tasks", LONGER)) for asked in TASKS),
    *OF_TASKS,
    *SERIES,
    *TAGS,
    *ACCOUNTS,
    *OTHERS,
]
