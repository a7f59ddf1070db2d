"""How this service reads bodies and documents errors, for every route alike."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, get_origin
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.routing import Match
from starlette.types import Scope

from src.api.errors import TooLarge, UnsupportedMediaType, problem_type
from src.core.errors import AppError, CommitUnknown, Invalid, Unavailable
from src.database.session import Transaction
from src.database.statements import DatabaseSession
from src.schemas.examples import EXAMPLES
from src.schemas.export import ExportDocument
from src.schemas.problem import Problem

BASE = "/api/v1"
CACHING = {"Cache-Control": "private, no-cache"}
PROBLEM_TYPE = "application/problem+json"
COMPONENT = "#/components/schemas/{model}"
PROBLEM_SCHEMA = {"$ref": COMPONENT.format(model="Problem")}
Responses = dict[int | str, dict[str, Any]]
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
NAMES_BESIDE_IDS = frozenset({"bulk", "export", "preview", "quick", "stats"})
"""Parts of addresses that stand where other routes have an id."""
FORM_TYPES = frozenset({"application/x-www-form-urlencoded"})


MOST_VALUES = 40_000
"""Of a body: more than 500 operations on tasks with all their tags need."""
MOST_MEMBERS = 2_000
"""Of one list or object in it."""


class StrictRequest(Request):
    """Reads JSON as RFC 8259 has it: no NaN, no lone surrogates, no bottomless nesting, no endless integers.

    A body of very many values is refused before it is looked at: each can be a fault, and to tell a hundred thousand
    faults takes seconds, during which nobody else is served.

    The transaction that is opened on a request ends with it: before the answer is sent, so that none tells of what a
    failing COMMIT has not kept.
    """

    _transaction: Transaction | None = None

    async def open(self, transaction: Transaction) -> DatabaseSession:
        assert self._transaction is None
        session = await transaction.__aenter__()
        self._transaction = transaction
        return session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._transaction is not None:
            await self._transaction.__aexit__(kind, error, traceback)

    async def json(self) -> Any:
        body = await self.body()
        try:
            value = from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise json.JSONDecodeError("not JSON", "", 0) from error
        if _has_too_many_values(value):
            raise HTTPException(TooLarge.status)  # the one kind that FastAPI lets through while it reads a body
        return value


def _has_too_many_values(value: object) -> bool:
    containers, count = [value] if isinstance(value, (dict, list)) else [], 0
    while containers:
        container = containers.pop()
        count += len(container)
        if len(container) > MOST_MEMBERS or count > MOST_VALUES:
            return True
        members = container.values() if isinstance(container, dict) else container
        containers.extend(member for member in members if isinstance(member, (dict, list)))
    return False


class StrictRoute(APIRoute):
    """Refuses bodies of another media type before they are looked at. Takes no name of a route for an id."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is not Match.NONE and not NAMES_BESIDE_IDS.isdisjoint(found["path_params"].values()):
            return Match.NONE, {}  # so GET /tasks/bulk is a wrong method (405), and no wrong id
        return match, found

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        documented, self.dependant = self.dependant, _query_at_once(self.dependant)
        handle = super().get_route_handler()
        self.dependant = documented
        accepted = FORM_TYPES if self._takes_form() else JSON_TYPES
        takes_body = self.body_field is not None

        async def handle_strictly(request: Request) -> Response:
            if takes_body:
                require_media_type(request, accepted)
            async with StrictRequest(request.scope, request.receive) as strict:
                return await handle(strict)

        return handle_strictly

    def _takes_form(self) -> bool:
        return self.body_field is not None and type(self.body_field.field_info).__name__ == "Form"


def _query_at_once(dependant: Dependant) -> Dependant:
    """A model of the query is validated as a whole, where FastAPI takes it apart and looks at each field at length."""
    if len(dependant.query_params) != 1:
        return dependant
    name, model = dependant.query_params[0].name, dependant.query_params[0].field_info.annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return dependant
    lists = {field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}

    async def read(request: Request) -> BaseModel:
        written: dict[str, Any] = {}
        for key, value in request.query_params.multi_items():
            if key in lists:
                written.setdefault(key, []).append(value)
            else:
                written[key] = value
        try:
            return model.model_validate(written)
        except ValidationError as error:
            raise RequestValidationError(
                [{**each, "loc": ("query", *each["loc"])} for each in error.errors()]
            ) from None

    reading = get_dependant(path=dependant.path or "", call=read, name=name)
    return replace(dependant, query_params=[], dependencies=[*dependant.dependencies, reading])


def require_media_type(request: Request, accepted: frozenset[str]) -> None:
    """Raises UnsupportedMediaType for a body of another type, or in another encoding than UTF-8."""
    headers = request.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    if not has_body and not media_type:
        return
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if media_type.strip().lower() not in accepted or ("charset=" in charset and "charset=utf-8" not in charset):
        raise UnsupportedMediaType(f"The body must be {min(accepted)}")


def router(prefix: str, *, responses: Responses, **options: Any) -> APIRouter:
    """A router below ``/api/v1``. Its routes know their whole path, so that they need not be nested in others."""
    return APIRouter(
        prefix=f"{BASE}{prefix}",
        route_class=StrictRoute,
        generate_unique_id_function=operation_id,
        responses={**problems(TooLarge, UnsupportedMediaType, Invalid, Unavailable, CommitUnknown), **responses},
        **options,
    )


def operation_id(route: APIRoute) -> str:
    return f"{route.name}_of_user" if "/{user_id}/" in route.path else route.name


def problems(*errors: type[AppError]) -> Responses:
    """The ``responses=`` of a route that can give these errors, each with an example."""
    documents: Responses = {}
    for error in errors:
        entry = documents.setdefault(
            error.status,
            {"description": error.title, "content": {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA, "examples": {}}}},
        )
        entry["content"][PROBLEM_TYPE]["examples"][error.code] = {"summary": error.title, "value": _example(error)}
    return documents


def _example(error: type[AppError]) -> dict[str, Any]:
    return {
        "type": problem_type(error),
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.title,
        "request_id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
        **error.members,
    }


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's, with the schemas added that it would list as ``application/json``, given as models."""
    if app.openapi_schema is None:
        schemas: dict[str, Any] = {}
        for model in (Problem, ExportDocument):  # which no route takes or gives as the model that it is
            schema = model.model_json_schema(ref_template=COMPONENT)
            schemas |= {**schema.pop("$defs"), model.__name__: schema}
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        document["components"]["schemas"] |= schemas
        for name, example in EXAMPLES.items():
            document["components"]["schemas"][name]["examples"] = [example]
        for operations in document["paths"].values():
            for operation in operations.values():
                for parameter in operation.get("parameters", ()):
                    parameter["schema"] = _without_null(parameter["schema"])
        app.openapi_schema = document
    return app.openapi_schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """FastAPI documents None, the default of what may be left out, as a value. In a query or a header there is none."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return schema if not kinds else {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}


def next_link(request: Request, next_cursor: str | None) -> dict[str, str]:
    """The headers of a page; the link (RFC 8288) is relative, because the Host header is the client's word."""
    if next_cursor is None:
        return CACHING
    same = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*same, ("cursor", next_cursor)])
    return {**CACHING, "Link": f'<{request.scope["path"]}?{query}>; rel="next"'}


def location_of(request: Request, resource_id: UUID) -> str:
    """Where what was posted to a collection is. Not from ``request.url``: a query's bytes may be no text."""
    return f"{request.scope['path'].rstrip('/')}/{resource_id}"


def etag(version: int) -> str:
    return f'"{version}"'


def matches(if_none_match: str, current: str) -> bool:
    """Whether the client has what this ETag stands for already (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return current in tags or "*" in tags
