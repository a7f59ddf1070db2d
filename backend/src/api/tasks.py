"""Tasks: the same routes at ``/tasks`` and, with the owner in the path, at ``/users/{user_id}/tasks``."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request, Response

from src.api.clients import NotesNetwork
from src.api.deps import (
    ExportServiceDep,
    NotYourPath,
    PreconditionDep,
    PrincipalDep,
    QuickAddServiceDep,
    TaskBulkServiceDep,
    TaskListServiceDep,
    TaskServiceDep,
    TaskStatsServiceDep,
    require_own_path,
)
from src.api.portability import CALENDAR, CSV, JSON, exported, file_response
from src.api.routing import BASE, CACHING, etag, location_of, matches, next_link, problems, router
from src.core.errors import NotFound, PreconditionFailed, Unauthorized
from src.schemas.base import Id
from src.schemas.encoding import encode
from src.schemas.export import ExportQuery
from src.schemas.quick_add import QuickAddCreate, QuickAddPublic
from src.schemas.task import TaskComplete, TaskCreate, TaskMove, TaskPage, TaskPublic, TaskQuery, TaskUpdate
from src.schemas.task_bulk import BulkResults, TaskBulk
from src.schemas.task_stats import TaskStats, TaskStatsQuery
from src.services.retried_creates import IdInUse
from src.services.task_bulk_service import BulkFailed
from src.services.task_rules import InTrash

tasks = router("/tasks", tags=["tasks"], responses=problems(Unauthorized))
tasks_of_user = router(
    "/users/{user_id}/tasks",
    tags=["tasks"],
    dependencies=[Depends(require_own_path)],
    responses=problems(Unauthorized, NotYourPath),
)
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response | None]])


def task_route(method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
    """A route at both addresses."""

    def register(handler: Handler) -> Handler:
        for each in (tasks, tasks_of_user):
            each.add_api_route(path, handler, methods=[method], **options)
        return handler

    return register


@task_route("GET", "", response_model=TaskPage)
async def list_tasks(query: Annotated[TaskQuery, Query()], service: TaskListServiceDep, request: Request) -> Response:
    """Your tasks, a page at a time: filtered, searched, sorted."""
    page = await service.list_page(query)
    return Response(encode(page), headers=next_link(request, page.next_cursor), media_type="application/json")


@task_route(
    "POST",
    "",
    status_code=201,
    response_model=TaskPublic,
    responses={200: {"model": TaskPublic, "description": "made before"}, **problems(IdInUse)},
)
async def create_task(body: TaskCreate, service: TaskServiceDep, request: Request) -> Response:
    """Make a task. With an `id` of your own the request can be sent again without making a second one."""
    stored = await service.create(body)
    location = location_of(request, stored.task.id)
    return _answer(stored.task, status=201 if stored.is_new else 200, location=location)


@task_route("POST", "/bulk", response_model=BulkResults, responses=problems(BulkFailed))
async def change_tasks(body: TaskBulk, service: TaskBulkServiceDep) -> Response:
    """Change up to 500 tasks in one transaction: all of it or, with `partial`, what can be done.

    A body that is not valid is refused as a whole either way.
    """
    results = await service.run(body)
    return Response(encode(results), headers=CACHING, media_type="application/json")


@task_route("GET", "/stats", response_model=TaskStats)
async def read_task_stats(query: Annotated[TaskStatsQuery, Query()], service: TaskStatsServiceDep) -> Response:
    """How many of your tasks are open, due and overdue, and how many you completed each day."""
    return Response(encode(await service.read(query)), headers=CACHING, media_type="application/json")


@task_route(
    "GET",
    "/export",
    response_class=Response,
    responses=exported(JSON, CSV, CALENDAR),
    dependencies=[NotesNetwork],
)
async def export_tasks(
    query: Annotated[ExportQuery, Query()], service: ExportServiceDep, principal: PrincipalDep
) -> Response:
    """Your tasks outside the trash as a file: JSON that imports again, CSV, or iCalendar."""
    return file_response(await service.tasks(principal, query.format), query.format)


@task_route(
    "POST",
    "/quick",
    status_code=201,
    response_model=QuickAddPublic,
    responses={200: {"model": QuickAddPublic, "description": "a dry run, or made before"}, **problems(IdInUse)},
)
async def quick_add(body: QuickAddCreate, service: QuickAddServiceDep) -> Response:
    """Make a task or a series from one line of text, such as "Pay rent every month on the 1st at 9am #home !high".

    The answer says what was understood, and which pieces of the text said so. With `dry_run` nothing is made.
    """
    added = await service.add(body)
    location = {"Location": f"{BASE}/{added.place}"} if added.place else {}
    status = 201 if added.is_new else 200
    return Response(encode(added.answer), status, {**CACHING, **location}, media_type="application/json")


@task_route(
    "GET", "/{task_id}", response_model=TaskPublic, responses={304: {"description": "unchanged"}, **problems(NotFound)}
)
async def read_task(
    task_id: Id, service: TaskServiceDep, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """One task. With the ETag you have in `If-None-Match` the answer is 304 while it has not changed."""
    task = await service.read(task_id)
    if if_none_match is not None and matches(if_none_match, etag(task.version)):
        return Response(status_code=304, headers={"ETag": etag(task.version), **CACHING})
    return _answer(task)


@task_route("PATCH", "/{task_id}", response_model=TaskPublic, responses=problems(NotFound, InTrash, PreconditionFailed))
async def update_task(
    task_id: Id, body: TaskUpdate, service: TaskServiceDep, precondition: PreconditionDep
) -> Response:
    """Change what you send; what you leave out stays as it is, null clears."""
    return _answer(await service.update(task_id, body, precondition))


@task_route("DELETE", "/{task_id}", status_code=204, responses=problems(NotFound, PreconditionFailed))
async def delete_task(
    task_id: Id,
    service: TaskServiceDep,
    precondition: PreconditionDep,
    permanent: Annotated[bool, Query(description="remove it for good")] = False,
) -> None:
    """Move a task and its parts to the trash, which empties itself after 30 days."""
    await service.delete(task_id, precondition, permanent=permanent)


@task_route("POST", "/{task_id}/restore", response_model=TaskPublic, responses=problems(NotFound, PreconditionFailed))
async def restore_task(task_id: Id, service: TaskServiceDep, precondition: PreconditionDep) -> Response:
    """Take a task out of the trash, with the parts of it that went there together with it."""
    return _answer(await service.restore(task_id, precondition))


@task_route(
    "POST", "/{task_id}/move", response_model=TaskPublic, responses=problems(NotFound, InTrash, PreconditionFailed)
)
async def move_task(task_id: Id, body: TaskMove, service: TaskServiceDep, precondition: PreconditionDep) -> Response:
    """Put a task before or after another in the order by hand (`sort=position`). No other task changes."""
    return _answer(await service.move(task_id, body, precondition))


@task_route(
    "PATCH", "/{task_id}/complete", response_model=TaskPublic, responses=problems(NotFound, InTrash, PreconditionFailed)
)
async def complete_task(
    task_id: Id, service: TaskServiceDep, precondition: PreconditionDep, body: TaskComplete | None = None
) -> Response:
    """Complete or reopen a task. Without a body it toggles; with `is_completed` it may be sent any number of times."""
    return _answer(await service.complete(task_id, body.is_completed if body else None, precondition))


def _answer(task: TaskPublic, *, status: int = 200, location: str | None = None) -> Response:
    headers = {"ETag": etag(task.version), **CACHING}
    if location is not None:
        headers["Location"] = location
    return Response(encode(task), status, headers=headers, media_type="application/json")
