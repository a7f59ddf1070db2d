"""docs/api/postman_collection.json: every operation of the OpenAPI document as a request of a Postman collection.

The format is Collection v2.1, https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

import json
import re
from typing import Any

from src.core.config import REPOSITORY
from tests.documents.openapi import OPENAPI, OPERATIONS, description_of
from tests.security.operations import JSON, Operation

COLLECTION = REPOSITORY / "docs" / "api" / "postman_collection.json"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
FORM = "application/x-www-form-urlencoded"
AN_ID = "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"
PERSON = OPERATIONS["login"].example()
"""Who logs in, by the document's examples; in the collection a variable for each."""


def collection() -> str:
    document = {
        "info": {"name": OPENAPI["info"]["title"], "description": OPENAPI["info"]["description"], "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [_value("token", "{{access_token}}")]},
        "variable": [_value(name, value) for name, value in _variables().items()],
        "item": [{"name": tag, "item": requests} for tag, requests in _folders().items()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _value(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value, "type": "string"}


def _variables() -> dict[str, str]:
    in_paths = {
        parameter["name"]: _path_value(parameter["schema"])
        for operation in OPERATIONS.values()
        for parameter in operation.parameters("path")
    }
    return {"base_url": "http://localhost:8000", **PERSON, "access_token": "", **in_paths}


def _path_value(schema: dict[str, Any]) -> str:
    return {"uuid": AN_ID, "date": "2026-12-01"}.get(schema.get("format", ""), "not-found")


def _folders() -> dict[str, list[dict[str, Any]]]:
    folders: dict[str, list[dict[str, Any]]] = {}
    for operation in OPERATIONS.values():
        folders.setdefault(operation.document["tags"][0], []).append(_item(operation))
    return folders


def _item(operation: Operation) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": operation.method,
        "description": description_of(operation),
        "header": _headers(operation),
        "url": _url(operation),
    }
    if not operation.needs_user:
        request["auth"] = {"type": "noauth"}
    if operation.bodies:
        request["body"] = _body(operation)
    item = {"name": _name(operation), "request": request}
    if kept := _kept(operation):
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": _script(kept)}}]
    return item


def _name(operation: Operation) -> str:
    summary: str = operation.document["summary"]
    return f"{summary} of User" if "{user_id}" in operation.path else summary


def _headers(operation: Operation) -> list[dict[str, Any]]:
    taken = [{"key": "Content-Type", "value": media_type} for media_type in [*operation.bodies][:1]]
    return taken + [_optional(parameter) for parameter in operation.parameters("header")]


def _url(operation: Operation) -> dict[str, Any]:
    path = re.sub(r"\{(\w+)\}", r":\1", operation.path)
    return {
        "raw": f"{{{{base_url}}}}{path}",
        "host": ["{{base_url}}"],
        "path": path.split("/")[1:],
        "query": [_optional(parameter) for parameter in operation.parameters("query")],
        "variable": [_value(each["name"], f"{{{{{each['name']}}}}}") for each in operation.parameters("path")],
    }


def _optional(parameter: dict[str, Any]) -> dict[str, Any]:
    """Switched off, for whoever wants it to switch on."""
    value = _sample(parameter["schema"])
    return {
        "key": parameter["name"],
        "value": value if isinstance(value, str) else json.dumps(value),
        "description": parameter.get("description", ""),
        "disabled": True,
    }


def _sample(schema: dict[str, Any]) -> Any:
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    return schema.get("default", "")


def _body(operation: Operation) -> dict[str, Any]:
    if FORM in operation.bodies:
        model = operation.bodies[FORM]["schema"]["$ref"].rpartition("/")[2]
        fields = _personal(operation.components[model]["examples"][0])
        return {"mode": "urlencoded", "urlencoded": [_value(name, value) for name, value in fields.items()]}
    assert JSON in operation.bodies, operation
    example = json.dumps(_personal(operation.example()), indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": example, "options": {"raw": {"language": "json"}}}


def _personal(example: dict[str, Any]) -> dict[str, Any]:
    """With variables in place of the address and the password that stand in the examples."""
    named = {value: f"{{{{{name}}}}}" for name, value in PERSON.items()}
    return {name: named.get(value, value) if isinstance(value, str) else value for name, value in example.items()}


def _kept(operation: Operation) -> dict[str, str]:
    """Which variables get what of its answer: the token and who logged in, the id of what was made."""
    if operation.document["operationId"] == "login":
        return {"access_token": "access_token", "user_id": "user.id"}
    ids = {each.path.removeprefix(f"{operation.path}/")[1:-1] for each in OPERATIONS.values() if each.ids}
    names = {name for name in ids if re.fullmatch(r"\w+_id", name)}
    return dict.fromkeys(names, "id") if operation.method == "POST" else {}


def _script(kept: dict[str, str]) -> list[str]:
    return [
        "if (pm.response.code < 300) {",
        *(f'  pm.collectionVariables.set("{name}", pm.response.json().{path});' for name, path in kept.items()),
        "}",
    ]
