"""Text of other programs, made to fit the fields of a task. What is changed is reported."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from src.domain.portability.records import MAX_TAGS_OF_TASK, Bundle, TagRef
from src.domain.portability.report import Place, Report
from src.domain.text import clean_lines, is_visible

MAX_TITLE: Final = 255
MAX_DESCRIPTION: Final = 10_000
MAX_TAG: Final = 50
UNTITLED: Final = "(untitled)"
_NAMES_READ: Final = 500

_LINE_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def fit_lines(text: str, place: Place, name: str, report: Report) -> str:
    """Several lines, without control characters."""
    broken = _LINE_BREAKS.sub("\n", text)
    kept = _CONTROLS.sub("", broken)
    if kept != broken:
        report.warning(place, "control_characters", f"{name}: control characters were left out")
    return clean_lines(kept)


def fit_line(text: str, place: Place, name: str, report: Report) -> str:
    """One line: each line break becomes a space."""
    lines = (line.strip() for line in fit_lines(text, place, name, report).split("\n"))
    return " ".join(line for line in lines if line)


def fit_title(text: str, description: str, place: Place, report: Report) -> tuple[str, str]:
    """Title and description. What is too long for a title goes on at the start of the description."""
    title = fit_line(text, place, "title", report)
    if not is_visible(title):
        report.warning(place, "untitled", "title: there was none, so it is called untitled")
        return UNTITLED, description
    if len(title) <= MAX_TITLE:
        return title, description
    report.warning(place, "title_cut", f"title: beyond {MAX_TITLE} characters it goes on in the description")
    cut, rest = title[:MAX_TITLE].rstrip(), title[MAX_TITLE:].strip()
    if not is_visible(cut):
        cut = UNTITLED
    return cut, "\n\n".join(part for part in (rest, description) if part)


def fit_description(text: str, place: Place, report: Report) -> str | None:
    if len(text) > MAX_DESCRIPTION:
        report.warning(
            place, "description_cut", f"description: what came after {MAX_DESCRIPTION} characters is left out"
        )
        text = text[:MAX_DESCRIPTION].rstrip()
    return text or None


def fit_tags(names: Iterable[str], place: Place, bundle: Bundle) -> tuple[TagRef, ...]:
    """The tags of a task, each once; names that nobody could see are passed over."""
    refs: dict[TagRef, None] = {}
    for name in islice(names, _NAMES_READ):
        if (fitted := _fit_tag(name, place, bundle.report)) is None:
            continue
        if len(refs) == MAX_TAGS_OF_TASK:
            bundle.report.warning(place, "tags_cut", f"tags: only {MAX_TAGS_OF_TASK} are kept")
            break
        refs[bundle.tag(fitted, place)] = None
    return tuple(refs)


def _fit_tag(name: str, place: Place, report: Report) -> str | None:
    line = fit_line(name, place, "tags", report)
    if len(line) > MAX_TAG:
        report.warning(place, "tag_cut", f"tags: a name was cut to {MAX_TAG} characters")
        line = line[:MAX_TAG].rstrip()
    return line if is_visible(line) else None


def joined(*parts: str) -> str:
    """Paragraphs of a description."""
    return "\n\n".join(part for part in parts if part)
