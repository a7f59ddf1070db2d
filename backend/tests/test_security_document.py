"""What SECURITY.md names is there, and its table says of each requirement once how it stands."""

import re

from src.core.config import REPOSITORY

DOCUMENT = (REPOSITORY / "SECURITY.md").read_text()
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| (met|not met|deployment) \| (.+) \|$", re.MULTILINE)
PATH = re.compile(r"`((?:backend|frontend)/[\w./-]+|[\w-]+\.md|\.env\.example)`|\]\(((?:backend|frontend)/[^)#]+)\)")


def test_every_file_that_it_names_is_there() -> None:
    named = [first or second for first, second in PATH.findall(DOCUMENT)]
    assert len(named) > 150
    assert [path for path in named if not (REPOSITORY / path).is_file()] == []


def test_every_attack_is_named() -> None:
    attacks = (REPOSITORY / "backend" / "tests" / "security").glob("test_*.py")
    assert [attack.name for attack in attacks if attack.name not in DOCUMENT] == []


def test_every_requirement_stands_in_its_place_once() -> None:
    rows = ROW.findall(DOCUMENT)
    assert len(rows) == DOCUMENT.count("\n| V")
    ids = [tuple(map(int, row[0][1:].split("."))) for row in rows]
    assert ids == sorted(set(ids))
