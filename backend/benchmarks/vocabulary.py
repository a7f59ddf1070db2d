"""Words as lists of tasks have them: few that are everywhere, many that are rare."""

from itertools import accumulate, product
from random import Random
from typing import Final

WORDS: Final = 10_000
_SYLLABLES = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
_EVERY = ["".join(word) for word in product(_SYLLABLES, repeat=3)]

VOCABULARY: Final = tuple(Random(1).sample(_EVERY, WORDS))  # the same words on every machine
"""The commonest first. All of one length: none is a part of another, so that looking for parts of words finds what
looking for words does."""

ABSENT: Final = "xylophone"
_ZIPF = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))


def phrase(chance: Random, words: int) -> str:
    """The n-th word comes once for every n times that the first one does (Zipf's law)."""
    return " ".join(chance.choices(VOCABULARY, cum_weights=_ZIPF, k=words))
