"""JSON that costs more to read than to send, or that other readers read differently."""

import asyncio

import pytest

from tests.factories import Api, problem
from tests.security.conftest import Server
from tests.security.operations import operations_of
from tests.security.wire import PATIENCE

DEEP = 100_000
BOMBS = {
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep arrays in a field": b'{"title":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "unclosed arrays": b"[" * DEEP * 5,
    "a huge integer": b'{"title":' + b"9" * 4400 + b"}",
    "a huger integer": b'{"title":' + b"9" * 900_000 + b"}",
    "a huge exponent": b'{"title":1e' + b"9" * 1000 + b"}",
    "NaN": b'{"title":NaN}',
    "Infinity": b'{"title":-Infinity}',
    "1e400": b'{"title":1e400}',
    "a lone surrogate": b'{"title":"\\ud800"}',
    "a surrogate in bytes": b'{"title":"\xed\xa0\x80"}',
    "a NUL": b'{"title":"a\\u0000b"}',
    "bytes that are no text": b'{"title":"\xff\xfe"}',
    "UTF-16": '{"title":"x"}'.encode("utf-16"),
    "UTF-32": '{"title":"x"}'.encode("utf-32"),
    "a comment": b'{"title":"x" /* y */}',
    "single quotes": b"{'title':'x'}",
    "a comma too many": b'{"title":"x",}',
    "two documents": b'{"title":"x"}{"title":"y"}',
    "a scalar": b"1",
    "null": b"null",
    "nothing": b"",
    "white space": b" " * 500_000,
    "a field a hundred thousand times": b"{" + b",".join([b'"f":1'] * 100_000) + b"}",
}
FAULTS = {
    "fields": b"{" + b",".join(b'"f%d":1' % number for number in range(80_000)) + b"}",
    "fields whose hashes could collide": b"{" + b",".join(b'"%d":1' % (n << 20) for n in range(50_000)) + b"}",
    "integers": b'{"title":"x","tags":[' + b"1," * 400_000 + b"1]}",
    "objects": b'{"operations":[' + b"{}," * 300_000 + b"{}]}",
    "lists in a list": b'{"operations":[' + b"[{},{},{},{},{},{},{},{},{},{}]," * 5000 + b"{}]}",
    "operations full of fields": b'{"operations":['
    + b",".join([b'{"op":"create","data":{' + b",".join(b'"%x":1' % n for n in range(180)) + b"}}"] * 499)
    + b"]}",
}
"""Each of which would have to be told, so that one request took the service seconds."""


@pytest.mark.parametrize("name", BOMBS)
async def test_are_refused_and_hold_nobody_up(ana: Api, bob: Api, name: str) -> None:
    async with asyncio.timeout(PATIENCE):
        refused, others = await asyncio.gather(
            ana.request("POST", "/tasks", content=BOMBS[name], headers={"Content-Type": "application/json"}),
            asyncio.gather(*(bob.get("/users/me") for _ in range(5))),
        )
    problem(refused, 422, "validation_error")
    assert len(refused.content) < 20_000
    assert {answer.status_code for answer in others} == {200}


@pytest.mark.parametrize("name", FAULTS)
async def test_of_very_many_faults_are_refused_as_a_whole(ana: Api, name: str) -> None:
    for path in ("/auth/login", "/tasks", "/tasks/bulk"):
        response = await ana.request("POST", path, content=FAULTS[name], headers={"Content-Type": "application/json"})
        problem(response, 413, "body_too_large")


async def test_are_refused_by_every_route(server: Server, ana: Api) -> None:
    ids = {"user_id": str(ana.id), "occurrence_date": "2026-12-01"}
    for operation in operations_of(server):
        if operation.body_model is not None:
            path = operation.path.format(**dict.fromkeys(operation.ids, str(ana.id)) | ids)
            for body in (BOMBS["deep arrays"], BOMBS["deep objects"], BOMBS["a huge integer"], BOMBS["NaN"]):
                headers = {"Content-Type": "application/json"}
                response = await ana.client.request(operation.method, path, content=body, headers=headers)
                problem(response, 422, "validation_error")


async def test_a_field_next_to_a_bad_one_is_not_stored(ana: Api) -> None:
    """A NaN that is stored would make every later list fail."""
    for body in (b'{"title":"x","due_date":NaN}', b'{"title":"x","parent_id":1e400}', b'{"title":"x","a":Infinity}'):
        await ana.request("POST", "/tasks", content=body, headers={"Content-Type": "application/json"})
    assert (await ana.get("/tasks")).json()["items"] == []


@pytest.mark.parametrize("value", [True, 5, 5.0, "5", "true", [True], None])
async def test_a_number_a_text_and_a_truth_are_not_taken_for_each_other(ana: Api, value: object) -> None:
    if value is not True:
        problem(await ana.post("/tasks", {"title": "x", "is_completed": value}), 422, "validation_error")
    if not isinstance(value, str):
        problem(await ana.post("/tasks", {"title": value}), 422, "validation_error")
