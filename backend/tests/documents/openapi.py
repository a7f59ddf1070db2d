"""The OpenAPI document as it stands in the repository; ``make check`` holds it to the API."""

import json
from typing import Any

from src.core.config import REPOSITORY
from tests.security.operations import Operation, operations_in

OPENAPI_FILE = REPOSITORY / "frontend" / "openapi.json"
OPENAPI: dict[str, Any] = json.loads(OPENAPI_FILE.read_text())
OPERATIONS = {each.document["operationId"]: each for each in operations_in(OPENAPI)}
BASE = "/api/v1"


def description_of(operation: Operation) -> str:
    text: str = operation.document["description"]
    return text
