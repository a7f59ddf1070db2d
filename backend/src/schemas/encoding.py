"""Encodes hot responses once, without a second validation.

The Pydantic models stay the one declaration: OpenAPI is made from them, and the msgspec structs here are derived from
them, field by field. A test holds the bytes of both equal.
"""

from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import msgspec
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_encoder = msgspec.json.Encoder()
encode = _encoder.encode

Model = TypeVar("Model", bound=BaseModel)


@cache
def struct_of(model: type[BaseModel]) -> type[msgspec.Struct]:
    """The struct with the fields of ``model``, in their order. One that has a default is left out unless it is set."""
    return msgspec.defstruct(
        model.__name__, [_field(name, field) for name, field in model.model_fields.items()], gc=False
    )


def build(model: type[Model], *values: object, **named: object) -> Model:
    """Something with the fields of ``model``, given in their order and not validated. It is good for `encode` only."""
    return cast("Model", struct_of(model)(*values, **named))


def changed(built: Model, **values: object) -> Model:
    """A copy of what `build` made, with other values."""
    return cast("Model", msgspec.structs.replace(cast("msgspec.Struct", built), **values))


def _field(name: str, field: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    mirrored = _mirrored(field.annotation)
    return (name, mirrored) if field.is_required() else (name, mirrored | msgspec.UnsetType, msgspec.UNSET)


def _mirrored(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return struct_of(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return Union[tuple(_mirrored(argument) for argument in arguments)]  # noqa: UP007
    if origin is list:
        return list[_mirrored(arguments[0])]  # type: ignore[misc]
    return annotation
