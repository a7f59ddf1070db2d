"""What the program can print when it refuses to start, read from its source; … stands for what is filled in."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from src.database import refusals
from src.database.refusals import Refusal
from tests.startup.processes import BACKEND

SHOWN = {"StartupError", "InvalidDatabaseURL", "EmbeddedServerError"}
"""The last two are turned into the first, with the same words."""
LISTED = {"core/config.py": re.compile(r".*_faults"), "database/validation.py": re.compile(r"_?compare\w*")}
"""Whose lines are a message each: functions that gather them in lists."""
RAISING = {"legacy/importing.py": {"_refuse": 1}}
"""Functions that raise one of their arguments, and which."""
PASSED_ON = {"error.problem", "str(error)", "_faults(error)", "differences"}
"""What is worded elsewhere: by another error, by the lists above, or by the class itself."""
HOLE = "…"


@lru_cache(maxsize=1)
def printed_messages() -> frozenset[str]:
    """The first sentence of each."""
    modules = [Module(path) for path in sorted((BACKEND / "src").rglob("*.py"))]
    errors = _with_subclasses(SHOWN, modules)
    found = {_first_sentence(text) for module in modules for text in module.messages(errors)}
    return frozenset(message for message in found if re.search(r"\w", message))


def _with_subclasses(names: set[str], modules: list["Module"]) -> set[str]:
    bases = {name: set(map(ast.unparse, node.bases)) for module in modules for name, node in module.classes.items()}
    while more := {name for name, of in bases.items() if of & names} - names:
        names = names | more
    return names


def _first_sentence(text: str) -> str:
    return re.sub("…+", HOLE, text).partition("\n")[0].partition(". ")[0].rstrip(".:")


def _calls_that_give(name: str, function: ast.FunctionDef) -> Iterator[str]:
    """The functions whose result a variable holds, or of whose result it is the first part."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(
                [ast.Name(given) | ast.Tuple([ast.Name(given), *_])], ast.Call(ast.Name(called))
            ) | ast.NamedExpr(ast.Name(given), ast.Call(ast.Name(called))) if given == name:
                yield called


class Module:
    """One file of the source."""

    def __init__(self, path: Path) -> None:
        self._name = path.relative_to(BACKEND / "src").as_posix()
        self._tree = ast.parse(path.read_text())

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in ast.walk(self._tree) if isinstance(node, ast.ClassDef)}

    @cached_property
    def _functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef)}

    @cached_property
    def _scopes(self) -> dict[ast.AST, ast.FunctionDef]:
        """In which function each piece of the file stands."""
        return {node: function for function in self._functions.values() for node in ast.walk(function)}

    def messages(self, errors: set[str]) -> Iterator[str]:
        for function in self._functions.values():
            if (lists := LISTED.get(self._name)) and lists.fullmatch(function.name):
                yield from self._listed(function)
        text_of = dict.fromkeys(errors, 0) | RAISING.get(self._name, {})
        for node in ast.walk(self._tree):
            match node:
                case ast.ClassDef(name) if name in errors:
                    yield from self._said_by_class(node)
                case ast.Call(ast.Name(name), args) if name in text_of:
                    yield from self._worded(args[text_of[name]])
                case ast.Raise(exc=ast.Call(ast.Name("ValueError"), [text])) if self._name in LISTED:
                    yield from (f"{HOLE}: {fault}" for fault in self._texts(text))

    def _worded(self, text: ast.expr) -> list[str]:
        written = ast.unparse(text)
        return [] if written in PASSED_ON else self._texts(text) or [f"not understood: {written}"]

    def _listed(self, function: ast.FunctionDef) -> Iterator[str]:
        for node in ast.walk(function):
            match node:
                case ast.List(elts) | ast.Call(ast.Attribute(attr="append"), elts):
                    for element in elts:
                        yield from self._texts(element)
                case ast.ListComp(element):
                    yield from self._texts(element)

    def _said_by_class(self, definition: ast.ClassDef) -> Iterator[str]:
        for node in ast.walk(definition):
            match node:
                case ast.Call(ast.Attribute(value=ast.Call(ast.Name("super")), attr="__init__"), [text, *_]):
                    yield from self._texts(text)

    def _texts(self, node: ast.expr | None) -> list[str]:
        """All that an expression may come to; nothing where the words are another error's."""
        match node:
            case ast.Constant(str(text)):
                return [text]
            case ast.JoinedStr(parts):
                return self._joined(parts)
            case ast.FormattedValue(ast.Name() as name):
                return self._texts(name) or [HOLE]
            case ast.FormattedValue():
                return [HOLE]
            case ast.BinOp(left, ast.Add()):
                return self._texts(left)
            case ast.Tuple([first, *_]):
                return self._texts(first)
            case ast.Name(name) if scope := self._scopes.get(node):
                return [text for called in _calls_that_give(name, scope) for text in self._returned(called)]
            case ast.Attribute(attr=field):
                return [text for given in self._fields(field) for text in self._texts(given)]
        return []

    def _joined(self, parts: list[ast.expr]) -> list[str]:
        texts = [""]
        for part in parts:
            texts = [text + more for text in texts for more in self._texts(part)]
        return texts

    def _returned(self, name: str) -> list[str]:
        if name not in self._functions:
            return []
        returns = [node for node in ast.walk(self._functions[name]) if isinstance(node, ast.Return)]
        return [text for node in returns for text in self._texts(node.value)]

    def _fields(self, field: str) -> Iterator[ast.expr]:
        """What the servers' refusals have as this field."""
        if field in Refusal._fields:
            for node in ast.walk(ast.parse(inspect.getsource(refusals))):
                match node:
                    case ast.Call(ast.Name("Refusal"), args):
                        yield args[Refusal._fields.index(field)]
