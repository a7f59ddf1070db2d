"""From one line of text to what it means."""

from datetime import date, time, tzinfo
from typing import Final

from src.domain.quick_add.candidates import find_candidates
from src.domain.quick_add.choice import choose
from src.domain.quick_add.meaning import Senseless, When, the, when
from src.domain.quick_add.readings import Candidate, Meaning, Priority, Tag
from src.domain.quick_add.spans import spans_of
from src.domain.quick_add.title import title_of
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present, QuickAdd, QuickAddError
from src.domain.text import UncleanText, clean_lines, identity_key, is_visible

MAX_TEXT_LENGTH: Final = 1_000
MAX_TITLE_LENGTH: Final = 255


def parse_quick_add(text: str, *, today: date, now: time | None = None, zone: tzinfo | None = None) -> QuickAdd:
    """Reads ``text``, exactly as it was typed: spans point into it. Line breaks count as spaces.

    ``today`` and ``now`` are the user's wall clock. ``zone`` only matters to "in 2 hours" on a night when the clocks
    change. Raises QuickAddError, and nothing else, whatever the text.
    """
    _refuse_unfit(text)
    line = Line(text)
    chosen, due = _understood(line, Present(today, now, zone))
    meanings = [candidate.meaning for candidate in chosen]
    priority = the(Priority, meanings)
    return QuickAdd(
        title=_checked(title_of(line.tokens, [(candidate.first, candidate.last) for candidate in chosen])),
        due_date=due.due_date,
        due_time=due.due_time,
        priority=priority.name if priority else None,
        tags=_tags(meanings),
        rrule=due.rrule,
        mode=due.mode,
        spans=spans_of(text, line, chosen, due),
    )


def _refuse_unfit(text: str) -> None:
    if len(text) > MAX_TEXT_LENGTH:
        raise QuickAddError("text_too_long", f"must have at most {MAX_TEXT_LENGTH} characters")
    try:
        clean_lines(text)
    except UncleanText as unclean:
        raise QuickAddError(unclean.code, str(unclean)) from None


def _understood(line: Line, present: Present) -> tuple[list[Candidate], When]:
    """Phrases that make no sense together ("until" a day before the first) are left to the title, one by one."""
    candidates = find_candidates(line, present)
    while True:
        chosen = choose(line, candidates)
        try:
            return chosen, when([candidate.meaning for candidate in chosen], present)
        except Senseless as senseless:
            candidates.remove(next(c for c in chosen if c.meaning is senseless.meaning))


def _checked(title: str) -> str:
    if not is_visible(title):
        raise QuickAddError("title_empty", "must have a title beside dates, tags and priority")
    if len(title) > MAX_TITLE_LENGTH:
        raise QuickAddError("title_too_long", f"must leave a title of at most {MAX_TITLE_LENGTH} characters")
    return title


def _tags(meanings: list[Meaning]) -> tuple[str, ...]:
    """In order, each once without regard to case, as it was first written."""
    names: dict[str, str] = {}
    for meaning in meanings:
        if isinstance(meaning, Tag):
            names.setdefault(identity_key(meaning.name), meaning.name)
    return tuple(names.values())
