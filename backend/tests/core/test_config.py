"""What the settings refuse, and that .env.example names them all."""

import re
from pathlib import Path

import pytest

from src.core import config
from src.core.config import Settings, load_settings
from src.core.errors import ConfigurationError
from tests.factories import SECRET


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    files = (tmp_path / ".env", tmp_path / "backend.env")
    monkeypatch.setattr(config, "ENV_FILES", files)
    monkeypatch.setattr(config, "REPOSITORY", tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", files)
    return tmp_path


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert caught.value.exit_status == 78
    return caught.value.problem


class TestSources:
    def test_the_environment_wins_over_backend_env_which_wins_over_env(
        self, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (clean_environment / ".env").write_text(
            f"SECRET_KEY={SECRET}\nMAIL_DELIVERY=off\nPORT=1\nWORKERS=1\nLOG_LEVEL=debug\n"
        )
        (clean_environment / "backend.env").write_text("PORT=2\nWORKERS=2\n")
        monkeypatch.setenv("PORT", "3")
        settings = load_settings()
        assert (settings.port, settings.workers, settings.log_level) == (3, 2, "debug")

    def test_an_empty_value_is_no_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "")
        monkeypatch.setenv("MAIL_DELIVERY", "off")
        monkeypatch.setenv("SECRET_KEY", SECRET)
        assert load_settings().database_url is None


class TestRefusals:
    def test_every_fault_is_listed_and_no_value_is_repeated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        problem = refusal(monkeypatch, SECRET_KEY="canary-1", PORT="canary-2", CORS_ORIGINS="*", LOG_LEVEL="canary-3")
        assert all(name in problem for name in ("SECRET_KEY", "PORT", "CORS_ORIGINS", "LOG_LEVEL"))
        assert "canary" not in problem

    def test_a_missing_key_is_explained(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            load_settings()
        assert "SECRET_KEY is not set" in caught.value.problem
        assert "secrets.token_urlsafe" in caught.value.advice

    @pytest.mark.parametrize(
        "key", ["short", "a" * 64, "change-me-change-me-change-me-1234", "your-secret-key-your-secret-key-00"]
    )
    def test_a_weak_key(self, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
        assert "SECRET_KEY" in refusal(monkeypatch, SECRET_KEY=key)

    @pytest.mark.parametrize("origin", ["*", "https://*.example.com", "example.com", "https://example.com/", "null"])
    def test_a_loose_origin(self, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
        assert "CORS_ORIGINS" in refusal(monkeypatch, SECRET_KEY=SECRET, CORS_ORIGINS=f"https://ok.example,{origin}")

    def test_debug_in_production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "DEBUG" in refusal(monkeypatch, SECRET_KEY=SECRET, DEBUG="true")

    def test_cheap_hashes_in_production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "PASSWORD_HASH_ROUNDS" in refusal(monkeypatch, SECRET_KEY=SECRET, PASSWORD_HASH_ROUNDS="4")

    def test_all_faults_of_production_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, DEBUG="true", PASSWORD_HASH_ROUNDS="4")
        assert all(name in problem for name in ("DEBUG", "PASSWORD_HASH_ROUNDS", "MAIL_DELIVERY=off"))


SMTP = {"SMTP_HOST": "mail.example.com", "MAIL_FROM": "Todo <todo@example.com>"}
HTTPS = {"PUBLIC_BASE_URL": "https://todo.example.com"}


class TestMail:
    def settings(self, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
        for name, value in {"SECRET_KEY": SECRET, **environment}.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    @pytest.mark.parametrize(
        ("environment", "mode"),
        [
            ({"ENVIRONMENT": "development"}, "log"),
            ({"ENVIRONMENT": "test", "MAIL_DELIVERY": "off"}, "off"),
            ({"ENVIRONMENT": "development", **SMTP}, "smtp"),
            ({"ENVIRONMENT": "development", **SMTP, "MAIL_DELIVERY": "log"}, "log"),
            ({"MAIL_DELIVERY": "off"}, "off"),
            ({**SMTP, **HTTPS}, "smtp"),
            ({**SMTP, **HTTPS, "MAIL_DELIVERY": "smtp"}, "smtp"),
            ({**SMTP, "MAIL_DELIVERY": "off"}, "off"),
            ({**SMTP, **HTTPS, "SMTP_TLS": "none"}, "smtp"),
        ],
    )
    def test_what_becomes_of_mail(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], mode: str
    ) -> None:
        assert self.settings(monkeypatch, **environment).mail_mode == mode

    @pytest.mark.parametrize(
        ("environment", "named"),
        [
            ({}, "MAIL_DELIVERY=off"),
            ({"MAIL_DELIVERY": "log"}, "MAIL_DELIVERY=off"),
            ({"MAIL_DELIVERY": "log", **SMTP, **HTTPS}, "MAIL_DELIVERY=off"),
            ({"MAIL_DELIVERY": "smtp", "MAIL_FROM": "todo@example.com", **HTTPS}, "SMTP_HOST"),
            ({"SMTP_HOST": "mail.example.com", **HTTPS}, "MAIL_FROM"),
            (SMTP, "PUBLIC_BASE_URL"),
            ({**SMTP, "PUBLIC_BASE_URL": "http://todo.example.com"}, "PUBLIC_BASE_URL"),
            ({**SMTP, **HTTPS, "SMTP_USERNAME": "todo"}, "SMTP_PASSWORD"),
            ({**SMTP, **HTTPS, "SMTP_PASSWORD": "canary"}, "SMTP_USERNAME"),
            ({**SMTP, **HTTPS, "SMTP_TLS": "none", "SMTP_USERNAME": "todo", "SMTP_PASSWORD": "canary"}, "SMTP_TLS"),
            ({"MAIL_DELIVERY": "off", "SMTP_TLS": "perhaps"}, "SMTP_TLS"),
        ],
    )
    def test_what_production_refuses(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
    ) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, **environment)
        assert named in problem
        assert "canary" not in problem

    @pytest.mark.parametrize(
        "url",
        [
            "todo.example.com",
            "ftp://todo.example.com",
            "https://",
            "https://canary@todo.example.com",
            "https://todo.example.com/?canary",
            "https://todo.example.com/#canary",
            "https://todo.example.com:canary",
            "https://t\u00f6do.example",
            "https://todo.example.com/ canary",
            "https://todo.example.com/\ncanary",
            "javascript:canary",
        ],
    )
    def test_an_odd_base_url(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, MAIL_DELIVERY="off", PUBLIC_BASE_URL=url)
        assert "PUBLIC_BASE_URL" in problem
        assert "canary" not in problem

    @pytest.mark.parametrize(
        "sender", ["Todo", "canary@", "a@example.com, canary@example.com", "a@example.com\ncanary: x"]
    )
    def test_an_odd_sender(self, monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, MAIL_DELIVERY="off", MAIL_FROM=sender)
        assert "MAIL_FROM" in problem
        assert "canary" not in problem

    def test_links_begin_with_the_base_url_or_at_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.settings(monkeypatch, MAIL_DELIVERY="off", PORT="8123").base_url == "http://localhost:8123"
        settings = self.settings(monkeypatch, MAIL_DELIVERY="off", PUBLIC_BASE_URL="https://todo.example.com/app/")
        assert settings.base_url == "https://todo.example.com/app"


OTHER = "front-end-Kc4mT9wQ2xN7vB5jH8gR3dS6fL1pZ0aY"
ISSUER = {"BETTER_AUTH_ISSUER": "https://app.test", "BETTER_AUTH_AUDIENCE": "https://api.test"}


class TestLoginOfAFrontEnd:
    def test_is_trusted_with_all_three_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        environment = {"SECRET_KEY": SECRET, "MAIL_DELIVERY": "off", "BETTER_AUTH_SECRET": OTHER, **ISSUER}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings = load_settings()
        assert settings.better_auth_secret is not None
        assert settings.better_auth_secret.get_secret_value() == OTHER
        assert (settings.better_auth_issuer, settings.better_auth_audience) == ("https://app.test", "https://api.test")
        assert OTHER not in repr(settings)

    @pytest.mark.parametrize(
        ("environment", "missing"),
        [
            ({"BETTER_AUTH_SECRET": OTHER}, ["BETTER_AUTH_ISSUER", "BETTER_AUTH_AUDIENCE"]),
            (ISSUER, ["BETTER_AUTH_SECRET"]),
            ({"BETTER_AUTH_AUDIENCE": "canary"}, ["BETTER_AUTH_SECRET", "BETTER_AUTH_ISSUER"]),
            ({"BETTER_AUTH_SECRET": OTHER, **ISSUER, "BETTER_AUTH_ISSUER": ""}, ["BETTER_AUTH_ISSUER"]),
        ],
    )
    def test_is_refused_with_some_of_them(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], missing: list[str]
    ) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, MAIL_DELIVERY="off", **environment)
        assert re.findall(r"^(\w+) is not set", problem, re.MULTILINE) == missing
        assert "canary" not in problem

    @pytest.mark.parametrize(
        "secret",
        [
            "short",
            "a" * 64,
            "change-me-change-me-change-me-1234",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ana@host",
        ],
    )
    def test_needs_a_secret_that_is_one(self, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, BETTER_AUTH_SECRET=secret, **ISSUER)
        assert "BETTER_AUTH_SECRET: it " in problem
        assert secret not in problem

    @pytest.mark.parametrize("keys", [{"SECRET_KEY": OTHER}, {"SECRET_KEY": SECRET, "SECRET_KEY_PREVIOUS": OTHER}])
    def test_does_not_share_the_key_of_our_own_tokens(
        self, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]
    ) -> None:
        problem = refusal(monkeypatch, MAIL_DELIVERY="off", BETTER_AUTH_SECRET=OTHER, **ISSUER, **keys)
        assert "BETTER_AUTH_SECRET must not be SECRET_KEY" in problem
        assert OTHER not in problem

    def test_has_names_of_bounded_length(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names = dict.fromkeys(ISSUER, "x" * 256)
        problem = refusal(monkeypatch, SECRET_KEY=SECRET, BETTER_AUTH_SECRET=OTHER, **names)
        assert all(name in problem for name in ISSUER)


def test_no_secret_shows_in_a_printed_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:canary@host/db")
    monkeypatch.setenv("SMTP_PASSWORD", "canary")
    monkeypatch.setenv("MAIL_DELIVERY", "off")
    shown = repr(load_settings()) + str(load_settings())
    assert SECRET not in shown
    assert "canary" not in shown


def test_no_setting_has_the_name_of_what_every_shell_sets() -> None:
    shell = {"HOME", "LANG", "LOGNAME", "MAIL", "PATH", "PWD", "SHELL", "TERM", "TZ", "USER", "HOSTNAME", "EDITOR"}
    assert not shell & {name.upper() for name in Settings.model_fields}


def test_env_example_explains_every_setting_and_nothing_else() -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}
