"""What is left of the text when the phrases are taken out."""

import unicodedata
from typing import Final

from src.domain.quick_add.tokens import CLOSING, OPENING, Token

_SEPARATORS: Final = frozenset(",;:-–—|")
_BRACKETS: Final = frozenset(")]}>")


def quoted(title: str) -> str:
    """The text that gives exactly this title, and nothing else."""
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def title_of(tokens: tuple[Token, ...], taken: list[tuple[int, int]]) -> str:
    """The text of the tokens outside these ranges, with single spaces and no punctuation hanging in the gaps."""
    gone = {at for first, last in taken for at in range(first, last)}
    kept: list[Token] = []
    spaced: list[bool] = []
    after_gap, gap = False, len(tokens)
    for at, token in enumerate(tokens):
        if at in gone:
            after_gap, gap = True, len(kept)
        elif not (after_gap and _hangs(token, kept)):
            kept.append(token)
            spaced.append(token.spaced or (after_gap and token.kind != "mark"))
            after_gap = False
        elif token.text in _BRACKETS:
            del kept[-1], spaced[-1]
    ends_in_gap = all(token.kind == "mark" for token in kept[gap:]) and bool(gone)
    while ends_in_gap and kept and kept[-1].kind != "literal" and kept[-1].text in _SEPARATORS:
        del kept[-1], spaced[-1]
    return _joined(kept, spaced)


def _hangs(token: Token, kept: list[Token]) -> bool:
    """Punctuation behind a gap that has nothing before it to belong to, or that would follow other punctuation."""
    if token.kind == "literal" or token.text not in CLOSING | _SEPARATORS:
        return False
    before = kept[-1] if kept and kept[-1].kind != "literal" else None
    if token.text in _BRACKETS:
        return before is not None and before.kind == "mark" and before.text in OPENING
    if not kept:
        return token.text != "…"
    return before is not None and before.text in (_SEPARATORS | CLOSING | OPENING) - _BRACKETS


def _joined(kept: list[Token], spaced: list[bool]) -> str:
    text = "".join(f" {token.text}" if space else token.text for token, space in zip(kept, spaced, strict=True))
    return unicodedata.normalize("NFC", " ".join(text.split()))
