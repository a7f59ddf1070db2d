"""The encoder writes the bytes that Pydantic would, of everything that the service builds for it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import src
from src.schemas.encoding import build, encode, struct_of

ROOT = Path(src.__file__).parent
BUILT = re.compile(r"\bbuild\(\s*([A-Z]\w+)|\b(Exported[A-Z]\w+)")
SCHEMAS = [import_module(f"src.schemas.{file.stem}") for file in sorted((ROOT / "schemas").glob("[a-z]*.py"))]

HOT = {"TaskPublic", "TaskPage", "TagPage", "UserPublic"}
PLAIN: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**31), 2**31 - 1),
    str: st.text(),
    UUID: st.uuids(),
    date: st.dates(),
    time: st.times().map(lambda moment: moment.replace(microsecond=0)),  # as they are taken in
    datetime: st.datetimes(timezones=st.just(UTC)),
    NoneType: st.none(),
}


def built_models() -> list[type[BaseModel]]:
    """Those that some service names to `build`."""
    texts = [file.read_text() for file in sorted((ROOT / "services").rglob("*.py"))]
    names = {name for text in texts for found in BUILT.findall(text) for name in found if name}
    return [next(vars(module)[name] for module in SCHEMAS if name in vars(module)) for name in sorted(names)]


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return values_of(arguments[0])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of(*map(values_of, arguments))
    if origin in (list, tuple):
        return st.lists(values_of(arguments[0]), max_size=3)
    return fields_of(annotation) if issubclass(annotation, BaseModel) else PLAIN[annotation]


def fields_of(model: type[BaseModel]) -> st.SearchStrategy[tuple[type[BaseModel], dict[str, Any]]]:
    """What has a default may be left out."""
    fields = {name: values_of(field.annotation) for name, field in model.model_fields.items()}
    required = {name: fields[name] for name, field in model.model_fields.items() if field.is_required()}
    optional = {name: values for name, values in fields.items() if name not in required}
    return st.tuples(st.just(model), st.fixed_dictionaries(required, optional=optional))


def made(value: Any, make: Callable[..., Any]) -> Any:
    if isinstance(value, tuple):
        model, fields = value
        return make(model, **{name: made(each, make) for name, each in fields.items()})
    return [made(each, make) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("model", built_models())
def test_of_every_model_that_is_built(model: type[BaseModel]) -> None:
    @settings(max_examples=500 if model.__name__ in HOT else 60)
    @given(fields_of(model))
    def check(fields: tuple[type[BaseModel], dict[str, Any]]) -> None:
        by_pydantic = made(fields, lambda kind, /, **named: kind.model_construct(**named))
        assert encode(made(fields, build)) == by_pydantic.model_dump_json(exclude_unset=True, warnings=False).encode()

    check()


@pytest.mark.parametrize("model", built_models())
def test_the_struct_has_the_fields_of_the_model_in_order(model: type[BaseModel]) -> None:
    assert struct_of(model).__struct_fields__ == tuple(model.model_fields)


def test_the_models_of_what_is_asked_most_are_among_them() -> None:
    assert {model.__name__ for model in built_models()} > HOT
