"""What requests are made of. Ids are drawn as picks from what was seen, so that a failing run prints as plain data."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

from hypothesis import strategies as st

from tests.model.model import Match
from tests.model.series_model import RULES
from tests.model.words import Piece, Search

USERS = ("ana", "bob", "cho")
CLIENT_IDS = tuple(f"00000000-0000-7000-8000-00000000000{number}" for number in range(5))
"""Ids that the clients choose: everybody the same ones, for every kind of thing, in every run."""
NOBODYS_ID = "00000000-0000-7000-8000-0000000000ff"
WORDS = ("Milk", "milkshake", "café", "CAFE", "Ana's", "e-mail", "Übung", "7", "naïve idea")
ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "Europe/Madrid")

who = st.sampled_from(range(len(USERS)))
client_id = st.none() | st.sampled_from(CLIENT_IDS)


@dataclass(frozen=True)
class Pick:
    """An id: one of the caller's own, one that anyone has of this kind of thing, or one of anything at all."""

    among: Literal["own", "anyone's", "any"]
    number: int


def picks(*, own: int = 8) -> st.SearchStrategy[Pick]:
    """``own``: of ten, how many are the caller's own."""
    among = ["own"] * own + ["anyone's"] * (9 - own) + ["any"]
    return st.builds(Pick, st.sampled_from(among), st.integers(0, 7))


def _match(header: str | None, *versions: int) -> Match:
    return Match(header, None if header in (None, "*") else frozenset(versions))


matches = st.one_of(
    *(st.just(Match()) for _ in range(9)),  # each one new: equal strategies are tried as often, the same one is one
    st.just(_match("*")),
    st.integers(1, 5).map(lambda version: _match(f'"{version}"', version)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)).map(lambda two: _match(f'"{two[0]}", W/"1", "{two[1]}"', *two)),
    st.integers(1, 3).map(lambda version: _match(f'W/"{version}"')),
)

days = st.sampled_from([0, 1, -1, 2, 30, -400])
times = st.sampled_from([time(9, 30), time(0, 0), time(23, 59, 59)])
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
descriptions = st.lists(st.sampled_from(WORDS), max_size=3).map("\n".join)
priorities = st.sampled_from(["low", "medium", "high", "urgent"])

_task_fields = {
    "description": st.none() | descriptions,
    "is_completed": st.booleans(),
    "priority": st.none() | priorities,
    "due_date": st.none() | days,
    "due_time": st.none() | times,
    "timezone": st.none() | st.sampled_from(["Asia/Kolkata", "America/Lima"]),
    "tags": st.lists(picks(), max_size=3),
    "parent_id": st.none() | picks(),
}
new_tasks = st.fixed_dictionaries({"title": titles}, optional=_task_fields)
task_changes = st.fixed_dictionaries({}, optional={"title": titles, **_task_fields})

_versions = st.sampled_from([None] * 8 + [1, 2, 3, 4])


def _on_task(op: str, **data: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"op": st.just(op), "id": picks(), **data}, optional={"if_version": _versions})


operations = st.one_of(
    st.builds(
        lambda task_id, data: {"op": "create", "data": data if task_id is None else {**data, "id": task_id}},
        client_id,
        new_tasks,
    ),
    _on_task("update", data=task_changes),
    _on_task("complete", data=st.fixed_dictionaries({"is_completed": st.booleans()})),
    _on_task("delete", data=st.fixed_dictionaries({"permanent": st.sampled_from([False, False, True])})),
    _on_task("restore"),
)

_series_fields = {
    "description": st.none() | descriptions,
    "priority": st.none() | priorities,
    "tags": st.lists(picks(), max_size=2),
    "due_time": st.none() | times,
    "missed": st.sampled_from(["skip", "keep", "keep"]),
    "is_active": st.sampled_from([True, True, False]),
}
new_series = st.fixed_dictionaries(
    {"title": titles, "rrule": st.sampled_from(list(RULES))},
    optional={
        **_series_fields,
        "start_date": st.sampled_from([None, 0, -1, -3, -3, -20, 2]),
        "timezone": st.none() | st.sampled_from(["Asia/Kolkata", "America/Lima"]),
        "mode": st.sampled_from(["schedule", "after_completion"]),
    },
)
series_changes = st.fixed_dictionaries(
    {}, optional={"title": titles, **_series_fields, "timezone": st.sampled_from(["Asia/Kolkata", "America/Lima"])}
)

_tag_fields = {"color": st.sampled_from(["#6B7280", "#2563EB"])}
tag_names = st.sampled_from(["work", "Work", "HOME", "home", "Ärger", "7"])
new_tags = st.fixed_dictionaries({"name": tag_names}, optional=_tag_fields)
tag_changes = st.fixed_dictionaries({}, optional={"name": tag_names, **_tag_fields})


@dataclass(frozen=True)
class Line:
    """A line of text for a task."""

    title: str
    priority: str | None
    tag: str | None
    is_tomorrow: bool

    def __str__(self) -> str:
        marks = ["tomorrow"] if self.is_tomorrow else []
        marks += [f"!{self.priority}"] if self.priority else []
        marks += [f"#{self.tag}"] if self.tag else []
        return " ".join([f'"{self.title}"', *marks])


lines = st.builds(
    Line, titles, st.none() | priorities, st.sampled_from([None, "work", "HOME", "Ärger"]), is_tomorrow=st.booleans()
)

_first = st.sampled_from(["mil", "MILK", "cafe", "ana", "Ana's", "e-mail", "e-m", "ubung", "naive", "nai", "7", "xyz"])
_phrase = st.sampled_from(["milk cafe", "naive idea", "e mail", "Milk", "idea milk", "idea mil"])
pieces = st.one_of(
    st.builds(Piece, _first),
    st.builds(Piece, _first, is_unwanted=st.just(value=True)),
    st.builds(Piece, _phrase, is_quoted=st.just(value=True), is_unwanted=st.booleans()),
)
_unended = st.builds(Piece, _phrase, is_quoted=st.just(value=True), is_ended=st.just(value=False))
searches = st.builds(
    lambda some, last: Search((*some, *last)), st.lists(pieces, min_size=1, max_size=2), st.lists(_unended, max_size=1)
)

filters = st.fixed_dictionaries(
    {},
    optional={
        "completed": st.booleans(),
        "priority": st.lists(priorities, min_size=1, max_size=2),
        "tag": st.lists(picks() | tag_names, min_size=1, max_size=2, unique_by=str),
        "tag_match": st.sampled_from(["all", "any"]),
        "due": st.sampled_from(["today", "overdue", "upcoming", "none"]),
        "due_before": days,
        "due_after": days,
        "parent_id": st.just("none") | picks(),
        "recurring_task_id": picks(),
        "trash": st.booleans(),
    },
)
sorts = st.sampled_from(
    [
        f"{direction}{name}"
        for name in ("created_at", "due_date", "priority", "title", "updated_at", "completed_at", "position")
        for direction in ("", "-")
    ]
)
limits = st.sampled_from([2, 3, 200])
