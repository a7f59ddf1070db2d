"""Callers of the API and the data they send."""

import ipaddress
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

SECRET = "test-only-Zq8nV2rT5yKw1sXc7mBf4gHj9pLd3aQe"
PASSWORD = "correct horse battery"
BASE = "/api/v1"


def unique_email() -> str:
    return f"user-{secrets.token_hex(8)}@example.com"


def task_data(**changes: object) -> dict[str, object]:
    """A valid body for POST /tasks."""
    return {"title": "Call Ana", **changes}


class Api:
    """A caller: an httpx client with the conveniences that tests need. Paths are relative to /api/v1."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.email = unique_email()
        self.user: dict[str, Any] = {}

    @classmethod
    @asynccontextmanager
    async def of(cls, app: FastAPI) -> AsyncIterator["Api"]:
        """In-process, over ASGI, from an address that no other caller has."""
        address = ipaddress.IPv4Address(0x0A000000 + secrets.randbelow(2**24))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(str(address), 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield cls(client)

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator["Api"]:
        """Of a real server."""
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            yield cls(client)

    @property
    def id(self) -> UUID:
        return UUID(self.user["id"])

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.client.request(method, path if path.startswith("/health") else f"{BASE}{path}", **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: object = None, **options: Any) -> httpx.Response:
        return await self.request("POST", path, json=json, **options)

    async def patch(self, path: str, json: object = None, **options: Any) -> httpx.Response:
        return await self.request("PATCH", path, json=json, **options)

    async def delete(self, path: str, json: object = None, **options: Any) -> httpx.Response:
        return await self.request("DELETE", path, json=json, **options)

    async def register(self, **changes: object) -> httpx.Response:
        return await self.post("/auth/register", {"email": self.email, "password": PASSWORD, **changes})

    async def log_in(self, **changes: object) -> httpx.Response:
        """On success the client goes on as that user, with a new session."""
        response = await self.post("/auth/login", {"email": self.email, "password": PASSWORD, **changes})
        if response.status_code == 200:
            self.user = response.json()["user"]
            self.use(response.json()["access_token"])
        return response

    async def register_and_log_in(self, **changes: object) -> None:
        assert (await self.register(**changes)).status_code == 201
        assert (await self.log_in()).status_code == 200

    def use(self, access_token: str | None) -> None:
        self.client.headers.pop("Authorization", None)
        if access_token is not None:
            self.client.headers["Authorization"] = f"Bearer {access_token}"

    async def create_task(self, **changes: object) -> dict[str, Any]:
        response = await self.post("/tasks", task_data(**changes))
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created


async def make_series(caller: Api, **changes: object) -> dict[str, Any]:
    """A series of the caller's; every day at nine unless ``changes`` say otherwise."""
    body = {"title": "Water the plants", "rrule": "FREQ=DAILY", "due_time": "09:00", **changes}
    response = await caller.post("/recurring-tasks", body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that the response is this problem, and a well-formed one; its document."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["request_id"] == response.headers["x-request-id"]
    return document
