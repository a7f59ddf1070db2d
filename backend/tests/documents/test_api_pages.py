"""What the pages about parts of the API show to be typed, as it stands."""

import json
import re
from pathlib import Path

from tests.documents.blocks import shown
from tests.documents.reader import Reader
from tests.factories import Api
from tests.startup.processes import Program

EXCHANGE = "docs/api/token-exchange.md"
TODOIST = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT\ntask,Water the plants,,4,1\n"


@shown("docs/api/export-import.md", "sh export")
async def test_everything_is_taken_along_and_brought_in(
    program: Program, own_database: str, tmp_path: Path, script: str
) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    async with Api.at(service.url) as ana:
        await ana.register(email="ana@example.com", password="correct horse battery")
        await ana.log_in(email="ana@example.com", password="correct horse battery")
        await ana.create_task(title="Call Bo")
        (tmp_path / "Todoist.csv").write_text(TODOIST)
        said = Reader(tmp_path).types(script.replace("http://localhost:8000", service.url))
        tasks = (await ana.get("/tasks")).json()["items"]
    assert [task["title"] for task in json.loads((tmp_path / "account.json").read_text())["tasks"]] == ["Call Bo"]
    assert "Call Bo" in (tmp_path / "tasks.csv").read_text()
    tried, done = (json.loads(report) for report in re.findall(r"\{.*?\}(?=\{|$)", said))
    assert (tried["dry_run"], done["dry_run"]) == (True, False)
    assert {task["title"] for task in tasks} == {"Call Bo", "Water the plants"}


@shown(EXCHANGE, "sh exchange settings", as_="exports")
@shown(EXCHANGE, "sh exchange")
async def test_a_token_is_exchanged(
    program: Program, own_database: str, tmp_path: Path, exports: str, script: str
) -> None:
    bo = Reader(tmp_path)
    names = re.findall(r"^export (\w+)", exports, re.MULTILINE)
    values = bo.types(f"{exports}\nprintenv {' '.join(names)}").splitlines()
    settings = dict(zip(names, values, strict=True))
    service = await program.start("serve", DATABASE_URL=own_database, **settings).serving()
    said = bo.types(script.replace("http://localhost:8000", service.url), **settings)
    assert json.loads(said)["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
