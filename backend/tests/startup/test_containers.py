"""What the container files say of the service is true of it. No container is started: CI has no engine for that."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from src.cli import GRACEFUL_SECONDS
from src.core.config import REPOSITORY, Settings
from src.database.url import parse_database_url
from src.main import create_app
from tests.conftest import free_port
from tests.factories import SECRET, Api
from tests.startup.processes import BACKEND, Process, copied_program

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("api", "trial")
GIVEN = {"SECRET_KEY": SECRET, "POSTGRES_PASSWORD": "letters1and2digits"}
IGNORED, *KEPT = (REPOSITORY / ".dockerignore").read_text().splitlines()
INSTRUCTIONS = [
    tuple(line.split(maxsplit=1))
    for line in re.sub(r"\s*\\\n\s*", " ", (BACKEND / "Dockerfile").read_text()).splitlines()
    if line and not line.startswith("#")
]

services = pytest.mark.parametrize("name", SERVICES)
ours = pytest.mark.parametrize("name", OURS)


def instructions(keyword: str) -> list[str]:
    return [arguments for word, arguments in INSTRUCTIONS if word == keyword]


def last(keyword: str) -> str:
    return instructions(keyword)[-1]


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """As Compose does it: ${NAME:-default}, ${NAME:?message} and ${NAME:+instead}, none inside another."""

    def value(match: re.Match[str]) -> str:
        name, operator, operand = match.groups()
        found = variables.get(name, "")
        assert found or operator != "?", operand
        return (operand if found else "") if operator == "+" else found or (operand if operator == "-" else "")

    return re.sub(r"\$\{(\w+):([-?+])([^{}]*)\}", value, text)


def environment_of(name: str, **variables: str) -> dict[str, str]:
    declared = SERVICES[name]["environment"]
    return {key: interpolated(str(value), {**GIVEN, **variables}) for key, value in declared.items()}


class TestCompose:
    @ours
    def test_it_passes_settings_that_exist(self, name: str) -> None:
        assert {key.lower() for key in SERVICES[name]["environment"]} - Settings.model_fields.keys() == set()

    @pytest.mark.parametrize(
        ("name", "environment", "mail"), [("api", "production", "off"), ("trial", "development", "smtp")]
    )
    def test_they_are_accepted(self, name: str, environment: str, mail: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for key, value in environment_of(name).items():
            monkeypatch.setenv(key, value)
        settings = Settings(_env_file=None)
        assert (settings.environment, settings.mail_mode) == (environment, mail)
        assert settings.smtp_host == ("mail" if mail == "smtp" else None)

    @ours
    def test_one_variable_puts_the_pooler_before_the_database(self, name: str) -> None:
        direct = parse_database_url(environment_of(name)["DATABASE_URL"])
        pooled = parse_database_url(environment_of(name, POOLER="pooler")["DATABASE_URL"])
        assert (direct.host, direct.pooled) == ("db", False)
        assert (pooled.host, pooled.pooled) == ("pooler", True)
        assert {direct.host, pooled.host} <= SERVICES.keys()
        assert (pooled.port, pooled.database) == (direct.port, direct.database) == (5432, "todo")

    @services
    def test_it_holds_no_secret(self, name: str) -> None:
        declared = SERVICES[name].get("environment", {})
        secret = [str(value) for key, value in declared.items() if re.search("PASSWORD|SECRET|KEY|TOKEN", key)]
        passwords = [value.partition("//postgres:")[2].rpartition("@")[0] for value in map(str, declared.values())]
        for value in [*secret, *filter(None, passwords)]:
            assert re.fullmatch(r"\$\{\w+:(\?.*|-)\}", value), value

    @services
    def test_what_runs_may_do_and_write_as_little_as_possible(self, name: str) -> None:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))

    @ours
    def test_the_service_can_write_temporary_files(self, name: str) -> None:
        assert SERVICES[name]["tmpfs"] == "/tmp"

    @ours
    def test_it_is_given_the_time_to_finish_its_requests(self, name: str) -> None:
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > GRACEFUL_SECONDS

    @ours
    def test_the_published_port_is_the_one_that_is_listened_on(self, name: str) -> None:
        assert [port.rpartition(":")[2] for port in SERVICES[name]["ports"]] == [last("EXPOSE")]
        assert f"PORT={last('EXPOSE')}" in last("ENV").split()

    def test_every_image_has_a_version(self) -> None:
        images = [service["image"] for service in SERVICES.values() if "image" in service]
        stages = [arguments.split()[0] for arguments in instructions("FROM")]
        for image in [*images, *stages]:
            assert re.search(r":v?\d+", image), image


class TestDockerfile:
    def test_what_it_copies_is_there_and_not_ignored(self) -> None:
        assert IGNORED == "*"
        kept = [line.removeprefix("!") for line in KEPT if line.startswith("!")]
        copied = [
            path for arguments in instructions("COPY") if "--from" not in arguments for path in sources(arguments)
        ]
        assert copied
        for path in copied:
            assert any(path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in kept)
        for path in [*copied, *kept]:
            assert (REPOSITORY / path).exists(), path

    def test_the_service_is_an_ordinary_user_and_gets_the_signals(self) -> None:
        assert int(last("USER")) > 0
        assert json.loads(last("CMD")) == ["python", "-m", "src.cli", "serve"]
        assert not instructions("ENTRYPOINT") + instructions("STOPSIGNAL")  # SIGTERM, to the program itself

    def test_its_health_check_asks_for_a_route_of_the_service(self) -> None:
        path = re.search(r"\]\}(/[\w/]+)'", last("HEALTHCHECK"))
        assert path
        routes = create_app(Settings(_env_file=None, secret_key=SECRET, environment="test")).routes
        assert path[1] in {getattr(route, "path", None) for route in routes}


def sources(arguments: str) -> list[str]:
    return arguments.split()[:-1]


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Path]:
    """The program where nothing can be written, in the place where the image has it."""
    with copied_program() as program:
        folders = [program.root, *(path for path in program.root.rglob("*") if path.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        yield program.backend
        for folder in folders:
            folder.chmod(0o755)


def without_privileges() -> list[str]:
    """Root obeys the permissions of files once it has lost its capabilities, as `cap_drop` takes them."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv, "setpriv is missing: apt install util-linux"
    return [setpriv, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]


async def test_what_the_image_runs_serves_and_stops(image: Path, own_database: str, tmp_path: Path) -> None:
    port = str(free_port())
    environment = {
        **dict(pair.split("=") for pair in last("ENV").split() if not pair.startswith("PATH=")),
        **environment_of("api", WORKERS="2", METRICS_TOKEN=SECRET),
        "DATABASE_URL": own_database,
        "PORT": port,
    }
    _, *arguments = json.loads(last("CMD"))
    with (tmp_path / "stdout").open("wb") as stdout, (tmp_path / "stderr").open("wb") as stderr:
        popen = subprocess.Popen(
            [*without_privileges(), sys.executable, *arguments],
            cwd=image,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    process = Process(tmp_path, popen.poll, popen.pid)
    try:
        await process.serving()
        async with Api.at(process.url) as ana:
            assert (await ana.register()).status_code == 201, process.output
        _, _, check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
        subprocess.run([sys.executable, "-c", check], env={"PORT": port}, check=True)
        process.send(signal.SIGTERM)
        assert process.wait() == 0, process.output
    finally:
        process.end()
    assert not list(image.rglob("__pycache__"))
    writing = [*without_privileges(), sys.executable, "-c", "open('written', 'w')"]
    assert subprocess.run(writing, cwd=image, env={}, check=False, capture_output=True).returncode == 1
