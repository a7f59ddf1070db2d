"""An application that reaches its database by way of a relay, which sees what goes over the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from src.main import create_app
from tests.api.test_token_exchange import CONFIGURED
from tests.conftest import settings_for
from tests.faults.proxy import Proxy


@dataclass(frozen=True)
class Wired:
    app: FastAPI
    proxy: Proxy

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Wired"]:
        async with Proxy.to(url) as proxy:
            app = create_app(settings_for(proxy.url(url), **CONFIGURED))
            async with app.router.lifespan_context(app):
                yield cls(app, proxy)
