"""`DATABASE_URL`, as people paste it, turned into what SQLAlchemy's asyncpg dialect takes.

SQLAlchemy hands the query of a URL to `asyncpg.connect()` as it is, and asyncpg refuses most of what libpq
knows (sslmode, channel_binding, options, …). So the query is translated, and the URLs that leave have none.

Nothing is logged and nothing is contacted; only the certificate files that the URL names are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from sqlalchemy import URL

from src.database.parameters import InvalidDatabaseURL, Parameters, take_settings, take_tls

__all__ = ["DatabaseTarget", "Endpoint", "InvalidDatabaseURL", "parse_database_url"]

_EXAMPLE = "postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require"
_FORM = f"Write it as {_EXAMPLE}"
_ENCODE = (
    "Percent-encode special characters in the user name, the password and the parameters:\n"
    "@ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25, a space is %20."
)

_SCHEMES = frozenset(
    f"{name}{driver}"
    for name in ("postgres", "postgresql")
    for driver in ("", "+asyncpg", "+psycopg", "+psycopg2", "+psycopg_async")
)
_PLAIN_SCHEME = re.compile(r"[a-z]{2,12}(\+[a-z0-9]{2,12})?")
_SQLITE = re.compile(r"sqlite[^:/]*:|:memory:|(?!.*://).*\.(db|sqlite3?)(\?.*)?\Z", re.IGNORECASE)
_PASTED_ALONG = re.compile(r"(export\s+)?DATABASE_URL\s*=\s*|psql(\s+|\Z)", re.IGNORECASE)
# With what may follow it on a command line. An @ there means that the quote was a character of the password.
_QUOTED = re.compile(r"""(['"])(?P<content>.*?)\1(\s[^@]*)?""", re.DOTALL)
_QUOTES = "'\"`\u2018\u2019\u201c\u201d"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLACE = re.compile(r"(?:\[(?P<ipv6>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>.*))?")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)\w[\w-]{0,62}(\.\w[\w-]{0,62})*", re.ASCII)
_NEON_HOST = re.compile(r".+\.neon\.(tech|build)", re.IGNORECASE)
_NEON_POOLER = re.compile(r"(?P<endpoint>[^.]+)-pooler(?P<domain>\..+)", re.IGNORECASE)
_PARAMETER_NAME = re.compile(r"[\w.-]{1,63}", re.ASCII)
_SESSION_ATTRIBUTES = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")

# Any other makes PgBouncer refuse the connection (08P01). `options` is for Neon's proxy, which keeps it.
_POOLER_SETTINGS = frozenset({"application_name", "timezone", "options"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The arguments of `create_async_engine(url, connect_args=…)`."""

    url: URL
    connect_args: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class DatabaseTarget:
    """Where the database is, and how to talk to it.

    `main` serves requests. `direct` goes around Neon's pooler, as migrations must; where no way around is
    known it equals `main`. `host` is a name, an address or the directory of a socket. `ignored` names the
    parameters without effect on `main`. `sslmode` is the mode in force, perhaps stricter than written.
    """

    main: Endpoint
    direct: Endpoint
    pooled: bool
    neon: bool
    host: str
    port: int | None
    database: str
    ignored: tuple[str, ...]
    sslmode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    user: str | None
    password: str | None = field(repr=False)
    host: str
    port: int | None
    database: str

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    @property
    def is_neon(self) -> bool:
        return _NEON_HOST.fullmatch(self.host) is not None

    @property
    def direct_host(self) -> str:
        pooler = _NEON_POOLER.fullmatch(self.host) if self.is_neon else None
        return f"{pooler['endpoint']}{pooler['domain']}" if pooler else self.host


def parse_database_url(
    text: str | None,
    *,
    application_name: str = "todo-api",
    connect_timeout: float = 10.0,
    command_timeout: float | None = 10.0,
) -> DatabaseTarget:
    """Timeouts are in seconds; those in the URL win, except 0. Raises nothing but `InvalidDatabaseURL`."""
    address, parameters = _split(_unwrap(text))
    sslmode, arguments = take_tls(parameters, neon=address.is_neon, socket=address.is_socket)
    # To libpq a timeout of 0 is no limit; a server that may hang is better left with the default.
    arguments["timeout"] = parameters.take_seconds("connect_timeout", "timeout") or connect_timeout
    arguments["command_timeout"] = parameters.take_seconds("command_timeout") or command_timeout
    if session_attributes := parameters.take_choice("target_session_attrs", _SESSION_ATTRIBUTES):
        arguments["target_session_attrs"] = session_attributes
    behind_pooler = (parameters.take("pgbouncer") or "").lower() in ("true", "1")
    settings = {"application_name": application_name, **take_settings(parameters, host=address.host)}

    has_twin = address.direct_host != address.host
    pooled = has_twin or behind_pooler
    main = _endpoint(address, address.host, arguments, settings, pooled=pooled)
    direct = _endpoint(address, address.direct_host, arguments, settings, pooled=pooled and not has_twin)
    not_sent = settings.keys() - main.connect_args["server_settings"].keys()
    return DatabaseTarget(
        main=main,
        direct=direct,
        pooled=pooled,
        neon=address.is_neon,
        host=address.host,
        port=address.port,
        database=address.database,
        ignored=tuple(sorted({_presentable(name) for name in parameters.remaining | not_sent})),
        sslmode=sslmode,
    )


def _endpoint(
    address: _Address, host: str, arguments: dict[str, Any], settings: dict[str, str], *, pooled: bool
) -> Endpoint:
    url = URL.create(
        "postgresql+asyncpg",
        username=address.user,
        password=address.password,
        host=None if address.is_socket else host,
        port=address.port,
        database=address.database,
    )
    connect_args = {**arguments, "server_settings": dict(settings)}
    if address.is_socket:
        connect_args["host"] = host
    if pooled:
        # asyncpg's cache and SQLAlchemy's own: turning off one alone fails worse than leaving both on.
        connect_args |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
        connect_args["server_settings"] = {k: v for k, v in settings.items() if k in _POOLER_SETTINGS}
    return Endpoint(url, connect_args)


def _presentable(name: str) -> str:
    return name if _PARAMETER_NAME.fullmatch(name) else "(unreadable name)"


# --- From the text to its parts


def _unwrap(text: str | None) -> str:
    """The URL without the quotes, the `psql` or the `export DATABASE_URL=` that were copied with it."""
    bare = (text or "").strip().strip(_QUOTES).strip()
    while pasted := _PASTED_ALONG.match(bare):
        bare = bare[pasted.end() :].strip()
        if quoted := _QUOTED.fullmatch(bare):
            bare = quoted["content"]
        bare = bare.strip(_QUOTES).strip()
    if not bare:
        raise InvalidDatabaseURL("DATABASE_URL is not set", f"Set it to your PostgreSQL:\n{_EXAMPLE}")
    return bare


def _split(text: str) -> tuple[_Address, Parameters]:
    _check_characters(text)
    authority, path, query = _split_around_path(_without_scheme(text))
    parameters = Parameters(_decode_query(query))
    credentials, _, place = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    match = _PLACE.fullmatch(place)
    if match is None:
        raise _bad_host()
    port = parameters.take("port") or match["port"]
    address = _Address(
        user=parameters.take("user") or _decode_credential(user),
        password=parameters.take("password") or _decode_credential(password),
        host=_checked_host(parameters.take("host") or _decode(match["ipv6"] or match["name"] or "")),
        port=_checked_port(port) if port else None,
        database=parameters.take("dbname", "database") or _decode(path),
    )
    if not address.database:
        raise InvalidDatabaseURL("DATABASE_URL names no database", _FORM)
    return address, parameters


def _without_scheme(text: str) -> str:
    if _SQLITE.match(text):
        raise InvalidDatabaseURL("SQLite database detected", f"Only PostgreSQL can be used. {_FORM}")
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise InvalidDatabaseURL("DATABASE_URL is not a URL", _FORM)
    scheme = scheme.lower()
    if scheme not in _SCHEMES:
        # A text that is no plain word is not repeated: it may be a part of a password.
        named = f'the scheme "{scheme}"' if _PLAIN_SCHEME.fullmatch(scheme) else "another scheme"
        raise InvalidDatabaseURL(f"DATABASE_URL has {named} instead of postgresql", _FORM)
    return rest


def _split_around_path(rest: str) -> tuple[str, str, str]:
    authority = re.split("[/?]", rest, maxsplit=1)[0]
    tail = rest.removeprefix(authority)
    # Parsers disagree on where such a password ends, and a wrong guess shows a piece of it as the host.
    if authority.count("@") > 1 or "@" in tail:
        raise InvalidDatabaseURL("DATABASE_URL has an @, / or ? that must be percent-encoded", _ENCODE)
    path, _, query = tail.partition("?")
    return authority, path.removeprefix("/"), query


def _decode_query(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for item in query.split("&"):
        name, _, value = item.partition("=")
        name = _decode(name).strip().lower()
        # To libpq a + is a +, but some URL encoders write the spaces of `options` with it.
        values[name] = _decode(value.replace("+", " ") if name == "options" else value)
    return {name: value for name, value in values.items() if value}


def _decode(text: str) -> str:
    decoded = unquote(text)
    _refuse_control_characters(decoded)
    return decoded


def _decode_credential(text: str) -> str | None:
    decoded = unquote(text)
    if "\0" in decoded:
        raise InvalidDatabaseURL(
            "DATABASE_URL contains a NUL character", "Remove the %00: PostgreSQL has no such text."
        )
    return decoded or None


def _check_characters(text: str) -> None:
    _refuse_control_characters(text)
    try:
        unquote_to_bytes(text).decode()
    except UnicodeError:
        raise InvalidDatabaseURL("DATABASE_URL is not UTF-8 once it is decoded", _ENCODE) from None


def _refuse_control_characters(text: str) -> None:
    if _CONTROL.search(text):
        raise InvalidDatabaseURL(
            "DATABASE_URL contains a control character",
            "Perhaps a line break or a tab was copied along: write the URL on one line.",
        )


def _checked_host(text: str) -> str:
    """A name, an IPv6 address or the directory of a socket; the result is fit to be shown."""
    if text.startswith("/"):
        return text
    host = text.removesuffix(".")
    if not host:
        raise InvalidDatabaseURL("DATABASE_URL names no host", _FORM)
    if "," in host:
        raise InvalidDatabaseURL("DATABASE_URL names several hosts", "Name one: the primary, or a proxy.")
    if not _HOST_NAME.fullmatch(host) and not _is_ipv6(host):
        raise _bad_host()
    return host


def _is_ipv6(host: str) -> bool:
    address, _, zone = host.partition("%")
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return not zone or _PARAMETER_NAME.fullmatch(zone) is not None


def _bad_host() -> InvalidDatabaseURL:
    return InvalidDatabaseURL("DATABASE_URL has a host that is not a host name or address", _ENCODE)


def _checked_port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65_535:
        raise InvalidDatabaseURL("DATABASE_URL has a port that is not a number from 1 to 65535", _ENCODE)
    return int(text)
