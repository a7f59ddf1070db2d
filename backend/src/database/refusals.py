"""What servers, poolers and Neon's proxy say when they do not want us, and what that means to a person.

Their SQLSTATEs tell little: Neon's proxy calls nearly everything XX000, and PgBouncer 08P01.
"""

from typing import NamedTuple


class Refusal(NamedTuple):
    signs: tuple[str, ...]
    """Parts of the server's text, in lower case; one is enough."""
    reason: str
    advice: str


_REFUSALS = (
    Refusal(
        ("password authentication failed", "sasl authentication failed"),
        "the login was refused",
        "Check user and password in DATABASE_URL; copy it anew from the console.",
    ),
    Refusal(
        ("endpoint could not be found", "endpoint cannot be found", "endpoint id is not specified"),
        "Neon knows no such endpoint",
        "Copy DATABASE_URL anew from Neon's console: the endpoint was deleted, or its name is misspelt.",
    ),
    Refusal(
        ("endpoint has been disabled", "endpoint is disabled"),
        "the endpoint is disabled",
        "Enable it in Neon's console.",
    ),
    Refusal(
        ("quota.", "limit of concurrently active endpoints"),
        "the project has used up what its plan allows",
        "Neon's console shows its usage: raise the limit, suspend another endpoint, or wait for the next month.",
    ),
    Refusal(
        ("not allowed to connect", "from a blocked network"),
        "this machine may not connect",
        "Add its address to those that are allowed, in Neon's console.",
    ),
    Refusal(
        ("no pg_hba.conf entry",),
        "the server has no rule that lets this login in from here",
        "Add one to its pg_hba.conf. If the rule is for encrypted connections, write sslmode=require in DATABASE_URL.",
    ),
    Refusal(
        ("unsupported startup parameter",),
        "the pooler does not take a parameter of DATABASE_URL",
        "Remove it there, and set it for the login instead:  ALTER ROLE … SET …",
    ),
    Refusal(
        ("rejected ssl upgrade",),
        "the server does not offer encryption",
        "Use sslmode=prefer in DATABASE_URL if the network is private.",
    ),
)


def find_refusal(text: str) -> Refusal | None:
    """The one that this text of a server is; None for what may pass by itself."""
    lowered = text.lower()
    return next((refusal for refusal in _REFUSALS if any(sign in lowered for sign in refusal.signs)), None)
