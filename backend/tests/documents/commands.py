"""Commands that stand in a text: targets of make, and Python's modules with what follows them."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import typer.main

from src.cli import cli
from src.core.config import REPOSITORY
from tests.startup.processes import BACKEND

MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):(?!=)", MAKEFILE, re.MULTILINE))
SUBCOMMANDS = {
    name: {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for name, command in typer.main.get_command(cli).commands.items()  # type: ignore[attr-defined]
}
_MAKE = re.compile(r"(?:^|[\s;&|(])make ((?:[\w=./-]+ ?)+)", re.MULTILINE)
_MODULE = re.compile(r"python3? -m ([\w.]+)([^\n`;&|>)]*)")


def faults_in(text: str) -> list[str]:
    """What of it cannot be typed as it stands."""
    return [*_faults_of_make(text), *_faults_of_modules(text)]


def _faults_of_make(text: str) -> Iterator[str]:
    for words in _MAKE.findall(text):
        for word in words.split():
            name, is_variable, _ = word.partition("=")
            if is_variable and not re.search(rf"\b{name}\b", MAKEFILE):
                yield f"make knows no variable {name}"
            if not is_variable and name not in TARGETS:
                yield f"make has no target {name}"


def _faults_of_modules(text: str) -> Iterator[str]:
    for module, rest in _MODULE.findall(text):
        words = shlex.split(rest, comments=True)
        if module == "src.cli":
            yield from _faults_of_cli(words)
        elif module == "pytest":
            yield from (f"there is no {word}" for word in words if "/" in word and not (BACKEND / word).exists())
        elif module.partition(".")[0] in ("src", "tests", "benchmarks"):
            yield from _faults_of_module(module, words)
        elif importlib.util.find_spec(module) is None:
            yield f"there is no module {module}"


def _faults_of_cli(words: list[str]) -> Iterator[str]:
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    if not words or words[0].startswith("-"):
        wrong = options - {"--help"}
    elif words[0] not in SUBCOMMANDS:
        yield f"src.cli has no command {words[0]}"
        return
    else:
        wrong = options - SUBCOMMANDS[words[0]]
    yield from (f"src.cli {words[0]} has no option {option}" for option in sorted(wrong))


def _faults_of_module(module: str, words: list[str]) -> Iterator[str]:
    source = _source_of(module)
    if source is None or "__main__" not in (source.name if source.name == "__main__.py" else source.read_text()):
        yield f"{module} cannot be run"
        return
    for word in words:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in _text_of_package(source) | {"--help"}:
            yield f"{module} has no option {option}"


def _source_of(module: str) -> Path | None:
    path = BACKEND.joinpath(*module.split("."))
    return next((each for each in (path / "__main__.py", path.with_suffix(".py")) if each.exists()), None)


def _text_of_package(source: Path) -> set[str]:
    return {option for path in source.parent.glob("*.py") for option in re.findall(r'"(--[\w-]+)"', path.read_text())}
