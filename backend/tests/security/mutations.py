"""Shows that the attacks are sharp: with a defence taken away, the tests of its class fail.

``python -m tests.security.mutations [--only cursors logs]`` takes away one after the other, in throw-away copies of the
program, runs the test file that has to notice, and prints a table. It exits with 1 where one was not noticed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.core.config import REPOSITORY
from tests.security.mutation_table import MUTATIONS, Mutation

COPIED = ("backend/src", "backend/tests", "backend/pyproject.toml", "backend/verify_neon_connection.py")
COPIED += ("frontend/openapi.json",)
UNCHANGED = "with nothing taken away"
FAILED = re.compile(r"^(?:FAILED|ERROR) \S+?\.py::(\S[^\n]*)", re.MULTILINE)
NEVER_RAN = re.compile(r"ERROR at setup of|ERROR collecting")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", nargs="+", default=[""], help="test files with one of these texts in their names")
    only = arguments.parse_args().only
    wanted = [one for one in MUTATIONS if any(text in one.tests for text in only)]
    unchanged = Mutation(" ".join(sorted({one.tests for one in wanted})), UNCHANGED, ())
    sharp = [fails(one) is True for one in wanted]
    sys.exit(0 if fails(unchanged) is False and all(sharp) else 1)


def fails(mutation: Mutation) -> bool | None:
    """Whether a test notices. None where they could not be run."""
    done = run(mutation)
    failed = FAILED.search(done.stdout)
    outcome = done.returncode != 0
    if outcome and (failed is None or NEVER_RAN.search(done.stdout)):
        print(done.stdout[-3000:] + done.stderr[-3000:])
        outcome = None
    said = failed[1][:120] if failed else "all pass"
    print(f"{mutation.tests:34.34} {mutation.what:52} {said}", flush=True)
    return outcome


def run(mutation: Mutation) -> subprocess.CompletedProcess[str]:
    """Its tests, up to the first that fails."""
    with copy_of_program() as root:
        for file, text in mutation.applied(root / "backend" / "src").items():
            file.write_text(text)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *mutation.tests.split(), "-x", "-q", "--tb=short", "-n", "0"],
            cwd=root / "backend" / "tests",
            env={**os.environ, "CI": "1", **mutation.environment},
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def copy_of_program() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="todo-mutation-") as folder:
        root = Path(folder)
        for name in COPIED:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if (REPOSITORY / name).is_dir():
                shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(REPOSITORY / name, root / name)
        yield root


if __name__ == "__main__":
    main()
