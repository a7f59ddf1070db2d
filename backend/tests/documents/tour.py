"""docs/api/tour.md: commands made from the OpenAPI document, and what a real server answered to them."""

import json
import re
import subprocess
from typing import Any

from src.core.config import REPOSITORY
from tests.documents.openapi import BASE, OPERATIONS, description_of
from tests.documents.tour_steps import KEEP_TOKEN, SETTINGS, STEPS, Step
from tests.security.operations import Operation

TOUR = REPOSITORY / "docs" / "api" / "tour.md"
OPENING = f"""\
# A tour of the API with curl

With the service running (`make run`), paste block by block into a shell. Below each command stands the status of the
answer and what matters of it; `…` is what was left out. All routes and fields: `/docs` on your server.

This file is made by `make api-docs`, from the OpenAPI document and the answers of a real server.

```sh tour
{SETTINGS}```
"""
PART_END = "\x1e"
TELLS_STATUS = """curl() { command curl -w '%{stderr}%{http_code}\\n' "$@"; }"""


def tour(url: str) -> str:
    """The document, from the answers of the server at this address, which knows nobody yet."""
    commands = [_command(step, OPERATIONS[step.operation]) for step in STEPS]
    answers = _run(commands, url)
    sections = [_section(*each) for each in zip(range(1, len(STEPS) + 1), STEPS, commands, answers, strict=True)]
    return "\n".join([OPENING, *sections])


def _command(step: Step, operation: Operation) -> str:
    arguments = [_method(operation), _address(step, operation), *_headers(step, operation)]
    if body := _body(step, operation):
        arguments.append(f"\\\n  -d '{body}'")
    command = "curl -s " + " ".join(filter(None, arguments))
    return f"ANSWER=$({command})\n{KEEP_TOKEN}" if step.keeps_token else f"{command}\n"


def _method(operation: Operation) -> str:
    implied = "POST" if operation.body_model else "GET"
    return "" if operation.method == implied else f"-X {operation.method}"


def _address(step: Step, operation: Operation) -> str:
    path = operation.path.removeprefix(BASE)
    for name, value in step.path.items():
        path = path.replace(f"{{{name}}}", value)
    return f'"$API{path}?{step.query}"' if step.query else f"$API{path}"


def _headers(step: Step, operation: Operation) -> list[str]:
    headers = ['-H "$AUTH"'] if operation.needs_user else []
    if operation.body_model:
        headers.append('-H "$JSON"')
    if step.if_match is not None:
        headers.append(f"""-H 'If-Match: "{step.if_match}"'""")
    return headers


def _body(step: Step, operation: Operation) -> str:
    example = operation.example()
    return json.dumps({**step.body, **example}, ensure_ascii=False) if example else ""


def _run(commands: list[str], url: str) -> list[tuple[int, str]]:
    """Status and answer of each, typed one after the other into one shell."""
    script = "".join(f"{command}printf '{PART_END}'\n" for command in commands)
    settings = SETTINGS.replace("http://localhost:8000", url)
    run = subprocess.run(
        ["bash", "-euc", f"{TELLS_STATUS}\n{settings}{script}"], capture_output=True, text=True, check=True, timeout=60
    )
    statuses = [int(line) for line in run.stderr.splitlines()]
    return list(zip(statuses, run.stdout.split(PART_END)[:-1], strict=True))


def _section(number: int, step: Step, command: str, answer: tuple[int, str]) -> str:
    status, text = answer
    operation = OPERATIONS[step.operation]
    assert status == step.status, f"{step.heading}: {status} {text}"
    assert str(status) in operation.document["responses"], f"{operation} does not declare {status}"
    told = step.says or description_of(operation).partition("\n\n")[0]
    shown = _shown(json.loads(text), step.shown) if text else ""
    return f"## {number}. {step.heading}\n\n{told}\n\n```sh tour\n{command}```\n\n```\n{status}\n{shown}```\n"


def _shown(answer: object, names: tuple[str, ...]) -> str:
    text = json.dumps(_shortened(answer, names), indent=2, ensure_ascii=False)
    return re.sub('"…": "…"', "…", text) + "\n"


def _shortened(value: object, names: tuple[str, ...]) -> Any:
    match value:
        case dict():
            kept = {name: _shortened(part, names) for name, part in value.items() if name in names}
            return kept if len(kept) == len(value) else {**kept, "…": "…"}
        case list():
            return [_shortened(part, names) for part in value]
    return value
