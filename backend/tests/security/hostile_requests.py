"""Requests that are valid but for one hostile value, and the user who sends them."""

import json
import secrets
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from src.core.security import new_reset_token, reset_token_hash
from tests.api.test_token_exchange import claims, subject_token
from tests.factories import PASSWORD, Api, make_series, unique_email
from tests.model.service import LINK
from tests.security.conftest import Server, caller_of, unique_address
from tests.security.hostile_places import BESIDE, FORM, HOLE, Place, valid
from tests.security.hostile_values import UNKNOWN_NAMES, as_json, as_text, hostile
from tests.security.operations import JSON, Operation
from tests.security.wire import Wire, request

NEW_PASSWORD = "staple the other horse"
MOST_IN_ADDRESS = 15_000
"""Bytes of a value: a head may have 64 KiB, and each byte may take three there."""


PLAIN = object()
"""In place of a hostile value: a good one, so that what is told is that the request is valid otherwise."""


@dataclass(frozen=True)
class Attack:
    """A value for a place. ``beside``: the name under which a second one comes behind a good one, if any."""

    place: Place
    value: Any
    beside: str | None = None

    def __str__(self) -> str:
        behind = "" if self.beside is None else f" behind it as {self.beside!r:.40}"
        return f"{self.place}: {self.value!r:.200}{behind}"


def attacks_on(places: Iterable[Place]) -> SearchStrategy[list[Attack]]:
    """One on each of them."""
    return st.tuples(*map(_attack_on, places)).map(list)


def _attack_on(place: Place) -> SearchStrategy[Attack]:
    named = place.where in ("query", JSON, FORM) and place.name and not place.name.isdigit()
    beside = st.sampled_from([None] * 12 + [place.name, *UNKNOWN_NAMES]) if named else st.none()
    return st.builds(Attack, st.just(place), hostile(place.name, place.schema), beside)


class Attacker:
    """A user with something of everything. What is spent by an attack that was taken is made anew for the next."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open = AsyncExitStack()
        self._api: Api | None = None
        self.secrets: set[str] = {PASSWORD, NEW_PASSWORD}
        self._ids: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    async def send(self, operation: Operation, attack: Attack | None = None) -> httpx.Response:
        ids = await self._fresh(operation)
        if attack is not None and attack.place.where == "header":
            response = await self._send_header(operation, attack, ids)
        else:
            kind, body = _body(operation, attack, ids)
            headers = {"X-Forwarded-For": unique_address(), **({"Content-Type": kind} if kind else {})}
            response = await self.api.client.request(
                operation.method, _target(operation, attack, ids), content=body or None, headers=headers
            )
        self._keep(operation, response)
        return response

    async def read(self, path: str) -> httpx.Response:
        """As whoever has sent the last attacks."""
        if self._api is None:
            await self._register()
        return await self.api.get(path)

    async def _send_header(self, operation: Operation, attack: Attack, ids: dict[str, str]) -> httpx.Response:
        """With bytes that no client would send."""
        kind, body = _body(operation, None, ids)
        headers = [f"X-Forwarded-For: {unique_address()}", f"Content-Length: {len(body)}"]
        headers += [f"Authorization: {self.api.client.headers['Authorization']}"]
        headers += [f"Content-Type: {kind}"] if kind else []
        value = as_text(attack.value)[:20_000].decode("latin-1")
        async with Wire.to(self._server.url) as wire:
            target = _target(operation, None, ids)
            await wire.send(request(operation.method, target, *headers, f"{attack.place.name}: {value}", body=body))
            answer = await wire.answer()
        if answer is None:
            return httpx.Response(400)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def _keep(self, operation: Operation, response: httpx.Response) -> None:
        """What a change has used up is not used again; nor is an account that can be guessed at no more."""
        concerns_account = "/auth/" in operation.path or operation.path.endswith("/users/me")
        if response.status_code in (401, 403, 429) or (response.is_success and concerns_account):
            self._api = None
        if response.is_success and operation.method != "GET":
            self._ids = {}

    @property
    def api(self) -> Api:
        assert self._api is not None
        return self._api

    async def _fresh(self, operation: Operation) -> dict[str, str]:
        if self._api is None:
            await self._register()
            self._ids = {}
        if not self._ids:
            self._ids = await self._belongings(self.api)
        changing = {"new_id": str(uuid4()), "new_email": unique_email(), "new_name": f"u{secrets.token_hex(8)}"}
        if operation.path.endswith("/reset-password"):
            changing["reset_token"] = await self._reset_token(self.api)
        if operation.path.endswith("/token"):
            changing["subject_token"] = subject_token(claims(self.api.email))
        return self._ids | changing

    async def _register(self) -> None:
        await self._open.aclose()
        self._api = await self._open.enter_async_context(caller_of(self._server))
        await self.api.register_and_log_in()
        token = self.api.client.headers["Authorization"].removeprefix("Bearer ")
        self.secrets |= {token, self.api.client.cookies["refresh_token"]}

    async def _belongings(self, api: Api) -> dict[str, str]:
        tags = [(await api.post("/tags", {"name": f"{uuid4()}"})).json()["id"] for _ in range(2)]
        tasks = [(await api.create_task(tags=tags[:1]))["id"] for _ in range(2)]
        series = await make_series(api, tags=tags[:1])
        (session, *_) = (await api.get("/auth/sessions")).json()["items"]
        return {
            "user_id": str(api.id),
            "email": api.email,
            "password": PASSWORD,
            "new_password": NEW_PASSWORD,
            "refresh_token": api.client.cookies["refresh_token"],
            "session_id": session["id"],
            "task_id": tasks[0],
            "other_task_id": tasks[1],
            "tag_id": tags[0],
            "other_tag_id": tags[1],
            "recurring_task_id": series["id"],
            "occurrence_date": series["next_date"],
            "next_date": series["next_date"],
            "name": "not-found",
        }

    async def _reset_token(self, api: Api) -> str:
        token = new_reset_token()
        await self._server.fetch(LINK, api.id, reset_token_hash(token))
        self.secrets.add(token)
        return token


def _target(operation: Operation, attack: Attack | None, ids: dict[str, str]) -> str:
    where, name = (attack.place.where, attack.place.name) if attack else ("", "")
    if attack is None or where not in ("path", "query"):
        return operation.path.format(**ids)
    value = quote(as_text(attack.value)[:MOST_IN_ADDRESS], safe="")
    if where == "path":
        return operation.path.format(**ids | {name: value})
    pairs = [f"{key}={_told(text, ids)}" for key, text in BESIDE.get(name, {}).items()]
    if attack.beside is not None:
        pairs.append(f"{name}={_told(str(valid(operation, attack.place.schema)), ids)}")
        name = quote(attack.beside.encode("utf-8", "surrogatepass")[:MOST_IN_ADDRESS], safe="")
    return f"{operation.path.format(**ids)}?{'&'.join([*pairs, f'{name}={value}'])}"


def _body(operation: Operation, attack: Attack | None, ids: dict[str, str]) -> tuple[str, bytes]:
    """The media type and the bytes."""
    if attack is None or attack.place.where not in operation.bodies:
        return _valid_body(operation, ids)
    place, plain = attack.place, _told(attack.place.plain, ids)
    value = json.loads(plain) if attack.value is PLAIN else attack.value
    template = _told(place.template, ids)
    if place.where == FORM:
        fields = {**json.loads(template.replace(HOLE, "null")), place.name: as_text(value)}
        again = [] if attack.beside is None else [(attack.beside.encode("utf-8", "surrogatepass"), as_text(value))]
        return FORM, urlencode([*fields.items(), *again]).encode()
    written = as_json(value) if place.where == JSON else as_text(value)
    if attack.beside is not None:
        written = b"%s, %s: %s" % (plain.encode(), json.dumps(attack.beside).encode(), written)
    return place.where, template.encode().replace(HOLE.encode(), written)


def _valid_body(operation: Operation, ids: dict[str, str]) -> tuple[str, bytes]:
    if not operation.bodies:
        return "", b""
    kind, content = next(iter(operation.bodies.items()))
    body = json.loads(_told(json.dumps(valid(operation, content["schema"])), ids))
    return kind, urlencode(body).encode() if kind == FORM else json.dumps(body).encode()


def _told(text: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text
