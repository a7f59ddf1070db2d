"""From the rows of series to what the API shows, and from the text of rules to what they mean."""

from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache

from src.core.errors import Invalid
from src.database.statements import Row
from src.domain.recurrence import InvalidRule, Rule, describe, parse_rule, require_firing
from src.schemas.encoding import build
from src.schemas.recurring_task import Occurrence, RecurringTaskPublic
from src.services.occurrences import due_at
from src.services.recurring_task_statements import PRIORITY_AT, RRULE_AT, TAGS_AT
from src.services.task_rows import PUBLIC_PRIORITIES, tags_of


def read_rule(rrule: str, *, zone: str, start: date, pointer: str = "/rrule") -> Rule:
    """Raises Invalid for what is no rule, or never fires from that start on; ``pointer`` is to what was sent."""
    try:
        rule = parse_rule(rrule, zone=zone)
        require_firing(rule, start)
    except InvalidRule as error:
        raise Invalid.field(pointer, error.code, str(error)) from None
    return rule


def public_series(row: Row) -> RecurringTaskPublic:
    """Of a row of `READ` or `LIST`."""
    values = list(row)[:-1]
    values[PRIORITY_AT] = PUBLIC_PRIORITIES.get(row.priority_id)
    values[TAGS_AT] = tags_of(row.tags)
    values.insert(RRULE_AT + 1, _words_of(row.rrule))
    return build(RecurringTaskPublic, *values)


@lru_cache(maxsize=4096)
def _words_of(rrule: str) -> str:
    return describe(parse_rule(rrule))


def public_occurrences(days: Iterable[date], due_time: time | None, zone: str) -> list[Occurrence]:
    return [build(Occurrence, day, due_at(day, due_time, zone)) for day in days]
