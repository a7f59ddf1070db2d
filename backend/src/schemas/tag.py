from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from src.schemas.base import Id, Input, Omittable, OneLine, Output, Version, Visible
from src.schemas.page import Page, PageQuery

DEFAULT_COLOR = "#6B7280"

TagName = Annotated[str, OneLine, StringConstraints(min_length=1, max_length=50), Visible]
Color = Annotated[str, StringConstraints(pattern="^#[0-9A-Fa-f]{6}$"), AfterValidator(str.upper)]


class TagCreate(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Work", "color": "#2563EB"}]})

    id: Id | None = Field(default=None, description="your own UUID makes the create safe to send again")
    name: TagName = Field(description="unique among your tags, without regard to case")
    color: Color = DEFAULT_COLOR


class TagUpdate(Input):
    """A JSON merge patch (RFC 7396): what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Office"}]})

    name: TagName = Omittable()
    color: Color = Omittable()


class TagMerge(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"into": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"}]})

    into: Id = Field(description="the tag that takes over the tasks of this one")


class TagOfTask(Output):
    id: UUID
    name: str
    color: str


class TagPublic(TagOfTask):
    task_count: int = Field(description="open tasks that carry it")
    version: Version
    created_at: datetime
    updated_at: datetime


class TagPage(Page[TagPublic]):
    pass


class TagQuery(PageQuery):
    """Tags are listed by name."""
