"""Each cause for which the service refuses to start, and what it then tells a person."""

import json
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import asyncpg
import pytest
import trustme

from src.database.embedded import RunningServer
from src.database.startup import prepare_database
from src.database.validation import SchemaMismatch, expected_tables
from tests.conftest import settings_for
from tests.factories import SECRET, Api
from tests.startup.conftest import Logins
from tests.startup.processes import Process, Program, copied_program, open_folder, password_of

CONFIGURATION, DATABASE, UVICORN = 78, 1, 3
PASSWORD = "s3cr3t-Pw-7193"
IMPATIENT = {"DATABASE_START_TIMEOUT": "1.5"}


def refused(process: Process, status: int, *phrases: str, hidden: tuple[str, ...] = (PASSWORD,)) -> None:
    """Assert that it ended with one readable block, which holds these phrases and none of its secrets."""
    assert process.wait(timeout=20) == status, process.output
    assert process.stderr.count("The service did not start.") == 1, process.output
    block = process.stderr.partition("The service did not start.")[2]
    problem, _, advice = block.partition("What to do:")
    assert problem.strip(), process.output
    assert advice.strip(), process.output
    for phrase in phrases:
        assert phrase in block
    assert "Traceback" not in process.output
    for secret in (SECRET, *hidden):
        assert secret not in process.output


class TestDatabaseUrl:
    def test_without_one_it_says_that_it_is_not_set(self, program: Program) -> None:
        refused(program.start_anew("serve"), CONFIGURATION, "DATABASE_URL is not set")

    @pytest.mark.parametrize(
        ("url", "phrase"),
        [
            ("", "DATABASE_URL is not set"),
            ("sqlite:///x.db", "SQLite database detected"),
            ("sqlite+aiosqlite:///x.db", "SQLite database detected"),
            (f"mysql://ana:{PASSWORD}@db.example.com/todo", 'the scheme "mysql" instead of postgresql'),
            (f"postgresql://ana:{PASSWORD}@/todo", "DATABASE_URL names no host"),
            (f"postgresql://ana:{PASSWORD}@db.example.com/", "DATABASE_URL names no database"),
            (f"postgresql://ana:{PASSWORD}@db.example.com:54x2/todo", "a port that is not a number"),
            (f"postgresql://ana:{PASSWORD}/{PASSWORD}@db.example.com/todo", "must be percent-encoded"),
            (f"postgresql://ana:{PASSWORD}@ep-x.us-east-2.aws.neon.tech/todo?sslmode=disable", "Neon refuses"),
        ],
    )
    def test_a_wrong_one_is_a_fault_of_the_configuration(self, program: Program, url: str, phrase: str) -> None:
        refused(program.run("serve", DATABASE_URL=url), CONFIGURATION, phrase)

    @pytest.mark.parametrize("command", ["migrate", "seed", "schema-snapshot", "serve --workers 2", "dev"])
    def test_every_command_refuses_it_in_the_same_way(self, program: Program, command: str) -> None:
        process = program.run(*command.split(), DATABASE_URL="sqlite:///x.db")
        refused(process, CONFIGURATION, "SQLite database detected")


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "phrase"),
        [
            ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
            ({"SECRET_KEY": "zQ8nV2rT5yKw1sXc7mBf4gHj9pLd3a"}, "SECRET_KEY: it needs at least 32 bytes, and has 30"),
            ({"SECRET_KEY": "change-me-change-me-change-me-change-me"}, "SECRET_KEY: it is a placeholder"),
            ({"SECRET_KEY": "your-secret-key-of-at-least-32-bytes"}, "SECRET_KEY: it is a placeholder"),
            ({"SECRET_KEY": "0101010101010101010101010101010101010101"}, "SECRET_KEY: it is too uniform"),
            ({"SECRET_KEY_PREVIOUS": "zQ8nV2rT5yKw1sXc7mBf4gHj9"}, "SECRET_KEY_PREVIOUS: it needs at least 32 bytes"),
            ({"CORS_ORIGINS": "https://todo.example.com, *"}, "CORS_ORIGINS: a wildcard is not allowed"),
            ({"CORS_ORIGINS": "https://*.example.com"}, "CORS_ORIGINS: a wildcard is not allowed"),
            ({"ENVIRONMENT": "production", "PASSWORD_HASH_ROUNDS": "12", "DEBUG": "true"}, "DEBUG must be off"),
            ({"ENVIRONMENT": "production"}, "PASSWORD_HASH_ROUNDS must be at least 10"),
            ({"ENVIRONMENT": "staging"}, "ENVIRONMENT: "),
            ({"PORT": "eighty"}, "PORT: "),
            ({"WORKERS": "0"}, "WORKERS: "),
        ],
    )
    def test_a_wrong_one_is_named_and_its_value_is_not_shown(
        self, program: Program, settings: dict[str, str | None], phrase: str
    ) -> None:
        process = program.run("serve", DATABASE_URL=f"postgresql://ana:{PASSWORD}@db.invalid/todo", **settings)
        key = settings.get("SECRET_KEY") or settings.get("SECRET_KEY_PREVIOUS") or PASSWORD
        refused(process, CONFIGURATION, phrase, hidden=(PASSWORD, key))

    def test_all_faults_are_told_at_once(self, program: Program) -> None:
        process = program.run(
            "serve", SECRET_KEY="too-short", CORS_ORIGINS="*", PORT="99999", LOG_LEVEL="loud", DATABASE_POOL_SIZE="0"
        )
        refused(
            process,
            CONFIGURATION,
            "SECRET_KEY: it needs at least 32 bytes",
            "CORS_ORIGINS: a wildcard",
            "PORT: ",
            "LOG_LEVEL: ",
            "DATABASE_POOL_SIZE: ",
            "secrets.token_urlsafe",
            hidden=("too-short", "99999", "loud"),
        )

    def test_a_port_in_use_is_named(self, program: Program, worker_database: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            process = program.run("serve", DATABASE_URL=worker_database, PORT=str(port))
        refused(process, DATABASE, f"Cannot listen on 127.0.0.1:{port}", hidden=(password_of(worker_database),))


class TestUvicorn:
    def test_it_is_refused_the_same_settings(self, program: Program) -> None:
        process = program.start_anew("src.main:app", "--port", "0", module="uvicorn", SECRET_KEY="too-short")
        refused(process, CONFIGURATION, "SECRET_KEY: it needs at least 32 bytes", hidden=("too-short",))

    def test_it_is_refused_a_database_that_is_away(self, program: Program) -> None:
        with closed_port() as port:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{port}/todo"
            process = program.start_anew("src.main:app", "--port", "0", module="uvicorn", DATABASE_URL=url, **IMPATIENT)
            refused(process, UVICORN, f"Failed to connect to PostgreSQL at 127.0.0.1:{port}")

    def test_it_is_refused_a_url_of_another_database(self, program: Program) -> None:
        process = program.start_anew("src.main:app", "--port", "0", module="uvicorn", DATABASE_URL="sqlite:///x.db")
        assert process.wait() in (CONFIGURATION, UVICORN)
        refused(process, process.wait(), "SQLite database detected")


class TestConnecting:
    def test_a_wrong_password_is_told_at_once(self, program: Program, worker_database: str) -> None:
        url = worker_database.replace(password_of(worker_database), PASSWORD)
        process = program.run("serve", DATABASE_URL=url)
        place = worker_database.rpartition("@")[2].partition("/")[0]
        refused(process, DATABASE, f"Failed to connect to PostgreSQL at {place}: the login was refused")

    def test_an_unknown_host_is_named(self, program: Program) -> None:
        url = f"postgresql://ana:{PASSWORD}@db.todo.invalid/todo"
        process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, "Failed to connect to PostgreSQL at db.todo.invalid", "host name is unknown")

    def test_neon_is_called_by_its_name(self, program: Program) -> None:
        url = f"postgresql://ana:{PASSWORD}@ep-x.us-east-2.aws.neon.tech/todo?sslmode=require"
        process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, "Failed to connect to Neon PostgreSQL", "ep-x.us-east-2.aws.neon.tech")

    def test_a_closed_port_is_tried_again_until_the_time_is_up(self, program: Program) -> None:
        with closed_port() as port:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{port}/todo"
            process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, f"Failed to connect to PostgreSQL at 127.0.0.1:{port}: the connection was refused")
        assert "database not reachable yet, trying again" in process.stderr

    def test_several_workers_refuse_with_one_voice(self, program: Program) -> None:
        with closed_port() as port:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{port}/todo"
            process = program.run("serve", "--workers", "3", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, f"Failed to connect to PostgreSQL at 127.0.0.1:{port}")

    def test_a_server_that_never_answers_does_not_hold_it_up(self, program: Program) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{mute.getsockname()[1]}/todo"
            process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, "Failed to connect to PostgreSQL at 127.0.0.1", "no answer in time")

    def test_a_server_that_hangs_up_is_told_from_a_closed_one(self, program: Program) -> None:
        with fake_server(lambda connection: None) as port:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{port}/todo"
            process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, f"Failed to connect to PostgreSQL at 127.0.0.1:{port}")

    def test_something_that_is_no_postgresql_is_refused(self, program: Program) -> None:
        def talk_http(connection: socket.socket) -> None:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        with fake_server(talk_http) as port:
            url = f"postgresql://ana:{PASSWORD}@127.0.0.1:{port}/todo?sslmode=disable"
            process = program.run("serve", DATABASE_URL=url, **IMPATIENT)
        refused(process, DATABASE, f"Failed to connect to PostgreSQL at 127.0.0.1:{port}")

    @pytest.mark.parametrize(
        ("mode", "names"),
        [("verify-full", ["localhost", "127.0.0.1"]), ("verify-ca", ["localhost"])],
    )
    def test_a_certificate_of_an_unknown_authority_is_refused(
        self, program: Program, mode: str, names: list[str]
    ) -> None:
        with tls_server(trustme.CA(), *names) as port:
            url = f"postgresql://ana:{PASSWORD}@localhost:{port}/todo?sslmode={mode}"
            process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, "the server's certificate could not be verified", "sslrootcert")

    def test_a_certificate_of_another_host_is_refused(self, program: Program) -> None:
        authority = trustme.CA()
        with open_folder() as folder, tls_server(authority, "another.example.com") as port:
            authority.cert_pem.write_to_path(folder / "ca.pem")
            url = f"postgresql://ana:{PASSWORD}@localhost:{port}/todo?sslmode=verify-full&sslrootcert={folder}/ca.pem"
            process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, "the server's certificate could not be verified")

    def test_a_server_without_encryption_is_refused_where_it_is_required(
        self, program: Program, worker_database: str
    ) -> None:
        process = program.run("serve", DATABASE_URL=f"{worker_database}?sslmode=require")
        refused(
            process, DATABASE, "the server does not offer encryption", "sslmode", hidden=(password_of(worker_database),)
        )
        assert "trying again" not in process.stderr

    def test_an_unknown_database_is_named(self, program: Program, worker_database: str) -> None:
        url = worker_database.rpartition("/")[0] + "/nobody_made_this"
        process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, 'there is no database "nobody_made_this"', hidden=(password_of(url),))


class TestPrivileges:
    async def test_a_login_that_may_not_make_tables_is_told_the_grant(self, program: Program, logins: Logins) -> None:
        url = await logins.add("GRANT todo_app TO {login}", "GRANT todo_system TO {login}")
        process = program.run("serve", DATABASE_URL=url)
        phrase = f'The login "{logins.names[0]}" lacks a privilege in the database'
        refused(process, DATABASE, phrase, "GRANT CREATE, USAGE ON SCHEMA public", hidden=(password_of(url),))

    async def test_a_login_that_may_not_use_the_roles_is_told_what_to_ask_for(
        self, program: Program, logins: Logins
    ) -> None:
        url = await logins.add("GRANT ALL ON SCHEMA public TO {login}")
        process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, "todo_app", "todo_system", "may not create or use", hidden=(password_of(url),))

    async def test_a_login_that_may_not_connect_is_told_so(
        self, program: Program, logins: Logins, empty_database: str
    ) -> None:
        name = empty_database.rpartition("/")[2]
        url = await logins.add(f"REVOKE CONNECT ON DATABASE {name} FROM public")
        process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, "the login may not connect", hidden=(password_of(url),))

    async def test_the_sql_that_it_prints_makes_it_start(
        self, program: Program, untouched_server: RunningServer
    ) -> None:
        owner = Logins(untouched_server.url)
        url = await owner.add("GRANT ALL ON SCHEMA public TO {login}")
        process = program.run("serve", DATABASE_URL=url)
        refused(process, DATABASE, "todo_app and todo_system", "administrator", hidden=(password_of(url),))

        advice = process.stderr.partition("What to do:")[2].splitlines()
        statements = [line.strip() for line in advice if line.strip().endswith(";")]
        assert len(statements) == 4
        administrator = await asyncpg.connect(untouched_server.url)
        for statement in statements:
            await administrator.execute(statement)
        await administrator.close()

        started = await program.start("serve", DATABASE_URL=url).serving()
        await use_everything(started.url)

    async def test_an_ordinary_owner_with_the_roles_is_enough(self, program: Program, logins: Logins) -> None:
        url = await logins.add(
            "GRANT todo_app TO {login} WITH SET TRUE, INHERIT FALSE",
            "GRANT todo_system TO {login} WITH SET TRUE, INHERIT TRUE",
            "GRANT CREATE, USAGE ON SCHEMA public TO {login}",
        )
        started = await program.start("serve", DATABASE_URL=url).serving()
        await use_everything(started.url)

    async def test_a_login_in_the_place_of_a_role_that_bypasses_the_policies_is_refused(
        self, untouched_server: RunningServer
    ) -> None:
        administrator = await asyncpg.connect(untouched_server.url)
        exists = await administrator.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = 'todo_app'")
        if not exists:
            await administrator.execute("CREATE ROLE todo_app")
        await administrator.execute("ALTER ROLE todo_app BYPASSRLS")
        try:
            with pytest.raises(Exception, match="The role todo_app bypasses row-level security"):
                await prepare_database(settings_for(untouched_server.url))
        finally:
            await administrator.execute("ALTER ROLE todo_app NOBYPASSRLS" if exists else "DROP ROLE todo_app")
            await administrator.close()


async def use_everything(url: str) -> None:
    """A round trip through the API by two users, who see nothing of each other."""
    async with Api.at(url) as ana, Api.at(url) as bob:
        await ana.register_and_log_in()
        await bob.register_and_log_in()
        task = await ana.create_task(title="Water the plants", priority="high")
        assert (await ana.patch(f"/tasks/{task['id']}/complete")).json()["is_completed"] is True
        assert (await ana.patch(f"/tasks/{task['id']}", {"title": "Water them all"})).status_code == 200
        assert [item["title"] for item in (await ana.get("/tasks")).json()["items"]] == ["Water them all"]
        assert (await bob.get("/tasks")).json()["items"] == []
        assert (await bob.get(f"/tasks/{task['id']}")).status_code == 404
        assert (await ana.delete(f"/tasks/{task['id']}")).status_code == 204
        assert (await ana.post("/auth/logout")).status_code < 300


DAMAGES = [
    ("a table is missing", "DROP TABLE tasks CASCADE", ["Missing required tables: tasks"]),
    ("two tables are missing", "DROP TABLE tasks, priorities CASCADE", ["Missing required tables: priorities, tasks"]),
    ("a table was renamed", "ALTER TABLE tasks RENAME TO todos", ["Missing required tables: tasks"]),
    (
        "a column has another type",
        "ALTER TABLE tasks ALTER description TYPE varchar(9000)",
        ["column tasks.description: type is character varying(9000), expected text"],
    ),
    (
        "a column lost its NOT NULL",
        "ALTER TABLE tasks ALTER title DROP NOT NULL",
        ["column tasks.title: null is nullable, expected not null"],
    ),
    (
        "a column became NOT NULL",
        "ALTER TABLE tasks ALTER description SET NOT NULL",
        ["column tasks.description: null is not null, expected nullable"],
    ),
    (
        "a column lost its default",
        "ALTER TABLE tasks ALTER is_completed DROP DEFAULT",
        ["column tasks.is_completed: default is none, expected false"],
    ),
    (
        "a column has another default",
        "ALTER TABLE users ALTER timezone SET DEFAULT 'Europe/Berlin'",
        ["column users.timezone: default is 'Europe/Berlin'::text, expected 'UTC'::text"],
    ),
    (
        "a column has another collation",
        'ALTER TABLE users ALTER email_key TYPE text COLLATE "default"',
        ["column users.email_key: collation is default, expected C"],
    ),
    (
        "a column is missing",
        "ALTER TABLE priorities DROP COLUMN color",
        ["column priorities.color is missing", "ck_priorities_color_format on priorities is missing"],
    ),
    (
        "a column was renamed",
        "ALTER TABLE priorities RENAME color TO colour",
        ["column priorities.color is missing", "column priorities.colour is not expected"],
    ),
    (
        "a column is new and must be filled in",
        "ALTER TABLE tasks ADD COLUMN team text NOT NULL",
        ["column tasks.team is not expected"],
    ),
    (
        "a check is missing",
        "ALTER TABLE tasks DROP CONSTRAINT ck_tasks_title_length",
        ["check constraint ck_tasks_title_length on tasks is missing"],
    ),
    (
        "a check is stricter",
        "ALTER TABLE tasks ADD CONSTRAINT short CHECK (length(title) < 9)",
        ["check constraint short on tasks is not expected"],
    ),
    (
        "a check of a new column asks for others too",
        "ALTER TABLE tasks ADD COLUMN minutes smallint, ADD CONSTRAINT timed CHECK (minutes > 0 OR title <> 'x')",
        ["check constraint timed on tasks is not expected"],
    ),
    (
        "a check lets nothing in",
        "ALTER TABLE tasks ADD COLUMN minutes smallint, ADD CONSTRAINT closed CHECK (false) NOT VALID",
        ["check constraint closed on tasks is not expected"],
    ),
    (
        "a new column refers to something even where it is left out",
        f"ALTER TABLE tasks ADD COLUMN tag_id uuid DEFAULT '{UUID(int=0)}', "
        "ADD CONSTRAINT tagged FOREIGN KEY (user_id, tag_id) REFERENCES tags (user_id, id)",
        ["foreign key tagged on tasks is not expected"],
    ),
    (
        "a check says something else",
        "ALTER TABLE priorities DROP CONSTRAINT ck_priorities_level_range, "
        "ADD CONSTRAINT ck_priorities_level_range CHECK (level BETWEEN 0 AND 9)",
        ["check constraint ck_priorities_level_range on priorities: definition is"],
    ),
    (
        "a unique constraint is missing",
        "ALTER TABLE users DROP CONSTRAINT uq_users_email_key",
        ["unique constraint uq_users_email_key on users is missing"],
    ),
    (
        "a unique constraint is new",
        "ALTER TABLE tasks ADD CONSTRAINT one_of_each UNIQUE (title)",
        ["unique constraint one_of_each on tasks is not expected"],
    ),
    (
        "a unique index is new",
        "CREATE UNIQUE INDEX one_of_each ON tasks (title)",
        ["index one_of_each on tasks is not expected"],
    ),
    (
        "a foreign key is missing",
        "ALTER TABLE tasks DROP CONSTRAINT fk_tasks_user_id",
        ["foreign key fk_tasks_user_id on tasks is missing"],
    ),
    (
        "a foreign key does not cascade",
        "ALTER TABLE tasks DROP CONSTRAINT fk_tasks_user_id, "
        "ADD CONSTRAINT fk_tasks_user_id FOREIGN KEY (user_id) REFERENCES users (id)",
        ["foreign key fk_tasks_user_id on tasks: definition is"],
    ),
    (
        "a primary key is missing",
        "ALTER TABLE tasks DROP CONSTRAINT pk_tasks CASCADE",
        ["primary key pk_tasks on tasks is missing"],
    ),
    (
        "a primary key leaves the owner out",
        "ALTER TABLE tasks DROP CONSTRAINT pk_tasks CASCADE, ADD CONSTRAINT pk_tasks PRIMARY KEY (id)",
        ["primary key pk_tasks on tasks: definition is PRIMARY KEY (id), expected PRIMARY KEY (user_id, id)"],
    ),
    (
        "an index is missing",
        "DROP INDEX ix_tasks_user_id_due_date_id",
        ["index ix_tasks_user_id_due_date_id on tasks is missing"],
    ),
    (
        "an index is partial",
        "DROP INDEX ix_tasks_user_id_due_date_id; CREATE INDEX ix_tasks_user_id_due_date_id "
        "ON tasks (user_id, due_date, id) WHERE NOT is_completed",
        ["index ix_tasks_user_id_due_date_id on tasks: definition is"],
    ),
    ("a policy is missing", "DROP POLICY owner ON tasks", ["policy owner on tasks is missing"]),
    (
        "a policy shows everything",
        "ALTER POLICY owner ON tasks USING (true)",
        ["policy owner on tasks: using is true"],
    ),
    (
        "a policy accepts everything",
        "ALTER POLICY owner ON tasks WITH CHECK (true)",
        ["policy owner on tasks: with check is true"],
    ),
    (
        "a policy is for everybody",
        "ALTER POLICY owner ON tasks TO public",
        ["policy owner on tasks: roles is public, expected todo_app"],
    ),
    (
        "a policy more lets rows through",
        "CREATE POLICY generous ON tasks TO todo_app USING (true)",
        ["policy generous on tasks is not expected"],
    ),
    (
        "row-level security does not bind the owner",
        "ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY",
        ["table tasks: row-level security is enabled, expected forced"],
    ),
    (
        "row-level security is off",
        "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
        ["table tasks: row-level security is off, expected forced"],
    ),
    (
        "a trigger acts on writes",
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE TRIGGER meddles BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION meddle()",
        ["trigger meddles on tasks is not expected"],
    ),
    (
        "a grant is missing",
        "REVOKE ALL ON priorities FROM todo_app",
        ["grant for todo_app on priorities is missing (SELECT)"],
    ),
    (
        "a grant lacks a privilege",
        "REVOKE DELETE ON tasks FROM todo_app",
        ["grant for todo_app on tasks: privileges is INSERT, SELECT, UPDATE, expected DELETE, INSERT, SELECT, UPDATE"],
    ),
    (
        "a column's grant is missing",
        "REVOKE UPDATE (timezone) ON users FROM todo_app",
        ["grant for timezone.todo_app on users is missing (UPDATE)"],
    ),
    (
        "tables that must survive a crash do not",
        "ALTER TABLE task_tags SET UNLOGGED",
        ["table task_tags: persistence is unlogged, expected logged"],
    ),
]


class TestSchema:
    @pytest.mark.parametrize(("sql", "words"), [damage[1:] for damage in DAMAGES], ids=[name for name, *_ in DAMAGES])
    async def test_it_is_refused_when(
        self, own_database: str, superuser: asyncpg.Connection, sql: str, words: list[str]
    ) -> None:
        await superuser.execute(sql)
        with pytest.raises(SchemaMismatch) as refusal:
            await prepare_database(settings_for(own_database))
        for phrase in words:
            assert any(phrase in line for line in refusal.value.differences), refusal.value.differences
        assert len(refusal.value.differences) <= 4

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE INDEX by_description ON tasks (description)",
            "ALTER TABLE tasks ADD COLUMN note text",
            "ALTER TABLE tasks ADD COLUMN rank integer NOT NULL DEFAULT 0",
            "ALTER TABLE tasks ADD COLUMN minutes smallint CONSTRAINT few CHECK (minutes BETWEEN 1 AND 99)",
            "ALTER TABLE tasks ADD COLUMN minutes smallint NOT NULL DEFAULT 5 CONSTRAINT few CHECK (minutes > 0)",
            "ALTER TABLE tasks ADD COLUMN tag_id uuid, "
            "ADD CONSTRAINT tagged FOREIGN KEY (user_id, tag_id) REFERENCES tags (user_id, id)",
            "CREATE TABLE of_somebody_else (id integer PRIMARY KEY)",
            "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.tasks (id integer)",
            "CREATE ROLE {role}; GRANT SELECT ON tasks TO {role}",
        ],
    )
    async def test_what_others_may_add_is_no_reason(
        self, own_database: str, superuser: asyncpg.Connection, sql: str
    ) -> None:
        role = f"reader_{secrets.token_hex(6)}"
        await superuser.execute(sql.format(role=role))
        await (await prepare_database(settings_for(own_database))).close()
        if "{role}" in sql:
            await superuser.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")

    @pytest.mark.parametrize(
        ("sql", "phrase"),
        [
            ("DROP TABLE tasks CASCADE", "Missing required tables: tasks"),
            ("ALTER POLICY owner ON tasks USING (true)", "policy owner on tasks: using is true"),
            ("DROP TABLE tasks, sessions, users CASCADE", "Missing required tables: sessions, tasks, users"),
        ],
    )
    async def test_it_is_told_in_words_and_by_the_exit_status(
        self, program: Program, own_database: str, superuser: asyncpg.Connection, sql: str, phrase: str
    ) -> None:
        await superuser.execute(sql)
        process = program.run("serve", DATABASE_URL=own_database)
        refused(process, DATABASE, phrase, "python -m src.cli migrate", hidden=(password_of(own_database),))

    async def test_an_empty_database_is_refused_where_migrating_is_switched_off(
        self, program: Program, empty_database: str
    ) -> None:
        process = program.run("serve", DATABASE_URL=empty_database, MIGRATE_ON_START="false")
        refused(process, DATABASE, f"Missing required tables: {', '.join(expected_tables())}")

    def test_what_migrating_has_written_is_not_denied(self, empty_database: str) -> None:
        """As after a new migration, which the snapshot does not know yet."""
        with copied_program() as program:
            snapshot = program.backend / "src/database/schema.json"
            expected = json.loads(snapshot.read_text())
            del expected["check constraint"]["tasks.ck_tasks_title_length"]
            snapshot.write_text(json.dumps(expected))
            process = program.run("migrate", DATABASE_URL=empty_database)
            refused(process, DATABASE, "ck_tasks_title_length on tasks is not expected")
            assert "database migrated" in process.stderr
            assert "Nothing was written" not in process.stderr

    async def test_a_database_of_a_newer_version_is_accepted_while_the_schema_fits(
        self, program: Program, own_database: str, superuser: asyncpg.Connection
    ) -> None:
        await superuser.execute("UPDATE alembic_version SET version_num = '9999'")
        await superuser.execute("ALTER TABLE tasks ADD COLUMN added_later text")
        process = program.start("serve", DATABASE_URL=own_database)
        async with Api.at(process.url) as ana:
            await ana.register_and_log_in()
            await ana.create_task()
        assert "the database was migrated by a newer version" in process.stderr


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nothing listens, and which nobody else gets meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextmanager
def fake_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Talks to each client as told, then hangs up."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                with connection, suppress(OSError):
                    talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@contextmanager
def tls_server(authority: trustme.CA, *names: str) -> Iterator[int]:
    """Takes PostgreSQL's request for TLS, and shows a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)

    def talk(connection: socket.socket) -> None:
        if len(connection.recv(8)) == 8:
            connection.sendall(b"S")
            with context.wrap_socket(connection, server_side=True) as encrypted:
                encrypted.recv(1024)

    with fake_server(talk) as port:
        yield port
