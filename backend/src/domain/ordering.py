"""Keys by which things are put in order."""

import unicodedata

TITLE_KEY_LENGTH = 255


def title_key(title: str) -> str:
    """Sorts titles as a reader expects on every server, whatever its locale: case and accents do not count."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))[:TITLE_KEY_LENGTH]
