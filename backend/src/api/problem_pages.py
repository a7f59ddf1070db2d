"""``GET /problems/{name}``: what a problem's type means, in a few lines, taken from the error's own docstring."""

import inspect
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from src.api.errors import NotFoundHere, problem_type
from src.api.routing import problems
from src.core.errors import AppError, Invalid

problem_pages = APIRouter(tags=["problems"])


def all_errors(kind: type[AppError] = AppError) -> Iterator[type[AppError]]:
    for error in kind.__subclasses__():
        yield error
        yield from all_errors(error)


@problem_pages.get("/problems/{name}", response_class=PlainTextResponse, responses=problems(NotFoundHere, Invalid))
async def explain(name: str) -> PlainTextResponse:
    """What this problem means and what can be done."""
    for error in all_errors():
        if problem_type(error) == f"/problems/{name}":
            text = f"{error.title} ({error.status}, {error.code})\n\n{inspect.cleandoc(error.__doc__ or '')}\n"
            return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=3600"})
    raise NotFoundHere
