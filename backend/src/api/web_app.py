"""The web app beside the API: ``frontend/dist`` as the build left it, read once and served from memory.

It answers what no route of the API has. Views have addresses too (``/today``), which only the page understands: whoever
opens one gets ``index.html``. Nothing of a request reaches the file system, so there is no path to be traversed.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from src.api.errors import NotAllowed
from src.api.routing import matches

PAGE = "/index.html"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Vary": "Accept, Accept-Encoding",
}
# a worker obeys the policy of its own script, not of the page that starts it
SCRIPT_HEADERS = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'"}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"

CODINGS = {"br": ".br", "gzip": ".gz", "identity": ""}
"""Content codings, the best first, and how the build names the files that have them."""
NO_WEIGHT = re.compile(r"q=0(\.0*)?")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

RESERVED = frozenset({"api", "assets", "docs", "health", "metrics", "problems", "redoc"})
"""Beginnings of addresses that are never a view's."""
VIEW = re.compile(r"/(?P<first>[^/.\\\x00-\x1f\x7f]+)(/[^/.\\\x00-\x1f\x7f]+)*/?")

NOT_BUILT = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Todo</title>
<h1>The web app is not built</h1>
<p>The API is running; it is below <code>/api/v1</code>.
<p>To get the web app too, install <a href="https://nodejs.org">Node.js</a> 20 or later and start again with
<code>make run</code>, which builds it.
</html>
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Variant:
    """A file's content in one coding."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """One file, in each coding that the build made of it."""

    variants: dict[str, Variant]

    @classmethod
    def of(cls, address: str, bodies: dict[str, bytes]) -> Self:
        """``bodies``: by coding, the best first."""
        headers = _headers(address)
        return cls({coding: Variant(body, headers | _own_headers(coding, body)) for coding, body in bodies.items()})

    def answer(self, asked: Headers) -> Response:
        wanted = _acceptable(asked.get("accept-encoding", ""))
        variant = next(variant for coding, variant in self.variants.items() if coding in wanted)
        if matches(asked.get("if-none-match", ""), variant.headers["ETag"]):
            return Response(status_code=304, headers=variant.headers)
        return Response(variant.body, headers=variant.headers)


class WebApp:
    """An ASGI application for what nothing else has answered; what it does not have goes to ``otherwise``."""

    path = "web app"  # how the request's line in the log calls it

    def __init__(self, files: dict[str, File], *, otherwise: ASGIApp) -> None:
        self._files = files
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        file = self._find(scope["path"], asked) if scope["type"] == "http" else None
        if file is None:
            await self._otherwise(scope, receive, send)
            return
        scope["route"] = self
        if scope["method"] != "GET":  # HEAD arrives as GET
            raise NotAllowed(headers={"Allow": "GET, HEAD"})
        await file.answer(asked)(scope, receive, send)

    def _find(self, path: str, asked: Headers) -> File | None:
        if path == "/" or (_is_view(path) and "text/html" in asked.get("accept", "")):
            path = PAGE
        return self._files.get(path)


def web_app(folder: Path | Literal["off"], *, otherwise: ASGIApp) -> ASGIApp:
    """What answers where no route does. Without a built app in the folder, a page says how to get it."""
    if folder == "off":
        return otherwise
    files = _read(folder)
    if PAGE in files:
        log.info("serving the web app", folder=str(folder), files=len(files))
    else:
        files = {PAGE: File.of(PAGE, {"identity": NOT_BUILT})}
        log.info("no web app: `make run` builds it where Node.js is 20 or later", folder=str(folder))
    return WebApp(files, otherwise=otherwise)


def _read(folder: Path) -> dict[str, File]:
    """By address. Links and hidden files are no part of the app."""
    contents = {
        f"/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not _is_hidden(path.relative_to(folder))
    }
    return {
        address: File.of(
            address,
            {coding: contents[address + suffix] for coding, suffix in CODINGS.items() if address + suffix in contents},
        )
        for address in contents
        if not address.endswith((".br", ".gz"))
    }


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_view(path: str) -> bool:
    match = VIEW.fullmatch(path)
    return match is not None and match["first"] not in RESERVED


def _headers(address: str) -> dict[str, str]:
    kind = Path(address).suffix
    extra = {".html": PAGE_HEADERS, ".js": SCRIPT_HEADERS}.get(kind, {})
    return {
        "Cache-Control": FOR_EVER if address.startswith("/assets/") else ASK_EACH_TIME,
        "Content-Type": MEDIA_TYPES.get(kind, "application/octet-stream"),
        "Vary": "Accept-Encoding",
        **extra,
    }


def _own_headers(coding: str, body: bytes) -> dict[str, str]:
    encoding = {} if coding == "identity" else {"Content-Encoding": coding}
    return {"ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"', **encoding}


def _acceptable(accept_encoding: str) -> set[str]:
    """Codings that the client takes (RFC 9110, 12.5.3). It always gets the file as it is if it takes none of them."""
    taken = {}
    for item in accept_encoding.lower().split(","):
        coding, _, quality = (part.strip() for part in item.partition(";"))
        taken[coding] = not NO_WEIGHT.fullmatch(quality)
    return {"identity", *(coding for coding in CODINGS if taken.get(coding, taken.get("*", False)))}
