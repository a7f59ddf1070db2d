"""Holds an answer to what the OpenAPI document says of its operation."""

import json
from typing import Any

import httpx
import jsonschema_rs

from tests.security.operations import Operation

PROBLEM = "application/problem+json"
NOWHERE = (404, 405)
"""What an address is answered that no route has; no operation can say so."""

NO_HTTP = "Invalid HTTP request received."
"""What the server itself answers, or nothing, before there is a request."""


class Document:
    def __init__(self, openapi: dict[str, Any]) -> None:
        self._components = openapi["components"]
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    def fault_in(self, response: httpx.Response, operation: Operation, *, place: str = "") -> str | None:
        """None where the answer to a request with an odd value in this place is as the document says."""
        status = response.status_code
        if place == "header" and (status, response.text) in ((400, NO_HTTP), (400, "")):
            return None
        declared = operation.document["responses"].get(str(status))
        kind = response.headers.get("content-type", "").partition(";")[0]
        if declared is None:
            if not (place == "path" and status in NOWHERE):
                return f"{status} is not declared"
            content: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        else:
            content = declared.get("content", {})
        if not content:
            return f"{status} has a body" if response.content else None
        if status >= 400 and kind != PROBLEM and kind not in content:
            return f"{status} is no problem document but {kind}"
        if kind not in content:
            return f"{kind} is not declared for {status}"
        if not kind.endswith("json"):
            return None
        errors = self._validator(content[kind]["schema"]).iter_errors(response.json())
        return next((f"{error.instance_path}: {error.message}" for error in errors), None)

    def _validator(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        name = json.dumps(schema)
        if name not in self._validators:
            self._validators[name] = jsonschema_rs.validator_for({**schema, "components": self._components})
        return self._validators[name]
