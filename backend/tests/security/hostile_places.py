"""Every place of a request that takes a value, as the OpenAPI document has it, in a request that is valid otherwise.

What a request needs of things that exist stands as ``{task_id}`` and the like, until it is sent.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from src.domain.portability.task_csv import COLUMNS
from tests.api.test_token_exchange import GRANT, JWT
from tests.portability import ago, everything, id_of
from tests.security.hostile_values import Schema
from tests.security.operations import JSON, Operation

HOLE = "{hole}"
FORM = "application/x-www-form-urlencoded"

TASK = {
    "title": "Call Ana",
    "description": "about the\nrent",
    "is_completed": False,
    "due_date": "2026-12-01",
    "due_time": "17:00",
    "timezone": "Europe/Berlin",
    "priority": "high",
    "tags": ["{tag_id}"],
    "parent_id": "{other_task_id}",
}
SERIES = {
    "title": "Water the plants",
    "description": "all of them",
    "rrule": "FREQ=WEEKLY;BYDAY=TU",
    "start_date": "2026-12-01",
    "due_time": "09:00",
    "timezone": "Europe/Berlin",
    "priority": "low",
    "tags": ["{tag_id}"],
    "mode": "schedule",
    "missed": "skip",
    "is_active": True,
}
NAMES = {"username": "{new_name}", "first_name": "Ana", "last_name": "Diaz", "timezone": "Europe/Madrid"}
TASKS = everything()["tasks"]
INSTANCE = {**TASKS.pop(), "description": "x", "priority": "low", "tags": [id_of("home")], "is_completed": False}
USER = {"id": "{new_id}", "email": "{new_email}", **NAMES, "created_at": ago(days=9), "updated_at": ago(days=8)}
VALID: dict[str, list[dict[str, Any]]] = {
    "TaskCreate": [{"id": "{new_id}", **TASK}],
    "TaskUpdate": [TASK],
    "TaskMove": [{"before": "{other_task_id}"}, {"after": "{other_task_id}"}],
    "TagCreate": [{"id": "{new_id}", "name": "{new_id}", "color": "#2563EB"}],
    "TagUpdate": [{"name": "{new_id}", "color": "#2563EB"}],
    "TagMerge": [{"into": "{other_tag_id}"}],
    "RecurringTaskCreate": [{"id": "{new_id}", **SERIES}],
    "RecurringTaskUpdate": [SERIES],
    "RecurringTaskPreview": [{name: SERIES[name] for name in ("rrule", "start_date", "due_time", "timezone")}],
    "QuickAddCreate": [{"text": "Call Ana tomorrow 5pm #work !high", "timezone": "UTC", "id": "{new_id}"}],
    "TaskBulk": [
        {
            "operations": [
                {"op": "create", "data": {"id": "{new_id}", "title": "x"}},
                {"op": "complete", "id": "{new_id}"},
                {"op": "update", "id": "{task_id}", "data": {"title": "x"}, "if_version": 1},
                {"op": "delete", "id": "{task_id}"},
                {"op": "restore", "id": "{task_id}"},
            ]
        }
    ],
    "Login": [{"email": "{email}", "password": "{password}"}],
    "UserRegister": [{"email": "{new_email}", "password": "{password}", **NAMES}],
    "UserUpdate": [{"email": "{new_email}", "current_password": "{password}", **NAMES}],
    "UserDelete": [{"current_password": "{password}"}],
    "PasswordChange": [{"current_password": "{password}", "new_password": "{new_password}"}],
    "PasswordResetRequest": [{"email": "{email}"}],
    "PasswordReset": [{"token": "{reset_token}", "new_password": "{new_password}"}],
    "TokenForm": [
        {"grant_type": "password", "username": "{email}", "password": "{password}"},
        {"grant_type": "refresh_token", "refresh_token": "{refresh_token}"},
        {"grant_type": GRANT, "subject_token_type": JWT, "subject_token": "{subject_token}"},
    ],
    "ExportDocument": [{**everything(), "tasks": [INSTANCE, *TASKS], "user": USER}],
}
"""Of a model with several that exclude each other, each field stands in the first that has it."""
SAMPLES = {
    "date": "2026-12-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "{new_email}",
    "iana-time-zone": "UTC",
    "rrule": "FREQ=DAILY",
    "uuid": "{task_id}",
}
BESIDE = {"from": {"scope": "future"}, "scope": {"from": "{next_date}"}, "tag_match": {"tag": "{tag_id}"}}
"""Parameters of a query that one makes no sense without."""
CALENDAR = {
    "UID": "x", "DTSTAMP": "20260101T000000Z", "SUMMARY": "Call Ana", "DESCRIPTION": "x", "STATUS": "NEEDS-ACTION",
    "DUE;TZID=Europe/Berlin": "20261201T170000", "PRIORITY": "1", "CATEGORIES": "home", "RELATED-TO": "y",
    "RRULE": "FREQ=DAILY", "COMPLETED": "20260101T000000Z", "CREATED": "20260101T000000Z", "X-OTHER": "x",
}  # fmt: skip
CELLS = dict.fromkeys(COLUMNS, "") | {"id": "{new_id}", "title": "Call Ana", "due_date": "2026-12-01", "tags": "home"}


@dataclass(frozen=True)
class Place:
    """``within`` is the model of a body that has the field ``name``.

    The ``template`` is the body with a hole there; with ``plain`` in it, as JSON, it is one that the service takes.
    """

    where: str
    name: str
    schema: Schema = field(compare=False)
    pointer: str = ""
    within: str = ""
    template: str = field(default="", compare=False)
    plain: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.where} {self.pointer or self.name}"


def places_of(operation: Operation) -> list[Place]:
    parameters = [
        Place(each["in"], each["name"], _resolved(operation, each["schema"]))
        for each in operation.document.get("parameters", ())
    ]
    return [*parameters, *_of_body(operation)]


def _of_body(operation: Operation) -> Iterator[Place]:
    for kind, content in operation.bodies.items():
        if kind in (JSON, FORM):
            schema = content["schema"]
            for place in _holes(operation, schema, valid(operation, schema), ""):
                if place.pointer or kind == JSON:
                    yield replace(place, where=kind)
        else:
            yield from _of_file(kind)


def _of_file(kind: str) -> Iterator[Place]:
    fields, write = (CELLS, _table) if kind == "text/csv" else (CALENDAR, _calendar)
    yield _place_in_file(kind, "file", write(fields), HOLE)
    for name, value in fields.items():
        yield _place_in_file(kind, name, value, write({**fields, name: HOLE}))


def _place_in_file(kind: str, name: str, plain: str, template: str) -> Place:
    return Place(kind, name, {"type": "string"}, template=template, plain=json.dumps(plain))


def _table(cells: dict[str, str]) -> str:
    quoted = [f'"{cell}"' for cell in cells.values()]
    return f"{','.join(cells)}\n{','.join(quoted)}\n"


def _calendar(properties: dict[str, str]) -> str:
    todo = ["BEGIN:VTODO", *(f"{name}:{value}" for name, value in properties.items()), "END:VTODO"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *todo, "END:VCALENDAR", ""])


def _holes(operation: Operation, schema: Schema, example: Any, pointer: str) -> Iterator[Place]:
    """The value itself, and all that may stand in it."""
    name = pointer.rpartition("/")[2]
    yield Place("", name, _resolved(operation, schema), pointer, template=HOLE, plain=json.dumps(example))
    for kind in _kinds(operation, schema):
        if "properties" in kind:
            yield from _holes_of_object(operation, kind, example, pointer)
        elif kind.get("type") == "array":
            given = example if isinstance(example, list) else []
            first = given[0] if given else valid(operation, kind["items"])
            others = given[1:] if len(list(_kinds(operation, kind["items"]))) == 1 else []
            for place in _holes(operation, kind["items"], first, f"{pointer}/0"):
                rest = "".join(f", {json.dumps(each)}" for each in others)
                yield replace(place, template=f"[{place.template}{rest}]")


def _holes_of_object(operation: Operation, model: Schema, example: Any, pointer: str) -> Iterator[Place]:
    title = model["title"]
    for name, inner in model["properties"].items():
        whole = _with(name, example, [*VALID.get(title, []), valid(operation, model)], model)
        part = whole.get(name, valid(operation, inner))
        rest = "".join(f", {json.dumps(key)}: {json.dumps(value)}" for key, value in whole.items() if key != name)
        for place in _holes(operation, inner, part, f"{pointer}/{name}"):
            within = title if place.pointer == f"{pointer}/{name}" else place.within
            yield replace(place, template=f"{{{json.dumps(name)}: {place.template}{rest}}}", within=within)


def _with(name: str, example: Any, others: list[dict[str, Any]], model: Schema) -> dict[str, Any]:
    """An object of the model that has this field, or else the example."""
    fits = isinstance(example, dict) and example.keys() <= model["properties"].keys() and _is_of(model, example)
    objects = [example, *others] if fits else others
    return next((each for each in objects if name in each), objects[0])


def _is_of(model: Schema, example: dict[str, Any]) -> bool:
    constants = {key: inner["const"] for key, inner in model["properties"].items() if "const" in inner}
    return all(example.get(key) == value for key, value in constants.items())


def valid(operation: Operation, schema: Schema) -> Any:
    """A value of this schema that the service takes."""
    kind = next(_kinds(operation, schema))
    if kind.get("title") in VALID:
        return VALID[kind["title"]][0]
    match kind:
        case {"properties": properties}:
            return {name: valid(operation, properties[name]) for name in kind.get("required", ())}
        case {"const": value} | {"enum": [value, *_]} | {"default": value}:
            return value
        case {"format": known} if known in SAMPLES:
            return SAMPLES[known]
        case {"type": "array", "items": items}:
            return [valid(operation, items)]
        case {"type": "boolean"}:
            return False
        case {"type": "integer"}:
            return 1
    return "x"


def _kinds(operation: Operation, schema: Schema) -> Iterator[Schema]:
    """The schemas one of which a value has, but for null."""
    for kind in schema.get("anyOf") or schema.get("oneOf") or [schema]:
        found = operation.components[kind["$ref"].rpartition("/")[2]] if "$ref" in kind else kind
        if found.get("type") != "null":
            yield found


def _resolved(operation: Operation, schema: Schema) -> Schema:
    kinds = list(_kinds(operation, schema))
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
