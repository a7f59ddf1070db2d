"""Quick add: one line of English becomes a task or a recurring series.

What counts, and what stays in the title (to miss a date is better than to mangle a title):

1. A phrase is whole words. Text in "double quotes" or behind a backslash is never read.
2. What can hardly mean anything else counts anywhere: tomorrow, 1 Dec, in 3 days, 5pm, every friday, #tag, !high.
3. Bare weekdays, 9:30, noon, 12 may count behind a preposition (on, by, for, at) or as in 4.
4. What is often something else (sun, the 15th, at 9, weekly, p1) counts at the end of the text, where only other
   phrases follow, or beside a day or time. `p1` (most urgent) also counts at the start.
5. "the", "my", "of", "and", "until", "last" … before a date keep it in the title; so do ranges (9am to 5pm).
6. Of several days, times, rules or priorities the last counts, the others stay. A day beside a rule starts the series.
7. A day without a year, or a time without a day, is the next to come. "friday" is never today, "this friday" may be,
   "next friday" is in next week (from Monday on), "next week" its Monday, "next month" its 1st; a week ends on Sunday.
   24/12/2026 is a date; 3/4 and 05/06/2026, which could be two, are none, and no more is 31 June.
8. "At 1" to "at 6", without am, pm or a leading zero, are in the afternoon. Midnight is 00:00, today's the coming one.
   Morning is 09:00, afternoon 15:00, evening 19:00, night and tonight 20:00.
"""

from src.domain.quick_add.parser import MAX_TEXT_LENGTH, parse_quick_add
from src.domain.quick_add.title import quoted
from src.domain.quick_add.values import QuickAdd, QuickAddError, SeriesMode, Span, SpanKind

__all__ = [
    "MAX_TEXT_LENGTH",
    "QuickAdd",
    "QuickAddError",
    "SeriesMode",
    "Span",
    "SpanKind",
    "parse_quick_add",
    "quoted",
]
