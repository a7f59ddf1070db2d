from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from src.domain.priorities import PriorityName
from src.domain.recurrence import MAX_RULE_LENGTH
from src.schemas.base import ClockTime, Day, Description, Id, Input, Omittable, Output, ShownTime, Title, Version, Zone
from src.schemas.page import Page, PageQuery
from src.schemas.priority import PriorityPublic
from src.schemas.tag import TagOfTask
from src.schemas.task import TagIds

MAX_OCCURRENCES = 1_000
RuleText = Annotated[str, WithJsonSchema({"type": "string", "format": "rrule", "maxLength": MAX_RULE_LENGTH})]
ModeName = Literal["schedule", "after_completion"]
MissedName = Literal["skip", "keep"]
InstanceStatus = Literal["open", "completed", "skipped"]

_RRULE = (
    "a rule of RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, "
    "COUNT or UNTIL"
)
_MODE = "schedule: the next date by the rule; after_completion: counted from the day of completion"
_MISSED = "skip: go on from today; keep: an instance for each date that was missed, at most 50"
_ZONE = "of the dates and the due_time; the user's own when left out"


class RecurringTaskCreate(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Pay the rent", "rrule": "FREQ=MONTHLY;BYMONTHDAY=1", "due_time": "09:00"},
                {
                    "title": "Water the plants",
                    "rrule": "FREQ=DAILY;INTERVAL=3",
                    "start_date": "2026-12-01",
                    "mode": "after_completion",
                },
            ]
        }
    )

    id: Id | None = Field(default=None, description="your own UUID makes the create safe to send again")
    title: Title
    description: Description | None = None
    priority: PriorityName | None = None
    tags: TagIds = Field(default=(), description="ids of your tags")
    rrule: RuleText = Field(description=_RRULE)
    start_date: Day | None = Field(default=None, description="today in the timezone when left out")
    due_time: ClockTime | None = None
    timezone: Zone | None = Field(default=None, description=_ZONE)
    mode: ModeName = Field(default="schedule", description=_MODE)
    missed: MissedName = Field(default="skip", description=_MISSED)
    is_active: StrictBool = Field(default=True, description="a paused series makes no instances")


class RecurringTaskUpdate(Input):
    """A JSON merge patch (RFC 7396): what is left out stays, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rrule": "FREQ=WEEKLY;BYDAY=MO,TH", "due_time": None}]})

    title: Title = Omittable()
    description: Description | None = None
    priority: PriorityName | None = None
    tags: TagIds = Omittable(description="the whole set: what is not in it is taken off")
    rrule: RuleText = Omittable(description=_RRULE)
    start_date: Day = Omittable()
    due_time: ClockTime | None = None
    timezone: Zone = Omittable()
    mode: ModeName = Omittable(description=_MODE)
    missed: MissedName = Omittable(description=_MISSED)
    is_active: StrictBool = Omittable(description="false pauses the series, true resumes it from today on")


class RecurringTaskChangeQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    scope: Literal["all", "future"] = Field(
        default="all", description="future: from a day on, in a series of its own; the one before ends"
    )
    from_: Day | None = Field(default=None, alias="from", description="with scope=future; today when left out")

    @field_validator("from_")
    @classmethod
    def _require_scope(cls, day: date, info: ValidationInfo) -> date:
        if info.data.get("scope") == "all":
            raise PydanticCustomError("needs_scope", "needs scope=future")
        return day


class RecurringTaskPublic(Output):
    id: UUID
    user_id: UUID
    title: str
    description: str | None
    priority: PriorityPublic | None
    tags: list[TagOfTask] = Field(description="by name")
    rrule: str = Field(description="in its shortest form")
    rrule_description: str = Field(description="the rule in English words")
    start_date: date
    due_time: ShownTime | None
    timezone: str
    mode: ModeName
    missed: MissedName
    is_active: bool
    next_date: date | None = Field(description="the day of its earliest open instance; null when there is none")
    completed_count: int
    skipped_count: int
    version: Version
    created_at: datetime
    updated_at: datetime


class RecurringTaskPage(Page[RecurringTaskPublic]):
    pass


class RecurringTaskQuery(PageQuery):
    """Series are listed by the instant of their making, the newest first."""

    is_active: bool | None = None


class InstancePublic(Output):
    occurrence_date: date
    status: InstanceStatus
    closed_at: datetime | None
    task_id: UUID | None = Field(description="null when the task was removed for good")


class InstancePage(Page[InstancePublic]):
    pass


class InstanceQuery(PageQuery):
    """Instances are listed by date, the latest first."""

    status: InstanceStatus | None = None


class OccurrenceQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Day | None = Field(default=None, description="on a later day than this")
    before: Day | None = Field(default=None, description="on an earlier day than this")


class Occurrence(Output):
    date: date
    due_at: datetime | None = Field(description="the instant that the date and the due_time name; null without a time")


class OccurrenceList(Output):
    items: list[Occurrence]
    next_after: date | None = Field(
        description=f"there are more than {MAX_OCCURRENCES:,}: send this as `after` for those that follow"
    )


class RecurringTaskPreview(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rrule": "FREQ=MONTHLY;BYDAY=-1FR",
                    "start_date": "2026-12-01",
                    "due_time": "17:00",
                    "timezone": "Europe/Madrid",
                }
            ]
        }
    )

    rrule: RuleText = Field(description=_RRULE)
    start_date: Day | None = Field(default=None, description="today in the timezone when left out")
    timezone: Zone | None = Field(default=None, description=_ZONE)
    due_time: ClockTime | None = None


class PreviewPublic(Output):
    rrule: str = Field(description="in its shortest form")
    description: str = Field(description="the rule in English words")
    occurrences: list[Occurrence] = Field(description="the next 10 from today on")
