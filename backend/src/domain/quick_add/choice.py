"""Which of the candidates count: those in their place, and of several for the same thing the last."""

from itertools import pairwise
from typing import Final

from src.domain.quick_add.readings import Candidate, Slot
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.vocabulary import words

_JOINERS: Final = frozenset(words("and or to until till through & - – — /"))
_DAYS: Final[frozenset[Slot]] = frozenset({"day", "moment", "start"})
_TIMES: Final[frozenset[Slot]] = frozenset({"time", "part", "moment"})
_ONLY_WITH_RULE: Final[frozenset[Slot]] = frozenset({"start", "end"})
_NEVER_WITH_RULE: Final[frozenset[Slot]] = frozenset({"moment"})


def choose(line: Line, candidates: list[Candidate]) -> list[Candidate]:
    """Those that count, in the order of the text. What loses is plain text, and no longer supports its neighbours."""
    rest = [candidate for candidate in _without_ranges(line, candidates) if not candidate.blocked]
    chosen = _believed(line, rest)
    while losers := _losers(chosen):  # again, because a rule may lose its support, and its "until" then its rule
        rest = [candidate for candidate in rest if candidate not in losers]
        chosen = _believed(line, rest)
    return chosen


def _without_ranges(line: Line, candidates: list[Candidate]) -> list[Candidate]:
    """Neither end of "monday to friday" or of "9am or 5pm" is the day or the time that is meant."""
    ends: set[int] = set()
    for one, two in pairwise(candidates):
        if _joined(line, one, two) and any({one.slot, two.slot} <= family for family in (_DAYS, _TIMES)):
            ends |= {one.first, two.first}
    return [candidate for candidate in candidates if candidate.first not in ends]


def _joined(line: Line, one: Candidate, two: Candidate) -> bool:
    return two.first == one.last + 1 and line.key(one.last) in _JOINERS


def _losers(believed: list[Candidate]) -> set[Candidate]:
    has_rule = any(candidate.slot == "recurrence" for candidate in believed)
    losers: set[Candidate] = set()
    taken: set[Slot] = set()
    for candidate in reversed(believed):
        slot = candidate.slot
        if slot == "tag":
            continue
        if slot in taken or slot in (_NEVER_WITH_RULE if has_rule else _ONLY_WITH_RULE):
            losers.add(candidate)
        else:
            taken |= _taken_by(slot)
    if has_rule and any(c.slot == "start" and c not in losers for c in believed):
        losers |= {candidate for candidate in believed if candidate.slot == "day"}
    return losers


def _taken_by(slot: Slot) -> frozenset[Slot]:
    if slot == "moment":
        return frozenset({"day", "moment", "time", "part"})
    return frozenset({slot, "moment"}) if slot in ("day", "time", "part") else frozenset({slot})


def _believed(line: Line, candidates: list[Candidate]) -> list[Candidate]:
    """From the right, what stands at the end or before a neighbour; then, from the left, what stands behind one."""
    count = len(candidates)
    firm = [candidate.place.anywhere for candidate in candidates]
    end = len(line.tokens)
    for i in range(count - 1, -1, -1):
        one = candidates[i]
        at_end = line.only_marks(one.last, end)
        before = i + 1 < count and firm[i + 1] and _beside(line, one, candidates[i + 1])
        firm[i] |= (at_end and one.place.at_end) or (before and candidates[i + 1].slot in one.place.before)
        end = one.first if at_end and firm[i] else end
    start = 0
    for i, one in enumerate(candidates):
        at_start = line.only_marks(start, one.first)
        behind = i > 0 and firm[i - 1] and _beside(line, candidates[i - 1], one)
        firm[i] |= (at_start and one.place.at_start) or (behind and candidates[i - 1].slot in one.place.behind)
        start = one.last if at_start and firm[i] else start
    return [candidate for candidate, is_firm in zip(candidates, firm, strict=True) if is_firm]


def _beside(line: Line, one: Candidate, two: Candidate) -> bool:
    return line.skip(one.last, ",") == two.first
