"""How deep tasks may be parts of others."""

from typing import Final

MAX_DEPTH: Final = 5
"""A task that is part of no other has depth 0."""
