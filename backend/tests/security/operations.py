"""Every operation of the server's OpenAPI document, so that a new route is attacked without being named here."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.security.conftest import Server

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    document: dict[str, Any]
    components: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [each for each in self.document.get("parameters", []) if each["in"] == place]

    @property
    def ids(self) -> set[str]:
        """The names of what stands for an id in the path."""
        return {each["name"] for each in self.parameters("path") if each["schema"].get("format") == "uuid"}

    @property
    def needs_user(self) -> bool:
        return bool(self.document.get("security"))

    @property
    def bodies(self) -> dict[str, Any]:
        """By media type."""
        content: dict[str, Any] = self.document.get("requestBody", {}).get("content", {})
        return content

    @property
    def body_model(self) -> str | None:
        """The name of the schema of the JSON that it takes."""
        schema = self.bodies.get(JSON, {}).get("schema", {})
        named = [part["$ref"] for part in schema.get("anyOf", [schema]) if "$ref" in part]
        return named[0].rpartition("/")[2] if named else None

    def example(self) -> Any:
        """A body as the document shows it, or None where it takes none."""
        model = self.body_model
        return None if model is None else copy.deepcopy(self.components[model]["examples"][0])


def operations_of(server: Server) -> Iterator[Operation]:
    return operations_in(server.openapi)


def operations_in(openapi: dict[str, Any]) -> Iterator[Operation]:
    components = openapi["components"]["schemas"]
    for path, methods in openapi["paths"].items():
        for method, document in methods.items():
            yield Operation(method.upper(), path, document, components)
