"""An example of each answer, for the OpenAPI document: what Ana gets to see in Madrid, where it is Tuesday."""

from typing import Any, Final

_USER_ID: Final = "019ab7c8-1d20-7d3a-8f11-5b0c2a9e4d10"
_TASK_ID: Final = "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"
_SERIES_ID: Final = "019ab7d4-02a1-7b6e-b3f0-9c41d7e8a220"
_TAG_ID: Final = "019ab7d1-9e55-7f02-a6c4-3d2b1a0f8e30"
_MADE: Final = "2026-11-24T08:30:00.125000Z"
_HIGH: Final = {"id": 3, "name": "High", "level": 3, "color": "#D97706"}
_TAG_OF_TASK: Final = {"id": _TAG_ID, "name": "home", "color": "#3B82F6"}
_TOKEN: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"  # noqa: S105  # the part that every token has
_REFRESH_TOKEN: Final = "Zt3uH1…"  # noqa: S105

_USER: Final = {
    "id": _USER_ID,
    "email": "ana@example.com",
    "username": None,
    "first_name": "Ana",
    "last_name": None,
    "timezone": "Europe/Madrid",
    "version": 1,
    "created_at": _MADE,
    "updated_at": _MADE,
}
_TOKENS: Final = {"access_token": _TOKEN, "token_type": "bearer", "expires_in": 900}
_TOKEN_PAIR: Final = {**_TOKENS, "refresh_token": _REFRESH_TOKEN}
_TASK: Final = {
    "id": _TASK_ID,
    "user_id": _USER_ID,
    "title": "Call Bo",
    "description": None,
    "is_completed": False,
    "completed_at": None,
    "priority": _HIGH,
    "due_date": "2026-12-01",
    "due_time": "17:00:00",
    "timezone": "Europe/Madrid",
    "due_at": "2026-12-01T16:00:00Z",
    "tags": [_TAG_OF_TASK],
    "parent_id": None,
    "position": "a0",
    "recurring_task_id": None,
    "occurrence_date": None,
    "deleted_at": None,
    "version": 1,
    "created_at": _MADE,
    "updated_at": _MADE,
}
_TAG: Final = {**_TAG_OF_TASK, "task_count": 3, "version": 1, "created_at": _MADE, "updated_at": _MADE}
_SERIES: Final = {
    "id": _SERIES_ID,
    "user_id": _USER_ID,
    "title": "Pay the rent",
    "description": None,
    "priority": _HIGH,
    "tags": [_TAG_OF_TASK],
    "rrule": "FREQ=MONTHLY;BYMONTHDAY=1",
    "rrule_description": "every month on the 1st",
    "start_date": "2026-12-01",
    "due_time": "09:00:00",
    "timezone": "Europe/Madrid",
    "mode": "schedule",
    "missed": "skip",
    "is_active": True,
    "next_date": "2026-12-01",
    "completed_count": 0,
    "skipped_count": 0,
    "version": 1,
    "created_at": _MADE,
    "updated_at": _MADE,
}
_OCCURRENCES: Final = [
    {"date": "2026-12-01", "due_at": "2026-12-01T08:00:00Z"},
    {"date": "2027-01-01", "due_at": "2027-01-01T08:00:00Z"},
]
_COUNTS: Final = {"tags": 4, "recurring_tasks": 2, "tasks": 120, "task_instances": 9}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "AccessToken": _TOKENS,
    "BulkResults": {
        "results": [
            {"index": 0, "op": "create", "status": 201, "task": _TASK},
            {"index": 1, "op": "delete", "status": 204},
        ]
    },
    "ExchangedTokens": {**_TOKEN_PAIR, "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"},
    "Health": {
        "status": "healthy",
        "service": "todo-api",
        "version": "0.1.0",
        "database": {"status": "connected", "latency_ms": 1.9},
        "schema": {"status": "valid", "revision": "0006"},
    },
    "ImportReport": {
        "dry_run": False,
        "format": "todoist",
        "created": _COUNTS,
        "existing": dict.fromkeys(_COUNTS, 0),
        "lines": [
            {
                "line": 17,
                "pointer": None,
                "level": "warning",
                "code": "unreadable_date",
                "message": "DATE: could not be read, so it stands in the description",
            }
        ],
        "lines_left_out": 0,
    },
    "InstancePage": {
        "items": [
            {"occurrence_date": "2026-12-01", "status": "open", "closed_at": None, "task_id": _TASK_ID},
            {"occurrence_date": "2026-11-01", "status": "completed", "closed_at": _MADE, "task_id": None},
        ],
        "next_cursor": None,
    },
    "Liveness": {"status": "alive"},
    "LoggedIn": {**_TOKENS, "user": _USER},
    "OccurrenceList": {"items": _OCCURRENCES, "next_after": "2027-01-01"},
    "PreviewPublic": {
        "rrule": "FREQ=MONTHLY;BYMONTHDAY=1",
        "description": "every month on the 1st",
        "occurrences": _OCCURRENCES,
    },
    "PriorityList": {
        "items": [
            {"id": 1, "name": "Low", "level": 1, "color": "#6B7280"},
            {"id": 2, "name": "Medium", "level": 2, "color": "#2563EB"},
            _HIGH,
            {"id": 4, "name": "Urgent", "level": 4, "color": "#DC2626"},
        ],
        "next_cursor": None,
    },
    "QuickAddPublic": {
        "task": _TASK,
        "recurring_task": None,
        "understood": {
            "title": "Call Bo",
            "due_date": "2026-12-01",
            "due_time": "17:00:00",
            "timezone": "Europe/Madrid",
            "priority": "high",
            "tags": ["home"],
            "rrule": None,
            "rrule_description": None,
            "mode": None,
            "spans": [
                {
                    "start": 8,
                    "end": 20,
                    "utf16_start": 8,
                    "utf16_end": 20,
                    "kind": "datetime",
                    "value": "2026-12-01T17:00",
                }
            ],
        },
    },
    "RecurringTaskPage": {"items": [_SERIES], "next_cursor": None},
    "RecurringTaskPublic": _SERIES,
    "SessionList": {
        "items": [
            {
                "id": "019ab7c9-55e0-7a10-9d3c-7e6f5d4c3b20",
                "device": "Firefox on Linux",
                "network": "203.0.113.0/24",
                "created_at": _MADE,
                "last_used_at": _MADE,
                "expires_at": "2026-12-24T08:30:00.125000Z",
                "is_current": True,
            }
        ],
        "next_cursor": None,
    },
    "TagPage": {"items": [_TAG], "next_cursor": None},
    "TagPublic": _TAG,
    "TaskPage": {"items": [_TASK], "next_cursor": None},
    "TaskPublic": _TASK,
    "TaskStats": {
        "open": 12,
        "open_by_priority": {"low": 2, "medium": 4, "high": 3, "urgent": 1, "none": 2},
        "due_today": 2,
        "overdue": 1,
        "completed_total": 340,
        "completed_per_day": [{"date": "2026-11-23", "count": 5}, {"date": "2026-11-24", "count": 1}],
    },
    "TokenPair": _TOKEN_PAIR,
    "UserPublic": _USER,
}
"""By the name of the model that a route answers with."""
