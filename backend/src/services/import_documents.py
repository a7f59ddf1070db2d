"""From our own JSON document to records. Each item is checked by itself, so that every fault of a document is told."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from src.core.errors import FieldError, Invalid
from src.domain.portability import (
    MAX_ITEMS,
    Bundle,
    InstanceRecord,
    Report,
    SeriesRecord,
    TagRecord,
    TaskRecord,
)
from src.domain.recurrence import InvalidRule, parse_rule, require_firing
from src.domain.text import identity_key
from src.schemas.export import ExportDocument, ExportedInstance, ExportedSeries, ExportedTag, ExportedTask
from src.schemas.faults import field_errors

ERRORS_SHOWN: Final = 50
_SECTIONS: Final = ("tags", "recurring_tasks", "task_instances", "tasks")
_Item = TypeVar("_Item", bound=BaseModel)


def read_document(body: bytes) -> Bundle:
    """Raises Invalid where the document as a whole is not of our form; faults of its items are in the report."""
    members = _members(body)
    sections = {name: _items(members, name) for name in _SECTIONS}
    bundle = Bundle(is_lenient=False)
    for pointer, tag in _checked(sections, "tags", ExportedTag, bundle.report):
        bundle.tags[tag.id] = TagRecord(place=pointer, key=identity_key(tag.name), **tag.model_dump())
    for pointer, series in _checked(sections, "recurring_tasks", ExportedSeries, bundle.report):
        if (rrule := _rule(pointer, series, bundle.report)) is not None:
            bundle.series.append(SeriesRecord(place=pointer, **{**series.model_dump(), "rrule": rrule}))
    for pointer, instance in _checked(sections, "task_instances", ExportedInstance, bundle.report):
        bundle.instances.append(InstanceRecord(place=pointer, **instance.model_dump()))
    for pointer, task in _checked(sections, "tasks", ExportedTask, bundle.report):
        bundle.tasks.append(TaskRecord(place=pointer, **task.model_dump()))
    return bundle


def _members(body: bytes) -> Mapping[str, msgspec.Raw]:
    """Without looking into them: ten megabytes of brackets need not become objects."""
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        outline = {name: [] if name in _SECTIONS else _value(name, raw) for name, raw in members.items()}
        lists = {name: _list_or_none(members[name]) for name in _SECTIONS if name in members}
        ExportDocument.model_validate(outline | {name: None for name, found in lists.items() if found is None})
    except ValidationError as error:
        raise _not_our_form(error) from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid.field("", "json_invalid", "is not valid JSON") from None
    return members


def _not_our_form(error: ValidationError) -> Invalid:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    places = [{**fault, "loc": ("body", *fault["loc"])} for fault in faults[:ERRORS_SHOWN]]
    count = len(faults)
    detail = "1 field is not valid" if count == 1 else f"{count} fields are not valid"
    return Invalid(detail, errors=field_errors(places))


def _value(name: str, raw: msgspec.Raw) -> Any:
    return from_json(bytes(raw), allow_inf_nan=False) if name in ExportDocument.model_fields else None


def _list_or_none(raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    try:
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return None


def _items(members: Mapping[str, msgspec.Raw], name: str) -> list[msgspec.Raw]:
    items = (_list_or_none(members[name]) if name in members else None) or []
    if len(items) > MAX_ITEMS:
        error = FieldError(f"/{name}", "too_many_items", f"must have at most {MAX_ITEMS} items")
        raise Invalid("1 field is not valid", errors=(error,))
    return items


def _checked(
    sections: Mapping[str, list[msgspec.Raw]], name: str, model: type[_Item], report: Report
) -> list[tuple[str, _Item]]:
    found: list[tuple[str, _Item]] = []
    for index, raw in enumerate(sections[name]):
        try:
            found.append((f"/{name}/{index}", model.model_validate_json(bytes(raw))))
        except ValidationError as error:
            for fault in field_errors(_faults_of_item(error, name, index)):
                report.error(fault.pointer, fault.code, fault.message)
    return found


def _faults_of_item(error: ValidationError, name: str, index: int) -> Iterator[dict[str, Any]]:
    """A field that is not known is not named: the document may hold any text there."""
    for fault in error.errors(include_url=False, include_context=False, include_input=False)[:ERRORS_SHOWN]:
        place = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
        yield {**fault, "loc": ("body", name, index, *place)}


def _rule(pointer: str, series: ExportedSeries, report: Report) -> str | None:
    try:
        rule = parse_rule(series.rrule, zone=series.timezone)
        require_firing(rule, series.start_date)
    except InvalidRule as fault:
        report.error(f"{pointer}/rrule", fault.code, str(fault))
        return None
    return str(rule)
