"""Every error leaves as one kind of document (RFC 9457), and none repeats what the client sent."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from src.core.errors import AppError, BadRequest, Invalid
from src.schemas.encoding import encode
from src.schemas.faults import field_errors

MEDIA_TYPE = "application/problem+json"
ERRORS_SHOWN = 50

log = structlog.get_logger()


class NotAllowed(AppError):
    """The address exists, but not for this method. ``Allow`` names those that it takes."""

    status = 405
    code = "method_not_allowed"
    title = "This method is not allowed here"


class NotFoundHere(AppError):
    """No route has this address."""

    status = 404
    code = "not_found"
    title = "Not found"


class TooLarge(AppError):
    """The body is larger than this route takes (1 MiB where nothing else is said), or holds thousands of values."""

    status = 413
    code = "body_too_large"
    title = "The body is too large"


class UnsupportedMediaType(AppError):
    """Bodies are JSON in UTF-8, sent as ``application/json`` (or the OAuth2 form, where a route says so)."""

    status = 415
    code = "unsupported_media_type"
    title = "The body must be application/json"


class InternalError(AppError):
    """A fault of the service, which has been logged with the request id."""

    status = 500
    code = "internal_error"
    title = "Something went wrong here"


_BY_STATUS: dict[int, type[AppError]] = {
    400: BadRequest,
    404: NotFoundHere,
    405: NotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
}


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _handle_app_error)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(HTTPException, _handle_http_exception)


async def answer_internal_error(scope: Scope, receive: Receive, send: Send) -> None:
    """The last resort: it needs nothing that could fail again."""
    await problem_response(scope, InternalError())(scope, receive, send)


async def _handle_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    if error.status >= 500:
        log.warning("refused for the moment", code=error.code, id=_request_id(request.scope), exc_info=error.__cause__)
    return problem_response(request.scope, error)


async def _handle_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(request.scope, invalid(error.errors()))


async def _handle_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _BY_STATUS.get(error.status_code, InternalError)
    headers = dict(error.headers or {})
    if kind is NotAllowed:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return problem_response(request.scope, kind(headers=headers))


def allowed_methods(request: Request) -> list[str]:
    """Of all the routes with this address; Starlette names those of the first one only."""
    methods: set[str] = set()
    for route in request.app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def problem_type(error: AppError | type[AppError]) -> str:
    return f"/problems/{error.code.replace('_', '-')}"


def problem_response(scope: Scope, error: AppError) -> Response:
    document: dict[str, Any] = {
        "type": problem_type(error),
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    if (instance := _instance(scope)) is not None:
        document["instance"] = instance
    document["request_id"] = _request_id(scope)
    if error.errors:
        document["errors"] = error.errors
    document |= error.further_members()
    headers = {"Cache-Control": "no-store", **error.headers}
    return Response(encode(document), status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def _request_id(scope: Scope) -> str:
    return str(scope.get("state", {}).get("request_id", ""))


def _instance(scope: Scope) -> str | None:
    """The path of the request where it holds nothing but names of ours and ids; a route's form otherwise."""
    template = getattr(scope.get("route"), "path_format", None)
    if template is None:
        return None
    path = str(template)
    for name, value in scope.get("path_params", {}).items():
        path = path.replace("{" + name + "}", _shown(name, value))
    return path


def _shown(name: str, value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return "{" + quote(name) + "}"


def invalid(faults: Sequence[Any]) -> Invalid:
    count = len(faults)
    detail = "1 field is not valid" if count == 1 else f"{count} fields are not valid"
    return Invalid(detail, errors=field_errors(faults[:ERRORS_SHOWN]))
