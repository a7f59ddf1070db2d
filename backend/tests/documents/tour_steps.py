"""What the tour does, in the order in which a newcomer would try it. Bodies are the OpenAPI document's examples."""

from dataclasses import dataclass, field

SETTINGS = """\
API=http://localhost:8000/api/v1
JSON='Content-Type: application/json'
TASK=019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10
SERIES=019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f20
"""
KEEP_TOKEN = """\
echo "$ANSWER"
AUTH="Authorization: Bearer $(echo "$ANSWER" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"
"""


@dataclass(frozen=True)
class Step:
    """One command. ``body`` is put over the document's example; of the answer the fields in ``shown`` are."""

    heading: str
    operation: str
    status: int
    shown: tuple[str, ...] = ()
    query: str = ""
    if_match: int | None = None
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)
    says: str = ""
    keeps_token: bool = False


OF_TASK = {"task_id": "$TASK"}
STEPS = (
    Step("Register", "register", 201, ("email", "timezone", "version")),
    Step("Log in", "login", 200, ("token_type", "expires_in", "user", "email"), keeps_token=True),
    Step(
        "Create a task",
        "create_task",
        201,
        ("title", "priority", "name", "due_at", "is_completed", "version"),
        body={"id": "'$TASK'"},
    ),
    Step("Or in one line of text", "quick_add", 201, ("task", "title", "priority", "tags", "name", "due_time")),
    Step(
        "List, with filters",
        "list_tasks",
        200,
        ("items", "title", "tags", "name", "next_cursor"),
        query="completed=false&tag=work&sort=due_date&limit=10",
        says="`next_cursor` gets the next page: send it as `cursor`.",
    ),
    Step(
        "Change it, if nobody else has",
        "update_task",
        200,
        ("title", "version"),
        if_match=1,
        path=OF_TASK,
        says="`If-Match` holds the version that you have seen, which is the answer's `ETag` too.",
    ),
    Step(
        "And if somebody has",
        "update_task",
        412,
        ("type", "title", "status", "code"),
        if_match=1,
        path=OF_TASK,
        says="The same again is refused: the task is at version 2 now. Every error is such a document.",
    ),
    Step("Complete it", "complete_task", 200, ("title", "is_completed", "version"), path=OF_TASK),
    Step("What a rule means", "preview_recurring_task", 200, ("description", "rrule")),
    Step(
        "Make a series",
        "create_recurring_task",
        201,
        ("title", "rrule_description", "due_time", "is_active"),
        body={"id": "'$SERIES'"},
    ),
    Step(
        "Its open task",
        "list_tasks",
        200,
        ("items", "title", "due_time", "is_completed"),
        query="recurring_task_id=$SERIES",
        says="The next one comes with its completion.",
    ),
    Step(
        "Search",
        "list_tasks",
        200,
        ("items", "title"),
        query="q=rent",
        says="Words and their beginnings; case and accents do not count.",
    ),
    Step("Count", "read_task_stats", 200, ("open", "completed_total")),
    Step(
        "Take everything along",
        "export_account",
        200,
        ("format", "format_version", "tasks", "title", "is_completed"),
    ),
    Step("Delete", "delete_task", 204, path=OF_TASK),
    Step("And have it back", "restore_task", 200, ("title", "deleted_at", "version"), path=OF_TASK),
    Step("Leave", "delete_me", 204),
)
