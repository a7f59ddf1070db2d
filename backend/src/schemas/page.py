import re
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from src.schemas.base import Output, drop_default

WHOLE_NUMBER = re.compile(r"-?\d+", re.ASCII)

Item = TypeVar("Item")


def require_whole_number(value: object) -> object:
    """Of a query. Pydantic takes "5.0", "1_0" and " +5" too."""
    if isinstance(value, str) and not WHOLE_NUMBER.fullmatch(value):
        raise PydanticCustomError("int_parsing", "must be a whole number")
    return value


class PageQuery(BaseModel):
    """Query parameters of every collection. An unknown parameter is refused: a misspelt filter would list too much."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=200), BeforeValidator(require_whole_number)] = 50
    cursor: Annotated[str, Field(max_length=4096)] | None = Field(
        default=None, description="`next_cursor` of the page before, with the same filters and order"
    )
    include_total: bool = Field(default=False, description="count all rows that match, which costs time")


class Page(Output, Generic[Item]):
    """A page of a collection."""

    items: list[Item]
    next_cursor: str | None = Field(description="for the next page; null on the last one")
    total: int = Field(default=0, description="only with include_total=true", json_schema_extra=drop_default)
