from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from src.schemas.base import Output
from src.schemas.page import require_whole_number

MAXIMUM_DAYS = 366


class TaskStatsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[int, Field(ge=1, le=MAXIMUM_DAYS), BeforeValidator(require_whole_number)] = Field(
        default=30, description="how many days `completed_per_day` goes back, today included"
    )


class OpenByPriority(Output):
    low: int
    medium: int
    high: int
    urgent: int
    none: int


class CompletedOnDay(Output):
    date: date
    count: int


class TaskStats(Output):
    """Counts of tasks outside the trash. Days are those of your time zone."""

    open: int
    open_by_priority: OpenByPriority
    due_today: int = Field(description="done ones too, as the list with `due=today` has them")
    overdue: int = Field(description="as the list with `due=overdue` has them")
    completed_total: int
    completed_per_day: list[CompletedOnDay] = Field(description="every day up to today, the earliest first")
