"""Short texts that could take long to work out: rules, sentences, searches. They hold nobody up."""

import asyncio
from typing import Any

import pytest

from tests.factories import Api, problem
from tests.security.wire import PATIENCE

RULES = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY",
    "FREQ=HOURLY",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=99999999999999999999",
    "FREQ=DAILY;COUNT=99999999999999999999",
    "FREQ=DAILY;COUNT=0",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=99MO",
    "FREQ=YEARLY;BYEASTER=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=1;BYDAY=MO;BYSETPOS=5",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=YEARLY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
    "FREQ=DAILY;UNTIL=20200101T000000 Europe/Berlin",
    "FREQ=DAILY;UNTIL=99991231T235959Z;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;FREQ=YEARLY",
    "FREQ=DAILY;" * 5000,
    "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["1"] * 100_000),
    "FREQ=YEARLY;BYSETPOS=" + ",".join(str(n) for n in range(1, 367)),
    "RRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY",
    "FREQ=DAILY\0",
    "",
    "=" * 100_000,
]

SENTENCES = [
    "every " * 80,
    "tomorrow " * 40,
    "1/" * 200,
    "mon tue wed thu fri sat sun " * 15,
    "every 2nd and 3rd and " * 18,
    "#" * 400,
    "!" * 400,
    '"' * 400,
    "\\" * 400,
    "(" * 400,
    "9:" * 200,
    "at 5 at 5 at 5 " * 25,
    "in 99999999999999999999 years",
    "every 99999999999999999999 days",
    "on the 99th of February 0000 at 25:61",
    "every day until " * 25,
    "a" * 400 + " " + "!" * 50,
    "jan feb mar apr may " * 20,
    "٣٣٣ ۱۲:۳۰ " * 20,
    "🏴\u200d" * 100,
    "e\u0301" * 200,
]

SEARCHES = [
    "(a+)+$",
    "a" * 200 + "!",
    ".*" * 90,
    "%" * 200,
    "_" * 200,
    "\\" * 199,
    '"' * 199,
    "-" * 199,
    '"a -b" ' * 25,
    "a " * 99,
    "& | ! ( ) <-> :*",
    "' OR '1'='1",
    "%' UNION SELECT password_hash FROM users --",
    "İ" * 200,
    "ﷺ" * 190,
]


async def answered_beside_others(bob: Api, *requests: Any) -> list[Any]:
    """The answers to these requests. Meanwhile others are served."""
    async with asyncio.timeout(4 * PATIENCE):
        work = asyncio.gather(*requests)
        while not work.done():
            async with asyncio.timeout(PATIENCE):
                assert (await bob.client.get("/health/live")).status_code == 200
            await asyncio.sleep(0.05)
        return list(await work)


async def test_rules(ana: Api, bob: Api) -> None:
    for rule in RULES:
        body = {"rrule": rule, "start_date": "2026-01-01"}
        answers = await answered_beside_others(
            bob,
            ana.post("/recurring-tasks/preview", body),
            ana.post("/recurring-tasks", {"title": "x", **body}),
            ana.post("/tasks/quick", {"text": f"x {rule}"[:400], "dry_run": True}),
        )
        assert all(answer.status_code < 500 for answer in answers)
        assert {answer.status_code for answer in answers[:2]} in ({422}, {200, 201}), rule[:60]


@pytest.mark.parametrize("rule", [rule for rule in RULES if "LY;BYMONTH=2;BYMONTHDAY=3" in rule or "BYEASTER" in rule])
async def test_rules_that_never_fire_are_refused(ana: Api, rule: str) -> None:
    problem(await ana.post("/recurring-tasks/preview", {"rrule": rule}), 422, "validation_error")


async def test_a_long_series_tells_no_more_than_is_asked_for(ana: Api) -> None:
    body = {"title": "x", "rrule": "FREQ=DAILY", "start_date": "1900-01-01", "missed": "keep"}
    series = (await ana.post("/recurring-tasks", body)).json()
    assert len((await ana.get("/tasks?limit=200")).json()["items"]) <= 51  # fifty that were missed, and the next
    occurrences = await ana.get(
        f"/recurring-tasks/{series['id']}/occurrences", params={"after": "1900-01-01", "before": "9998-12-31"}
    )
    assert occurrences.status_code in (200, 422)
    assert len(occurrences.json().get("items", [])) <= 1000


async def test_sentences(ana: Api, bob: Api) -> None:
    answers = await answered_beside_others(
        bob, *(ana.post("/tasks/quick", {"text": text, "dry_run": True}) for text in SENTENCES)
    )
    assert {answer.status_code for answer in answers} <= {200, 422}


async def test_searches(ana: Api, bob: Api) -> None:
    await ana.create_task(title="a" * 255, description="a " * 5000)
    await ana.create_task(title="50% _done_")
    answers = await answered_beside_others(bob, *(ana.get("/tasks", params={"q": text}) for text in SEARCHES))
    assert {answer.status_code for answer in answers} <= {200, 422}
    for text in ("%", "_"):  # found where they stand, and not everywhere
        assert [task["title"] for task in (await ana.get("/tasks", params={"q": text})).json()["items"]] == [
            "50% _done_"
        ]


async def test_zones(ana: Api) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "A" * 5000, "", "posixrules"):
        problem(await ana.post("/tasks", {"title": "x", "timezone": zone}), 422, "validation_error")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=201", "limit=2147483648", f"limit={2**63}", f"limit={'9' * 4400}", "limit=1e3",
        "limit=NaN", "limit=1.0", "limit=%00", "limit=", "sort=%00", "due_before=0001-01-01", "due_after=9999-12-31",
        "due_before=2026-01-01T00:00:00%2B14:00", "tag=%00", "q=%00", "parent_id=%00",
        "tag=" + "a" * 60, "&".join(["tag=a"] * 500), "&".join(["priority=low"] * 500), "%00=1", "a" * 5000 + "=1",
    ],
)  # fmt: skip
async def test_odd_queries(ana: Api, query: str) -> None:
    problem(await ana.get(f"/tasks?{query}"), 422, "validation_error")
