"""Time travel, and what tests of series ask for."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from src.core import clock
from src.core.security import Principal
from tests.factories import Api


class Travel:
    """Moves the service's clock; a caller who travels along stays logged in."""

    def __init__(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        self._tokens = app.state.context.access_tokens
        self._monkeypatch = monkeypatch

    async def to(self, when: str, caller: Api) -> None:
        """``when`` is a day, which is then at noon in UTC, or an instant."""
        instant = datetime.fromisoformat(when if "T" in when else f"{when}T12:00:00+00:00").astimezone(UTC)
        principal = await self._principal_of(caller)
        self._monkeypatch.setattr(clock, "now", lambda: instant)
        caller.use(self._tokens.issue(principal))

    async def _principal_of(self, caller: Api) -> Principal:
        sessions = (await caller.get("/auth/sessions")).json()["items"]
        return Principal(caller.id, UUID(next(item["id"] for item in sessions if item["is_current"])))


async def open_tasks(caller: Api, series: dict[str, Any]) -> list[dict[str, Any]]:
    """Its open instances as tasks, the earliest first."""
    page = await caller.get(f"/tasks?recurring_task_id={series['id']}&completed=false&limit=200")
    return sorted(page.json()["items"], key=lambda task: task["occurrence_date"])


async def open_dates(caller: Api, series: dict[str, Any]) -> list[str]:
    return [task["occurrence_date"] for task in await open_tasks(caller, series)]


async def complete(caller: Api, task: dict[str, Any], *, is_completed: bool = True) -> dict[str, Any]:
    response = await caller.patch(f"/tasks/{task['id']}/complete", {"is_completed": is_completed})
    assert response.status_code == 200, response.text
    done: dict[str, Any] = response.json()
    return done


async def history(caller: Api, series: dict[str, Any]) -> dict[str, str]:
    """What became of each date."""
    page = await caller.get(f"/recurring-tasks/{series['id']}/instances?limit=200")
    assert page.json()["next_cursor"] is None
    return {item["occurrence_date"]: item["status"] for item in reversed(page.json()["items"])}


async def read(caller: Api, series: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = (await caller.get(f"/recurring-tasks/{series['id']}")).json()
    return stored
