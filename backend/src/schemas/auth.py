from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from src.schemas.base import Input, OneLine, Output, Password
from src.schemas.user import UserPublic


class Login(Input):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ana@example.com", "password": "correct horse battery"}]}
    )

    email: Annotated[str, OneLine, StringConstraints(max_length=254)] = Field(
        description="the e-mail address or the username"
    )
    password: Password


class AccessToken(Output):
    """Send it as ``Authorization: Bearer …`` (RFC 6750)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="seconds")


class LoggedIn(AccessToken):
    """The refresh token is in a cookie that scripts cannot read."""

    user: UserPublic


class TokenPair(AccessToken):
    """For clients without cookies. Each refresh token is good for one use."""

    refresh_token: str


class ExchangedTokens(TokenPair):
    """For a token of another login service (RFC 8693, 2.2.1)."""

    issued_token_type: Literal["urn:ietf:params:oauth:token-type:access_token"] = (
        "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
    )


class SessionPublic(Output):
    """A login on one device."""

    id: UUID
    device: str | None = Field(description="what the client calls itself")
    network: str | None = Field(description="the network of its last use: an IPv4 address or an IPv6 /64")
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool


class SessionList(Output):
    items: list[SessionPublic]
    next_cursor: None = None
