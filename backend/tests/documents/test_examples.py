"""Every answer of the OpenAPI document has an example that its own schema accepts."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from src.core.config import REPOSITORY

DOCUMENT: dict[str, Any] = json.loads((REPOSITORY / "frontend" / "openapi.json").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def models_of_answers() -> Iterator[str]:
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith("2") and "application/json" in answer.get("content", {}):
                    schema = answer["content"]["application/json"]["schema"]
                    for each in schema.get("anyOf", [schema]):
                        yield each["$ref"].rpartition("/")[2]


@pytest.mark.parametrize("name", sorted(set(models_of_answers())))
def test_the_example_is_one(name: str) -> None:
    validator = jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}, validate_formats=True
    )
    if name == "PasswordResetRequested":  # one sentence, always the same: its default is the example
        assert SCHEMAS[name]["properties"]["message"]["default"]
        return
    (example,) = SCHEMAS[name]["examples"]
    validator.validate(example)
    assert set(example) <= set(SCHEMAS[name]["properties"])


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            assert path.startswith(("/health", "/problems")) or any(s.startswith("4") for s in operation["responses"])
