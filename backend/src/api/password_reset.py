"""Setting a new password with a link that came by mail."""

from src.api.clients import ClientDep
from src.api.deps import PasswordResetServiceDep
from src.api.routing import problems, router
from src.core.errors import TooManyRequests
from src.schemas.password_reset import PasswordReset, PasswordResetRequest, PasswordResetRequested
from src.services.password_reset_service import InvalidResetToken

password_reset = router("/auth", tags=["auth"], responses={})


@password_reset.post(
    "/forgot-password",
    status_code=202,
    response_model=PasswordResetRequested,
    responses=problems(TooManyRequests),
)
async def forgot_password(
    body: PasswordResetRequest, resets: PasswordResetServiceDep, client: ClientDep
) -> PasswordResetRequested:
    """Have a link sent that sets a new password: good once, for 30 minutes, until a newer one is sent.

    The answer is the same, in the same time, whether there is such an account or not.
    """
    await resets.request(body.email, network=client.network)
    return PasswordResetRequested()


@password_reset.post("/reset-password", status_code=204, responses=problems(InvalidResetToken, TooManyRequests))
async def reset_password(body: PasswordReset, resets: PasswordResetServiceDep, client: ClientDep) -> None:
    """Set a new password with the token of the link. All sessions end; log in next."""
    await resets.reset(body, network=client.network)
