"""What a phrase can mean, and where in a text it is believed."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from src.domain.priorities import PriorityName
from src.domain.quick_add.rules import Rule
from src.domain.quick_add.vocabulary import Part, Unit

Slot = Literal["day", "time", "part", "moment", "recurrence", "start", "end", "priority", "tag"]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """``vague``: without am, pm or a leading zero, so that "in the evening" may still move it."""

    clock_time: time
    vague: bool = False


@dataclass(frozen=True, slots=True)
class PartOfDay:
    part: Part


@dataclass(frozen=True, slots=True)
class Moment:
    day: date
    clock_time: time


@dataclass(frozen=True, slots=True)
class Recurrence:
    rule: Rule
    after_completion: bool = False
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Start:
    day: date


@dataclass(frozen=True, slots=True)
class Until:
    day: date


@dataclass(frozen=True, slots=True)
class Lasting:
    """For so many days, weeks, months or years from the first date."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Times:
    count: int


@dataclass(frozen=True, slots=True)
class Priority:
    name: PriorityName


@dataclass(frozen=True, slots=True)
class Tag:
    name: str


Meaning = Day | Clock | PartOfDay | Moment | Recurrence | Start | Until | Lasting | Times | Priority | Tag

SLOTS: dict[type[Meaning], Slot] = {
    Day: "day",
    Clock: "time",
    PartOfDay: "part",
    Moment: "moment",
    Recurrence: "recurrence",
    Start: "start",
    Until: "end",
    Lasting: "end",
    Times: "end",
    Priority: "priority",
    Tag: "tag",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase is believed: anywhere, at the end or the start of the text, behind or before other phrases."""

    anywhere: bool = False
    at_end: bool = False
    at_start: bool = False
    behind: frozenset[Slot] = frozenset()
    before: frozenset[Slot] = frozenset()


_WHEN: frozenset[Slot] = frozenset({"day", "time", "moment", "recurrence", "start"})
_WHICH_DAY: frozenset[Slot] = frozenset({"day", "recurrence", "start", "end"})

ANYWHERE = Place(anywhere=True)
AT_END = Place(at_end=True, behind=_WHEN, before=_WHEN)
ADVERB = Place(at_end=True, before=_WHEN | {"end"})
BEHIND_DAY = Place(behind=_WHICH_DAY)
BEHIND_RULE = Place(behind=frozenset({"recurrence", "time", "part", "start", "end"}))
BESIDE_RULE = Place(behind=BEHIND_RULE.behind, before=frozenset({"recurrence"}))
AT_EITHER_END = Place(at_end=True, at_start=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """A meaning of the tokens up to ``end``."""

    end: int
    meaning: Meaning
    place: Place = ANYWHERE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading of the tokens from ``first`` to before ``last``; a blocked one only counts as the end of a range."""

    first: int
    last: int
    meaning: Meaning
    place: Place
    blocked: bool

    @property
    def slot(self) -> Slot:
        return SLOTS[type(self.meaning)]
