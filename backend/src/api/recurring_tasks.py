"""Recurring tasks: series, which make ordinary tasks by a rule."""

from typing import Annotated

from fastapi import Header, Query, Request, Response

from src.api.deps import PreconditionDep, RecurringTaskChangeServiceDep, RecurringTaskServiceDep
from src.api.routing import CACHING, etag, location_of, matches, next_link, problems, router
from src.core.errors import NotFound, PreconditionFailed, Unauthorized
from src.schemas.base import Day, Id
from src.schemas.encoding import encode
from src.schemas.recurring_task import (
    InstancePage,
    InstanceQuery,
    OccurrenceList,
    OccurrenceQuery,
    PreviewPublic,
    RecurringTaskChangeQuery,
    RecurringTaskCreate,
    RecurringTaskPage,
    RecurringTaskPreview,
    RecurringTaskPublic,
    RecurringTaskQuery,
    RecurringTaskUpdate,
)
from src.services.recurring_task_service import AlreadyCompleted
from src.services.retried_creates import IdInUse

recurring_tasks = router("/recurring-tasks", tags=["recurring tasks"], responses=problems(Unauthorized))


@recurring_tasks.get("", response_model=RecurringTaskPage)
async def list_recurring_tasks(
    query: Annotated[RecurringTaskQuery, Query()], service: RecurringTaskServiceDep, request: Request
) -> Response:
    """Your series, the newest first, a page at a time."""
    page = await service.list_page(query)
    return Response(encode(page), headers=next_link(request, page.next_cursor), media_type="application/json")


@recurring_tasks.post(
    "",
    status_code=201,
    response_model=RecurringTaskPublic,
    responses={200: {"model": RecurringTaskPublic, "description": "made before"}, **problems(IdInUse)},
)
async def create_recurring_task(
    body: RecurringTaskCreate, service: RecurringTaskServiceDep, request: Request
) -> Response:
    """Make a series, with its first task. With an `id` of your own the request can be sent again."""
    series, is_new = await service.create(body)
    return _answer(series, status=201 if is_new else 200, location=location_of(request, series.id))


@recurring_tasks.post("/preview", response_model=PreviewPublic)
async def preview_recurring_task(body: RecurringTaskPreview, service: RecurringTaskServiceDep) -> Response:
    """What a rule means: in words, and in its next ten dates. Nothing is stored."""
    preview = await service.preview(body)
    return Response(encode(preview), headers=CACHING, media_type="application/json")


@recurring_tasks.get(
    "/{recurring_task_id}",
    response_model=RecurringTaskPublic,
    responses={304: {"description": "unchanged"}, **problems(NotFound)},
)
async def read_recurring_task(
    recurring_task_id: Id,
    service: RecurringTaskServiceDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One series. It has a new version, too, whenever one of its instances is completed, skipped or made."""
    series = await service.read(recurring_task_id)
    if if_none_match is not None and matches(if_none_match, etag(series.version)):
        return Response(status_code=304, headers={"ETag": etag(series.version), **CACHING})
    return _answer(series)


@recurring_tasks.patch(
    "/{recurring_task_id}",
    response_model=RecurringTaskPublic,
    responses={
        201: {"model": RecurringTaskPublic, "description": "the series that goes on from that day"},
        **problems(NotFound, PreconditionFailed),
    },
)
async def update_recurring_task(
    recurring_task_id: Id,
    body: RecurringTaskUpdate,
    query: Annotated[RecurringTaskChangeQuery, Query()],
    service: RecurringTaskChangeServiceDep,
    precondition: PreconditionDep,
) -> Response:
    """Change what you send; what you leave out stays as it is, null clears. Open tasks follow, completed ones stay.

    Open tasks whose date the rule no longer has move to the dates that it has; those for which there is none go to the
    trash. With `scope=future` the series ends on the day before, and another one goes on (201): it has the changes,
    and takes over the instances from that day on.
    """
    if query.scope == "all":
        return _answer(await service.update(recurring_task_id, body, precondition))
    series, is_new = await service.update_from(recurring_task_id, query.from_, body, precondition)
    location = recurring_tasks.url_path_for("read_recurring_task", recurring_task_id=series.id) if is_new else None
    return _answer(series, status=201 if is_new else 200, location=location)


@recurring_tasks.delete("/{recurring_task_id}", status_code=204, responses=problems(NotFound, PreconditionFailed))
async def delete_recurring_task(
    recurring_task_id: Id, service: RecurringTaskServiceDep, precondition: PreconditionDep
) -> None:
    """Delete a series with its history. Its open tasks go to the trash, its completed ones stay, as ordinary tasks."""
    await service.delete(recurring_task_id, precondition)


@recurring_tasks.get("/{recurring_task_id}/instances", response_model=InstancePage, responses=problems(NotFound))
async def list_instances(
    recurring_task_id: Id,
    query: Annotated[InstanceQuery, Query()],
    service: RecurringTaskServiceDep,
    request: Request,
) -> Response:
    """What became of each date so far, the latest first: open, completed or skipped."""
    page = await service.list_instances(recurring_task_id, query)
    return Response(encode(page), headers=next_link(request, page.next_cursor), media_type="application/json")


@recurring_tasks.get("/{recurring_task_id}/occurrences", response_model=OccurrenceList, responses=problems(NotFound))
async def list_occurrences(
    recurring_task_id: Id, query: Annotated[OccurrenceQuery, Query()], service: RecurringTaskServiceDep
) -> Response:
    """The dates of a series by its rule, past and to come, at most 1,000. Nothing is stored.

    Where they are counted from completion: from the open instance on, as if each were done on its day.
    """
    found = await service.list_occurrences(recurring_task_id, query)
    return Response(encode(found), headers=CACHING, media_type="application/json")


@recurring_tasks.post(
    "/{recurring_task_id}/instances/{occurrence_date}/skip",
    response_model=RecurringTaskPublic,
    responses=problems(NotFound, AlreadyCompleted, PreconditionFailed),
)
async def skip_instance(
    recurring_task_id: Id, occurrence_date: Day, service: RecurringTaskServiceDep, precondition: PreconditionDep
) -> Response:
    """Skip an open instance: its task goes to the trash, and the next one is made. Answers with the series."""
    return _answer(await service.skip(recurring_task_id, occurrence_date, precondition))


def _answer(series: RecurringTaskPublic, *, status: int = 200, location: str | None = None) -> Response:
    headers = {"ETag": etag(series.version), **CACHING}
    if location is not None:
        headers["Location"] = location
    return Response(encode(series), status, headers=headers, media_type="application/json")
