from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from src.domain.priorities import PriorityName
from src.domain.quick_add import MAX_TEXT_LENGTH, SeriesMode, SpanKind
from src.schemas.base import ONE_LINE, Id, Input, Output, ShownTime, Zone
from src.schemas.recurring_task import RecurringTaskPublic
from src.schemas.task import TaskPublic


class QuickAddCreate(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "Call Ana tomorrow 5pm #work !high"},
                {"text": "Pay rent every month on the 1st at 9am #home", "timezone": "Europe/Berlin", "dry_run": True},
            ]
        }
    )

    id: Id | None = Field(default=None, description="your own UUID makes the create safe to send again")
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)] = Field(
        description='one line, exactly as it was typed: "in quotes" or behind a \\ nothing is read as a date',
        json_schema_extra={"pattern": ONE_LINE},
    )
    timezone: Zone | None = Field(default=None, description="in which it is today; the user's own when left out")
    dry_run: StrictBool = Field(default=False, description="only tell what would be understood")


class QuickAddSpan(Output):
    """A piece of the text, for clients that highlight it."""

    start: int = Field(description="in characters (code points)")
    end: int = Field(description="exclusive")
    utf16_start: int = Field(description="in UTF-16 code units, as JavaScript slices")
    utf16_end: int
    kind: SpanKind
    value: str = Field(description="the day, time, rule, priority or tag that it was read as")


class QuickAddUnderstood(Output):
    """What the text was understood to mean."""

    title: str
    due_date: date | None = Field(description="of the task, or the first of the series")
    due_time: ShownTime | None
    timezone: str
    priority: PriorityName | None
    tags: list[str] = Field(description="names; those that do not exist yet are made")
    rrule: str | None = Field(description="makes it a series")
    rrule_description: str | None = Field(description="the rule in words")
    mode: SeriesMode | None
    spans: list[QuickAddSpan]


class QuickAddPublic(Output):
    understood: QuickAddUnderstood
    task: TaskPublic | None = Field(description="what was made: the task, or the first one of the series")
    recurring_task: RecurringTaskPublic | None = Field(description="the series that was made")
