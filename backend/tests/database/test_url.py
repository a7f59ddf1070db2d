from __future__ import annotations

import asyncio
import pickle
import ssl
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from src.database.url import DatabaseTarget, Endpoint, InvalidDatabaseURL, parse_database_url

PLAIN = "postgresql://ada:s3cret@db.example.com/todo"
NEON_DIRECT = "postgresql://ada:s3cret@ep-cool-rain-123456.us-east-2.aws.neon.tech/todo"
NEON_POOLED = "postgresql://ada:s3cret@ep-cool-rain-123456-pooler.us-east-2.aws.neon.tech/todo"
CACHES_OFF = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def refusal(text: str | None) -> InvalidDatabaseURL:
    with pytest.raises(InvalidDatabaseURL) as caught:
        parse_database_url(text)
    return caught.value


def settings_of(endpoint: Endpoint) -> dict[str, str]:
    settings: dict[str, str] = endpoint.connect_args["server_settings"]
    return settings


def tls_context(target: DatabaseTarget) -> ssl.SSLContext:
    context = target.main.connect_args["ssl"]
    assert isinstance(context, ssl.SSLContext)
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def root_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "root.crt"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def client_files(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    issued = authority.issue_cert("ada@example.com")
    certificate, key = tmp_path / "client.crt", tmp_path / "client.key"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    return certificate, key


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        "text",
        [
            PLAIN,
            f"  {PLAIN}\n",
            f"'{PLAIN}'",
            f'"{PLAIN}"',
            f' " {PLAIN} " ',
            f"\u201c{PLAIN}\u201d",
            f"`{PLAIN}`",
            f"psql '{PLAIN}'",
            f'psql "{PLAIN}"',
            f"psql {PLAIN}",
            f"psql '{PLAIN}' -c 'select 1'",
            f"DATABASE_URL={PLAIN}",
            f"DATABASE_URL='{PLAIN}'",
            f'DATABASE_URL="{PLAIN}"',
            f'DATABASE_URL = "{PLAIN}"',
            f"export DATABASE_URL={PLAIN}",
            f'export DATABASE_URL="{PLAIN}"',
            f"database_url={PLAIN}",
            f"'DATABASE_URL={PLAIN}'",
            f"DATABASE_URL=psql '{PLAIN}'",
        ],
    )
    def test_the_url_as_it_was_pasted(self, text: str) -> None:
        assert parse_database_url(text).main.url == parse_database_url(PLAIN).main.url

    @pytest.mark.parametrize("name", ["postgres", "postgresql", "POSTGRES", "PostgreSQL"])
    @pytest.mark.parametrize("driver", ["", "+asyncpg", "+psycopg", "+psycopg2", "+psycopg_async", "+AsyncPG"])
    def test_every_postgresql_scheme_becomes_asyncpg(self, name: str, driver: str) -> None:
        target = parse_database_url(PLAIN.replace("postgresql", name + driver))
        assert target.main.url.drivername == "postgresql+asyncpg"

    def test_the_parts_of_the_address(self) -> None:
        target = parse_database_url("postgres://ada:s3cret@db.example.com:6543/todo?sslmode=require&a=b")
        url = target.main.url
        assert (url.username, url.password, url.host, url.port, url.database) == (
            "ada", "s3cret", "db.example.com", 6543, "todo",
        )  # fmt: skip
        assert (target.host, target.port, target.database) == ("db.example.com", 6543, "todo")
        assert not url.query

    @pytest.mark.parametrize(
        ("place", "host", "port"),
        [
            ("localhost", "localhost", None),
            ("localhost:", "localhost", None),
            ("my_service-1:5433", "my_service-1", 5433),
            ("127.0.0.1:1", "127.0.0.1", 1),
            ("[::1]", "::1", None),
            ("[2001:db8::7]:65535", "2001:db8::7", 65535),
            ("[fe80::1%25eth0]:5432", "fe80::1%eth0", 5432),
            ("db.example.com.", "db.example.com", None),
        ],
    )
    def test_hosts_and_ports(self, place: str, host: str, port: int | None) -> None:
        target = parse_database_url(f"postgresql://ada:s3cret@{place}/todo")
        assert (target.host, target.port) == (host, port)
        assert (target.main.url.host, target.main.url.port) == (host, port)

    @pytest.mark.parametrize(
        ("credentials", "user", "password"),
        [
            ("", None, None),
            ("ada@", "ada", None),
            ("ada:@", "ada", None),
            ("ada:p%40ss%2Fw%3Frd%25@", "ada", "p@ss/w?rd%"),
            ("ada:a:b#c%zz+d@", "ada", "a:b#c%zz+d"),
            ("a%3Ada:pÄss@", "a:da", "pÄss"),
            ("ada:tab%09@", "ada", "tab\t"),
        ],
    )
    def test_credentials(self, credentials: str, user: str | None, password: str | None) -> None:
        url = parse_database_url(f"postgresql://{credentials}localhost/todo").main.url
        assert (url.username, url.password) == (user, password)

    def test_the_address_in_the_query_wins_as_in_libpq(self) -> None:
        target = parse_database_url("postgresql://a:b@one:1/x?host=two&port=2&user=ada&password=p%40ss+1&dbname=todo")
        url = target.main.url
        assert (url.username, url.password, url.host, url.port, url.database) == (
            "ada",
            "p@ss+1",
            "two",
            2,
            "todo",
        )
        assert target.ignored == ()

    @pytest.mark.parametrize(
        "text",
        [
            "postgresql://ada:s3cret@/todo?host=/var/run/postgresql&port=5433",
            "postgresql:///todo?host=%2Fvar%2Frun%2Fpostgresql&user=ada&password=s3cret&port=5433",
            "postgresql://ada:s3cret@localhost:5433/todo?host=/var/run/postgresql",
            "postgresql://ada:s3cret@%2Fvar%2Frun%2Fpostgresql:5433/todo",
        ],
    )
    def test_a_socket(self, text: str) -> None:
        target = parse_database_url(text)
        assert target.main.connect_args["host"] == "/var/run/postgresql"
        assert target.main.url.host is None
        assert (target.host, target.port, target.main.url.password) == ("/var/run/postgresql", 5433, "s3cret")
        assert target.direct == target.main

    def test_a_repeated_parameter_counts_the_last_time(self) -> None:
        target = parse_database_url(f"{PLAIN}?application_name=a&APPLICATION_NAME=b&&jit=")
        assert settings_of(target.main) == {"application_name": "b"}


class TestWhatIsRefused:
    @pytest.mark.parametrize("text", [None, "", "  \n", "''", "DATABASE_URL=", 'export DATABASE_URL=""', "psql ''"])
    def test_nothing(self, text: str | None) -> None:
        assert refusal(text).problem == "DATABASE_URL is not set"

    @pytest.mark.parametrize(
        "text",
        [
            "sqlite:///todo.db",
            "sqlite:////var/lib/todo.db",
            "sqlite://",
            "SQLite+aiosqlite:///./todo.db",
            "sqlite:todo.db",
            "DATABASE_URL='sqlite:///todo.db'",
            "todo.db",
            "./data/todo.SQLITE",
            "/srv/todo.sqlite3",
            "todo.db?mode=ro",
            ":memory:",
        ],
    )
    def test_sqlite(self, text: str) -> None:
        assert refusal(text).problem == "SQLite database detected"

    def test_a_database_that_ends_like_a_sqlite_file_is_none(self) -> None:
        assert parse_database_url("postgresql://ada:s3cret@localhost/todo.db").database == "todo.db"

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("localhost", "is not a URL"),
            ("host=localhost dbname=todo password=s3cret", "is not a URL"),
            ("postgresql:ada:s3cret@localhost/todo", "is not a URL"),
            ("//ada:s3cret@localhost/todo", "is not a URL"),
            ("mysql://ada:s3cret@localhost/todo", 'the scheme "mysql"'),
            ("MySQL+PyMySQL://ada:s3cret@localhost/todo", 'the scheme "mysql+pymysql"'),
            ("https://ada:s3cret@localhost/todo", 'the scheme "https"'),
            ("ada:s3cret://localhost/todo", "another scheme"),
            ("://ada:s3cret@localhost/todo", "another scheme"),
            ("postgresql://", "no host"),
            ("postgresql:///todo", "no host"),
            ("postgresql://ada:s3cret@/todo", "no host"),
            ("postgresql://ada:s3cret@:5432/todo", "no host"),
            ("postgresql://ada:s3cret@[]/todo", "no host"),
            ("postgresql://ada:s3cret@localhost", "no database"),
            ("postgresql://ada:s3cret@localhost/", "no database"),
            ("postgresql://ada:s3cret@localhost/?sslmode=disable", "no database"),
            ("postgresql://ada:s3cret@localhost?sslmode=disable", "no database"),
            ("postgresql://ada:s3cret@a,b/todo", "several hosts"),
            ("postgresql://ada:s3cret@a:1,b:2/todo", "port"),
            ("postgresql:///todo?host=a,b", "several hosts"),
            ("postgresql://ada:s3cret@a b/todo", "host that is not"),
            ("postgresql://ada:s3cret@bücher.example/todo", "host that is not"),
            ("postgresql://ada:s3cret@-x/todo", "host that is not"),
            (f"postgresql://ada:s3cret@{'x' * 64}.example/todo", "host that is not"),
            ("postgresql://ada:s3cret@a..b/todo", "host that is not"),
            ("postgresql://ada:s3cret@[::1/todo", "host that is not"),
            ("postgresql://ada:s3cret@[::1]x/todo", "host that is not"),
            ("postgresql://ada:s3cret@[localhost:]/todo", "host that is not"),
            ("postgresql://ada:s3cret@[::1%25e%20th]/todo", "host that is not"),
            ("postgresql:///todo?host=localhost:5432", "host that is not"),
            ("postgresql://ada:s3cret@localhost:abc/todo", "port"),
            ("postgresql://ada:s3cret@localhost:0/todo", "port"),
            ("postgresql://ada:s3cret@localhost:65536/todo", "port"),
            ("postgresql://ada:s3cret@localhost:-1/todo", "port"),
            ("postgresql://ada:s3cret@localhost:5_4/todo", "port"),
            ("postgresql://ada:s3cret@localhost:\u0661/todo", "port"),
            ("postgresql://ada:s3cret@localhost:" + "9" * 5000 + "/todo", "port"),
            ("postgresql://ada:s3cret@localhost/todo?port=x", "port"),
            ("postgresql://ada:s3cret/todo", "port"),
            ("postgresql://ada:s3\ncret@localhost/todo", "control character"),
            ("postgresql://ada:s3cret@localhost/to\0do", "control character"),
            ("postgresql://ada:s3cret@localhost/to\x85do", "control character"),
            ("postgresql://ada:s3cret@localhost/to%00do", "control character"),
            ("postgresql://ada:s3cret@localhost/to%0Ado", "control character"),
            ("postgresql://ada:s3cret@localhost/todo?application_name=a%1b", "control character"),
            ("postgresql://ada:s3cret@localhost/todo?%0a=1", "control character"),
            ("postgresql://ada:s3%00cret@localhost/todo", "NUL"),
            ("postgresql://a%00da:s3cret@localhost/todo", "NUL"),
            ("postgresql://ada:s3cret%ff@localhost/todo", "not UTF-8"),
            ("postgresql://ada:s3cret@localhost/%c3todo", "not UTF-8"),
            ("postgresql://ada:s3cret\udcff@localhost/todo", "not UTF-8"),
            ("postgresql://ada:s3cret@localhost/todo?target_session_attrs=best", "target_session_attrs"),
        ],
    )
    def test_other_texts(self, text: str, problem: str) -> None:
        error = refusal(text)
        assert problem in error.problem
        assert error.advice
        assert "\n" not in error.problem
        assert "s3cret" not in str(error) + repr(error)

    @pytest.mark.parametrize(
        "password",
        ["s3@cret", "s3/cret", "s3?cret", "12@s3cret", "12/s3cret", "12?s3cret", "s3@cret:1", "12/a?s3=cret"],
    )
    def test_an_unescaped_password_is_advised_to_be_percent_encoded(self, password: str) -> None:
        error = refusal(f"postgresql://ada:{password}@localhost/todo")
        assert "%40" in error.advice
        assert "cret" not in str(error) + repr(error)

    @pytest.mark.parametrize("paste", ["psql '{}'", "DATABASE_URL='{}'", "psql '{}' -c x", "export DATABASE_URL='{}"])
    @pytest.mark.parametrize("password", ["/s3'cret", "/s3' cret", "1/s3'cret"])
    def test_a_quote_in_the_password_does_not_end_the_url(self, paste: str, password: str) -> None:
        error = refusal(paste.format(f"postgresql://ada:{password}@localhost/todo"))
        assert "%40" in error.advice

    def test_an_unescaped_at_sign_in_the_query_is_no_password(self) -> None:
        error = refusal("postgresql://localhost:5432/todo?application_name=ada@example.com")
        assert "%40" in error.advice

    def test_the_error_can_be_pickled_and_reads_as_both_parts(self) -> None:
        error = refusal(None)
        assert str(error) == f"{error.problem}\n{error.advice}"
        assert str(pickle.loads(pickle.dumps(error))) == str(error)

    def test_the_error_has_no_cause_that_could_quote_the_url(self, tmp_path: Path) -> None:
        for text in (
            "postgresql://a:s3cret%ff@h/d",
            f"{PLAIN}?sslmode=verify-ca&sslrootcert={tmp_path}/none",
            f"{PLAIN}?sslmode=require&sslcert={tmp_path}/none",
        ):
            error = refusal(text)
            assert error.__cause__ is None
            assert error.__suppress_context__


class TestTLS:
    @pytest.mark.parametrize(
        ("query", "expected", "mode"),
        [
            ("", "prefer", "prefer"),
            ("sslmode=prefer", "prefer", "prefer"),
            ("sslmode=ALLOW", "allow", "allow"),
            ("sslmode=disable", False, "disable"),
            ("ssl=false", False, "disable"),
            ("ssl=0", False, "disable"),
            ("ssl=prefer", "prefer", "prefer"),
            ("sslmode=allow&ssl=true", "allow", "allow"),
            ("sslmode=disable&channel_binding=prefer", False, "disable"),
        ],
    )
    def test_the_modes_without_protection(self, query: str, expected: Any, mode: str) -> None:
        target = parse_database_url(with_query(PLAIN, query))
        assert target.main.connect_args["ssl"] == expected
        assert target.sslmode == mode
        assert target.ignored == ()

    @pytest.mark.parametrize(
        ("url", "query", "mode", "verified", "name_checked"),
        [
            (PLAIN, "sslmode=require", "require", False, False),
            (PLAIN, "ssl=true", "require", False, False),
            (PLAIN, "ssl=1", "require", False, False),
            (PLAIN, "ssl=require&channel_binding=disable", "require", False, False),
            (PLAIN, "sslmode=require&channel_binding=require", "verify-full", True, True),
            (PLAIN, "channel_binding=require", "verify-full", True, True),
            (PLAIN, "sslmode=verify-ca", "verify-ca", True, False),
            (PLAIN, "sslmode=verify_ca", "verify-ca", True, False),
            (PLAIN, "sslmode=verify-full", "verify-full", True, True),
            (PLAIN, "sslrootcert=system", "verify-full", True, True),
            (PLAIN, "sslmode=require&sslrootcert=system", "verify-full", True, True),
            (PLAIN, "sslmode=verify-ca&sslrootcert=system", "verify-full", True, True),
            (NEON_DIRECT, "", "verify-full", True, True),
            (NEON_POOLED, "", "verify-full", True, True),
            (NEON_POOLED, "sslmode=require", "verify-full", True, True),
            (NEON_POOLED, "sslmode=require&channel_binding=require", "verify-full", True, True),
            (NEON_POOLED, "sslmode=require&channel_binding=prefer", "verify-full", True, True),
            (NEON_POOLED, "ssl=true", "verify-full", True, True),
            (NEON_POOLED, "sslmode=verify-full", "verify-full", True, True),
            (NEON_POOLED, "sslmode=verify-ca", "verify-ca", True, False),
        ],
    )
    def test_the_modes_with_a_context(
        self, url: str, query: str, mode: str, verified: bool, name_checked: bool
    ) -> None:
        target = parse_database_url(with_query(url, query))
        context = tls_context(target)
        assert target.sslmode == mode
        assert context.verify_mode == (ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)
        assert context.check_hostname is name_checked
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
        assert target.direct.connect_args["ssl"] is context
        assert "direct_tls" not in target.main.connect_args
        assert target.ignored == ()

    @pytest.mark.parametrize(
        ("url", "mode", "in_force"),
        [
            (PLAIN, "require", "verify-ca"),
            (PLAIN, "verify-ca", "verify-ca"),
            (PLAIN, "verify-full", "verify-full"),
            (NEON_DIRECT, "require", "verify-full"),
        ],
    )
    def test_a_root_file_replaces_the_system_roots(self, root_file: Path, url: str, mode: str, in_force: str) -> None:
        target = parse_database_url(f"{url}?sslmode={mode}&sslrootcert={root_file}")
        context = tls_context(target)
        assert target.sslmode == in_force
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname is (in_force == "verify-full")
        assert len(context.get_ca_certs()) == 1

    def test_a_client_certificate(self, client_files: tuple[Path, Path]) -> None:
        certificate, key = client_files
        target = parse_database_url(f"{PLAIN}?sslmode=require&sslcert={certificate}&sslkey={key}")
        assert target.sslmode == "require"
        assert target.ignored == ()

    def test_files_that_a_mode_does_not_use_are_reported(self, root_file: Path) -> None:
        target = parse_database_url(f"{PLAIN}?sslmode=prefer&sslrootcert={root_file}")
        assert target.ignored == ("sslrootcert",)

    @pytest.mark.parametrize("content", [None, "", "no certificate"])
    @pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
    def test_a_root_file_that_cannot_be_loaded(self, tmp_path: Path, mode: str, content: str | None) -> None:
        path = tmp_path / "root.crt"
        if content is not None:
            path.write_text(content)
        assert "sslrootcert" in refusal(f"{PLAIN}?sslmode={mode}&sslrootcert={path}").problem

    def test_a_folder_as_root_file(self, tmp_path: Path) -> None:
        assert "sslrootcert" in refusal(f"{PLAIN}?sslmode=verify-full&sslrootcert={tmp_path}").problem

    def test_a_client_certificate_that_cannot_be_loaded(
        self, authority: trustme.CA, client_files: tuple[Path, Path], tmp_path: Path
    ) -> None:
        certificate, key = client_files
        other_key = tmp_path / "other.key"
        authority.issue_cert("eve@example.com").private_key_pem.write_to_path(other_key)
        for query in (
            f"sslcert={tmp_path}/none.crt&sslkey={key}",
            f"sslcert={certificate}&sslkey={tmp_path}/none.key",
            f"sslcert={certificate}&sslkey={other_key}",
            f"sslcert={certificate}",
            f"sslkey={key}",
        ):
            assert "sslkey" in refusal(f"{PLAIN}?sslmode=require&{query}").problem

    def test_an_encrypted_key_is_opened_by_sslpassword_and_never_by_asking(
        self, authority: trustme.CA, client_files: tuple[Path, Path]
    ) -> None:
        from cryptography.hazmat.primitives import serialization

        certificate, key = client_files
        private_key = serialization.load_pem_private_key(key.read_bytes(), password=None)
        key.write_bytes(
            private_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"k3y"),
            )
        )
        url = f"{PLAIN}?sslmode=require&sslcert={certificate}&sslkey={key}"
        assert parse_database_url(f"{url}&sslpassword=k3y").ignored == ()
        for wrong in ("", "&sslpassword=wr0ng", "&sslpassword=" + "x" * 2000):
            error = refusal(url + wrong)
            assert "sslkey" in error.problem
            assert "wr0ng" not in str(error)

    @pytest.mark.parametrize("mode", ["", "disabled", "verify", "no-verify", "ssl", "s3cret"])
    @pytest.mark.parametrize("name", ["sslmode", "ssl"])
    def test_a_mode_that_does_not_exist(self, name: str, mode: str) -> None:
        if not mode:
            assert parse_database_url(f"{PLAIN}?{name}=").sslmode == "prefer"
            return
        error = refusal(f"{PLAIN}?{name}={mode}")
        assert "sslmode" in error.problem
        assert "verify-full" in error.advice
        assert "s3cret" not in str(error)

    @pytest.mark.parametrize("mode", ["sslmode=disable", "sslmode=allow", "sslmode=prefer", "ssl=false"])
    @pytest.mark.parametrize("url", [NEON_DIRECT, NEON_POOLED])
    def test_neon_without_tls(self, url: str, mode: str) -> None:
        assert "Neon" in refusal(f"{url}?{mode}").problem

    @pytest.mark.parametrize(
        "query",
        [
            "sslmode=disable&channel_binding=require",
            "sslmode=disable&sslrootcert=system",
            "channel_binding=maybe",
            "sslnegotiation=direct",
            "sslmode=prefer&sslnegotiation=direct",
            "sslmode=require&sslnegotiation=indirect",
        ],
    )
    def test_contradictions(self, query: str) -> None:
        assert refusal(f"{PLAIN}?{query}").problem

    @pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
    def test_direct_negotiation_announces_postgresql(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        announced: list[list[str]] = []
        monkeypatch.setattr(
            ssl.SSLContext, "set_alpn_protocols", lambda _, protocols: announced.append(list(protocols))
        )
        target = parse_database_url(f"{PLAIN}?sslmode={mode}&sslnegotiation=direct")
        assert target.main.connect_args["direct_tls"] is True
        assert announced == [["postgresql"]]

    def test_a_socket_has_no_tls(self) -> None:
        target = parse_database_url(
            "postgresql:///todo?host=/tmp&sslmode=verify-full&sslrootcert=/none&sslnegotiation=direct"
        )
        assert target.main.connect_args["ssl"] is False
        assert "direct_tls" not in target.main.connect_args
        assert (target.sslmode, target.ignored) == ("disable", ())


class TestPooler:
    @pytest.mark.parametrize(
        ("host", "neon", "direct_host"),
        [
            ("ep-a-1.us-east-2.aws.neon.tech", True, None),
            ("ep-a-1-pooler.us-east-2.aws.neon.tech", True, "ep-a-1.us-east-2.aws.neon.tech"),
            ("ep-a-1-pooler.c-2.eu-central-1.aws.neon.tech", True, "ep-a-1.c-2.eu-central-1.aws.neon.tech"),
            ("EP-A-1-POOLER.westus3.azure.NEON.tech", True, "EP-A-1.westus3.azure.NEON.tech"),
            ("ep-a-1-pooler.us-east-2.aws.neon.build", True, "ep-a-1.us-east-2.aws.neon.build"),
            ("ep-a-1-pooler.us-east-2.aws.neon.tech.", True, "ep-a-1.us-east-2.aws.neon.tech"),
            ("db-pooler.example.com", False, None),
            ("ep-a-1-pooler.neon.tech.example.com", False, None),
            ("neon.tech", False, None),
            ("notneon.tech", False, None),
            ("localhost", False, None),
        ],
    )
    def test_neon_hosts_and_their_direct_twins(self, host: str, neon: bool, direct_host: str | None) -> None:
        target = parse_database_url(f"postgresql://ada:s3cret@{host}:5432/todo")
        assert target.neon is neon
        assert target.pooled is (direct_host is not None)
        assert target.host == target.main.url.host == host.removesuffix(".")
        assert target.direct.url == target.main.url.set(host=direct_host or target.host)

    def test_a_pooled_host_has_both_caches_off_and_its_twin_the_defaults(self) -> None:
        target = parse_database_url(NEON_POOLED)
        assert CACHES_OFF.items() <= target.main.connect_args.items()
        assert not CACHES_OFF.keys() & target.direct.connect_args.keys()

    @pytest.mark.parametrize("url", [PLAIN, NEON_DIRECT])
    def test_a_direct_host_has_the_defaults(self, url: str) -> None:
        target = parse_database_url(f"{url}?pgbouncer=false")
        assert not target.pooled
        assert not CACHES_OFF.keys() & target.main.connect_args.keys()
        assert target.direct == target.main

    @pytest.mark.parametrize("value", ["true", "TRUE", "1"])
    def test_a_pooler_without_a_known_twin_is_a_pooler_for_both(self, value: str) -> None:
        target = parse_database_url(f"{PLAIN}?pgbouncer={value}&statement_timeout=5s")
        assert target.pooled
        assert CACHES_OFF.items() <= target.main.connect_args.items()
        assert target.direct == target.main
        assert target.ignored == ("statement_timeout",)

    def test_settings_a_pooler_refuses_are_sent_to_the_direct_host_only(self) -> None:
        target = parse_database_url(
            f"{NEON_POOLED}?application_name=web&timezone=UTC&statement_timeout=5s&options=-c%20jit%3Doff"
        )
        assert settings_of(target.main) == {"application_name": "web", "timezone": "UTC"}
        assert settings_of(target.direct) == {
            "application_name": "web",
            "timezone": "UTC",
            "statement_timeout": "5s",
            "jit": "off",
        }
        assert target.ignored == ("jit", "statement_timeout")


class TestTimeouts:
    @pytest.mark.parametrize(
        ("query", "connect", "command"),
        [
            ("", 10.0, 10.0),
            ("connect_timeout=3", 3.0, 10.0),
            ("timeout=4", 4.0, 10.0),
            ("timeout=4&connect_timeout=3", 3.0, 10.0),
            ("connect_timeout=0&command_timeout=0", 10.0, 10.0),
            ("command_timeout=2.5", 10.0, 2.5),
            ("connect_timeout=86400", 86400.0, 10.0),
        ],
    )
    def test_the_url_wins_over_the_defaults(self, query: str, connect: float, command: float) -> None:
        target = parse_database_url(with_query(PLAIN, query))
        for endpoint in (target.main, target.direct):
            assert endpoint.connect_args["timeout"] == connect
            assert endpoint.connect_args["command_timeout"] == command
        assert target.ignored == ()

    def test_the_defaults_are_the_callers(self) -> None:
        target = parse_database_url(PLAIN, connect_timeout=1.5, command_timeout=None)
        assert target.main.connect_args["timeout"] == 1.5
        assert target.main.connect_args["command_timeout"] is None

    @pytest.mark.parametrize("name", ["connect_timeout", "timeout", "command_timeout"])
    @pytest.mark.parametrize(
        "value", ["x", "-1", "1e3", "inf", "nan", "1_0", "%20", "10s", "\u0661", "86401", "9" * 400, "."]
    )
    def test_a_bad_number(self, name: str, value: str) -> None:
        error = refusal(f"{PLAIN}?{name}={value}")
        assert name in error.problem
        assert "seconds" in error.problem


class TestSettings:
    def test_the_application_name_is_the_callers_unless_the_url_says_it(self) -> None:
        assert settings_of(parse_database_url(PLAIN).main) == {"application_name": "todo-api"}
        named = parse_database_url(PLAIN, application_name="migrations")
        assert settings_of(named.main) == {"application_name": "migrations"}
        from_url = parse_database_url(f"{PLAIN}?application_name=my%20app&fallback_application_name=x")
        assert settings_of(from_url.main) == {"application_name": "my app"}
        fallback = parse_database_url(f"{PLAIN}?fallback_application_name=x")
        assert settings_of(fallback.main) == {"application_name": "x"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("statement_timeout", "5s"),
            ("lock_timeout", "5000"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("search_path", "app,public"),
            ("timezone", "Etc/GMT+3"),
            ("jit", "off"),
            ("transaction_timeout", "9s"),
            ("default_transaction_isolation", "repeatable read"),
        ],
    )
    def test_known_settings_however_they_are_written(self, name: str, value: str) -> None:
        escaped = value.replace(" ", "\\ ")
        for query in (
            f"{name}={quote(value, safe='+')}",
            f"{name.upper()}={quote(value)}",
            f"options={quote(f'-c {name}={escaped}')}",
            f"options={quote(f'-c{name}={escaped}')}",
            f"options={quote('--' + name.replace('_', '-') + '=' + escaped)}",
            f"options=-c+{name}%3D{quote(escaped)}",
            f"options={quote(f'-c geqo=off  -c {name.upper()}={escaped}')}",
        ):
            target = parse_database_url(f"{PLAIN}?{query}")
            assert settings_of(target.main) == {"application_name": "todo-api", name: value}
            assert target.ignored == (("geqo",) if "geqo" in query else ())

    def test_a_parameter_wins_over_the_options(self) -> None:
        target = parse_database_url(f"{PLAIN}?options=-c%20jit%3Don&jit=off")
        assert settings_of(target.main)["jit"] == "off"

    @pytest.mark.parametrize("options", ["-c", "-c -c", "", "\\", "--"])
    def test_empty_options_are_nothing(self, options: str) -> None:
        target = parse_database_url(f"{PLAIN}?options={quote(options)}")
        assert settings_of(target.main) == {"application_name": "todo-api"}

    @pytest.mark.parametrize("options", ["-d5", "-c jit", "what is this", "-c jit="])
    def test_options_that_are_not_settings_are_reported(self, options: str) -> None:
        assert parse_database_url(f"{PLAIN}?options={quote(options)}").ignored == ("options",)

    def test_options_cannot_change_what_is_no_setting(self) -> None:
        target = parse_database_url(f"{PLAIN}?options={quote('-c sslmode=disable -c host=evil -c pgbouncer=true')}")
        assert (target.sslmode, target.host, target.pooled) == ("prefer", "db.example.com", False)
        assert target.ignored == ("host", "pgbouncer", "sslmode")

    @pytest.mark.parametrize("value", ["off", "OFF", "false", "no", "0"])
    def test_lost_writes_are_refused(self, value: str) -> None:
        for query in (f"synchronous_commit={value}", f"options={quote(f'-c synchronous_commit={value}')}"):
            for url in (PLAIN, NEON_POOLED):
                assert "synchronous_commit" in refusal(f"{url}?{query}").problem

    def test_other_commit_modes_are_not_sent(self) -> None:
        target = parse_database_url(f"{PLAIN}?synchronous_commit=local")
        assert "synchronous_commit" not in settings_of(target.main)
        assert target.ignored == ("synchronous_commit",)

    @pytest.mark.parametrize(
        ("url", "options", "sent"),
        [
            (NEON_DIRECT, "endpoint=ep-cool-rain-123456", None),
            (NEON_DIRECT, "project=ep-cool-rain-123456", None),
            (NEON_POOLED, "endpoint=ep-cool-rain-123456", None),
            (NEON_POOLED, "endpoint=EP-cool-rain-123456-pooler", None),
            (NEON_DIRECT, "endpoint=ep-cool-rain-12345", "endpoint=ep-cool-rain-12345"),
            (NEON_POOLED, "endpoint=ep-other-1", "endpoint=ep-other-1"),
            (PLAIN, "endpoint=ep-cool-rain-123456", "endpoint=ep-cool-rain-123456"),
            (PLAIN, "-c endpoint=ep-x -c jit=off", "endpoint=ep-x"),
        ],
    )
    def test_the_endpoint_is_sent_where_the_host_does_not_say_it(
        self, url: str, options: str, sent: str | None
    ) -> None:
        target = parse_database_url(f"{url}?options={quote(options)}")
        assert settings_of(target.main).get("options") == sent
        assert settings_of(target.direct).get("options") == sent
        assert target.ignored == ()

    def test_session_attributes_are_passed_on(self) -> None:
        target = parse_database_url(f"{PLAIN}?target_session_attrs=read-write")
        assert target.main.connect_args["target_session_attrs"] == "read-write"
        assert "target_session_attrs" not in parse_database_url(PLAIN).main.connect_args

    def test_unknown_parameters_are_reported_sorted_and_readable(self) -> None:
        target = parse_database_url(f"{PLAIN}?schema=public&Connection_Limit=5&keepalives=1&a%20b=1&ü=2")
        assert target.ignored == ("(unreadable name)", "connection_limit", "keepalives", "schema")


class TestSecrecy:
    def test_no_form_of_a_target_shows_the_password(self) -> None:
        target = parse_database_url(f"{NEON_POOLED}?password=0ther&sslpassword=k3y&user=ada")
        for shown in (target, target.main, target.direct, target.main.url, [target]):
            assert not any(secret in f"{shown!r}" for secret in ("s3cret", "0ther", "k3y"))
        assert "s3cret" not in f"{target} {target.main}"


class TestTheDriver:
    """asyncpg takes every argument, or it would raise before it finds that nobody listens."""

    @pytest.mark.parametrize(
        "text",
        [
            "postgresql://ada:s3cret@127.0.0.1:1/todo",
            "postgresql://ada:s3cret@127.0.0.1:1/todo?sslmode=disable&connect_timeout=3&command_timeout=4",
            "postgresql://ada:s3cret@127.0.0.1:1/todo?sslmode=allow&target_session_attrs=prefer-standby",
            "postgresql://ada:s3cret@127.0.0.1:1/todo?sslmode=require&sslnegotiation=direct",
            "postgresql://ada:s3cret@127.0.0.1:1/todo?sslmode=verify-full&pgbouncer=true&options=endpoint%3Dx",
            "postgresql://ada:s3cret@[::1]:1/todo?jit=off&search_path=a",
            "postgresql://ada:s3cret@/todo?host=/nowhere/at/all",
        ],
    )
    def test_the_arguments_reach_the_network(self, text: str) -> None:
        target = parse_database_url(text)

        async def connect(endpoint: Endpoint) -> None:
            engine = create_async_engine(endpoint.url, connect_args=endpoint.connect_args)
            try:
                async with engine.connect():
                    pass
            finally:
                await engine.dispose()

        for endpoint in (target.main, target.direct):
            with pytest.raises(OSError, match=r"Connect call failed|No such file|Cannot assign|refused|not supported"):
                asyncio.run(connect(endpoint))


WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(
    st.lists(LABELS, min_size=1, max_size=4).map(".".join),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
)
NAMES = st.text(string.ascii_letters + string.digits + "_-@/?#%: é", min_size=1, max_size=20)

PARAMETER_NAMES = st.sampled_from(
    [
        *("sslmode", "ssl", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation"),
        *("channel_binding", "options", "connect_timeout", "command_timeout", "application_name"),
        *("pgbouncer", "port", "host", "user", "dbname", "jit", "x"),
    ]
)
PARAMETER_VALUES = st.sampled_from(
    [
        *("require", "prefer", "disable", "system", "direct", "true", "5", "0"),
        *("-c", "-c%20jit=off", "endpoint=x"),
    ]
)


class TestLaws:
    @given(user=WRITABLE, password=WRITABLE, host=HOSTS, port=st.none() | st.integers(1, 65535), database=NAMES)
    def test_an_encoded_url_keeps_its_parts(
        self, user: str, password: str, host: str, port: int | None, database: str
    ) -> None:
        place = f"[{host}]" if ":" in host else host
        suffix = "" if port is None else f":{port}"
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
        target = parse_database_url(f"postgresql://{credentials}@{place}{suffix}/{quote(database, safe='')}")
        url = target.main.url
        assert (url.username, url.password) == (user or None, password or None)
        assert (url.host, url.port, url.database) == (host, port, database)
        assert (target.host, target.port, target.database) == (host, port, database)

    @given(text=st.text() | st.text(string.printable))
    @example("postgresql://[")
    @example("postgresql://a:b@[::1]:/x?host=[")
    @example("psql psql DATABASE_URL=")
    @example("\ud800")
    @example("postgresql://h/\ud800")
    def test_any_text_gives_a_target_or_the_one_error(self, text: str) -> None:
        outcome(text)

    @given(
        prefix=st.sampled_from(["", "psql '", 'DATABASE_URL="', "export DATABASE_URL="]),
        scheme=st.sampled_from(["postgresql://", "postgres://", "mysql://", "sqlite:///", "postgresql:", "", "://"]),
        before=st.text("@:/?#%&='\" 1\\[]", max_size=4),
        between=st.text("@:/?#%&='\" 1\\[]", max_size=4),
        host=st.sampled_from(["localhost", "", "[::1]", "a,b", "ep-a-pooler.x.neon.tech", ":", "x:y"]),
        database=st.sampled_from(["/todo", "", "/", "/todo?sslmode=require", "/x?options=-c%20a", "?a=b&jit=off"]),
    )
    def test_no_piece_of_a_raw_password_is_shown(
        self, prefix: str, scheme: str, before: str, between: str, host: str, database: str
    ) -> None:
        text = f"{prefix}{scheme}ada:{before}Hunter{between}Two2@{host}{database}"
        shown = outcome(text)
        assert "hunter" not in shown.lower()
        assert "two2" not in shown.lower()

    @given(
        url=st.sampled_from([PLAIN, NEON_DIRECT, NEON_POOLED, "postgresql:///todo?host=/tmp"]),
        query=st.lists(st.tuples(PARAMETER_NAMES, st.text(max_size=8) | PARAMETER_VALUES), max_size=5),
    )
    def test_any_query_gives_a_target_or_the_one_error(self, url: str, query: list[tuple[str, str]]) -> None:
        separator = "&" if "?" in url else "?"
        shown = outcome(url + separator + "&".join(f"{name}={value}" for name, value in query))
        assert "s3cret" not in shown


def parsed(text: str) -> DatabaseTarget | InvalidDatabaseURL:
    try:
        return parse_database_url(text)
    except InvalidDatabaseURL as error:
        return error


def outcome(text: str) -> str:
    """All that a log could show of the result."""
    target = parsed(text)
    if isinstance(target, InvalidDatabaseURL):
        assert target.problem
        assert target.advice
        assert "\n" not in target.problem
        return f"{target} {target!r}"
    for endpoint in (target.main, target.direct):
        assert endpoint.url.drivername == "postgresql+asyncpg"
        assert not endpoint.url.query
        assert target.host
        assert target.database
    return f"{target} {target!r} {target.host} {target.database} {target.ignored}"
