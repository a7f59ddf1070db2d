from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from src.schemas.base import Email, Input, NewPassword, Output


class PasswordResetRequest(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ana@example.com"}]})

    email: Email


class PasswordResetRequested(Output):
    """The same, whether there is such an account or not."""

    message: Literal["If there is an account with this address, a link is on its way to it."] = (
        "If there is an account with this address, a link is on its way to it."
    )


class PasswordReset(Input):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"token": "kq3S0mYxH8dPq2vJt5Lw7RzBn1cEfGiU4aKoXyV6s9M", "new_password": "staple the other horse"}
            ]
        }
    )

    token: Annotated[str, StringConstraints(max_length=200)] = Field(
        description="what stands behind `#token=` in the link"
    )
    new_password: NewPassword
