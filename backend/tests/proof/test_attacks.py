"""How what attacks did and found becomes a row of the proof."""

from pathlib import Path

from tests.proof.attacks import APART, Run, row_of, runs
from tests.startup.processes import BACKEND

ATTACK = """
import json, os, pathlib, sys

def told(**event):
    return json.dumps({"event": "request", **event})

def test_of_a_server():
    folder = pathlib.Path(os.environ["TODO_TEST_LOGS"]) / "server"
    folder.mkdir()
    (folder / "stderr").write_text("\\n".join(["Serving", told(status=200, ms=1500.0), told(status=500, ms=2.0)]))
    assert os.environ["BUDGET"] == "7"

def test_of_this_process():
    print(told(status=503, ms=9000.0), file=sys.stderr)
    print(json.dumps({"event": "security"}), file=sys.stderr)

def test_that_sees_what_is_anothers():
    print(told(status=404, ms=1.0), file=sys.stderr)
    raise AssertionError
"""


def test_it_counts_what_servers_answered_and_names_what_failed(tmp_path: Path) -> None:
    attack = tmp_path / "test_attack.py"
    attack.write_text(ATTACK)
    row = row_of(Run("an attack", str(attack), {"BUDGET": "7"}))
    assert (row.operations, row.acknowledged, row.refused, row.errors, row.slowest) == (4, 1, 1, 1, 1.5)
    assert row.breaches == ["test_that_sees_what_is_anothers"]
    assert row.is_breach


def test_what_did_not_run_is_a_breach(tmp_path: Path) -> None:
    assert "did not run" in row_of(Run("nothing", str(tmp_path / "test_nothing.py"))).breaches[0]


def test_there_is_a_row_for_each_class() -> None:
    attacks = {f"security/{file.name}" for file in (BACKEND / "tests" / "security").glob("test_*.py")}
    short, long = ({run.file: run.budget for run in runs(is_long=is_long)} for is_long in (False, True))
    assert attacks - short.keys() == {f"security/{name}" for name in APART if "timing" in name}
    assert all((BACKEND / "tests" / file).is_file() for file in short)
    assert {file for file in short if short[file] != long[file]} == {file for file in short if short[file]}
