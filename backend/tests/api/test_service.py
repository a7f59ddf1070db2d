"""What holds for the service as a whole: health, headers, problems, logs, documentation."""

import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.api.problem_pages import all_errors
from src.core.logging import configure_logging
from src.database.migrations import head_revision
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import Api, problem


class TestHealth:
    async def test_says_what_it_found(self, api: Api) -> None:
        response = await api.get("/health")
        body = response.json()
        assert response.status_code == 200
        assert body["status"] == "healthy"
        assert body["database"]["status"] == "connected"
        assert body["database"]["latency_ms"] > 0
        assert body["schema"] == {"status": "valid", "revision": head_revision()}

    async def test_liveness_touches_no_database(self, api: Api, app: FastAPI) -> None:
        before = app.state.context.database.engine.pool.checkedin()
        await app.state.context.database.engine.dispose()
        assert (await api.get("/health/live")).json() == {"status": "alive"}
        assert app.state.context.database.engine.pool.checkedin() == 0
        assert before >= 0

    async def test_is_not_ready_while_draining(self, api: Api, app: FastAPI) -> None:
        assert (await api.get("/health/ready")).status_code == 200
        app.state.context.is_draining = True
        try:
            assert (await api.get("/health/ready")).status_code == 503
            assert (await api.get("/health")).status_code == 200
        finally:
            app.state.context.is_draining = False

    async def test_a_schema_that_is_behind_is_unhealthy_and_one_that_is_ahead_is_not(self, own_database: str) -> None:
        import asyncpg

        application = create_app(settings_for(own_database))
        async with application.router.lifespan_context(application), Api.of(application) as caller:
            connection = await asyncpg.connect(own_database)
            await connection.execute("UPDATE alembic_version SET version_num = '9999'")
            newer = await caller.get("/health")
            await connection.execute("DELETE FROM alembic_version")
            older = await caller.get("/health")
            await connection.close()
        assert (newer.status_code, newer.json()["schema"]["status"]) == (200, "valid")
        assert (older.status_code, older.json()["schema"]) == (503, {"status": "outdated", "revision": None})


class TestHeaders:
    @pytest.mark.parametrize("path", ["/tasks", "/nothing", "/auth/sessions"])
    async def test_security_headers_stand_on_everything(self, api: Api, path: str) -> None:
        headers = (await api.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers

    async def test_a_sane_request_id_is_kept_and_another_replaced(self, api: Api) -> None:
        kept = await api.get("/tasks", headers={"X-Request-ID": "my-request.1"})
        assert kept.headers["x-request-id"] == kept.json()["request_id"] == "my-request.1"
        for odd in ("short", "x" * 65, "with space", "a;b\u00e9-------"):
            replaced = await api.get("/tasks", headers=[(b"x-request-id", odd.encode())])
            assert re.fullmatch(r"[0-9a-f-]{36}", replaced.headers["x-request-id"])

    async def test_only_listed_origins_may_read_answers(self, worker_database: str) -> None:
        application = create_app(settings_for(worker_database, cors_origins="https://app.example.com"))
        async with application.router.lifespan_context(application), Api.of(application) as caller:
            for origin, is_allowed in (
                ("https://app.example.com", True),
                ("https://app.example.com.evil.example", False),
                ("null", False),
            ):
                response = await caller.get("/tasks", headers={"Origin": origin})
                assert (response.headers.get("access-control-allow-origin") == origin) is is_allowed
            preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PATCH"}
            allowed = await caller.request("OPTIONS", "/tasks/x", headers=preflight)
            assert allowed.headers["access-control-allow-credentials"] == "true"

    async def test_production_tells_browsers_to_insist_on_tls_and_hides_the_documents(
        self, worker_database: str
    ) -> None:
        settings = settings_for(worker_database, environment="production", password_hash_rounds=10, mail_delivery="off")
        application = create_app(settings)
        async with application.router.lifespan_context(application), Api.of(application) as caller:
            assert "max-age" in (await caller.get("/health/live")).headers["strict-transport-security"]
            for path in ("/docs", "/redoc", "/openapi.json"):
                assert (await caller.client.get(path)).status_code == 404


class TestProblems:
    async def test_every_type_is_explained(self, api: Api) -> None:
        for error in all_errors():
            page = await api.client.get(f"/problems/{error.code.replace('_', '-')}")
            assert page.status_code == 200
            assert error.code in page.text
            assert len(page.text.splitlines()) >= 3, error

    async def test_an_unknown_type_is_not_found(self, api: Api) -> None:
        problem(await api.client.get("/problems/nothing"), 404, "not_found")

    async def test_a_fault_of_ours_is_a_bare_500_and_goes_to_the_log(
        self, worker_database: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        application = create_app(settings_for(worker_database))

        @application.get("/api/v1/broken")
        async def broken() -> None:
            raise RuntimeError("canary")

        configure_logging("info", "json")
        async with application.router.lifespan_context(application), Api.of(application) as caller:
            response = await caller.get("/broken")
        configure_logging("error")
        document = problem(response, 500, "internal_error")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        line = next(line for line in lines if line.get("id") == document["request_id"])
        assert (line["status"], line["error"], line["route"]) == (500, "builtins.RuntimeError", "/api/v1/broken")
        assert any("broken" in frame for frame in line["frames"])
        assert "canary" not in response.text + json.dumps(lines)


class TestLog:
    async def test_one_line_a_request_without_credentials(self, ana: Api, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", "json")
        await ana.get("/tasks?limit=1", headers={"User-Agent": "evil\x1b[31m"})
        await ana.log_in()
        configure_logging("error")
        err = capsys.readouterr().err
        lines = [line for line in map(json.loads, err.splitlines()) if line["event"] == "request"]
        assert [(line["method"], line["route"], line["status"]) for line in lines] == [
            ("GET", "/api/v1/tasks", 200),
            ("POST", "/api/v1/auth/login", 200),
        ]
        assert lines[0]["user"] == str(ana.id)
        assert lines[0]["ms"] >= 0
        for secret in (
            ana.client.headers["Authorization"].split()[1],
            ana.client.cookies["refresh_token"],
            "battery",
            ana.email,
        ):
            assert secret not in err

    def test_values_cannot_break_out_of_their_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        import structlog

        for log_format in ("console", "json"):
            configure_logging("info", log_format)
            structlog.get_logger("test").info("event", value="a\r\nfake line \x1b[31m red")
            err = capsys.readouterr().err
            assert len(err.splitlines()) == 1
            assert "\x1b[31m red" not in err
        configure_logging("error")


class TestOpenApi:
    @pytest.fixture
    def document(self, app: FastAPI) -> dict[str, Any]:
        return app.openapi()

    def test_every_route_documents_its_errors_as_problems(self, document: dict[str, Any]) -> None:
        assert document["openapi"].startswith("3.1")
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                assert operation["description"], (method, path)
                if not path.startswith("/api/"):
                    continue
                for status in ("413", "415", "422", "503"):
                    content = operation["responses"][status]["content"]
                    assert content.keys() == {"application/problem+json"}, (method, path, status)
                    assert content["application/problem+json"]["examples"]
        assert "HTTPValidationError" not in document["components"]["schemas"]

    def test_every_body_has_an_example(self, document: dict[str, Any]) -> None:
        for operations in document["paths"].values():
            for operation in operations.values():
                content = operation.get("requestBody", {}).get("content", {}).get("application/json")
                if content is not None:
                    assert "examples" in json.dumps(resolved(content["schema"], document)), operation["operationId"]

    def test_operation_ids_are_unique(self, document: dict[str, Any]) -> None:
        ids = [
            operation["operationId"] for operations in document["paths"].values() for operation in operations.values()
        ]
        assert len(ids) == len(set(ids))


def resolved(schema: Any, document: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return {key: resolved(value, document) for key, value in schema.items()}
    return [resolved(value, document) for value in schema] if isinstance(schema, list) else schema


async def test_head_answers_as_get_without_the_body(ana: Api) -> None:
    get: httpx.Response = await ana.get("/tasks")
    head = await ana.request("HEAD", "/tasks")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_priorities_are_the_same_for_all(ana: Api, bob: Api, api: Api) -> None:
    listed = (await ana.get("/priorities")).json()
    assert [(item["name"], item["level"]) for item in listed["items"]] == [
        ("Low", 1),
        ("Medium", 2),
        ("High", 3),
        ("Urgent", 4),
    ]
    assert (await bob.get("/priorities")).json() == listed
    problem(await api.get("/priorities"), 401, "unauthorized")


class TestDocs:
    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    async def test_load_nothing_from_elsewhere_and_no_inline_script(self, api: Api, path: str) -> None:
        page = await api.client.get(path)
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        loaded = re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.text)
        assert loaded
        for address in loaded:
            assert address.startswith("/")
            assert (await api.client.get(address)).status_code == 200
        assert "<script>" not in page.text
