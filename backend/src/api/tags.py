"""Tags."""

from typing import Annotated

from fastapi import Query, Request, Response

from src.api.deps import PreconditionDep, TagServiceDep
from src.api.routing import CACHING, etag, location_of, next_link, problems, router
from src.core.errors import NotFound, PreconditionFailed, Unauthorized
from src.schemas.base import Id
from src.schemas.encoding import encode
from src.schemas.tag import TagCreate, TagMerge, TagPage, TagPublic, TagQuery, TagUpdate
from src.services.retried_creates import IdInUse
from src.services.tag_service import NameTaken

tags = router("/tags", tags=["tags"], responses=problems(Unauthorized))


@tags.get("", response_model=TagPage)
async def list_tags(query: Annotated[TagQuery, Query()], service: TagServiceDep, request: Request) -> Response:
    """Your tags by name, a page at a time, with the number of open tasks that carry each."""
    page = await service.list_page(query)
    return Response(encode(page), headers=next_link(request, page.next_cursor), media_type="application/json")


@tags.post(
    "",
    status_code=201,
    response_model=TagPublic,
    responses={200: {"model": TagPublic, "description": "made before"}, **problems(NameTaken, IdInUse)},
)
async def create_tag(body: TagCreate, service: TagServiceDep, request: Request) -> Response:
    """Make a tag. With an `id` of your own the request can be sent again without making a second one."""
    tag, is_new = await service.create(body)
    return _answer(tag, status=201 if is_new else 200, location=location_of(request, tag.id))


@tags.get("/{tag_id}", response_model=TagPublic, responses=problems(NotFound))
async def read_tag(tag_id: Id, service: TagServiceDep) -> Response:
    """One tag."""
    return _answer(await service.read(tag_id))


@tags.patch("/{tag_id}", response_model=TagPublic, responses=problems(NotFound, NameTaken, PreconditionFailed))
async def update_tag(tag_id: Id, body: TagUpdate, service: TagServiceDep, precondition: PreconditionDep) -> Response:
    """Rename or recolour a tag. Tasks that carry it show the change, and get a new version."""
    return _answer(await service.update(tag_id, body, precondition))


@tags.delete("/{tag_id}", status_code=204, responses=problems(NotFound, PreconditionFailed))
async def delete_tag(tag_id: Id, service: TagServiceDep, precondition: PreconditionDep) -> None:
    """Delete a tag. Its tasks stay."""
    await service.delete(tag_id, precondition)


@tags.post("/{tag_id}/merge", response_model=TagPublic, responses=problems(NotFound, PreconditionFailed))
async def merge_tag(tag_id: Id, body: TagMerge, service: TagServiceDep, precondition: PreconditionDep) -> Response:
    """Give the tasks of this tag to another, and delete this one. Answers with the other."""
    return _answer(await service.merge(tag_id, body.into, precondition))


def _answer(tag: TagPublic, *, status: int = 200, location: str | None = None) -> Response:
    headers = {"ETag": etag(tag.version), **CACHING}
    if location is not None:
        headers["Location"] = location
    return Response(encode(tag), status, headers=headers, media_type="application/json")
