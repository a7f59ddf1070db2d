"""The types that request and response bodies are made of."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, NoReturn
from uuid import UUID

import email_validator
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, zone_names
from src.domain.text import UncleanText, clean_line, clean_lines, is_visible

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|z|[+-]\d{2}:\d{2})", re.ASCII)  # RFC 3339
CLOCK_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
YEARS = "(19|[2-8][0-9]|9[0-8])[0-9]{2}|99([0-8][0-9]|9[0-8])"
USERNAME = r"^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Input(BaseModel):
    """A request body. A field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """A response body. `src.schemas.encoding` derives its encoder from it."""

    model_config = ConfigDict(frozen=True)


def drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


Omittable = partial(Field, default=None, json_schema_extra=drop_default)
"""A field of a partial update that may be left out, but not be null. Read updates with ``exclude_unset``."""


@dataclass(frozen=True, slots=True)
class _Text:
    """Cleans text before it is measured, and documents what is refused."""

    clean: Callable[[str], str]
    pattern: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._cleaned, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"pattern": self.pattern, **handler(schema)}

    def _cleaned(self, value: object) -> object:
        if not isinstance(value, str):
            return value  # pydantic says what type it wants
        try:
            return self.clean(value)
        except UncleanText as error:
            raise PydanticCustomError(error.code, "{reason}", {"reason": str(error)}) from None


def _visible(text: str) -> str:
    if text and not is_visible(text):
        raise PydanticCustomError("invisible_text", "must have at least one visible character")
    return text


def _written(value: object, form: re.Pattern[str], parse: Callable[[str], object], code: str, message: str) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, (date, time, UUID)) else _refuse(code, message)
    if not form.fullmatch(value):
        _refuse(code, message)
    try:
        return parse(value)
    except ValueError:
        return _refuse(code, message)


def _refuse(code: str, message: str) -> NoReturn:
    raise PydanticCustomError(code, message)


def _utc(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


def _within_range(day: date) -> date:
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise PydanticCustomError("date_out_of_range", "must be from 1900-01-01 to 9998-12-31")
    return day


def _zone(name: str) -> str:
    if name not in zone_names():
        raise PydanticCustomError("unknown_timezone", "must be an IANA time zone, such as Europe/Berlin")
    return name


def _email(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return email_validator.validate_email(value.strip()[:400], check_deliverability=False).normalized
    except email_validator.EmailNotValidError:  # its own messages repeat what was sent
        raise PydanticCustomError("invalid_email", "must be an e-mail address, such as ana@example.com") from None


ONE_LINE = rf"^[^\n\r{CONTROLS}]*$"
OneLine = _Text(clean_line, ONE_LINE)
ManyLines = _Text(clean_lines, rf"^[^{CONTROLS}]*$")
Visible = AfterValidator(_visible)

Title = Annotated[str, OneLine, StringConstraints(min_length=1, max_length=255), Visible]
Description = Annotated[str, ManyLines, StringConstraints(max_length=10_000)]
PersonName = Annotated[str, OneLine, StringConstraints(min_length=1, max_length=100), Visible]
Username = Annotated[str, _Text(clean_line, USERNAME), StringConstraints(min_length=3, max_length=50, pattern=USERNAME)]
Email = Annotated[
    str,
    BeforeValidator(_email),
    StringConstraints(max_length=254),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
Zone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_zone),
    WithJsonSchema({"type": "string", "format": "iana-time-zone", "examples": ["Europe/Berlin"]}),
]
NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=128),
    WithJsonSchema({"type": "string", "format": "password", "minLength": 8, "maxLength": 128}),
]
Password = Annotated[
    str, StringConstraints(max_length=1024), WithJsonSchema({"type": "string", "format": "password", "maxLength": 1024})
]
"""A password to be compared: too short a one is simply wrong, not invalid."""

Day = Annotated[
    date,
    BeforeValidator(
        partial(
            _written,
            form=DAY,
            parse=date.fromisoformat,
            code="invalid_date",
            message="must be a day of the calendar, written YYYY-MM-DD",
        )
    ),
    AfterValidator(_within_range),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^({YEARS})-"}),
]
ClockTime = Annotated[
    time,
    BeforeValidator(
        partial(
            _written,
            form=CLOCK_TIME,
            parse=time.fromisoformat,
            code="invalid_time",
            message="must be a clock time, written HH:MM or HH:MM:SS",
        )
    ),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}),
]
Instant = Annotated[
    datetime,
    BeforeValidator(
        partial(
            _written,
            form=INSTANT,
            parse=_utc,
            code="invalid_instant",
            message="must be an instant with its offset, such as 2026-12-01T17:00:00Z",
        )
    ),
]
ShownTime = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}$"})]
"""No ``format: time``: RFC 3339, which that refers to, has no time without a zone."""
Id = Annotated[
    UUID,
    BeforeValidator(partial(_written, form=UUID_TEXT, parse=UUID, code="invalid_uuid", message="must be a UUID")),
]
Version = Annotated[int, Field(ge=1, description="grows by one with each change; the ETag is this number in quotes")]
