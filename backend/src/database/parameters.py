"""The parameters of a database URL, in libpq's vocabulary, turned into arguments of `asyncpg.connect()`.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_UNPROTECTED_MODES = frozenset({"disable", "allow", "prefer"})
_SSL_SYNONYMS = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
_TLS_FILES = ("sslrootcert", "sslcert", "sslkey", "sslpassword")
_SYSTEM_ROOTS = "system"

_SETTINGS = (
    "application_name",
    "default_transaction_isolation",
    "idle_in_transaction_session_timeout",
    "jit",
    "lock_timeout",
    "search_path",
    "statement_timeout",
    "timezone",
    "transaction_timeout",
)
_OPTION = re.compile(r"(?:\\.|[^\s\\])+")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_LONGEST_TIMEOUT = 86_400


class InvalidDatabaseURL(ValueError):
    """`problem` says in one line what is wrong, `advice` what to write instead; neither quotes the URL."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem}\n{self.advice}"


class Parameters:
    """Names (lower case) and values; each is taken once, and what nobody took is `remaining`."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    @property
    def remaining(self) -> set[str]:
        return set(self._values)

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def add(self, name: str, value: str) -> None:
        """What the URL says directly wins over what is added."""
        self._values.setdefault(name, value)

    def take(self, *synonyms: str) -> str | None:
        """The value of the first synonym that is there; all of them are then taken."""
        values = [self._values.pop(name, None) for name in synonyms]
        return next((value for value in values if value is not None), None)

    def take_choice(self, name: str, choices: Sequence[str]) -> str | None:
        value = self.take(name)
        return None if value is None else _checked_choice(name, value, choices)

    def take_seconds(self, *synonyms: str) -> float | None:
        value = self.take(*synonyms)
        if value is None:
            return None
        if not _SECONDS.fullmatch(value) or float(value) > _LONGEST_TIMEOUT:
            raise InvalidDatabaseURL(
                f"{synonyms[0]} in DATABASE_URL is not a number of seconds",
                f"Write a number from 0 to {_LONGEST_TIMEOUT}, for example {synonyms[0]}=10",
            )
        return float(value)


def take_tls(parameters: Parameters, *, neon: bool, socket: bool) -> tuple[str, dict[str, Any]]:
    """The sslmode in force, and asyncpg's arguments for it.

    Neon, and channel_binding=require anywhere, turn `require` into `verify-full`: asyncpg cannot bind the
    login to the TLS channel, and a checked certificate keeps out the same man in the middle.
    """
    written = _take_ssl_mode(parameters)
    binding = parameters.take_choice("channel_binding", ("disable", "prefer", "require"))
    negotiation = parameters.take_choice("sslnegotiation", ("postgres", "direct"))
    if socket:
        parameters.take(*_TLS_FILES)
        return "disable", {"ssl": False}
    if neon and written in _UNPROTECTED_MODES:
        raise InvalidDatabaseURL(
            "Neon refuses connections without TLS, and sslmode asks for one",
            "Write sslmode=require or verify-full.",
        )
    request = _TLSRequest(
        mode=written or ("require" if neon else "prefer"),
        identity_required=neon or binding == "require",
        direct=negotiation == "direct",
        root=parameters.get("sslrootcert"),
        cert=parameters.get("sslcert"),
        key=parameters.get("sslkey"),
        key_password=parameters.get("sslpassword"),
    )
    arguments: dict[str, Any] = {"ssl": _ssl_argument(request)}
    if request.direct:
        arguments["direct_tls"] = True
    if request.mode_in_force not in _UNPROTECTED_MODES:
        parameters.take(*_TLS_FILES)
    return request.mode_in_force, arguments


def take_settings(parameters: Parameters, *, host: str) -> dict[str, str]:
    """The server settings, from parameters of their own and from `options=-c name=value`."""
    routing = _unpack_options(parameters, host=host)
    commit_mode = parameters.get("synchronous_commit") or ""
    if commit_mode.lower() in ("off", "false", "no", "0"):
        raise InvalidDatabaseURL(
            "DATABASE_URL turns synchronous_commit off",
            "Remove it: writes that were confirmed could be lost.",
        )
    settings = {name: value for name in _SETTINGS if (value := parameters.take(name)) is not None}
    fallback_name = parameters.take("fallback_application_name")
    if fallback_name is not None:
        settings.setdefault("application_name", fallback_name)
    if routing:
        settings["options"] = " ".join(routing)
    return settings


def _checked_choice(name: str, value: str, choices: Sequence[str]) -> str:
    choice = value.strip().lower().replace("_", "-")
    if choice not in choices:
        raise InvalidDatabaseURL(
            f"{name} in DATABASE_URL has a value that does not exist",
            f"{name} is one of: {', '.join(choices)}",
        )
    return choice


def _unpack_options(parameters: Parameters, *, host: str) -> list[str]:
    """Move the settings in `options` among the parameters; return what tells a Neon proxy the endpoint."""
    label = host.partition(".")[0].lower()
    known_endpoints = {label, label.removesuffix("-pooler")}
    routing = []
    for token in _OPTION.findall(parameters.take("options") or ""):
        option = re.sub(r"\\(.)", r"\1", token).removeprefix("--").removeprefix("-c")
        name, _, value = option.partition("=")
        name = name.replace("-", "_").lower()
        if name in ("endpoint", "project"):
            if value.lower() not in known_endpoints:
                routing.append(f"{name}={value}")
        elif option:
            parameters.add(name if value else "options", value)
    return routing


# --- TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class _TLSRequest:
    mode: str
    identity_required: bool
    direct: bool
    root: str | None
    cert: str | None
    key: str | None
    key_password: str | None = field(repr=False)

    @property
    def mode_in_force(self) -> str:
        if self.root == _SYSTEM_ROOTS or (self.identity_required and self.mode in ("allow", "prefer", "require")):
            return "verify-full"
        if self.mode == "require" and self.root is not None:
            return "verify-ca"
        return self.mode


def _take_ssl_mode(parameters: Parameters) -> str | None:
    value = parameters.take("sslmode", "ssl")
    if value is None:
        return None
    return _checked_choice("sslmode", _SSL_SYNONYMS.get(value.lower(), value), _SSL_MODES)


def _ssl_argument(request: _TLSRequest) -> ssl.SSLContext | str | bool:
    _refuse_contradictions(request)
    mode = request.mode_in_force
    if mode == "disable":
        return False
    if mode in _UNPROTECTED_MODES:
        return mode
    context = _unverified_context() if mode == "require" else _verified_context(request.root)
    context.check_hostname = mode == "verify-full"
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_client_certificate(context, request)
    if request.direct:
        # The server insists on ALPN here, and asyncpg announces it only on the contexts it makes itself.
        context.set_alpn_protocols(["postgresql"])
    return context


def _refuse_contradictions(request: _TLSRequest) -> None:
    if request.mode == "disable" and (request.identity_required or request.root == _SYSTEM_ROOTS):
        raise InvalidDatabaseURL(
            "sslmode=disable contradicts channel_binding=require or sslrootcert=system",
            "Both need TLS: write sslmode=verify-full, or remove them.",
        )
    if request.direct and request.mode_in_force in _UNPROTECTED_MODES:
        raise InvalidDatabaseURL(
            "sslnegotiation=direct needs a connection with TLS", "Add sslmode=require or sslmode=verify-full."
        )
    if request.key is not None and request.cert is None:
        raise InvalidDatabaseURL("DATABASE_URL has an sslkey, but no sslcert", "Set both, or neither.")


def _unverified_context() -> ssl.SSLContext:
    # Encrypted, but open to a man in the middle: what `require` means to libpq, and to those who write it.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _verified_context(root: str | None) -> ssl.SSLContext:
    if root is None or root == _SYSTEM_ROOTS:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=root)
    except (OSError, ValueError) as error:
        raise InvalidDatabaseURL(
            f"sslrootcert in DATABASE_URL cannot be loaded: {_reason(error)}",
            "It is the path of a readable file of PEM certificates, or the word: system",
        ) from None
    return context


def _load_client_certificate(context: ssl.SSLContext, request: _TLSRequest) -> None:
    if request.cert is None:
        return
    # Without a password of ours, OpenSSL would ask for one on the terminal, and wait.
    key_password = request.key_password or ""
    try:
        context.load_cert_chain(request.cert, request.key, password=lambda: key_password)
    except (OSError, ValueError) as error:
        raise InvalidDatabaseURL(
            f"sslcert and sslkey in DATABASE_URL cannot be loaded: {_reason(error)}",
            "They are paths of readable PEM files that belong together; sslpassword opens an encrypted key.",
        ) from None


def _reason(error: OSError | ValueError) -> str:
    # The message of such an error may quote the path or more; these parts of it are fixed texts.
    if isinstance(error, ssl.SSLError):
        return (error.reason or "it is not a usable PEM file").replace("_", " ").lower()
    return (isinstance(error, OSError) and error.strerror) or "the value is not usable"
