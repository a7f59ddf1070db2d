"""Files that come and go: a document with something of everything, and callers that send files."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx

from tests.factories import Api

NAMESPACE = UUID("d9a1b6a0-3a3b-4f8e-9c65-0f8a3f6c1d11")
TYPES = {"json": "application/json", "csv": "text/csv", "ics": "text/calendar"}
EVERYTHING = {"tasks": 6, "tags": 2, "recurring_tasks": 2, "task_instances": 4}
NOTHING = dict.fromkeys(EVERYTHING, 0)


def id_of(name: str) -> str:
    return str(uuid5(NAMESPACE, name))


def ago(**period: float) -> str:
    return (datetime.now(UTC) - timedelta(**period)).isoformat().replace("+00:00", "Z")


def document(**changes: object) -> dict[str, Any]:
    return {"format": "todo-export", "format_version": 1, **changes}


def everything() -> dict[str, Any]:
    """Two tags, a tree of three, one in the trash, and two series with what became of them."""
    made = {"created_at": ago(days=9), "updated_at": ago(days=8)}
    done, skipped = [{"status": status, "closed_at": ago(days=7)} for status in ("completed", "skipped")]
    water, rent = id_of("water"), id_of("rent")
    return document(
        tags=[
            {"id": id_of("home"), "name": "Home, sweet", "color": "#2563EB", **made},
            {"id": id_of("unused"), "name": "unused", "color": "#DC2626", **made},
        ],
        recurring_tasks=[
            {
                "id": water, "title": "Water plants", "rrule": "FREQ=WEEKLY;BYDAY=TU", "start_date": "2026-11-03",
                "timezone": "Europe/Berlin", "due_time": "08:00:00", "priority": "low", "tags": [id_of("home")],
                "missed": "keep", **made,
            },
            {
                "id": rent, "title": "Rent", "rrule": "FREQ=MONTHLY;COUNT=3", "start_date": "2026-10-31",
                "timezone": "UTC", "mode": "after_completion", "is_active": False, "description": "iban", **made,
            },
        ],
        task_instances=[
            {"recurring_task_id": water, "occurrence_date": "2026-11-03", **done},
            {"recurring_task_id": water, "occurrence_date": "2026-11-10", **skipped},
            {"recurring_task_id": water, "occurrence_date": "2026-11-17", "status": "open"},
            {"recurring_task_id": rent, "occurrence_date": "2026-10-31", **skipped},
        ],
        tasks=[
            {
                "id": id_of("leaf"), "title": "leaf", "parent_id": id_of("branch"), "position": "0660d33243f3728d18",
                **made,
            },
            {
                "id": id_of("branch"), "title": "branch", "parent_id": id_of("root"), "position": "0660d33243f3728d19",
                **made,
            },
            {
                "id": id_of("root"), "title": "=root", "description": "two\nlines", "priority": "urgent",
                "due_date": "2026-12-01", "due_time": "17:00:00", "timezone": "America/New_York",
                "tags": [id_of("home")], "position": "0660d33243f3728d1a", **made,
            },
            {
                "id": id_of("gone"), "title": "gone", "deleted_at": ago(days=1), "is_completed": True,
                "completed_at": ago(days=2), "position": "0660d33243f3728d1b", **made,
            },
            {
                "id": id_of("water 1"), "title": "Water plants", "is_completed": True, "completed_at": ago(days=8),
                "due_date": "2026-11-03", "recurring_task_id": water, "occurrence_date": "2026-11-03",
                "position": "0660d33243f3728d1c", **made,
            },
            {
                "id": id_of("water 3"), "title": "Water plants", "due_date": "2026-11-17", "due_time": "08:00:00",
                "timezone": "Europe/Berlin", "recurring_task_id": water, "occurrence_date": "2026-11-17",
                "position": "0660d33243f3728d1d", **made,
            },
        ],
    )  # fmt: skip


async def send(
    caller: Api, content: bytes | str | dict[str, Any], kind: str = "json", **query: object
) -> httpx.Response:
    """A file, by its Content-Type alone, or with ``format`` and ``dry_run``."""
    body = json.dumps(content).encode() if isinstance(content, dict) else content
    query = {name: str(value).lower() for name, value in query.items()}
    headers = {"Content-Type": TYPES[kind]}
    return await caller.request("POST", "/users/me/import", content=body, headers=headers, params=query)


async def imported(
    caller: Api, content: bytes | str | dict[str, Any], kind: str = "json", **query: object
) -> dict[str, Any]:
    """The report of an import that was accepted."""
    answer = await send(caller, content, kind, **query)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def exported(caller: Api) -> dict[str, Any]:
    """The whole account, without what differs from one export to the next."""
    answer = await caller.get("/users/me/export")
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json()
    return {name: value for name, value in whole.items() if name not in ("exported_at", "user")}


def said(report: dict[str, Any], level: str) -> list[tuple[object, str]]:
    """Where, and what."""
    return [(line["line"] or line["pointer"], line["code"]) for line in report["lines"] if line["level"] == level]
