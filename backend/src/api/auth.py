"""Logging in and out, and the caller's sessions."""

from typing import Annotated

from fastapi import Cookie, Request, Response

from src.api.clients import ClientDep, ForeignOrigin, NotesNetwork, OwnOrigin, is_plain_localhost
from src.api.deps import (
    AuthServiceDep,
    ContextDep,
    PrincipalDep,
    SessionServiceDep,
    UserServiceDep,
    find_principal,
)
from src.api.routing import etag, problems, router
from src.core.errors import NotFound, TooManyRequests, Unauthorized
from src.schemas.auth import AccessToken, LoggedIn, Login, SessionList
from src.schemas.base import Id
from src.schemas.encoding import encode
from src.schemas.user import PasswordChange, UserPublic, UserRegister
from src.services.auth_service import Grant, InvalidCredentials, InvalidRefreshToken, WrongPassword
from src.services.session_service import SessionService
from src.services.user_service import EmailTaken, UsernameTaken

COOKIE = "refresh_token"
COOKIE_PATH = "/api/v1/auth"

auth = router("/auth", tags=["auth"], responses={}, dependencies=[NotesNetwork])
RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


@auth.post(
    "/register",
    status_code=201,
    response_model=UserPublic,
    responses=problems(EmailTaken, UsernameTaken, TooManyRequests),
)
async def register(body: UserRegister, users: UserServiceDep, client: ClientDep) -> Response:
    """Make an account. Log in next."""
    user = await users.register(body, network=client.network)
    headers = {"Location": "/api/v1/users/me", "ETag": etag(user.version)}
    return Response(encode(user), 201, headers=headers, media_type="application/json")


@auth.post(
    "/login",
    response_model=LoggedIn,
    dependencies=[OwnOrigin],
    responses=problems(InvalidCredentials, ForeignOrigin, TooManyRequests),
)
async def login(body: Login, auth_service: AuthServiceDep, client: ClientDep, request: Request) -> Response:
    """Log in with e-mail (or username) and password. The refresh token comes in a cookie that scripts cannot read."""
    grant, user = await auth_service.log_in(body.email, body.password, client)
    content = {"access_token": grant.access_token, "token_type": "bearer", "expires_in": grant.expires_in, "user": user}
    response = Response(encode(content), media_type="application/json")
    set_cookie(response, grant, request)
    return response


@auth.post(
    "/refresh",
    response_model=AccessToken,
    dependencies=[OwnOrigin],
    responses=problems(InvalidRefreshToken, ForeignOrigin),
)
async def refresh(
    auth_service: AuthServiceDep, client: ClientDep, request: Request, cookie: RefreshCookie = None
) -> Response:
    """A new access token for the cookie; the refresh token in it is replaced."""
    grant = await auth_service.refresh(cookie or "", client)
    response = Response(
        encode(AccessToken(access_token=grant.access_token, expires_in=grant.expires_in).model_dump()),
        media_type="application/json",
    )
    set_cookie(response, grant, request)
    return response


@auth.post("/logout", status_code=204, dependencies=[OwnOrigin], responses=problems(Unauthorized, ForeignOrigin))
async def logout(
    context: ContextDep, auth_service: AuthServiceDep, request: Request, cookie: RefreshCookie = None
) -> Response:
    """End this session, at once and everywhere. The access token, or else the cookie, says which."""
    principal = find_principal(request, context)
    if principal is not None:
        async with context.database.as_user(principal) as session:
            await SessionService(session, principal).end_current()
    elif cookie is not None:
        await auth_service.end_by_refresh_token(cookie)
    else:
        raise Unauthorized
    response = Response(status_code=204)
    response.delete_cookie(
        COOKIE, path=COOKIE_PATH, secure=not is_plain_localhost(request), httponly=True, samesite="strict"
    )
    return response


@auth.get("/sessions", response_model=SessionList, responses=problems(Unauthorized))
async def list_sessions(sessions: SessionServiceDep) -> SessionList:
    """Where you are logged in, most recently used first."""
    return SessionList(items=await sessions.list_all())


@auth.delete("/sessions/{session_id}", status_code=204, responses=problems(Unauthorized, NotFound))
async def end_session(session_id: Id, sessions: SessionServiceDep) -> None:
    """End one session."""
    await sessions.end(session_id)


@auth.delete("/sessions", status_code=204, responses=problems(Unauthorized))
async def end_other_sessions(sessions: SessionServiceDep) -> None:
    """End all sessions but this one."""
    await sessions.end_others()


@auth.post("/change-password", status_code=204, responses=problems(Unauthorized, WrongPassword, TooManyRequests))
async def change_password(body: PasswordChange, users: UserServiceDep, principal: PrincipalDep) -> None:
    """Change the password. All other sessions end."""
    await users.change_password(principal, body)


def set_cookie(response: Response, grant: Grant, request: Request) -> None:
    response.set_cookie(
        COOKIE,
        grant.refresh_token,
        max_age=grant.cookie_seconds,
        path=COOKIE_PATH,
        secure=not is_plain_localhost(request),
        httponly=True,
        samesite="strict",
    )
