"""A strategy for values that are nearly of a schema's kind, or of no kind at all."""

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.security import hostile_corpus as corpus
from tests.security.conftest import CANARY
from tests.security.hostile_corpus import Raw
from tests.security.test_costly_input import RULES, SEARCHES, SENTENCES

Schema = dict[str, Any]

FRAGMENTS = st.sampled_from([text for text in corpus.TEXTS if len(text) < 40])
CHARACTERS = st.characters() | st.sampled_from(
    "\0\n\r\t\x0b\x1b\x85\u200b\u200d\u202e\u2028\ufeff'\"\\%_{}$;<>&=@+-|!():*#/ "
)
COMPOSED = st.lists(FRAGMENTS | CHARACTERS, min_size=1, max_size=12).map("".join)
BY_FORMAT: dict[str, list[Any]] = {
    "date": corpus.DAYS,
    "date-time": [*corpus.INSTANTS, *corpus.DAYS],
    "uuid": corpus.IDS,
    "iana-time-zone": corpus.ZONES,
    "rrule": RULES,
    "email": corpus.ADDRESSES,
}
BY_NAME: dict[str, list[Any]] = {
    "due_time": corpus.TIMES,
    "q": SEARCHES,
    "text": SENTENCES,
    "cursor": corpus.CURSORS,
    "if-match": corpus.ETAGS,
    "if-none-match": corpus.ETAGS,
}
ANYTHING = st.sampled_from([*corpus.NUMBERS, *corpus.SHAPES, *corpus.TEXTS, *corpus.INSTANTS]) | COMPOSED
UNKNOWN_NAMES = [
    "__proto__",
    "constructor",
    "user_id",
    "is_admin",
    "version",
    "",
    " ",
    "\0",
    f"{CANARY}?",
    CANARY * 2000,
    "$where",
]


def hostile(name: str, schema: Schema) -> SearchStrategy[Any]:
    """Mostly what is nearly of the kind that the schema, with references resolved, asks for."""
    return _nearly(name, schema) | _nearly(name, schema) | ANYTHING


def _nearly(name: str, schema: Schema) -> SearchStrategy[Any]:
    if name in BY_NAME:
        return st.sampled_from(BY_NAME[name])
    match schema:
        case {"anyOf": kinds} | {"oneOf": kinds}:
            return st.one_of([_nearly(name, kind) for kind in kinds])
        case {"enum": words} | {"const": words}:
            return st.sampled_from(_misspelt(words if isinstance(words, list) else [words]))
        case {"format": kind} if kind in BY_FORMAT:
            return st.sampled_from(BY_FORMAT[kind])
        case {"type": "integer" | "number"}:
            return st.sampled_from(
                [*corpus.NUMBERS, *(schema[key] + 1 for key in ("maximum", "minimum") if key in schema)]
            )
        case {"type": "boolean"}:
            return st.sampled_from(corpus.TRUTHS)
        case {"type": "array", "items": items}:
            return st.lists(_nearly(name, items), max_size=4) | st.sampled_from(corpus.SHAPES)
        case {"type": "string"}:
            longest = schema.get("maxLength", 1000)
            return COMPOSED | st.sampled_from(corpus.TEXTS) | COMPOSED.map(lambda text: (text * longest)[:longest])
    return st.sampled_from(corpus.SHAPES)


def _misspelt(words: list[Any]) -> list[Any]:
    odd = [
        word
        for text in map(str, words)
        for word in (text.upper(), f" {text}", f"{text}\0", f"{text},{text}", f"-{text}")
    ]
    return [*words, *odd, "", CANARY]


def as_json(value: Any) -> bytes:
    if isinstance(value, list):
        return b"[" + b", ".join(map(as_json, value)) + b"]"
    return value.text if isinstance(value, Raw) else json.dumps(value).encode()


def as_text(value: Any) -> bytes:
    """As it stands in an address, a form, a header or a cell."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else as_json(value)
