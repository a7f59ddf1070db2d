"""A create that is sent again with the id that its client chose is the same create: it is stored once."""

import hashlib
from typing import Final

from src.core.errors import Conflict
from src.schemas.base import Input

MADE_HERE: Final = bytes(32)
"""The hash of what no client has asked for: a SHA-256 that no text is known to have."""


class IdInUse(Conflict):
    """You have used this id before, for something with other content. Take a new id."""

    code = "id_in_use"
    title = "The id is in use for other content"


def content_hash(new: Input) -> bytes:
    """Equal for two creates that ask for the same, whatever became of what the first one made.

    Where a service makes the create from what a client sent, ``new`` is what the client sent: "tomorrow" sent again
    after midnight is still the same.
    """
    return hashlib.sha256(new.model_dump_json(exclude={"id"}, exclude_defaults=True).encode()).digest()
