"""Secrets in answers: what was sent does not come back in a refusal, and what is stored never comes at all."""

from typing import Any

from tests.factories import Api
from tests.security.conftest import CANARY, Server
from tests.security.operations import Operation, operations_of

UNKNOWN = "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"
WRONG: list[Any] = [CANARY, [CANARY], {"$ne": CANARY}, CANARY * 2000, f"{CANARY}\0", 7]


def path_of(operation: Operation, caller: Api) -> str:
    ids = dict.fromkeys(operation.ids, UNKNOWN) | {"user_id": str(caller.id), "occurrence_date": "2026-12-01"}
    return operation.path.format(**ids | {"name": "not-found"})


async def refused_silently(caller: Api, operation: Operation, path: str, **options: Any) -> None:
    response = await caller.client.request(operation.method, path, **options)
    if response.status_code >= 400:
        assert CANARY.lower() not in response.text.lower(), operation
    assert CANARY.lower() not in str(response.headers).lower(), operation
    assert len(response.content) < 20_000, operation


async def test_no_refusal_repeats_a_field(server: Server, ana: Api) -> None:
    for operation in operations_of(server):
        example = operation.example() if operation.body_model else None
        if isinstance(example, dict):
            for wrong in WRONG:
                spoiled = dict.fromkeys(example, wrong)
                await refused_silently(ana, operation, path_of(operation, ana), json={**spoiled, "unknown": wrong})


async def test_nor_a_query_a_path_or_a_header(server: Server, ana: Api) -> None:
    for operation in operations_of(server):
        path = path_of(operation, ana)
        await refused_silently(ana, operation, f"{path}?unknown={CANARY}&limit={CANARY}&cursor={CANARY}&sort={CANARY}")
        if operation.ids:
            await refused_silently(
                ana,
                operation,
                operation.path.format(**dict.fromkeys(operation.ids, CANARY) | {"occurrence_date": CANARY}),
            )
        headers = dict.fromkeys(
            ("If-Match", "If-None-Match", "Origin", "Cookie", "X-Request-ID", "Accept"), CANARY + " x"
        )
        await refused_silently(ana, operation, path, headers=headers)
        headers = {"Content-Type": f"text/{CANARY}"}
        await refused_silently(ana, operation, path, content=CANARY.encode(), headers=headers)


async def test_no_answer_holds_what_only_the_server_may_know(server: Server, ana: Api) -> None:
    await ana.create_task()
    (row,) = await server.fetch("SELECT password_hash FROM users WHERE id = $1", ana.id)
    family = ana.client.cookies["refresh_token"].partition(".")[0]
    for path in ("/users/me", "/users/me/export", "/tasks", "/auth/sessions", "/tasks/export?format=json"):
        text = (await ana.get(path)).text
        for secret in (row["password_hash"], family, "password", "_hash", "_key", "is_active"):
            assert secret not in text, (path, secret)


async def test_no_answer_names_what_the_service_is_made_of(server: Server, ana: Api) -> None:
    for path in ("/api/v1/tasks", "/api/v1/nothing", "/health", "/api/v1/tasks/x", "/"):
        response = await ana.client.get(path)
        shown = f"{response.headers} {response.text}".lower()
        for word in (
            "uvicorn",
            "starlette",
            "python",
            "asyncpg",
            "sqlalchemy",
            "traceback",
            ".py",
            "select ",
            "postgres",
        ):
            assert word not in shown, (path, word)
        assert "server" not in response.headers
        assert "x-powered-by" not in response.headers
