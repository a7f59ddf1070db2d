"""The OAuth2 token endpoint, for clients without cookies."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from src.api.clients import ClientDep
from src.api.deps import AuthServiceDep, TokenExchangeServiceDep
from src.api.routing import problems, router
from src.core.errors import Invalid, TooManyRequests
from src.core.security import SUBJECT_TOKEN_MAX_LENGTH
from src.schemas.auth import ExchangedTokens, TokenPair
from src.schemas.base import OneLine
from src.services.auth_service import Grant, InvalidCredentials, InvalidGrant, InvalidRefreshToken
from src.services.token_exchange_service import InvalidSubjectToken, TokenExchangeService

TOKEN_MAX = 200
PASSWORD = "password"  # noqa: S105
REFRESH_TOKEN = "refresh_token"  # noqa: S105
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105
# not `access_token`: that one says what its bearer may do elsewhere, and not who has logged in here
SUBJECT_TOKEN_TYPES = ("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token")
REQUESTED_TOKEN_TYPES = ("urn:ietf:params:oauth:token-type:access_token",)

token_endpoint = router("/auth", tags=["auth"], responses={})


class TokenForm(BaseModel):
    """The OAuth2 form (RFC 6749, 4.3 and 6; RFC 8693, 2.1)."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"grant_type": PASSWORD, "username": "ana@example.com", "password": "correct horse battery"},
                {"grant_type": TOKEN_EXCHANGE, "subject_token": "eyJ…", "subject_token_type": SUBJECT_TOKEN_TYPES[0]},
            ]
        },
    )

    # what belongs to the exchange is looked at by the exchange only: where that is not configured, it means nothing
    grant_type: Annotated[str, Field(json_schema_extra={"enum": [PASSWORD, REFRESH_TOKEN, TOKEN_EXCHANGE]})] = PASSWORD
    username: Annotated[str, OneLine, Field(max_length=254)] | None = None
    password: Annotated[str, Field(max_length=1024, json_schema_extra={"format": "password"})] | None = None
    refresh_token: Annotated[str, Field(max_length=TOKEN_MAX)] | None = None
    subject_token: Annotated[str, Field(json_schema_extra={"maxLength": SUBJECT_TOKEN_MAX_LENGTH})] | None = None
    subject_token_type: Annotated[str, Field(json_schema_extra={"enum": [*SUBJECT_TOKEN_TYPES]})] | None = None
    requested_token_type: Annotated[str, Field(json_schema_extra={"enum": [*REQUESTED_TOKEN_TYPES]})] | None = None


@token_endpoint.post(
    "/token",
    response_model=ExchangedTokens | TokenPair,
    responses=problems(InvalidGrant, InvalidSubjectToken, TooManyRequests),
)
async def token(
    form: Annotated[TokenForm, Form()],
    auth_service: AuthServiceDep,
    exchanges: TokenExchangeServiceDep,
    client: ClientDep,
) -> TokenPair:
    """The OAuth2 token endpoint, for clients without cookies.

    The grant `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693) exists only where the service is configured
    to trust another login service. Its `subject_token` is a JWT of that service: signed with HS256, at most an hour
    old, with `iss`, `aud`, `sub`, `iat`, `exp`, `email` and `"email_verified": true`.
    """
    try:
        return await _granted(form, auth_service, exchanges, client)
    except (InvalidCredentials, InvalidRefreshToken) as error:
        raise InvalidGrant from error


async def _granted(
    form: TokenForm, auth_service: AuthServiceDep, exchanges: TokenExchangeService | None, client: ClientDep
) -> TokenPair:
    if form.grant_type == PASSWORD:
        username, password = _required(form.username, "username"), _required(form.password, "password")
        return _pair((await auth_service.log_in(username, password, client))[0])
    if form.grant_type == REFRESH_TOKEN:
        return _pair(await auth_service.refresh(_required(form.refresh_token, "refresh_token"), client))
    if exchanges is None:
        raise _not_one_of((PASSWORD, REFRESH_TOKEN), "grant_type")
    if form.grant_type != TOKEN_EXCHANGE:
        raise _not_one_of((PASSWORD, REFRESH_TOKEN, TOKEN_EXCHANGE), "grant_type")
    grant = await exchanges.exchange(_subject_token(form), client)
    return ExchangedTokens(**_pair(grant).model_dump())


def _subject_token(form: TokenForm) -> str:
    if _required(form.subject_token_type, "subject_token_type") not in SUBJECT_TOKEN_TYPES:
        raise _not_one_of(SUBJECT_TOKEN_TYPES, "subject_token_type")
    if form.requested_token_type not in (None, *REQUESTED_TOKEN_TYPES):
        raise _not_one_of(REQUESTED_TOKEN_TYPES, "requested_token_type")
    return _required(form.subject_token, "subject_token")


def _pair(grant: Grant) -> TokenPair:
    return TokenPair(access_token=grant.access_token, expires_in=grant.expires_in, refresh_token=grant.refresh_token)


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise Invalid.field(f"/{name}", "missing", "is required for this grant_type")
    return value


def _not_one_of(values: Sequence[str], name: str) -> Invalid:
    """As pydantic says it of a ``Literal``."""
    *others, last = [f"'{value}'" for value in values]
    words = f"{', '.join(others)} or {last}" if others else last
    return Invalid.field(f"/{name}", "literal_error", f"must be {words}")
