"""What schemathesis has to know of this service and cannot read in its OpenAPI document. It loads this module by name.

It runs in a process of its own. Each request comes from a network of its own, so that no limit on attempts is met but
those on an account. The account is one for all, but for what would end its session: each of these requests has its own.
"""

import os
import secrets
import threading
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure

URL = os.environ.get("CONTRACT_URL", "")
PASSWORD = secrets.token_urlsafe(24)  # which no example holds
ENDING = {
    "DELETE /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "DELETE /api/v1/users/me",
    "POST /api/v1/auth/change-password",
    "POST /api/v1/auth/logout",
}
IMPORT = "POST /api/v1/users/me/import"
ZONES = ("America/Lima", "Asia/Kolkata", "Europe/Madrid", "Pacific/Kiritimati", "UTC")
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;COUNT=3")

DEPENDING = {
    # on what is stored: no document can say which ids there are
    *("unknown_tag", "unknown_task", "unknown_parent", "circle", "too_deep", "same_tag"),
    # on what the service has given out
    *("invalid_cursor", "invalid_reset_token", "invalid_grant", "invalid_credentials", "version_mismatch"),
    # on other fields of the same request
    *("due_time_without_date", "relevance_without_search", "missing", "literal_error", "needs_scope", "one_neighbour"),
    *("after_the_end", "before_the_split", "bulk_failed"),
    # on what is left once a text is trimmed or understood, or on what a reader sees of it
    *("too_short", "invisible_text", "title_too_long", "title_empty"),
    # on how a number is written: JSON Schema takes 2.0 for an integer
    "int_type",
    # on a list of passwords
    "weak_password",
    # on whether a rule has a day from some start on
    "never_fires",
}
"""Codes of refusals that no schema of one value can foretell."""


def address() -> str:
    return ".".join(str(1 + secrets.randbelow(250)) for _ in range(4))


def access_token() -> str:
    """Of a new account."""
    account = {"email": f"user-{secrets.token_hex(8)}@example.com", "password": PASSWORD}
    for path in ("register", "login"):
        answer = requests.post(
            f"{URL}/api/v1/auth/{path}", json=account, headers={"X-Forwarded-For": address()}, timeout=60
        )
        answer.raise_for_status()
    return str(answer.json()["access_token"])


@schemathesis.auth(refresh_interval=None)
class LoggedIn:
    lock = threading.Lock()
    shared = ""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        if case.operation.label in ENDING:
            return access_token()
        with self.lock:
            LoggedIn.shared = LoggedIn.shared or access_token()
        return LoggedIn.shared

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    case.headers["X-Forwarded-For"] = address()


schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("rrule", st.sampled_from(RULES))
# RFC 5321 has addresses that reach nobody ("0@0", reserved domains), and these are refused
schemathesis.openapi.format("email", st.from_regex(r"[a-z0-9]{3,20}@[a-z]{5,20}\.(com|org|net)", fullmatch=True))


@schemathesis.check
def valid_data_is_refused_for_a_reason(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """In the place of positive_data_acceptance, which takes every 422 of data that fits the schema for a fault."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 415, 422):
        return
    if case.operation.label == IMPORT:  # what a file says of one thing must fit what it says of all others
        return
    problem = response.json()
    codes = {fault["code"] for fault in problem.get("errors", ())} or {problem["code"]}
    if not codes <= DEPENDING:
        raise Failure(
            operation=case.operation.label,
            title="Data that fits the schema is refused",
            message=f"{sorted(codes - DEPENDING)} in {response.text[:500]}",
        )
