"""``/docs`` and ``/redoc``, with all that they load served from here: they work offline, without inline scripts."""

import importlib.util
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSETS = "/docs/assets"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Todo API</title>
<link rel="icon" href="{assets}/favicon.png">
{head}
</head>
<body>{body}</body>
</html>
"""
_SWAGGER = _PAGE.format(
    assets=ASSETS,
    head=f'<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">',
    body=f'<div id="docs"></div><script src="{ASSETS}/swagger-ui-bundle.js"></script>'
    '<script src="/docs/start.js"></script>',
)
_REDOC = _PAGE.format(
    assets=ASSETS,
    head="<style>body { margin: 0 }</style>",
    body=f'<redoc spec-url="/openapi.json"></redoc><script src="{ASSETS}/redoc.standalone.js"></script>',
)
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""

docs = APIRouter(include_in_schema=False)


@docs.get("/docs")
async def swagger() -> HTMLResponse:
    return HTMLResponse(_SWAGGER, headers={"Content-Security-Policy": CSP})


@docs.get("/redoc")
async def redoc() -> HTMLResponse:
    return HTMLResponse(_REDOC, headers={"Content-Security-Policy": CSP})


@docs.get("/docs/start.js")
async def start() -> Response:
    return Response(_START, media_type="text/javascript")


def assets() -> Mount:
    """The scripts and styles of Swagger UI and ReDoc, as the package ``fastapi-offline`` ships them."""
    package = importlib.util.find_spec("fastapi_offline")  # found, not imported: only its files are wanted
    assert package is not None
    assert package.origin is not None
    return Mount(ASSETS, StaticFiles(directory=Path(package.origin).parent / "static"))
