"""Every setting of the service: its name, type, default and rule.

Read once, from ``.env`` at the root of the repository, then ``backend/.env``, then the environment: the last wins.
"""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.core.errors import ConfigurationError
from src.core.mail import parse_mailbox

REPOSITORY = Path(__file__).resolve().parents[3]
ENV_FILES = (REPOSITORY / ".env", REPOSITORY / "backend" / ".env")

MINIMUM_SECRET_BYTES = 32
MINIMUM_SECRET_VARIETY = 12
PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "change this",
    "changethis",
    "replace",
    "placeholder",
    "example",
    "your-",
    "your_",
    "password",
    "insert",
)
SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
HOW_TO_MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


class Settings(BaseSettings):
    """What the environment says. Building it raises pydantic's ValidationError; `load_settings` makes that readable."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILES, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    environment: Literal["development", "test", "production"] = "production"
    debug: bool = False

    database_url: SecretStr | None = None
    database_pool_size: int = Field(default=20, ge=1, le=1000, description="the most connections of each process")
    database_pool_timeout: float = Field(default=1.5, gt=0, le=60, description="seconds to wait for a free connection")
    database_connect_timeout: float = Field(default=10.0, gt=0, le=120, description="seconds")
    database_statement_timeout: float = Field(default=10.0, gt=0, le=600, description="seconds")
    database_wake_timeout: float | None = Field(
        default=None,
        gt=0,
        le=60,
        description="seconds that a request waits for a database that is away; 10 for Neon, 1.8 for others",
    )
    database_start_timeout: float = Field(default=30.0, gt=0, le=600, description="seconds to wait for it at start")
    migrate_on_start: bool = True

    secret_key: SecretStr
    secret_key_previous: SecretStr | None = None
    password_hash_rounds: int = Field(default=12, ge=4, le=16, description="cost of bcrypt")
    access_token_minutes: int = Field(default=15, ge=1, le=60)
    session_idle_days: int = Field(default=30, ge=1, le=365)
    session_max_days: int = Field(default=90, ge=1, le=365)

    better_auth_secret: SecretStr | None = Field(default=None, description="shared with the login of a front end")
    better_auth_issuer: str | None = Field(default=None, max_length=255)
    better_auth_audience: str | None = Field(default=None, max_length=255)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    max_concurrent_requests: int = Field(
        default=200, ge=1, le=100_000, description="of each process; it refuses more at once (503)"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    web_app_dir: Literal["off"] | Path = Field(
        default=REPOSITORY / "frontend" / "dist", description="the built web app"
    )
    docs_enabled: bool | None = Field(default=None, description="on outside production when not set")

    public_base_url: str | None = Field(default=None, description="where users find the web app; links begin with it")
    mail_delivery: Literal["auto", "smtp", "log", "off"] = "auto"
    mail_from: str | None = None
    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="the usual one of SMTP_TLS when not set")
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_timeout: float = Field(default=20.0, gt=0, le=300, description="seconds for handing over one mail")

    metrics_token: SecretStr | None = Field(
        default=None, description="who brings it may read /metrics; off when not set"
    )
    otel_exporter_otlp_endpoint: str | None = Field(default=None, description="where traces are sent; off when not set")
    slow_statement_ms: int = Field(
        default=500, ge=1, le=600_000, description="statements that take as long are written to the log"
    )

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def serves_docs(self) -> bool:
        return not self.is_production if self.docs_enabled is None else self.docs_enabled

    @property
    def mail_mode(self) -> Literal["smtp", "log", "off"]:
        """What MAIL_DELIVERY comes to: ``auto`` is SMTP if there is a server, else the log (never in production)."""
        if self.mail_delivery == "auto":
            return "smtp" if self.smtp_host else "log"
        return self.mail_delivery

    @property
    def base_url(self) -> str:
        """Without a slash at its end."""
        return self.public_base_url or f"http://localhost:{self.port}"

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value

    @field_validator("secret_key", "secret_key_previous", "better_auth_secret", "metrics_token")
    @classmethod
    def _refuse_weak_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (fault := _weakness(value.get_secret_value())):
            raise ValueError(fault)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _refuse_loose_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if "*" in origin:
                raise ValueError("a wildcard is not allowed, because requests carry credentials: list each origin")
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or f"{parts.scheme}://{parts.netloc}" != origin
            ):
                raise ValueError("each origin is written scheme://host[:port], such as https://todo.example.com")
        return origins

    @field_validator("public_base_url", "otel_exporter_otlp_endpoint")
    @classmethod
    def _refuse_odd_base_url(cls, url: str | None) -> str | None:
        if url is not None and not _is_base_url(url):
            raise ValueError("it is written scheme://host[:port][/path] in ASCII, such as https://todo.example.com")
        return url and url.rstrip("/")

    @field_validator("mail_from")
    @classmethod
    def _refuse_odd_sender(cls, sender: str | None) -> str | None:
        try:
            if sender is not None:
                parse_mailbox(sender)
        except ValueError:
            raise ValueError("it is an e-mail address, such as Todo <todo@example.com>") from None
        return sender

    @model_validator(mode="after")
    def _refuse_bad_combinations(self) -> Self:
        faults = [*_mail_faults(self), *_better_auth_faults(self)]
        if self.is_production:
            faults += [*_production_faults(self), *_production_mail_faults(self)]
        if faults:
            raise ValueError("\n".join(faults))
        return self


def _production_faults(settings: Settings) -> list[str]:
    faults = []
    if settings.debug:
        faults.append("DEBUG must be off when ENVIRONMENT is production")
    if settings.password_hash_rounds < 10:
        faults.append("PASSWORD_HASH_ROUNDS must be at least 10 when ENVIRONMENT is production")
    return faults


def _mail_faults(settings: Settings) -> list[str]:
    faults = []
    if settings.mail_mode == "smtp":
        if not settings.smtp_host:
            faults.append("SMTP_HOST is not set, and MAIL_DELIVERY is smtp")
        if not settings.mail_from:
            faults.append("MAIL_FROM is not set: the address that mails come from")
        if bool(settings.smtp_username) != bool(settings.smtp_password):
            faults.append("SMTP_USERNAME and SMTP_PASSWORD go together: one of them is not set")
    return faults


def _better_auth_faults(settings: Settings) -> list[str]:
    values = {
        "BETTER_AUTH_SECRET": settings.better_auth_secret,
        "BETTER_AUTH_ISSUER": settings.better_auth_issuer,
        "BETTER_AUTH_AUDIENCE": settings.better_auth_audience,
    }
    missing = [name for name, value in values.items() if value is None]
    faults = [f"{name} is not set: {', '.join(values)} go together" for name in missing] if len(missing) < 3 else []
    if settings.better_auth_secret is not None and settings.better_auth_secret in (
        settings.secret_key,
        settings.secret_key_previous,
    ):
        faults.append("BETTER_AUTH_SECRET must not be SECRET_KEY or SECRET_KEY_PREVIOUS: whoever has it knows them")
    return faults


def _production_mail_faults(settings: Settings) -> list[str]:
    if settings.mail_mode == "log":
        how = "MAIL_DELIVERY is log, which would write links that set passwords into it"
        if settings.mail_delivery == "auto":
            how = "No mail can be sent, because SMTP_HOST is not set"
        return [f"{how}: production needs SMTP_HOST, or mail switched off by name with MAIL_DELIVERY=off"]
    if settings.mail_mode == "off":
        return []
    faults = []
    if not settings.base_url.startswith("https://"):
        faults.append("PUBLIC_BASE_URL must be set, and begin with https://, when ENVIRONMENT is production")
    if settings.smtp_tls == "none" and settings.smtp_username and settings.smtp_host not in LOCAL_HOSTS:
        faults.append("SMTP_TLS is none, which would send SMTP_PASSWORD in plain text: use starttls or tls")
    return faults


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0  # asking for a port that is no number raises
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\@?#")
    return has_host and is_plain and parts.scheme in ("http", "https")


def _weakness(secret: str) -> str | None:
    size = len(secret.encode("utf-8", "surrogatepass"))
    if any(word in secret.lower() for word in PLACEHOLDERS) and size < 2 * MINIMUM_SECRET_BYTES:
        return "it is a placeholder"
    if size < MINIMUM_SECRET_BYTES:
        return f"it needs at least {MINIMUM_SECRET_BYTES} bytes, and has {size}"
    if len(set(secret)) < MINIMUM_SECRET_VARIETY:
        return "it is too uniform to be random"
    if "BEGIN " in secret or secret.startswith(("ssh-", "ecdsa-")):
        return "it is a key of a pair, such as a public key: it has to be random text"
    return None


def load_settings() -> Settings:
    """Read the settings, or raise one ConfigurationError that lists every fault and echoes none of the values."""
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(_faults(error), _advice(error)) from None


def load_settings_to_look() -> Settings:
    """For commands that only look at the database: nothing is signed and nothing sent, so neither need be set."""
    for name, value in (("SECRET_KEY", secrets.token_urlsafe(48)), ("MAIL_DELIVERY", "off")):
        os.environ[name] = os.environ.get(name) or value
    return load_settings()


def _faults(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else ""
        if fault["type"] == "missing":
            lines.append(f"{name} is not set")
        else:
            lines.append(f"{name}: {fault['msg'].removeprefix('Value error, ')}".removeprefix(": "))
    return "\n".join(lines)


def _advice(error: ValidationError) -> str:
    places = " or ".join(str(path.relative_to(REPOSITORY)) for path in ENV_FILES)
    lines = [f"Set each one in the environment, or in {places} (.env.example explains them all)."]
    if any("secret_key" in fault["loc"] for fault in error.errors(include_input=False)):
        lines += ["A new SECRET_KEY:", f"  {HOW_TO_MAKE_A_KEY}"]
    return "\n".join(lines)
