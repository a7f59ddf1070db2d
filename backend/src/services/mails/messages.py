"""What the mails say, from the templates beside this file."""

import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from src.core.mail import Mail
from src.schemas.user import UserPublic

LINK_LIFETIME = timedelta(minutes=30)
LONGEST_NAME = 50

_templates = Environment(
    loader=PackageLoader(__package__),
    autoescape=select_autoescape(enabled_extensions=["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def password_reset(user: UserPublic, *, base_url: str, token: str) -> Mail:
    """The token stands in the fragment of the link, which browsers send to no server."""
    return _mail(
        "password_reset",
        user,
        subject="Set a new password",
        link=f"{base_url}/reset-password#token={token}",
        minutes=int(LINK_LIFETIME.total_seconds() // 60),
    )


def password_changed(user: UserPublic, *, base_url: str, changed_at: datetime) -> Mail:
    local = changed_at.astimezone(ZoneInfo(user.timezone))
    return _mail(
        "password_changed",
        user,
        subject="Your password was changed",
        link=f"{base_url}/forgot-password",
        changed_at=f"{local:%Y-%m-%d %H:%M} ({user.timezone})",
    )


def account_handed_over(user: UserPublic, *, base_url: str) -> Mail:
    return _mail(
        "account_handed_over",
        user,
        subject="Your account has a new way in",
        link=f"{base_url}/forgot-password",
    )


def _mail(template: str, user: UserPublic, *, subject: str, **values: object) -> Mail:
    values |= {"name": greeting_name(user.first_name), "subject": subject}
    text, html = (_templates.get_template(f"{template}.{form}").render(values) for form in ("txt", "html"))
    return Mail(to=user.email, subject=subject, text=text, html=html)


def greeting_name(name: str | None) -> str | None:
    """The name, if it is made of letters, as a mail may greet by it.

    Whoever registers with somebody else's address chooses the name that is written to them: it must hold no link, no
    markup in any language, and no message. Templates escape it all the same.
    """
    if name is None or len(name) > LONGEST_NAME:
        return None
    return name if all(_is_part_of_a_name(character) for character in name) else None


def _is_part_of_a_name(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character in " -'\u2019"
