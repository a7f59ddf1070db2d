from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from src.domain.priorities import PriorityName
from src.domain.search import MAX_QUERY_LENGTH
from src.schemas.base import (
    ClockTime,
    Day,
    Description,
    Id,
    Input,
    Omittable,
    OneLine,
    Output,
    ShownTime,
    Title,
    Version,
    Zone,
)
from src.schemas.page import Page, PageQuery
from src.schemas.priority import PriorityPublic
from src.schemas.tag import TagOfTask

MAXIMUM_TAGS = 50
TagIds = Annotated[
    tuple[Id, ...], Field(max_length=MAXIMUM_TAGS), AfterValidator(lambda ids: tuple(dict.fromkeys(ids)))
]
TagFilter = Annotated[str, OneLine, StringConstraints(min_length=1, max_length=50)]
SearchText = Annotated[str, OneLine, StringConstraints(min_length=1, max_length=MAX_QUERY_LENGTH)]
TaskSort = Literal[
    "created_at", "-created_at", "due_date", "-due_date", "priority", "-priority", "title", "-title",
    "updated_at", "-updated_at", "completed_at", "-completed_at", "position", "-position", "relevance", "-relevance",
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
    tags: TagIds = Field(default=(), description="ids of your tags")
    parent_id: Id | None = Field(default=None, description="the task that this is a part of, at most 5 deep")


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
    tags: TagIds = Omittable(description="the whole set: what is not in it is taken off")
    parent_id: Id | None = None


class TaskComplete(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_completed": True}]})

    is_completed: StrictBool


class TaskMove(Input):
    """Exactly one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"before": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"}],
            "minProperties": 1,
            "maxProperties": 1,
        }
    )

    before: Id = Omittable(description="the task that is to come next")
    after: Id = Omittable(description="the task that is to come just before")

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_neighbour", "must have either before or after")
        return self


class TaskPublic(Output):
    id: UUID
    user_id: UUID
    title: str
    description: str | None
    is_completed: bool
    completed_at: datetime | None
    priority: PriorityPublic | None
    due_date: date | None
    due_time: ShownTime | None
    timezone: str | None
    due_at: datetime | None = Field(description="the instant that due_date and due_time name; null without a time")
    tags: list[TagOfTask] = Field(description="by name")
    parent_id: UUID | None
    position: str = Field(description="sorts tasks by hand, compared by code point; changed by move only")
    recurring_task_id: UUID | None = Field(description="the series that this task is an instance of")
    occurrence_date: date | None = Field(description="the day of the series that this instance stands for")
    deleted_at: datetime | None = Field(description="since when it is in the trash, which it leaves after 30 days")
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
    tag: Annotated[list[TagFilter], Field(max_length=20)] = Field(
        default_factory=list, description="the id or the name of a tag; repeat it for several"
    )
    tag_match: Literal["all", "any"] = Field(default="all", description="whether a task needs all of the tags or any")
    due_before: Day | None = Field(default=None, description="due on an earlier day than this")
    due_after: Day | None = Field(default=None, description="due on a later day than this")
    due: Literal["today", "overdue", "upcoming", "none"] | None = Field(
        default=None,
        description="by the day that it is in your time zone; overdue: open, and the day or the moment is past; "
        "upcoming: after today; none: without a due date",
    )
    parent_id: Id | Literal["none"] | None = Field(
        default=None, description="the parts of this task; none: tasks that are part of no other"
    )
    recurring_task_id: Id | None = Field(default=None, description="the instances of this series")
    q: SearchText | None = Field(
        default=None,
        description="full text over title and description: words or their beginnings, all of them; "
        '"quoted phrases"; -without. Case and accents do not count',
    )
    trash: bool = Field(default=False, description="list the trash instead")
    sort: TaskSort | None = Field(
        default=None,
        description="`-` for descending; tasks without a value come last either way. `-created_at` when left out, and "
        "with `q` by relevance: found in the title first, then the newest",
    )
