"""The whole-account document, which is exported and imports again. Its fields are checked as those of requests are."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from src.domain.priorities import PriorityName
from src.schemas.base import ClockTime, Day, Description, Email, Id, Input, Instant, PersonName, Title, Username, Zone
from src.schemas.tag import Color, TagName
from src.schemas.task import TagIds

FORMAT = "todo-export"
FORMAT_VERSION = 1

ExportFormat = Literal["json", "csv", "ics"]
Position = Annotated[str, StringConstraints(max_length=200, pattern=r"^[0-9a-f]{14}[0-9A-Za-z]*[1-9A-Za-z]$")]
Rule = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    WithJsonSchema({"type": "string", "format": "rrule", "maxLength": 500}),
]


class ExportQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ExportFormat = "json"


class ExportedUser(Input):
    """The profile, to be read by a person. An import leaves the profile as it is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Id
    email: Email
    timezone: Zone
    created_at: Instant
    updated_at: Instant
    username: Username | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None


class ExportedTag(Input):
    id: Id
    name: TagName
    color: Color = Field(default="#6B7280")
    created_at: Instant | None = None
    updated_at: Instant | None = None


class ExportedTask(Input):
    id: Id
    title: Title
    description: Description | None = None
    is_completed: StrictBool = False
    completed_at: Instant | None = None
    priority: PriorityName | None = None
    due_date: Day | None = None
    due_time: ClockTime | None = None
    timezone: Zone | None = None
    tags: TagIds = Field(default=(), description="ids of tags in the document or in the account")
    parent_id: Id | None = None
    position: Position | None = Field(
        default=None, description="where it is left out, the order of the document counts"
    )
    recurring_task_id: Id | None = None
    occurrence_date: Day | None = None
    deleted_at: Instant | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None

    @model_validator(mode="after")
    def _require_pairs(self) -> Self:
        if self.due_time is not None and self.due_date is None:
            raise PydanticCustomError("due_time_without_date", "a due_time needs a due_date")
        if (self.recurring_task_id is None) != (self.occurrence_date is None):
            raise PydanticCustomError("half_an_occurrence", "recurring_task_id and occurrence_date go together")
        if self.parent_id == self.id:
            raise PydanticCustomError("circle", "a task is no part of itself")
        return self


class ExportedSeries(Input):
    id: Id
    title: Title
    rrule: Rule
    start_date: Day
    timezone: Zone
    description: Description | None = None
    priority: PriorityName | None = None
    due_time: ClockTime | None = None
    mode: Literal["schedule", "after_completion"] = "schedule"
    missed: Literal["skip", "keep"] = "skip"
    is_active: StrictBool = True
    tags: TagIds = ()
    created_at: Instant | None = None
    updated_at: Instant | None = None


class ExportedInstance(Input):
    recurring_task_id: Id
    occurrence_date: Day
    status: Literal["open", "completed", "skipped"] = "open"
    closed_at: Instant | None = None

    @model_validator(mode="after")
    def _require_closed_at(self) -> Self:
        if (self.status == "open") != (self.closed_at is None):
            raise PydanticCustomError(
                "closed_at_mismatch", "closed_at stands with completed and skipped, and only there"
            )
        return self


class ExportDocument(Input):
    """Everything of one account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "format": FORMAT,
                    "format_version": FORMAT_VERSION,
                    "tags": [{"id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f11", "name": "Work", "color": "#2563EB"}],
                    "tasks": [
                        {
                            "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
                            "title": "Call Ana",
                            "tags": ["019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f11"],
                        }
                    ],
                }
            ]
        }
    )

    format: Literal["todo-export"]
    format_version: Literal[1]
    exported_at: Instant | None = None
    user: ExportedUser | None = None
    tags: list[ExportedTag] = Field(default_factory=list)
    recurring_tasks: list[ExportedSeries] = Field(default_factory=list)
    task_instances: list[ExportedInstance] = Field(default_factory=list)
    tasks: list[ExportedTask] = Field(default_factory=list)


def export_start(exported_at: datetime) -> dict[str, object]:
    """The members that come first."""
    return {"format": FORMAT, "format_version": FORMAT_VERSION, "exported_at": exported_at}
