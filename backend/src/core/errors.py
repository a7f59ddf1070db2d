"""The errors this service raises on purpose.

    Exception
    ├── StartupError              the service may not start; shown as one readable block
    │   └── ConfigurationError    ... because a setting is missing or wrong (exit status 78)
    └── AppError                  answered as a problem document (RFC 9457)
        ├── BadRequest       400
        ├── Unauthorized     401
        ├── Forbidden        403
        ├── NotFound         404
        ├── Conflict         409
        ├── PreconditionFailed 412
        ├── Invalid          422
        ├── TooManyRequests  429
        └── Unavailable      503

A domain error stands beside its service, derives from one of the AppErrors and names its own ``code``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


class StartupError(Exception):
    """The service refuses to start: ``problem`` says what is wrong, ``advice`` what a person can do about it.

    Neither may hold a credential: both are printed.
    """

    exit_status: ClassVar[int] = 1
    headline: ClassVar[str] = "The service did not start."

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice

    def block(self) -> str:
        """What is printed in place of a traceback."""
        return "\n".join(
            [
                "",
                self.headline,
                "",
                *_indented(self.problem),
                "",
                "What to do:",
                *_indented(self.advice),
                "",
            ]
        )


class ConfigurationError(StartupError):
    """A setting is missing or wrong. The exit status is EX_CONFIG of sysexits.h."""

    exit_status = 78


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of a request. ``pointer`` is a JSON Pointer into the body, or ``query/limit``, ``header/if-match``."""

    pointer: str
    code: str
    message: str


class AppError(Exception):
    """Answered to the client as a problem document. None of its texts may repeat what the client sent.

    Args:
        detail: what happened this time, in English; the class's ``title`` when left out.
        errors: the single faults of the request, where there are several.
        headers: further response headers, such as ``Retry-After``.
        keeps_changes: what the transaction has written is committed although the request is refused.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    members: ClassVar[Mapping[str, str]] = {}
    """Further members of the problem document, where another standard asks for them."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
        keeps_changes: bool = False,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = dict(headers or {})
        self.keeps_changes = keeps_changes

    def further_members(self) -> Mapping[str, object]:
        """What the problem document has beside what all have."""
        return self.members


class BadRequest(AppError):
    """The request cannot be understood as HTTP or as the protocol that the route speaks."""

    status = 400
    code = "bad_request"
    title = "The request cannot be understood"


class Unauthorized(AppError):
    """The request needs an access token of a session that is alive. Log in, or refresh, and send it again."""

    status = 401
    code = "unauthorized"
    title = "A valid access token is needed"

    def __init__(self, detail: str | None = None, **kwargs: object) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **kwargs)  # type: ignore[arg-type]


class Forbidden(AppError):
    """The caller is known, but may not do this."""

    status = 403
    code = "forbidden"
    title = "This is not allowed"


class NotFound(AppError):
    """There is no such thing here, or it belongs to somebody else: the answer is the same for both."""

    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(AppError):
    """The request contradicts what is stored."""

    status = 409
    code = "conflict"
    title = "The request conflicts with what is stored"


class PreconditionFailed(AppError):
    """The resource has changed since the version named in If-Match. Nothing was written: read it again."""

    status = 412
    code = "version_mismatch"
    title = "The resource has changed since it was read"


class Invalid(AppError):
    """The request was understood, but a value in it is not valid. ``errors`` names each one."""

    status = 422
    code = "validation_error"
    title = "The request is not valid"

    @classmethod
    def field(cls, pointer: str, code: str, message: str) -> "Invalid":
        """A refusal because of one value."""
        return cls("1 field is not valid", errors=(FieldError(pointer, code, message),))


class TooManyRequests(AppError):
    """Too many attempts in a short time. ``Retry-After`` says how many seconds to wait."""

    status = 429
    code = "too_many_requests"
    title = "Too many attempts"


class Unavailable(AppError):
    """The service or its database is busy or away for the moment. Nothing was written: send it again later."""

    status = 503
    code = "unavailable"
    title = "The service is not available for the moment"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class CommitUnknown(Unavailable):
    """The connection broke while the change was being committed: it may be stored, or not.

    Read the resource again, or send a create again with the same ``id``: it is stored once at the most.
    """

    code = "commit_unknown"
    title = "It is not known whether the change was stored"
