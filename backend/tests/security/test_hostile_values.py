"""Every value that a request can hold, replaced by hostile ones, each in its turn: all else in the request is valid.

What there is to replace is read from the OpenAPI document. No answer is a 5xx or one that the document does not have,
none holds a secret or repeats what it refuses, and nothing of anybody else is touched. In CI always with the same
values; ``HOSTILE_EXAMPLES=40`` tries more than ten times as many.
"""

import json
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from src.core.config import REPOSITORY
from tests.api.test_token_exchange import SHARED_SECRET
from tests.factories import PASSWORD, SECRET, Api, make_series
from tests.model.service import OWNED_TABLES
from tests.security.conftest import CANARY, Server, caller_of
from tests.security.declared import Document
from tests.security.hostile_places import FORM, Place, places_of
from tests.security.hostile_requests import PLAIN, Attack, Attacker, attacks_on
from tests.security.operations import JSON, Operation, operations_in
from tests.startup.processes import password_of

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "3"))
OPENAPI = json.loads((REPOSITORY / "frontend/openapi.json").read_text())
OPERATIONS = list(operations_in(OPENAPI))
DOCUMENT = Document(OPENAPI)
HERS = "hErs"
READ = (
    "/tasks?limit=200",
    "/tasks?trash=true",
    "/tags",
    "/recurring-tasks",
    "/users/me",
    "/users/me/export",
    "/tasks/stats",
)
READ += tuple(f"/tasks/export?format={kind}" for kind in ("csv", "json", "ics"))

UNDOCUMENTED = (
    "authorization",
    "cookie",
    "origin",
    "sec-fetch-site",
    "x-request-id",
    "x-forwarded-for",
    "host",
    "range",
)
UNDOCUMENTED += (
    "user-agent",
    "content-type",
    "content-encoding",
    "accept",
    "accept-language",
    "if-modified-since",
    "te",
)


def examples_of(name: str, places: list[Place]) -> list[list[Attack]]:
    found: list[list[Attack]] = []

    @seed(name if "CI" in os.environ else secrets.randbits(64))
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(attacks_on(places))
    def draw(attacks: list[Attack]) -> None:
        found.append(attacks)

    draw()
    return found


@pytest.fixture(scope="module")
async def bystander(server: Server) -> AsyncIterator[Api]:
    """Somebody who has something of everything, which nobody else may see or touch."""
    async with caller_of(server) as caller:
        await caller.register_and_log_in(first_name=HERS)
        tag = (await caller.post("/tags", {"name": f"{HERS} tag"})).json()
        await caller.create_task(title=f"{HERS} task", description=HERS, tags=[tag["id"]])
        await make_series(caller, title=f"{HERS} series", tags=[tag["id"]])
        yield caller


async def rows_of(server: Server, user: Api) -> list[str]:
    tables = {row["relname"]: "user_id" for row in await server.fetch(OWNED_TABLES)} | {"users": "id"}
    parts = (
        f"SELECT '{table}' || t::text AS line FROM {table} AS t WHERE {owner} = $1" for table, owner in tables.items()
    )
    return [row["line"] for row in await server.fetch(f"{' UNION ALL '.join(parts)} ORDER BY 1", user.id)]


@pytest.fixture
async def attacker(server: Server, bystander: Api) -> AsyncIterator[Attacker]:
    """Whose log holds no secret afterwards, and who has changed nothing of anybody else's."""
    before, log_size = await rows_of(server, bystander), server.log_size
    async with Attacker(server) as attacker:
        attacker.secrets |= {SECRET, SHARED_SECRET, password_of(server.database), HERS, bystander.email}
        yield attacker
        assert await rows_of(server, bystander) == before
        assert [secret for secret in attacker.secrets if secret in server.logged_since(log_size)] == []


async def attack_all(attacker: Attacker, operation: Operation, places: list[Place]) -> None:
    hit = set()
    for attack in chain.from_iterable(examples_of(str(operation), places)):
        known = attacker.secrets.copy()  # an answer may well hold new tokens
        try:
            check(await attacker.send(operation, attack), operation, known, attack.place.where)
        except Exception as error:
            error.add_note(f"{operation}, {attack}")
            raise
        hit.add(attack.place)
    assert hit == set(places)


def check(response: httpx.Response, operation: Operation, known: set[str], place: str = "") -> None:
    told = f"{response.status_code} {response.text[:500]}"
    assert DOCUMENT.fault_in(response, operation, place=place) is None, told
    shown = f"{response.headers} {response.text}"
    assert [secret for secret in known if secret in shown] == [], told
    if response.status_code >= 400:
        assert CANARY.lower() not in shown.lower(), told


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_in_every_place_do_no_harm(attacker: Attacker, operation: Operation) -> None:
    plain = await attacker.send(operation)
    assert plain.is_success or operation.path == "/problems/{name}", f"the attacks attack nothing: {plain.text}"
    check(plain, operation, {PASSWORD})
    for place in places_of(operation):
        if place.plain:
            answer = await attacker.send(operation, Attack(place, PLAIN))
            assert answer.is_success, f"{place} is not reached: {answer.text}"
    await attack_all(attacker, operation, places_of(operation))
    for path in READ:
        assert (await attacker.read(path)).status_code == 200, path


@pytest.mark.parametrize("name", ["POST /api/v1/auth/refresh", "POST /api/v1/tasks", "GET /api/v1/tasks"])
async def test_in_headers_that_no_document_names_do_no_harm(attacker: Attacker, name: str) -> None:
    (operation,) = (each for each in OPERATIONS if str(each) == name)
    await attack_all(attacker, operation, [Place("header", header, {"type": "string"}) for header in UNDOCUMENTED])


def test_the_places_are_all_that_the_document_names(server: Server) -> None:
    assert server.openapi == OPENAPI
    for operation in OPERATIONS:
        places = places_of(operation)
        parameters = {(each["in"], each["name"]) for each in operation.document.get("parameters", ())}
        assert {(place.where, place.name) for place in places if not place.template} == parameters
        assert {place.where for place in places if place.template} == set(operation.bodies)
        for kind in {JSON, FORM} & set(operation.bodies):
            fields = set(fields_below(operation.bodies[kind], operation))
            assert {(place.within, place.name) for place in places if place.within} == fields, operation


def fields_below(document: Any, operation: Operation) -> Iterator[tuple[str, str]]:
    """Of all models that are referred to, wherever that is."""
    if isinstance(document, list):
        for each in document:
            yield from fields_below(each, operation)
    elif isinstance(document, dict):
        for name in document.get("properties", ()):
            yield document["title"], name
        for key, value in document.items():
            if key == "$ref":
                yield from fields_below(operation.components[value.rpartition("/")[2]], operation)
            elif key != "mapping":
                yield from fields_below(value, operation)
