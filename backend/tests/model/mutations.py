"""Shows that the state machine is sharp: with any one ownership filter or policy taken away, it fails.

``python -m tests.model.mutations`` works on a throw-away copy and prints a table. Users are kept apart three times
over, so one net is looked at while another is taken away as a whole:

- each *filter* (``user_id = :owner_id`` and its like, found by pattern in all SQL of the service) with every policy
  open;
- each *policy* with every filter open that a policy stands behind.

The keys ``(user_id, id)`` stay: without them nothing could be stored for two users under one id. Two changes go into
every copy: a search counts as one of many tasks from the second on, so that both ways of searching are tried; and the
mark that makes every user's words their own, for speed, is the same for all.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import asyncpg

BACKEND = Path(__file__).parents[2]
ROUNDS = 6
COPIED = ("src", "tests")
RULES = ("_rules.py", "/adopting.py", "/machine.py")
NOTHING = "nothing"
EVERY, POLICY = "every policy", "USING … WITH CHECK …"
SQL_FILTER = re.compile(
    r"(?<!app\.)(?:\b[a-z]\w*\.)?(?<!app\.)\buser_id = (?::\w+|'\{user_id\}'|[a-z]\w*\.user_id\b)"
    r"|\busers\.id = (?::\w+|[a-z]\w*\.user_id\b)"
    r"|(?<=FROM users WHERE )id = :\w+|(?<=\bWHERE )id = :(?:owner_id|id)\b(?! AND version)"
    r"|\(found\.user_id = owner::uuid\) IS TRUE"
)
CORE_FILTER = re.compile(
    r"(?:\b_\w+|columns_of\(User\))\.(?:user_id|id) == (?:OWNER_ID|_\w+\.user_id|bindparam\(\"owner_id\"[^)]*\))"
)
STATEMENT = re.compile(r"^(?:async )?(?:def )?(\w+)", re.MULTILINE)
WITHOUT_POLICY = ("auth_service", "password_reset_service", "token_exchange_service", "0005_whole_domain")
"""Where the role of the system works, or the owner of the table: no policy stands behind these filters."""
CANNOT_SHOW = {
    ("password_reset_service._ISSUE", 1): "email_key is unique, and by it the user was just found",
    ("password_reset_service._USE", 1): "token_hash is unique, and by it the user was just found",
    ("task_bulk_statements.LOCK_TREES", 1): "more ids are looked for, of which the last filter takes the owner's",
    ("task_bulk_statements.LOCK_TREES", 2): "the same",
    ("task_bulk_statements.LOCK_TREES", 3): "the same",
    (
        "task_bulk_statements.READ_POSITIONS",
        1,
    ): "of two rows with one id the last counts, which is the one just written",
    (
        "task_statements._NEIGHBOURS",
        1,
    ): "what lies between the target and another's task is before the owner's next too",
    ("task_statements.REMOVE", 1): "tells which series have lost a task, of which the owner's are looked after",
    ("task_statements.REMOVE", 2): "the same",
    ("task_trees._RESTORE", 1): "no two users' tasks went into the trash in the same microsecond",
    ("task_trees._RESTORE", 2): "the same",
    ("user_service._IS_PASSWORD", 1): "asks whether a hash is stored still; no two users have the same salt",
    ("policies.external_identities", 1): "the role that has this policy has no right to the table",
}
"""What no request can show when it is taken away, and why. By place, and the how manieth filter of it it is."""
NOT_CAUGHT = "not caught"
TRUE = "__import__('sqlalchemy').literal_column('TRUE')"


FEW_ARE_MANY = (
    ("src/services/task_lists.py", r"SAMPLE: Final = \d+", "SAMPLE: Final = 4"),
    ("src/services/task_lists.py", r"COMMON: Final = \d+", "COMMON: Final = 2"),
    ("src/domain/search.py", re.escape("urlsafe_b64encode(owner.bytes[-6:]).decode()"), "'aaaaaaaa'"),
)


@dataclass(frozen=True)
class Mutation:
    """Taking one filter or one policy away.

    ``number`` counts the filters of a statement, from 1; ``start`` is where one stands in its file, -1 for a policy.
    """

    place: str
    what: str
    number: int = 1
    file: str = ""
    start: int = -1

    def applied(self, text: str) -> str:
        open_ = f"({self.what} OR TRUE)" if "==" not in self.what else f"(({self.what}) | {TRUE})"
        return text[: self.start] + open_ + text[self.start + len(self.what) :]


Outcome = tuple[Mutation, str]


def filters() -> Iterator[Mutation]:
    for _, of_statement in groupby(_filters(), lambda one: one.place):
        yield from (replace(one, number=number) for number, one in enumerate(of_statement, 1))


def _filters() -> Iterator[Mutation]:
    files = [*sorted((BACKEND / "src/services").rglob("*.py")), BACKEND / "src/database/session.py"]
    files += sorted((BACKEND / "src/database/migrations/versions").glob("*.py"))
    for file in files:
        text = file.read_text()
        is_migration = "migrations" in file.parts
        for match in sorted([*SQL_FILTER.finditer(text), *CORE_FILTER.finditer(text)], key=lambda found: found.start()):
            if not is_migration or match[0].startswith("(found"):
                yield _filter(file, text, match[0], match.start())


def _filter(file: Path, text: str, what: str, start: int) -> Mutation:
    name = [found[1] for found in STATEMENT.finditer(text, 0, start) if text[found.start()] not in " )"][-1]
    return Mutation(f"{file.stem}.{name}", what, file=str(file.relative_to(BACKEND)), start=start)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--run", help="run the machine on this database, here and now")
    arguments.add_argument("--only", nargs="+", default=[""], help="mutations with one of these texts in their names")
    arguments.add_argument("--open", default="[]")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    chosen = arguments.parse_args()
    if chosen.run:
        run_here(chosen.run, json.loads(chosen.open))
    else:
        run_all(chosen.only, chosen.jobs)


def run_all(only: list[str], jobs: int) -> None:
    from src.database.embedded import start, stop
    from tests.conftest import FAST, SECRET  # noqa: F401

    folder = Path(tempfile.mkdtemp(prefix="todo-mutations-"))
    folder.chmod(0o755)
    try:
        os.environ["TODO_TEST_CLUSTER"] = start(folder / "cluster", settings=FAST).url_for("postgres")
        for name in COPIED:
            shutil.copytree(BACKEND / name, folder / "base" / name, ignore=shutil.ignore_patterns("__pycache__"))
        wanted = [one for one in work() if any(text in f"{one[0].place} {one[0].what}" for text in only)]
        with ThreadPoolExecutor(jobs) as pool:
            outcomes = []
            for mutation, outcome in pool.map(lambda one: (one[0], try_one(folder, *one)), wanted):
                print(f"{mutation.place:50} {mutation.what:60} {outcome}", flush=True)
                outcomes.append((mutation, outcome))
        print(summary(one for one in outcomes if one[0].place != NOTHING))
    finally:
        stop(folder / "cluster", mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def summary(outcomes: Iterable[Outcome]) -> str:
    """A line for each file: its statements, their filters, and the example by which the last of these was caught."""
    lines = []
    for file, of_file in groupby(outcomes, lambda one: one[0].place.partition(".")[0]):
        statements = [
            _of_statement(place, list(of_place)) for place, of_place in groupby(of_file, lambda one: one[0].place)
        ]
        lines.append(f"{file:20} {', '.join(statements)}")
    return "\n".join(lines)


def _of_statement(place: str, outcomes: list[Outcome]) -> str:
    caught = [int(found[1]) for _, outcome in outcomes if (found := re.match(r"example (\d+)", outcome))]
    missed = [CANNOT_SHOW.get((one.place, one.number), "?") for one, outcome in outcomes if outcome == NOT_CAUGHT]
    times = [f"({len(outcomes)})"] if len(outcomes) > 1 else []
    latest = [str(max(caught))] if caught else []
    return " ".join([place.partition(".")[2], *times, *latest, *(f"[{reason}]" for reason in missed)])


def work() -> Iterator[tuple[Mutation, list[Mutation], list[str]]]:
    """What is taken away, with the files to change and the policies to open for it."""
    found = list(filters())
    behind_policies = [one for one in found if Path(one.file).stem not in WITHOUT_POLICY]
    yield Mutation(NOTHING, "with every policy open"), [], [EVERY]
    yield Mutation(NOTHING, "with every filter open"), behind_policies, []
    for one in found:
        is_of_function = "migrations" in one.file
        yield one, [] if is_of_function else [one], [EVERY, one.what] if is_of_function else [EVERY]
    policies = json.loads((BACKEND / "src/database/schema.json").read_text())["policy"]
    for table in [name.removesuffix(".owner") for name in policies if name.endswith(".owner")]:
        yield Mutation(f"policies.{table}", POLICY), behind_policies, [table]


def try_one(folder: Path, mutation: Mutation, changed: list[Mutation], opened: list[str]) -> str:
    copy = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(folder / "base", copy, dirs_exist_ok=True)
    for one in sorted(changed, key=lambda one: one.start, reverse=True):
        file = copy / one.file
        file.write_text(one.applied(file.read_text()))
    for name, before, after in FEW_ARE_MANY:
        text, count = re.subn(before, after, (copy / name).read_text())
        assert count == 1, before
        (copy / name).write_text(text)
    command = [sys.executable, "-m", "tests.model.mutations", "--run", f"mutated_{copy.name.lower()}"]
    done = subprocess.run(
        [*command, "--open", json.dumps(opened)], cwd=copy, capture_output=True, text=True, check=False
    )
    shutil.rmtree(copy)
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stderr[-2000:]


def run_here(name: str, opened: list[str]) -> None:
    from hypothesis import Phase

    from src.database.startup import prepare_database
    from tests.conftest import administer, database_url, settings_for
    from tests.model.machine import Machine
    from tests.model.service import Service
    from tests.model.test_state_machine import run_machine

    async def prepare() -> None:
        await administer(f"CREATE DATABASE {name}")
        await (await prepare_database(settings_for(database_url(name)))).close()

    asyncio.run(prepare())
    told = NOT_CAUGHT
    with Service(database_url(name)) as service:
        for statement in service.run(openings(service.admin, opened)):
            service.execute(statement)
        for number in range(ROUNDS):
            try:
                run_machine(
                    service,
                    f"mutated {number}",
                    phases=[Phase.generate],
                    report_multiple_bugs=False,
                    print_blob=False,
                    database=None,
                )
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # whatever it is that shows the leak
                while isinstance(error, BaseExceptionGroup):
                    error = error.exceptions[0]
                told = f"example {Machine.examples}: {_rule_of(error)}: {type(error).__name__} {str(error)[:200]!r}"
                break
    asyncio.run(administer(f"DROP DATABASE {name} WITH (FORCE)"))
    print(told)


async def openings(admin: asyncpg.Connection, opened: list[str]) -> list[str]:
    """What opens policies, or the filter of the function: afterwards, for the service starts on no such schema."""
    policies = await admin.fetch("SELECT tablename FROM pg_policies WHERE policyname = 'owner'")
    tables = [row["tablename"] for row in policies if opened[:1] == [EVERY] or row["tablename"] in opened]
    function = await admin.fetchval("SELECT pg_get_functiondef('search_tasks'::regproc)")
    closed = [what for what in opened if SQL_FILTER.fullmatch(what)]
    return [
        *(f"ALTER POLICY owner ON {table} USING (true) WITH CHECK (true)" for table in tables),
        *(function.replace(what, "TRUE") for what in closed),
    ]


def _rule_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.name for frame in frames if frame.filename.endswith(RULES)), "?")


if __name__ == "__main__":
    main()
