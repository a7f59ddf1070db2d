"""Old tags as rows of ``tags``."""

import re
from datetime import datetime
from uuid import UUID

from src.domain.text import identity_key
from src.legacy.conversion import Converted, OldRow, checked, imported_hash, key_of, one_line, times
from src.legacy.values import is_blank
from src.schemas.tag import DEFAULT_COLOR, TagCreate

_COLOR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII | re.IGNORECASE)


def convert_tag(row: OldRow, owner_id: UUID, now: datetime) -> Converted:
    """Raises Refused."""
    mended: list[str] = []
    tag = checked(TagCreate, {"name": one_line(row, "name", mended), "color": _color(row, mended)})
    tag_id = key_of(row)
    values = {
        "user_id": owner_id,
        "id": tag_id,
        "name": tag.name,
        "name_key": identity_key(tag.name),
        "color": tag.color,
        "content_hash": imported_hash(tag_id),
        **times(row, now),
    }
    return Converted(values, mended)


def _color(row: OldRow, mended: list[str]) -> str:
    color = str(row["color"]).strip()
    if is_blank(row["color"]):
        return DEFAULT_COLOR
    if not _COLOR.fullmatch(color):
        mended.append("the colour is not of the form #RRGGBB: grey instead")
        return DEFAULT_COLOR
    return color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])
