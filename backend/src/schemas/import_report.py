"""What an import did, or would do."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from src.schemas.base import Output

ImportFormat = Literal["json", "csv", "ics", "todoist", "ticktick"]


class ImportQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ImportFormat | None = Field(
        default=None,
        description="`json`: our own document; `csv`: our own table; `ics`: iCalendar of any program; `todoist` and "
        "`ticktick`: what these export as CSV. Left out, it is told from the Content-Type, and for `text/csv` from the "
        "names of the columns.",
    )
    dry_run: bool = Field(default=False, description="the same report, and nothing is written")


class ImportCounts(Output):
    tasks: int
    tags: int
    recurring_tasks: int
    task_instances: int


class ImportLine(Output):
    """Either ``line`` (of a text file, from 1) or ``pointer`` (into a JSON document) says where."""

    line: int | None
    pointer: str | None
    level: Literal["error", "warning", "info"]
    code: str
    message: str


class ImportReport(Output):
    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "dry_run": False,
                    "format": "todoist",
                    "created": {"tasks": 12, "tags": 2, "recurring_tasks": 1, "task_instances": 1},
                    "existing": {"tasks": 0, "tags": 1, "recurring_tasks": 0, "task_instances": 0},
                    "lines": [
                        {
                            "line": 7,
                            "pointer": None,
                            "level": "warning",
                            "code": "unreadable_date",
                            "message": "DATE: could not be read, so it stands in the description",
                        }
                    ],
                    "lines_left_out": 0,
                }
            ]
        },
    )

    dry_run: bool
    format: ImportFormat
    created: ImportCounts
    existing: ImportCounts = Field(description="what was there already, and was left as it is")
    lines: list[ImportLine] = Field(
        description="errors, then warnings, then what became of each item; at most 1,000 of them"
    )
    lines_left_out: int = Field(description="how many more there were")
