"""Texts that would become lines of their own in a calendar, and calendars that lie."""

import icalendar

from tests.factories import Api, make_series, problem
from tests.portability import TYPES

INJECTED = [
    "x\nEND:VTODO\nBEGIN:VEVENT\nSUMMARY:planted\nEND:VEVENT\nBEGIN:VTODO",
    "x\r\nATTACH:https://evil.example/",
    "x\nBEGIN:VALARM\nACTION:PROCEDURE\nATTACH:file:///bin/sh\nEND:VALARM",
    "\\nBEGIN:VEVENT",
    "x;VALUE=URI:https://evil.example",
    'x",ALTREP="https://evil.example":y',
    "a" * 70 + "\n" + "ATTENDEE:mailto:evil@example.com",
    "é" * 40 + "\nX-EVIL:1",
]


async def calendar_of(caller: Api) -> tuple[list[str], icalendar.Calendar]:
    """The lines as they are sent, unfolded, and what another program reads in them."""
    text = (await caller.get("/tasks/export?format=ics")).content.decode()
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")
    calendar = icalendar.Calendar.from_ical(text)
    assert isinstance(calendar, icalendar.Calendar)
    return lines, calendar


async def test_no_text_becomes_a_line(ana: Api) -> None:
    for text in INJECTED:
        tag = (await ana.post("/tags", {"name": text.replace("\r", "").replace("\n", " ")[:50]})).json()
        title = text.replace("\r", "").replace("\n", " ")
        await ana.create_task(title=title, description=text, tags=[tag["id"]])
    await make_series(ana, title="a series", description=INJECTED[0])

    lines, calendar = await calendar_of(ana)
    begun = [line for line in lines if line.upper().startswith("BEGIN:")]
    assert set(begun) <= {"BEGIN:VCALENDAR", "BEGIN:VTODO", "BEGIN:VTIMEZONE", "BEGIN:STANDARD", "BEGIN:DAYLIGHT"}
    assert begun.count("BEGIN:VTODO") == len(INJECTED) + 1
    names = {line.partition(":")[0].partition(";")[0] for line in lines}
    assert not names & {"ATTACH", "ATTENDEE", "X-EVIL", "ACTION"}
    read = {str(todo["DESCRIPTION"]) for todo in calendar.walk("VTODO")}
    assert read == {text.replace("\r\n", "\n") for text in INJECTED}


async def test_a_line_break_in_a_title_is_refused(ana: Api) -> None:
    for character in "\n\r\x0b\x0c\x85\u2028\u2029\0\x1b":
        problem(await ana.post("/tasks", {"title": f"a{character}BEGIN:VEVENT"}), 422, "validation_error")


HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
LIES = {
    "never ends": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:x\r\n",
    "ends before it begins": "END:VTODO\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "nests": HEAD + "BEGIN:VTODO\r\n" * 50_000,
    "folds for ever": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:x" + "\r\n a" * 200_000 + "\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    "repeats each second": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:x\r\nDUE:20260101\r\nRRULE:FREQ=SECONDLY\r\nEND:VTODO\r\n"
    "END:VCALENDAR\r\n",
    "has a NUL": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:a\0b\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    "is of the year 0": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:x\r\nDUE:00000101T000000Z\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    "fetches": f"{HEAD}BEGIN:VTODO\r\nSUMMARY:x\r\nATTACH:http://127.0.0.1:1/\r\nDUE;TZID=file:///etc/passwd:20260101T000000"
    "\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
}


async def test_one_that_lies_does_no_harm(ana: Api) -> None:
    for name, text in LIES.items():
        response = await ana.request(
            "POST", "/users/me/import", content=text.encode(), headers={"Content-Type": TYPES["ics"]}
        )
        assert response.status_code in (200, 422), name
    assert (await ana.get("/tasks")).status_code == 200
