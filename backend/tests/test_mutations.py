"""Each class of attacks can be shown to be sharp. That it is, ``python -m tests.security.mutations`` shows."""

import pytest

from src.core.config import REPOSITORY
from tests.security.mutation_table import MUTATIONS, Mutation

TESTS = REPOSITORY / "backend" / "tests"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_what_each_takes_away_is_there(mutation: Mutation) -> None:
    texts = mutation.applied(REPOSITORY / "backend" / "src")
    for file, text in texts.items():
        assert text != file.read_text()
        compile(text, file, "exec")


def test_there_is_one_for_each_class() -> None:
    files = [*(TESTS / "security").glob("test_*.py"), TESTS / "proof" / "test_contract.py"]
    assert {one.tests for one in MUTATIONS} == {str(file.relative_to(TESTS)) for file in files}
