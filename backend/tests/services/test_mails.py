"""What the mails say, and that nothing a user has typed does anything in them."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core import clock
from src.core.mail import Mail
from src.schemas.encoding import build
from src.schemas.user import UserPublic
from src.services.mails.messages import _templates, account_handed_over, greeting_name, password_changed, password_reset

TOKEN = "kq3S0mYxH8dPq2vJt5Lw7RzBn1cEfGiU4aKoXyV6s9M"
BASE_URL = "https://todo.example.com"
NASTY = [
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "https://evil.example",
    "evil.example",
    "Ana\r\nBcc: b@example.com",
    "Ana\n\nhttps://evil.example",
    "**Ana** `x`",
    "{{ link }}{% raw %}",
    "\u202eanA",
    "You have won, call +1 555 0100",
    "a" * 51,
]


def user(first_name: str | None, timezone: str = "Europe/Madrid") -> UserPublic:
    now = clock.now()
    return build(UserPublic, None, "ana@example.com", None, first_name, None, timezone, 1, now, now)


def every_mail(first_name: str | None) -> list[Mail]:
    return [
        password_reset(user(first_name), base_url=BASE_URL, token=TOKEN),
        password_changed(user(first_name), base_url=BASE_URL, changed_at=clock.now()),
        account_handed_over(user(first_name), base_url=BASE_URL),
    ]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def links(self) -> set[str | None]:
        return {attributes["href"] for _, attributes in self.found if "href" in attributes}


def test_the_link_stands_in_both_parts_and_leads_to_the_token() -> None:
    mail, *_ = every_mail("Ana")
    link = f"{BASE_URL}/reset-password#token={TOKEN}"
    assert link in mail.text.splitlines()
    assert Tags(mail.html).links() == {link}
    assert "30 minutes" in mail.text
    assert "30 minutes" in mail.html


def test_the_confirmation_holds_no_token_and_says_when() -> None:
    _, mail, _ = every_mail("Ana")
    assert "token" not in mail.text + mail.html
    assert "(Europe/Madrid)" in mail.text
    assert Tags(mail.html).links() == {f"{BASE_URL}/forgot-password"}


def test_the_owner_of_an_account_that_was_handed_over_learns_how_to_get_a_password() -> None:
    *_, mail = every_mail("Ana")
    link = f"{BASE_URL}/forgot-password"
    assert link in mail.text.splitlines()
    assert Tags(mail.html).links() == {link}


@pytest.mark.parametrize(
    "name", ["Ana", "José Luis", "Zoë-Marie", "O\u2019Neil", "O'Neil", "Владимир", "李小龍", "नेहा"]
)
def test_greets_by_name(name: str) -> None:
    for mail in every_mail(name):
        assert mail.text.startswith(f"Hello {name},\n")
        assert f"Hello {name.replace(chr(39), '&#39;')}," in mail.html


@pytest.mark.parametrize("name", [None, *NASTY])
def test_greets_without_what_is_no_name(name: str | None) -> None:
    for mail, plain in zip(every_mail(name), every_mail(None), strict=True):
        assert (mail.text, mail.html) == (plain.text, plain.html)
        assert mail.text.startswith("Hello,\n")


@given(st.text())
def test_a_name_is_letters_or_is_left_out(name: str) -> None:
    shown = greeting_name(name)
    assert shown in (None, name)
    assert all(unicodedata.category(c)[0] in "LM" or c in " -'\u2019" for c in shown or "")


@pytest.mark.parametrize("template", ["password_reset.html", "password_changed.html", "account_handed_over.html"])
@given(nasty=st.sampled_from(NASTY) | st.text())
def test_the_templates_escape_whatever_is_put_in(template: str, nasty: str) -> None:
    """The second net: even with a name that was not looked at, the mail has the tags that it always has."""
    values = {"subject": nasty, "link": "x", "minutes": nasty, "changed_at": nasty}
    html = _templates.get_template(template).render({**values, "name": nasty})
    plain = _templates.get_template(template).render(dict.fromkeys([*values, "name"], "x"))
    assert Tags(html).found == Tags(plain).found


def test_mails_fetch_nothing_from_anywhere() -> None:
    for mail in every_mail("Ana"):
        tags = Tags(mail.html).found
        assert not {"img", "script", "link", "iframe", "form"} & {tag for tag, _ in tags}
        assert not any("src" in attributes for _, attributes in tags)
        assert "url(" not in mail.html
