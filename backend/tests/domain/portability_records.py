"""Tasks as an account could hold them, for the laws of what is written and read again."""

import unicodedata
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from src.domain.portability import Bundle, Reader, TaskRecord
from src.domain.text import identity_key, is_visible

READER = Reader("Europe/Madrid", datetime(2026, 11, 22, 10, tzinfo=UTC), date(2026, 11, 22))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "UTC")
HOSTILE = (
    "BEGIN:VTODO", "END:VCALENDAR", "\\n", "\\", ";", ",", ":", '"', "'", "=1+1", "@SUM(A1)", "-1", "+1", "''=1", "'x",
    "＝1", "a\tb", "\u00e9" * 40, "💥" * 30, "RRULE:FREQ=DAILY", ' "quoted"',
)  # fmt: skip
_LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co"), include_characters="\t")
_pieces = st.lists(st.sampled_from(HOSTILE) | st.text(_LETTERS, max_size=40), min_size=1, max_size=4).map("".join)


def _clean(text: str, most: int) -> str:
    return unicodedata.normalize("NFC", text)[:most].strip()


lines = _pieces.map(lambda text: _clean(text, 255)).filter(is_visible)
paragraphs = st.lists(_pieces, min_size=1, max_size=4).map(lambda parts: _clean("\n".join(parts), 10_000)).filter(bool)
names = _pieces.map(lambda text: _clean(text, 50)).filter(is_visible)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)
days = st.dates(date(1900, 1, 1), date(9998, 12, 31))
clock_times = st.times().map(lambda clock_time: clock_time.replace(microsecond=0))
whens = st.one_of(
    st.just((None, None, None)),
    days.map(lambda day: (day, None, None)),
    st.tuples(days, clock_times, st.sampled_from(ZONES)),
)


@st.composite
def tasks(draw: st.DrawFn) -> TaskRecord:
    """``tags`` are names here."""
    due_date, due_time, timezone = draw(whens)
    completed_at = draw(st.none() | instants)
    return TaskRecord(
        place=0,
        id=draw(st.uuids()),
        title=draw(lines),
        description=draw(st.none() | paragraphs),
        is_completed=completed_at is not None,
        completed_at=completed_at,
        priority=draw(st.sampled_from([None, "low", "medium", "high", "urgent"])),
        due_date=due_date,
        due_time=due_time,
        timezone=timezone,
        tags=tuple(draw(st.lists(names, max_size=4, unique_by=identity_key))),
        parent_id=draw(st.none() | st.uuids()),
        position=draw(st.none() | st.from_regex(r"[0-9a-f]{14}[0-9A-Za-z]{0,5}[1-9A-Za-z]", fullmatch=True)),
        created_at=draw(st.none() | instants),
        updated_at=draw(st.none() | instants),
    )


several_tasks = st.lists(tasks(), min_size=1, max_size=4, unique_by=lambda task: task.id)


def as_written(bundle: Bundle) -> list[TaskRecord]:
    """What was read, with the names of its tags, and without the lines."""
    for task in bundle.tasks:
        task.place = 0
        task.tags = tuple(bundle.tags[ref].name for ref in task.tags)
    return bundle.tasks


def said(bundle: Bundle) -> list[tuple[object, str]]:
    return [(line.place, line.code) for line in bundle.report.lines]
