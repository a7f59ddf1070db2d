"""The caller's own account."""

from fastapi import Response

from src.api.clients import NotesNetwork
from src.api.deps import PreconditionDep, PrincipalDep, UserServiceDep
from src.api.routing import etag, problems, router
from src.core.errors import PreconditionFailed, TooManyRequests, Unauthorized
from src.schemas.encoding import encode
from src.schemas.user import UserDelete, UserPublic, UserUpdate
from src.services.auth_service import WrongPassword
from src.services.user_service import EmailTaken, UsernameTaken

users = router("/users", tags=["users"], responses=problems(Unauthorized), dependencies=[NotesNetwork])


@users.get("/me", response_model=UserPublic)
async def read_me(service: UserServiceDep, principal: PrincipalDep) -> Response:
    """Your account."""
    return _answer(await service.read(principal))


@users.patch(
    "/me",
    response_model=UserPublic,
    responses=problems(WrongPassword, EmailTaken, UsernameTaken, PreconditionFailed, TooManyRequests),
)
async def update_me(
    body: UserUpdate, service: UserServiceDep, principal: PrincipalDep, precondition: PreconditionDep
) -> Response:
    """Change what you send; what you leave out stays as it is. A new e-mail address needs `current_password`."""
    return _answer(await service.update(principal, body, precondition))


@users.delete("/me", status_code=204, responses=problems(WrongPassword, TooManyRequests))
async def delete_me(body: UserDelete, service: UserServiceDep, principal: PrincipalDep) -> None:
    """Delete your account and everything in it, at once and for good."""
    await service.delete(principal, body.current_password)


def _answer(user: UserPublic) -> Response:
    return Response(encode(user), headers={"ETag": etag(user.version)}, media_type="application/json")
