"""Taking everything along: the whole account as one document, and files of this and other programs coming in."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from src.api.clients import NotesNetwork
from src.api.deps import ExportServiceDep, ImportServiceDep, PrincipalDep
from src.api.errors import UnsupportedMediaType
from src.api.routing import BASE, COMPONENT, Responses, problems, require_media_type, router
from src.core.errors import AppError, Unauthorized
from src.schemas.encoding import encode
from src.schemas.export import ExportDocument, ExportFormat
from src.schemas.import_report import ImportFormat, ImportQuery, ImportReport
from src.services.import_service import AccountChanged, ImportRejected, Options

MAX_IMPORT_BYTES: Final = 10 << 20
IMPORT_ROUTE: Final = ("POST", f"{BASE}/users/me/import")
UPLOAD_TIMEOUT: Final = 60.0
JSON, CSV, CALENDAR = "application/json", "text/csv", "text/calendar"
_TYPES: Final[dict[ImportFormat, str]] = {"json": JSON, "csv": CSV, "ics": CALENDAR, "todoist": CSV, "ticktick": CSV}
_KINDS: Final[dict[str, ImportFormat]] = {JSON: "json", CALENDAR: "ics"}
_EXPORTS: Final[dict[ExportFormat, tuple[str, str]]] = {
    "json": (JSON, "tasks.json"),
    "csv": (f"{CSV}; charset=utf-8; header=present", "tasks.csv"),
    "ics": (f"{CALENDAR}; charset=utf-8", "tasks.ics"),
}
_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    CSV: {
        "csv": {"value": 'title,priority,due_date,tags\r\nCall Ana,high,2026-12-01,"home,deep work"\r\n'},
        "todoist": {"value": "TYPE,CONTENT,PRIORITY,INDENT,DATE\r\ntask,Water plants @home,4,1,every 3 days\r\n"},
        "ticktick": {"value": "List Name,Title,Due Date,Is All Day,Priority,Status\r\nHome,Buy milk,,,5,0\r\n"},
    },
    CALENDAR: {
        "ics": {
            "value": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VTODO\r\nUID:1@example.com\r\n"
            "SUMMARY:Call Ana\r\nDUE;VALUE=DATE:20261201\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
        }
    },
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "up to 10 MiB",
        "content": {
            JSON: {"schema": {"$ref": COMPONENT.format(model=ExportDocument.__name__)}},
            **{kind: {"schema": {"type": "string"}, "examples": examples} for kind, examples in _EXAMPLES.items()},
        },
    }
}

portability = router(
    "/users/me", tags=["export and import"], responses=problems(Unauthorized), dependencies=[NotesNetwork]
)


class UploadTooSlow(AppError):
    """The body did not arrive within a minute."""

    status = 408
    code = "upload_too_slow"
    title = "The body took too long to arrive"


class ExportResponse(StreamingResponse):
    """A file to be saved. Whatever ends the sending ends the reading too, at once, and gives its connection back."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], *, media_type: str, name: str) -> None:
        super().__init__(
            pieces, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=media_type
        )
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._pieces.aclose()


def exported(*media_types: str) -> Responses:
    """The ``responses=`` of a route that answers with a file."""
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in media_types if kind != JSON}
    content[JSON] = {"schema": {"$ref": COMPONENT.format(model=ExportDocument.__name__)}}
    return {
        200: {"description": "the file, streamed; one that breaks off midway is never complete", "content": content}
    }


@portability.get("/export", response_class=Response, responses=exported(JSON))
async def export_account(service: ExportServiceDep, principal: PrincipalDep) -> Response:
    """Everything of yours as one JSON document, which imports again: tasks, trash, tags, series and their history."""
    return ExportResponse(await service.account(principal), media_type=JSON, name="account.json")


@portability.post(
    "/import",
    response_model=ImportReport,
    responses=problems(ImportRejected, AccountChanged, UploadTooSlow),
    openapi_extra=_BODY,
)
async def import_file(
    query: Annotated[ImportQuery, Query()], service: ImportServiceDep, principal: PrincipalDep, request: Request
) -> Response:
    """Import a file: all of it, or, if anything in it is not valid, nothing.

    What is there already (the same id, or a tag of the same name) stays as it is, so the same file can be sent again.
    At most 20,000 items of a kind.
    """
    options = Options(_format_of(request, query), query.dry_run)

    async def read_body() -> bytes:
        try:
            async with asyncio.timeout(UPLOAD_TIMEOUT):
                return await request.body()
        except TimeoutError:
            raise UploadTooSlow from None

    report = await service.run(principal, options, read_body)
    return Response(encode(report), media_type=JSON)


def file_response(pieces: AsyncGenerator[bytes, None], kind: ExportFormat) -> Response:
    """The tasks as a file."""
    media_type, name = _EXPORTS[kind]
    return ExportResponse(pieces, media_type=media_type, name=name)


def _format_of(request: Request, query: ImportQuery) -> ImportFormat | None:
    """None for a CSV of any kind. Raises UnsupportedMediaType where type and format are at odds."""
    accepted = frozenset({_TYPES[query.format]} if query.format else _TYPES.values())
    require_media_type(request, accepted)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media_type:
        raise UnsupportedMediaType(f"The body must be one of {', '.join(sorted(accepted))}")
    return query.format or _KINDS.get(media_type)
