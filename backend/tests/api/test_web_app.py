"""The web app beside the API: what is served, how it is kept, and what stays the API's."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.logging import configure_logging
from src.main import create_app
from tests.conftest import settings_for
from tests.factories import Api, problem

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br, zstd"}
SCRIPT = "/assets/index-DuFgfgYr.js"
FILES = {
    "index.html": "<!doctype html><title>Todo</title>",
    SCRIPT[1:]: "console.log('todo')",
    "assets/index-B2VE6WIS.css": "body { color: CanvasText }",
    "sw.js": "self.addEventListener('fetch', () => {})",
    "theme.js": "document.title",
    "manifest.webmanifest": "{}",
    "icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
PICTURE = b"\x89PNG\r\n"


def build(folder: Path, files: dict[str, str]) -> Path:
    """As the build leaves it: what is text has its compressed forms beside it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(text.encode()))
        path.with_name(f"{path.name}.br").write_bytes(b"brotli of " + text.encode())
    (folder / "icon-192.png").write_bytes(PICTURE)
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder / ".env").write_text("canary")
    return folder


async def serving(database: str, folder: Path | str) -> AsyncIterator[FastAPI]:
    application = create_app(settings_for(database, web_app_dir=folder))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="module")
async def web_app(worker_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    """The application with a built web app, beside which there is a secret that links lead to."""
    root = tmp_path_factory.mktemp("web")
    (root / "secrets").mkdir()
    (root / "secrets" / "secret.txt").write_text("canary")
    folder = build(root / "dist", FILES)
    (folder / "leak.txt").symlink_to(root / "secrets" / "secret.txt")
    (folder / "theme.js.br").unlink()
    (folder / "theme.js.br").symlink_to(root / "secrets" / "secret.txt")
    (folder / "linked").symlink_to(root / "secrets", target_is_directory=True)
    async for application in serving(worker_database, folder):
        yield application


@pytest.fixture
async def web(web_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with Api.of(web_app) as caller:
        yield caller.client


async def raw(web: httpx.AsyncClient, path: str, accept_encoding: str) -> tuple[str | None, bytes]:
    """The coding and the bytes of the body as they are sent."""
    async with web.stream("GET", path, headers={"Accept-Encoding": accept_encoding}) as response:
        body = b"".join([piece async for piece in response.aiter_raw()])
        assert response.headers["content-length"] == str(len(body))
        return response.headers.get("content-encoding"), body


def decoded(coding: str | None, body: bytes) -> str:
    decoders = {"br": lambda: body.removeprefix(b"brotli of "), "gzip": lambda: gzip.decompress(body)}
    return decoders.get(str(coding), lambda: body)().decode()


async def exactly(app: FastAPI, path: str) -> int:
    """The status for a path that HTTP clients would put in order first."""
    statuses = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    headers = [(b"accept", b"text/html")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return statuses[0]


class TestPage:
    @pytest.mark.parametrize("path", ["/", "/index.html", "/today", "/settings/sessions", "/tags/caf\u00e9", "/today/"])
    async def test_has_every_address_of_a_view(self, web: httpx.AsyncClient, path: str) -> None:
        response = await web.get(path, headers=BROWSER | {"Accept-Encoding": "identity"})
        assert response.status_code == 200
        assert response.text == FILES["index.html"]
        assert response.headers["content-type"] == "text/html; charset=utf-8"

    async def test_is_asked_for_each_time_and_is_strict(self, web: httpx.AsyncClient) -> None:
        headers = (await web.get("/today", headers=BROWSER | {"Accept-Encoding": "gzip"})).headers
        assert headers["cache-control"] == "no-cache"
        assert headers["vary"] == "Accept, Accept-Encoding"
        assert headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "camera=()" in headers["permissions-policy"]

    @pytest.mark.parametrize("path", ["/today", "/settings/sessions"])
    async def test_is_not_for_programs(self, web: httpx.AsyncClient, path: str) -> None:
        problem(await web.get(path, headers={"Accept": "application/json"}), 404, "not_found")

    async def test_is_at_the_root_whatever_is_accepted(self, web: httpx.AsyncClient) -> None:
        assert (await web.get("/", headers={"Accept": "*/*"})).status_code == 200


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            (SCRIPT, "text/javascript; charset=utf-8"),
            ("/assets/index-B2VE6WIS.css", "text/css; charset=utf-8"),
            ("/manifest.webmanifest", "application/manifest+json"),
            ("/icon.svg", "image/svg+xml"),
            ("/icon-192.png", "image/png"),
        ],
    )
    async def test_say_what_they_are(self, web: httpx.AsyncClient, path: str, kind: str) -> None:
        response = await web.get(path)
        assert (response.status_code, response.headers["content-type"]) == (200, kind)

    async def test_with_a_hash_in_the_name_are_kept_for_ever(self, web: httpx.AsyncClient) -> None:
        for path in (SCRIPT, "/assets/index-B2VE6WIS.css"):
            assert (await web.get(path)).headers["cache-control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize("path", ["/sw.js", "/theme.js", "/manifest.webmanifest", "/icon.svg", "/icon-192.png"])
    async def test_with_a_lasting_name_are_asked_for_each_time(self, web: httpx.AsyncClient, path: str) -> None:
        assert (await web.get(path)).headers["cache-control"] == "no-cache"

    async def test_that_run_as_workers_may_load_scripts_and_fetch_and_no_more(self, web: httpx.AsyncClient) -> None:
        for path in ("/sw.js", SCRIPT):
            policy = (await web.get(path)).headers["content-security-policy"]
            assert policy == "default-src 'none'; script-src 'self'; connect-src 'self'"

    async def test_that_are_no_page_and_no_script_have_the_policy_of_the_api(self, web: httpx.AsyncClient) -> None:
        for path in ("/icon.svg", "/icon-192.png", "/manifest.webmanifest", "/api/v1/tasks", "/health/live"):
            policy = (await web.get(path)).headers["content-security-policy"]
            assert policy == "default-src 'none'; frame-ancestors 'none'"

    async def test_head_says_what_get_would(self, web: httpx.AsyncClient) -> None:
        for path in ("/", SCRIPT):
            get, head = await web.get(path), await web.head(path)
            assert (head.status_code, head.content) == (200, b"")
            for name in ("content-length", "content-type", "content-encoding", "etag", "cache-control", "vary"):
                assert head.headers.get(name) == get.headers.get(name)


class TestCoding:
    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, br;q=0", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("*", "br"),
            ("*, br;q=0.0", "gzip"),
            ("*;q=0, gzip", "gzip"),
            ("br;q=0, gzip;q=0.000", None),
            ("identity", None),
            ("identity;q=0", None),
            ("deflate", None),
            ("", None),
            (",;=,q=0", None),
        ],
    )
    async def test_is_one_that_the_client_takes(
        self, web: httpx.AsyncClient, accepted: str, coding: str | None
    ) -> None:
        used, body = await raw(web, SCRIPT, accepted)
        assert used == coding
        assert decoded(used, body) == FILES[SCRIPT[1:]]

    async def test_caches_are_told_that_it_varies(self, web: httpx.AsyncClient) -> None:
        for path in (SCRIPT, "/sw.js", "/icon-192.png"):
            assert (await web.get(path)).headers["vary"] == "Accept-Encoding"

    async def test_there_is_none_of_what_the_build_did_not_compress(self, web: httpx.AsyncClient) -> None:
        assert await raw(web, "/icon-192.png", "br, gzip") == (None, PICTURE)

    async def test_compressed_files_have_no_address_of_their_own(self, web: httpx.AsyncClient) -> None:
        for path in (f"{SCRIPT}.br", f"{SCRIPT}.gz", "/index.html.gz"):
            problem(await web.get(path, headers=BROWSER), 404, "not_found")


class TestETag:
    @pytest.mark.parametrize("path", ["/", "/today", "/sw.js", "/theme.js", "/manifest.webmanifest", "/icon-192.png"])
    async def test_what_the_client_has_is_not_sent_again(self, web: httpx.AsyncClient, path: str) -> None:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
        first = await web.get(path, headers=headers)
        tag = first.headers["etag"]
        for known in (tag, f'"other", W/{tag}', "*"):
            again = await web.get(path, headers={**headers, "If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "cache-control", "vary"):
                assert again.headers[name] == first.headers[name]
        assert (await web.get(path, headers={**headers, "If-None-Match": '"other"'})).status_code == 200

    async def test_is_another_for_each_coding(self, web: httpx.AsyncClient) -> None:
        tags = {
            (await web.head(SCRIPT, headers={"Accept-Encoding": coding})).headers["etag"]
            for coding in ("br", "gzip", "identity")
        }
        assert len(tags) == 3


class TestWhatIsNotServed:
    @pytest.mark.parametrize(
        "path",
        [
            "/api",
            "/api/v1",
            "/api/v1/nothing",
            "/api/v2/tasks",
            "/health/nothing",
            "/problems/nothing",
            "/docs/nothing",
            "/metrics",
            "/assets",
            "/assets/",
            "/assets/index-00000000.js",
            "/assets/deep/link",
            "/nothing.js",
            "/nothing.html",
            "/favicon.ico",
            "/wp-login.php",
            "/.env",
            "/.vite/manifest.json",
            "/leak.txt",
            "/linked/secret.txt",
        ],
    )
    async def test_is_a_problem_and_never_the_page(self, web: httpx.AsyncClient, path: str) -> None:
        problem(await web.get(path, headers=BROWSER), 404, "not_found")

    @pytest.mark.parametrize(
        "path",
        [
            "/../secrets/secret.txt",
            "/assets/../../secrets/secret.txt",
            "/assets/..",
            "/../index",
            "/..",
            "//",
            "//index.html",
            "//example.com",
            "/today//x",
            "/..\\secrets\\secret.txt",
            "/today\\x",
            "/index.html\x00",
            "/today\x00",
            "/today\r\nX-Evil: 1",
            "/%2e%2e/secrets/secret.txt",
            "/assets/%2e%2e/%2e%2e/secrets/secret.txt",
            "",
        ],
    )
    async def test_no_path_leads_out(self, web_app: FastAPI, path: str) -> None:
        assert await exactly(web_app, path) == 404

    @pytest.mark.parametrize("path", ["/%2e%2e/secrets/secret.txt", "/assets/%2e%2e%2f%2e%2e%2fsecrets/secret.txt"])
    async def test_no_encoded_path_does(self, web: httpx.AsyncClient, path: str) -> None:
        problem(await web.get(path, headers=BROWSER), 404, "not_found")

    async def test_a_link_is_no_compressed_form(self, web: httpx.AsyncClient) -> None:
        assert (await raw(web, "/theme.js", "br"))[0] is None

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize("path", ["/", "/today", SCRIPT])
    async def test_is_not_changed(self, web: httpx.AsyncClient, method: str, path: str) -> None:
        response = await web.request(method, path, headers=BROWSER)
        problem(response, 405, "method_not_allowed")
        assert response.headers["allow"] == "GET, HEAD"


class TestBesideTheApi:
    async def test_a_wrong_method_is_the_apis_to_answer(self, web: httpx.AsyncClient) -> None:
        response = await web.get("/api/v1/tasks/bulk", headers=BROWSER)
        problem(response, 405, "method_not_allowed")
        assert response.headers["allow"] == "POST"

    async def test_the_api_does_its_work(self, web_app: FastAPI) -> None:
        async with Api.of(web_app) as ana:
            await ana.register_and_log_in()
            task = await ana.create_task()
            assert (await ana.get(f"/tasks/{task['id']}", headers=BROWSER)).json()["title"] == task["title"]

    async def test_the_document_knows_nothing_of_it(self, web_app: FastAPI, app: FastAPI) -> None:
        assert web_app.openapi() == app.openapi()

    async def test_the_log_names_it_without_the_address(
        self, web: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        configure_logging("info", "json")
        await web.get("/tags/canary", headers=BROWSER)
        configure_logging("error")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        (line,) = [line for line in lines if line["event"] == "request"]
        assert (line["route"], line["status"]) == ("web app", 200)
        assert "canary" not in json.dumps(line)


class TestWithoutTheApp:
    async def test_a_page_says_how_to_get_it_and_the_api_runs(
        self, worker_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = settings_for(worker_database, web_app_dir=tmp_path / "dist", log_level="info", log_format="json")
        application = create_app(settings)
        async with application.router.lifespan_context(application), Api.of(application) as ana:
            said = capsys.readouterr().err
            configure_logging("error")
            page = await ana.client.get("/", headers=BROWSER)
            assert page.status_code == 200
            assert "make run" in page.text
            assert "script" not in page.text
            assert "script-src 'self'" in page.headers["content-security-policy"]
            problem(await ana.client.get("/assets/index.js"), 404, "not_found")
            await ana.register_and_log_in()
        assert len([line for line in said.splitlines() if "make run" in line]) == 1

    async def test_it_can_be_switched_off(self, worker_database: str) -> None:
        async for application in serving(worker_database, "off"):
            async with Api.of(application) as api:
                problem(await api.client.get("/", headers=BROWSER), 404, "not_found")
                assert (await api.get("/health/live")).status_code == 200
