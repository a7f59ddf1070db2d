from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from src.schemas.base import Email, Input, NewPassword, Omittable, Output, Password, PersonName, Username, Version, Zone


class UserRegister(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "ana@example.com", "password": "correct horse battery", "timezone": "Europe/Madrid"}]
        }
    )

    email: Email
    password: NewPassword
    username: Username | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    timezone: Zone = "UTC"


class UserUpdate(Input):
    """A JSON merge patch (RFC 7396): what is left out stays, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"first_name": "Ana", "timezone": "Europe/Madrid"}]})

    email: Email = Omittable(description="a new address asks for `current_password`")
    username: Username | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    timezone: Zone = Omittable()
    current_password: Password | None = Field(default=None, description="only needed with a new `email`")


class UserDelete(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"current_password": "correct horse battery"}]})

    current_password: Password


class PasswordChange(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": "correct horse battery", "new_password": "staple the other horse"}]
        }
    )

    current_password: Password
    new_password: NewPassword


class UserPublic(Output):
    """An account, as its owner sees it."""

    id: UUID
    email: str
    username: str | None
    first_name: str | None
    last_name: str | None
    timezone: str
    version: Version
    created_at: datetime
    updated_at: datetime
