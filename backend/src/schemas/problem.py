from pydantic import ConfigDict, Field

from src.schemas.base import Output
from src.schemas.import_report import ImportReport


class ProblemField(Output):
    pointer: str = Field(description="a JSON Pointer into the body, or query/…, path/…, header/…")
    code: str
    message: str


class Problem(Output):
    """An error (RFC 9457)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/validation-error",
                    "title": "The request is not valid",
                    "status": 422,
                    "code": "validation_error",
                    "detail": "1 field is not valid",
                    "instance": "/api/v1/tasks",
                    "request_id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
                    "errors": [
                        {"pointer": "/title", "code": "string_too_short", "message": "must have at least 1 character"}
                    ],
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str | None = None
    request_id: str
    errors: list[ProblemField] | None = None
    report: ImportReport | None = Field(default=None, description="of an import that was refused")
