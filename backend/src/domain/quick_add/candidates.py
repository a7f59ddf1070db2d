"""Every phrase of a line that could mean something, before it is decided which do."""

from dataclasses import replace
from typing import Final

from src.domain.quick_add.clauses import read_clause
from src.domain.quick_add.dates import LEADS, read_date
from src.domain.quick_add.marks import read_priority, read_tag
from src.domain.quick_add.readings import Candidate, Reading, Slot
from src.domain.quick_add.recurrence import read_recurrence
from src.domain.quick_add.times import read_moment, read_part, read_time
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present
from src.domain.quick_add.vocabulary import words

_BLOCKERS: Final = frozenset(
    words(
        "the a an my your our his her their its this that of about after since from to until till til through starting "
        "beginning ending than as like called named and or not last past previous every each between except vs"
    )
)
_TIME_BLOCKERS: Final = _BLOCKERS - {"this", "that"}
_RULE_BLOCKERS: Final = frozenset(words("not almost nearly after before of than except"))
_HOLIDAY_NAMES: Final = frozenset(words("good black cyber easter palm ash holy super"))
_BLOCKERS_OF: Final[dict[Slot, frozenset[str]]] = {
    "day": _BLOCKERS | _HOLIDAY_NAMES,
    "moment": _BLOCKERS,
    "time": _TIME_BLOCKERS,
    "part": frozenset(),
    "recurrence": _RULE_BLOCKERS,
}
_NEGATIONS: Final = frozenset({"not", "except"})


def find_candidates(line: Line, present: Present) -> list[Candidate]:
    """The longest readings from left to right; they do not overlap."""
    found: list[Candidate] = []
    at = 0
    while at < len(line.tokens):
        candidate = _longest(line, at, present)
        if candidate:
            found.append(candidate)
        at = candidate.last if candidate else at + 1
    return found


def _longest(line: Line, at: int, present: Present) -> Candidate | None:
    if line.tokens[at].kind not in ("word", "quoted_tag") or not line.begins_word(at):
        return None
    readings = _readings(line, at, present)
    if not readings:
        return None
    best = max(readings, key=lambda reading: reading.end)
    candidate = Candidate(at, best.end, best.meaning, best.place, blocked=False)
    return replace(candidate, blocked=_is_blocked(line, candidate))


def _readings(line: Line, at: int, present: Present) -> list[Reading]:
    readings = (
        read_tag(line, at),
        read_priority(line, at),
        read_recurrence(line, at),
        read_clause(line, at, present),
        read_date(line, at, present),
        read_moment(line, at, present),
        read_time(line, at),
        read_part(line, at),
    )
    return [reading for reading in readings if reading and line.ends_word(reading.end)]


def _is_blocked(line: Line, candidate: Candidate) -> bool:
    before = line.key(candidate.first - 1)
    has_preposition = line.key(candidate.first) in (*LEADS, "at", "due", "@", "in", "around")
    if has_preposition and candidate.slot != "moment":
        return before in _NEGATIONS
    blockers = _BLOCKERS_OF.get(candidate.slot, frozenset())
    if candidate.slot == "recurrence" and not candidate.place.anywhere:
        blockers = _BLOCKERS
    return before in blockers
