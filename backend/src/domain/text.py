"""What counts as clean text, and the forms under which two texts are the same."""

import unicodedata

# Default-ignorable characters that take no space: a title of these alone looks empty.
_INVISIBLE_CATEGORIES = {"Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
_INVISIBLE = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"}  # Hangul fillers and the blank Braille pattern
_INVISIBLE |= {chr(c) for c in (0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))}  # kept free for more of them


class UncleanText(ValueError):
    """The text holds what no field may hold. ``code`` is the machine's word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def clean_line(text: str) -> str:
    """One line in NFC, trimmed; raises UncleanText for control characters and line breaks."""
    return _clean(text, allowed="\t")


def clean_lines(text: str) -> str:
    """As `clean_line`, with line breaks allowed: CRLF and CR become LF."""
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n"), allowed="\t\n")


def _clean(text: str, *, allowed: str) -> str:
    if not text.isprintable():  # the common case costs one call
        for character in text:
            _refuse_control(character, allowed)
    return unicodedata.normalize("NFC", text).strip()


def _refuse_control(character: str, allowed: str) -> None:
    category = unicodedata.category(character)
    if category == "Cs":
        raise UncleanText("lone_surrogate", "must not hold half of a character (a lone surrogate)")
    if (category == "Cc" or character in "\u2028\u2029") and character not in allowed:
        raise UncleanText("control_character", "must not hold control characters")


def is_visible(text: str) -> bool:
    """Whether a reader would see anything of it."""
    return any(unicodedata.category(c) not in _INVISIBLE_CATEGORIES and c not in _INVISIBLE for c in text)


def identity_key(text: str) -> str:
    """Equal for two names or addresses that differ in case or Unicode form only."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def folded(text: str) -> str:
    """Without case and accents, as a reader looks for words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
