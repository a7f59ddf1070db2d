"""Every setting of the service: its name, type, default and rule.

Read once, from ``.env`` at the root of the repository, then ``backend/.env``, then the environment: the last wins.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.core.errors import ConfigurationError

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
HOW_TO_MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


class Settings(BaseSettings):
    """What the environment says. Building it raises pydantic's ValidationError; `load_settings` makes that readable."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILES, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    environment: Literal["development", "test", "production"] = "production"
    debug: bool = False

    database_url: SecretStr | None = None
    database_pool_size: int = Field(default=20, ge=1, le=1000)
    database_max_overflow: int = Field(default=10, ge=0, le=1000)
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

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    docs_enabled: bool | None = Field(default=None, description="on outside production when not set")

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def serves_docs(self) -> bool:
        return not self.is_production if self.docs_enabled is None else self.docs_enabled

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value

    @field_validator("secret_key", "secret_key_previous")
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

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if not self.is_production:
            return self
        if self.debug:
            raise ValueError("DEBUG must be off when ENVIRONMENT is production")
        if self.password_hash_rounds < 10:
            raise ValueError("PASSWORD_HASH_ROUNDS must be at least 10 when ENVIRONMENT is production")
        return self


def _weakness(secret: str) -> str | None:
    size = len(secret.encode("utf-8", "surrogatepass"))
    if any(word in secret.lower() for word in PLACEHOLDERS) and size < 2 * MINIMUM_SECRET_BYTES:
        return "it is a placeholder"
    if size < MINIMUM_SECRET_BYTES:
        return f"it needs at least {MINIMUM_SECRET_BYTES} bytes, and has {size}"
    if len(set(secret)) < MINIMUM_SECRET_VARIETY:
        return "it is too uniform to be random"
    return None


def load_settings() -> Settings:
    """Read the settings, or raise one ConfigurationError that lists every fault and echoes none of the values."""
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(_faults(error), _advice(error)) from None


def _faults(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else ""
        message = "is not set" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
        lines.append(f"{name} {message}" if message == "is not set" else f"{name}: {message}".removeprefix(": "))
    return "\n".join(lines)


def _advice(error: ValidationError) -> str:
    places = " or ".join(str(path.relative_to(REPOSITORY)) for path in ENV_FILES)
    lines = [f"Set each one in the environment, or in {places} (.env.example explains them all)."]
    if any("secret_key" in fault["loc"] for fault in error.errors(include_input=False)):
        lines += ["A new SECRET_KEY:", f"  {HOW_TO_MAKE_A_KEY}"]
    return "\n".join(lines)
