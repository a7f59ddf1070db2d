"""Bad input of every kind, everywhere: refused with a readable problem, never with a 500, and never echoed.

What can be sent is read from the OpenAPI document, so that a new route or field is attacked without being named here.
"""

import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from src.core.logging import configure_logging
from tests.conftest import settings_for
from tests.factories import BASE, PASSWORD, Api, make_series, problem, task_data, unique_email

CANARY = "cAnArY"
CANARY_PASSWORD = f"{CANARY} battery horse"
MIB = 1 << 20
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", f"{CANARY}-X")
JSON = {"Content-Type": "application/json"}

VALID_BODIES: dict[str, dict[str, object]] = {
    "TaskCreate": {"title": "Call Ana"},
    "TaskUpdate": {"title": "Call Ana"},
    "TagCreate": {"name": "Work"},
    "TagUpdate": {"name": "Work"},
    "TagMerge": {"into": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"},
    "QuickAddCreate": {"text": "Call Ana tomorrow"},
    "TaskMove": {"before": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"},
    "TaskComplete": {"is_completed": True},
    "RecurringTaskCreate": {"title": "Water the plants", "rrule": "FREQ=DAILY"},
    "RecurringTaskUpdate": {"title": "Water the plants"},
    "RecurringTaskPreview": {"rrule": "FREQ=DAILY"},
    "TaskBulk": {"operations": [{"op": "create", "data": {"title": "Call Ana"}}]},
    "UserRegister": {"email": "canary-free@example.com", "password": CANARY_PASSWORD},
    "UserUpdate": {"first_name": "Ana", "current_password": CANARY_PASSWORD},
    "UserDelete": {"current_password": CANARY_PASSWORD},
    "PasswordChange": {"current_password": CANARY_PASSWORD, "new_password": CANARY_PASSWORD},
    "PasswordResetRequest": {"email": "canary-free@example.com"},
    "PasswordReset": {"token": "x", "new_password": CANARY_PASSWORD},
    "ExportDocument": {"format": "todo-export", "format_version": 1},
    "Login": {"email": "canary-free@example.com", "password": CANARY_PASSWORD},
}


@pytest.fixture(scope="module", autouse=True)
def everything_logged(app: FastAPI) -> Iterator[io.StringIO]:
    """All log lines at the lowest level, as they would be written."""
    written = io.StringIO()
    loggers = [
        (module, module.log)
        for name, module in sys.modules.items()
        if name.startswith("src.") and hasattr(module, "log")
    ]
    configure_logging("debug", "json")
    logging.getLogger().handlers[0].setStream(written)  # type: ignore[attr-defined]
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client's own log
    for module, _ in loggers:
        module.log = structlog.get_logger()  # the old ones remember the level at which they were first used
    yield written
    for module, log in loggers:
        module.log = log
    configure_logging(settings_for("").log_level)


@pytest.fixture(autouse=True)
def nothing_of_it_in_the_logs(everything_logged: io.StringIO) -> Iterator[None]:
    yield
    lines = everything_logged.getvalue()
    everything_logged.seek(0)
    everything_logged.truncate()
    assert CANARY not in lines
    assert "internal_error" not in lines
    assert '"level": "error"' not in lines, lines


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    document: dict[str, Any]
    components: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref")
        return self.components[reference.rpartition("/")[2]] if reference else schema

    def body_schema(self, media_type: str = "application/json") -> tuple[str, dict[str, Any]] | None:
        """The name and the schema of what it takes."""
        schema = self.document.get("requestBody", {}).get("content", {}).get(media_type, {}).get("schema")
        if schema is None:
            return None
        one = next((part for part in schema.get("anyOf", [schema]) if "$ref" in part), schema)
        return one["$ref"].rpartition("/")[2], self.resolved(one)

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [each for each in self.document.get("parameters", []) if each["in"] == place]


def operations_of(app: FastAPI) -> list[Operation]:
    document = app.openapi()
    return [
        Operation(method.upper(), path, operation, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


class Attacker:
    """A logged-in user who sends what nobody should."""

    def __init__(self, api: Api, task_id: str, tag_id: str, series: dict[str, Any]) -> None:
        self.api = api
        self.client = api.client
        self.ids = {"user_id": str(api.id), "task_id": task_id, "tag_id": tag_id, "name": "not-found"}
        self.ids |= {"recurring_task_id": series["id"], "occurrence_date": series["next_date"]}
        self.ids["session_id"] = str(uuid4())

    async def send(self, operation: Operation, **options: Any) -> httpx.Response:
        path = operation.path.format(**self.ids)
        return await self.client.request(operation.method, path, **options)


@pytest.fixture
async def attacker(ana: Api) -> Attacker:
    task = await ana.create_task()
    tag = (await ana.post("/tags", {"name": "Existing"})).json()
    return Attacker(ana, task["id"], tag["id"], await make_series(ana))


def refused(response: httpx.Response, status: int = 422, code: str = "validation_error", *, of: object = None) -> dict:
    """Assert that it is this problem, well-formed, and that it repeats nothing."""
    assert response.status_code == status, f"{of}: {response.status_code} {response.text[:300]}"
    document = problem(response, status, code)
    assert CANARY.lower() not in response.text.lower(), of
    assert CANARY.lower() not in str(response.headers).lower(), of
    assert document.keys() <= {
        "type",
        "title",
        "status",
        "code",
        "detail",
        "instance",
        "request_id",
        "errors",
        "error",
        "report",
    }
    assert document["type"] == f"/problems/{code.replace('_', '-')}"
    assert len(response.content) < 20_000
    if status == 422:
        assert document["errors"], of
        assert all(error.keys() == {"pointer", "code", "message"} for error in document["errors"])
    return document


def pointers(document: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in document["errors"]}


WRONG_FOR_ALL: list[object] = [
    [],
    [CANARY],
    {},
    {CANARY: CANARY},
    {"$ne": CANARY},
    [[[[CANARY]]]],
]
WRONG_FOR_TEXT: list[object] = [*WRONG_FOR_ALL, 0, 1, -1, 1.5, True, False, 2**31, 2**63, 10**30]
WRONG_FOR_LISTS: list[object] = [0, 1.5, True, CANARY, "", {}, {CANARY: CANARY}, {"0": CANARY}, [[CANARY]], [None]]
WRONG_FOR_BOOLEANS: list[object] = [
    *WRONG_FOR_ALL, 0, 1, -1, 2, 0.0, 1.0, 2**31, 2**63, 10**30,
    "", "true", "false", "True", "yes", "no", "on", "5", "0", "1", CANARY,
]  # fmt: skip
CONTROLS = [chr(c) for c in (*range(9), *range(0x0B, 0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0))]
UNCLEAN = [f"{CANARY}{control}{CANARY}" for control in (*CONTROLS, "\u2028", "\u2029")]
ODD_DAYS = [
    "", " ", CANARY, "0001-01-01", "1899-12-31", "9999-01-01", "9999-12-31", "10000-01-01", "0000-00-00",
    "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-04-31", "1900-02-29", "26-01-01", "2026-1-1",
    "20260101", "2026-W01-1", "2026-001", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+14:00",
    "2026-01-01 00:00", " 2026-01-01", "2026-01-01 ", "2026-01-01\x00", "2026-01-01\n", "+2026-01-01", "-2026-01-01",
    "٢٠٢٦-٠١-٠١", "2026/01/01", "01.01.2026", "today", "infinity", "-infinity", "epoch", "now", f"2026-01-01{CANARY}",
    "2026-01-01" * 1000, "1767225600",
]  # fmt: skip
ODD_TIMES = [
    "", CANARY, "24:00", "24:00:00", "23:60", "23:59:60", "25:00", "-01:00", "1:00", "10", "1000", "10:0", "10:00:0",
    "10:00:00.5", "10:00:00,5", "10:00Z", "10:00+02:00", "10:00 PM", " 10:00", "10:00 ", "10:00\x00", "T10:00", "١٠:٠٠",
    "10.00", "noon", "10:00:00" * 1000, f"10:00{CANARY}",
]  # fmt: skip
ODD_ZONES = [
    "", " ", CANARY, "utc", "UTC ", " UTC", "utc ", "Utc", "europe/berlin", "Europe/Berlin ", "Europe", "Europe/",
    "../../etc/passwd", "/etc/passwd", "/etc/localtime", "localtime", "posixrules", "Factory", "posix/UTC", "right/UTC",
    "tzdata.zi", "Europe/../UTC", "./UTC", "UTC\x00", "UTC\n", "+02:00", "UTC+2", "EST5EDT,M3.2.0,M11.1.0", "CEST",
    "a" * 64, "a" * 65, CANARY * 1000, "\u202eUTC", "UТC", "💥", "C:\\Windows", "%00", "${TZ}",
    "'; DROP TABLE tasks; --",
]  # fmt: skip
ODD_IDS = [
    "", CANARY, "1", "-1", "0", str(2**31), str(2**63), "9" * 4400, "null", "undefined", "NaN",
    "019ab7d06f3c7cc19a530b7e3c1f9f10", "{019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10}",
    "urn:uuid:019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f1",
    "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f100", "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9fgg",
    "019ab7d06f3c-7cc1-9a53-0b7e3c1f-9f10", "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10\x00",
    "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10\n", " 019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
    "٠19ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "0x19ab7d-6f3c-7cc1-9a53-0b7e3c1f9f10", CANARY * 1000, "' OR 1=1 --", "*",
]  # fmt: skip
ODD_ADDRESSES = [
    "", " ", CANARY, f"{CANARY}@", f"@{CANARY}.com", f"{CANARY}@{CANARY}", "a@b", f"a b{CANARY}@example.com",
    f"{CANARY}@example..com", f"{CANARY}@-example.com", f"Ana <{CANARY}@example.com>", f"{CANARY}@example.com,b@c.com",
    f"{CANARY}@example.com\x00", f"{CANARY}\x00@example.com", f"{CANARY}@example.com\nBcc: x@y.com",
    f"{CANARY}\r\nBcc:x@y.com", f"{CANARY}@[127.0.0.1]", f'"{CANARY} x"@example.com', f"{CANARY}@localhost",
    f"{CANARY}@exa\u202emple.com", f"{CANARY}\u200b@example.com", "a@" + "b" * 64 + ".com",
    "a@" + "b." * 130 + "com", CANARY * 10_000, f"{CANARY}@example.com" + " " * 500 + "x",
]  # fmt: skip
ODD_USERNAMES = [
    "", " ", "a", "ab", CANARY * 9, f"{CANARY}@example.com", f"{CANARY} x", f"-{CANARY}", f".{CANARY}", f"_{CANARY}",
    f"{CANARY}/x", f"{CANARY}\u200b", f"\u202e{CANARY}", f"{CANARY}💥", "\u0301ab", f"{CANARY}\tx", *UNCLEAN[::9],
]  # fmt: skip


def is_nullable(schema: dict[str, Any]) -> bool:
    return any(part.get("type") == "null" for part in schema.get("anyOf", []))


def inner(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without its null."""
    return next((part for part in schema.get("anyOf", []) if part.get("type") != "null"), schema)


def bad_values(name: str, schema: dict[str, Any]) -> list[object]:  # noqa: C901  # a table of cases
    """What this field must not take, by what its schema says that it is."""
    kind = inner(schema)
    values: list[object] = [] if is_nullable(schema) else [None]
    if kind.get("type") == "boolean":
        return [*values, *WRONG_FOR_BOOLEANS]
    if kind.get("type") == "array":
        return [*values, *WRONG_FOR_LISTS, *([value] for value in [*WRONG_FOR_TEXT, *ODD_IDS] if value not in ([],))]
    if "const" in kind:
        return [*values, *WRONG_FOR_ALL, "", CANARY, -1, 0, 2, 1.5, "1", 10**30]
    if name == "color":
        values += ["", CANARY, "red", "#12345", "#1234567", "#12345G", "123456", "#12345\n", "#12345\x00", "＃123456"]
    values += WRONG_FOR_TEXT
    if (longest := kind.get("maxLength")) is not None:
        values += [CANARY * (longest // len(CANARY) + 1), "💥" * (longest + 1), "a" * (longest + 1)]
    if "enum" in kind:
        return [*values, "", CANARY, "LOW", "low ", "1", "\x00", *UNCLEAN[:3]]
    odd = {"date": ODD_DAYS, "time": ODD_TIMES, "uuid": ODD_IDS, "email": ODD_ADDRESSES}.get(kind.get("format", ""))
    if odd is not None:
        return [*values, *odd]
    if kind.get("format") == "password":
        return [*values, *([""] if kind.get("minLength") else [])]
    if name == "token":  # an odd one is wrong, not invalid
        return values
    if name == "timezone":
        return [*values, *ODD_ZONES]
    if name == "username":
        return [*values, *ODD_USERNAMES]
    values += UNCLEAN if name in ("title", "name") else UNCLEAN[::9]
    if kind.get("minLength"):
        blanks = ["", " ", "\t", "\u00a0", "\u200b", "\u202e", "\u2066\u2069", "\ufeff", "\u3164", "\u2800", " \u200d "]
        breaks = [f"{CANARY}\n{CANARY}", f"{CANARY}\r\n", f"{CANARY}\r"]
        values += blanks if name == "text" else blanks + breaks  # in quick add they count as spaces
    return values


RAW_BODIES = {
    "nothing": b"",
    "a blank": b" ",
    "a word": CANARY.encode(),
    "a string": f'"{CANARY}"'.encode(),
    "a number": b"1",
    "true": b"true",
    "a list": f'["{CANARY}"]'.encode(),
    "an empty list": b"[]",
    "a list of objects": f'[{{"title":"{CANARY}"}}]'.encode(),
    "a broken object": f'{{"title":"{CANARY}"'.encode(),
    "an open string": f'{{"title":"{CANARY}'.encode(),
    "a trailing comma": f'{{"title":"{CANARY}",}}'.encode(),
    "single quotes": f"{{'title':'{CANARY}'}}".encode(),
    "a comment": f'{{/*{CANARY}*/"title":"{CANARY}"}}'.encode(),
    "two documents": f'{{"title":"{CANARY}"}}{{}}'.encode(),
    "a raw NUL": f'{{"title":"{CANARY}\x00"}}'.encode(),
    "a raw line break": f'{{"title":"{CANARY}\n"}}'.encode(),
    "a NUL after it": f'{{"title":"{CANARY}"}}\x00'.encode(),
    "NaN": f'{{"title":"{CANARY}","x":NaN}}'.encode(),
    "NaN as the title": b'{"title":NaN}',
    "Infinity": f'{{"title":"{CANARY}","x":Infinity}}'.encode(),
    "-Infinity": b'{"title":-Infinity}',
    "1e400": f'{{"title":"{CANARY}","x":1e400}}'.encode(),
    "-1e400 as the title": b'{"title":-1e400,"is_completed":-1e400}',
    "4,400 digits": b'{"title":' + b"9" * 4400 + b"}",
    "4,400 digits in a field that is not known": b'{"x":' + b"9" * 4400 + b"}",
    "1e4400": b'{"title":1e4400}',
    "an escaped high surrogate": b'{"title":"' + CANARY.encode() + b'\\ud800"}',
    "an escaped low surrogate": b'{"title":"\\udc00' + CANARY.encode() + b'"}',
    "surrogates the wrong way round": b'{"title":"\\udc00\\ud800"}',
    "a surrogate in a name": b'{"\\ud800' + CANARY.encode() + b'":1}',
    "a surrogate in raw bytes": b'{"title":"' + CANARY.encode() + b'\xed\xa0\x80"}',
    "no UTF-8": b'{"title":"' + CANARY.encode() + b'\xff\xfe"}',
    "an overlong NUL": b'{"title":"\xc0\x80"}',
    "a cut character": b'{"title":"\xf0\x9f\x92"}',
    "beyond Unicode": b'{"title":"\xf4\x90\x80\x80"}',
    "Latin-1": '{"title":"é"}'.encode("latin-1"),
    "UTF-16": f'{{"title":"{CANARY}"}}'.encode("utf-16"),
    "UTF-32": f'{{"title":"{CANARY}"}}'.encode("utf-32"),
    "a bad escape": f'{{"title":"{CANARY}\\x41"}}'.encode(),
    "100,000 lists": b"[" * 100_000,
    "100,000 closed lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"title":' * 100_000,
    "100,000 objects in a field that is not known": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a form": f"title={CANARY}".encode(),
    "XML": f"<title>{CANARY}</title>".encode(),
    "Python": b"__import__('os')",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    "many numbers": b"[" + b"1," * 1_000 + b"1]",
}


class TestBodies:
    """Every field of every body that the OpenAPI document names."""

    def test_are_all_known_to_these_tests(self, app: FastAPI):
        named = {schema[0] for operation in operations_of(app) if (schema := operation.body_schema())}
        assert named == VALID_BODIES.keys()

    async def test_with_a_bad_value_in_a_field_are_refused(self, app: FastAPI, attacker: Attacker):
        tried, known = 0, set()
        for operation in operations_of(app):
            if (body := operation.body_schema()) is None:
                continue
            thinned = 10 if body[0] in known else 1  # the same model at another address
            known.add(body[0])
            for name, field in body[1]["properties"].items():
                for value in bad_values(name, operation.resolved(field))[::thinned]:
                    sent = json.dumps({**VALID_BODIES[body[0]], name: value}).encode()
                    answer = await attacker.send(operation, content=sent, headers=JSON)
                    what = f"{operation} {name}={str(value)[:60]!r}"
                    assert f"/{name}" in {p[: len(name) + 1] for p in pointers(refused(answer, of=what))}, what
                    tried += 1
        assert tried > 1000

    async def test_without_a_field_that_is_needed_are_refused(self, app: FastAPI, attacker: Attacker):
        for operation in operations_of(app):
            if (body := operation.body_schema()) is None:
                continue
            for name in body[1].get("required", []):
                sent = {key: value for key, value in VALID_BODIES[body[0]].items() if key != name}
                document = refused(await attacker.send(operation, json=sent), of=f"{operation} {name}")
                assert document["errors"] == [{"pointer": f"/{name}", "code": "missing", "message": "is required"}]

    @pytest.mark.parametrize("kind", RAW_BODIES)
    async def test_that_are_not_the_json_that_is_wanted_are_refused(self, app: FastAPI, attacker: Attacker, kind: str):
        for operation in operations_of(app):
            if operation.body_schema() is None:
                continue
            if kind == "nothing" and not operation.document["requestBody"].get("required"):
                continue
            answer = await attacker.send(operation, content=RAW_BODIES[kind], headers=JSON)
            refused(answer, of=f"{operation} {kind}")

    @pytest.mark.parametrize(
        "name",
        [
            f"{CANARY} with blanks", f"{CANARY}\x00", f"{CANARY}/~0~1", f"<script>{CANARY}</script>",
            f"{CANARY}\r\nX: y",
            f"{CANARY}💥", CANARY * 5000, f"\u202e{CANARY}", f"{CANARY}'; DROP TABLE tasks; --", f"{CANARY}.x[0]",
            f"../{CANARY}", "",
        ],
        ids=lambda name: repr(name[:20]),
    )  # fmt: skip
    async def test_with_an_odd_name_are_refused(self, app: FastAPI, attacker: Attacker, name: str):
        for operation in operations_of(app):
            if body := operation.body_schema():
                sent = {**VALID_BODIES[body[0]], name: CANARY}
                refused(await attacker.send(operation, json=sent), of=f"{operation} {name[:30]!r}")

    async def test_with_a_thousand_faults_are_refused_in_few_words(self, app: FastAPI, attacker: Attacker):
        for operation in operations_of(app):
            if body := operation.body_schema():
                sent = {**VALID_BODIES[body[0]], **{f"unknown{n}": CANARY for n in range(1000)}}
                document = refused(await attacker.send(operation, json=sent), of=operation)
                assert len(document["errors"]) == 50
                assert document["detail"] == "1000 fields are not valid"

    async def test_with_a_key_twice_mean_the_last_and_check_it(self, ana: Api):
        bodies = {b'{"title":"first","title":"last"}': 201, b'{"title":"first","title":""}': 422}
        for body, status in bodies.items():
            answer = await ana.request("POST", "/tasks", content=body, headers=JSON)
            assert answer.status_code == status
        assert [task["title"] for task in (await ana.get("/tasks")).json()["items"]] == ["last"]

    @settings(max_examples=150)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
            max_leaves=8,
        ),
        st.sampled_from(["title", "description", "priority", "is_completed", "due_date", "due_time", "timezone", "id"]),
    )
    async def test_of_any_json_are_taken_or_refused(self, app: FastAPI, worker_ana: Api, value: object, name: str):
        body = json.dumps({"title": "x", "due_date": "2026-01-01", name: value}).encode()
        answer = await worker_ana.request("POST", "/tasks", content=body, headers=JSON)
        assert answer.status_code in (200, 201, 409, 422), answer.text
        if answer.status_code == 201:
            stored = await worker_ana.get(f"/tasks/{answer.json()['id']}")
            assert stored.json() == answer.json()

    @settings(max_examples=100)
    @given(st.binary(max_size=60))
    async def test_of_any_bytes_are_refused(self, app: FastAPI, worker_ana: Api, body: bytes):
        answer = await worker_ana.request("POST", "/tasks", content=body, headers=JSON)
        assert answer.status_code == 422


@pytest.fixture(scope="module")
async def worker_ana(app: FastAPI) -> AsyncIterator[Api]:
    async with Api.of(app) as caller:
        await caller.register_and_log_in()
        yield caller


class TestPasswords:
    async def test_are_never_repeated(self, app: FastAPI, ana: Api, api: Api):
        longer = f"{CANARY}{'x' * 200}"
        refused(await api.register(password=longer))
        refused(await api.register(password=CANARY))
        refused(await api.register(password=["x", CANARY]))
        refused(await api.register(password=CANARY_PASSWORD, username="!"))
        refused(await api.register(email=unique_email(), username=CANARY_PASSWORD.replace(" ", ""), password=CANARY * 2,
                                   first_name=CANARY * 2))  # fmt: skip
        refused(await api.log_in(password=longer * 10))
        refused(await api.log_in(password=CANARY_PASSWORD), 401, "invalid_credentials")
        refused(await ana.delete("/users/me", {"current_password": CANARY_PASSWORD}), 403, "wrong_password")
        change = {"current_password": CANARY_PASSWORD, "new_password": CANARY_PASSWORD}
        refused(await ana.post("/auth/change-password", change), 403, "wrong_password")
        form = {"username": ana.email, "password": CANARY_PASSWORD}
        refused(await api.request("POST", "/auth/token", data=form), 400, "invalid_grant")

    @pytest.mark.parametrize(
        "password",
        ["nul\x00in the middle", "🔥" * 64, "a" * 128, "שלום עולם ומה", "\u202e\u200b" * 4, "\t\n\r\x1b\x7f\x80ab"],
    )
    async def test_may_hold_any_character(self, api: Api, password: str):
        assert (await api.register(password=password)).status_code == 201
        assert (await api.log_in(password=password)).status_code == 200
        refused(await api.log_in(password=password[:-1]), 401, "invalid_credentials")


TOKEN = f"{BASE}/auth/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class TestForms:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"&&&&",
            b"=",
            b"%",
            f"username={CANARY}".encode(),
            f"password={CANARY}".encode(),
            f"grant_type={CANARY}&username=a&password=b".encode(),
            b"grant_type=client_credentials",
            b"grant_type=password%00",
            b"grant_type=refresh_token",
            f"username={CANARY}%00&password={CANARY}".encode(),
            f"username={CANARY}%01&password={CANARY}".encode(),
            f"username={CANARY}%0d%0a&password={CANARY}".encode(),
            b"username=" + CANARY.encode() * 100 + b"&password=x",
            b"username=a&password=" + CANARY.encode() * 1000,
            b"grant_type=refresh_token&refresh_token=" + CANARY.encode() * 100,
            f"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={CANARY}".encode(),
            b"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=" + CANARY.encode() * 10_000,
            b'{"username":"a","password":"b"}',
        ],
    )
    async def test_that_are_not_valid_are_refused(self, api: Api, body: bytes):
        refused(await api.client.post(TOKEN, content=body, headers=FORM), of=body[:60])

    @pytest.mark.parametrize(
        "body",
        [
            f"username={CANARY}&password={CANARY}".encode(),
            f"username={CANARY}%ff%fe&password=%ff".encode(),
            f"username={CANARY}%ED%A0%80&password=%ED%A0%80".encode(),
            f"username=%zz{CANARY}&password=%u0041%".encode(),
            b"username=\xff\xfe&password=\xed\xa0\x80",
            f"username={CANARY}&password=x%00y".encode(),
            f"username=a&username={CANARY}&password=b&password=c".encode(),
            f"grant_type=refresh_token&refresh_token={CANARY}".encode(),
            f"grant_type=refresh_token&refresh_token={CANARY}%00".encode(),
            b"grant_type=refresh_token&refresh_token=.",
            f"username={CANARY}&password=b&{CANARY}={CANARY}".encode(),
        ],
    )
    async def test_with_wrong_credentials_of_any_form_are_refused(self, api: Api, body: bytes):
        refused(await api.client.post(TOKEN, content=body, headers=FORM), 400, "invalid_grant", of=body[:60])

    async def test_with_ten_thousand_fields_are_refused(self, api: Api):
        body = "&".join(f"f{n}={CANARY}" for n in range(10_000)).encode()
        answer = await api.client.post(TOKEN, content=body, headers=FORM)
        assert answer.status_code in (400, 422)
        refused(answer, answer.status_code, answer.json()["code"])

    @pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", None])
    async def test_of_another_media_type_are_refused(self, api: Api, media_type: str | None):
        headers = {"Content-Type": media_type} if media_type else {}
        answer = await api.client.post(TOKEN, content=f'{{"username":"{CANARY}"}}'.encode(), headers=headers)
        refused(answer, 415, "unsupported_media_type")


class TestMediaTypes:
    @pytest.mark.parametrize(
        "media_type",
        [
            None,
            "",
            "text/plain",
            "text/plain; charset=utf-8",
            "text/json",
            "application/jsonx",
            "application/x-json",
            "application/javascript",
            "application/xml",
            "application/octet-stream",
            "application/x-www-form-urlencoded",
            f"multipart/form-data; boundary={CANARY}",
            "application/json; charset=utf-16",
            "application/json; charset=latin-1",
            'application/json; charset="utf-32"',
            "application/problem+json",
            f"{CANARY}/json",
            "*/*",
            "application/*",
            "json",
            "application/json, text/plain",
        ],
    )
    async def test_but_json_are_refused(self, app: FastAPI, attacker: Attacker, media_type: str | None):
        headers = {} if media_type is None else {"Content-Type": media_type}
        for operation in operations_of(app):
            if body := operation.body_schema():
                content = json.dumps(VALID_BODIES[body[0]]).encode()
                answer = await attacker.send(operation, content=content, headers=headers)
                refused(answer, 415, "unsupported_media_type", of=operation)

    @pytest.mark.parametrize(
        "media_type",
        ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"',
         "application/merge-patch+json"],
    )  # fmt: skip
    async def test_of_json_are_taken(self, ana: Api, media_type: str):
        answer = await ana.request("POST", "/tasks", content=b'{"title":"x"}', headers={"Content-Type": media_type})
        assert answer.status_code == 201


class Stream:
    """A body in pieces of 64 KiB, which knows how much of it was asked for."""

    def __init__(self, size: int, start: bytes = b'{"title":"') -> None:
        self._size, self._start = size, start
        self.given = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        piece = self._start
        while self.given < self._size:
            self.given += len(piece)
            yield piece
            piece = b"a" * 65_536


class TestLargeBodies:
    async def test_are_refused_whether_or_not_they_say_how_long_they_are(self, app: FastAPI, attacker: Attacker):
        for operation in operations_of(app):
            if "requestBody" not in operation.document:
                continue
            is_form = operation.body_schema() is None
            headers = FORM if is_form else JSON
            most = 10 * MIB if operation.path.endswith("/import") else MIB
            whole = b'{"title":"' + b"a" * 2 * most + b'"}'
            refused(await attacker.send(operation, content=whole, headers=headers), 413, "body_too_large", of=operation)
            stream = Stream(100 * MIB, b"username=" if is_form else b'{"title":"')
            answer = await attacker.send(operation, content=stream.pieces(), headers=headers)
            refused(answer, 413, "body_too_large", of=operation)
            assert stream.given <= most + 3 * 65_536, operation

    async def test_are_not_read_at_all_when_they_say_how_long_they_are(self, ana: Api):
        stream = Stream(100 * MIB)
        headers = {**JSON, "Content-Length": str(100 * MIB)}
        refused(await ana.request("POST", "/tasks", content=stream.pieces(), headers=headers), 413, "body_too_large")
        assert stream.given == 0

    async def test_are_not_read_where_no_body_is_wanted(self, ana: Api):
        stream = Stream(100 * MIB)
        assert (await ana.request("GET", "/tasks", content=stream.pieces())).status_code == 200
        assert stream.given <= 65_536

    async def test_are_refused_at_a_smaller_size_when_the_caller_is_not_known(self, api: Api):
        stream = Stream(100 * MIB)
        answer = await api.request("POST", "/tasks", content=stream.pieces(), headers=JSON)
        assert answer.status_code in (401, 413)
        assert stream.given <= MIB + 3 * 65_536

    async def test_begin_right_after_one_mebibyte(self, ana: Api):
        text = b'{"title":"x"}'
        fits = text + b" " * (MIB - len(text))
        assert (await ana.request("POST", "/tasks", content=fits, headers=JSON)).status_code == 201
        refused(await ana.request("POST", "/tasks", content=fits + b" ", headers=JSON), 413, "body_too_large")


ODD_NUMBERS = [
    "", " ", CANARY, "0", "-1", "-0", str(2**31), str(2**63), str(10**30), "9" * 4400, "1.5", "5.0",
    "1e1", "0x10",
    "1_0", "+5", " 5", "5 ", "٥", "５", "NaN", "Infinity", "1e400", "null", "true", "[5]", "5,6", "5\x00",
    "5\x00" + CANARY,
]  # fmt: skip
ODD_FLAGS = ["", " ", CANARY, "2", "-1", "5", "null", "truee", "[true]", "true\x00", "TRUE FALSE", "💥"]
ODD_WORDS = ["", " ", CANARY, "Low", "low ", "low\x00", "low,high", "password_hash", "created_at;DROP", "--title", "💥"]


def bad_query_values(name: str, schema: dict[str, Any]) -> list[str]:
    kind = inner(schema)
    kind = kind.get("items", kind)
    match kind.get("type"), kind.get("format"):
        case "integer", _:
            return [*ODD_NUMBERS, str(kind["maximum"] + 1)]
        case "boolean", _:
            return ODD_FLAGS
        case "string", "date":
            return ODD_DAYS
    if name in ("tag", "q"):
        return ["", " ", "\x00", f"{CANARY}\x00", f"{CANARY}\n{CANARY}", CANARY * 40]
    return ODD_WORDS if "enum" in kind else [CANARY, "\x00", "a" * 5000, "AAAA", "=", "..", "💥"]


class TestQueries:
    async def test_with_a_bad_value_are_refused(self, app: FastAPI, attacker: Attacker):
        tried = set()
        for operation in operations_of(app):
            body = operation.body_schema()
            sent = {"json": VALID_BODIES[body[0]]} if body is not None else {}
            for parameter in operation.parameters("query"):
                name = parameter["name"]
                for value in bad_query_values(name, operation.resolved(parameter["schema"])):
                    answer = await attacker.send(operation, params={name: value}, **sent)
                    document = refused(answer, of=f"{operation} {name}={value[:40]!r}")
                    assert {pointer.split("/")[1] for pointer in pointers(document)} == {name}
                    tried.add(name)
        named = {"days", "limit", "cursor", "include_total", "completed", "priority", "due_before", "due_after", "sort"}
        named |= {"parent_id", "recurring_task_id", "q", "format", "dry_run", "due", "tag", "tag_match", "trash"}
        assert tried == named | {"permanent", "is_active", "status", "after", "before", "scope", "from"}

    @pytest.mark.parametrize(
        "name",
        [
            "unknown",
            f"{CANARY} x",
            f"{CANARY}[]",
            "Limit",
            "limit[]",
            "offset",
            "user_id",
            "owner_id",
            "_method",
            "\x00",
        ],
    )
    async def test_with_an_unknown_name_are_refused(self, ana: Api, name: str):
        for path in ("/tasks", f"/users/{ana.id}/tasks"):
            refused(await ana.get(path, params={name: CANARY}), of=name)

    async def test_with_a_name_twice_check_and_take_the_last(self, ana: Api):
        for number in range(3):
            await ana.create_task(title=f"{number}")
        assert len((await ana.get("/tasks?limit=1&limit=2")).json()["items"]) == 2
        refused(await ana.get("/tasks?limit=1&limit=0"))
        refused(await ana.get(f"/tasks?sort=title&sort={CANARY}"))
        refused(await ana.get("/tasks?" + "&".join(["priority=low"] * 5)))
        refused(await ana.get("/tasks?" + "&".join(["priority=low"] * 2000)))

    @pytest.mark.parametrize(
        "query",
        [b"limit=%", b"limit=%zz", b"limit=%00", b"limit=\xff", b"limit=%ff", b"%00=1", b"\xff=1", b"limit=%ED%A0%80",
         b"=", b"completed=%c3%28", b"sort=title%00", b"due_before=2026-01-01%00", b"cursor=%00",
         b"cursor=\xff", b"x" * 60_000],
    )  # fmt: skip
    async def test_in_bytes_that_are_no_text_are_refused(self, app: FastAPI, ana: Api, query: bytes):
        answer = await ask(app, "GET", f"{BASE}/tasks", query=query, authorization=ana.client.headers["Authorization"])
        refused(answer, of=query[:30])

    async def test_that_are_no_text_do_no_harm_where_a_page_has_a_next(self, app: FastAPI, ana: Api):
        tag = (await ana.post("/tags", {"name": "Work"})).json()
        for _ in range(2):
            await ana.create_task(tags=[tag["id"]])
        query = b"limit=1&tag_match=any&tag=work&tag=\xff"
        token = ana.client.headers["Authorization"]
        first = await ask(app, "GET", f"{BASE}/tasks", query=query, authorization=token)
        assert first.status_code == 200
        following = await ana.client.get(first.headers["link"][1:].partition(">")[0])
        assert len(following.json()["items"]) == 1

    @pytest.mark.parametrize("query", [b"\xff", b"x=\xff\xfe"])
    async def test_that_are_no_text_do_no_harm_to_a_new_tag(self, app: FastAPI, ana: Api, query: bytes):
        headers = [(b"content-type", b"application/json")]
        token = ana.client.headers["Authorization"]
        made = await ask(
            app, "POST", f"{BASE}/tags", query=query, body=b'{"name":"x"}', headers=headers, authorization=token
        )
        assert made.status_code == 201
        assert made.headers["location"] == f"{BASE}/tags/{made.json()['id']}"

    @pytest.mark.parametrize("query", [b"\xff", b"x=\xff\xfe", b"%", b"x=%ED%A0%80", b"\x00", b"#", CANARY.encode()])
    async def test_that_are_no_text_do_no_harm_where_none_are_wanted(self, app: FastAPI, ana: Api, query: bytes):
        login = json.dumps({"email": ana.email, "password": PASSWORD}).encode()
        answers = [
            await ask(
                app,
                "POST",
                f"{BASE}/auth/login",
                query=query,
                body=login,
                headers=[(b"content-type", b"application/json")],
            ),
            *[
                await ask(app, "GET", path, query=query, authorization=ana.client.headers["Authorization"])
                for path in (f"{BASE}/users/me", f"{BASE}/auth/sessions", f"{BASE}/priorities", "/health/live")
            ],
        ]
        assert [answer.status_code for answer in answers] == [200] * 5
        created = await ask(
            app,
            "POST",
            f"{BASE}/tasks",
            query=query,
            body=b'{"title":"x"}',
            headers=[(b"content-type", b"application/json")],
            authorization=ana.client.headers["Authorization"],
        )
        assert created.status_code == 201
        assert created.headers["location"] == f"{BASE}/tasks/{created.json()['id']}"

    @pytest.mark.parametrize("query", [b"", b"&", b"&&&", b"limit=5&", b"?"])
    async def test_that_are_empty_or_nearly_so_do_no_harm(self, app: FastAPI, ana: Api, query: bytes):
        answer = await ask(app, "GET", f"{BASE}/tasks", query=query, authorization=ana.client.headers["Authorization"])
        assert answer.status_code in (200, 422)


async def ask(
    app: FastAPI,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    body: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = (),
    **named: str,
) -> httpx.Response:
    """A request as the server hands it on, with what no well-behaved client would send."""
    sent = [*headers, *((name.encode(), value.encode()) for name, value in named.items())]
    if not any(name == b"host" for name, _ in sent):
        sent.append((b"host", b"localhost"))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": query, "root_path": "",
        "headers": sent, "client": ("10.255.255.1", 1), "server": ("localhost", 80), "state": {},
    }  # fmt: skip
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return httpx.Response(messages[0]["status"], headers=messages[0]["headers"], content=content)


class TestPaths:
    async def test_with_a_bad_id_are_refused(self, app: FastAPI, attacker: Attacker):
        token = attacker.client.headers["Authorization"]
        tried = 0
        for operation in operations_of(app):
            for parameter in operation.parameters("path"):
                if parameter["schema"].get("format") != "uuid":
                    continue
                for value in ODD_IDS:
                    path = operation.path.format(**{**attacker.ids, parameter["name"]: value})
                    answer = await ask(app, operation.method, path, authorization=token)
                    what = f"{operation} {parameter['name']}={value[:40]!r}"
                    if not value or "\n" in value:
                        assert answer.status_code in (404, 405, 422), what
                    else:
                        assert f"path/{parameter['name']}" in pointers(refused(answer, of=what)), what
                    tried += 1
        assert tried > 300

    @pytest.mark.parametrize(
        "path",
        [
            "/", f"/{CANARY}", "/api", "/api/v1", "/api/v1/", f"{BASE}/{CANARY}", f"{BASE}/tasks/", f"/{BASE}/tasks",
            "/api/v2/tasks", "/API/V1/tasks", f"{BASE}/tasks/../users/me", f"{BASE}/tasks//",
            f"{BASE}/tasks;x={CANARY}",
            f"{BASE}/tasks\x00{CANARY}", f"{BASE}/tasks\n{CANARY}", f"{BASE}/\ufffd", f"{BASE}/users", "/.env",
            "/.git/config",
            "/health/", f"/health/{CANARY}", "/problems", f"/problems/{CANARY}", f"/problems/{CANARY}/x",
            "/problems/\x00",
            "/problems/../health", "/metrics/x", f"/{'a' * 60_000}", "/\u202e" + CANARY, f"{BASE}/auth",
            f"{BASE}/auth/me",
            "*", "", "http://example.com/",
        ],
        ids=lambda path: repr(path[:40]),
    )  # fmt: skip
    async def test_that_lead_nowhere_are_not_found(self, app: FastAPI, ana: Api, path: str):
        for authorization in ("", ana.client.headers["Authorization"]):
            refused(await ask(app, "GET", path, authorization=authorization), 404, "not_found")


class TestMethods:
    async def test_that_an_address_does_not_know_are_refused_with_those_it_knows(
        self, app: FastAPI, attacker: Attacker
    ):
        known: dict[str, set[str]] = {}
        for operation in operations_of(app):
            known.setdefault(operation.path, set()).add(operation.method)
        for path, methods in known.items():
            allowed = methods | ({"HEAD"} if "GET" in methods else set())
            for method in METHODS:
                if method not in allowed:
                    answer = await ask(app, method, path.format(**attacker.ids))
                    assert answer.status_code == 405, f"{method} {path}"
                    assert answer.headers["allow"] == ", ".join(sorted(allowed)), f"{method} {path}"
                    if method != "HEAD":
                        refused(answer, 405, "method_not_allowed", of=f"{method} {path}")

    async def test_get_and_head_answer_with_the_same_headers(self, app: FastAPI, attacker: Attacker):
        answered = 0
        for operation in operations_of(app):
            if operation.method != "GET":
                continue
            path = operation.path.format(**attacker.ids)
            get, head = [await attacker.client.request(method, path) for method in ("GET", "HEAD")]
            ignored = {"date", "x-request-id"} | ({"content-length"} if path.startswith("/health") else set())
            one, other = [{k: v for k, v in answer.headers.items() if k not in ignored} for answer in (get, head)]
            assert (head.status_code, other, head.content) == (get.status_code, one, b""), path
            answered += get.status_code == 200
        assert answered >= 8

    async def test_named_in_a_header_or_a_query_are_ignored(self, ana: Api):
        task = await ana.create_task()
        path = f"/tasks/{task['id']}"
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            assert (await ana.get(path, headers={name: "DELETE"})).status_code == 200
            assert (await ana.patch(path, {}, headers={name: "DELETE"})).status_code == 200
        await ana.get(f"{path}?_method=DELETE")
        assert (await ana.get(path)).json() == task


MALFORMED_ETAGS = [
    "", " ", "3", "abc", CANARY, f'"{CANARY}', f'{CANARY}"', "'1'", '"1" "2"', '"1";"2"', ',', '"1",,"2"',
    'w/"1"', 'W/1',
    'W/ "1"', f'"1" {CANARY}', '**', '"1", *', '"a b"', '"\x7f"', '"' + "1" * 5000, '"1", ' * 1000 + "x", "\xff", '"é"',
    '"1"\x00',
]  # fmt: skip
WELL_FORMED_ETAGS = ['"9"', '"0"', '"-1"', '"01"', '"1.0"', f'"{CANARY}"', '""', 'W/"1"', f'"{2**31}"', f'"{10**30}"',
                     '"' + "9" * 4400 + '"', '"8","9"', '"9", ' * 500 + '"9"']  # fmt: skip


class TestHeaders:
    async def test_that_are_malformed_preconditions_are_refused(self, app: FastAPI, attacker: Attacker):
        token = attacker.client.headers["Authorization"].encode()
        tried = 0
        for operation in operations_of(app):
            if "if-match" not in {parameter["name"] for parameter in operation.parameters("header")}:
                continue
            for value in MALFORMED_ETAGS:
                name = (operation.body_schema() or ("TaskComplete", {}))[0]
                answer = await attacker.client.request(
                    operation.method,
                    operation.path.format(**attacker.ids),
                    headers=[(b"Authorization", token), (b"If-Match", value.encode("latin-1", "replace"))],
                    **({} if operation.method == "DELETE" else {"json": VALID_BODIES[name]}),
                )
                assert "header/if-match" in pointers(refused(answer, of=f"{operation} {value[:30]!r}"))
                tried += 1
        assert tried > 100

    @pytest.mark.parametrize("value", WELL_FORMED_ETAGS, ids=lambda value: value[:20])
    async def test_that_name_no_stored_version_fail_the_precondition(self, attacker: Attacker, value: str):
        path, ana = f"/tasks/{attacker.ids['task_id']}", attacker.api
        before = (await ana.get(path)).json()
        headers = {"If-Match": value}
        refused(await ana.patch(path, {"title": "changed"}, headers=headers), 412, "version_mismatch")
        refused(await ana.patch(f"{path}/complete", headers=headers), 412, "version_mismatch")
        refused(await ana.delete(path, headers=headers), 412, "version_mismatch")
        refused(await ana.patch("/users/me", {"first_name": "A"}, headers=headers), 412, "version_mismatch")
        assert (await ana.get(path)).json() == before

    @pytest.mark.parametrize(
        "value",
        [*(tag for tag in MALFORMED_ETAGS if "*" not in tag and '"1"' not in tag), '"2"', 'W/"9"'],
        ids=lambda value: repr(value[:20]),
    )
    async def test_if_none_match_that_means_nothing_changes_nothing(self, app: FastAPI, attacker: Attacker, value: str):
        answer = await ask(
            app,
            "GET",
            f"{BASE}/tasks/{attacker.ids['task_id']}",
            headers=[(b"if-none-match", value.encode("latin-1", "replace"))],
            authorization=attacker.client.headers["Authorization"],
        )
        assert answer.status_code == 200
        assert CANARY not in answer.text

    @pytest.mark.parametrize(
        "origin",
        [f"https://{CANARY}.example", "null", "", "localhost", f"http://[{CANARY}", "http://]",
         "http://localhost:99999x",
         "http://localhost.evil.example", "http://localhost@evil.example", "file://", "http://localho\xadst",
         "//", "\xff"],
        ids=repr,
    )  # fmt: skip
    async def test_of_foreign_pages_are_refused_where_the_cookie_counts(self, app: FastAPI, api: Api, origin: str):
        for path in ("login", "refresh", "logout"):
            body = {"json": {"email": "a@example.com", "password": "x"}} if path == "login" else {}
            headers = [(b"Origin", origin.encode("latin-1"))]
            answer = await api.client.post(f"{BASE}/auth/{path}", headers=headers, **body)
            refused(answer, 403, "foreign_origin", of=path)

    @pytest.mark.parametrize(
        "cookie",
        [CANARY, "", ".", f"{CANARY}.{CANARY}", "a" * 43 + "." + "a" * 43, '"' + CANARY, "\xff\xfe",
         "a=b=c", CANARY * 2000,
         f"{CANARY}\x00", "%00"],
        ids=lambda cookie: repr(cookie[:20]),
    )  # fmt: skip
    async def test_with_any_cookie_are_refused(self, app: FastAPI, api: Api, cookie: str):
        header = (b"Cookie", b"refresh_token=" + cookie.encode("latin-1"))
        answer = await api.client.post(f"{BASE}/auth/refresh", headers=[header])
        refused(answer, 401, "invalid_refresh_token")

    @pytest.mark.parametrize(
        "host",
        [CANARY, f"{CANARY}.example:99999", "[", f"[{CANARY}", "]", f"{CANARY}/path?query#fragment", f"a@{CANARY}", "",
         f"{CANARY} x", "\xff", "localhost:x", f"{CANARY}\\@localhost"],
        ids=repr,
    )  # fmt: skip
    async def test_that_name_another_host_are_not_reflected(self, app: FastAPI, api: Api, host: str):
        await api.register_and_log_in()
        headers = [(b"Host", host.encode("latin-1")), (b"X-Forwarded-Host", CANARY.encode())]
        answers = [await api.client.post(f"{BASE}/tasks", json=task_data(), headers=headers) for _ in range(2)]
        for answer in answers:
            assert answer.status_code == 201
            assert answer.headers["location"] == f"{BASE}/tasks/{answer.json()['id']}"
        page = await api.client.get(f"{BASE}/tasks?limit=1", headers=headers)
        assert page.headers["link"].startswith(f"<{BASE}/tasks?limit=1&cursor=")
        login = {"email": api.email, "password": PASSWORD}
        again = await api.client.post(f"{BASE}/auth/login", json=login, headers=headers)
        assert again.status_code == 200
        if host == CANARY:  # by a malformed one, the server's own address counts
            assert "secure" in again.headers["set-cookie"].lower()
        for answer in (*answers, page, again):
            assert CANARY not in str(answer.headers) + answer.text

    @pytest.mark.parametrize(
        "request_id",
        [CANARY * 20, "short", f"{CANARY} x", f"{CANARY}\x1b[31m", f"{CANARY}<b>", f"{CANARY}\xff", f"{CANARY}\tx", ""],
        ids=repr,
    )
    async def test_with_an_odd_request_id_get_another(self, app: FastAPI, api: Api, request_id: str):
        header = (b"X-Request-ID", request_id.encode("latin-1"))
        answer = await api.client.get("/health/live", headers=[header])
        assert UUID(answer.headers["x-request-id"]).version == 7
        assert CANARY not in str(answer.headers)

    @pytest.mark.parametrize(
        "name", ["User-Agent", "Accept", "Accept-Language", "X-Forwarded-For", "Referer", "Range", "TE"]
    )
    async def test_that_are_not_looked_at_do_no_harm(self, app: FastAPI, ana: Api, name: str):
        for value in (CANARY, "", "\xff\xfe", f"{CANARY}\x1b[2J", "a" * 50_000, f"{CANARY}, " * 100):
            headers = [(name.encode(), value.encode("latin-1"))]
            assert (await ana.client.get(f"{BASE}/tasks", headers=headers)).status_code == 200
            answer = await ana.client.post(
                f"{BASE}/auth/login", json={"email": ana.email, "password": PASSWORD}, headers=headers
            )
            assert answer.status_code == 200
        sessions = (await ana.get("/auth/sessions")).json()["items"]
        assert all(item["device"] is None or item["device"].isprintable() for item in sessions)
        assert all(len(item["device"] or "") <= 200 for item in sessions)


class TestCursors:
    @pytest.fixture
    async def cursor(self, ana: Api) -> str:
        for number in range(3):
            await ana.create_task(title=f"{number}", priority="low", due_date="2026-12-01")
        return str((await ana.get("/tasks?limit=1&sort=title&priority=low")).json()["next_cursor"])

    async def test_as_they_were_given_are_good_for_any_limit(self, ana: Api, cursor: str):
        for rest in ("limit=1", "limit=200", "include_total=true", ""):
            answer = await ana.get(f"/tasks?sort=title&priority=low&cursor={cursor}&{rest}")
            assert answer.json()["items"][0]["title"] == "1"

    @pytest.mark.parametrize(
        "query",
        ["sort=-title&priority=low", "sort=created_at&priority=low", "sort=due_date&priority=low", "sort=title",
         "sort=title&priority=high", "sort=title&priority=low&priority=high", "sort=title&priority=low&completed=false",
         "sort=title&priority=low&due_before=2027-01-01", "sort=title&priority=low&due_after=2020-01-01"],
    )  # fmt: skip
    async def test_of_another_filter_or_order_are_refused(self, ana: Api, cursor: str, query: str):
        assert pointers(refused(await ana.get(f"/tasks?{query}&cursor={cursor}"))) == {"query/cursor"}

    async def test_that_were_altered_are_refused(self, ana: Api, cursor: str):
        altered = {
            cursor[:-1], cursor[1:], cursor[:20], cursor + "A", cursor + "=", cursor + "==", cursor[::-1], cursor * 2,
            "!" + cursor, cursor[:10] + "!" + cursor[10:], cursor + "%00", cursor + "%20", cursor + CANARY,
            cursor.swapcase(), cursor[:30] + ("A" if cursor[30] != "A" else "B") + cursor[31:], "A" * 4096, "A" * 4097,
            "A" * 22, "bnVsbA", "e30",
        }  # fmt: skip
        for text in altered:
            answer = await ana.get(f"/tasks?sort=title&priority=low&cursor={text}")
            assert pointers(refused(answer, of=text[:60])) == {"query/cursor"}


class TestWhatIsGood:
    @pytest.mark.parametrize(
        "title",
        [
            "a", "a" * 255, "💥" * 255, "👨\u200d👩\u200d👧\u200d👦", "שלום עולם", "مرحبا", "\u202bשלום\u202c",
            "a\tb", "%_\\'\"`$1{}",
            "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "null", "0", "日本語", "e\u0301"[:1] + "x",
            "\ue000", "\u00e9",
            "'; DROP TABLE tasks; --", "\\u0000", "%00", "a\u00adb", "\U0010ffff",
        ],
        ids=lambda title: repr(title[:20]),
    )  # fmt: skip
    async def test_titles_come_back_as_they_were_sent(self, ana: Api, title: str):
        created = await ana.create_task(title=title)
        assert created["title"] == title
        assert (await ana.get(f"/tasks/{created['id']}")).json() == created
        assert (await ana.get("/tasks?sort=title")).json()["items"] == [created]

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [
            ("  Call Ana  ", "Call Ana"),
            ("\tCall Ana\t", "Call Ana"),
            ("\u3000Call\u00a0Ana\u00a0", "Call\u00a0Ana"),
            ("Cafe\u0301", "Café"),
            ("e\u0301" * 255, "é" * 255),
            ("\u212b", "Å"),
            ("\u1112\u1161\u11ab", "한"),
            (" " * 1000 + "a", "a"),
        ],
        ids=["blanks", "tabs", "wide blanks", "decomposed", "255 decomposed", "Angstrom", "Hangul", "many blanks"],
    )
    async def test_titles_are_trimmed_and_composed(self, ana: Api, sent: str, stored: str):
        assert (await ana.create_task(title=sent))["title"] == stored

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("\n\n a \n", "a"),
            ("", ""),
            ("   ", ""),
            (None, None),
            ("x" * 10_000, "x" * 10_000),
            ("💥" * 10_000, "💥" * 10_000),
            ("a\tb", "a\tb"),
        ],
        ids=["line breaks", "outer lines", "empty", "blank", "null", "longest", "longest of emoji", "tab"],
    )
    async def test_descriptions_keep_their_lines(self, ana: Api, sent: str | None, stored: str | None):
        assert (await ana.create_task(description=sent))["description"] == stored

    async def test_descriptions_end_at_ten_thousand_characters(self, ana: Api):
        refused(await ana.post("/tasks", task_data(description="💥" * 10_001)))

    @pytest.mark.parametrize("day", ["1900-01-01", "9998-12-31", "2028-02-29", "2000-02-29", "2026-12-31"])
    async def test_days_come_back_as_they_were_sent_in_every_zone(self, ana: Api, day: str):
        for zone in ("Pacific/Kiritimati", "Pacific/Niue", "UTC"):
            for clock_time in ("00:00:00", "23:59:59"):
                task = await ana.create_task(due_date=day, due_time=clock_time, timezone=zone)
                assert (task["due_date"], task["due_time"], task["timezone"]) == (day, clock_time, zone)
                assert task["due_at"].endswith("Z")
                assert (await ana.get(f"/tasks/{task['id']}")).json() == task
        by_day = [(await ana.get(f"/tasks?limit=2&sort={sort}")).json() for sort in ("due_date", "-due_date")]
        assert all(page["next_cursor"] for page in by_day)
        for sort, page in zip(("due_date", "-due_date"), by_day, strict=True):
            assert (await ana.get(f"/tasks?limit=2&sort={sort}&cursor={page['next_cursor']}")).status_code == 200

    @pytest.mark.parametrize(
        ("sent", "stored"), [("10:00", "10:00:00"), ("00:00", "00:00:00"), ("23:59:59", "23:59:59")]
    )
    async def test_clock_times_may_leave_out_their_seconds(self, ana: Api, sent: str, stored: str):
        assert (await ana.create_task(due_date="2026-01-01", due_time=sent))["due_time"] == stored

    async def test_ids_may_be_any_uuid_in_any_case(self, ana: Api):
        for text in (str(uuid4()), str(uuid4()).upper(), str(UUID(int=0)), str(UUID(int=2**128 - 1))):
            task = await ana.create_task(id=text)
            assert task["id"] == text.lower()
            assert (await ana.get(f"/tasks/{text}")).json() == task

    async def test_names_in_any_script_make_an_account(self, app: FastAPI):
        for username in ("Ана-1", "王小明", "अनीता", "ana.lopez_2", "x" * 47 + "é" * 3):
            async with Api.of(app) as caller:
                suffix = uuid4().hex[:6]
                name = f"{username[:44]}{suffix}"
                answer = await caller.register(username=name, first_name="Ana", last_name="O'Néill-Ñandú 💥")
                assert answer.status_code == 201, username
                assert answer.json()["username"] == name
