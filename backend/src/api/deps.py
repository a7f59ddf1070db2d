"""What routes ask for. Everything of one request hangs together here: token → principal → transaction → service."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer

from src.api.routing import BASE, StrictRequest
from src.core.config import Settings
from src.core.errors import Forbidden, Invalid, Unauthorized
from src.core.security import (
    AccessTokens,
    Cursors,
    InvalidAccessToken,
    PasswordHasher,
    Principal,
    RefreshTokens,
    SubjectTokens,
)
from src.database.session import Database
from src.database.statements import DatabaseSession
from src.schemas.base import Id
from src.services.admission import Admission
from src.services.auth_service import AuthService
from src.services.export_service import ExportService
from src.services.health_service import HealthService
from src.services.import_service import ImportService, ImportWorkers
from src.services.mails import Mailer
from src.services.password_reset_service import PasswordResetService
from src.services.preconditions import Precondition
from src.services.priority_service import PriorityService
from src.services.quick_add_service import QuickAddService
from src.services.recurring_task_change_service import RecurringTaskChangeService
from src.services.recurring_task_service import RecurringTaskService
from src.services.session_service import SessionService
from src.services.tag_service import TagService
from src.services.task_bulk_service import TaskBulkService
from src.services.task_list_service import TaskListService
from src.services.task_service import TaskService
from src.services.task_stats_service import TaskStatsService
from src.services.token_exchange_service import TokenExchangeService
from src.services.user_service import UserService

Service = TypeVar("Service")

ETAG = re.compile(r'\s*(?:(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e]*)")\s*(?:,|$)', re.ASCII)
VERSION = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
ETAGS = r'^\s*(\*|(W/)?"[\x21\x23-\x7e]*"(\s*,\s*(W/)?"[\x21\x23-\x7e]*")*)\s*$'


@dataclass(slots=True)
class AppContext:
    """What lives as long as the process: made at start, closed at its end."""

    settings: Settings
    database: Database
    hasher: PasswordHasher
    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens
    subject_tokens: SubjectTokens | None
    cursors: Cursors
    health: HealthService
    mailer: Mailer
    exports: Admission
    import_workers: ImportWorkers
    is_draining: bool = False


class NotYourPath(Forbidden):
    """The user id in the path is not the caller's."""

    code = "not_your_path"
    title = "The path belongs to another user"


async def get_context(request: Request) -> AppContext:
    context: AppContext = request.app.state.context
    return context


ContextDep = Annotated[AppContext, Depends(get_context)]


def find_principal(request: Request, context: AppContext) -> Principal | None:
    """None without an Authorization header. Raises Unauthorized for anything else that is no valid token."""
    headers = request.headers.getlist("authorization")
    if not headers:
        return None
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer":
        raise Unauthorized
    try:
        principal = context.access_tokens.verify(token.strip())
    except InvalidAccessToken:
        raise Unauthorized from None
    request.state.user_id = principal.id
    return principal


class BearerToken(OAuth2PasswordBearer):
    """Who the access token says is calling. Whether the session is alive, the transaction's opening asks."""

    def __init__(self) -> None:
        url = f"{BASE}/auth/token"
        super().__init__(tokenUrl=url, refreshUrl=url, auto_error=False, scheme_name=OAuth2PasswordBearer.__name__)

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # it gives the text of the token
        principal = find_principal(request, request.app.state.context)
        if principal is None:
            raise Unauthorized
        return principal


PrincipalDep = Annotated[Principal, Depends(BearerToken())]


async def require_own_path(user_id: Id, principal: PrincipalDep) -> None:
    if user_id != principal.id:
        raise NotYourPath


class InTransaction(BearerToken, Generic[Service]):
    """Opens the request's transaction as its user, and gives the service on it.

    All of this is one dependency, because each further one costs every request some 20 µs.
    """

    def __init__(self, make: Callable[[DatabaseSession, Principal, AppContext], Service]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, request: StrictRequest) -> Service:  # type: ignore[override]
        principal = await super().__call__(request)
        context: AppContext = request.app.state.context
        return self._make(await request.open(context.database.as_user(principal)), principal, context)


TaskServiceDep = Annotated[TaskService, Depends(InTransaction(lambda session, owner, _: TaskService(session, owner)))]
TaskListServiceDep = Annotated[
    TaskListService,
    Depends(InTransaction(lambda session, owner, context: TaskListService(session, owner, context.cursors))),
]
TaskBulkServiceDep = Annotated[
    TaskBulkService, Depends(InTransaction(lambda session, owner, _: TaskBulkService(session, owner)))
]
TaskStatsServiceDep = Annotated[
    TaskStatsService, Depends(InTransaction(lambda session, owner, _: TaskStatsService(session, owner)))
]
TagServiceDep = Annotated[
    TagService, Depends(InTransaction(lambda session, owner, context: TagService(session, owner, context.cursors)))
]
QuickAddServiceDep = Annotated[
    QuickAddService,
    Depends(
        InTransaction(
            lambda session, owner, context: QuickAddService(
                session,
                owner,
                tasks=TaskService(session, owner),
                series=RecurringTaskService(session, owner, context.cursors),
            )
        )
    ),
]
RecurringTaskServiceDep = Annotated[
    RecurringTaskService,
    Depends(InTransaction(lambda session, owner, context: RecurringTaskService(session, owner, context.cursors))),
]
RecurringTaskChangeServiceDep = Annotated[
    RecurringTaskChangeService,
    Depends(InTransaction(lambda session, owner, _: RecurringTaskChangeService(session, owner))),
]
SessionServiceDep = Annotated[
    SessionService, Depends(InTransaction(lambda session, owner, _: SessionService(session, owner)))
]
PriorityServiceDep = Annotated[PriorityService, Depends(InTransaction(lambda session, *_: PriorityService(session)))]


async def get_auth_service(context: ContextDep) -> AuthService:
    return AuthService(
        context.database,
        hasher=context.hasher,
        access_tokens=context.access_tokens,
        refresh_tokens=context.refresh_tokens,
        settings=context.settings,
    )


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


async def get_user_service(context: ContextDep, auth: AuthServiceDep) -> UserService:
    return UserService(context.database, hasher=context.hasher, auth=auth, mailer=context.mailer)


async def get_password_reset_service(context: ContextDep) -> PasswordResetService:
    return PasswordResetService(context.database, hasher=context.hasher, mailer=context.mailer)


async def get_token_exchange_service(context: ContextDep, auth: AuthServiceDep) -> TokenExchangeService | None:
    """None where no other login service is trusted."""
    if context.subject_tokens is None:
        return None
    return TokenExchangeService(
        context.database,
        subject_tokens=context.subject_tokens,
        hasher=context.hasher,
        auth=auth,
        mailer=context.mailer,
    )


async def get_export_service(context: ContextDep) -> ExportService:
    return ExportService(context.database, context.exports)


async def get_import_service(context: ContextDep) -> ImportService:
    return ImportService(context.database, context.import_workers)


ExportServiceDep = Annotated[ExportService, Depends(get_export_service)]
ImportServiceDep = Annotated[ImportService, Depends(get_import_service)]
UserServiceDep = Annotated[UserService, Depends(get_user_service)]
TokenExchangeServiceDep = Annotated[TokenExchangeService | None, Depends(get_token_exchange_service)]
PasswordResetServiceDep = Annotated[PasswordResetService, Depends(get_password_reset_service)]


IfMatch = Annotated[
    str | None,
    Header(
        description="the ETag of the version that you have seen; of any other nothing changes (412)",
        json_schema_extra={"pattern": ETAGS, "examples": ['"3"']},
    ),
]


async def get_precondition(if_match: IfMatch = None) -> Precondition:
    """If-Match (RFC 9110, 13.1.1): ``*``, or ETags of which one must be the stored one; weak ones never are."""
    if if_match is None or if_match.strip() == "*":
        return Precondition()
    versions = [int(opaque) for weak, opaque in _etags(if_match) if not weak and VERSION.fullmatch(opaque)]
    return Precondition(frozenset(version for version in versions if version < 2**31))


def _etags(header: str) -> list[tuple[str | None, str]]:
    found, end = [], 0
    for match in ETAG.finditer(header):
        if match.start() != end:
            break
        found.append((match["weak"], match["opaque"]))
        end = match.end()
    if not found or end != len(header):
        raise Invalid.field("header/if-match", "invalid_etag", 'must be an ETag, such as "3", or several')
    return found


PreconditionDep = Annotated[Precondition, Depends(get_precondition)]
