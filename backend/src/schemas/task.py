from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool

from src.domain.priorities import PriorityName
from src.schemas.base import ClockTime, Day, Description, Id, Input, Omittable, Output, Title, Version, Zone
from src.schemas.page import Page, PageQuery
from src.schemas.priority import PriorityPublic

TaskSort = Literal[
    "created_at", "-created_at", "due_date", "-due_date", "priority", "-priority", "title", "-title",
    "updated_at", "-updated_at", "completed_at", "-completed_at",
]  # fmt: skip


class TaskCreate(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Call Ana", "priority": "high", "due_date": "2026-12-01", "due_time": "17:00"},
                {"id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "title": "Stored once, however often it is sent"},
            ]
        }
    )

    id: Id | None = Field(default=None, description="your own UUID makes the create safe to send again")
    title: Title
    description: Description | None = None
    is_completed: StrictBool = False
    priority: PriorityName | None = None
    due_date: Day | None = None
    due_time: ClockTime | None = Field(default=None, description="needs a due_date")
    timezone: Zone | None = Field(default=None, description="of the due_time; the user's own when left out")


class TaskUpdate(Input):
    """A JSON merge patch (RFC 7396): what is left out stays, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Call Ana back", "due_time": None}]})

    title: Title = Omittable()
    description: Description | None = None
    is_completed: StrictBool = Omittable()
    priority: PriorityName | None = None
    due_date: Day | None = None
    due_time: ClockTime | None = None
    timezone: Zone | None = None


class TaskComplete(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_completed": True}]})

    is_completed: StrictBool


class TaskPublic(Output):
    id: UUID
    user_id: UUID
    title: str
    description: str | None
    is_completed: bool
    completed_at: datetime | None
    priority: PriorityPublic | None
    due_date: date | None
    due_time: time | None
    timezone: str | None
    due_at: datetime | None = Field(description="the instant that due_date and due_time name; null without a time")
    version: Version
    created_at: datetime
    updated_at: datetime


class TaskPage(Page[TaskPublic]):
    pass


class TaskQuery(PageQuery):
    """Which tasks to list, and in which order. Filters are combined with AND."""

    completed: bool | None = None
    priority: Annotated[list[PriorityName], Field(max_length=4)] = Field(
        default_factory=list, description="repeat it for several"
    )
    due_before: Day | None = Field(default=None, description="due on an earlier day than this")
    due_after: Day | None = Field(default=None, description="due on a later day than this")
    sort: TaskSort = Field(
        default="-created_at", description="`-` for descending; tasks without a value come last either way"
    )
